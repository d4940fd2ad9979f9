"""Mean, median and maximum of values that resamples drew so and so often."""

from __future__ import annotations

import numpy as np


def mean(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Mean of each draw.

    Args:
        values: Shape (n,).
        weights: How often each value is drawn, whole, shape (draws, n).

    Returns:
        Shape (draws,).

    >>> mean(np.array([1.0, 4.0]), np.array([[1, 1], [2, 0]])).tolist()
    [2.5, 1.0]
    """
    return np.asarray(weights @ values / weights.sum(axis=1))


def median(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Median of each draw, of an even number the mean of the middle two.

    >>> median(np.array([3.0, 1.0, 2.0]), np.array([[1, 1, 1], [0, 2, 2]])).tolist()
    [2.0, 1.5]
    """
    order = np.argsort(values)
    drawn = np.cumsum(weights[:, order], axis=1)
    count = drawn[:, -1]
    middle = [
        values[order][(drawn > place[:, None]).argmax(axis=1)]
        for place in ((count - 1) // 2, count // 2)
    ]
    return (middle[0] + middle[1]) / 2


def largest(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Largest value of each draw.

    >>> largest(np.array([3.0, 1.0]), np.array([[1, 1], [0, 2]])).tolist()
    [3.0, 1.0]
    """
    return np.where(weights > 0, values, -np.inf).max(axis=1)
