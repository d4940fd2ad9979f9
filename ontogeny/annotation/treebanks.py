"""Sentences with labels from treebanks: parts of speech, semantic tags."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from ontogeny.annotation.semtags import coarse
from ontogeny.corpus.treebank import Sentence, read_conllu
from ontogeny.disk.files import numbered_lines
from ontogeny.errors import InputError
from ontogeny.tagging.upos import UNTAGGED

NO_LABEL = ""
"""Label of a word that has none."""


class Labelled(NamedTuple):
    """A sentence whose words carry labels.

    Attributes:
        opens_document: Whether a document starts with it.
        words: Surface forms, cased.
        labels: By tagset, one label per word; `NO_LABEL` where there is none.
    """

    opens_document: bool
    words: tuple[str, ...]
    labels: dict[str, tuple[str, ...]]


def read_xpos(path: Path) -> Iterator[Labelled]:
    """Language-specific parts of speech, the fifth column of CoNLL-U."""
    for sentence in read_conllu(path):
        yield _labelled(sentence, {"xpos": sentence.xpos})


def read_generated_semantics(path: Path) -> Iterator[Labelled]:
    """Semantic classes of a generated language, `Sem` and `SemCoarse` in MISC."""
    for sentence in read_conllu(path):
        labels = {
            tagset: tuple(word.get(key, NO_LABEL) for word in sentence.misc)
            for tagset, key in (("sem_coarse", "SemCoarse"), ("sem_fine", "Sem"))
        }
        yield _labelled(sentence, labels)


def read_meaning_bank(path: Path) -> Iterator[Labelled]:
    """Semantic tags of the Parallel Meaning Bank, in its column format.

    The first column is the token, the fourth its tag; comments start with `#`,
    sentences are parted by blank lines.
    ASSUME: a multiword token (`New~York`) is read as its words, each with the
    token's tag; language models and their vocabularies know words alone.

    Raises:
        InputError: If a line has fewer than four columns; names file and line.
    """
    words: list[str] = []
    tags: list[str] = []
    opens = True
    for number, line in numbered_lines(path):
        if line.startswith("#"):
            opens = opens or line[1:].strip().startswith("newdoc")
        elif line.strip():
            token, tag = _token_and_tag(line, f"{path}, line {number}")
            parts = [part for part in token.split("~") if part] or [token]
            words += parts
            tags += [tag] * len(parts)
        elif words:
            yield _meaning(words, tags, opens=opens)
            words, tags, opens = [], [], False
    if words:
        yield _meaning(words, tags, opens=opens)


READERS: dict[str, Callable[[Path], Iterator[Labelled]]] = {
    "xpos": read_xpos,
    "generated semantics": read_generated_semantics,
    "meaning bank": read_meaning_bank,
}


def read_parts(
    parts: Mapping[str, Iterable[str]], reader: str
) -> dict[str, Iterator[Labelled]]:
    """The sentences of each split, from one or more files.

    Args:
        parts: By split, its files.
        reader: One of `READERS`.
    """
    read = READERS[reader]
    return {
        split: chain.from_iterable(read(Path(path)) for path in paths)
        for split, paths in parts.items()
    }


def _labelled(sentence: Sentence, labels: dict[str, tuple[str, ...]]) -> Labelled:
    known = {
        tagset: tuple(NO_LABEL if label == UNTAGGED else label for label in of_words)
        for tagset, of_words in labels.items()
    }
    return Labelled(sentence.opens_document, sentence.words, known)


def _meaning(words: list[str], fine: list[str], *, opens: bool) -> Labelled:
    labels = {"sem_coarse": tuple(map(coarse, fine)), "sem_fine": tuple(fine)}
    return Labelled(opens, tuple(words), labels)


def _token_and_tag(line: str, where: str) -> tuple[str, str]:
    columns = line.split("\t")
    if len(columns) < 4 or not columns[0] or not columns[3]:
        raise InputError(
            f"{where}: a token of the Parallel Meaning Bank has its form in the first "
            "and its semantic tag in the fourth tab-separated column."
        )
    return columns[0], columns[3]
