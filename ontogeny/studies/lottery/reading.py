"""What a translation model holds while it reads pairs: its views, and their sums.

A view is an array with a row for each position or cell that is compared, and a unit for
each entry: of a site its (d,) vectors, of a map what each head gives a visible cell.
Nothing is stored but moments.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from ontogeny.measures.similarity.attention import attention_rows
from ontogeny.measures.similarity.moments import CrossMoments, Moments
from ontogeny.measures.similarity.rows import Rows
from ontogeny.models.transformer import PAD, EncoderDecoder
from ontogeny.statistics.groups import SENTENCE_GROUPS
from ontogeny.studies.lottery.names import PASS_BYTES
from ontogeny.translation.batches import PairBatch

ADJUSTED = " adjusted"
"""How the name of a map's view ends of which uniform attention was taken off."""

Place = tuple[int, str]
"""Number of a model, and name of one of its views."""

ThreeSums = tuple[Moments, Moments, CrossMoments]

Watch = Callable[[int, PairBatch, str, Tensor], None]
"""Called with each map: number of the model, batch, name, shape (pairs, heads, queries,
keys)."""


class View(NamedTuple):
    """A view of a batch.

    Attributes:
        rows: Shape (n, units).
        pairs: Place in the batch of each row's pair, shape (n,).
        inner: Whether it is neither of `</s>` of the source nor of `<s>` of the target,
            bool, shape (n,).
    """

    rows: Tensor
    pairs: Tensor
    inner: Tensor


class Positions(NamedTuple):
    """Which positions of a batch are compared.

    Attributes:
        source: Bool, shape (pairs, time).
        target: Of what the decoder reads, bool, shape (pairs, time).
    """

    source: Tensor
    target: Tensor

    @classmethod
    def of(cls, batch: PairBatch, *, ends: bool = True) -> Positions:
        """Those that are no padding.

        Args:
            batch: The pairs.
            ends: Whether `</s>` of the source and `<s>` of the target count.
        """
        source, target = batch.source != PAD, batch.target_in != PAD
        if not ends:
            # The last of each source, the first of each target.
            source = source & torch.cat(
                [source[:, 1:], torch.zeros_like(source[:, :1])], 1
            )
            target = target & (torch.arange(target.shape[1], device=target.device) > 0)
        return cls(source, target)

    def side(self, site: str) -> Tensor:
        """Which positions a site has."""
        return self.source if site.startswith(("source", "encoder")) else self.target

    def visible(self, name: str) -> Tensor:
        """Which cells of a map are compared, shape (pairs, queries, keys)."""
        queries = self.source if name.startswith("encoder") else self.target
        keys = self.target if name.startswith("decoder") else self.source
        cells = queries[:, :, None] & keys[:, None, :]
        return cells.tril() if name.startswith("decoder") else cells


@torch.no_grad()
def views(
    model: EncoderDecoder,
    batch: PairBatch,
    names: Collection[str],
    watch: Callable[[str, Tensor], None] | None = None,
) -> dict[str, View]:
    """Some views of a batch.

    Args:
        model: In evaluation mode.
        batch: On the model's device.
        names: Of sites, of maps, and of maps with `ADJUSTED`.
        watch: Called with the name of each map and the map.
    """
    whole, inner = (Positions.of(batch, ends=ends) for ends in (True, False))
    found = {}

    def at_site(name: str, activation: Tensor) -> Tensor:
        if name in names:
            there, less = whole.side(name), inner.side(name)
            pairs = there.nonzero()[:, 0]
            found[name] = View(activation[there], pairs, less[there])
        return activation

    def at_map(name: str, alpha: Tensor) -> Tensor:
        cells, less = whole.visible(name), inner.visible(name)
        for end in ("", ADJUSTED):
            if name + end in names:
                rows = attention_rows(alpha, cells, adjusted=bool(end))
                pairs = cells.nonzero()[:, 0]
                found[name + end] = View(rows, pairs, less[cells])
        if watch is not None:
            watch(name, alpha)
        return alpha

    asked = {name.removesuffix(ADJUSTED) for name in names} & model.maps.keys()
    look = at_map if asked or watch is not None else None
    model(batch.source, batch.target_in, at_site=at_site, at_map=look)
    return found


class PairSums(NamedTuple):
    """Sums of two views, of the same positions or cells.

    Attributes:
        places: Of both.
        whole: Moments of each and of the pair, by group.
        inner: The same without `</s>` of the source and `<s>` of the target, in one
            group.
    """

    places: tuple[Place, Place]
    whole: ThreeSums
    inner: ThreeSums


