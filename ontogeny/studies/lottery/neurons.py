"""NeuronSim: how far a pruned model's neurons are still those of LTH0 (§5.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from ontogeny.measures.similarity.moments import CrossMoments, Moments
from ontogeny.measures.similarity.resampling import covariance_draws, variance_draws

HIGH = 0.98
"""A correlation above which a neuron is called unchanged (claim L49)."""

_ROUNDING = 1e-14
"""Of a square: what float64 leaves of none."""

RESAMPLES = 400
"""ASSUME: the first of the resamples: each needs all pairs of neurons."""

Sums = tuple[Moments, Moments, CrossMoments]


def neuron_rows(
    sums: Sums, inner: Sums, weights: np.ndarray
) -> Iterator[dict[str, Any]]:
    """Statistics of the largest correlations of neurons of two layers.

    Args:
        sums: Of LTH0's layer, of another model's, and of both.
        inner: The same without the ends of sentences.
        weights: How often each group is drawn, shape (resamples, groups).

    Yields:
        statistic, value, without_ends and draws
        (`ontogeny.studies.lottery.inputs.Inputs.neurons`).
    """
    every = np.vstack([np.ones(weights.shape[1]), weights[:RESAMPLES]])
    drawn = np.concatenate([_statistics(c) for c in _correlations(sums, every)])
    once = np.ones((1, inner[0].groups))
    less = _statistics(next(_correlations(inner, once)))[0]
    for name, values, other in zip(STATISTICS, drawn.T, less, strict=True):
        of = {"statistic": name, "value": values[0], "without_ends": other}
        yield {**of, "draws": values[1:]}


STATISTICS = ("similarity", "absolute", "itself", "p95", "above_098")


def _statistics(correlations: np.ndarray) -> np.ndarray:
    """Of each resample, shape (resamples, statistics), from (resamples, a, b)."""
    own = np.arange(correlations.shape[1])
    best = correlations.max(axis=2)
    of_other = correlations.max(axis=1)
    columns = [
        best.mean(axis=1),
        np.abs(correlations).max(axis=2).mean(axis=1),
        (correlations.argmax(axis=2) == own).mean(axis=1),
        np.percentile(of_other, 95, axis=1),
        (of_other > HIGH).mean(axis=1),
    ]
    return np.stack(columns, axis=1)


def match_rows(sums: Sums) -> pd.DataFrame:
    """The best match of each neuron of both layers.

    Args:
        sums: See `neuron_rows`.

    Returns:
        Columns of, neuron, correlation, match.
    """
    groups = np.ones((1, len(sums[0].counts)))
    (correlations,) = next(_correlations(sums, groups))
    tables = []
    for of, matrix in (("dense", correlations), ("sparse", correlations.T)):
        table = {"of": of, "neuron": np.arange(len(matrix))}
        table |= {"correlation": matrix.max(axis=1), "match": matrix.argmax(axis=1)}
        tables.append(pd.DataFrame(table))
    return pd.concat(tables, ignore_index=True)


def _correlations(sums: Sums, weights: np.ndarray) -> Iterator[np.ndarray]:
    """Pearson's r of all pairs, some resamples at a time; of a constant 0."""
    a, b, cross = sums
    scales = []
    for one in (a, b):
        # What rounding leaves of a constant is none.
        variance = variance_draws(one, weights)
        known = variance > _ROUNDING * (variance + one.sums.shift_a**2)
        with np.errstate(divide="ignore", invalid="ignore"):
            scales.append(np.where(known, 1 / np.sqrt(variance), 0.0))
    start = 0
    for some in covariance_draws(cross, weights):
        rows = slice(start, start + len(some))
        yield scales[0][rows, :, None] * some * scales[1][rows, None, :]
        start += len(some)
