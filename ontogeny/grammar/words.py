"""What a word is: its form with gold annotation, and the lexemes of each class."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from ontogeny.grammar.sampling import Table
from ontogeny.grammar.semantics import COARSE_OF


class Entry(NamedTuple):
    """One inflected form with all its annotation; sentences are rows of these.

    `misc` is shared by all tokens of the same semantic class: do not write to it.
    """

    word: str
    upos: str
    xpos: str
    misc: dict[str, str]
    sister: str


class Noun(NamedTuple):
    """A common noun; `gender` is m or f for persons, else n."""

    singular: Entry
    plural: Entry
    sem: str
    gender: str


class Name(NamedTuple):
    """A proper name; `gender` as in Noun."""

    entry: Entry
    gender: str


class Adjective(NamedTuple):
    """An adjective; comparative and superlative only where it is gradable."""

    base: Entry
    comparative: Entry | None
    superlative: Entry | None


class Verb(NamedTuple):
    """A verb: forms by tag (VB VBP VBZ VBD VBN VBG), and what it takes.

    Attributes:
        frame: intr, trans, prep, that, to or give.
        preposition: The one it demands, in frame prep.
        subjects: Semantic classes of its subject.
        objects: The same of its object, or of its preposition's noun.
    """

    forms: dict[str, Entry]
    frame: str
    preposition: Entry
    subjects: Table[str]
    objects: Table[str]


@cache
def annotation(sem: str) -> dict[str, str]:
    """Semantic annotation of a fine class, as in the MISC column.

    >>> annotation("animal")
    {'Sem': 'animal', 'SemCoarse': 'concrete'}
    """
    return {"Sem": sem, "SemCoarse": COARSE_OF[sem]}
