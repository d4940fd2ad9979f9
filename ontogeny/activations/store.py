"""Activations and gradients of every token, as Parquet.

One file per run, step and site. Columns: position, example and side (for
sentence pairs, else null), document, sentence, input, target, loss_nats,
activation and gradient (fixed-size lists of float32, null beyond the first
`vector_tokens` tokens), and χ and ℓ₁ of each. Rows stand in the order of
measuring, window by window; `position` is the place in the text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from torch import Tensor

from ontogeny.activations.blocks import METADATA, said_of_itself
from ontogeny.activations.recording import QUANTITIES, Recording
from ontogeny.disk.files import open_parquet, parquet_writer
from ontogeny.errors import InputError, again, unreadable

TOKEN_FIELDS = (
    pa.field("position", pa.int64()),
    pa.field("example", pa.int32()),
    pa.field("side", pa.int8()),
    pa.field("document", pa.int32()),
    pa.field("sentence", pa.int32()),
    pa.field("input", pa.int32()),
    pa.field("target", pa.int32()),
    pa.field("loss_nats", pa.float32()),
)
ROWS_PER_GROUP = 8192


def schema(units: Mapping[str, int | None], metadata: Mapping[str, Any]) -> pa.Schema:
    """Schema of a site's file.

    Args:
        units: For each quantity that the site has, the length of its vectors;
            None: only its statistics are kept.
        metadata: Kept with the file: rows, seed, fingerprints, version, ….
    """
    fields = list(TOKEN_FIELDS)
    for quantity, size in units.items():
        if size is not None:
            fields.append(pa.field(quantity, pa.list_(pa.float32(), size)))
        fields.append(pa.field(f"{quantity}_concentration", pa.float32()))
        fields.append(pa.field(f"{quantity}_l1", pa.float32()))
    return pa.schema(fields, {METADATA: json.dumps(dict(metadata), sort_keys=True)})


@contextmanager
def site_writer(
    path: Path,
    site: str,
    units: Mapping[str, int | None],
    *,
    vector_tokens: int,
    metadata: Mapping[str, Any],
) -> Iterator[SiteWriter]:
    """Write one site's file, window by window; nothing stays if it is not whole.

    Args:
        path: Where the file goes, on leaving the context.
        site: Which site's readings are written.
        units: See `schema`.
        vector_tokens: So many of the first tokens keep their vectors.
        metadata: See `schema`; must hold `rows`, the number of rows expected.

    Raises:
        InputError: If the disk is full.
    """
    columns = schema(units, {**metadata, "site": site})
    # Mantissas do not compress: splitting the bytes of a float and level 1 of
    # zstd get what there is to get (docs/performance.md).
    vectors = [f"{quantity}.list.element" for quantity, size in units.items() if size]
    with parquet_writer(
        path,
        columns,
        compression_level=1,
        use_dictionary=False,
        write_statistics=False,
        column_encoding=dict.fromkeys(vectors, "BYTE_STREAM_SPLIT") or None,
    ) as parquet:
        writer = SiteWriter(parquet, columns, site, tuple(units), vector_tokens)
        yield writer
        writer.flush()
        if writer.rows != metadata["rows"]:
            raise RuntimeError(
                f"{path}: {writer.rows} rows written, {metadata['rows']} expected"
            )


@dataclass
class SiteWriter:
    """Rows on their way to a site's file; made by `site_writer`."""

    parquet: pq.ParquetWriter
    schema: pa.Schema
    site: str
    quantities: tuple[str, ...]
    vector_tokens: int
    rows: int = 0
    _buffer: list[pa.RecordBatch] = field(default_factory=list)

    def add(self, tokens: pd.DataFrame, recording: Recording, before: int = 0) -> None:
        """Write the rows of one window.

        Args:
            tokens: Columns document and sentence, one row per step; its index is
                the place in the split.
            recording: The window.
            before: Tokens of the text before the piece that the window is of.
        """
        columns: dict[str, Any] = {
            "position": tokens.index.to_numpy(),
            "document": tokens["document"].to_numpy(),
            "sentence": tokens["sentence"].to_numpy(),
            "input": recording.inputs.cpu().numpy(),
        }
        if recording.targets is not None:
            columns["target"] = recording.targets.cpu().numpy()
        if recording.loss_nats is not None:
            columns["loss_nats"] = recording.loss_nats.cpu().numpy()
        has_vector = recording.positions.cpu().numpy() + before < self.vector_tokens
        for quantity in self.quantities:
            reading = recording.readings[quantity, self.site]
            columns[f"{quantity}_concentration"] = reading.concentration.cpu().numpy()
            columns[f"{quantity}_l1"] = reading.l1.cpu().numpy()
            if reading.vectors is not None:
                columns[quantity] = _lists(reading.vectors, has_vector)
        rows = len(has_vector)
        arrays = [
            pa.array(columns[f.name]).cast(f.type)
            if f.name in columns
            else pa.nulls(rows, f.type)
            for f in self.schema
        ]
        self._buffer.append(pa.record_batch(arrays, schema=self.schema))
        self.rows += rows
        if sum(map(len, self._buffer)) >= ROWS_PER_GROUP:
            self.flush()

    def flush(self) -> None:
        """Make a row group of what has been added."""
        if self._buffer:
            table = pa.Table.from_batches(self._buffer, self.schema)
            self.parquet.write_table(table.combine_chunks())
        self._buffer = []


