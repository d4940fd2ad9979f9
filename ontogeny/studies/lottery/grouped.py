"""Pairs of sentences in groups, the units of the study's bootstraps."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ontogeny.statistics.groups import SENTENCE_GROUPS
from ontogeny.translation.batches import Device, PairBatch, compose_batches


def groups_of(numbers: np.ndarray) -> np.ndarray:
    """Resampling units of pairs: 40 runs of whole pairs, as even as can be.

    Args:
        numbers: Of the pairs that are read.

    Returns:
        By a pair's number; -1 of those that are not read.

    >>> groups_of(np.arange(1, 81))[[0, 1, 2, 3, 80]].tolist()
    [-1, 0, 0, 1, 39]
    """
    read = np.sort(numbers)
    found = np.full(read[-1] + 1, -1)
    found[read] = np.arange(len(read)) * SENTENCE_GROUPS // len(read)
    return found


def grouped_batches(
    text: pa.Table, groups: np.ndarray, *, tokens: int, device: Device = "cpu"
) -> list[PairBatch]:
    """Batches of pairs of one group each: their sums need one product, not forty.

    Args:
        text: Table `ontogeny.translation.pairs.ENCODED`.
        groups: Of the pairs (`groups_of`).
        tokens: Positions of a batch at most.
        device: Where batches are.
    """
    own = groups[text["pair"].to_numpy()]
    return [
        batch
        for group in range(SENTENCE_GROUPS)
        for batch in compose_batches(
            text.filter(pa.array(own == group)), tokens=tokens, device=device
        )
    ]
