"""Files with a word a line, whose columns are its labels."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import ClassVar, NamedTuple

from ontogeny.disk.texts import lines_of
from ontogeny.errors import InputError
from ontogeny.tasks.probing.sentences import labelled, spaced
from ontogeny.tasks.probing.task import Document, Part, Task


class Block(NamedTuple):
    """Lines between two blank ones.

    Attributes:
        line: Number of the first row.
        comments: The `# key = value` lines above and among them.
        rows: Columns of each of the others.
    """

    line: int
    comments: dict[str, str]
    rows: list[list[str]]


def blocks(
    lines: Iterable[tuple[int, str]],
    where: str | Path,
    *,
    columns: int,
    separator: str | None = "\t",
    comments: bool = True,
) -> Iterator[Block]:
    """Sentences of a file in columns, which blank lines part.

    Args:
        lines: Numbers and lines, without line ends.
        where: The file, for errors.
        columns: How many a row has at least.
        separator: What parts them; None: blanks, of any number.
        comments: Whether a line that begins with `#` is a comment, no word.

    Raises:
        InputError: If a row has fewer columns, or no word in its first.

    >>> list(blocks(enumerate(["# id = a", "go VB", ""], 1), "f", columns=2,
    ...             separator=" "))
    [Block(line=2, comments={'id': 'a'}, rows=[['go', 'VB']])]
    """
    rows: list[list[str]] = []
    about: dict[str, str] = {}
    for number, line in lines:
        if comments and line.startswith("#"):
            key, _, value = line.lstrip("#").partition("=")
            about[key.strip()] = value.strip()
        elif line.strip():
            row = line.split(separator)
            if len(row) < columns or not row[0]:
                raise InputError(
                    f"{where}, line {number}: a word and its labels are {columns} "
                    f"columns or more, this line has {len(row)}: is it the right file?"
                )
            rows.append(row)
            first = number - len(rows) + 1
        elif rows:
            yield Block(first, about, rows)
            rows, about = [], {}
    if rows:
        yield Block(first, about, rows)


class Columns(Task):
    """Words and labels, one a line, sentences parted by blank lines.

    Attributes:
        separator: What parts the columns.
        held_out: How many of the training sentences, the last ones, validate; 0: the
            validation part has files of its own.
    """

    separator: ClassVar[str] = "\t"
    held_out: ClassVar[int] = 0

    def lines(self, path: Path, part: Part) -> Iterable[tuple[int, str]]:
        """Numbers and lines of a file; another class may unpack it."""
        return lines_of(path)

    @abstractmethod
    def label(self, row: list[str]) -> str:
        """A word's label, from its columns."""

    def read(self, files: Sequence[Path], part: Part) -> Iterator[Document]:
        """See `Task.read`."""
        found = [
            block
            for path in files
            for block in blocks(
                self.lines(path, part),
                path,
                columns=2,
                separator=self.separator,
                comments=False,  # '#' is a word here
            )
        ]
        if self.held_out and part != "test":
            kept = len(found) - self.held_out
            if kept < 1:
                raise InputError(
                    f"{', '.join(map(str, files))}: of {len(found)} sentences the last "
                    f"{self.held_out:,} are to validate: is it whole?"
                )
            found = found[:kept] if part == "train" else found[kept:]
        for unit, block in enumerate(found):
            words = spaced(row[0] for row in block.rows)
            yield labelled(unit, words, map(self.label, block.rows))
