"""Texts whose words have labels, as two models see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import torch

from ontogeny.annotation.treebanks import NO_LABEL, Labelled
from ontogeny.models.transformer import EncoderDecoder
from ontogeny.statistics.groups import resampling_groups
from ontogeny.translation.batches import Device, PairBatch, compose_batches
from ontogeny.translation.pairs import ENCODED
from ontogeny.translation.subwords import Subwords

ESCAPES = {
    "&": "&amp;",
    "'": "&apos;",
    '"': "&quot;",
    "|": "&#124;",
    "[": "&#91;",
    "]": "&#93;",
}
"""By which Moses writes marks that mean something to it."""
MOST_WORDS = 100_000
"""Of a tagged text, in whole sentences."""


class Tokens(NamedTuple):
    """Tokens with categories, as LTH0 and another model see them.

    Attributes:
        a: Of LTH0, shape (tokens, d).
        b: Of the other, the same.
        category: Of each, shape (tokens,); −1: none.
        groups: Resampling unit of each.
    """

    a: np.ndarray
    b: np.ndarray
    category: np.ndarray
    groups: np.ndarray


class Tagged(NamedTuple):
    """A text whose words have labels, in subwords.

    Attributes:
        by: What the labels are: xpos or sem.
        batches: Its sentences; targets are their sources, and nothing reads them.
        word: By a sentence's number, the word of each subword.
        labels: By a sentence's number, the category of each word; −1: none.
        names: Of the categories.
        ambiguity: Of each, the mean number of different labels of its word types.
    """

    by: str
    batches: list[PairBatch]
    word: dict[int, np.ndarray]
    labels: dict[int, np.ndarray]
    names: list[str]
    ambiguity: np.ndarray


def tagged_text(
    by: str,
    tagset: str,
    sentences: Iterable[Labelled],
    subwords: Subwords,
    *,
    longest: int,
    tokens: int,
    device: Device = "cpu",
) -> Tagged:
    """Write sentences with labels in subwords; those that are too long are left out.

    Words are lowercased where the subwords know no capital, and marks that these do not
    know are written as Moses escapes them. ASSUME: words are those of the gold labels,
    "do" and "n't", where Moses would have "don" and "'t".

    Args:
        by: See `Tagged`.
        tagset: Of the sentences' labels.
        sentences: In order.
        subwords: Of the models.
        longest: Subwords of a sentence at most.
        tokens: Positions of a batch at most.
        device: Where batches are.
    """
    letters = set("".join(subwords.units))
    table = str.maketrans({c: e for c, e in ESCAPES.items() if c not in letters})
    cased = any(letter != letter.lower() for letter in letters)
    rows, word, named, read = [], {}, {}, 0
    for number, sentence in enumerate(sentences):
        read += len(sentence.words)
        if read > MOST_WORDS:
            break
        words = [
            (one if cased else one.lower()).translate(table) for one in sentence.words
        ]
        ids, of_word = subwords.encode(words)
        if 0 < len(ids) <= longest:
            rows.append({"pair": number, "source": ids, "target": ids})
            word[number] = of_word
            named[number] = list(zip(words, sentence.labels[tagset], strict=True))
    met = pd.DataFrame(
        [pair for own in named.values() for pair in own], columns=["word", "label"]
    )
    types = met[met["label"] != NO_LABEL].drop_duplicates()
    many = types.groupby("word")["label"].transform("size")
    ambiguity = many.groupby(types["label"]).mean()
    names = list(ambiguity.index)
    numbers = {name: place for place, name in enumerate(names)}
    return Tagged(
        by,
        compose_batches(
            pa.Table.from_pylist(rows, schema=ENCODED), tokens=tokens, device=device
        ),
        word,
        {
            number: np.array([numbers.get(label, -1) for _, label in own])
            for number, own in named.items()
        },
        names,
        ambiguity.to_numpy(),
    )


@torch.no_grad()
def tagged_tokens(models: Sequence[EncoderDecoder], text: Tagged) -> Tokens:
    """Vectors of the words of a text: means of their subwords', last encoder layer."""
    found: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
    labels, sentences = [], []
    for batch in text.batches:
        outputs = [model.encode(batch.source).cpu().numpy() for model in models]
        for at, number in enumerate(batch.pairs.tolist()):
            word = text.word[number]
            counts = np.bincount(word)
            for vectors, output in zip(found, outputs, strict=True):
                summed = np.zeros((len(counts), output.shape[2]))
                np.add.at(summed, word, output[at, : len(word)])
                vectors.append(summed / counts[:, None])
            labels.append(text.labels[number])
            sentences.append(np.full(len(counts), number))
    groups = resampling_groups(np.concatenate(sentences))
    a, b = map(np.concatenate, found)
    return Tokens(a, b, np.concatenate(labels), groups)
