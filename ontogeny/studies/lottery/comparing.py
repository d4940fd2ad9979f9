"""Sums of pairs of views of several models, in as few passes over a text as fit.

Nothing is stored but moments; those of maps are in
`ontogeny.studies.lottery.map_sums`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from torch import Tensor

from ontogeny.measures.similarity.moments import CrossMoments, Moments
from ontogeny.measures.similarity.rows import Rows
from ontogeny.models.transformer import EncoderDecoder
from ontogeny.statistics.groups import SENTENCE_GROUPS
from ontogeny.studies.lottery.map_sums import (
    MapSums,
    Place,
    ThreeSums,
    kind_of,
    map_units,
    plain,
    pool,
    without,
)
from ontogeny.studies.lottery.names import PASS_BYTES
from ontogeny.studies.lottery.reading import Positions, View, views
from ontogeny.translation.batches import PairBatch

Watch = Callable[[int, PairBatch, str, Tensor], None]
"""Called with each map: number of the model, batch, name, shape (pairs, heads, queries,
keys)."""


class PairSums(NamedTuple):
    """Sums of two views, of the same positions or cells.

    Attributes:
        places: Of both.
        whole: Moments of each and of the pair, by group, or of one group.
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
    *,
    pooled: Collection[tuple[Place, Place]] = (),
) -> Iterator[PairSums]:
    """Sums of pairs of views, of the same positions or cells of one text.

    No vector is kept: where the sums of all pairs would take more than `PASS_BYTES`,
    the text is read again for the next ones. A pair of sites takes 40 (units + 2)²
    numbers of 8 bytes, 0.34 GB at 1,024 units; all maps of one kind together take
    as much as a pair of sites of as many units as they have heads, and two a map.
    Maps come first, since showing them takes longest.

    Args:
        load: A model by its number, in evaluation mode.
        batches: Of the pairs of sentences that are read.
        pairs: Two places each, maps of one kind or sites; those of one model side by
            side cost the least.
        groups: Resampling unit of each pair of sentences, by its number
            (`ontogeny.studies.lottery.grouped.groups_of`).
        watch: Called with each map of each model, in the first pass that has it.
        pooled: Pairs of sites whose sums are of one group, 40 times as small.
    """
    first = load(0)
    left = sorted(pairs, key=lambda pair: not _is_map(first, pair[0]))
    seen: set[int] = set()
    while left:
        now, left = _fitting(first, left, pooled)
        numbers = sorted({place[0] for pair in now for place in pair})
        looks = {n: watch and partial(watch, n) for n in set(numbers) - seen}
        seen.update(numbers)
        models = {n: load(n) for n in numbers}
        sites = SiteSums([pair for pair in now if not _is_map(first, pair[0])], pooled)
        of_maps = [pair for pair in now if _is_map(first, pair[0])]
        yield from _one_pass(models, batches, of_maps, sites, groups, looks)


def _is_map(model: EncoderDecoder, place: Place) -> bool:
    return plain(place)[1] in model.maps


def _fitting(
    model: EncoderDecoder,
    pairs: list[tuple[Place, Place]],
    pooled: Collection[tuple[Place, Place]],
) -> tuple[list[tuple[Place, Place]], list[tuple[Place, Place]]]:
    """The first pairs whose sums, and their views', may be held, and the others."""
    held = 0
    known: set[Place] = set()
    of_kind: dict[str, list[int]] = defaultdict(list)
    for at, pair in enumerate(pairs):
        new = {plain(place) for place in pair} - known
        known |= new
        if _is_map(model, pair[0]):
            of_kind[kind_of(pair[0][1])] += [_units(model, p[1]) for p in new]
        else:
            held += sum((_units(model, p[1]) + 2) ** 2 for p in new)
            both = [_units(model, name) + 2 for _, name in pair]
            held += both[0] * both[1] // (SENTENCE_GROUPS if pair in pooled else 1)
        every = held + sum((map_units(h) + 2) ** 2 for h in of_kind.values())
        if 8 * SENTENCE_GROUPS * every > PASS_BYTES and at:
            return pairs[:at], pairs[at:]
    return pairs, []


def _units(model: EncoderDecoder, name: str) -> int:
    return (model.sites | model.maps)[name][-1]


