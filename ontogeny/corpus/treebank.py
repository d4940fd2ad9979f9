"""CoNLL-U: annotated sentences, read one at a time, and written.

Our own reader, because a malformed line must be reported with its file and
line number, which the public packages do not give.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TextIO

from ontogeny.disk.files import whole
from ontogeny.disk.texts import lines_of
from ontogeny.errors import InputError

COLUMNS = 10
_SKIPPED = re.compile(r"[0-9]+(-[0-9]+|\.[0-9]+)")
"""Numbers of multiword tokens and of empty nodes."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of syntactic words; every tuple has one entry per word.

    Attributes:
        words: Surface forms, cased.
        upos: Universal part-of-speech tags, "_" where absent.
        xpos: Finer, language-specific tags, "_" where absent.
        heads: Index of the head, counted from 1; 0 for the root, -1 if absent.
        deprels: Dependency relations to the head.
        misc: Further annotation, the `KEY=VALUE` pairs of the tenth column.
        comments: The `# key = value` lines above the sentence.
    """

    words: tuple[str, ...]
    upos: tuple[str, ...]
    xpos: tuple[str, ...]
    heads: tuple[int, ...]
    deprels: tuple[str, ...]
    misc: tuple[dict[str, str], ...]
    comments: dict[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.words)

    @property
    def opens_document(self) -> bool:
        """Whether a document starts here (`# newdoc`, Universal Dependencies)."""
        return any(key.split()[0] == "newdoc" for key in self.comments if key)


def read_conllu(path: str | Path) -> Iterator[Sentence]:
    """Yield the sentences of a CoNLL-U file, holding one in memory at a time.

    Multiword tokens (`1-2`) and empty nodes (`1.1`) are skipped: a sentence
    consists of its syntactic words.

    Raises:
        InputError: If the file cannot be read as UTF-8 or a line is not a
            comment, blank, or ten tab-separated columns with sound numbers;
            the message names file and line, or sentence.

    Source: https://universaldependencies.org/format.html
    """
    rows: list[list[str]] = []
    comments: dict[str, str] = {}
    done = 0
    for number, line in lines_of(Path(path)):
        if line.startswith("#"):
            key, _, value = line[1:].partition("=")
            comments[key.strip()] = value.strip()
        elif line.strip():
            row = _row(line, f"{path}, line {number}", expected=len(rows) + 1)
            if row is not None:
                rows.append(row)
        elif rows:
            done += 1
            yield _sentence(rows, comments, place(path, comments, done))
            rows, comments = [], {}
    if rows:
        yield _sentence(rows, comments, place(path, comments, done + 1))


def place(path: str | Path, comments: dict[str, str], number: int) -> str:
    """Where a sentence is, for an error: file, and its name or else its number.

    >>> place("dev.conllu", {"sent_id": "w-7"}, 3), place("dev.conllu", {}, 3)
    ('dev.conllu, sentence w-7', 'dev.conllu, sentence number 3')
    """
    return f"{path}, sentence {comments.get('sent_id') or f'number {number}'}"


def write_conllu(sentences: Iterable[Sentence], file: TextIO) -> None:
    """Write sentences so that `read_conllu` gives them back.

    >>> import sys
    >>> write_conllu([Sentence(("Go",), ("VERB",), ("VB",), (0,), ("root",), ({},))],
    ...              sys.stdout)  # doctest: +NORMALIZE_WHITESPACE
    1  Go  _  VERB  VB  _  0  root  _  _
    <BLANKLINE>
    """
    for sentence in sentences:
        for key, value in sentence.comments.items():
            file.write(f"# {key} = {value}\n" if value else f"# {key}\n")
        columns = zip(
            count(1),
            sentence.words,
            sentence.upos,
            sentence.xpos,
            sentence.heads,
            sentence.deprels,
            sentence.misc,
        )
        for index, word, upos, xpos, head, deprel, misc in columns:
            pairs = "|".join(f"{key}={value}" for key, value in misc.items()) or "_"
            head_text = "_" if head < 0 else str(head)
            file.write(
                f"{index}\t{word}\t_\t{upos}\t{xpos}\t_\t{head_text}\t{deprel}\t_\t{pairs}\n"
            )
        file.write("\n")


def write_conllu_file(sentences: Iterable[Sentence], path: Path) -> None:
    """Write a CoNLL-U file, whole or not at all."""
    with whole(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        write_conllu(sentences, file)


def _row(line: str, where: str, expected: int) -> list[str] | None:
    row = line.split("\t")
    if len(row) != COLUMNS:
        raise InputError(
            f"{where}: a CoNLL-U word has {COLUMNS} tab-separated columns, "
            f"this line has {len(row)}."
        )
    if _SKIPPED.fullmatch(row[0]):
        return None
    if row[0] != str(expected):
        raise InputError(f"{where}: expected word number {expected}, found {row[0]!r}.")
    if not row[1]:
        raise InputError(f"{where}: the word itself (second column) is empty.")
    if row[6] != "_" and not (row[6].isdecimal() and len(row[6]) < 10):
        found = row[6] if len(row[6]) < 40 else f"{row[6][:20]}…"
        raise InputError(f"{where}: the head must be a number, found {found!r}.")
    return row


def _sentence(rows: list[list[str]], comments: dict[str, str], where: str) -> Sentence:
    heads = tuple(-1 if row[6] == "_" else int(row[6]) for row in rows)
    if max(heads) > len(rows):
        raise InputError(
            f"{where}: a head points to word {max(heads)}, "
            f"but the sentence has {len(rows)} words."
        )
    return Sentence(
        words=tuple(row[1] for row in rows),
        upos=tuple(row[3] for row in rows),
        xpos=tuple(row[4] for row in rows),
        heads=heads,
        deprels=tuple(row[7] for row in rows),
        misc=tuple(_pairs(row[9]) for row in rows),
        comments=comments,
    )


def _pairs(text: str) -> dict[str, str]:
    if text == "_":
        return {}
    pairs = (item.partition("=") for item in text.split("|"))
    return {key: value for key, _, value in pairs}
