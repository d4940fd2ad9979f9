"""A run's state on disk, so that a killed training loses minutes, not days."""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import torch

from ontogeny.disk.files import whole, write_bytes
from ontogeny.errors import InputError
from ontogeny.running.states import of_another
from ontogeny.running.sums import is_intact
from ontogeny.training.loop import Callback, Run

logger = logging.getLogger(__name__)

DIGEST = sha256().digest_size
"""Bytes of the checksum that a state file begins with."""


class SaveState(Callback):
    """Save the run now and then, and after every epoch; the last callback.

    When it saves does not influence the result: a restored run repeats the
    steps since and ends with the same bytes.

    Args:
        path: The state file; replaced whole at every saving.
        every_s: Seconds between two savings within an epoch.
    """

    def __init__(self, path: str | Path, *, every_s: float = 60.0) -> None:
        self.path = Path(path)
        self.every_s = every_s
        self._saved_at = time.monotonic()

    def at_start(self, run: Run) -> None:
        self._save(run)

    def after_step(self, run: Run) -> None:
        # The end of an epoch is saved by after_epoch, with its validation.
        due = time.monotonic() - self._saved_at >= self.every_s
        if due and run.position < len(run.batches):
            self._save(run)

    def after_epoch(self, run: Run) -> None:
        self._save(run)

    def _save(self, run: Run) -> None:
        # By way of memory: torch's own file writer hides that a disk is full.
        buffer = BytesIO()
        torch.save(run.state_dict(), buffer)
        data = buffer.getvalue()
        # Before the data, not beside them: no kill can come between the two.
        write_bytes(sha256(data).digest() + data, self.path)
        self._saved_at = time.monotonic()


def restore(run: Run, path: str | Path) -> bool:
    """Put the run where the state file left it; False if there is none.

    Raises:
        InputError: If the file is damaged, or of a training of another identity.
    """
    path = Path(path)
    if not path.exists():
        return False
    whole_file = path.read_bytes()
    said, data = whole_file[:DIGEST], whole_file[DIGEST:]
    if said != sha256(data).digest():
        raise _damaged(path)
    state = torch.load(BytesIO(data), map_location="cpu", weights_only=True)
    if state["identity"] != run.identity:
        raise of_another(path)
    run.load_state_dict(state)
    logger.info("Resuming at step %d, epoch %d.", run.step, run.epoch + 1)
    return True


def kept(path: Path) -> Path:
    """A file that a training kept in its state's folder, checked.

    Raises:
        InputError: If it is damaged or missing.
    """
    if not is_intact(path):
        raise _damaged(path)
    return path


def deliver(folder: Path, outputs: Sequence[str | Path]) -> None:
    """Give a run's files their places too, where the disk can without a copy.

    Args:
        folder: Of the state; holds a file of the name of each output.
        outputs: Where they go.

    Raises:
        InputError: If a file of the state is damaged or missing.
    """
    for output in map(Path, outputs):
        file = kept(folder / output.name)
        with whole(output) as temporary:
            temporary.unlink(missing_ok=True)
            try:
                os.link(file, temporary)
            except OSError:  # another disk, or one that knows no second names
                shutil.copyfile(file, temporary)
            # Snakemake takes a file that is older than its inputs for out of date.
            os.utime(temporary)


def _damaged(path: Path) -> InputError:
    return InputError(
        f"{path}, kept by an interrupted training, is damaged: delete {path.parent} "
        "to train from the beginning."
    )
