"""A text whose tokens carry labels, as word ids: what taggers learn from."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from ontogeny.annotation.labels import UNLABELLED
from ontogeny.annotation.treebanks import NO_LABEL, Labelled
from ontogeny.corpus.encoding import word_ids
from ontogeny.corpus.filtering import END, SPLITS
from ontogeny.errors import InputError

logger = logging.getLogger(__name__)


class Text(NamedTuple):
    """A text in three splits.

    Attributes:
        tokens: One row per token, in order: split (index into `SPLITS`),
            document, sentence, id, and for each tagset its label, an index
            into that tagset's classes or `UNLABELLED`. `<eos>` ends every
            sentence. `sentence` counts through the text.
        classes: One row per (tagset, label): tagset, label, name, and the
            tokens that carry it in each split: train, valid, test.
    """

    tokens: pd.DataFrame
    classes: pd.DataFrame


def make_text(
    splits: Mapping[str, Iterable[Labelled]], vocabulary: pd.DataFrame
) -> Text:
    """Encode labelled sentences with a language model's vocabulary.

    Words are lowercased; words that the vocabulary lacks are `<unk>`. A
    tagset's classes are all labels met in any split: one that training lacks
    can only be missed, and is told in the log.

    Args:
        splits: By split, its sentences in order. A document never crosses
            from one split to another.
        vocabulary: Columns id and word.

    Raises:
        InputError: If a split has no labelled word.

    >>> vocabulary = pd.DataFrame({"id": [0, 1, 2], "word": ["<unk>", "<eos>", "go"]})
    >>> sentence = Labelled(True, ("Go", "on"), {"xpos": ("VB", "RP")})
    >>> text = make_text({split: [sentence] for split in SPLITS}, vocabulary)
    >>> text.tokens["id"].tolist()[:3], text.tokens["xpos"].tolist()[:3]
    ([2, 0, 1], [1, 0, -1])
    """
    columns = _Columns()
    for split in SPLITS:
        columns.start(SPLITS.index(split))
        for sentence in splits[split]:
            columns.add(sentence)
    words = pa.array(vocabulary["word"], type=pa.string())
    ids = word_ids(pa.array(columns.words, type=pa.string()), words)
    ends = np.array(columns.ends, dtype=bool)
    ids[ends] = words.index(END).as_py()
    tokens = pd.DataFrame(
        {
            "split": np.array(columns.split, dtype=np.int8),
            "document": np.array(columns.document, dtype=np.int32),
            "sentence": np.array(columns.sentence, dtype=np.int32),
            "id": ids,
        }
    )
    classes = []
    for tagset, labels in columns.labels.items():
        tokens[tagset], of_tagset = _number(tagset, labels, tokens["split"].to_numpy())
        classes.append(of_tagset)
        _check(tagset, of_tagset)
    return Text(tokens, pd.concat(classes, ignore_index=True))


class _Columns:
    """Tokens in columns; `<eos>` is written as a word that is then replaced."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.ends: list[bool] = []
        self.split: list[int] = []
        self.document: list[int] = []
        self.sentence: list[int] = []
        self.labels: dict[str, list[str]] = {}
        self._document = self._sentence = -1
        self._split = 0
        self._opens = True

    def start(self, split: int) -> None:
        """Let a split begin, and with it a document."""
        self._split, self._opens = split, True

    def add(self, sentence: Labelled) -> None:
        """Add a sentence and its `<eos>`."""
        self._document += sentence.opens_document or self._opens
        self._opens = False
        self._sentence += 1
        size = len(sentence.words) + 1
        self.words += [*sentence.words, END]
        self.ends += [False] * (size - 1) + [True]
        self.split += [self._split] * size
        self.document += [self._document] * size
        self.sentence += [self._sentence] * size
        for tagset, labels in sentence.labels.items():
            self.labels.setdefault(tagset, []).extend([*labels, NO_LABEL])


def _number(
    tagset: str, labels: list[str], split: np.ndarray
) -> tuple[np.ndarray, pd.DataFrame]:
    names = sorted(set(labels) - {NO_LABEL})
    numbers = {name: number for number, name in enumerate(names)}
    of_tokens = np.array(
        [numbers.get(label, UNLABELLED) for label in labels], dtype=np.int16
    )
    table = pd.DataFrame({"tagset": tagset, "label": range(len(names)), "name": names})
    for number, name in enumerate(SPLITS):
        here = of_tokens[(split == number) & (of_tokens != UNLABELLED)]
        table[name] = np.bincount(here, minlength=len(names))
    return of_tokens, table


def _check(tagset: str, classes: pd.DataFrame) -> None:
    for split in SPLITS:
        if not classes[split].sum():
            raise InputError(
                f"Not one word of the {split} part carries a label of {tagset}: "
                "give another treebank, or switch this tagset off in the config."
            )
    unseen = classes[(classes["train"] == 0) & (classes["test"] > 0)]
    if len(unseen):
        logger.warning(
            "%s: the training part lacks %s, which the test part has (%d tokens): "
            "no tagger can get them right.",
            tagset,
            ", ".join(unseen["name"]),
            unseen["test"].sum(),
        )
