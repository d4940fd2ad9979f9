"""What this machine has, and where it lets one write."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, NamedTuple

from ontogeny.errors import InputError

MEMORY_LIMITS = (
    "/sys/fs/cgroup/memory.max",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes",
)
"""Where Linux keeps what a container or a cluster's job may use."""


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory_bytes() -> int:
    """How much memory there is, or is allowed here."""
    found = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for path in map(Path, MEMORY_LIMITS):
        text = path.read_text().strip() if path.exists() else ""
        if text.isdigit():
            found.append(int(text))
    return min(found)


def free_bytes(folder: str | Path) -> int:
    """How much space is left where a folder is, or would be made."""
    folder = Path(folder).absolute()
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


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
            raise InputError(
                f"Nothing can be written to {folder}/ ({error.strerror}): make it a "
                "folder that you may write to, or run in another one (--directory)."
            ) from error


class Taken(NamedTuple):
    """One of several things of this machine, taken by this process.

    Attributes:
        number: Which, from 0.
        others: How many processes had it before us; 0: it is ours alone.
        lock: The process has it for as long as this file is open.
    """

    number: int
    others: int
    lock: BinaryIO


def take_one(names: Sequence[str], folder: Path) -> Taken:
    """Take the first thing that no other process has; else share one that fewest have.

    A thing has places 0, 1, 2, …, each a file that the kernel locks. The kernel
    also unlocks it when the process ends, however it ends: nothing is left behind.

    Args:
        names: At least one, each a file's name; what two processes know by the
            same name is the same thing.
        folder: Of the locks; made if need be. Processes that are to leave each
            other room have the same.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return next(
        Taken(number, place, lock)
        for place in count()
        for number, name in enumerate(names)
        if (lock := _locked(folder / f"{name}.{place}"))
    )


def _locked(path: Path) -> BinaryIO | None:
    """The file, open and locked; None if another process has it."""
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
