"""One process at a job, and none that has outlived its workflow.

A killed workflow leaves its jobs running, and started again it makes their files
anew: two writers of the same files and of the same state.
"""

from __future__ import annotations

import fcntl
import logging
import os
import platform
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from ontogeny.errors import InputError
from ontogeny.files import unwritable

logger = logging.getLogger(__name__)

WORKFLOW = "ONTOGENY_WORKFLOW"
"""Variable that tells a job the process of its workflow."""

POLL_S = 0.5
"""Seconds between two looks at the parent, or at the lock."""


def lock_path(log: str | Path) -> Path:
    """The file by which a job is locked: beside its log, of which each has its own.

    The log itself will not do, since Snakemake deletes it before a job starts.

    >>> lock_path("logs/tiny/train_lm/seed1.log").as_posix()
    'logs/tiny/train_lm/.seed1.log.lock'
    """
    log = Path(log)
    return log.with_name(f".{log.name}.lock")


@contextmanager
def only_process(log: str | Path, *, wait_s: float = 30.0) -> Iterator[None]:
    """Meanwhile be the only process at a job, and say so in its lock's file.

    The lock is the system's: it ends with the process, however that ends. On a
    disk that knows no locks nothing is waited for.

    Args:
        log: Of the job.
        wait_s: Seconds in which another process may end.

    Raises:
        InputError: If it has not, or nothing can be written there.
    """
    path = lock_path(log)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise unwritable(path, error) from error
    with file:
        _wait(file, log, wait_s)
        try:
            file.truncate(0)
            file.write(f"Process {os.getpid()} on {platform.node()}\n")
            file.flush()
        except OSError as error:
            raise unwritable(path, error) from error
        yield


def _wait(file: TextIO, log: str | Path, wait_s: float) -> None:
    until = time.monotonic() + wait_s
    while not _is_ours(file):
        if time.monotonic() > until:
            file.seek(0)
            raise InputError(
                f"{file.readline().strip()} is still at this job ({log}), for a "
                "workflow that was killed or runs beside this one: end it, or wait "
                "until it has ended, then start again; a training goes on from what "
                "it saved."
            )
        time.sleep(POLL_S)


def _is_ours(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a disk without locks
        return True
    return True


@contextmanager
def ends_with_parent() -> Iterator[None]:
    """Meanwhile end this process, as SIGTERM would, soon after its workflow has ended.

    The workflow may have ended while this process started, or have a shell between
    them: so it is told by `WORKFLOW`, too. What would still be made is made again in
    any case.
    """
    parent, done = os.getppid(), threading.Event()
    workflow = int(os.environ.get(WORKFLOW, parent))

    def watch() -> None:
        while not done.wait(POLL_S):
            if os.getppid() != parent or not _runs(workflow):
                logger.error("The workflow has ended, and so does its job.")
                os.kill(os.getpid(), signal.SIGTERM)
                return

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        done.set()


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's, so it runs
        return True
    return True
