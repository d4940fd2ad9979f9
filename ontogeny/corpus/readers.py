"""Documents from files of the formats that corpora come in, one at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, groupby, pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ontogeny.corpus.treebank import read_conllu
from ontogeny.errors import InputError

TEXT = "utf-8-sig"
"""UTF-8; a byte order mark at a file's beginning is no part of the first word."""


@dataclass(frozen=True, slots=True)
class Document:
    """A text with its title: raw paragraphs, or sentences where they are given.

    Attributes:
        title: As the source has it, or the file's name.
        paragraphs: Text still to be split into sentences.
        sentences: Tokens of each sentence, where the source marks sentences.
    """

    title: str
    paragraphs: tuple[str, ...] = ()
    sentences: tuple[tuple[str, ...], ...] = ()


def read_documents(form: str, paths: Iterable[Path]) -> Iterator[Document]:
    """Yield the documents of some files, in the order of the files.

    Args:
        form: "text" (a file is a document), "jsonl" or "parquet" (a row is a
            document, with `text` and, if there is one, `title`), "wikitext"
            (a `= Title =` heading opens a document; headings are no
            sentences), "conllu" (`# newdoc` opens one).
        paths: Files.

    Raises:
        InputError: If a file cannot be read; the message names file and line.
    """
    for path in paths:
        try:
            yield from READERS[form](path)
        except UnicodeDecodeError as error:
            raise InputError(
                f"{path} is not UTF-8 (byte {error.start}): "
                "convert it, for example with iconv."
            ) from error
        except OSError as error:
            reason = error.strerror or str(error).partition("\n")[0]
            raise InputError(
                f"{path} cannot be read ({reason}): check that it is whole."
            ) from error


def paragraphs(text: str) -> tuple[str, ...]:
    """Blocks between blank lines; in their lines, white space is folded.

    >>> paragraphs("One\\nblock.\\n\\n  Another  one. ")
    ('One\\nblock.', 'Another one.')
    """
    lines = (" ".join(line.split()) for line in text.split("\n"))
    blocks = groupby(lines, key=bool)
    return tuple("\n".join(block) for filled, block in blocks if filled)


def _read_text(path: Path) -> Iterator[Document]:
    yield Document(path.stem, paragraphs(path.read_text(encoding=TEXT)))


def _read_jsonl(path: Path) -> Iterator[Document]:
    with path.open(encoding=TEXT) as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            where = f"{path}, line {number}"
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise InputError(
                    f"{where}, column {error.colno}: not JSON ({error.msg}); each "
                    "line must be one document, or corpus.format another."
                ) from error
            if not isinstance(row, dict) or not isinstance(row.get("text"), str):
                raise InputError(f"{where}: a document needs a string `text`.")
            if not row["text"].isascii() and any(map(_is_surrogate, row["text"])):
                raise InputError(f"{where}: half a character (a lone surrogate).")
            yield Document(str(row.get("title") or ""), paragraphs(row["text"]))


def _is_surrogate(character: str) -> bool:
    return "\ud800" <= character <= "\udfff"


def _read_parquet(path: Path) -> Iterator[Document]:
    try:
        yield from _parquet_rows(path)
    except pa.ArrowException as error:
        raise InputError(
            f"{path} is no whole Parquet file ({str(error).splitlines()[0]}): check "
            "the file and corpus.format."
        ) from error


def _parquet_rows(path: Path) -> Iterator[Document]:
    with pq.ParquetFile(path) as file:
        columns = [c for c in ("title", "text") if c in file.schema_arrow.names]
        types = {name: file.schema_arrow.field(name).type for name in columns}
        if types.get("text") not in (pa.string(), pa.large_string()):
            raise InputError(f"{path}: a document needs a column `text` of strings.")
        for batch in file.iter_batches(batch_size=256, columns=columns):
            for row in batch.to_pylist():
                title = str(row.get("title") or "")
                yield Document(title, paragraphs(row["text"] or ""))


def _read_wikitext(path: Path) -> Iterator[Document]:
    # A legend in a table can look like a heading (`= Goals ; A =`); a real one
    # stands between blank lines. So counted, WikiText-2 has its 720 articles.
    title, lines, previous = "", [], ""
    with path.open(encoding=TEXT) as file:
        for line, following in _pairs(map(str.strip, file)):
            heading = re.fullmatch(r"(?P<marks>(= )+)(?P<title>.+?)( =)+", line)
            if heading is None or previous or following:
                lines.append(line)
            elif heading["marks"] == "= ":
                if any(lines):
                    yield Document(title, tuple(filter(None, lines)))
                title, lines = heading["title"], []
            previous = line
    if any(lines):
        yield Document(title, tuple(filter(None, lines)))


def _pairs(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each line with the one after it."""
    return pairwise(chain(lines, [""]))


def _read_conllu(path: Path) -> Iterator[Document]:
    title = path.stem
    sentences: list[tuple[str, ...]] = []
    for sentence in read_conllu(path):
        if sentence.opens_document:
            if sentences:
                yield Document(title, sentences=tuple(sentences))
            title, sentences = sentence.comments.get("newdoc id", path.stem), []
        sentences.append(sentence.words)
    if sentences:
        yield Document(title, sentences=tuple(sentences))


READERS: dict[str, Callable[[Path], Iterator[Document]]] = {
    "text": _read_text,
    "jsonl": _read_jsonl,
    "parquet": _read_parquet,
    "wikitext": _read_wikitext,
    "conllu": _read_conllu,
}
