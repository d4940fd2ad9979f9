"""Names of Universal NER over EWT."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from ontogeny.corpus.treebank import Sentence
from ontogeny.disk.texts import lines_of
from ontogeny.tasks.probing import paper
from ontogeny.tasks.probing.columns import blocks
from ontogeny.tasks.probing.sentences import labelled, sentence_of
from ontogeny.tasks.probing.task import Document, Files, Part
from ontogeny.tasks.probing.web_treebank import TEST, TRAIN, VALID, OverTreebank

DATA = "uner-english-ewt"
NO_NAMES = ("O", "OTH")
"""Types that the published release no longer has."""


class NamedEntity(paper.NamedEntity, OverTreebank):
    """Persons, organisations and places in IOB2."""

    stands_in = "Universal NER over EWT (training: a pre-release)"
    files: ClassVar[Files] = {
        "train": (TRAIN, (DATA, "en_ewt-ud-train.prerelease.iob2")),
        "valid": (VALID, (DATA, "en_ewt-ud-dev.iob2")),
        "test": (TEST, (DATA, "en_ewt-ud-test.iob2")),
    }

    def notes(
        self, files: Sequence[Path], trees: Sequence[Sentence], part: Part
    ) -> list[list[str] | None]:
        """See `OverTreebank.notes`."""
        words: dict[str, tuple[str, ...]] = {}
        labels: dict[str, list[str]] = {}
        for block in blocks(lines_of(files[0]), files[0], columns=3):
            name = block.comments.get("sent_id", "")
            words[name] = tuple(row[1] for row in block.rows)
            labels[name] = [
                "O" if row[2].partition("-")[2] in NO_NAMES else row[2]
                for row in block.rows
            ]
        names = (tree.comments.get("sent_id", "") for tree in trees)
        found = [
            labels[name] if words.get(name) == tree.words else None
            for name, tree in zip(names, trees, strict=True)
        ]
        fit = sum(note is not None for note in found)
        self.leave_out(len(labels) - fit, len(labels), part, "sentences")
        return found

    def document(
        self, unit: int, tree: Sentence, note: list[str], part: Part
    ) -> Document:
        """See `OverTreebank.document`."""
        return labelled(unit, sentence_of(tree), note)
