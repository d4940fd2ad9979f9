"""What views that have nothing in common would score: a null of similarity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ontogeny.errors import InputError

SHIFTS = (1 / 3, 2 / 3)
"""Of a text, by which one view is moved against the other."""
MOST_NULL = 0.95
"""Above this nothing is left to be calibrated."""


def null_score(
    measure: Callable[..., Any],
    a: Any,
    b: Any,
    *,
    groups: Any = None,
    seed: int = 0,
    **options: Any,
) -> float:
    """The mean score of two views of which one is moved against the other.

    Their own structure stays, so does that of neighbouring tokens; what they have in
    common does not. With groups the second view is rotated by a third and by two thirds
    of the text, to the next group's begin.

    Args:
        measure: Of similarity, from two arrays to a number, or to what has a `.score`.
        a: Shape (n, units_a), numpy array or torch tensor.
        b: Shape (n, units_b), the same tokens.
        groups: Document or sentence of each token, in contiguous runs, shape (n,).
            None: tokens are permuted, twice, as they may be where one says nothing of
            the next, such as the rows of an embedding. Of text that is too low.
        seed: Of the permutations.
        options: Of the measure.

    Raises:
        InputError: If there are fewer than three groups, or not one a token.

    >>> from ontogeny.measures.similarity.cca import compare
    >>> a = np.random.default_rng(0).normal(size=(2, 600, 20))
    >>> compare(*a).score > 0.1, abs(compare(*a).score - null_score(compare, *a)) < 0.02
    (True, True)
    """
    scores = []
    for order in _orders(len(a), groups, seed):
        found = measure(a, b[order], **options)
        scores.append(float(getattr(found, "score", found)))
    return float(np.mean(scores))


def calibrated(score: float, null: float) -> float:
    """(score − null) / (1 − null): 0 as views that share nothing, 1 if they are alike.

    It may be negative, and is NaN where the null is above 0.95.

    >>> round(calibrated(0.6, 0.2), 3), calibrated(0.98, 0.96)
    (0.5, nan)
    """
    return float("nan") if null > MOST_NULL else (score - null) / (1 - null)


def rotations(groups: Any) -> list[int]:
    """The first token of a text that is rotated by a third, and by two thirds.

    Each is moved on to the next group's begin, so that no group is cut.

    Args:
        groups: Document or sentence of each token, in contiguous runs, shape (n,).

    Raises:
        InputError: If there are fewer than three groups.

    >>> rotations(np.array([0, 0, 1, 1, 1, 2, 3]))
    [5, 5]
    """
    names = np.asarray(groups)
    begins = np.flatnonzero(np.append(True, names[1:] != names[:-1]))
    if len(begins) < 3:
        raise InputError(
            f"groups: {len(begins)} are too few to move views against each other: "
            "three are needed. Take sentences."
        )
    later = np.searchsorted(begins, [share * len(names) for share in SHIFTS])
    return begins[np.minimum(later, len(begins) - 1)].tolist()


def _orders(n: int, groups: Any, seed: int) -> list[np.ndarray]:
    if groups is None:
        rng = np.random.default_rng(seed)
        return [rng.permutation(n) for _ in SHIFTS]
    names = np.asarray(groups)
    if names.shape != (n,):
        raise InputError(
            f"groups: one of each of the {n} tokens is needed, got {names.shape}."
        )
    return [np.roll(np.arange(n), -first) for first in rotations(names)]
