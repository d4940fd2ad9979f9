"""How interdependence comes to follow syntax in training: a figure of our own."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from ontogeny.studies.interdependence.pair_sums import (
    ALL_LINES,
    LINES,
    OTHER,
    largest,
    lines_of,
    means,
    slopes,
    sum_pairs,
)
from ontogeny.studies.interdependence.tables import Draws, Options, with_mean


def by_epoch(epochs: Mapping[int, pd.DataFrame], options: Options) -> pd.DataFrame:
    """How interdependence comes to follow syntax, by epoch.

    Args:
        epochs: By seed, pairs measured at every epoch.
        options: Of the study.

    Returns:
        Columns epoch, quantity, distance (0: all) and those of every table. Quantities:
        mean (of pairs of any class), slope (of interdependence on tree
        distance; distance 0: pooled within strata of distance, see
        `ontogeny.studies.interdependence.pair_sums.slopes`) and spearman (of the two,
        without interval); the last two of pairs of open and closed words only.
    """
    shape = largest(epochs.values())
    distances = np.arange(shape[0] + 1)
    keys = pd.concat(
        [
            pd.DataFrame({"quantity": "mean", "distance": distances}),
            pd.DataFrame({"quantity": "slope", "distance": distances}),
            pd.DataFrame({"quantity": "spearman", "distance": distances[1:]}),
        ],
        ignore_index=True,
    )
    found: dict[int, dict[int, Draws]] = {}
    for seed, measured in epochs.items():
        for epoch in map(int, measured["epoch"].unique()):
            draws = _one_epoch(measured[measured["epoch"] == epoch], shape, options)
            found.setdefault(epoch, {})[seed] = draws
    tables = []
    for epoch, by_seed in sorted(found.items()):
        table = with_mean(keys, by_seed, options)
        table.insert(0, "epoch", np.int64(epoch))
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _one_epoch(table: pd.DataFrame, shape: tuple[int, int], options: Options) -> Draws:
    """Mean, slope and Spearman's ρ, each by distance."""
    resampled = options.of(table)
    sums = sum_pairs(table, resampled, shape)
    number, total = (_with_all(x.sum(axis=2)) for x in sums.of(ALL_LINES))
    mean = means(total, number, options.min_pairs)
    of_lines, sum_of_lines = sums.of(LINES)
    x = sums.tree_distances
    slope = [slopes(x, of_lines, sum_of_lines)]
    slope += [
        slopes(x, of_lines[:, [d]], sum_of_lines[:, [d]]) for d in sums.distances[1:]
    ]
    in_lines = _with_all(of_lines.sum(axis=2))[0]
    rho = np.full((len(mean), shape[0]), np.nan)
    rho[0] = _spearman_by_distance(table, shape[0])
    both = np.hstack([np.stack(slope, axis=1), rho])
    pairs = np.concatenate([number[0], in_lines, in_lines[1:]])
    enough = pairs[len(number[0]) :] >= options.min_pairs
    values = np.hstack([mean, np.where(enough, both, np.nan)])
    return Draws(values, pairs, resampled.sentences)


def _with_all(by_distance: np.ndarray) -> np.ndarray:
    """Shape (draws, distances), where index 0, of no pair, becomes all of them."""
    return np.hstack([by_distance.sum(axis=1, keepdims=True), by_distance[:, 1:]])


def _spearman_by_distance(table: pd.DataFrame, last: int) -> np.ndarray:
    """Spearman's ρ of interdependence with tree distance, shape (distances,)."""
    some = table[lines_of(table) != ALL_LINES.index(OTHER)]
    by_distance = dict(list(some.groupby("distance")))
    found = np.full(last, np.nan)
    for distance, rows in by_distance.items():
        x, y = (
            rankdata(rows[name]) - (len(rows) + 1) / 2
            for name in ("tree_distance", "interdependence")
        )
        with np.errstate(invalid="ignore"):
            found[distance - 1] = (x @ y) / np.sqrt((x @ x) * (y @ y))
    return found
