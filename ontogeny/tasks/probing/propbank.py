"""PropBank over EWT: gold constituents, and predicates with their arguments.

The files have no words: these are EWT's, wherever a document's sentences have as many.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path, PurePosixPath
from typing import ClassVar, NamedTuple

from ontogeny.corpus.treebank import Sentence
from ontogeny.errors import InputError
from ontogeny.tasks.probing import paper
from ontogeny.tasks.probing.archives import tar_texts
from ontogeny.tasks.probing.columns import Block, blocks
from ontogeny.tasks.probing.sentences import labelled, paired, sentence_of
from ontogeny.tasks.probing.task import Document, Files, Part
from ontogeny.tasks.probing.trees import head_of_span, with_others
from ontogeny.tasks.probing.web_treebank import TEST, TRAIN, VALID, OverTreebank

ARCHIVE = ("propbank-ewt", "propbank-ewt-gold_skel.tar.zst")
FOLDER, ENDING = "data/google/ewt/", ".xml.gold_skel"
ABSENT = "None"
"""Label where there is no phrase so high above a word."""
PARSE, FRAME, FIRST_ARGUMENTS = 5, 7, 8
"""Columns: constituents, sense of a predicate, the first predicate's arguments."""
_BIT = re.compile(r"((?:\([^()*\s]+)*)\*(\)*)")
_ARGUMENT = re.compile(r"(?:\(([^()*\s]+))?\*(\)?)")


class Skeleton(NamedTuple):
    """What stands of a sentence in PropBank's file.

    Attributes:
        where: File and line, for errors.
        rows: Columns of each word.
    """

    where: str
    rows: list[list[str]]


class OverPropBank(OverTreebank):
    """EWT's sentences with PropBank's annotation, a document at a time."""

    files: ClassVar[Files] = {
        "train": (TRAIN, ARCHIVE),
        "valid": (VALID, ARCHIVE),
        "test": (TEST, ARCHIVE),
    }

    def notes(
        self, files: Sequence[Path], trees: Sequence[Sentence], part: Part
    ) -> list[Skeleton | None]:
        """See `OverTreebank.notes`."""
        documents: dict[str, list[int]] = {}
        own: list[int] = []
        for number, tree in enumerate(trees):
            if tree.opens_document:
                own = documents.setdefault(tree.comments.get("newdoc id", ""), [])
            own.append(number)
        found: list[Skeleton | None] = [None] * len(trees)
        wanted = 0
        for name, text in tar_texts(files[0], FOLDER, ENDING):
            at = PurePosixPath(name)
            genre = at.relative_to(FOLDER).parts[0]
            numbers = documents.get(f"{genre}-{at.name.removesuffix(ENDING)}")
            if numbers is None:
                continue  # of another part
            where = f"{files[0]}: {name}"
            lines = enumerate(text.split("\n"), 1)
            sentences = list(
                blocks(lines, where, columns=FIRST_ARGUMENTS, separator=None)
            )
            wanted += len(sentences)
            for number, sentence in _aligned(numbers, sentences, trees):
                line = f"{where}, line {sentence.line}"
                found[number] = Skeleton(line, sentence.rows)
        fit = sum(note is not None for note in found)
        self.leave_out(wanted - fit, wanted, part, "sentences")
        return found


def _aligned(
    numbers: Sequence[int], sentences: Sequence[Block], trees: Sequence[Sentence]
) -> Iterator[tuple[int, Block]]:
    """Sentences of a document with as many words in both, in the order of both."""
    theirs = [len(sentence.rows) for sentence in sentences]
    ours = [len(trees[number]) for number in numbers]
    match = SequenceMatcher(None, theirs, ours, autojunk=False)
    for first, other, size in match.get_matching_blocks():
        for step in range(size):
            yield numbers[other + step], sentences[first + step]


