"""Noun phrases and prepositional phrases, written left to right.

A sentence under construction is three parallel lists (entries, heads,
relations). A dependent that precedes its head is written with head 0 and
attached once the head is there.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ontogeny.grammar import closed as fw
from ontogeny.grammar.forms import VOWELS
from ontogeny.grammar.lexicon import TopicTables
from ontogeny.grammar.sampling import Table, parse_weights
from ontogeny.grammar.semantics import COPULAR, MODIFIERS, NAME_SHARE
from ontogeny.grammar.words import Adjective, Entry, Name

T = TypeVar("T")
PLURAL_SHARE = 0.36
# Deeper phrases than this are bare: sentences stay below about 60 words.
MAX_DEPTH = 3
PERSONS = Table.of(["focus", "p", "1s", "1p", "2", "someone"], [46, 21, 10, 8, 7, 8])
MODIFIER_CLASSES = Table.of(*zip(*parse_weights(MODIFIERS).items(), strict=True))
SUBJECT_CLASSES = Table.of(*zip(*parse_weights(COPULAR).items(), strict=True))


@dataclass(frozen=True, slots=True)
class Cast:
    """The names that recur in one document, by semantic class of noun."""

    names: dict[str, Table[Name]]


class Phrases(ABC):
    """Writes noun phrases of one document into the current sentence.

    Args:
        tables: Open-class distributions of the document's topic.
        cast: The document's own names.
        draw: Source of uniform numbers.
    """

    def __init__(
        self, tables: TopicTables, cast: Cast, draw: Callable[[], float]
    ) -> None:
        self.tables = tables
        self.cast = cast
        self.draw = draw
        self.focus = "m"  # gender of the person last mentioned, for pronouns
        self.start()

    def start(self) -> None:
        """Begin a new sentence."""
        self.entries: list[Entry] = []
        self.heads: list[int] = []
        self.relations: list[str] = []

    def add(self, entry: Entry, relation: str, head: int = 0) -> int:
        """Append a word; returns its position, from 1."""
        self.entries.append(entry)
        self.relations.append(relation)
        self.heads.append(head)
        return len(self.entries)

    def attach(self, dependents: list[int], head: int) -> None:
        """Give earlier words their head."""
        for position in dependents:
            self.heads[position - 1] = head

    def pick(self, table: Table[T]) -> T:
        """Draw from a table."""
        return table.at(self.draw())

    def noun_phrase(
        self, sem: str, relation: str, depth: int, case: Entry | None = None
    ) -> tuple[int, str]:
        """Write a noun phrase; returns its head and its agreement class."""
        left = [self.add(case, "case")] if case else []
        u = self.draw()
        if relation in ("nsubj", "obj", "iobj") and u < (
            0.3 if relation == "nsubj" else 0.12
        ):
            head, agreement = self._pronoun(sem, relation)
        elif depth < MAX_DEPTH and u > 0.94:
            head, agreement = self._coordination(sem, relation, depth)
        else:
            head, agreement = self._simple(sem, relation, depth)
        self.attach(left, head)
        return head, agreement

    def _simple(self, sem: str, relation: str, depth: int) -> tuple[int, str]:
        if self.draw() < NAME_SHARE.get(sem, 0.0):
            return self._name(sem, relation)
        return self.common(sem, relation, depth, self.draw() < PLURAL_SHARE)

    def _name(self, sem: str, relation: str) -> tuple[int, str]:
        name = self.pick(self.cast.names[sem])
        if sem == "person":
            self.focus = name.gender
        return self.add(name.entry, relation), name.gender

    def _pronoun(self, sem: str, relation: str) -> tuple[int, str]:
        agreement = "n" if self.draw() < 0.7 else "p"
        if sem == "person":
            agreement = self.pick(PERSONS)
            if agreement == "someone":
                return self.add(self.pick(fw.INDEFINITES), relation), "n"
            if agreement == "focus":
                agreement = self.focus
        elif self.draw() < 0.3:
            table = fw.THINGS if agreement == "n" else fw.PLURAL_THINGS
            return self.add(self.pick(table), relation), agreement
        pronoun = fw.PRONOUNS[agreement][relation != "nsubj"]
        return self.add(pronoun, relation), agreement

    def _coordination(self, sem: str, relation: str, depth: int) -> tuple[int, str]:
        """Two noun phrases; paired words demand their partner later on."""
        opening: list[int] = []
        if self.draw() < 0.4:
            first, coordinator = self.pick(fw.PAIRS)
            opening.append(self.add(first, "cc:preconj"))
        else:
            coordinator = fw.AND if self.draw() < 0.8 else fw.OR
        plural = self.draw() < PLURAL_SHARE
        named = sem == "person" and self.draw() < 0.4
        head = self._conjunct(sem, relation, depth, plural, named)[0]
        self.attach(opening, head)
        link = self.add(coordinator, "cc")
        second, agreement = self._conjunct(sem, "conj", depth, plural, named)
        self.attach([link], second)
        self.attach([second], head)
        # With *or* and *nor* the verb agrees with the nearer noun.
        return head, "p" if coordinator is fw.AND else agreement

    def _conjunct(
        self, sem: str, relation: str, depth: int, plural: bool, named: bool
    ) -> tuple[int, str]:
        if named:
            return self._name(sem, relation)
        return self.common(sem, relation, depth + 1, plural)

    def common(
        self, sem: str, relation: str, depth: int, plural: bool
    ) -> tuple[int, str]:
        """Write a common noun with determiner, adjectives and modifiers."""
        left = self._determiner(plural, depth)
        start = len(self.entries)
        if (u := self.draw()) > 0.62:
            left.append(self._adjective(sem))
            if u > 0.93:
                left.append(self._adjective(sem))
        noun = self.pick(self.tables.nouns[sem])
        if self.draw() < 0.05:
            modifier = self.pick(self.tables.nouns[self.pick(MODIFIER_CLASSES)])
            left.append(self.add(modifier.singular, "compound"))
        head = self.add(noun.plural if plural else noun.singular, relation)
        self.attach(left, head)
        self._elide(start)
        if sem == "person" and not plural:
            self.focus = noun.gender
        if depth < MAX_DEPTH:
            self.modify(head, sem, "p" if plural else noun.gender, depth)
        return head, "p" if plural else noun.gender

    def _elide(self, start: int) -> None:
        """Make *a* into *an* before a vowel; `start` words end with the article."""
        if start and self.entries[start - 1] is fw.A:
            vowel = self.entries[start].word[0] in VOWELS
            self.entries[start - 1] = fw.AN if vowel else fw.A

    def _determiner(self, plural: bool, depth: int) -> list[int]:
        u = self.draw()
        if u < 0.04 and depth < MAX_DEPTH:
            owner = self._name("person", "nmod:poss")[0]
            self.add(fw.POSSESSIVE, "case", owner)
            return [owner]
        if plural and u > 0.72:
            if u > 0.78:
                return []
            return [self.add(self.pick(fw.NUMERALS), "nummod")]
        entry = self.pick(fw.DETERMINERS[plural])
        return [self.add(entry, "det" if entry.upos == "DET" else "nmod:poss")]

    def _adjective(self, sem: str) -> int:
        adjective: Adjective = self.pick(self.tables.adjectives[sem])
        u = self.draw()
        if u < 0.12:
            degree = self.add(self.pick(self.tables.adverbs["degree"]), "advmod")
            return self._headed(adjective.base, degree)
        if u > 0.7 and adjective.superlative:
            return self.add(adjective.superlative, "amod")
        return self.add(adjective.base, "amod")

    def _headed(self, adjective: Entry, degree: int) -> int:
        head = self.add(adjective, "amod")
        self.attach([degree], head)
        return head

    def prepositional(self, sem: str, relation: str, head: int, depth: int) -> None:
        """Write a prepositional phrase that depends on an earlier head."""
        case = self.pick(fw.CASES[sem])
        noun, _ = self.noun_phrase(sem, relation, depth, case)
        self.attach([noun], head)

    def modify(self, head: int, sem: str, agreement: str, depth: int) -> None:
        """Write what follows a noun: a phrase or a clause, often nothing."""
        u = self.draw() * (1 + 0.5 * depth)
        if u < 0.1:
            noun_class = self.pick(MODIFIER_CLASSES)
            noun, _ = self.noun_phrase(noun_class, "nmod", depth + 1, fw.OF)
            self.attach([noun], head)
        elif u < 0.2:
            self.prepositional(self.pick(MODIFIER_CLASSES), "nmod", head, depth + 1)
        elif u < 0.34:
            self.relative_clause(head, sem, agreement, depth + 1)

    @abstractmethod
    def relative_clause(self, head: int, sem: str, agreement: str, depth: int) -> None:
        """Write a clause that modifies the noun at `head`."""
