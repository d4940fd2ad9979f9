"""Tags of the kept sentences, a shard of them per job."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ontogeny.corpus.encoding import word_ids
from ontogeny.corpus.filtering import SPLITS
from ontogeny.corpus.shards import shard_indices
from ontogeny.corpus.tables import batches, write_batches
from ontogeny.disk.files import open_parquet
from ontogeny.tagging.classes import tag_counts

TAGS = pa.schema([("sentence", pa.int32()), ("tags", pa.list_(pa.int8()))])
"""One row per kept sentence; tags are indices into UPOS."""


def tag_shard(nlp, kept_path: Path, tags_path: Path, *, shard: str) -> None:
    """Tag a shard of the kept sentences, cased, a row group at a time.

    Args:
        nlp: From `ontogeny.tagging.pipeline.load_pipeline`.
        kept_path: Table `KEPT` of `ontogeny.corpus.filtering`.
        tags_path: Where table `TAGS` goes, in the same row groups.
        shard: Such as "2-of-3", see `ontogeny.corpus.shards`.
    """
    # Counting tags (below) needs no spaCy.
    from ontogeny.tagging.tags import tag_sentences

    with open_parquet(kept_path) as file:
        groups = shard_indices(shard, file.num_row_groups)

    def tagged(batch: pa.RecordBatch) -> pa.RecordBatch:
        tags = list(tag_sentences(nlp, batch["tokens"].to_pylist()))
        return pa.record_batch([batch["sentence"], pa.array(tags)], schema=TAGS)

    write_batches(map(tagged, batches(kept_path, groups)), TAGS, tags_path)


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
