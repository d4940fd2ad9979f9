"""Chunks of CoNLL-2000, as NLTK's data has them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from ontogeny.tasks.probing import paper
from ontogeny.tasks.probing.archives import zip_text
from ontogeny.tasks.probing.columns import Columns
from ontogeny.tasks.probing.task import Files, Part

DATA = "conll2000"
ARCHIVE = ((DATA, "conll2000.zip"),)


class Chunk(paper.Chunk, Columns):
    """Chunks in IOB2; the last 1,000 training sentences validate."""

    stands_in = "the same, validated on sentences of training"
    text = DATA
    files: ClassVar[Files] = {"train": ARCHIVE, "valid": ARCHIVE, "test": ARCHIVE}
    separator = " "
    held_out = 1_000

    def lines(self, path: Path, part: Part) -> Iterable[tuple[int, str]]:
        """Of the part's file in the archive."""
        name = "test" if part == "test" else "train"
        return enumerate(zip_text(path, f"{DATA}/{name}.txt").splitlines(), 1)

    def label(self, row: list[str]) -> str:
        """The last column."""
        return row[-1]
