"""Kept sentences as word ids, one table per split."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ontogeny.corpus.filtering import END, SPLITS, UNKNOWN, lowercase
from ontogeny.corpus.tables import batches, write_batches
from ontogeny.disk.files import read_table
from ontogeny.errors import InputError

TOKENS = pa.schema(
    [("id", pa.int32()), ("document", pa.int32()), ("sentence", pa.int32())]
)
"""One row per token of a split, in order; `<eos>` ends every sentence."""


def write_tokens(
    kept_path: Path, vocabulary: pd.DataFrame, paths: Mapping[str, Path]
) -> None:
    """Write table `TOKENS` of each split; words off the vocabulary are `<unk>`.

    Args:
        kept_path: Table `KEPT` of `ontogeny.corpus.filtering`.
        vocabulary: Columns id and word.
        paths: Where each split goes.

    Raises:
        InputError: If the vocabulary has no word but the special ones.
    """
    if vocabulary["special"].all():
        raise InputError(
            "No word is frequent enough in the training split: lower "
            "corpus.min_count or take a larger corpus."
        )
    words = pa.array(vocabulary["word"], type=pa.string())
    for number, split in enumerate(SPLITS):
        here = (
            batch.filter(pc.equal(batch["split"], number))
            for batch in batches(kept_path)
        )
        encoded = (_encode(batch, words) for batch in here if len(batch))
        write_batches(encoded, TOKENS, paths[split])


def _encode(sentences: pa.RecordBatch, words: pa.Array) -> pa.RecordBatch:
    tokens = sentences["tokens"]
    lengths = pc.list_value_length(tokens).to_numpy()
    end = words.index(END).as_py()
    # numpy inserts before an index of the original array: at each sentence's end.
    ids = np.insert(word_ids(tokens.flatten(), words), np.cumsum(lengths), end)
    sentence = np.repeat(np.arange(len(sentences)), lengths + 1)
    columns = [ids] + [
        sentences[name].to_numpy()[sentence] for name in ("document", "sentence")
    ]
    return pa.record_batch([pa.array(c) for c in columns], schema=TOKENS)


def word_ids(tokens: pa.Array, words: pa.Array) -> np.ndarray:
    """Id of each token, lowercased; of `<unk>` where the vocabulary lacks it.

    A token that reads `<eos>` ends no sentence: it is unknown too.

    Args:
        tokens: Strings, cased.
        words: The vocabulary in order of id.

    Returns:
        int32, shape (tokens,).
    """
    ids = pc.index_in(lowercase(tokens), value_set=words)
    unknown, end = (words.index(word).as_py() for word in (UNKNOWN, END))
    ids = pc.fill_null(ids, unknown).to_numpy().astype(np.int32)
    return np.where(ids == end, np.int32(unknown), ids)


def load_splits(paths: Mapping[str, str]) -> dict[str, np.ndarray]:
    """Word ids of every split, int32, shape (tokens,) each.

    Args:
        paths: By split, the file of table `TOKENS`.
    """
    return {
        split: read_table(paths[split], ["id"])["id"].to_numpy() for split in SPLITS
    }
