"""Checksums of what the workflow wrote, so that a damaged file is never used.

Parquet's page checksums guard the pages but not the headers between them, and
most other formats have none. So each output of a job has its SHA-256 in a
hidden folder beside it, and every job checks its inputs against theirs.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ontogeny.disk.files import sha256, write_text
from ontogeny.errors import InputError, again

FOLDER = ".sums"


def sum_path(path: str | Path) -> Path:
    """Where the checksum of a file is kept.

    >>> sum_path("results/mini/claims.md").as_posix()
    'results/mini/.sums/claims.md.sha256'
    """
    path = Path(path)
    return path.parent / FOLDER / f"{path.name}.sha256"


def keep_sums(paths: Iterable[str | Path]) -> None:
    """Keep the checksums of files that have just been written."""
    for path in paths:
        write_text(sha256(path), sum_path(path))


def is_intact(path: str | Path) -> bool:
    """Whether a file is there and is what its checksum, if it has one, says."""
    beside = sum_path(path)
    if not (beside.exists() and Path(path).is_file()):
        return Path(path).is_file()
    return sha256(path) == beside.read_text(encoding="utf-8", errors="replace").strip()


def summed(folder: str | Path) -> list[Path]:
    """Files under a folder, in order, that have a checksum and are there."""
    sums = sorted(Path(folder).rglob(f"{FOLDER}/*.sha256"))
    made = (path.parents[1] / path.stem for path in sums)
    return [path for path in made if path.exists()]


def check_sums(paths: Iterable[str | Path]) -> None:
    """Check those files that have a checksum and are there.

    Raises:
        InputError: For the first file that is not what was written.
    """
    for path in paths:
        kept = sum_path(path).exists()  # a folder of the user's has none
        if kept and Path(path).exists() and not is_intact(path):
            raise InputError(
                f"{path} is not what the workflow wrote: its SHA-256 differs from "
                f"{sum_path(path)}. Delete it and {again(path)}; if you changed it "
                "on purpose, delete its checksum."
            )
