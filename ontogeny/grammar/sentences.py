"""Sentence types: simple, complex, coordinated, conditional, interrogative."""

from __future__ import annotations

from ontogeny.grammar import closed as fw
from ontogeny.grammar.clauses import ADJUNCT_CLASSES, Clauses
from ontogeny.grammar.sampling import Table
from ontogeny.grammar.words import Entry, annotation


def _mark(character: str) -> Entry:
    xpos = "." if character in ".?!" else ":"
    return Entry(character, "PUNCT", xpos, annotation("stop"), character)


STOP, QUESTION, EXCLAMATION, SEMICOLON = map(_mark, ".?!;")


class Sentences(Clauses):
    """Writes whole sentences."""

    def sentence(self) -> None:
        """Write a sentence into `entries`, `heads` and `relations`."""
        self.start()
        write, stop = self.pick(KINDS)
        self.add(stop, "punct", write(self))

    def simple(self) -> int:
        """A main clause alone."""
        return self.clause("root", 0)

    def fronted(self) -> int:
        """*In the house, she sang.*"""
        sem = self.pick(ADJUNCT_CLASSES)
        noun, _ = self.noun_phrase(sem, "obl", 1, self.pick(fw.CASES[sem]))
        return self._main_after(noun)

    def adverbial(self) -> int:
        """*Perhaps, she sang.*"""
        table = self.tables.adverbs["stance"] if self.draw() < 0.6 else fw.LINKERS
        return self._main_after(self.add(self.pick(table), "advmod"))

    def exclamation(self) -> int:
        """*Oh, she sang!*"""
        entry = self.pick(self.tables.interjections)
        return self._main_after(self.add(entry, "discourse"))

    def inverted(self) -> int:
        """*When she sang, he left.*"""
        mark = self.pick(fw.SUBORDINATORS)
        return self._main_after(self.clause("advcl", 1, mark))

    def conditional(self) -> int:
        """*If she sings, then he leaves.*"""
        condition = self.clause("advcl", 1, fw.IF)
        self.add(fw.COMMA, "punct", condition)
        then = self.add(fw.THEN, "advmod")
        root = self.clause("root", 1)
        self.attach([condition, then], root)
        return root

    def _main_after(self, opening: int) -> int:
        self.add(fw.COMMA, "punct", opening)
        root = self.clause("root", 1)
        self.attach([opening], root)
        return root

    def complex(self) -> int:
        """*She sang when he left.*"""
        root = self.clause("root", 1)
        clause = self.clause("advcl", 1, self.pick(fw.SUBORDINATORS))
        self.attach([clause], root)
        return root

    def compound(self) -> int:
        """*She sang, and he left*; or with a semicolon and nothing else."""
        root = self.clause("root", 1)
        if self.draw() < 0.12:
            links = [self.add(SEMICOLON, "punct")]
        else:
            links = [self.add(fw.COMMA, "punct")]
            links.append(self.add(self.pick(fw.COORDINATORS), "cc"))
        return self._joined(root, links)

    def either(self) -> int:
        """*Either she sings or he leaves.*"""
        first, coordinator = fw.PAIRS.items[1]
        opening = self.add(first, "cc:preconj")
        root = self.clause("root", 1)
        self.attach([opening], root)
        return self._joined(root, [self.add(coordinator, "cc")])

    def _joined(self, root: int, links: list[int]) -> int:
        second = self.clause("conj", 1)
        self.attach(links, second)
        self.attach([second], root)
        return root

    def interrogative(self) -> int:
        """*Does she sing?*"""
        return self.question("root")


KINDS = Table.of(
    [
        (Sentences.simple, STOP),
        (Sentences.fronted, STOP),
        (Sentences.adverbial, STOP),
        (Sentences.complex, STOP),
        (Sentences.inverted, STOP),
        (Sentences.compound, STOP),
        (Sentences.either, STOP),
        (Sentences.conditional, STOP),
        (Sentences.interrogative, QUESTION),
        (Sentences.exclamation, EXCLAMATION),
    ],
    [46, 8, 4, 9, 7, 10, 2.5, 5, 4.5, 3],
)
