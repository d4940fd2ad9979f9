"""The open classes: which words there are, how frequent, and in which topics.

The lexicon depends on nothing but its size and the language's seed: it *is* the
language, and every text, whatever its own seed, is written in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Generic, TypeVar

import numpy as np

from ontogeny.grammar.inflection import Inflector
from ontogeny.grammar.sampling import Table, zipf
from ontogeny.grammar.semantics import ADJECTIVE_CLASSES, NOUN_SIZES
from ontogeny.grammar.stems import DEFAULT_TYPES, Stems, draw_stems
from ontogeny.grammar.words import Adjective, Entry, Name, Noun, Verb

T = TypeVar("T")
LANGUAGE_SEED = 20
"""Of the language that is meant where no other is asked for."""
TOPICS = (
    "harvest", "voyage", "court", "market", "music", "medicine", "weather", "border",
    "school", "kitchen", "forest", "theatre", "mining", "contest", "worship", "trade",
)  # fmt: skip
# ASSUME: two thirds of the words are at home in one or two of the 16 topics, where
# they are TILT times as frequent as elsewhere.
TILT = 12.0
NEUTRAL_SHARE = 1 / 3
# Zipf exponents below 1: classes are mixed, which steepens the whole.
EXPONENTS = {"noun": 0.9, "name": 0.5, "verb": 0.75, "adjective": 0.85, "adverb": 0.8}
# Frames with a direct object, whose verbs have a passive.
TRANSITIVE = ("trans", "give")


@dataclass(frozen=True)
class Shelf(Generic[T]):
    """Lexemes of one class with their frequency and its change by topic.

    Attributes:
        items: The lexemes, most frequent first.
        weights: Frequency within the class, shape (items,).
        tilts: Factor per topic, shape (items, topics), mean 1 over topics.
    """

    items: Sequence[T]
    weights: np.ndarray
    tilts: np.ndarray

    @classmethod
    def of(
        cls, items: Sequence[T], exponent: float, rng: np.random.Generator
    ) -> Shelf[T]:
        """Shelf with Zipfian weights and random home topics."""
        tilts = np.ones((len(items), len(TOPICS)))
        for row in tilts:
            if rng.random() > NEUTRAL_SHARE:
                row[rng.choice(len(TOPICS), size=rng.integers(1, 3))] = TILT
        tilts /= tilts.mean(axis=1, keepdims=True)
        return cls(items, zipf(len(items), exponent, shift=1.5), tilts)

    def table(self, topic: int, factors: np.ndarray | float = 1.0) -> Table[T]:
        """Distribution over the items in one topic, reweighted by `factors`."""
        return Table.of(self.items, self.weights * self.tilts[:, topic] * factors)


@dataclass(frozen=True)
class TopicTables:
    """Every distribution over open-class words, in one topic.

    Nouns and adjectives are keyed by the noun's class, names and adverbs by
    their own, verbs by the class of an argument that is already there.
    """

    nouns: dict[str, Table[Noun]]
    names: dict[str, Table[Name]]
    verbs: Table[Verb]
    transitives: Table[Verb]
    verbs_by_subject: dict[str, Table[Verb]]
    verbs_by_object: dict[str, Table[Verb]]
    adjectives: dict[str, Table[Adjective]]
    adverbs: dict[str, Table[Entry]]
    interjections: Table[Entry]


@dataclass(frozen=True)
class Shelves:
    """The open classes, by semantic class where that matters."""

    nouns: dict[str, Shelf[Noun]]
    names: dict[str, Shelf[Name]]
    verbs: Shelf[Verb]
    adjectives: Shelf[Adjective]
    adverbs: dict[str, Shelf[Entry]]
    interjections: Shelf[Entry]


@dataclass(frozen=True)
class Selection:
    """How well each lexeme of a shelf goes with a class of noun: 0, not at all.

    Attributes:
        subjects, objects: Class of noun -> shape (verbs,); objects count for
            transitive verbs only.
        transitive: Shape (verbs,).
        adjectives: Class of noun -> shape (adjectives,).
    """

    subjects: dict[str, np.ndarray]
    objects: dict[str, np.ndarray]
    transitive: np.ndarray
    adjectives: dict[str, np.ndarray]


@cache
def lexicon(
    types: int = DEFAULT_TYPES, language_seed: int = LANGUAGE_SEED
) -> tuple[TopicTables, ...]:
    """Distributions over the open classes, one set per topic of `TOPICS`.

    The same for every text of the language; `types` is the approximate number of
    open-class word types, `language_seed` chooses them and what they go with.

    >>> len(lexicon(400))
    16
    """
    rng = np.random.default_rng(language_seed)
    stems = draw_stems(rng, types)
    shelves = _shelves(stems, Inflector(stems, rng), rng)
    selection = _selection(shelves)
    return tuple(_tables(shelves, selection, topic) for topic in range(len(TOPICS)))


def _shelves(stems: Stems, inflect: Inflector, rng: np.random.Generator) -> Shelves:
    def shelf(items: Sequence[T], kind: str) -> Shelf[T]:
        return Shelf.of(items, EXPONENTS[kind], rng)

    return Shelves(
        nouns={
            sem: shelf([inflect.noun(s, sem, i) for i, s in enumerate(forms)], "noun")
            for sem, forms in stems.nouns.items()
        },
        names={
            sem: shelf([inflect.name(form, sem) for form in forms], "name")
            for sem, forms in stems.names.items()
        },
        verbs=shelf([inflect.verb(*row) for row in stems.verbs], "verb"),
        adjectives=shelf(
            [inflect.adjective(*row) for row in stems.adjectives], "adjective"
        ),
        adverbs={
            sem: shelf([inflect.word(f, "ADV", "RB", sem) for f in forms], "adverb")
            for sem, forms in stems.adverbs.items()
        },
        interjections=shelf(
            [
                inflect.word(form, "INTJ", "UH", "interjection")
                for form in stems.interjections
            ],
            "adverb",
        ),
    )


def _selection(shelves: Shelves) -> Selection:
    verbs, adjectives = shelves.verbs.items, shelves.adjectives.items
    transitive = np.array([float(verb.frame in TRANSITIVE) for verb in verbs])
    subjects = _shares([verb.subjects for verb in verbs])
    objects = _shares([verb.objects for verb in verbs])
    described = {name: row.split() for name, row in ADJECTIVE_CLASSES.items()}
    return Selection(
        subjects={sem: row for sem, row in subjects.items() if row.any()},
        objects={
            sem: row * transitive
            for sem, row in objects.items()
            if (row * transitive).any()
        },
        transitive=transitive,
        adjectives={
            noun: np.array([noun in described[a.base.misc["Sem"]] for a in adjectives])
            for noun in NOUN_SIZES
        },
    )


def _shares(tables: Sequence[Table[str]]) -> dict[str, np.ndarray]:
    """Class of noun -> its probability in each table, shape (tables,)."""
    shares = {sem: np.zeros(len(tables)) for sem in NOUN_SIZES}
    for i, table in enumerate(tables):
        sizes = np.diff(table.cumulative, prepend=0.0)
        for sem, size in zip(table.items, sizes, strict=True):
            shares[sem][i] = size
    return shares


def _tables(shelves: Shelves, selection: Selection, topic: int) -> TopicTables:
    def each(shelf: Shelf[T], rows: dict[str, np.ndarray]) -> dict[str, Table[T]]:
        return {sem: shelf.table(topic, row) for sem, row in rows.items()}

    return TopicTables(
        nouns={sem: shelf.table(topic) for sem, shelf in shelves.nouns.items()},
        names={sem: shelf.table(topic) for sem, shelf in shelves.names.items()},
        verbs=shelves.verbs.table(topic),
        transitives=shelves.verbs.table(topic, selection.transitive),
        verbs_by_subject=each(shelves.verbs, selection.subjects),
        verbs_by_object=each(shelves.verbs, selection.objects),
        adjectives=each(shelves.adjectives, selection.adjectives),
        adverbs={sem: shelf.table(topic) for sem, shelf in shelves.adverbs.items()},
        interjections=shelves.interjections.table(topic),
    )
