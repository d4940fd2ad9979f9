"""Prepositions of STREUSLE over EWT's reviews: what they mean, what role they mark."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar, NamedTuple

from ontogeny.corpus.treebank import Sentence
from ontogeny.disk.texts import lines_of
from ontogeny.errors import InputError
from ontogeny.tasks.probing import paper
from ontogeny.tasks.probing.columns import blocks
from ontogeny.tasks.probing.sentences import labelled, sentence_of
from ontogeny.tasks.probing.task import Document, Files, Part
from ontogeny.tasks.probing.web_treebank import TEST, TRAIN, VALID, OverTreebank

DATA = "streusle"
CATEGORIES, EXPRESSION, ROLE, FUNCTION = 19, 10, 13, 14
"""Columns of .conllulex: how many, the strong multiword expression, two labels."""
_AFTER = re.compile(r"(?:\|([^\s|~_]+))?([_~]? [_~]?|_|~|$)")
"""What follows a word in .vis: its label, and what parts it from the next one."""
_LABEL = re.compile(r"[A-Z.]+-(p\.\w+)(?::(p\.\w+))?")


class Preposition(NamedTuple):
    """What a preposition of one word is labelled with."""

    role: str
    function: str


Note = dict[int, Preposition]


class _Prepositions(OverTreebank):
    """Targets of one word, whose labels begin with `p.`; training is read from .vis."""

    stands_in = "STREUSLE 4.7"
    files: ClassVar[Files] = {
        "train": (TRAIN, (DATA, "streusle.ud_train.vis")),
        "valid": (VALID, (DATA, "streusle.ud_dev.conllulex")),
        "test": (TEST, (DATA, "streusle.ud_test.conllulex")),
    }
    field: ClassVar[str]

    def notes(
        self, files: Sequence[Path], trees: Sequence[Sentence], part: Part
    ) -> list[Note | None]:
        """See `OverTreebank.notes`."""
        names = [tree.comments.get("sent_id", "") for tree in trees]
        words = {name: tree.words for name, tree in zip(names, trees, strict=True)}
        read = read_drawn if files[0].suffix == ".vis" else read_columns
        found, all_of_them = {}, 0
        for name, note in read(files[0], words):
            all_of_them += 1
            if note is not None:
                found[name] = note
        self.leave_out(all_of_them - len(found), all_of_them, part, "sentences")
        return [found.get(name) for name in names]

    def document(self, unit: int, tree: Sentence, note: Note, part: Part) -> Document:
        """See `OverTreebank.document`."""
        labels = (
            getattr(note[word], self.field) if word in note else None
            for word in range(len(tree))
        )
        return labelled(unit, sentence_of(tree), labels)


def read_drawn(
    path: Path, words: dict[str, tuple[str, ...]]
) -> Iterator[tuple[str, Note | None]]:
    """Sentences of a .vis file: name, tab, words with their labels and joints.

    `_` joins the words of a strong expression, `~` those of a weak one; in one with a
    gap they stand on both of its sides. `|` precedes a label, `:` parts role and
    function where they differ.

    Args:
        path: The file.
        words: Of each sentence, by its name.

    Yields:
        A sentence's name and its prepositions; None if it has other words.

    Raises:
        InputError: If a line is no name and sentence.
    """
    for number, line in lines_of(path):
        name, tab, text = line.partition("\t")
        if not tab:
            raise InputError(
                f"{path}, line {number}: a sentence's name, a tab and its words are "
                "wanted: is it STREUSLE's .vis?"
            )
        yield name, _drawn(text, words.get(name, ()))


def _drawn(text: str, words: Sequence[str]) -> Note | None:
    found: Note = {}
    at, within = 0, False
    for number, word in enumerate(words):
        after = text.startswith(word, at) and _AFTER.match(text, at + len(word))
        if not after:
            return None
        label = _LABEL.fullmatch(after[1] or "")
        if label and not (within or after[2].startswith("_")):
            found[number] = Preposition(label[1], label[2] or label[1])
        at, within = after.end(), after[2].endswith("_")
    return found if words and at == len(text) else None


def read_columns(
    path: Path, words: dict[str, tuple[str, ...]]
) -> Iterator[tuple[str, Note | None]]:
    """Sentences of a .conllulex file: CoNLL-U, and nine columns more.

    Arguments, results and errors are those of `read_drawn`.
    """
    for block in blocks(lines_of(path), path, columns=CATEGORIES):
        rows = [row for row in block.rows if row[0].isdecimal()]
        name = block.comments.get("sent_id", "")
        if tuple(row[1] for row in rows) != words.get(name):
            yield name, None
            continue
        yield (
            name,
            {
                number: Preposition(row[ROLE], row[FUNCTION])
                for number, row in enumerate(rows)
                if row[ROLE].startswith("p.") and row[EXPRESSION] == "_"
            },
        )


class PrepositionFunction(paper.PrepositionFunction, _Prepositions):
    """What the preposition itself means."""

    field = "function"


class PrepositionRole(paper.PrepositionRole, _Prepositions):
    """What its phrase is in the scene."""

    field = "role"
