"""Texts with a class each: folders, archives, CSV, genres and topics of CoNLL-U."""

from __future__ import annotations

import csv
import logging
import tarfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

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
      has `<part>/<label>/<name>.txt` instead, those of the part alone.
    - CSV without a head: class, title, description, as AG's News come.
    - CoNLL-U: a sentence a text, its class the genre that `newdoc id` begins with; of
      a generated corpus, pieces of articles by topic.

    Args:
        paths: Files or folders.
        part: "train" or "test".

    Raises:
        InputError: If one cannot be read, or is of no such kind.
    """
    for path in paths:
        kinds = [read for ends, read in READERS.items() if path.name.endswith(ends)]
        if path.is_dir():
            yield from _from_folder(path, part)
        elif kinds:
            try:
                yield from kinds[0](path, part)
            except UnicodeDecodeError as error:
                raise InputError(
                    f"{path} is not UTF-8 (byte {error.start}): convert it."
                ) from error
            except (OSError, tarfile.TarError, EOFError, pa.ArrowException) as error:
                raise InputError(
                    f"{path} cannot be read ({str(error).splitlines()[0]}): check that "
                    "it is there, and whole."
                ) from error
        else:
            raise InputError(
                f"{path}: labelled texts come as a folder, {', '.join(READERS)}; make "
                "it one of these."
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
    """
    texts = list(read_labelled(map(Path, train), "train"))
    if test:
        return texts, list(read_labelled(map(Path, test), "test"))
    first = len(texts) - len(texts) // 5
    return texts[:first], texts[first:]


def _from_folder(folder: Path, part: str) -> Iterator[LabelledText]:
    inner = folder / part if part and (folder / part).is_dir() else folder
    for path in sorted(inner.glob("*/*.txt")):
        try:
            yield LabelledText(path.parent.name, path.read_text(encoding="utf-8-sig"))
        except UnicodeDecodeError as error:
            raise InputError(f"{path} is not UTF-8: convert it.") from error


def _from_archive(path: Path, part: str) -> Iterator[LabelledText]:
    # Held in memory, but never unpacked: a name in an archive may lead anywhere.
    found = []
    with _opened(path) as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            where = PurePosixPath(member.name)
            if not member.isfile() or where.suffix != ".txt" or len(where.parts) < 2:
                continue
            if len(where.parts) > 2 and part and where.parts[-3] not in (part, "."):
                continue
            if member.size > LONGEST:
                raise InputError(
                    f"{path}: {member.name} has {member.size:,} bytes, more than a "
                    f"text of {LONGEST:,}: is it one?"
                )
            file: Any = archive.extractfile(member)
            text = file.read().decode("utf-8-sig")
            found.append((member.name, LabelledText(where.parts[-2], text)))
    yield from (text for _, text in sorted(found))


def _opened(path: Path) -> Any:
    # By Arrow, for Python 3.11 knows no zstd.
    compression = COMPRESSIONS.get(path.suffix)
    return pa.input_stream(str(path), compression=compression)


def _from_csv(path: Path, part: str) -> Iterator[LabelledText]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.reader(file), 1):
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
