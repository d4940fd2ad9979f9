"""Sums of attention maps: of all that are of one kind side by side.

They have the same cells in all models and layers, and few heads each: one matrix of
products has every pair of them. What uniform attention gives a cell, u, is one more
unit, so that the sums of adjusted maps, x − u, are linear in these, too; and so are
‖x‖² and ‖x − u‖² of each map, which debiased CKA asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ontogeny.measures.similarity.attention import attention_rows
from ontogeny.measures.similarity.group_sums import Sums
from ontogeny.measures.similarity.moments import CrossMoments, Moments
from ontogeny.measures.similarity.rows import Rows
from ontogeny.statistics.groups import SENTENCE_GROUPS

ADJUSTED = " adjusted"
"""How the name of a map's view ends of which uniform attention was taken off."""

Place = tuple[int, str]
"""Number of a model, and name of one of its views."""

ThreeSums = tuple[Moments, Moments, CrossMoments]


def plain(place: Place) -> Place:
    """The map itself of which uniform attention may have been taken off.

    >>> plain((0, "cross2 adjusted"))
    (0, 'cross2')
    """
    model, name = place
    return model, name.removesuffix(ADJUSTED)


def kind_of(name: str) -> str:
    """Which maps one has its cells in common with.

    >>> kind_of("decoder_self1 adjusted")
    'decoder_self'
    """
    return name.removesuffix(ADJUSTED).rstrip("0123456789")


def uniform_rows(visible: Tensor) -> Tensor:
    """What uniform attention gives each visible cell, shape (cells,).

    Args:
        visible: As for `attention_rows`.

    >>> uniform_rows(torch.tensor([[[True, False], [True, True]]]))
    tensor([1.0000, 0.5000, 0.5000], dtype=torch.float64)
    """
    none = visible.new_zeros(visible[:, None].shape, dtype=torch.float64)
    return -attention_rows(none, visible, adjusted=True)[:, 0]


class MapSums:
    """Sums of the maps of one kind.

    Args:
        heads: Of each map, by its place.
    """

    def __init__(self, heads: Mapping[Place, int]) -> None:
        self._heads = dict(heads)
        units = map_units(heads.values())
        self._whole = Moments(units, groups=SENTENCE_GROUPS)
        self._ends = Moments(units)

    def update(
        self, maps: Mapping[Place, Tensor], visible: Tensor, inner: Tensor, groups: Any
    ) -> None:
        """Add the cells of a batch.

        Args:
            maps: Rows of each map, shape (cells, heads).
            visible: As for `attention_rows`.
            inner: Which cells are none of a sentence's ends, bool, shape (cells,).
            groups: Resampling unit of each cell.
        """
        uniform = uniform_rows(visible)[:, None]
        columns = [uniform]
        for place in self._heads:
            x = maps[place].double()
            squares = [(of**2).sum(1, keepdim=True) for of in (x, x - uniform)]
            columns += [x, *squares]
        block = torch.cat(columns, 1)
        self._whole.update(Rows(block, groups=groups))
        self._ends.update(Rows(block[~inner]))

    def views(self) -> MapViews:
        """Both sums, of all cells and of all but the ends."""
        return MapViews(self._heads, self._whole, without(self._whole, self._ends))


def map_units(heads: Iterable[int]) -> int:
    """Units of the sums of maps of so many heads: u; each map's heads and squares."""
    return 1 + sum(number + 2 for number in heads)


class MapViews:
    """Sums of single maps and of pairs, from those of all.

    Args:
        heads: Of each map, in the order of the sums.
        whole: Of all cells, by group.
        inner: Of all but the ends.
    """

    def __init__(
        self, heads: Mapping[Place, int], whole: Moments, inner: Moments
    ) -> None:
        ends = 1 + np.cumsum([number + 2 for number in heads.values()])
        self._at = {
            place: np.arange(end - 2 - number, end - 2)
            for (place, number), end in zip(heads.items(), ends, strict=True)
        }
        self._sums = whole.sums, inner.sums
        self._alone: dict[tuple[Place, int], Moments] = {}

    def pair(self, a: Place, b: Place) -> tuple[ThreeSums, ThreeSums]:
        """Moments of each and of the pair: of all cells, and of all but the ends."""
        return self._pair(a, b, 0), self._pair(a, b, 1)

    def _pair(self, a: Place, b: Place, which: int) -> ThreeSums:
        cross = CrossMoments.from_state(self._state(a, b, which))
        return self._of_one(a, which), self._of_one(b, which), cross

    def _of_one(self, place: Place, which: int) -> Moments:
        # One for all pairs: it keeps what they have in common.
        if (place, which) not in self._alone:
            state = self._state(place, place, which)
            state["shape"] = state["shape"][1:]
            self._alone[place, which] = Moments.from_state(state)
        return self._alone[place, which]

    def _state(self, a: Place, b: Place, which: int) -> dict[str, np.ndarray]:
        sums = self._sums[which]
        (of_a, shift_a), (of_b, shift_b) = (self._linear(p, sums) for p in (a, b))
        return {
            "shape": np.array([len(shift_a), len(shift_b), len(sums.matrix)]),
            "shift_a": shift_a,
            "shift_b": shift_b,
            "matrix": of_a @ sums.matrix @ of_b.T,
        }

    def _linear(self, place: Place, sums: Sums) -> tuple[np.ndarray, np.ndarray]:
        """What makes (x, 1, ‖x‖²) of one map of (all units, 1, …), and its shift."""
        at, adjusted = self._at[plain(place)], place != plain(place)
        shifts = sums.shift_a
        matrix = np.zeros((len(at) + 2, len(shifts) + 2))
        x, one, square = matrix[:-2], matrix[-2], matrix[-1]
        x[np.arange(len(at)), at] = 1
        x[:, 0] = -adjusted
        one[-2] = 1
        shift = shifts[at] - adjusted * shifts[0]
        # ‖x − c‖² = ‖x‖² − 2 c·(x − c) − c·c
        squared = at[-1] + 1 + adjusted
        square[:] = -2 * shift @ x
        square[squared] += 1
        square[-2] += shifts[squared] - shift @ shift
        return matrix, shift


def pool(moments: Moments) -> Moments:
    """The same sums in one group."""
    sums = moments.sums
    return Moments.from_state(
        {
            "shape": np.array([moments.units, 1]),
            "shift_a": sums.shift_a,
            "matrix": sums.matrix.sum(axis=0, keepdims=True),
        }
    )


def without(whole: Moments | CrossMoments, ends: Moments | CrossMoments) -> Any:
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
