"""Sentences dealt to groups, the units of every bootstrap over a text."""

from __future__ import annotations

import numpy as np

from ontogeny.statistics.bootstrap import resampling_weights

SENTENCE_GROUPS = 40
"""ASSUME: sentences are resampled in 40 groups, each every 40th sentence. Groups
of whole sentences dealt in turn are as alike as sentences drawn at random, and
their moments are few enough to be kept for every pair of representations."""

PAIR_GROUPS = 200
"""ASSUME: of sums of word pairs, which are smaller, sentences are resampled in 200."""


def resampling_groups(
    sentence: np.ndarray, groups: int = SENTENCE_GROUPS
) -> np.ndarray:
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


class Resampled:
    """Sentences of a treebank in groups, and how often each group is drawn.

    Args:
        sentence: Number of each pair's sentence, shape (pairs,).
        resamples: How many resamples.
        seed: Of the draws. Models that measured the same sentences, with the
            same seed, share their resamples.

    Attributes:
        sentences: How many there are.
        group: Of each pair, shape (pairs,).
        weights: Of each group, shape (1 + resamples, groups): a row of ones,
            the sample itself, then how often each resample drew the group.

    >>> Resampled(np.array([4, 4, 7]), resamples=1).weights.shape
    (2, 2)
    """

    def __init__(self, sentence: np.ndarray, resamples: int, seed: int = 0) -> None:
        self.sentences = len(np.unique(sentence))
        groups = max(1, min(PAIR_GROUPS, self.sentences))
        self.group = resampling_groups(sentence, groups)
        drawn = resampling_weights(groups, resamples, seed)
        self.weights = np.vstack([np.ones(groups), drawn])

    def draws(self, cell: np.ndarray, cells: int, value: np.ndarray) -> np.ndarray:
        """What a value sums to in each cell, in the sample and each resample.

        Args:
            cell: Of each pair, shape (pairs,), in [0, cells).
            cells: How many.
            value: Of each pair, shape (pairs,).

        Returns:
            float64, shape (1 + resamples, cells).
        """
        groups = self.weights.shape[1]
        at = cell.astype(np.int64) * groups + self.group
        summed = np.bincount(at, value, minlength=cells * groups)
        return self.weights @ summed.reshape(cells, groups).T
