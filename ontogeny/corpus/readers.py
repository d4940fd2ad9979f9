"""Documents from files of the formats that corpora come in, one at a time."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, groupby, pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ontogeny.corpus.treebank import read_conllu
from ontogeny.disk.texts import COMPRESSED, open_text, plain_name
from ontogeny.errors import InputError

logger = logging.getLogger(__name__)

INVISIBLE = dict.fromkeys(
    map(
        ord,
        "\ufeff\u200b\u2060\u00ad"
        "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    )
)
"""Byte order marks within a text, blanks of no width, word joiners, soft hyphens, marks
of direction: no part of a word, and dropped. Joiners of no width stay: scripts are
written with them."""
_TAGS = (
    "a b big blockquote br body center code div em font h[1-6] hr html i iframe img "
)
_TAGS += "li ol p pre ref script small span strike strong style sub sup table tbody td "
_TAGS += "th tr tt u ul"
MARKUP = re.compile(
    rf"</?(?:{'|'.join(_TAGS.split())})(?:\s[^<>]{{0,500}})?/?>"
    r"|&(?:[a-z]{2,8}\d{0,2}|#\d{2,7}|#x[0-9a-f]{2,6});|<!--",
    re.IGNORECASE,
)
"""Tags and entities of HTML; `<unk>` and the like are none."""


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

    Text files may be compressed (`ontogeny.disk.texts.open_text`). Markup stays, and is
    warned of; `INVISIBLE` characters are dropped.

    Raises:
        InputError: If a file cannot be read; the message names file and line.
    """
    for path in paths:
        marks, example = 0, ""
        try:
            for document in READERS[form](path):
                _check_title(document.title, path)
                for paragraph in document.paragraphs:
                    if "\0" in paragraph:
                        raise InputError(
                            f"{path} holds NUL, which no text does: take it out; if "
                            "all is NUL, this is an archive, or UTF-16 for iconv."
                        )
                    found = (
                        MARKUP.findall(paragraph)
                        if "<" in paragraph or "&" in paragraph
                        else []
                    )
                    marks, example = marks + len(found), example or "".join(found[:1])
                yield document
        except UnicodeDecodeError as error:
            raise InputError(
                f"{path} is not UTF-8 ({error.reason}): {_remedy(path)}."
            ) from error
        except EOFError as error:
            raise InputError(
                f"{path} ends too early: it is cut; bring it again."
            ) from error
        except OSError as error:
            reason = error.strerror or str(error).partition("\n")[0]
            raise InputError(
                f"{path} cannot be read ({reason}): check that it is whole."
            ) from error
        if marks:
            logger.warning(
                "%s holds markup, as words or within them: %s and %d more. Take it out "
                "of the text.",
                path, example, marks - 1,
            )  # fmt: skip


def _check_title(title: str, path: Path) -> None:
    if not title.isascii() and any(map(_is_surrogate, title)):
        raise InputError(
            f"{str(path)!a}: the title {title!a} is no UTF-8: rename the file, or mend "
            "the title."
        )


MAGIC = {
    b"\x1f\x8b": ".gz",
    b"BZh": ".bz2",
    b"\x28\xb5\x2f\xfd": ".zst",
    b"\xfd7zXZ": ".xz",
    b"PK": ".zip",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
"""What files begin with that are no UTF-8."""


def _remedy(path: Path) -> str:
    with path.open("rb") as file:
        begin = file.read(6)
    kind = next((MAGIC[magic] for magic in MAGIC if begin.startswith(magic)), "")
    if kind in COMPRESSED and path.suffix != kind:
        return f"it is compressed, so let its name end in {kind}"
    if kind.startswith("."):
        return f"it is compressed ({kind}): unpack it"
    return f"convert it, for example with iconv{f' from {kind}' * bool(kind)}"


def paragraphs(text: str) -> tuple[str, ...]:
    """Blocks between blank lines; in their lines, white space is folded.

    >>> paragraphs("One\\nblock.\\n\\n  Another  one. ")
    ('One\\nblock.', 'Another one.')
    """
    text = text.translate(INVISIBLE) if not text.isascii() else text
    lines = (" ".join(line.split()) for line in text.split("\n"))
    blocks = groupby(lines, key=bool)
    return tuple("\n".join(block) for filled, block in blocks if filled)


def _read_text(path: Path) -> Iterator[Document]:
    with open_text(path) as file:
        yield Document(plain_name(path).stem, paragraphs(file.read()))


def _read_jsonl(path: Path) -> Iterator[Document]:
    with open_text(path) as file:
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
            except (ValueError, RecursionError) as error:
                raise InputError(
                    f"{where}: no document, but {_absurd(error)}."
                ) from error
            if not isinstance(row, dict) or not isinstance(row.get("text"), str):
                raise InputError(f"{where}: a document needs a string `text`.")
            title = str(row.get("title") or "")
            for name, text in (("text", row["text"]), ("title", title)):
                if not text.isascii() and any(map(_is_surrogate, text)):
                    raise InputError(
                        f"{where}: half a character (a lone surrogate) in `{name}`."
                    )
            if "\0" in row["text"]:
                raise InputError(f"{where}: NUL (\\u0000) in `text`: take it out.")
            yield Document(title, paragraphs(row["text"]))


def _absurd(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "brackets within brackets without end"
    return "a number of thousands of digits"


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
        names = file.schema_arrow.names
        columns = [c for c in ("title", "text") if c in names]
        if names.count("text") != 1 or not _is_strings(file.schema_arrow, "text"):
            raise InputError(f"{path}: a document needs one column `text`, of strings.")
        for batch in file.iter_batches(batch_size=256, columns=columns):
            for row in batch.to_pylist():
                title = str(row.get("title") or "")
                yield Document(title, paragraphs(row["text"] or ""))


def _is_strings(schema: pa.Schema, name: str) -> bool:
    kind = schema.field(name).type
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return kind in (pa.string(), pa.large_string(), pa.string_view())


def _read_wikitext(path: Path) -> Iterator[Document]:
    # A legend in a table can look like a heading (`= Goals ; A =`); a real one
    # stands between blank lines. So counted, WikiText-2 has its 720 articles.
    title, lines, previous, passed = "", [], "", 0
    with open_text(path) as file:
        for line, following in _pairs(map(_visible, file)):
            heading = re.fullmatch(r"(?P<marks>(= )+)(?P<title>.+?)( =)+", line)
            if heading is None or previous or following:
                lines.append(line)
                passed += heading is not None and heading["marks"] == "= "
            elif heading["marks"] == "= ":
                if any(lines):
                    yield Document(title, tuple(filter(None, lines)))
                title, lines = heading["title"], []
            previous = line
    if passed and not title:
        logger.warning(
            "%s: %d line(s) look like headings (= Title =) and are read as text, for "
            "none stands between blank lines: put one before and behind each.",
            path, passed,
        )  # fmt: skip
    if any(lines):
        yield Document(title, tuple(filter(None, lines)))


def _visible(line: str) -> str:
    return line.translate(INVISIBLE).strip()


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
