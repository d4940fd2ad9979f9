"""What a translation model holds while it reads pairs: its views, and their sums.

A view is an array with a row for each position or cell that is compared, and a unit for
each entry: of a site its (d,) vectors, of a map what each head gives a visible cell.
Nothing is stored but moments.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ontogeny.measures.similarity.attention import attention_rows
from ontogeny.measures.similarity.moments import CrossMoments, Moments
from ontogeny.measures.similarity.rows import Rows
from ontogeny.models.transformer import PAD, EncoderDecoder
from ontogeny.statistics.groups import SENTENCE_GROUPS
from ontogeny.translation.batches import PairBatch

ADJUSTED = " adjusted"
"""How the name of a map's view ends of which uniform attention was taken off."""


class View(NamedTuple):
    """A view of a batch.

    Attributes:
        rows: Shape (n, units).
        pairs: Place in the batch of each row's pair, shape (n,).
    """

    rows: Tensor
    pairs: Tensor


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
    *,
    ends: bool = True,
) -> dict[str, View]:
    """Some views of a batch.

    Args:
        model: In evaluation mode.
        batch: On the model's device.
        names: Of sites, of maps, and of maps with `ADJUSTED`.
        ends: See `Positions.of`.
    """
    positions, found = Positions.of(batch, ends=ends), {}
    whole = Positions.of(batch)

    def at_site(name: str, activation: Tensor) -> Tensor:
        if name in names:
            there = positions.side(name)
            found[name] = View(activation[there], there.nonzero()[:, 0])
        return activation

    def at_map(name: str, alpha: Tensor) -> Tensor:
        cells = positions.visible(name)
        if name in names:
            found[name] = View(attention_rows(alpha, cells), cells.nonzero()[:, 0])
        if name + ADJUSTED in names:
            # Uniform over all keys that the query sees, ends included.
            keys = whole.visible(name)
            rows = attention_rows(alpha, keys, adjusted=True)[cells[keys]]
            found[name + ADJUSTED] = View(rows, cells.nonzero()[:, 0])
        return alpha

    maps = {name.removesuffix(ADJUSTED) for name in names} & model.maps.keys()
    target = batch.target_in
    model(batch.source, target, at_site=at_site, at_map=at_map if maps else None)
    return found


def own_sums(
    model: EncoderDecoder,
    batches: Iterable[PairBatch],
    groups: np.ndarray,
    names: Collection[str],
    *,
    ends: bool = True,
) -> dict[str, Moments]:
    """Moments of some views of a model.

    Each view takes 40 (units + 2)² numbers of 8 bytes, 0.34 GB at 1,024 units: ask for
    few at a time there.

    Args:
        model: In evaluation mode.
        batches: Of the pairs that are read.
        groups: Resampling unit of each pair, by the pairs' numbers (`groups_of`).
        names: See `views`.
        ends: Likewise.
    """
    found: dict[str, Moments] = {}
    for batch in batches:
        for name, rows in _rows(model, batch, groups, names, ends=ends):
            if name not in found:
                found[name] = Moments(rows.units, groups=SENTENCE_GROUPS)
            found[name].update(rows)
    return found


def cross_sums(
    models: tuple[EncoderDecoder, EncoderDecoder],
    batches: Iterable[PairBatch],
    groups: np.ndarray,
    pairs: Collection[tuple[str, str]],
    *,
    ends: bool = True,
) -> dict[tuple[str, str], CrossMoments]:
    """Products of views of two models, of the same positions or cells.

    Args:
        models: A and B; their forward passes are repeated for every call, so that
            no vector is kept.
        batches: Of the pairs that are read.
        groups: See `own_sums`.
        pairs: Names of a view of A and one of B.
        ends: See `views`.
    """
    found: dict[tuple[str, str], CrossMoments] = {}
    wanted = [{pair[number] for pair in pairs} for number in (0, 1)]
    for batch in batches:
        a, b = (
            dict(_rows(model, batch, groups, names, ends=ends))
            for model, names in zip(models, wanted, strict=True)
        )
        for pair in pairs:
            of_a, of_b = a[pair[0]], b[pair[1]]
            if pair not in found:
                found[pair] = CrossMoments(
                    of_a.units, of_b.units, groups=SENTENCE_GROUPS
                )
            found[pair].update(of_a, of_b)
    return found


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


def _rows(
    model: EncoderDecoder,
    batch: PairBatch,
    groups: np.ndarray,
    names: Collection[str],
    *,
    ends: bool,
) -> Iterator[tuple[str, Rows]]:
    of_pair = groups[batch.pairs.cpu().numpy()]
    for name, view in views(model, batch, names, ends=ends).items():
        yield name, Rows(view.rows, groups=of_pair[view.pairs.cpu().numpy()])
