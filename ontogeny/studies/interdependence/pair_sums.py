"""Pairs summed by where they stand, in the sample and in resamples of sentences.

A mean of any kind of pair, and a least-squares slope on distances, follow from
how many pairs there are and what their interdependence sums to, by sequential
distance, syntactic distance and the words' classes. So millions of pairs are
read once, and a resample is a product of two matrices.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ontogeny.statistics.groups import Resampled

LINES = ("open–open", "closed–closed", "mixed")
"""Of figure 4: classes of the two words, whichever comes first."""

OTHER = "other"
"""Pairs with a word that is neither open nor closed: in figure 3 only."""

ALL_LINES = (*LINES, OTHER)


@dataclass(frozen=True, eq=False)
class Sums:
    """Number and summed interdependence of pairs, with resamples.

    Both have shape (1 + resamples, 1 + largest distance, 1 + largest tree
    distance, lines), with the lines of `ALL_LINES`: distances are indices.

    Attributes:
        pairs: How many.
        total: Sum of their interdependence.
    """

    pairs: np.ndarray
    total: np.ndarray

    @cached_property
    def distances(self) -> np.ndarray:
        """Sequential distances, from 0, where no pair is."""
        return np.arange(self.pairs.shape[1])

    @cached_property
    def tree_distances(self) -> np.ndarray:
        """Syntactic distances, from 0, where no pair is."""
        return np.arange(self.pairs.shape[2])

    def of(self, lines: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
        """Number and sum of the pairs on these lines together.

        Returns:
            Each of shape (draws, distances, tree distances).
        """
        at = [ALL_LINES.index(line) for line in lines]
        return self.pairs[..., at].sum(axis=-1), self.total[..., at].sum(axis=-1)


def sum_pairs(
    table: pd.DataFrame, resampled: Resampled, shape: tuple[int, int]
) -> Sums:
    """Sum a table of pairs, all of one seed and epoch.

    Args:
        table: Columns distance, tree_distance, left_class, right_class,
            interdependence.
        resampled: Its sentences.
        shape: Largest distance and largest tree distance; see `largest`.

    >>> pairs = pd.DataFrame({"distance": [1, 1], "tree_distance": [1, 2],
    ...     "left_class": "open", "right_class": ["open", "closed"],
    ...     "interdependence": [0.5, 0.25]})
    >>> sums = sum_pairs(pairs, Resampled(np.array([3, 3]), 1), largest([pairs]))
    >>> sums.of(["open–open"])[1][0].tolist()
    [[0.0, 0.0, 0.0], [0.0, 0.5, 0.0]]
    """
    sizes = shape[0] + 1, shape[1] + 1, len(ALL_LINES)
    places = (table["distance"], table["tree_distance"], lines_of(table))
    cell = np.ravel_multi_index(tuple(map(np.asarray, places)), sizes)
    cells = int(np.prod(sizes))
    ones = np.ones(len(table))
    values = table["interdependence"].to_numpy(dtype=float)
    found = [resampled.draws(cell, cells, value) for value in (ones, values)]
    pairs, total = (draws.reshape(-1, *sizes) for draws in found)
    return Sums(pairs, total)


def largest(tables: Iterable[pd.DataFrame]) -> tuple[int, int]:
    """Largest distance and largest tree distance of any pair; 1 without pairs."""
    pairs = [table[["distance", "tree_distance"]].max() for table in tables]
    found = pd.DataFrame(pairs).max().fillna(1)
    return int(found["distance"]), int(found["tree_distance"])


def lines_of(table: pd.DataFrame) -> np.ndarray:
    """Index in `ALL_LINES` of each pair.

    >>> lines_of(pd.DataFrame({
    ...     "left_class": ["open", "closed", "open", "other"],
    ...     "right_class": ["open", "closed", "closed", "open"]})).tolist()
    [0, 1, 2, 3]
    """
    codes = [
        pd.Categorical(table[side], categories=["open", "closed", OTHER]).codes
        for side in ("left_class", "right_class")
    ]
    left, right = (np.asarray(code) for code in codes)
    other = np.maximum(left, right) == 2
    return np.where(other, 3, np.where(left == right, left, 2))


def means(total: np.ndarray, pairs: np.ndarray, min_pairs: int = 1) -> np.ndarray:
    """total / pairs; NaN in every draw where the sample has too few pairs.

    Args:
        total: Shape (draws, …).
        pairs: Likewise.
        min_pairs: That a mean needs, in draw 0.

    >>> means(np.array([[1.0, 9.0]]), np.array([[2.0, 3.0]]), min_pairs=3)
    array([[nan,  3.]])
    """
    enough = pairs[0] >= min_pairs
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(enough, total / pairs, np.nan)


def slopes(x: np.ndarray, pairs: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Pooled within-stratum least-squares slope of a value on x.

    Σ_s S_xy,s / Σ_s S_xx,s, where S are sums over the pairs of stratum s of
    products of deviations from that stratum's means: each stratum has its own
    level, all have one slope, and a stratum counts by its spread of x.

    Args:
        x: Of each cell of a stratum, shape (cells,).
        pairs: In each cell, shape (draws, strata, cells).
        total: Sum of the value there, likewise.

    Returns:
        Per unit of x, shape (draws,); NaN where x varies within no stratum.

    >>> pairs = np.array([[[2.0, 1.0], [1.0, 1.0]]])
    >>> slopes(np.array([1, 3]), pairs, np.array([[[2.0, 3.0], [9.0, 13.0]]]))
    array([1.42857143])
    """
    centred = x - x.mean()
    n, sx, sxx = (pairs @ centred**power for power in (0, 1, 2))
    sy, sxy = total.sum(axis=-1), total @ centred
    some = np.where(n > 0, n, 1.0)
    spread = (sxx - sx * sx / some).sum(axis=-1)
    rounding = spread <= 1e-9 * sxx.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = (sxy - sx * sy / some).sum(axis=-1) / spread
    return np.where(rounding, np.nan, slope)
