"""Batches of whole pairs, as many as fit in so many positions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import torch
from torch import Tensor

from ontogeny.errors import InputError
from ontogeny.translation.subwords import END, PAD, START

Device = torch.device | str


class PairBatch(NamedTuple):
    """Pairs side by side; all are int64, and padded with `<pad>` at the ends.

    Attributes:
        source: Subwords and `</s>`, shape (pairs, source time).
        target_in: `<s>` and subwords, which the decoder reads, shape (pairs, target
            time).
        target_out: Subwords and `</s>`, which it is to say, the same.
        pairs: Number of each pair in its text, shape (pairs,).
    """

    source: Tensor
    target_in: Tensor
    target_out: Tensor
    pairs: Tensor


def compose_batches(
    pairs: pa.Table, *, tokens: int, device: Device = "cpu"
) -> list[PairBatch]:
    """Put pairs of like length together, each pair into one batch.

    Pairs are sorted by the longer side, then source, target and their order, and fill
    batches one after the other: pairs × longest side ≤ `tokens`, where a side has
    `</s>`. What is together stays together; `ontogeny.training.batches.Shuffled` gives
    the batches another order in every epoch.

    Args:
        pairs: Table `ontogeny.translation.pairs.ENCODED`.
        tokens: Positions of a batch at most, padding included.
        device: Where batches are.

    Raises:
        InputError: If a pair alone is longer than `tokens`.

    Source: Movva & Zhao (2020) do not say. ASSUME: batches are sorted by length and
    filled once, as in fairseq | composed anew in every epoch.

    >>> sides = {"source": [[7], [8, 9]], "target": [[5], [6]]}
    >>> batch, = compose_batches(pa.table({"pair": [0, 1], **sides}), tokens=6)
    >>> batch.source.tolist(), batch.target_in.tolist(), batch.target_out.tolist()
    ([[7, 2, 0], [8, 9, 2]], [[1, 5], [1, 6]], [[5, 2], [6, 2]])
    """
    source, target = (pairs[side].to_pandas().tolist() for side in ("source", "target"))
    numbers = pairs["pair"].to_numpy()
    lengths = np.array([list(map(len, source)), list(map(len, target))]).T + 1
    longest = lengths.max(axis=1)
    if len(longest) and longest.max() > tokens:
        raise InputError(
            f"Pair {numbers[longest.argmax()]} has {longest.max()} subwords on a side, "
            f"more than a batch of {tokens}: raise the batch, or leave out long pairs."
        )
    order = np.lexsort((lengths[:, 1], lengths[:, 0], longest))
    batches = []
    for rows in _filled(order, longest, tokens):
        texts = [source[row] for row in rows], [target[row] for row in rows]
        sides = [
            _padded(texts[0], after=END),
            _padded(texts[1], before=START),
            _padded(texts[1], after=END),
        ]
        parts = [*sides, numbers[rows].astype(np.int64)]
        batches.append(PairBatch(*(torch.from_numpy(p).to(device) for p in parts)))
    return batches


def _filled(order: np.ndarray, longest: np.ndarray, tokens: int) -> list[np.ndarray]:
    """Rows of each batch; lengths rise, so that a batch's last pair is its longest."""
    starts = [0]
    for at, row in enumerate(order):
        if (at + 1 - starts[-1]) * longest[row] > tokens:
            starts.append(at)
    return np.split(order, starts[1:]) if len(order) else []


def _padded(
    texts: Sequence[np.ndarray], *, before: int | None = None, after: int | None = None
) -> np.ndarray:
    first = before is not None
    padded = np.full((len(texts), max(map(len, texts)) + 1), PAD)
    for row, text in zip(padded, texts, strict=True):
        row[first : first + len(text)] = text
        if first:
            row[0] = before
        else:
            row[len(text)] = after
    return padded
