"""Texts of archives, read in memory: a name in an archive may lead anywhere."""

from __future__ import annotations

import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from ontogeny.errors import InputError, one_line

LARGEST = 500_000_000
"""Bytes that an archive may unpack to; one that is larger is none of ours."""
_COMPRESSIONS = {".gz": "gzip", ".bz2": "bz2", ".zst": "zstd"}


def tar_texts(path: Path, folder: str, ending: str) -> Iterator[tuple[str, str]]:
    """Names below `folder` and texts of a tar archive, plain or compressed, in order.

    Args:
        path: The archive.
        folder: Where in it; "": anywhere.
        ending: How the names of those wanted end.

    Raises:
        InputError: If it cannot be read, is cut, or has no such text.
    """
    found = False
    try:
        compression = _COMPRESSIONS.get(path.suffix)
        with pa.input_stream(str(path), compression=compression) as stream:
            data = io.BytesIO(_limited(stream, path))
        with tarfile.open(fileobj=data, mode="r:") as archive:
            for member in archive:
                wanted = member.name.startswith(folder) and member.name.endswith(ending)
                if wanted and member.isfile():
                    file: Any = archive.extractfile(member)
                    text = file.read()
                    if len(text) < member.size:
                        raise EOFError(f"{member.name} is cut")
                    found = True
                    yield member.name, text.decode("utf-8-sig")
            # tarfile takes a damaged header for the end, which is blocks of zeros.
            block = data.getbuffer()[archive.offset :][: tarfile.BLOCKSIZE]
            if len(block) < tarfile.BLOCKSIZE or any(block):
                raise EOFError("it ends in the midst")
    except (OSError, EOFError, tarfile.TarError, pa.ArrowException) as error:
        raise _damaged(path, error) from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: a text in it is not UTF-8: convert it.") from error
    if not found:
        raise InputError(
            f"{path} has no {folder}…{ending}: is it the right archive, and whole?"
        )


def zip_text(path: Path, name: str) -> str:
    """A text of a zip archive, by its name.

    Raises:
        InputError: If it cannot be read, or has none of that name.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo(name).file_size > LARGEST:
                raise _too_large(path)
            return archive.read(name).decode("utf-8-sig")
    except KeyError as error:
        raise InputError(f"{path} has no {name}: is it the right archive?") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: {name} is not UTF-8: convert it.") from error
    except (
        OSError,
        EOFError,
        RuntimeError,  # encrypted, or compressed in a way that is not known
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise _damaged(path, error) from error


def _limited(stream: Any, path: Path) -> bytes:
    data = bytearray()
    while piece := stream.read(1_000_000):
        data += piece
        if len(data) > LARGEST:
            raise _too_large(path)
    return bytes(data)


def _too_large(path: Path) -> InputError:
    return InputError(
        f"{path} unpacks to more than {LARGEST:,} bytes: it is no archive of these."
    )


def _damaged(path: Path, error: Exception) -> InputError:
    return InputError(
        f"{path} cannot be read ({one_line(error)}): check that it is there, and whole."
    )
