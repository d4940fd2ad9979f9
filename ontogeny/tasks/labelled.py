"""Texts with a class each: folders, archives, CSV, genres and topics of CoNLL-U."""

from __future__ import annotations

import csv
import logging
import tarfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple, Self

import pyarrow as pa

from ontogeny.corpus.treebank import Sentence, read_conllu
from ontogeny.errors import InputError

logger = logging.getLogger(__name__)

ARCHIVES = (".tar", ".tar.gz", ".tar.bz2", ".tar.zst")
COMPRESSIONS = {".gz": "gzip", ".bz2": "bz2", ".zst": "zstd"}
LONGEST = 10_000_000
"""Bytes of a text in an archive; one that is longer is no text."""
TOPIC_WORDS = 50
"""Of a text that is cut from a generated article, its last sentence whole."""
PARTS = ("train", "valid", "dev", "test")
"""Names of folders that are no class."""
HEADS = ("class", "class index", "label")
"""What the first column of a CSV file is called, where it has a head."""


class _Header(tarfile.TarInfo):
    """A member's header; one that is cut or damaged is no end of the archive."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        # Only a block of zeros ends an archive; tarfile ends it at any bad header.
        try:
            return super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            if len(buf) == tarfile.BLOCKSIZE and not any(buf):
                raise
            raise tarfile.ReadError(str(error)) from error


class LabelledText(NamedTuple):
    """A text and the class that it is of.

    Attributes:
        label: The class.
        text: As it stands.
    """

    label: str
    text: str


def read_labelled(paths: Iterable[Path], part: str = "") -> Iterator[LabelledText]:
    """Texts of some files or folders, in a fixed order.

    - A folder or a tar archive (plain, .gz, .bz2, .zst) of `<label>/<name>.txt`; if it
      has `<part>/<label>/<name>.txt` instead, those of the part alone. In an archive
      these may be in further folders. Hidden files are none.
    - CSV of class, title, description, as AG's News come; a head, whose first column is
      one of `HEADS`, is passed over, as blank lines are.
    - CoNLL-U: a sentence a text, its class the genre that `newdoc id` begins with; of
      a generated corpus, pieces of articles by topic.

    Args:
        paths: Files or folders.
        part: "train" or "test".

    Raises:
        InputError: If one cannot be read, is of no such kind, or has no text.
    """
    for path in paths:
        found = False
        try:
            for text in _reader(path)(path, part):
                found = True
                yield text
        except UnicodeDecodeError as error:
            raise InputError(
                f"{path} is not UTF-8 (byte {error.start}): convert it."
            ) from error
        except (OSError, EOFError, *_DAMAGED) as error:
            raise InputError(
                f"{path} cannot be read ({str(error).splitlines()[0]}): check that "
                "it is there, and whole."
            ) from error
        if not found:
            raise InputError(
                f"{path} has no text{f' of part {part}' * bool(part)}: a folder or "
                "archive has <class>/<name>.txt, within <part>/ or not (docs/data.md)."
            )


_DAMAGED = (tarfile.TarError, pa.ArrowException, csv.Error)


def _reader(path: Path) -> Callable[[Path, str], Iterator[LabelledText]]:
    if path.is_dir():
        return _from_folder
    for ending, read in READERS.items():
        if path.name.endswith(ending):
            return read
    raise InputError(
        f"{path}: labelled texts come as a folder, {', '.join(READERS)}; make it one "
        "of these."
    )


def read_parts(
    train: Sequence[str], test: Sequence[str]
) -> tuple[list[LabelledText], list[LabelledText]]:
    """Texts to learn from and to be tested on.

    Args:
        train: Files or folders.
        test: The same; none: the last fifth of `train`, whose order is that of a
            generated corpus's articles. ASSUME: the article in which it begins has
            pieces on both sides.

    Raises:
        InputError: As `read_labelled`, and if both are the same texts.
    """
    texts = list(read_labelled(map(Path, train), "train"))
    if test:
        held_out = list(read_labelled(map(Path, test), "test"))
        if held_out == texts:
            raise InputError(
                f"{', '.join(test)} has the texts that are learned from: give others "
                "to be tested on, or folders train/ and test/ in it."
            )
        return texts, held_out
    first = len(texts) - len(texts) // 5
    return texts[:first], texts[first:]


def _from_folder(folder: Path, part: str) -> Iterator[LabelledText]:
    inner = folder / part if part and (folder / part).is_dir() else folder
    for path in sorted(inner.glob("*/[!.]*.txt")):
        try:
            yield LabelledText(path.parent.name, path.read_text(encoding="utf-8-sig"))
        except UnicodeDecodeError as error:
            raise InputError(f"{path} is not UTF-8: convert it.") from error


def _from_archive(path: Path, part: str) -> Iterator[LabelledText]:
    # Held in memory, but never unpacked: a name in an archive may lead anywhere.
    whole: list[tuple[str, LabelledText]] = []
    of_part: list[tuple[str, LabelledText]] = []
    with (
        _opened(path) as stream,
        tarfile.open(fileobj=stream, mode="r|", tarinfo=_Header) as archive,
    ):
        for member in archive:
            where = PurePosixPath(member.name)
            label, within = where.parent.name, where.parent.parent.name
            hidden = where.name.startswith(".")
            if not (member.isfile() and label and where.suffix == ".txt") or hidden:
                continue
            if part and within in PARTS and within != part:
                continue
            if member.size > LONGEST:
                raise InputError(
                    f"{path}: {member.name} has {member.size:,} bytes, more than a "
                    f"text of {LONGEST:,}: is it one?"
                )
            file: Any = archive.extractfile(member)
            text = LabelledText(label, file.read().decode("utf-8-sig"))
            (of_part if within == part else whole).append((member.name, text))
    yield from (text for _, text in sorted(of_part or whole))


def _opened(path: Path) -> Any:
    # By Arrow, for Python 3.11 knows no zstd.
    compression = COMPRESSIONS.get(path.suffix)
    return pa.input_stream(str(path), compression=compression)


def _from_csv(path: Path, part: str) -> Iterator[LabelledText]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.reader(file), 1):
            head = number == 1 and row and row[0].strip().lower() in HEADS
            if head or not row:
                continue
            if len(row) < 2:
                raise InputError(
                    f"{path}, row {number}: class, title, description are wanted, "
                    f"found {len(row)} column{'s' * (len(row) != 1)}."
                )
            label, *texts = row
            yield LabelledText(label.strip(), " ".join(texts))


def _from_conllu(path: Path, part: str) -> Iterator[LabelledText]:
    sentences = _with_document(read_conllu(path))
    for _, own in groupby(sentences, key=lambda pair: pair[0]):
        yield from _of_document([sentence for _, sentence in own], path)


def _with_document(sentences: Iterable[Sentence]) -> Iterator[tuple[int, Sentence]]:
    document = 0
    for sentence in sentences:
        document += sentence.opens_document
        yield document, sentence


def _of_document(sentences: list[Sentence], path: Path) -> Iterator[LabelledText]:
    first = sentences[0].comments
    topic, name = first.get("topic"), first.get("newdoc id", "")
    if topic:
        yield from _pieces(sentences, topic)
    elif "-" in name:
        genre = name.partition("-")[0]
        yield from (LabelledText(genre, " ".join(one.words)) for one in sentences)
    else:
        raise InputError(
            f"{path}: neither `# topic` nor a genre in `# newdoc id = genre-…` stands "
            "above a document's first sentence: its class is not known."
        )


def _pieces(sentences: list[Sentence], topic: str) -> Iterator[LabelledText]:
    words: list[str] = []
    for sentence in sentences:
        words += sentence.words
        if len(words) >= TOPIC_WORDS:
            yield LabelledText(topic, " ".join(words))
            words = []


READERS: dict[str, Callable[[Path, str], Iterator[LabelledText]]] = {
    **dict.fromkeys(ARCHIVES, _from_archive),
    ".csv": _from_csv,
    ".conllu": _from_conllu,
}
"""By how a file's name ends."""
