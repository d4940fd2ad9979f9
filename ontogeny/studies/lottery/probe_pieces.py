"""Which subwords a gold word is read as, though a translation model's text has others.

A gold sentence is written as the model's text is: put together, lowercased where that
was, split and escaped by Moses's rules, divided into subwords. A gold word's vector is
the mean of the pieces that overlap its characters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ontogeny.errors import InputError
from ontogeny.models.transformer import UNKNOWN
from ontogeny.studies.lottery.tagged import ESCAPES
from ontogeny.translation.subwords import Subwords

MARKS = {**ESCAPES, "<": "&lt;", ">": "&gt;"}
"""By which Moses writes marks, longest names first to read."""


class Pieces(NamedTuple):
    """A sentence in subwords, and the words that each overlaps.

    Attributes:
        ids: Of its pieces, int64, shape (pieces,).
        piece: Of each overlap, int64, shape (overlaps,).
        word: Likewise: the gold word.
        unknown: Whether each gold word has an `<unk>` piece, bool, shape (words,).
    """

    ids: np.ndarray
    piece: np.ndarray
    word: np.ndarray
    unknown: np.ndarray


def pieces(
    words: Sequence[str],
    blanks: Sequence[bool],
    subwords: Subwords,
    *,
    moses: str | None,
    longest: int,
    where: str,
) -> Pieces:
    """Divide a gold sentence as a model's text is divided.

    Args:
        words: Gold ones; `~` within one is a blank.
        blanks: Whether one follows each.
        subwords: Of the model.
        moses: Language whose rules split the text; None: words stay as they are.
        longest: Pieces at most; those beyond are cut, and words that they alone
            overlap have none.
        where: File and sentence, for an error.

    Raises:
        InputError: If what Moses's rules give is not the sentence's characters.

    >>> subwords = Subwords("&;adnopst", [("d", "o"), ("do", "n</w>")])
    >>> found = pieces(["Do", "n't"], [False, True], subwords,
    ...                moses="en", longest=9, where="here")
    >>> " ".join(subwords.units[id] for id in found.ids)
    'don &@@ a@@ p@@ o@@ s@@ ;@@ t'
    >>> found.piece[:3].tolist(), found.word[:3].tolist()
    ([0, 0, 1], [0, 1, 1])
    """
    text, owner = _joined(words, blanks)
    if not cased(subwords):
        # A letter whose small form is two (İ) would move all after it.
        text = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    tokens = _splitter(moses)(text) if moses else _as_words(text, owner)
    ids: list[int] = []
    piece: list[int] = []
    place: list[int] = []
    at = 0
    for token in tokens:
        places, at = _places(token, text, at, where)
        start = 0
        for id in subwords.encode([token])[0].tolist():
            # An unknown piece is one character: merges are of known ones alone.
            length = 1 if id == UNKNOWN else len(subwords.units[id].removesuffix("@@"))
            for one in dict.fromkeys(places[start : start + length]):
                piece.append(len(ids))
                place.append(one)
            ids.append(id)
            start += length
    overlaps = np.array([piece, owner[place] if place else []], np.int64)
    overlaps = np.unique(overlaps[:, overlaps[0] < longest], axis=1)
    read = np.array(ids[:longest], np.int64)
    unknown = np.zeros(len(words), bool)
    unknown[overlaps[1][read[overlaps[0]] == UNKNOWN]] = True
    return Pieces(read, overlaps[0], overlaps[1], unknown)


def _joined(words: Sequence[str], blanks: Sequence[bool]) -> tuple[str, np.ndarray]:
    """The text, and the word that each character is of."""
    parts = [word.replace("~", " ") for word in words]
    text = "".join(
        part + " " * bool(blank) for part, blank in zip(parts, blanks, strict=True)
    )
    lengths = [
        len(part) + bool(blank) for part, blank in zip(parts, blanks, strict=True)
    ]
    return text, np.repeat(np.arange(len(words)), lengths)


def _as_words(text: str, owner: np.ndarray) -> list[str]:
    ends = np.flatnonzero(np.diff(owner)) + 1
    starts = [0, *ends.tolist(), len(text)]
    words = (text[a:b] for a, b in pairwise(starts))
    return [part for word in words for part in word.split()]


def _places(token: str, text: str, at: int, where: str) -> tuple[list[int], int]:
    """Of each of a token's characters the place in the text; where to go on."""
    places: list[int] = []
    start = 0
    while start < len(token):
        while at < len(text) and text[at].isspace():
            at += 1
        mark = MARKS.get(text[at]) if at < len(text) else None
        if mark and token.startswith(mark, start):
            length = len(mark)
        elif at < len(text) and token[start] == text[at]:
            length = 1
        else:
            raise InputError(
                f"{where}: its tokens do not fit its text at {token!r}: Moses's rules "
                "have changed a character; leave the sentence out, or its odd mark."
            )
        places += [at] * length
        start, at = start + length, at + 1
    return places, at


@lru_cache(maxsize=2)
def cased(subwords: Subwords) -> bool:
    """Whether a text that they were learned from had capitals."""
    return any(one != one.lower() for unit in subwords.units[4:] for one in unit)


@lru_cache(maxsize=2)
def _splitter(language: str) -> Callable[[str], list[str]]:
    from sacremoses import MosesTokenizer

    split = MosesTokenizer(lang=language).tokenize
    # Slow, and several tasks read one treebank.
    return lru_cache(maxsize=50_000)(lambda text: list(split(text, escape=True)))