class _Ancestor(OverPropBank):
    """Label of the phrase so many nodes above a word's part of speech.

    Function tags are cut, and the top node, which every sentence has, is none.
    """

    stands_in = "PropBank-EWT, gold trees"
    above: ClassVar[int]

    def document(
        self, unit: int, tree: Sentence, note: Skeleton, part: Part
    ) -> Document:
        """See `OverTreebank.document`."""
        labels = []
        phrases: list[str] = []
        for word, row in enumerate(note.rows):
            bit = _BIT.fullmatch(row[PARSE])
            if bit is None:
                raise InputError(
                    f"{note.where}, word {word + 1}: {row[PARSE]!r} is no part of a "
                    "tree in brackets."
                )
            phrases += bit[1].split("(")[1:]
            inner = phrases[1:]  # below the top
            label = inner[-self.above] if len(inner) >= self.above else ABSENT
            labels.append(re.split("[-=]", label)[0])
            closed = len(bit[2])
            if closed > len(phrases):
                raise InputError(
                    f"{note.where}, word {word + 1}: more brackets close than open."
                )
            del phrases[len(phrases) - closed :]
        if phrases:
            raise InputError(f"{note.where}: {len(phrases)} bracket(s) never close.")
        return labelled(unit, sentence_of(tree), labels)


class Parent(paper.Parent, _Ancestor):
    """The phrase that a word is in."""

    above = 1


class Grandparent(paper.Grandparent, _Ancestor):
    """The phrase around it."""

    above = 2


class GreatGrandparent(paper.GreatGrandparent, _Ancestor):
    """The phrase around that one."""

    above = 3


def arguments(tree: Sentence, note: Skeleton) -> dict[tuple[int, int], str]:
    """Role by (argument, predicate); an argument is its span's syntactic head.

    ASSUME: where two spans of a predicate have the same head, the first one's role. A
    span whose head is the predicate itself is left out.

    Raises:
        InputError: If a column is no list of spans.
    """
    predicates = [word for word, row in enumerate(note.rows) if row[FRAME] != "-"]
    found: dict[tuple[int, int], str] = {}
    for number, predicate in enumerate(predicates, FIRST_ARGUMENTS):
        role, first = "", 0
        for word, row in enumerate(note.rows):
            cell = _ARGUMENT.fullmatch(row[number]) if number < len(row) else None
            if (
                cell is None
                or (cell[1] and role)
                or (cell[2] and not (cell[1] or role))
            ):
                raise InputError(
                    f"{note.where}, word {word + 1}: column {number + 1} has no "
                    "arguments in brackets that open and close."
                )
            if cell[1]:
                role, first = cell[1], word
            if cell[2]:
                head = head_of_span(first, word, tree.heads)
                if role not in ("V", "C-V") and head != predicate:
                    found.setdefault((head, predicate), role)
                role = ""
        if role:
            raise InputError(
                f"{note.where}: in column {number + 1} {role} never closes."
            )
    return found


class SemanticArcPrediction(paper.SemanticArcPrediction, OverPropBank):
    """Arguments with their predicates and with as many other words."""

    stands_in = "PropBank-EWT, arguments' heads in UD"

    def document(
        self, unit: int, tree: Sentence, note: Skeleton, part: Part
    ) -> Document:
        """See `OverTreebank.document`."""
        heads: dict[int, list[int]] = {}
        for argument, predicate in sorted(arguments(tree, note)):
            heads.setdefault(argument, []).append(predicate)
        pairs = with_others(heads, len(tree), self.draws(part, unit))
        return paired(unit, sentence_of(tree), pairs)


class SemanticArcClass(paper.SemanticArcClass, OverPropBank):
    """Roles of arguments, those of references (R-) and continuations (C-) apart."""

    stands_in = "PropBank-EWT, arguments' heads in UD"

    def document(
        self, unit: int, tree: Sentence, note: Skeleton, part: Part
    ) -> Document:
        """See `OverTreebank.document`."""
        roles = sorted(arguments(tree, note).items())
        pairs = ((argument, predicate, role) for (argument, predicate), role in roles)
        return paired(unit, sentence_of(tree), pairs)
