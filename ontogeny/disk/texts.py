"""Text files, plain or compressed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pyarrow as pa

from ontogeny.disk.files import numbered_lines
from ontogeny.errors import InputError, one_line

TEXT = "utf-8-sig"
"""UTF-8; a byte order mark at a file's beginning is no part of the first word."""
COMPRESSED = (".gz", ".bz2", ".zst")
GROWTH = 1_000
"""How many times its size a compressed text may be: more is no text."""
SMALL_BYTES = 100_000_000
"""As large it may be in any case."""


def plain_name(path: Path) -> Path:
    """A text's name without what says that it is compressed.

    >>> plain_name(Path("news/a.txt.gz")).as_posix()
    'news/a.txt'
    """
    return path.with_suffix("") if path.suffix in COMPRESSED else path


def open_text(path: Path) -> TextIO:
    """A UTF-8 text to be read, by its ending compressed by gzip, bzip2 or zstandard.

    Raises:
        InputError: If it grows beyond `GROWTH` times its size and `SMALL_BYTES`; when
            it is read.
        OSError: If it cannot be read, or a compressed one is cut; then, too.
    """
    if path.suffix not in COMPRESSED:
        return path.open(encoding=TEXT)
    return io.TextIOWrapper(io.BufferedReader(_Unpacked(path)), encoding=TEXT)


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    """`numbered_lines` of a text that may be compressed.

    Raises:
        InputError: If it cannot be read or is not UTF-8.
    """
    if path.suffix not in COMPRESSED:
        yield from numbered_lines(path)
        return
    try:
        with open_text(path) as file:
            for number, line in enumerate(file, 1):
                yield number, line.rstrip("\r\n")
    except (UnicodeDecodeError, EOFError, OSError) as error:
        raise InputError(
            f"{path} cannot be unpacked to UTF-8 ({one_line(error)}): is it whole?"
        ) from error


class _Unpacked(io.RawIOBase):
    def __init__(self, path: Path) -> None:
        self._path, self._read = path, 0
        size = path.stat().st_size
        if not size:
            raise EOFError("an empty file is no compressed text")
        self._limit = max(GROWTH * size, SMALL_BYTES)
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
