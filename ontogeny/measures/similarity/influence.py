"""How much each group of tokens moves a similarity."""

from __future__ import annotations

import numpy as np

from ontogeny.measures.similarity.moments import CrossMoments, Moments


def influence_of_groups(
    views: tuple[Moments, Moments, CrossMoments],
    basis_a: np.ndarray,
    basis_b: np.ndarray,
    correlations: np.ndarray,
) -> np.ndarray:
    """First-order change of the mean correlation when a group weighs one more.

    With canonical variates xᵢ, yᵢ of unit variance and correlation rᵢ, a token
    moves the mean by ψ/n, ψ = meanᵢ [xᵢ yᵢ − rᵢ (xᵢ² + yᵢ²)/2]; a group by the
    sum over its tokens. Exact for the directions kept and the coefficients
    averaged: that other weights would turn the ones, or change the number of
    either, is left out. With replicates score + (w − 1) · influence, w from
    `resampling_weights`, the spread is close to that over fresh samples, and
    unlike that of recomputed scores free of their bias upwards; for
    "cca_truncated" it is too small where the number averaged is unstable.
    # ASSUME: directions held fixed in the bootstrap; the paper has no intervals.

    Each sum is an inner product of the group's products of units with one
    matrix (the gradient), so the cost is that of reading the moments once.

    Args:
        views: Moments of both views and of the pair, with the same groups.
        basis_a: Shape (units_a, k): xᵢ = basisᵢ · (a − mean), of unit variance.
        basis_b: Shape (units_b, k), likewise.
        correlations: rᵢ, shape (k,).

    Returns:
        Shape (groups,), summing to 0 up to rounding; 0 for k = 0.

    Source: the influence function of a canonical correlation: Romanazzi
    (1992), Psychometrika 57(2), 237–259.
    """
    a, b, cross = views
    k = len(correlations)
    if k == 0:
        return np.zeros(a.groups)
    changes = (
        _inner(cross, basis_a @ basis_b.T)
        - _inner(a, basis_a * correlations @ basis_a.T) / 2
        - _inner(b, basis_b * correlations @ basis_b.T) / 2
    )
    return changes / (k * a.n)


def _inner(moments: Moments | CrossMoments, gradient: np.ndarray) -> np.ndarray:
    """Σ over a group's tokens of (a − mean_a)ᵀ gradient (b − mean_b), by group."""
    sums, mean = moments.sums, moments.total
    to_a, to_b = sums.maps(mean.shift_a, mean.shift_b)
    # The map to the means is applied to the one gradient, not to every group.
    extended = to_a[:-2].T @ gradient @ to_b[:-2]
    return sums.matrix.reshape(len(sums.matrix), -1) @ extended.ravel()
