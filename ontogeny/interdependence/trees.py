"""Dependency trees: how many edges lie between two words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ontogeny.errors import InputError
from ontogeny.tagging.upos import CLOSED, OPEN


def word_class(upos: str) -> str:
    """Class of a universal part of speech: "open", "closed" or "other".

    >>> [word_class(tag) for tag in ("NOUN", "DET", "PUNCT")]
    ['open', 'closed', 'other']
    """
    return "open" if upos in OPEN else "closed" if upos in CLOSED else "other"


def tree_distances(heads: Sequence[int], where: str) -> np.ndarray:
    """Edges between any two words of a dependency tree.

    depth(a) + depth(b) − 2 · depth(their lowest common ancestor), whose depth
    is the number of their common ancestors, themselves included, less one.

    Args:
        heads: Head of each word, counted from 1; 0 for the root.
        where: File and sentence, for the error.

    Returns:
        Symmetric, shape (words, words), int64, 0 on the diagonal.

    Raises:
        InputError: If the heads make no tree: a cycle, no root or several, a
            head that is absent.

    Source: 001 ch. 5 §3.1, figure 2.

    >>> tree_distances([2, 0, 2], "example").tolist()
    [[0, 1, 2], [1, 0, 1], [2, 1, 0]]
    """
    parent = np.asarray(heads) - 1
    words = len(parent)
    if (parent < -1).any() or (parent >= words).any():
        raise InputError(f"{where}: a word has no head; trees must be complete.")
    if np.sum(parent == -1) != 1:
        raise InputError(
            f"{where}: {np.sum(parent == -1)} words have no head but the root; a tree "
            "has one."
        )
    # above[a, b]: b is a or one of its ancestors.
    above = np.eye(words, dtype=bool)
    at = np.arange(words)
    for _ in range(words):
        at = np.where(at < 0, -1, parent[at])
        if (at < 0).all():
            break
        above[np.flatnonzero(at >= 0), at[at >= 0]] = True
    else:
        word = int(np.flatnonzero(at >= 0)[0]) + 1
        raise InputError(
            f"{where}: the heads of word {word} run in a cycle and reach no root."
        )
    common = above.astype(np.float32) @ above.T.astype(np.float32)
    depth = np.diag(common)
    return np.rint(depth[:, None] + depth - 2 * common).astype(np.int64)
