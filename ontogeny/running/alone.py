"""One process at a job, and none that has outlived its workflow.

A killed workflow leaves its jobs running, and started again it makes their files
anew: two writers of the same files and of the same state.
"""

from __future__ import annotations

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

from ontogeny.errors import InputError, unwritable
from ontogeny.running.locks import locked

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

    On a disk that knows no locks nothing is waited for: see `ontogeny.running.locks`.

    Args:
        log: Of the job.
        wait_s: Seconds in which another process may end.

    Raises:
        InputError: If it has not, or nothing can be written there.
    """
    path = lock_path(log)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = _wait(path, log, wait_s)
        file.truncate(0)
        file.write(f"Process {os.getpid()} on {platform.node()}\n")
        file.flush()
    except OSError as error:
        raise unwritable(path, error) from error
    with file:
        yield


def _wait(path: Path, log: str | Path, wait_s: float) -> TextIO:
    """The lock's file, as soon as it is ours."""
    until = time.monotonic() + wait_s
    while (file := locked(path)) is None:
        if time.monotonic() > until:
            holder, *_ = path.read_text(encoding="utf-8").splitlines() or [""]
            raise InputError(
                f"{holder} is still at this job ({log}), for a "
                "workflow that was killed or runs beside this one: end it, or wait "
                "until it has ended, then start again; a training goes on from what "
                "it saved."
            )
        time.sleep(POLL_S)
    return file


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
