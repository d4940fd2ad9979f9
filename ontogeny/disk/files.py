"""Files on disk: written whole or not at all, and checked when read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ontogeny.errors import NO_ROOM, InputError, unreadable, unwritable

_GZIP = b"\x1f\x8b"
"""What a file compressed by gzip begins with."""


@contextmanager
def whole(path: str | Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; rename it there if nothing went wrong.

    On any exception the temporary file is removed and `path` stays as it was.

    Raises:
        InputError: If the file cannot be written there, or the disk is full.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with whole(Path(folder) / "a.txt") as temporary:
    ...         _ = temporary.write_text("all of it")
    ...     [file.name for file in Path(folder).iterdir()]
    ['a.txt']
    """
    path = Path(path)
    # One name only, so that what a killed writer left is replaced by the next.
    # There are never two writers at a time: `ontogeny.running.alone` sees to that.
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _make_new(temporary)
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        if error.errno in NO_ROOM:
            raise unwritable(path, error) from error
        raise
    finally:
        temporary.unlink(missing_ok=True)


def _make_new(path: Path) -> None:
    """Make an empty file; what is in its place goes, and no link is followed."""
    path.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    os.close(os.open(path, flags, 0o666))


def check_writable(folders: Iterable[str | Path]) -> None:
    """Make folders where there are none, and try to write in each.

    Raises:
        InputError: For the first in which nothing can be written.
    """
    for folder in map(Path, folders):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            TemporaryFile(dir=folder).close()
        except OSError as error:
            raise unwritable(folder / "*", error) from error


def write_table(table: pd.DataFrame | pa.Table, path: str | Path) -> None:
    """Write a table as Parquet, whole, with page checksums.

    The bytes depend on the table alone: no date or index is stored.
    """
    if isinstance(table, pd.DataFrame):
        table = pa.Table.from_pandas(table, preserve_index=False)
        table = table.replace_schema_metadata(None)
    with parquet_writer(path, table.schema) as writer:
        writer.write_table(table)


@contextmanager
def parquet_writer(
    path: str | Path, schema: pa.Schema, **options: Any
) -> Iterator[pq.ParquetWriter]:
    """Write a Parquet file as its rows come, whole, with page checksums.

    Args:
        path: Where the file goes, on leaving the context.
        schema: Of its rows.
        options: More of `pyarrow.parquet.ParquetWriter`.
    """
    with (
        whole(path) as temporary,
        pq.ParquetWriter(
            temporary, schema, compression="zstd", write_page_checksum=True, **options
        ) as writer,
    ):
        yield writer


def write(content: pd.DataFrame | str, path: str | Path) -> None:
    """Write a table as Parquet, or a page as text."""
    if isinstance(content, str):
        write_text(content, path)
    else:
        write_table(content, path)


def write_text(text: str, path: str | Path) -> None:
    """Write a text file, whole, in UTF-8, ending in a newline."""
    write_bytes((text.rstrip("\n") + "\n").encode(), path)


def write_bytes(data: bytes, path: str | Path) -> None:
    """Write a file, whole."""
    with whole(path) as temporary:
        temporary.write_bytes(data)


def open_parquet(path: str | Path) -> pq.ParquetFile:
    """Open a Parquet file, verifying page checksums as it is read.

    Raises:
        InputError: If the file is missing, truncated or not Parquet.
    """
    try:
        return pq.ParquetFile(path, page_checksum_verification=True)
    except (pa.ArrowException, OSError) as error:
        raise unreadable(path, error) from error


def read_table(path: str | Path, columns: list[str] | None = None) -> pd.DataFrame:
    """Read a whole Parquet table; a damaged one is an `InputError`."""
    with open_parquet(path) as file:
        try:
            return file.read(columns=columns).to_pandas()
        except (pa.ArrowException, OSError) as error:
            raise unreadable(path, error) from error


def read_by_seed(
    files: Sequence[str | Path], seeds: Sequence[int], columns: list[str] | None = None
) -> dict[int, pd.DataFrame]:
    """Read a table per seed.

    Args:
        files: One per seed.
        seeds: In the files' order.
        columns: To read, if not all.

    Raises:
        InputError: If a file is missing or damaged.
    """
    return {
        seed: read_table(file, columns) for seed, file in zip(seeds, files, strict=True)
    }


def sha256(path: str | Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines of a UTF-8 file without their ends, counted from 1.

    Raises:
        InputError: If the file cannot be read or is not UTF-8.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:  # a mark in front is no text
            for number, line in enumerate(file, 1):
                yield number, line.rstrip("\r\n")
    except UnicodeDecodeError as error:
        if path.read_bytes()[:2] == _GZIP:
            raise InputError(f"{path} is compressed: gunzip it first.") from error
        raise InputError(
            f"{path} is not UTF-8 ({error.reason}): convert it, e.g. with iconv."
        ) from error
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
