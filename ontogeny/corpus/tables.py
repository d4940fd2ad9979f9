"""The tables that a corpus is read into, in shards, and how they are read back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from ontogeny.disk.files import open_parquet, parquet_writer
from ontogeny.errors import unreadable

SENTENCES = pa.schema(
    [
        ("document", pa.int32()),
        ("sentence", pa.int32()),
        ("tokens", pa.list_(pa.string())),
    ]
)
"""One row per sentence, in order; both numbers count from the shard's beginning."""

DOCUMENTS = pa.schema([("document", pa.int32()), ("title", pa.string())])
"""One row per document, in order."""


@dataclass(frozen=True)
class ReadCorpus:
    """A corpus as it was read: some shards, whose numbers are counted on.

    Attributes:
        sentences: Each shard's table `SENTENCES`.
        documents: Each shard's table `DOCUMENTS`.
    """

    sentences: Sequence[Path]
    documents: Sequence[Path]

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Sentences of all shards, numbered through, a row group at a time."""
        yield from _numbered_through(
            self.sentences,
            document=_rows_before(self.documents),
            sentence=_rows_before(self.sentences),
        )

    def number_of_documents(self) -> int:
        """How many documents there are, with or without sentences."""
        return _rows_before(self.documents)[-1]

    def write_documents(self, path: Path) -> None:
        """Write one table `DOCUMENTS` of all shards, numbered through."""
        before = _rows_before(self.documents)
        write_batches(
            _numbered_through(self.documents, document=before), DOCUMENTS, path
        )


def batches(path: Path, groups: range | None = None) -> Iterator[pa.RecordBatch]:
    """Row groups of a table; a damaged file is an `InputError`.

    Args:
        path: A Parquet file.
        groups: Which row groups; None: all.
    """
    with open_parquet(path) as file:
        for group in range(file.num_row_groups) if groups is None else groups:
            try:
                table = file.read_row_group(group).combine_chunks()
            except (pa.ArrowException, OSError) as error:
                raise unreadable(path, error) from error
            yield from table.to_batches()


def write_batches(
    rows: Iterable[pa.RecordBatch], schema: pa.Schema, path: Path
) -> None:
    """Write a table as it comes, each batch a row group, whole or not at all."""
    with parquet_writer(path, schema) as writer:
        for batch in rows:
            writer.write_batch(batch)


def _rows_before(paths: Sequence[Path]) -> list[int]:
    """Rows of the files before each, and of all."""
    rows = [0]
    for path in paths:
        with open_parquet(path) as file:
            rows.append(rows[-1] + file.metadata.num_rows)
    return rows


def _numbered_through(
    paths: Sequence[Path], **before: Sequence[int]
) -> Iterator[pa.RecordBatch]:
    """Batches of several files; to each column named, the rows before are added."""
    for shard, path in enumerate(paths):
        for batch in batches(path):
            for column, rows in before.items():
                numbers = batch[column].to_numpy() + np.int32(rows[shard])
                batch = batch.set_column(
                    batch.schema.get_field_index(column),
                    batch.schema.field(column),
                    pa.array(numbers),
                )
            yield batch
