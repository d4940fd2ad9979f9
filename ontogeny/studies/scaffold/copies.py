"""Where scaffolds stand in a text, and what that says of the word after them."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def find(ids: np.ndarray, scaffolds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every place at which one of some sequences stands.

    Args:
        ids: A text, shape (tokens,).
        scaffolds: Different sequences, shape (scaffolds, length).

    Returns:
        Positions of first words, ascending, and which sequence stands there.

    >>> place, which = find(np.array([1, 2, 1, 2, 3]), np.array([[2, 3], [1, 2]]))
    >>> place.tolist(), which.tolist()
    ([0, 2, 3], [1, 1, 0])
    """
    length = scaffolds.shape[1]
    if len(ids) < length:
        return np.empty(0, int), np.empty(0, int)
    # Most places differ in the first two words: no window is made of them.
    base = int(max(ids.max(initial=0), scaffolds.max(initial=0))) + 1
    width = min(length, 2)
    heads = _code(scaffolds[:, :width], base)
    codes = _code(sliding_window_view(ids, width)[: len(ids) - length + 1], base)
    place = np.flatnonzero(np.isin(codes, heads))
    windows = sliding_window_view(ids, length)[place]
    known = {tuple(scaffold): i for i, scaffold in enumerate(scaffolds.tolist())}
    which = np.array([known.get(tuple(w), -1) for w in windows.tolist()], dtype=int)
    return place[which >= 0], which[which >= 0]


def _code(windows: np.ndarray, base: int) -> np.ndarray:
    return windows.astype(np.int64) @ base ** np.arange(windows.shape[1])


def cue(ids: np.ndarray, scaffolds: np.ndarray, closing: int) -> float:
    """P(ω | q): share of the scaffolds' occurrences that ω follows.

    Args:
        ids: A text, shape (tokens,).
        scaffolds: Shape (scaffolds, length).
        closing: The word ω.

    Source: thesis ch. 5 §4.3.1, "the scaffold is less predictive".

    >>> cue(np.array([1, 2, 9, 1, 2, 3]), np.array([[1, 2]]), 9)
    0.5
    """
    after = find(ids, scaffolds)[0] + scaffolds.shape[1]
    followed = ids[after[after < len(ids)]] == closing
    return float(followed.sum() / len(after))
