"""A run's state on disk, so that a killed training loses minutes, not days."""

from __future__ import annotations

import json
import logging
import shutil
import time
from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import torch

from ontogeny.errors import InputError
from ontogeny.files import whole, write_bytes
from ontogeny.training.loop import Callback, Run

logger = logging.getLogger(__name__)


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
        write_bytes(buffer.getvalue(), self.path)
        self._saved_at = time.monotonic()


def restore(run: Run, path: str | Path) -> bool:
    """Put the run where the state file left it; False if there is none.

    Raises:
        InputError: If the file is damaged or of another model.
    """
    path = Path(path)
    if not path.exists():
        return False
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        run.load_state_dict(state)
    # torch raises whatever the damaged byte makes it stumble over.
    except Exception as error:
        raise InputError(
            f"The training state {path} is damaged ({type(error).__name__}): "
            f"delete {path.parent} to train from the beginning."
        ) from error
    logger.info("Resuming at step %d, epoch %d.", run.step, run.epoch + 1)
    return True


def state_folder(base: str | Path, **identity: Any) -> Path:
    """The folder of a run's state, named by all that decides its result.

    A run with another config, other data or other code has another folder, so
    that no state is ever taken up by a run it does not belong to.

    Args:
        base: Holds the states of all runs, outside the workflow's outputs.
        **identity: Config, data and code of the run; anything JSON can hold.

    >>> a, b = (state_folder("state", seed=seed) for seed in (1, 2))
    >>> a != b, a == state_folder("state", seed=1)
    (True, True)
    """
    text = json.dumps(identity, sort_keys=True, default=dict)
    return Path(base) / sha256(text.encode()).hexdigest()[:16]


def deliver(folder: Path, outputs: Sequence[str | Path]) -> None:
    """Copy a finished run's files to where they belong, then drop its state.

    Args:
        folder: Of the state; holds a file of the name of each output.
        outputs: Where they go.
    """
    for output in map(Path, outputs):
        with whole(output) as temporary:
            shutil.copyfile(folder / output.name, temporary)
    # The state first: without it a restart begins anew, and with the weights
    # gone it could not go on.
    (folder / "state.pt").unlink()
    shutil.rmtree(folder)
