"""Pairs of sentences: two texts line by line, or mini and its sister language."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from ontogeny.corpus.filtering import SPLITS
from ontogeny.corpus.treebank import Sentence, place, read_conllu
from ontogeny.disk.files import read_table
from ontogeny.errors import InputError, one_line
from ontogeny.translation.subwords import Subwords

logger = logging.getLogger(__name__)

LONGEST = 250
"""Subwords of a side at most, `</s>` not counted."""

PAIRS = pa.schema(
    [
        ("pair", pa.int32()),
        ("source", pa.list_(pa.string())),
        ("target", pa.list_(pa.string())),
    ]
)
"""A row a pair: its number in the text, from 0, and the words of both sides."""

ALIGNED = PAIRS.append(pa.field("aligned_source", pa.list_(pa.int32()))).append(
    pa.field("aligned_target", pa.list_(pa.int32()))
)
"""Gold alignment besides: source word `aligned_source[k]` is `aligned_target[k]`."""

ENCODED = pa.schema(
    [
        ("pair", pa.int32()),
        ("source", pa.list_(pa.int32())),
        ("target", pa.list_(pa.int32())),
    ]
)
"""A row a pair: its number and the subwords of both sides, without `<s>`, `</s>`."""

_CHUNK = 10_000
"""Pairs whose words are strings of Python at a time."""


class EncodedPairs(NamedTuple):
    """Pairs in subwords.

    Attributes:
        table: `ENCODED`.
        dropped: Pairs left out, as a side was too long.
    """

    table: pa.Table
    dropped: int


def read_pairs(
    source: str | Path, target: str | Path, *, lowercase: bool = False
) -> pa.Table:
    """Pairs from two texts whose lines are translations of each other.

    Args:
        source: UTF-8, a sentence a line, words between blanks; plain, .gz or .zst.
        target: The same of the other language.
        lowercase: Whether words are lowercased.

    Returns:
        Table `PAIRS`, in the order of the lines.

    Raises:
        InputError: If a file cannot be read or is empty, one has more lines than the
            other, or a line has no word; names the file and the line.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     en, de = Path(folder, "a.en"), Path(folder, "a.de")
    ...     _ = en.write_text("a dog\\n"), de.write_text("ein Hund\\n")
    ...     read_pairs(en, de, lowercase=True).to_pylist()[0]
    {'pair': 0, 'source': ['a', 'dog'], 'target': ['ein', 'hund']}
    """
    lines = [_lines(Path(path)) for path in (source, target)]
    lengths = [len(side) for side in lines]
    if lengths[0] != lengths[1]:
        raise InputError(
            f"{source} has {lengths[0]:,} lines and {target} has {lengths[1]:,}: they "
            "must be translations of each other line by line."
        )
    words = [
        _words(side, lowercase, path)
        for side, path in zip(lines, (source, target), strict=True)
    ]
    return pa.table([pa.array(range(lengths[0]), pa.int32()), *words], schema=PAIRS)


def _lines(path: Path) -> list[str]:
    try:
        with pa.input_stream(str(path)) as file:  # what its ending says is undone
            text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} is not UTF-8 (byte {error.start}): convert it, e.g. with iconv; "
            "a compressed text must end in .gz or .zst."
        ) from error
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({one_line(error)}): check that it is there, and "
            "whole."
        ) from error
    # At no other end of a line: the other file need not have it in the same place.
    *lines, rest = text.split("\n")
    lines += [rest] if rest else []
    if not lines:
        raise InputError(f"{path} is empty: it must have a sentence a line.")
    return lines


def _words(lines: list[str], lowercase: bool, path: str | Path) -> pa.Array:
    text = pc.utf8_trim_whitespace(pa.array(lines, pa.string()))
    empty = pc.index(text, "").as_py()
    if empty >= 0:
        raise InputError(
            f"{path}, line {empty + 1}, has no word: take the line out of both files."
        )
    return pc.utf8_split_whitespace(pc.utf8_lower(text) if lowercase else text)


def document_splits(kept: str | Path) -> dict[int, str]:
    """The split of each document, as the corpus has it.

    Args:
        kept: Table `ontogeny.corpus.filtering.KEPT`.

    Returns:
        By number of the document; one of which no sentence was kept is in none.

    Raises:
        InputError: If the table cannot be read.
    """
    found = read_table(kept, ["document", "split"]).drop_duplicates()
    return {
        document: SPLITS[split]
        for document, split in zip(found["document"], found["split"], strict=True)
    }


def read_sister(path: str | Path, split_of: Mapping[int, str]) -> dict[str, pa.Table]:
    """Sentences of a generated corpus and their translations, lowercased, by split.

    Whole documents are in one split, so no text is on both sides of it. ASSUME: a
    sentence that the corpus's filter dropped for a rare word is a pair like any other.

    Args:
        path: CoNLL-U with the comments `text_sister` and `alignment`
            (`ontogeny.grammar`).
        split_of: The split of each document, by its number from 0
            (`document_splits`); others are left out.

    Returns:
        By split, table `ALIGNED`; a pair's number is its sentence's in the file.

    Raises:
        InputError: If the file cannot be read, a sentence has no translation or an
            alignment that does not fit it, or a split is left without a pair.
    """
    rows: dict[str, list[dict]] = {split: [] for split in SPLITS}
    document = -1
    for number, sentence in enumerate(read_conllu(path)):
        document += sentence.opens_document or not number
        if document in split_of:
            row = _translated(sentence, place(path, sentence.comments, number + 1))
            rows[split_of[document]].append({"pair": number, **row})
    for split, found in rows.items():
        if not found:
            raise InputError(
                f"{path} has no pair for split {split}: generate more text, or change "
                "corpus.splits."
            )
    return {
        split: pa.Table.from_pylist(found, schema=ALIGNED)
        for split, found in rows.items()
    }


def _translated(sentence: Sentence, where: str) -> dict:
    source = [word.lower() for word in sentence.words]
    target = sentence.comments.get("text_sister", "").lower().split()
    if not target:
        raise InputError(
            f"{where}: has no comment text_sister; only a generated corpus is "
            "translated, others come as two files."
        )
    pairs = [one.split("-") for one in sentence.comments.get("alignment", "").split()]
    try:
        aligned = [(int(first), int(second)) for first, second in pairs]
        fits = all(i < len(source) and j < len(target) for i, j in aligned)
    except ValueError:
        fits = False
    if not fits:
        raise InputError(
            f"{where}: its alignment is no list of pairs like 0-1 of words that are "
            "there: generate the corpus again."
        )
    return {
        "source": source,
        "target": target,
        "aligned_source": [i for i, _ in aligned],
        "aligned_target": [j for _, j in aligned],
    }


def encode_pairs(
    pairs: pa.Table, subwords: Subwords, *, longest: int = LONGEST
) -> EncodedPairs:
    """Write pairs in subwords, without those of which a side is too long.

    Args:
        pairs: Table `PAIRS` or `ALIGNED`.
        subwords: Of both languages.
        longest: Subwords of a side at most.

    Raises:
        InputError: If no pair is left.

    Source: Movva & Zhao (2020), A.1. ASSUME: `</s>` is not counted among the 250.
    """
    tables = [ENCODED.empty_table()]
    for chunk in pairs.select(ENCODED.names).to_batches(_CHUNK):
        rows = (
            {
                "pair": row["pair"],
                "source": subwords.encode(row["source"])[0],
                "target": subwords.encode(row["target"])[0],
            }
            for row in chunk.to_pylist()
        )
        kept = [r for r in rows if max(len(r["source"]), len(r["target"])) <= longest]
        tables.append(pa.Table.from_pylist(kept, schema=ENCODED))
    table = pa.concat_tables(tables).combine_chunks()
    dropped = len(pairs) - len(table)
    if not len(table):
        raise InputError(
            f"None of {len(pairs):,} pairs is left: each has a side of more than "
            f"{longest} subwords; allow longer ones, or give more subwords."
        )
    if dropped:
        logger.info(
            "Left out %d of %d pairs: a side has more than %d subwords.",
            dropped, len(pairs), longest,
        )  # fmt: skip
    return EncodedPairs(table, dropped)
