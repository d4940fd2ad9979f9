"""Tasks of the Parallel Meaning Bank: semantic tags, categories."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from ontogeny.disk.texts import lines_of
from ontogeny.tasks.probing import paper
from ontogeny.tasks.probing.columns import blocks
from ontogeny.tasks.probing.sentences import labelled, spaced
from ontogeny.tasks.probing.task import Document, Files, Part, Task

DATA = "pmb-4.0.0"


class MeaningBank(Task):
    """A column of the bank's files, whose first is the token.

    A token of several words (`New~York`) is one word with a blank in it.
    """

    text = DATA
    files: ClassVar[Files] = {
        "train": ((DATA, "en.gold.train.conll"),),
        "valid": ((DATA, "en.gold.dev.conll"),),
        "test": ((DATA, "en.gold.test.conll"),),
    }
    column: ClassVar[int]

    def read(self, files: Sequence[Path], part: Part) -> Iterator[Document]:
        """See `Task.read`."""
        for path in files:
            for unit, block in enumerate(blocks(lines_of(path), path, columns=5)):
                words = (
                    row[0].replace("~", " ").strip() or row[0] for row in block.rows
                )
                sentence = spaced(words, block.comments.get("raw sent", ""))
                labels = [row[self.column] or None for row in block.rows]
                yield labelled(unit, sentence, labels)


class SemanticTag(paper.SemanticTag, MeaningBank):
    """Universal semantic tags, the fine ones."""

    stands_in = "PMB 4.0.0"
    column = 3


class Category(paper.Category, MeaningBank):
    """Categories of combinatory categorial grammar."""

    stands_in = "PMB 4.0.0"
    column = 4
