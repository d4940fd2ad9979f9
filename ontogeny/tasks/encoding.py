"""Labelled texts as word ids, and what a task's files become by its kind."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ontogeny.errors import InputError
from ontogeny.tasks.characters import encode_characters
from ontogeny.tasks.labelled import LabelledText, read_parts

logger = logging.getLogger(__name__)

START, UNKNOWN, END = "<s>", "<unk>", "</s>"
LEAST_TEXTS = 2
"""In which a word must be, to be one of the vocabulary."""


class Encoded(NamedTuple):
    """Texts in numbers.

    Attributes:
        splits: By split, a row a text: text, label and ids (int32, in order).
        vocabulary: id, word, count (in the training split).
        labels: id, label, and texts of it in each split.
    """

    splits: dict[str, pd.DataFrame]
    vocabulary: pd.DataFrame
    labels: pd.DataFrame


def encode_texts(
    train: Iterable[LabelledText],
    test: Iterable[LabelledText],
    *,
    words: int = 20_000,
    length: int = 200,
    lowercase: bool = False,
    valid_share: float = 0.15,
    seed: int = 0,
) -> Encoded:
    """Split texts into words, number the frequent ones, and set some texts apart.

    A word is what stands between characters that are neither letters, digits nor `_`.
    A text begins with `<s>`, ends with `</s>`, and is cut to its first `length` words.
    The vocabulary has the words that the training texts use most often, of those that
    are in two of them or more, the most frequent first after the special ones.

    Args:
        train: Texts to learn from.
        test: Texts to be tested on.
        words: Size of the vocabulary at most, special ones included.
        length: Words of a text at most, special ones included.
        lowercase: Whether words are lowercased.
        valid_share: Of the training texts, the last after shuffling: for validation.
        seed: Of the shuffling.

    Raises:
        InputError: If there are fewer than two classes, a class that training lacks, or
            no word of two texts.

    Source: tipt0p/SparseBayesianRNN, on which Lobacheva et al. (2020) rest. ASSUME:
    words of texts that are set apart for validation count in no frequency | they do;
    words of one text alone become `<unk>` | are left out before a text is cut.
    """
    same: dict[str, str] = {}
    tokens = {
        name: [(one.label, _words(one.text, lowercase, same)) for one in texts]
        for name, texts in (("train", train), ("test", test))
    }
    for name, found in tokens.items():
        if not found:
            raise InputError(f"There is no text to {_USE[name]}.")
    names = _labels(tokens["train"], tokens["test"])
    _warn_of_untested(names, tokens["test"])
    order = np.random.default_rng(seed).permutation(len(tokens["train"]))
    kept = len(order) - max(1, round(valid_share * len(order)))
    parts = {
        "train": [tokens["train"][number] for number in order[:kept]],
        "valid": [tokens["train"][number] for number in order[kept:]],
        "test": tokens["test"],
    }
    vocabulary = _vocabulary([words for _, words in parts["train"]], words)
    ids = dict(zip(vocabulary["word"], vocabulary["id"], strict=True))
    numbers = {name: number for number, name in enumerate(names)}
    splits = {
        split: _encode(texts, ids, numbers, length) for split, texts in parts.items()
    }
    labels = pd.DataFrame({"id": range(len(names)), "label": names})
    for split, table in splits.items():
        counts = table["label"].value_counts()
        labels[split] = [int(counts.get(number, 0)) for number in labels["id"]]
    if not labels["train"].all():
        lacking = labels["label"][labels["train"] == 0].tolist()
        raise InputError(
            f"The texts to learn from lack class {', '.join(lacking)} once some are "
            "set apart for validation: give more of it."
        )
    return Encoded(splits, vocabulary, labels)


_USE = {"train": "learn from", "test": "be tested on"}


def _words(text: str, lowercase: bool, same: dict[str, str]) -> list[str]:
    found = re.split(r"\W+", text.lower() if lowercase else text)
    # One string a word, however often it comes: IMDb takes half the memory.
    return [same.setdefault(word, word) for word in found if word]


def _labels(
    train: Sequence[tuple[str, list[str]]], test: Sequence[tuple[str, list[str]]]
) -> list[str]:
    known, asked = ({label for label, _ in texts} for texts in (train, test))
    if asked - known:
        raise InputError(
            f"Texts to be tested on are of class {', '.join(sorted(asked - known))}, "
            f"which those to learn from lack; they have {', '.join(sorted(known))}."
        )
    if len(known) < 2:
        raise InputError(
            f"All texts to learn from are of one class, {next(iter(known))}: there is "
            "nothing to tell apart."
        )
    return sorted(known)


def _warn_of_untested(
    names: Sequence[str], test: Sequence[tuple[str, list[str]]]
) -> None:
    # The archive of IMDb as it is published has a folder of texts without a class.
    untested = sorted(set(names) - {label for label, _ in test})
    if untested:
        logger.warning(
            "No text to be tested on is of class %s: is it one?", ", ".join(untested)
        )


def _vocabulary(texts: Sequence[list[str]], words: int) -> pd.DataFrame:
    counts = Counter(chain.from_iterable(texts))
    among = Counter(chain.from_iterable(set(text) for text in texts))
    frequent = [(n, word) for word, n in counts.items() if among[word] >= LEAST_TEXTS]
    if not frequent:
        raise InputError(
            f"No word is in {LEAST_TEXTS} of {len(texts)} texts to learn from: give "
            "more."
        )
    ranked = sorted(frequent, key=lambda pair: (-pair[0], pair[1]))
    special = [START, UNKNOWN, END]
    chosen = ranked[: words - len(special)]
    return pd.DataFrame(
        {
            "id": np.arange(len(special) + len(chosen), dtype=np.int32),
            "word": [*special, *(word for _, word in chosen)],
            "count": [len(texts), 0, len(texts), *(n for n, _ in chosen)],
        }
    )


def _encode(
    texts: Sequence[tuple[str, list[str]]],
    ids: Mapping[str, int],
    labels: Mapping[str, int],
    length: int,
) -> pd.DataFrame:
    unknown = ids[UNKNOWN]
    rows = [
        [ids.get(word, unknown) for word in [START, *words, END][:length]]
        for _, words in texts
    ]
    return pd.DataFrame(
        {
            "text": np.arange(len(texts), dtype=np.int32),
            "label": np.array([labels[label] for label, _ in texts], dtype=np.int32),
            "ids": [np.array(row, dtype=np.int32) for row in rows],
        }
    )


def _texts_of(files: Any, **how: Any) -> dict[str, pd.DataFrame]:
    train, test = read_parts(files.train, files.get("test", []))
    found = encode_texts(train, test, **how)
    return {**found.splits, "vocabulary": found.vocabulary, "labels": found.labels}


def _characters_of(files: Any, **how: Any) -> dict[str, pd.DataFrame]:
    vocabulary, splits = encode_characters(dict(files.items()))
    return {**splits, "vocabulary": vocabulary}


ENCODERS = {"texts": _texts_of, "characters": _characters_of}
"""By kind: from a job's files, train and test or the three splits, to its tables."""
