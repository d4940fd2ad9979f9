"""Spearman's ρ of millions of pairs, ranked anew in every resample."""

from __future__ import annotations

import numpy as np

from ontogeny.statistics.groups import Resampled

BINS = 128
"""ASSUME: of a variable with more different values, ranks are told apart in 128
steps of equal size: that moves ρ by about 1 / (128 √pairs), far less than sampling
does."""

# Resamples handled at a time.
_DRAWS = 64


def rank_bins(x: np.ndarray, bins: int = BINS) -> np.ndarray:
    """Values as whole numbers in the same order, at most `bins` different ones.

    Where x has more values, its ranks are cut in steps of equal size; equal
    values stay equal.

    Args:
        x: Shape (n,).
        bins: How many at most.

    Returns:
        int64, shape (n,), in [0, bins).

    >>> rank_bins(np.array([0.5, 9.0, 0.5, 7.0])).tolist()
    [0, 2, 0, 1]
    >>> rank_bins(np.arange(6.0), bins=2).tolist()
    [0, 0, 0, 1, 1, 1]
    """
    values, code, counts = np.unique(x, return_inverse=True, return_counts=True)
    if len(values) <= bins:
        return code
    middle = np.cumsum(counts) - counts / 2
    return (middle * bins / len(x)).astype(np.int64)[code]


def spearman_draws(
    x: np.ndarray, y: np.ndarray, resampled: Resampled, which: np.ndarray | None = None
) -> np.ndarray:
    """Spearman's ρ over pairs (mean ranks), in the sample and each resample.

    Every resample is ranked anew: with n_ij pairs in bins i of x and j of y,
    ρ = Σ n_ij r_i s_j / √(Σ n_i r_i² · Σ n_j s_j²), where r and s are the bins'
    mean ranks less the mean of all ranks.

    Args:
        x: Shape (pairs,).
        y: Likewise.
        resampled: The sentences of all pairs.
        which: The pairs asked of, boolean, shape (all pairs,), if not all are.

    Returns:
        Shape (1 + resamples,); NaN where x or y is constant.

    >>> one = Resampled(np.arange(3), resamples=1)
    >>> float(spearman_draws(np.array([1, 2, 3]), np.array([1, 9, 4]), one)[0])
    0.5
    """
    if not len(x):
        return np.full(len(resampled.weights), np.nan)
    a, b = rank_bins(x), rank_bins(y)
    sizes = int(a.max()) + 1, int(b.max()) + 1
    group = resampled.group if which is None else resampled.group[which]
    groups = resampled.weights.shape[1]
    cell = (a * sizes[1] + b) * groups + group
    counts = np.bincount(cell, minlength=sizes[0] * sizes[1] * groups)
    counts = counts.reshape(-1, groups).T.astype(float)
    found = [
        _spearman((resampled.weights[at : at + _DRAWS] @ counts).reshape(-1, *sizes))
        for at in range(0, len(resampled.weights), _DRAWS)
    ]
    return np.concatenate(found)


def _spearman(n: np.ndarray) -> np.ndarray:
    """From numbers of pairs, shape (draws, bins of x, bins of y)."""
    of_x, of_y = n.sum(axis=2), n.sum(axis=1)
    r, s = (np.cumsum(m, axis=1) - m / 2 - m.sum(axis=1)[:, None] / 2
            for m in (of_x, of_y))  # fmt: skip
    product = ((n @ s[:, :, None])[:, :, 0] * r).sum(axis=1)
    square = (of_x * r * r).sum(axis=1) * (of_y * s * s).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return product / np.sqrt(square)
