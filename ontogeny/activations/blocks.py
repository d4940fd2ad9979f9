"""Vectors of a site's file, a row group at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ontogeny.disk.files import open_parquet
from ontogeny.errors import InputError, unreadable

METADATA = b"ontogeny"


def blocks(path: str | Path, quantity: str = "activation") -> Iterator[np.ndarray]:
    """Yield the vectors of a file of `ontogeny.activations`, in its order.

    However large the file, one row group is in memory. Tokens that keep no
    vectors are left out.

    Args:
        path: One site's file.
        quantity: "activation" or "gradient".

    Yields:
        Shape (rows, units), float32.

    Raises:
        InputError: If the file is missing, damaged, or has no such vectors.
    """
    with open_parquet(path) as file:
        if quantity not in file.schema_arrow.names:
            raise InputError(f"{path} keeps no vectors of the {quantity}.")
        for group in range(file.num_row_groups):
            try:
                # One column: threads would only keep memory of their own.
                table = file.read_row_group(
                    group, columns=[quantity], use_threads=False
                )
            except (pa.ArrowException, OSError) as error:
                raise unreadable(path, error) from error
            lists = table[quantity].combine_chunks().drop_null()
            units = lists.type.list_size
            yield lists.flatten().to_numpy(zero_copy_only=True).reshape(-1, units)


def about(path: str | Path) -> dict[str, Any]:
    """What a file of `ontogeny.activations` says of itself.

    Raises:
        InputError: If the file is missing or damaged.
    """
    with open_parquet(path) as file:
        return said_of_itself(file)


def said_of_itself(file: pq.ParquetFile) -> dict[str, Any]:
    """The same of a file that is open."""
    return json.loads((file.schema_arrow.metadata or {}).get(METADATA, b"{}"))
