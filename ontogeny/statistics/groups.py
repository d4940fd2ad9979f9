"""Sentences dealt to groups, the units of every bootstrap over a text."""

from __future__ import annotations

import numpy as np

GROUPS = 40
"""ASSUME: sentences are resampled in 40 groups, each every 40th sentence. Groups
of whole sentences dealt in turn are as alike as sentences drawn at random, and
their moments are few enough to be kept for every pair of representations."""


def resampling_groups(sentence: np.ndarray, groups: int = GROUPS) -> np.ndarray:
    """The group of each token: its sentence's rank in the text, modulo `groups`.

    Args:
        sentence: Number of each token's sentence, shape (tokens,).
        groups: How many.

    Returns:
        int64, shape (tokens,), in [0, groups).

    >>> resampling_groups(np.array([7, 7, 9, 12]), groups=2).tolist()
    [0, 0, 1, 0]
    """
    _, rank = np.unique(sentence, return_inverse=True)
    return rank % groups
