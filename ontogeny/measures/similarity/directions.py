"""Which directions of a view enter a comparison, and how they are whitened."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ontogeny.measures.similarity.moments import Moments

# How the directions are chosen; see `directions`.
RULES = ("squared", "amplitude", "rank")

SHARE = 0.99
# Sums of products carry an eigenvalue to about 1e-16 of the largest one.
_RANK = 1e-12
# What rounding leaves of a constant: of its square, and of the shift's.
_CONSTANT = 1e-26
_SHIFTED = 1e-14
# So that 99 of 100 equal directions do hold 99 %.
_ROUNDING = 1e-12


class Directions(NamedTuple):
    """Directions of a view that are kept.

    Attributes:
        whitening: Shape (units, kept): a − mean times it has covariance I.
        kept: Their number; 0 for a constant view.
    """

    whitening: np.ndarray
    kept: int


def directions(moments: Moments, rule: str) -> Directions:
    """Directions kept of a view, and their whitening.

    - "squared": the fewest singular directions of the centred view that hold
      at least 99 % of the squared singular values (of the variance);
    - "amplitude": the same of the singular values;
    - "rank": all that are more than rounding, of units scaled to unit variance,
      so that no unit is dropped for being small.

    A direction is rounding if its variance is below 1e-12 of the largest (from
    sums alone, singular values below 1e-6 of the largest cannot be told from
    none), or if it is what float64 leaves of a constant. Kept with the moments,
    so that many pairs share it.

    Args:
        moments: Of at least two tokens.
        rule: One of `RULES`.

    Raises:
        ValueError: If there is no such rule.
    """
    if rule not in RULES:
        raise ValueError(f"rule {rule!r} is none of {', '.join(RULES)}")
    return moments.once(rule, lambda: _find(moments, rule))


def _find(moments: Moments, rule: str) -> Directions:
    if rule == "rank":
        scale = inverse_deviation(moments)
        values, vectors = _spectrum(scale[:, None] * moments.covariance * scale)
        kept = int((values > _RANK * values[0]).sum()) if scale.any() else 0
        return Directions(scale[:, None] * _whiten(values, vectors, kept), kept)
    values, vectors = moments.once("spectrum", lambda: _spectrum(moments.covariance))
    real = values > max(_RANK * values[0], _noise(moments).sum())
    weights = np.where(real, values, 0.0) ** (1.0 if rule == "squared" else 0.5)
    kept = fewest(weights, SHARE) if real.any() else 0
    return Directions(_whiten(values, vectors, kept), kept)


def inverse_deviation(moments: Moments) -> np.ndarray:
    """1 / standard deviation of each unit, shape (units,); 0 where constant."""
    variances = np.diag(moments.covariance)
    varies = variances > _noise(moments)
    return np.where(varies, 1 / np.sqrt(np.where(varies, variances, 1.0)), 0.0)


def fewest(descending: np.ndarray, share: float) -> int:
    """How many of the first entries hold a share of the sum.

    >>> fewest(np.array([5.0, 3.0, 2.0]), 0.8)
    2
    """
    held = np.cumsum(descending)
    return int(np.searchsorted(held, (share - _ROUNDING) * held[-1])) + 1


def _spectrum(covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues, the largest first, and eigenvectors as columns."""
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    return values[::-1], vectors[:, ::-1]


def _whiten(values: np.ndarray, vectors: np.ndarray, kept: int) -> np.ndarray:
    return vectors[:, :kept] / np.sqrt(values[:kept])


def _noise(moments: Moments) -> np.ndarray:
    """Variance that rounding alone may show, by unit."""
    drift = moments.mean - moments.sums.shift_a
    return _CONSTANT * moments.mean**2 + _SHIFTED * drift**2
