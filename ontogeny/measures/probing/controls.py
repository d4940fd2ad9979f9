"""What a probe scores where nothing is to be read: labels by word type, at random."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FEWEST_TYPES = 10
"""Word types a label, of fewer of which control labels cannot be learned by heart: a
selectivity then says little."""


def control_labels(
    types: Sequence[str] | Sequence[tuple[str, str]],
    labels: NDArray,
    *,
    wanted: Sequence[str] | Sequence[tuple[str, str]] | None = None,
    seed: int = 0,
) -> NDArray:
    """A label for each word type, drawn from the labels that there are.

    A probe that learns them has learned words by heart, since nothing else tells them.
    What a type gets depends on its name and the seed alone, so that types that the
    training items lack have theirs, too, and every model is asked the same.

    Args:
        types: Word type of each training item; of pairs, both words in order.
        labels: Of the training items, classes or values, shape (items,).
        wanted: Types to be labelled; None: the training items'.
        seed: Of the hash.

    Returns:
        Of each type wanted, shape (items,), of the labels' type.

    Raises:
        ValueError: If there is no label, or not one a type.

    Source: Hewitt & Liang (2019), Designing and Interpreting Probes with Control
    Tasks, §2. ASSUME: the hash draws from the training labels' distribution.

    >>> control_labels(["the", "cat", "the"], np.array([0, 1, 0])).tolist()
    [0, 0, 0]
    >>> control_labels(["the", "cat", "the"], np.array([0, 1, 0]), seed=3).tolist()
    [1, 0, 1]
    """
    if not len(labels) or len(labels) != len(types):
        raise ValueError(
            f"need a label of each item, got {len(labels)} of {len(types)} items"
        )
    ordered = np.sort(labels)
    given: Sequence[str | tuple[str, str]] = types if wanted is None else wanted
    drawn = {one: _share(one, seed) for one in set(given)}
    places = np.array([drawn[one] for one in given]) * len(ordered)
    return ordered[places.astype(np.int64)]


def _share(one: str | tuple[str, str], seed: int) -> float:
    """A number in [0, 1) that looks drawn, the same on any machine."""
    parts = (one,) if isinstance(one, str) else one
    text = "\0".join([str(seed), *parts])
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), "big") / 2**64


def selectivity(score: float, control_score: float) -> float:
    """How much better a probe reads the task than what it can learn by heart.

    Source: Hewitt & Liang (2019), §2.

    >>> round(selectivity(0.97, 0.71), 2)
    0.26
    """
    return score - control_score