def _one_pass(
    models: Mapping[int, EncoderDecoder],
    batches: Sequence[PairBatch],
    of_maps: Sequence[tuple[Place, Place]],
    sites: SiteSums,
    groups: np.ndarray,
    looks: Mapping[int, Callable[..., None] | None],
) -> Iterator[PairSums]:
    """Read the text once: of each pair its sums, and those without the ends."""
    some = next(iter(models.values()))
    heads: dict[str, dict[Place, int]] = defaultdict(dict)
    for place in (plain(place) for pair in of_maps for place in pair):
        heads[kind_of(place[1])][place] = _units(some, place[1])
    maps = {kind: MapSums(its) for kind, its in heads.items()}
    wanted = [*sites.places, *(place for its in heads.values() for place in its)]
    for batch in batches:
        of_batch = groups[batch.pairs.cpu().numpy()]
        found: dict[Place, View] = {}
        for n, model in models.items():
            look, names = looks.get(n), [name for at, name in wanted if at == n]
            its = views(model, batch, names, look and partial(look, batch))
            found |= {(n, name): view for name, view in its.items()}
        sites.update(found, of_batch)
        for kind, sums in maps.items():
            view = found[next(iter(heads[kind]))]
            rows = {place: found[place].rows for place in heads[kind]}
            of_row = of_batch[view.pairs.cpu().numpy()]
            visible = Positions.of(batch).visible(kind)
            sums.update(rows, visible, view.inner, of_row)
    done = {kind: sums.views() for kind, sums in maps.items()}
    for a, b in of_maps:
        yield PairSums((a, b), *done[kind_of(a[1])].pair(a, b))
    yield from sites.sums()


class SiteSums:
    """Sums of pairs of sites.

    Args:
        pairs: Two places each.
        pooled: Those of them whose sums are of one group.

    Attributes:
        places: All that are in pairs.
    """

    def __init__(
        self,
        pairs: Collection[tuple[Place, Place]],
        pooled: Collection[tuple[Place, Place]],
    ) -> None:
        self._groups = {
            pair: 1 if pair in pooled else SENTENCE_GROUPS for pair in pairs
        }
        self.places = dict.fromkeys(place for pair in pairs for place in pair)
        self._of_site: dict[Place, tuple[Moments, Moments]] = {}
        self._of_pair: dict[tuple[Place, Place], tuple[CrossMoments, CrossMoments]] = {}

    def update(self, found: Mapping[Place, View], groups: np.ndarray) -> None:
        """Add the positions of a batch.

        Args:
            found: Views, of other places, too.
            groups: Resampling unit of each pair of the batch.
        """
        grouped: dict[Place, Rows] = {}
        ends: dict[Place, Rows] = {}
        for place in self.places:
            view = found[place]
            of_row = groups[view.pairs.cpu().numpy()]
            grouped[place] = Rows(view.rows, groups=of_row)
            ends[place] = Rows(view.rows[~view.inner])
            if place not in self._of_site:
                units = ends[place].units
                whole = Moments(units, groups=SENTENCE_GROUPS)
                self._of_site[place] = whole, Moments(units)
            for own, rows in zip(self._of_site[place], (grouped, ends), strict=True):
                own.update(rows[place])
        pooled = {
            place: Rows(found[place].rows)
            for pair, number in self._groups.items()
            if number == 1
            for place in pair
        }
        for (a, b), number in self._groups.items():
            if (a, b) not in self._of_pair:
                sizes = ends[a].units, ends[b].units
                both = CrossMoments(*sizes, groups=number), CrossMoments(*sizes)
                self._of_pair[a, b] = both
            whole_rows = pooled if number == 1 else grouped
            cross, cross_ends = self._of_pair[a, b]
            cross.update(whole_rows[a], whole_rows[b])
            cross_ends.update(ends[a], ends[b])

    def sums(self) -> Iterator[PairSums]:
        """Of each pair; what only it needs is forgotten."""
        inner = {place: without(*both) for place, both in self._of_site.items()}
        pooled = {place: pool(own) for place, (own, _) in self._of_site.items()}
        for pair, number in self._groups.items():
            a, b = pair
            cross, ends = self._of_pair.pop(pair)
            own = [pooled[p] if number == 1 else self._of_site[p][0] for p in pair]
            whole = own[0], own[1], cross
            yield PairSums(pair, whole, (inner[a], inner[b], without(cross, ends)))
