"""Labelled texts as word ids, and a text as characters."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ontogeny.corpus.filtering import SPLITS
from ontogeny.disk.files import numbered_lines
from ontogeny.errors import InputError
from ontogeny.tasks.labelled import LabelledText, read_parts

START, UNKNOWN, END = "<s>", "<unk>", "</s>"
LEAST_TEXTS = 2
"""In which a word must be, to be one of the vocabulary."""


class Encoded(NamedTuple):
    """Texts in numbers.

    Attributes:
        splits: By split, a row a text: text, label and ids (int32, in order).
        vocabulary: id, word, count (texts of the training split that have it).
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
    The vocabulary has the most frequent words of two training texts or more.

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
    words of texts that are set apart for validation count in no frequency.
    """
    tokens = {
        name: [(one.label, _words(one.text, lowercase)) for one in texts]
        for name, texts in (("train", train), ("test", test))
    }
    for name, found in tokens.items():
        if not found:
            raise InputError(f"There is no text to {_USE[name]}.")
    names = _labels(tokens["train"], tokens["test"])
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


def _words(text: str, lowercase: bool) -> list[str]:
    found = re.split(r"\W+", text.lower() if lowercase else text)
    return [word for word in found if word]


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


def _vocabulary(texts: Sequence[list[str]], words: int) -> pd.DataFrame:
    counts = Counter(chain.from_iterable(set(text) for text in texts))
    frequent = [(n, word) for word, n in counts.items() if n >= LEAST_TEXTS]
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


def encode_characters(
    paths: Mapping[str, str | Path],
) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """A text in its splits as characters: lines stripped, blanks as `_`, `\\n` kept.

    So the character files of Penn Treebank are made of those of words: 50 characters,
    5,017,482 of them in the training split.

    Args:
        paths: By split, a UTF-8 text.

    Returns:
        The vocabulary: id, character, count (in training), the most frequent first; and
        by split a row a character: id, line (from 1).

    Raises:
        InputError: If a file cannot be read or is empty, or a held-out split has a
            character that training lacks.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.txt")
    ...     _ = path.write_text(" a ba \\n")
    ...     vocabulary, splits = encode_characters(dict.fromkeys(SPLITS, path))
    >>> vocabulary["character"].tolist(), splits["test"]["id"].tolist()
    (['a', '\\n', '_', 'b'], [0, 2, 3, 0, 1])
    """
    texts = {split: _lines(Path(paths[split])) for split in SPLITS}
    counts = Counter(chain.from_iterable(texts["train"]))
    known = sorted(counts, key=lambda character: (-counts[character], character))
    ids = {character: number for number, character in enumerate(known)}
    for split, lines in texts.items():
        strange = sorted(set(chain.from_iterable(lines)) - ids.keys())
        if strange:
            raise InputError(
                f"{paths[split]} has {len(strange)} character(s) that "
                f"{paths['train']} lacks, such as {strange[0]!r}: it cannot be read by "
                "characters."
            )
    vocabulary = pd.DataFrame(
        {
            "id": np.arange(len(known), dtype=np.int32),
            "character": known,
            "count": [counts[character] for character in known],
        }
    )
    return vocabulary, {split: _numbers(lines, ids) for split, lines in texts.items()}


def _lines(path: Path) -> list[str]:
    lines = [f"{'_'.join(line.split())}\n" for _, line in numbered_lines(path)]
    if not any(line.strip() for line in lines):
        raise InputError(f"{path} has no character: give a text.")
    return lines


def _numbers(lines: Sequence[str], ids: Mapping[str, int]) -> pd.DataFrame:
    lengths = [len(line) for line in lines]
    return pd.DataFrame(
        {
            "id": np.fromiter(
                (ids[c] for line in lines for c in line), np.int32, sum(lengths)
            ),
            "line": np.repeat(np.arange(1, len(lines) + 1, dtype=np.int32), lengths),
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