def _lists(vectors: Tensor, has_vector: np.ndarray) -> pa.Array:
    values = vectors.cpu().numpy()
    mask = None if has_vector.all() else pa.array(~has_vector)
    return pa.FixedSizeListArray.from_arrays(
        pa.array(values.reshape(-1)), values.shape[1], mask=mask
    )


class Tokens(NamedTuple):
    """A site's file in memory.

    Attributes:
        tokens: One row per token with vectors: position, …, χ and ℓ₁.
        activation: Shape (rows, units), float32; None if the site stores none.
        gradient: Likewise.
        metadata: What the file says of itself.
    """

    tokens: pd.DataFrame
    activation: np.ndarray | None
    gradient: np.ndarray | None
    metadata: dict[str, Any]


def describe(files: Mapping[str, Path]) -> pd.DataFrame:
    """What has been recorded: columns site, rows, vector_units (0: none), bytes."""
    found = []
    for site, path in files.items():
        with open_parquet(path) as file:
            types = {field.type for field in file.schema_arrow}
            rows = file.metadata.num_rows
        units = {t.list_size for t in types if pa.types.is_fixed_size_list(t)}
        size = path.stat().st_size
        found.append((site, rows, max(units, default=0), size))
    return pd.DataFrame(found, columns=["site", "rows", "vector_units", "bytes"])


def open_tokens(path: str | Path) -> Tokens:
    """Open a site's file: the tokens that keep vectors, and the vectors.

    Exported as `ontogeny.activations.open`.

    Raises:
        InputError: If the file is missing, damaged, or has fewer rows than it
            says.
    """
    with open_parquet(path) as file:
        metadata = said_of_itself(file)
        if "rows" not in metadata:
            raise InputError(
                f"{path} is Parquet, but no file of activations: it does not say what "
                "it holds."
            )
        if file.metadata.num_rows != metadata.get("rows"):
            raise InputError(
                f"{path} has {file.metadata.num_rows} rows, not the "
                f"{metadata.get('rows')} it should have: delete it and {again(path)}."
            )
        try:
            table = file.read().combine_chunks()
        except (pa.ArrowException, OSError) as error:
            raise unreadable(path, error) from error
    present = [q for q in QUANTITIES if q in table.column_names]
    if present:
        table = table.filter(table[present[0]].is_valid())
    arrays = {q: _matrix(table[q].combine_chunks()) for q in present}
    return Tokens(
        table.drop_columns(present).to_pandas(),
        arrays.get("activation"),
        arrays.get("gradient"),
        metadata,
    )


def _matrix(lists: pa.Array) -> np.ndarray:
    units = lists.type.list_size
    return lists.flatten().to_numpy(zero_copy_only=True).reshape(-1, units)
