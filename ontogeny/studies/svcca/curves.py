"""Curves over epochs and accuracies, with their bootstrap resamples.

Of everything row 0 is the sample itself, the others its resamples: sentences
are drawn in groups (`ontogeny.statistics.groups`), and a resample is the weight
of each group.
"""

from __future__ import annotations

import numpy as np

from ontogeny.studies.svcca.names import WITHIN


def draws(score: np.ndarray, influence: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """A curve of similarities and its resamples, score + (w − 1) · influence.

    To first order in the weights: canonical correlations of every resample
    would cost a decomposition each, and are biased upwards by repeated tokens.

    Args:
        score: Shape (epochs,).
        influence: Of each group of sentences, shape (epochs, groups).
        weights: How often each group was drawn, shape (resamples, groups).

    Returns:
        Shape (1 + resamples, epochs).

    >>> draws(np.array([0.5]), np.array([[0.1, -0.1]]), np.array([[2, 0]])).tolist()
    [[0.5], [0.7]]
    """
    moved = (weights - 1.0) @ influence.T
    return np.vstack([score[None], score + moved])


def stabilised(
    curves: np.ndarray, epochs: np.ndarray, within: float = WITHIN
) -> np.ndarray:
    """First epoch from which on a curve stays within a distance of its end.

    Args:
        curves: Shape (draws, epochs).
        epochs: Shape (epochs,), rising.
        within: Distance.

    Returns:
        Shape (draws,); NaN where a curve holds NaN.

    >>> stabilised(np.array([[0.1, 0.5, 0.51, 0.5]]), np.array([1, 2, 3, 4])).tolist()
    [2.0]
    """
    # A hair more, so that a distance of exactly 0.02 is within it.
    away = np.abs(curves - curves[:, -1:]) > within * (1 + 1e-9)
    last_away = np.where(
        away.any(axis=1), away.shape[1] - 1 - away[:, ::-1].argmax(axis=1), -1
    )
    # The end is never away from itself, so there is an epoch after.
    first = epochs[last_away + 1].astype(float)
    return np.where(np.isnan(curves).any(axis=1), np.nan, first)
