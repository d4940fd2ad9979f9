"""Similarities in every bootstrap resample of groups of tokens, from sums alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ontogeny.measures.similarity.moments import CrossMoments, Moments

_ENTRIES = 2**21
"""Numbers of resampled matrices that are held at a time: 16 MB."""


def cka_draws(
    a: Moments, b: Moments, cross: CrossMoments, weights: np.ndarray
) -> np.ndarray:
    """Linear CKA, biased as by default, of each resample of the views' groups.

    ‖AᵀB‖²_F of the resampled, newly centred views is, for groups' products P_g and sums
    a_g, b_g about a common shift, weights w and n = Σ w n_g,
    ‖Σ w P_g − (Σ w a_g)(Σ w b_g)ᵀ / n‖². Its three terms are polynomials in w whose
    coefficients are inner products of groups: no resample forms a matrix of units.

    Args:
        a: Moments of a view, by group.
        b: Of another, of the same groups.
        cross: Of both.
        weights: How often each of G groups is drawn, shape (resamples, G). Where the
            views have 2 G, 3 G … groups, g, G + g … are drawn together.

    Returns:
        Shape (resamples,), in [0, 1]; NaN where a view is constant.

    Source: Kornblith et al. (2019), arXiv:1905.00414.

    >>> rng = np.random.default_rng(0)
    >>> x, groups = rng.normal(size=(60, 3)), np.arange(60) % 3
    >>> y = x + rng.normal(size=(60, 3))
    >>> a, b = Moments.of(x, groups=groups), Moments.of(y, groups=groups)
    >>> cross = CrossMoments(3, 3, groups=3)
    >>> cross.update(x, y, groups=groups)
    >>> twice = np.array([[2, 0, 1]])
    >>> from ontogeny.similarity import linear_cka
    >>> rows = np.repeat(np.arange(60), twice[0, groups])
    >>> bool(np.isclose(cka_draws(a, b, cross, twice)[0], linear_cka(x[rows], y[rows])))
    True
    """
    # A view is in many pairs.
    drawn = f"hsic {hash(weights.tobytes())}"
    own = a.once(drawn, lambda: _hsic(a, weights))
    own = own * b.once(drawn, lambda: _hsic(b, weights))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.minimum(_hsic(cross, weights) / np.sqrt(own), 1.0)


def _hsic(moments: Moments | CrossMoments, weights: np.ndarray) -> np.ndarray:
    """‖AᵀB‖²_F of each resample, shape (resamples,)."""
    matrix, weights = _by_drawn(moments, weights), weights.astype(float)
    groups = len(matrix)
    total_a, total_b = matrix[:, :-2, -2], matrix[:, -2, :-2]
    products = matrix[:, :-2, :-2]
    n = weights @ matrix[:, -2, -2]
    flat = products.reshape(groups, -1)
    whole = _quadratic(flat @ flat.T, weights)
    # By group, and by the groups of both sums.
    mixed = (total_a @ products @ total_b.T).reshape(groups, -1)
    drawn = (weights @ mixed).reshape(-1, groups, groups)
    means = np.einsum("rhi,rh,ri->r", drawn, weights, weights)
    squares = [_quadratic(t @ t.T, weights) for t in (total_a, total_b)]
    with np.errstate(invalid="ignore", divide="ignore"):
        return whole - 2 * means / n + squares[0] * squares[1] / n**2


def _quadratic(matrix: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """wᵀ M w of each row of weights."""
    return np.einsum("rg,rg->r", weights @ matrix, weights)


def covariance_draws(
    moments: Moments | CrossMoments, weights: np.ndarray, *, centred: bool = True
) -> Iterator[np.ndarray]:
    """Covariances, some resamples at a time.

    Args:
        moments: Of a view, or of two.
        weights: As for `cka_draws`.
        centred: Whether the means are taken off; of one view, or of two.

    Yields:
        Shape (some, units_a, units_b), of the next resamples.

    >>> x = np.array([[0.0], [2.0], [4.0]])
    >>> moments = Moments.of(x, groups=np.array([0, 1, 2]))
    >>> twice = np.array([[1, 0, 1], [1, 2, 0]])
    >>> next(covariance_draws(moments, twice)).ravel().round(3)
    array([4.   , 0.889])
    """
    matrix = _by_drawn(moments, weights)
    _, units_a, units_b = matrix.shape
    shift_a, shift_b = moments.sums.shift_a, moments.sums.shift_b
    size = max(1, _ENTRIES // (units_a * units_b))
    for start in range(0, len(weights), size):
        some = weights[start : start + size].astype(float)
        summed = (some @ matrix.reshape(len(matrix), -1)).reshape(-1, units_a, units_b)
        n = summed[:, -2, -2][:, None]
        mean_a, mean_b = summed[:, :-2, -2] / n, summed[:, -2, :-2] / n
        found = summed[:, :-2, :-2] / n[..., None]
        found -= mean_a[:, :, None] * mean_b[:, None, :]
        if not centred:
            found += (mean_a + shift_a)[:, :, None] * (mean_b + shift_b)[:, None, :]
        yield found


def variance_draws(moments: Moments, weights: np.ndarray) -> np.ndarray:
    """Variance of each unit in each resample.

    Args:
        moments: Of a view.
        weights: As for `cka_draws`.

    Returns:
        Shape (resamples, units).

    >>> moments = Moments.of(np.array([[0.0], [2.0]]), groups=np.array([0, 1]))
    >>> variance_draws(moments, np.array([[1, 1], [2, 0]])).ravel().tolist()
    [1.0, 0.0]
    """
    matrix, weights = _by_drawn(moments, weights), weights.astype(float)
    n = weights @ matrix[:, -2, -2][:, None]
    mean = weights @ matrix[:, :-2, -2] / n
    squares = weights @ np.diagonal(matrix, axis1=1, axis2=2)[:, :-2]
    return squares / n - mean**2


def _by_drawn(moments: Moments | CrossMoments, weights: np.ndarray) -> np.ndarray:
    """Sums of the groups that are drawn together."""
    matrix, groups = moments.sums.matrix, weights.shape[1]
    if len(matrix) == groups:
        return matrix
    return matrix.reshape(-1, groups, *matrix.shape[1:]).sum(axis=0)