def compared(
    load: Callable[[int], EncoderDecoder],
    batches: Sequence[PairBatch],
    pairs: Sequence[tuple[Place, Place]],
    groups: np.ndarray,
    watch: Watch | None = None,
) -> Iterator[PairSums]:
    """Sums of pairs of views, of the same positions or cells of one text.

    No vector is kept: where the sums of all pairs would take more than `PASS_BYTES`,
    the text is read again for the next ones. Each takes 40 (units + 2)² numbers of 8
    bytes, 0.34 GB at 1,024 units.

    Args:
        load: A model by its number, in evaluation mode.
        batches: Of the pairs of sentences that are read.
        pairs: Two places each; those of one model side by side cost the least.
        groups: Resampling unit of each pair of sentences, by its number
            (`ontogeny.studies.lottery.grouped.groups_of`).
        watch: Called with each map of each model, in the first pass that has it.
    """
    left, first = list(pairs), load(0)
    seen: set[int] = set()
    while left:
        now, left = _fitting(first, left)
        numbers = sorted({place[0] for pair in now for place in pair})
        looks = {n: watch and partial(watch, n) for n in set(numbers) - seen}
        seen.update(numbers)
        models = {n: load(n) for n in numbers}
        of_view, of_pair = _sums(models, batches, now, groups, looks)
        inner_views = {place: _less(*both) for place, both in of_view.items()}
        for pair in now:
            a, b = pair
            whole = of_view[a][0], of_view[b][0], of_pair[pair][0]
            inner = inner_views[a], inner_views[b], _less(*of_pair.pop(pair))
            yield PairSums(pair, whole, inner)


def _less(whole: Moments | CrossMoments, ends: Moments | CrossMoments) -> Any:
    """The sums of all but the ends, in one group."""
    sums = whole.sums
    less = ends.sums.shifted(sums.shift_a, sums.shift_b)
    _, units_a, units_b = sums.matrix.shape
    sizes = [units_a - 2, units_b - 2][: 1 + isinstance(whole, CrossMoments)]
    return type(whole).from_state(
        {
            "shape": np.array([*sizes, 1]),
            "shift_a": sums.shift_a,
            "shift_b": sums.shift_b,
            "matrix": sums.matrix.sum(axis=0, keepdims=True) - less.matrix,
        }
    )


def _fitting(
    model: EncoderDecoder, pairs: list[tuple[Place, Place]]
) -> tuple[list[tuple[Place, Place]], list[tuple[Place, Place]]]:
    """The first pairs whose sums, and their views', may be held, and the others."""
    held = 0
    known: set[Place] = set()
    for at, pair in enumerate(pairs):
        units = [_units(model, name) + 2 for _, name in pair]
        new = {place: size**2 for place, size in zip(pair, units, strict=True)}
        new = {place: size for place, size in new.items() if place not in known}
        held += 8 * SENTENCE_GROUPS * (sum(new.values()) + units[0] * units[1])
        if held > PASS_BYTES and at:
            return pairs[:at], pairs[at:]
        known |= new.keys()
    return pairs, []


def _units(model: EncoderDecoder, name: str) -> int:
    return (model.sites | model.maps)[name.removesuffix(ADJUSTED)][-1]


def _sums(
    models: Mapping[int, EncoderDecoder],
    batches: Sequence[PairBatch],
    pairs: Collection[tuple[Place, Place]],
    groups: np.ndarray,
    looks: Mapping[int, Callable[..., None] | None],
) -> tuple[
    dict[Place, tuple[Moments, Moments]],
    dict[tuple[Place, Place], tuple[CrossMoments, CrossMoments]],
]:
    """One pass over the text: of each view and pair its sums, and those of the ends."""
    places = dict.fromkeys(place for pair in pairs for place in pair)
    of_view: dict[Place, tuple[Moments, Moments]] = {}
    of_pair: dict[tuple[Place, Place], tuple[CrossMoments, CrossMoments]] = {}
    for batch in batches:
        of_batch = groups[batch.pairs.cpu().numpy()]
        rows: dict[Place, tuple[Rows, Rows]] = {}
        for n, model in models.items():
            look = looks.get(n)
            names = [name for at, name in places if at == n]
            found = views(model, batch, names, look and partial(look, batch))
            for name, view in found.items():
                of_row = of_batch[view.pairs.cpu().numpy()]
                ends = Rows(view.rows[~view.inner])
                rows[n, name] = Rows(view.rows, groups=of_row), ends
        for place, both in rows.items():
            if place not in of_view:
                units = both[0].units
                of_view[place] = Moments(units, groups=SENTENCE_GROUPS), Moments(units)
            for sums, own in zip(of_view[place], both, strict=True):
                sums.update(own)
        for pair in pairs:
            a, b = (rows[place] for place in pair)
            if pair not in of_pair:
                sizes = a[0].units, b[0].units
                whole = CrossMoments(*sizes, groups=SENTENCE_GROUPS)
                of_pair[pair] = whole, CrossMoments(*sizes)
            for cross, one, other in zip(of_pair[pair], a, b, strict=True):
                cross.update(one, other)
    return of_view, of_pair
