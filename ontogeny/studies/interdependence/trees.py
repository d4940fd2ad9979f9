"""Dependency trees: read, checked, and how many edges lie between two words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ontogeny.corpus.treebank import Sentence, place, read_conllu
from ontogeny.errors import InputError
from ontogeny.tagging.upos import CLOSED, OPEN


def read_treebank(paths: Sequence[str | Path]) -> Iterator[tuple[Sentence, str]]:
    """Sentences of all files, each with the words for where it is.

    Raises:
        InputError: If a file cannot be read or holds no sentence.
    """
    for path in paths:
        number = 0
        for number, sentence in enumerate(read_conllu(path), 1):
            yield sentence, place(path, sentence.comments, number)
        if not number:
            raise InputError(f"{path} holds no sentence: give a CoNLL-U treebank.")


def check_trees(parts: Mapping[str, str | Path]) -> pd.DataFrame:
    """Read a treebank as it will be measured, and count what is there.

    Args:
        parts: Its files by name.

    Returns:
        One row per part: part, sentences, words, open and closed (words of
        these classes), deepest (edges from a root to a word).

    Raises:
        InputError: If a file cannot be read, holds no sentence, or a tree is
            none: names file and sentence.
    """
    rows = []
    for part, path in parts.items():
        lengths, classes, deepest = [], [], 0
        for sentence, where in read_treebank([path]):
            distances = tree_distances(sentence.heads, where)
            lengths.append(len(sentence))
            classes += [word_class(tag) for tag in sentence.upos]
            deepest = max(deepest, int(distances[sentence.heads.index(0)].max()))
        counts = [len(lengths), sum(lengths)]
        counts += [classes.count(kind) for kind in ("open", "closed")]
        rows.append((part, *counts, deepest))
    columns = ["part", "sentences", "words", "open", "closed", "deepest"]
    return pd.DataFrame(rows, columns=columns)


def word_class(upos: str) -> str:
    """Class of a universal part of speech: "open", "closed" or "other".

    >>> [word_class(tag) for tag in ("NOUN", "DET", "PUNCT")]
    ['open', 'closed', 'other']
    """
    return "open" if upos in OPEN else "closed" if upos in CLOSED else "other"


def tree_distances(heads: Sequence[int], where: str) -> np.ndarray:
    """Edges between any two words of a dependency tree.

    depth(a) + depth(b) − 2 · depth(their lowest common ancestor), whose depth
    is the number of their common ancestors, themselves included, less one.

    Args:
        heads: Head of each word, counted from 1; 0 for the root.
        where: File and sentence, for the error.

    Returns:
        Symmetric, shape (words, words), int64, 0 on the diagonal.

    Raises:
        InputError: If the heads make no tree: a cycle, no root or several, a
            head that is absent.

    Source: thesis ch. 5 §3.1, figure 2.

    >>> tree_distances([2, 0, 2], "example").tolist()
    [[0, 1, 2], [1, 0, 1], [2, 1, 0]]
    """
    parent = np.asarray(heads) - 1
    words = len(parent)
    if (parent < -1).any() or (parent >= words).any():
        raise InputError(f"{where}: a word has no head; trees must be complete.")
    roots = int(np.sum(parent == -1))
    if roots != 1:
        found = f"{roots} words are" if roots else "no word is"
        raise InputError(f"{where}: {found} the root (head 0); a tree has one.")
    # above[a, b]: b is a or one of its ancestors.
    above = np.eye(words, dtype=bool)
    at = np.arange(words)
    for _ in range(words):
        at = np.where(at < 0, -1, parent[at])
        if (at < 0).all():
            break
        above[np.flatnonzero(at >= 0), at[at >= 0]] = True
    else:
        word = int(np.flatnonzero(at >= 0)[0]) + 1
        raise InputError(
            f"{where}: the heads of word {word} run in a cycle and reach no root."
        )
    common = above.astype(np.float32) @ above.T.astype(np.float32)
    depth = np.diag(common)
    return np.rint(depth[:, None] + depth - 2 * common).astype(np.int64)
