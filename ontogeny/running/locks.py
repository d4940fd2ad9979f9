"""What only one process at a time may have: a file that it locks.

The lock is the system's: it ends with the process, however that ends, and nothing
is left behind. On a disk that knows no locks everyone gets it, and goes on.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import NamedTuple, TextIO

from ontogeny.errors import InputError


def locked(path: Path) -> TextIO | None:
    """Open a file and lock it for as long as it is open; None if another has it.

    It is made if need be, and open to be read and appended to.

    Raises:
        InputError: If a symbolic link is in its place, which is not followed.
        OSError: If it cannot be opened.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with locked(Path(folder, "lock")) as file:
    ...         print(locked(Path(folder, "lock")))
    None
    """
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
    try:
        file = os.fdopen(os.open(path, flags, 0o666), "a+", encoding="utf-8")
    except OSError:
        if path.is_symlink():
            raise InputError(
                f"{path}, which a job locks, is a symbolic link: delete it, then "
                "start again."
            ) from None
        raise
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    except OSError:  # a disk without locks
        return file
    return file


class Taken(NamedTuple):
    """One of several things of this machine, taken by this process.

    Attributes:
        number: Which, from 0.
        others: How many processes had it before us; 0: it is ours alone.
        lock: The process has it for as long as this file is open.
    """

    number: int
    others: int
    lock: TextIO


def take_one(names: Sequence[str], folder: Path) -> Taken:
    """Take the first thing that no other process has; else share one that fewest have.

    A thing has places 0, 1, 2, …, each a file that is locked.

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
        if (lock := locked(folder / f"{name}.{place}"))
    )
