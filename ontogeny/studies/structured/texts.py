"""The encoded text of a task, as networks learn from it and are measured on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import nan
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ontogeny.studies.structured.evaluating import Words
from ontogeny.tasks.batches import TextBatches

HELD_OUT = ("valid", "test")
GATE_TOKENS, GATE_COLUMNS = 10_000, 20
"""That the spread of gates is measured on, at least, and side by side."""
EVALUATED = 128
"""Texts read side by side."""


@dataclass(frozen=True)
class Text:
    """A task's text, encoded.

    Attributes:
        kind: "words", "characters" or "texts".
        types: Size of the vocabulary.
        classes: To tell of; of language models the vocabulary's size.
        ids: By split, of words or characters, shape (n,), or of each text.
        labels: By split, of texts, int64, shape (texts,).
        groups: By split, of each word, the sentence or line that it is of.
        start: Id fed before a stream's first word.
        segment: Symbols that characters are read by from a zero state; None: words.
        vectors: That the embedding begins with, shape (types, units), if any.
        vectors_share: Of the vocabulary, what these are given of; NaN without.
    """

    kind: str
    types: int
    classes: int
    ids: Mapping[str, Any]
    labels: Mapping[str, np.ndarray] = field(default_factory=dict)
    groups: Mapping[str, np.ndarray] = field(default_factory=dict)
    start: int = 0
    segment: int | None = None
    vectors: np.ndarray | None = None
    vectors_share: float = nan

    def words(self, split: str) -> Words:
        """A split of a language model's text."""
        ids = self.ids[split]
        groups = self.groups.get(split, np.zeros(len(ids), int))
        return Words(ids, groups, self.start, self.segment)

    @property
    def chance(self) -> float:
        """Accuracy of always telling the commonest class of the test texts, or NaN."""
        if "test" not in self.labels:
            return nan
        return float(np.bincount(self.labels["test"]).max() / len(self.labels["test"]))

    def in_order(self, split: str) -> Any:
        """Texts of a split in their order, side by side."""
        batches = TextBatches(
            self.ids[split], self.labels[split], batch=EVALUATED, seed=0
        )
        return batches.in_order()

    def gate_inputs(self, split: str) -> Iterator[tuple[Tensor, Tensor | None]]:
        """What gates are read on: ids (time, batch), and which steps count."""
        if self.kind != "texts":
            yield gate_block(self.ids[split], self.segment), None
            return
        read = 0
        for batch in self.in_order(split):
            counted = torch.arange(len(batch.inputs))[:, None] <= batch.last
            yield batch.inputs, counted
            read += int(counted.sum())
            if read >= GATE_TOKENS:
                return


def gate_block(ids: np.ndarray, segment: int | None = None) -> Tensor:
    """What gates of a language model are read on: word ids, shape (time, columns).

    Args:
        ids: Of a text, shape (words,).
        segment: Length of a column; None: of `GATE_COLUMNS` columns, or of as many as
            there are words.
    """
    steps = segment or max(1, min(GATE_TOKENS, len(ids)) // GATE_COLUMNS)
    columns = min(GATE_TOKENS, len(ids)) // steps
    block = ids[: steps * columns].astype(np.int64).reshape(columns, steps)
    return torch.from_numpy(block.T.copy())
