"""Word pairs of a treebank: how far apart they are, in the text and in the tree."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from ontogeny.corpus.filtering import UNKNOWN
from ontogeny.measures.decomposition.pairwise import pairs_within
from ontogeny.studies.interdependence.trees import (
    read_treebank,
    tree_distances,
    word_class,
)


class Trees(NamedTuple):
    """A treebank in the words of a model.

    Attributes:
        ids: Word ids of all sentences in one row, `<unk>`'s where unknown, int64.
        known: Whether the model knows the word, shape (words,).
        lengths: Words of each sentence, shape (sentences,).
        pairs: One row per pair within the window, by sentence, left and right
            word: sentence, distance, tree_distance, left_class, right_class,
            left_count, right_count, known (both words).
    """

    ids: np.ndarray
    known: np.ndarray
    lengths: np.ndarray
    pairs: pd.DataFrame


def read_trees(
    paths: Sequence[str | Path], vocabulary: pd.DataFrame, *, window: int, cased: bool
) -> Trees:
    """Read CoNLL-U files and lay out their pairs.

    Multiword tokens stand as their syntactic words; empty nodes are skipped.

    Args:
        paths: Of the treebank's parts, in order.
        vocabulary: Of the model: id, word, count.
        window: Largest distance of a pair, in words.
        cased: Whether the model's words are; else the treebank is lowercased.

    Raises:
        InputError: If a file cannot be read, holds no sentence, or a tree is
            none: names file and sentence.
    """
    counts = vocabulary["count"].to_numpy()
    known_words = vocabulary.loc[~vocabulary["special"], ["word", "id"]]
    id_of = dict(zip(known_words["word"], known_words["id"], strict=True))
    unknown = int(vocabulary.loc[vocabulary["word"] == UNKNOWN, "id"].iloc[0])
    ids, lengths, classes, tree = [], [], [], []
    for sentence, where in read_treebank(paths):
        words = sentence.words if cased else map(str.lower, sentence.words)
        ids += [id_of.get(word, unknown) for word in words]
        classes += [word_class(tag) for tag in sentence.upos]
        lengths.append(len(sentence))
        _, left, right = pairs_within([len(sentence)], window)
        tree.append(tree_distances(sentence.heads, where)[left, right])
    numbers = np.array(ids, dtype=np.int64)
    known = np.isin(numbers, known_words["id"].to_numpy())
    sentence_of, left, right = pairs_within(lengths, window)
    first = (np.cumsum(lengths) - lengths)[sentence_of]
    kinds = pd.Categorical(classes, ["open", "closed", "other"])
    at_left, at_right = first + left, first + right
    pairs = pd.DataFrame(
        {
            "sentence": sentence_of.astype(np.int32),
            "distance": (right - left).astype(np.int16),
            "tree_distance": np.concatenate(tree).astype(np.int16),
            "left_class": kinds[at_left],
            "right_class": kinds[at_right],
            "left_count": counts[numbers[at_left]],
            "right_count": counts[numbers[at_right]],
            "known": known[at_left] & known[at_right],
        }
    )
    return Trees(numbers, known, np.array(lengths), pairs)
