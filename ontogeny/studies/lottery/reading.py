"""What a translation model holds while it reads pairs: its views, and their sums.

A view is an array with a row for each position or cell that is compared, and a unit for
each entry: of a site its (d,) vectors, of a map what each head gives a visible cell.
Nothing is stored but moments.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import torch
from torch import Tensor

from ontogeny.measures.similarity.attention import attention_rows
from ontogeny.measures.similarity.moments import CrossMoments, Moments
from ontogeny.measures.similarity.rows import Rows
from ontogeny.models.transformer import PAD, EncoderDecoder
from ontogeny.statistics.groups import SENTENCE_GROUPS
from ontogeny.translation.batches import Device, PairBatch, compose_batches

ADJUSTED = " adjusted"
"""How the name of a map's view ends of which uniform attention was taken off."""

PASS_BYTES = 2**29
"""Sums that are held at a time: more of them are made in another pass over the text."""

Place = tuple[int, str]
"""Number of a model, and name of one of its views."""

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


def compared(
    models: Sequence[EncoderDecoder],
    batches: Sequence[PairBatch],
    pairs: Collection[tuple[Place, Place]],
    groups: np.ndarray | None = None,
    watch: Watch | None = None,
) -> Iterator[tuple[tuple[Place, Place], Moments, Moments, CrossMoments]]:
    """Sums of pairs of views, of the same positions or cells of one text.

    No vector is kept: where the sums of all pairs would take more than `PASS_BYTES`,
    the text is read again for the next ones. By group each takes 80 (units + 2)²
    numbers of 8 bytes, 0.7 GB at 1,024 units.

    Args:
        models: In evaluation mode.
        batches: Of the pairs that are read.
        pairs: Two places each.
        groups: Resampling unit g of each pair, by its number (`groups_of`). Rows of
            `</s>` and `<s>` are in group 40 + g, the others in g. None: all in one.
        watch: Called with each map in the first pass.

    Yields:
        A pair, the moments of both views, and those of the pair.
    """
    left = list(pairs)
    while left or watch is not None:
        now, left = _fitting(models, left, groups is not None)
        of_view, of_pair = _sums(models, batches, now, groups, watch)
        watch = None
        for a, b in now:
            yield (a, b), of_view[a], of_view[b], of_pair[a, b]


def _fitting(
    models: Sequence[EncoderDecoder], pairs: list[tuple[Place, Place]], grouped: bool
) -> tuple[list[tuple[Place, Place]], list[tuple[Place, Place]]]:
    """The first pairs whose sums, and their views', may be held, and the others."""
    held = 0
    known: set[Place] = set()
    number = 2 * SENTENCE_GROUPS if grouped else 1
    for at, pair in enumerate(pairs):
        units = [_units(models[place[0]], place[1]) + 2 for place in pair]
        new = {place: size**2 for place, size in zip(pair, units, strict=True)}
        new = {place: size for place, size in new.items() if place not in known}
        held += 8 * number * (sum(new.values()) + units[0] * units[1])
        if held > PASS_BYTES and at:
            return pairs[:at], pairs[at:]
        known |= new.keys()
    return pairs, []


def _units(model: EncoderDecoder, name: str) -> int:
    return (model.sites | model.maps)[name.removesuffix(ADJUSTED)][-1]


def _sums(
    models: Sequence[EncoderDecoder],
    batches: Sequence[PairBatch],
    pairs: Collection[tuple[Place, Place]],
    groups: np.ndarray | None,
    watch: Watch | None,
) -> tuple[dict[Place, Moments], dict[tuple[Place, Place], CrossMoments]]:
    """One pass over the text."""
    places = dict.fromkeys(place for pair in pairs for place in pair)
    names = [[name for at, name in places if at == n] for n in range(len(models))]
    number = 1 if groups is None else 2 * SENTENCE_GROUPS
    of_view: dict[Place, Moments] = {}
    of_pair: dict[tuple[Place, Place], CrossMoments] = {}
    for batch in batches:
        of_batch = None if groups is None else groups[batch.pairs.cpu().numpy()]
        rows: dict[Place, Rows] = {}
        for n, model in enumerate(models):
            look = watch and partial(watch, n, batch)
            for name, view in views(model, batch, names[n], look).items():
                rows[n, name] = Rows(view.rows, groups=_of_rows(view, of_batch))
        for place, own in rows.items():
            if place not in of_view:
                of_view[place] = Moments(own.units, groups=number)
            of_view[place].update(own)
        for a, b in pairs:
            if (a, b) not in of_pair:
                sizes = rows[a].units, rows[b].units
                of_pair[a, b] = CrossMoments(*sizes, groups=number)
            of_pair[a, b].update(rows[a], rows[b])
    return of_view, of_pair


def _of_rows(view: View, of_batch: np.ndarray | None) -> np.ndarray | None:
    """Group of each row, from those of the batch's pairs."""
    if of_batch is None:
        return None
    ends = ~view.inner.cpu().numpy()
    return of_batch[view.pairs.cpu().numpy()] + SENTENCE_GROUPS * ends


def groups_of(numbers: np.ndarray) -> np.ndarray:
    """Resampling units of pairs: 40 runs of whole pairs, as even as can be.

    Args:
        numbers: Of the pairs that are read.

    Returns:
        By a pair's number; -1 of those that are not read.

    >>> groups_of(np.arange(1, 81))[[0, 1, 2, 3, 80]].tolist()
    [-1, 0, 0, 1, 39]
    """
    read = np.sort(numbers)
    found = np.full(read[-1] + 1, -1)
    found[read] = np.arange(len(read)) * SENTENCE_GROUPS // len(read)
    return found


def grouped_batches(
    text: pa.Table, groups: np.ndarray, *, tokens: int, device: Device = "cpu"
) -> list[PairBatch]:
    """Batches of pairs of one group each: their sums need one product, not forty.

    Args:
        text: Table `ontogeny.translation.pairs.ENCODED`.
        groups: Of the pairs (`groups_of`).
        tokens: Positions of a batch at most.
        device: Where batches are.
    """
    own = groups[text["pair"].to_numpy()]
    return [
        batch
        for group in range(SENTENCE_GROUPS)
        for batch in compose_batches(
            text.filter(pa.array(own == group)), tokens=tokens, device=device
        )
    ]
