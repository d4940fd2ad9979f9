"""The texts of the study: pairs in words and in subwords."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ontogeny.disk.files import read_table
from ontogeny.models.transformer import UNKNOWN
from ontogeny.translation.pairs import (
    document_splits,
    encode_pairs,
    read_pairs,
    read_sister,
)
from ontogeny.translation.subwords import Subwords, learn_subwords

SIDES = ("source", "target")


class Texts(NamedTuple):
    """All texts of a run.

    Attributes:
        subwords: Of both languages.
        tables: By text (train, valid, and those to test on): pair, source and target
            (subwords), source_words and target_words; of a generated corpus
            aligned_source and aligned_target besides, words that belong together.
        counts: A row a text: text, pairs, source_words, target_words, source_subwords,
            target_subwords, unknown (subwords), dropped (pairs, as too long).
    """

    subwords: Subwords
    tables: dict[str, pa.Table]
    counts: pd.DataFrame


def read_files(
    texts: Sequence[str], files: Sequence[str], *, lowercase: bool
) -> dict[str, pa.Table]:
    """Pairs of words from two files a text; see `read_pairs`.

    Args:
        texts: Names.
        files: Source and target of each, in order.
        lowercase: Whether words are lowercased.
    """
    sides = zip(files[::2], files[1::2], strict=True)
    return {
        text: read_pairs(*pair, lowercase=lowercase)
        for text, pair in zip(texts, sides, strict=True)
    }


def read_generated(texts: Sequence[str], files: Sequence[str]) -> dict[str, pa.Table]:
    """Pairs of a generated corpus and its sister language; see `read_sister`.

    Args:
        texts: Names, which are the splits'.
        files: The corpus in CoNLL-U, and its table of kept sentences.
    """
    corpus, kept = files
    found = read_sister(corpus, document_splits(kept))
    return {text: found[text] for text in texts}


READERS: dict[str, Callable[..., dict[str, pa.Table]]] = {
    "files": read_files,
    "generated": read_generated,
}
"""By what pairs are read from: takes names of texts and files."""


def encode_texts(
    words: Mapping[str, pa.Table],
    *,
    pairs: int | None = None,
    subwords: int,
    longest: int,
) -> Texts:
    """Learn subwords on the training text and write all texts in them.

    Args:
        words: By text, `ontogeny.translation.pairs.PAIRS` or `ALIGNED`.
        pairs: First ones of the training text; None: all.
        subwords: Size of the vocabulary at most.
        longest: Subwords of a side at most.

    Raises:
        InputError: If no pair of a text is left, or the vocabulary is smaller than the
            characters.
    """
    words = {**words, "train": words["train"].slice(0, pairs)}
    sides = (words["train"][side].to_pylist() for side in SIDES)
    learned = learn_subwords(chain.from_iterable(sides), units=subwords)
    tables, counts = {}, []
    for text, own in words.items():
        found, dropped = encode_pairs(own, learned, longest=longest)
        # In the texts' order, as encoding leaves rows out and moves none.
        kept = own.filter(pc.is_in(own["pair"], found["pair"].combine_chunks()))
        table = found
        for side in SIDES:
            table = table.append_column(f"{side}_words", kept[side].combine_chunks())
        for name in set(own.column_names) & {"aligned_source", "aligned_target"}:
            table = table.append_column(name, kept[name].combine_chunks())
        tables[text] = table
        counts.append({"text": text, **_counts(table), "dropped": dropped})
    return Texts(learned, tables, pd.DataFrame(counts))


def read_text(path: str) -> pa.Table:
    """One of `Texts.tables`, as it was written.

    Raises:
        InputError: If the file is missing or damaged.
    """
    return pa.Table.from_pandas(read_table(path), preserve_index=False)


def _counts(table: pa.Table) -> dict[str, Any]:
    sides = [np.concatenate(table[side].to_pandas()) for side in SIDES]
    words = [len(pc.list_flatten(table[f"{side}_words"])) for side in SIDES]
    return {
        "pairs": len(table),
        **{f"{side}_words": n for side, n in zip(SIDES, words, strict=True)},
        **{f"{side}_subwords": len(n) for side, n in zip(SIDES, sides, strict=True)},
        "unknown": sum(int((own == UNKNOWN).sum()) for own in sides),
    }
