"""Labels of tokens: moved to the token before, or shuffled."""

from __future__ import annotations

import numpy as np

UNLABELLED = -1
"""Label of a token that has none, of `<eos>` among them."""


def target_labels(labels: np.ndarray, sentence: np.ndarray) -> np.ndarray:
    """The label of the next token of the same sentence.

    Nothing crosses a sentence: its last word, before `<eos>`, has no target
    (thesis ch. 4 §2.2, y_{t+1}).

    Args:
        labels: Shape (tokens,); `UNLABELLED` where a token has none, as `<eos>`.
        sentence: Number of each token's sentence, shape (tokens,).

    Returns:
        Shape (tokens,), of the labels' type.

    >>> target_labels(np.array([5, 6, -1, 7, -1]), np.array([0, 0, 0, 1, 1])).tolist()
    [6, -1, -1, -1, -1]
    """
    targets = np.full_like(labels, UNLABELLED)
    same = sentence[1:] == sentence[:-1]
    targets[:-1][same] = labels[1:][same]
    return targets


def shuffle_labels(labels: np.ndarray, seed: int) -> np.ndarray:
    """The labels permuted among the tokens that have one.

    What can be learned from them is each class's share and nothing else (thesis
    ch. 4 §4.1, after Zhang et al., 2016).

    Args:
        labels: Shape (tokens,); `UNLABELLED` ones stay where they are.
        seed: Of the permutation.

    >>> shuffled = shuffle_labels(np.array([1, -1, 2, 3]), seed=0)
    >>> int(shuffled[1]), sorted(shuffled.tolist())
    (-1, [-1, 1, 2, 3])
    """
    labelled = labels != UNLABELLED
    shuffled = labels.copy()
    shuffled[labelled] = np.random.default_rng(seed).permutation(labels[labelled])
    return shuffled
