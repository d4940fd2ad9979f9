"""Segments of a text, and labelled texts, in another order every epoch.

The order follows from seed and epoch alone, so that a resumed run sees it again
(`ontogeny.training.batches.ByEpoch`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from ontogeny.errors import InputError

Device = torch.device | str


class Segment(NamedTuple):
    """Segments of a text side by side.

    Attributes:
        inputs: All symbols but the last, int64, shape (length − 1, batch).
        targets: All but the first, the same.
    """

    inputs: Tensor
    targets: Tensor


class Segments:
    """A text cut into segments, each read from a zero state.

    In every epoch the text is cut from another offset, smaller than a segment, and
    segments are in another order; a batch has as many in every epoch, so that of the
    longest text some symbols at its end are left out.

    Args:
        ids: Of the symbols, shape (n,).
        length: Symbols of a segment, of which all but the first are predicted.
        batch: Segments side by side.
        seed: Of offsets and order.
        device: Where batches are.

    Raises:
        InputError: If the text has no two segments, which any offset leaves one of.

    Source: tipt0p/SparseBayesianRNN, on which Lobacheva et al. (2020) rest.

    >>> segments = Segments(np.arange(11), length=3, batch=2)
    >>> len(segments), [len(s.inputs.T) for s in segments.of_epoch(0)]
    (2, [2, 1])
    >>> segments.in_order()[0].inputs.T.tolist()
    [[0, 1], [3, 4]]
    """

    def __init__(
        self,
        ids: np.ndarray,
        *,
        length: int,
        batch: int,
        seed: int = 0,
        device: Device = "cpu",
    ) -> None:
        if len(ids) < 2 * length:
            raise InputError(
                f"A text of {len(ids)} symbols is no two segments of {length}: give "
                "more text, or a smaller window."
            )
        self._ids = torch.from_numpy(np.array(ids, dtype=np.int64)).to(device)
        self._length, self._batch, self._seed = length, batch, seed
        # As many as fit from every offset; in order one more may.
        self._segments = (len(ids) - length + 1) // length
        self._whole = len(ids) // length

    @property
    def predictions(self) -> int:
        """Of an epoch."""
        return self._segments * (self._length - 1)

    def __len__(self) -> int:
        return -(-self._segments // self._batch)

    def of_epoch(self, epoch: int) -> list[Segment]:
        """The batches of an epoch, from 0."""
        rng = np.random.default_rng([self._seed, epoch])
        offset = int(rng.integers(self._length))
        order = torch.from_numpy(rng.permutation(self._segments))
        return self._batches(offset, order.to(self._ids.device))

    def in_order(self) -> list[Segment]:
        """The whole segments of the text as it stands, in order."""
        device = self._ids.device
        return self._batches(0, torch.arange(self._whole, device=device))

    def _batches(self, offset: int, order: Tensor) -> list[Segment]:
        steps = torch.arange(self._length, device=self._ids.device)[:, None]
        found = []
        for segments in order.split(self._batch):
            symbols = self._ids[offset + segments * self._length + steps]
            found.append(Segment(symbols[:-1], symbols[1:]))
        return found


class Texts(NamedTuple):
    """Labelled texts side by side.

    Attributes:
        inputs: Word ids, int64, padded with 0 at texts' ends, shape (time, batch).
        last: Index of each text's last word, shape (batch,).
        labels: Class of each, int64, shape (batch,).
        texts: Which each is, shape (batch,).
    """

    inputs: Tensor
    last: Tensor
    labels: Tensor
    texts: Tensor


class TextBatches:
    """Labelled texts, in another order every epoch.

    Args:
        ids: Of the words of each text, of one word or more.
        labels: Class of each, shape (texts,).
        batch: Texts side by side.
        seed: Of the order.
        device: Where batches are.

    Raises:
        ValueError: If a text is empty or has no label.

    >>> batches = TextBatches([[5, 6], [7]], np.array([1, 0]), batch=2)
    >>> batch = batches.in_order()[0]
    >>> batch.inputs.T.tolist(), batch.last.tolist(), batch.labels.tolist()
    ([[5, 6], [7, 0]], [1, 0], [1, 0])
    """

    def __init__(
        self,
        ids: Sequence[Any],
        labels: np.ndarray,
        *,
        batch: int,
        seed: int = 0,
        device: Device = "cpu",
    ) -> None:
        if len(ids) != len(labels):
            raise ValueError(f"{len(ids)} texts and {len(labels)} labels")
        lengths = np.array([len(text) for text in ids], dtype=np.int64)
        if not lengths.all():
            raise ValueError(f"text {int(lengths.argmin())} is empty")
        padded = np.zeros((int(lengths.max(initial=0)), len(ids)), dtype=np.int64)
        for number, text in enumerate(ids):
            padded[: len(text), number] = text
        self._ids, self._lengths, self._labels = (
            torch.from_numpy(array).to(device)
            for array in (padded, lengths, np.array(labels, dtype=np.int64))
        )
        self._batch, self._seed = batch, seed

    def __len__(self) -> int:
        return -(-len(self._labels) // self._batch)

    def of_epoch(self, epoch: int) -> list[Texts]:
        """The batches of an epoch, from 0."""
        order = np.random.default_rng([self._seed, epoch]).permutation(
            len(self._labels)
        )
        return self._batches(torch.from_numpy(order))

    def in_order(self) -> list[Texts]:
        """All texts in their order."""
        return self._batches(torch.arange(len(self._labels)))

    def _batches(self, order: Tensor) -> list[Texts]:
        found = []
        for texts in order.to(self._labels.device).split(self._batch):
            lengths = self._lengths[texts]
            inputs = self._ids[: int(lengths.max()), texts]
            found.append(Texts(inputs, lengths - 1, self._labels[texts], texts))
        return found
