"""Sentences of a treebank as numbers: words by frequency, tags, batches."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ontogeny.annotation.treebanks import NO_LABEL, Labelled, read_xpos
from ontogeny.errors import InputError
from ontogeny.models import IGNORED

logger = logging.getLogger(__name__)

UNKNOWN = 0
"""Id of every word that training lacks, and of some that it has once."""
UNSEEN = -2
"""Tag that training lacks: no answer is right."""


class Split(NamedTuple):
    """Sentences in order.

    Attributes:
        words: Ids, int64, an array per sentence.
        tags: Classes; `IGNORED` where a word has none, `UNSEEN` where training lacks
            its tag.
        counts: How often training has each word.
    """

    words: list[np.ndarray]
    tags: list[np.ndarray]
    counts: list[np.ndarray]


@dataclass(frozen=True)
class Treebank:
    """A treebank whose words are numbered by their frequency in training.

    Attributes:
        counts: Of each id in training, not rising from id 1 on; `UNKNOWN` is 0.
        classes: Names of the tags.
        splits: train, dev, test.
    """

    counts: np.ndarray
    classes: tuple[str, ...]
    splits: dict[str, Split]

    @property
    def types(self) -> int:
        """Size of the vocabulary, `UNKNOWN` included."""
        return len(self.counts)


class Batch(NamedTuple):
    """Sentences side by side.

    Attributes:
        words: Ids, shape (time, batch); `UNKNOWN` past a sentence's end.
        tags: `IGNORED` there, shape (time, batch).
        lengths: Shape (batch,).
    """

    words: Tensor
    tags: Tensor
    lengths: Tensor

    def to(self, device: torch.device) -> Batch:
        """The same on a device."""
        return Batch(*(part.to(device) for part in self))


def read_tagged(paths: Mapping[str, str]) -> Treebank:
    """Read a treebank's words and XPOS tags; words are cased.

    Args:
        paths: Files by split: train, dev, test.

    Raises:
        InputError: If a file cannot be read or holds no sentence, no word has a tag, or
            all words of training have the same one.
    """
    read = {split: list(read_xpos(Path(path))) for split, path in paths.items()}
    for split, path in paths.items():
        if not read[split]:
            raise InputError(f"{path} holds no sentence: give a CoNLL-U treebank.")
    return number(read, paths["train"])


def number(read: Mapping[str, Sequence[Labelled]], where: str = "train") -> Treebank:
    """Give words and tags their numbers.

    Args:
        read: Sentences by split.
        where: What is at fault where training has no two tags.
    """
    train = read["train"]
    # Most frequent first, ties in the order in which they come.
    words = Counter(word for sentence in train for word in sentence.words)
    known = [word for word, _ in words.most_common()]
    ids = {word: id for id, word in enumerate(known, UNKNOWN + 1)}
    labels = {tag for sentence in train for tag in sentence.labels["xpos"]}
    classes = tuple(sorted(labels - {NO_LABEL}))
    if len(classes) < 2:
        raise InputError(
            f"{where}: {len(classes)} tag(s) in the fifth column, and a tagger needs "
            "two: give a treebank with XPOS."
        )
    numbers = {tag: at for at, tag in enumerate(classes)} | {NO_LABEL: IGNORED}
    counts = np.array([0, *(words[word] for word in known)])
    splits = {}
    for split, sentences in read.items():
        of_words = [
            np.array([ids.get(word, UNKNOWN) for word in sentence.words])
            for sentence in sentences
        ]
        tags = [
            np.array([numbers.get(tag, UNSEEN) for tag in sentence.labels["xpos"]])
            for sentence in sentences
        ]
        splits[split] = Split(of_words, tags, [counts[one] for one in of_words])
        lacking = sum(int(np.sum(one == UNSEEN)) for one in tags)
        if lacking:
            logger.warning(
                "%d word(s) of %s have a tag that training lacks: none is right.",
                lacking,
                split,
            )
    return Treebank(counts, classes, splits)


def batches(split: Split, size: int, *, seed: int = 0) -> list[Batch]:
    """Sentences of about equal length side by side, from short to long.

    ASSUME: which sentences stand together is drawn once, among those of a length; the
    order of the batches differs by epoch.

    Args:
        split: The sentences.
        size: Of a batch, at most.
        seed: Of the draw.
    """
    lengths = np.array([len(words) for words in split.words])
    ties = np.random.default_rng(seed).permutation(len(lengths))
    order = np.lexsort([ties, lengths])
    starts = range(0, len(order), size)
    return [_batch(split, order[at : at + size]) for at in starts]


def in_order(split: Split, size: int) -> list[tuple[np.ndarray, Batch]]:
    """Which sentences each batch holds, and the batches, as of `batches`."""
    lengths = np.array([len(words) for words in split.words])
    order = np.argsort(lengths, kind="stable")
    parts = [order[at : at + size] for at in range(0, len(order), size)]
    return [(part, _batch(split, part)) for part in parts]


def _batch(split: Split, chosen: np.ndarray) -> Batch:
    lengths = np.array([len(split.words[at]) for at in chosen])
    shape = int(lengths.max()), len(chosen)
    words = np.full(shape, UNKNOWN)
    tags = np.full(shape, IGNORED)
    for column, at in enumerate(chosen):
        words[: lengths[column], column] = split.words[at]
        tags[: lengths[column], column] = split.tags[at]
    return Batch(*(torch.from_numpy(part) for part in (words, tags, lengths)))
