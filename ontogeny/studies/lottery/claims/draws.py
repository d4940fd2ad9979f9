"""Draws of a statistic, shape (1 + resamples,): row 0 is of the sample itself.

What is the same by definition has one row, which is as good as all.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from ontogeny.claims.verdicts import Lacks
from ontogeny.statistics.bootstrap import resampling_weights

SAME = np.ones(1)
"""Similarity to itself."""


def drawn(row: tuple[float, Any] | None, what: str) -> np.ndarray:
    """Of a row of a table: its value and its resamples.

    Raises:
        Lacks: If there is no such row, or it has no resamples.
    """
    if row is None:
        raise Lacks(f"not measured: {what}")
    value, resamples = row
    if resamples is None or not np.ndim(resamples):
        raise Lacks(f"not resampled: {what}")
    return np.concatenate([[value], np.asarray(resamples, dtype=float)])


@cache
def weights(units: int, resamples: int) -> np.ndarray:
    """How often each is drawn, float64, shape (1 + resamples, units)."""
    of = resampling_weights(units, resamples, seed=0).astype(float)
    return np.vstack([np.ones(units), of])


def series(values: Sequence[np.ndarray]) -> np.ndarray:
    """Draws beside each other, shape (draws, n); single rows are as good as all.

    >>> series([SAME, np.array([0.5, 0.4])]).tolist()
    [[1.0, 0.5], [1.0, 0.4]]
    """
    return np.stack(np.broadcast_arrays(*values), axis=1)


def mean(values: Sequence[np.ndarray]) -> np.ndarray:
    """Mean of several numbers in each draw, shape (draws,)."""
    return np.asarray(series(values).mean(axis=1))
