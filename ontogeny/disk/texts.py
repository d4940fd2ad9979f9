"""Text files, plain or compressed."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TextIO

import pyarrow as pa

from ontogeny.errors import InputError

TEXT = "utf-8-sig"
"""UTF-8; a byte order mark at a file's beginning is no part of the first word."""
COMPRESSED = (".gz", ".bz2", ".zst")
GROWTH = 1_000
"""How many times its size a compressed text may be: more is no text."""


def plain_name(path: Path) -> Path:
    """A text's name without what says that it is compressed.

    >>> plain_name(Path("news/a.txt.gz")).as_posix()
    'news/a.txt'
    """
    return path.with_suffix("") if path.suffix in COMPRESSED else path


def open_text(path: Path) -> TextIO:
    """A UTF-8 text to be read, by its ending compressed by gzip, bzip2 or zstandard.

    Raises:
        InputError: If it grows beyond `GROWTH` times its size; when it is read.
        OSError: If it cannot be read, or a compressed one is cut; then, too.
    """
    if path.suffix not in COMPRESSED:
        return path.open(encoding=TEXT)
    return io.TextIOWrapper(io.BufferedReader(_Unpacked(path)), encoding=TEXT)


class _Unpacked(io.RawIOBase):
    def __init__(self, path: Path) -> None:
        self._path, self._read = path, 0
        self._limit = GROWTH * max(1, path.stat().st_size)
        self._stream = pa.input_stream(str(path))  # what its ending says is undone

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        self._read += len(data)
        if self._read > self._limit:
            raise InputError(
                f"{self._path} unpacks to more than {GROWTH:,} times its size: that is "
                "no text; unpack it yourself and look."
            )
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()
