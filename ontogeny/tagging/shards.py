"""Tags of the kept sentences, a shard of them per job."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ontogeny.corpus.encoding import word_ids
from ontogeny.corpus.filtering import SPLITS, batches
from ontogeny.files import open_parquet, whole
from ontogeny.tagging.classes import tag_counts

TAGS = pa.schema([("sentence", pa.int32()), ("tags", pa.list_(pa.int8()))])
"""One row per kept sentence; tags are indices into UPOS."""


def row_groups(path: Path, shard: str) -> range:
    """The row groups of a file that make up a shard, such as "2-of-3".

    Shards are contiguous, and together every row group once.
    """
    number, _, shards = shard.partition("-of-")
    with open_parquet(path) as file:
        groups = file.num_row_groups
    first, last = (groups * k // int(shards) for k in (int(number) - 1, int(number)))
    return range(first, last)


def tag_shard(nlp, kept_path: Path, tags_path: Path, *, shard: str) -> None:
    """Tag a shard of the kept sentences, cased, a row group at a time.

    Args:
        nlp: From `ontogeny.tagging.pipeline.load_pipeline`.
        kept_path: Table `KEPT` of `ontogeny.corpus.filtering`.
        tags_path: Where table `TAGS` goes, in the same row groups.
        shard: Such as "2-of-3".
    """
    # Counting tags (below) needs no spaCy.
    from ontogeny.tagging.tags import tag_sentences

    with (
        whole(tags_path) as temporary,
        pq.ParquetWriter(
            temporary, TAGS, compression="zstd", write_page_checksum=True
        ) as writer,
    ):
        for batch in batches(kept_path, row_groups(kept_path, shard)):
            tags = list(tag_sentences(nlp, batch["tokens"].to_pylist()))
            writer.write_batch(
                pa.record_batch([batch["sentence"], pa.array(tags)], schema=TAGS)
            )


def count_training_tags(
    kept_path: Path, tag_paths: Sequence[Path], vocabulary: pd.DataFrame
) -> np.ndarray:
    """How often each word of the training split carries each tag.

    Args:
        kept_path: Table `KEPT`.
        tag_paths: Its shards' tags; in any order.
        vocabulary: Columns id and word.

    Returns:
        Shape (types, tags), int64.
    """
    words = pa.array(vocabulary["word"], type=pa.string())
    counts = tag_counts([], [], len(words))
    paths = sorted(tag_paths, key=lambda path: int(path.stem.partition("-of-")[0]))
    for kept, tags in zip(batches(kept_path), _chained(paths), strict=True):
        training = pc.equal(kept["split"], SPLITS.index("train"))
        tag_counts(
            word_ids(kept.filter(training)["tokens"].flatten(), words),
            tags.filter(training)["tags"].flatten(),
            len(words),
            out=counts,
        )
    return counts


def _chained(paths: Sequence[Path]) -> Iterator[pa.RecordBatch]:
    for path in paths:
        yield from batches(path)
