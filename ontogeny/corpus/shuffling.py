"""A corpus without its order: the same words anywhere within their split.

The control of a text that nobody generated. Each split keeps its words, so that the
vocabulary and every word's frequency stay; documents and sentences keep their lengths;
a word keeps its tag, so that tagsets are as large and as ambiguous. What is lost is
where a word stands: of the next word's tag, of topics and trees nothing is left to
learn, but from the lengths of sentences.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ontogeny.corpus.filtering import END, KEPT, SPECIAL
from ontogeny.corpus.tables import batches, write_batches
from ontogeny.disk.files import open_parquet

END_ID = SPECIAL.index(END)


def permutation(split: np.ndarray, seed: int) -> np.ndarray:
    """Which token goes to each place: any of the same split, all once.

    Args:
        split: Of each token, shape (tokens,).
        seed: Of the permutation.

    Returns:
        int64, shape (tokens,).

    >>> split = np.array([0, 0, 1, 0, 1])
    >>> order = permutation(split, seed=3)
    >>> sorted(order.tolist()), (split[order] == split).all()
    ([0, 1, 2, 3, 4], np.True_)
    """
    rng = np.random.default_rng(seed)
    order = np.arange(len(split))
    for one in np.unique(split):
        here = np.flatnonzero(split == one)
        order[here] = rng.permutation(here)
    return order


def shuffle_kept(
    kept_path: Path,
    tag_paths: Sequence[Path],
    shuffled_path: Path,
    shuffled_tags: Sequence[Path],
    *,
    seed: int,
) -> None:
    """Permute the kept sentences' words and tags over each split.

    Memory is some 40 bytes a token.

    Args:
        kept_path: Table `KEPT` of `ontogeny.corpus.filtering`.
        tag_paths: Its shards' tags, in order (`ontogeny.tagging.shards`); or none.
        shuffled_path: Where the sentences go, in the same row groups.
        shuffled_tags: Where the tags go, a file for each of `tag_paths`.
        seed: Of the permutation.
    """
    splits, words = [], []
    for batch in batches(kept_path):
        sentence = pc.list_parent_indices(batch["tokens"]).to_numpy()
        splits.append(batch["split"].to_numpy()[sentence])
        words.append(batch["tokens"].flatten())
    order = permutation(np.concatenate(splits), seed)
    # A few types stand for many words: their numbers are moved, not their letters.
    coded = pa.chunked_array(words).dictionary_encode().unify_dictionaries()
    types = coded.chunk(0).dictionary
    codes = np.concatenate([chunk.indices.to_numpy() for chunk in coded.chunks])
    moved = codes[order]

    def sentences() -> Iterator[pa.RecordBatch]:
        start = 0
        for batch in batches(kept_path):
            end = start + len(batch["tokens"].flatten())
            here = types.take(pa.array(moved[start:end]))
            yield _with(batch, "tokens", here)
            start = end

    write_batches(sentences(), KEPT, shuffled_path)
    _shuffle_tags(tag_paths, shuffled_tags, order)


def _shuffle_tags(
    paths: Sequence[Path], shuffled: Sequence[Path], order: np.ndarray
) -> None:
    shards = [list(batches(path)) for path in paths]
    tags = [batch["tags"].flatten().to_numpy() for shard in shards for batch in shard]
    if not tags:
        return
    moved = np.concatenate(tags)[order]
    start = 0
    for shard, path, made in zip(shards, paths, shuffled, strict=True):
        rows = []
        for batch in shard:
            end = start + len(batch["tags"].flatten())
            rows.append(_with(batch, "tags", pa.array(moved[start:end])))
            start = end
        with open_parquet(path) as file:  # a shard of a small corpus may be empty
            schema = file.schema_arrow
        write_batches(rows, schema, made)


def _with(batch: pa.RecordBatch, column: str, values: pa.Array) -> pa.RecordBatch:
    """The same sentences with other words, or tags, in them."""
    lists = batch[column]
    lengths = pc.list_value_length(lists).to_numpy()
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    made = pa.ListArray.from_arrays(pa.array(offsets), values, type=lists.type)
    return batch.set_column(
        batch.schema.get_field_index(column), batch.schema.field(column), made
    )


def shuffle_text(tokens: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Permute a labelled text's words, with their labels, over each split.

    Args:
        tokens: Of `ontogeny.annotation.texts.Text`; its ends of sentences stay.
        seed: Of the permutation.

    >>> tokens = pd.DataFrame({"split": 0, "document": 0, "sentence": [0, 0, 0, 1, 1],
    ...                        "id": [5, 6, 1, 7, 1], "xpos": [2, 3, -1, 4, -1]})
    >>> found = shuffle_text(tokens, seed=2)
    >>> found["id"].tolist(), found["xpos"].tolist()
    ([7, 5, 1, 6, 1], [4, 2, -1, 3, -1])
    """
    place = ["split", "document", "sentence"]
    carried = [column for column in tokens if column not in place]
    ends = tokens["id"].to_numpy() == END_ID
    words = tokens[~ends]
    order = permutation(words["split"].to_numpy(), seed)
    found = tokens.copy()
    for column in carried:
        found.loc[~ends, column] = words[column].to_numpy()[order]
    return found
