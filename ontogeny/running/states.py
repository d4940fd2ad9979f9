"""Where trainings keep their states, and what each belongs to.

A finished training's state stays: Snakemake deletes a job's outputs before it runs
it again, and a run that is asked for again, though nothing decides otherwise,
delivers what it has. Its files are those in results/ under a second name, so that
they take no space of their own.
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from stat import S_ISREG
from typing import Any

from ontogeny.disk.files import write_text
from ontogeny.errors import InputError
from ontogeny.running.sums import FOLDER, is_intact, keep_sums

logger = logging.getLogger(__name__)

OUTPUTS = "outputs.txt"
"""File in a state's folder: the files that its run was to make, one a line."""

DAMAGED = ".damaged"
"""How the name of a finished run's folder ends if its files were damaged."""

DELIVERED = "delivered"
"""File in a state's folder: the run is finished; says its identity, if known."""


def state_folder(base: str | Path, outputs: Iterable[str], **identity: Any) -> Path:
    """The folder of a run's state, made, and named by all that decides its result.

    A run with another config, other data or other code has another folder, so
    that no state is ever taken up by a run it does not belong to; nor have two
    jobs the same, even if their results are equal.

    Args:
        base: Holds the states of all runs, outside the workflow's outputs.
        outputs: Files that the run is to make.
        **identity: Config, data and code of the run; anything JSON can hold.
            PyTorch's version is added.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as base:
    ...     a, b = (state_folder(base, ["a.txt"], seed=seed) for seed in (1, 2))
    ...     a != b, a == state_folder(base, ["a.txt"], seed=1)
    (True, True)
    """
    identity |= {"outputs": list(outputs), "torch": version("torch")}
    text = json.dumps(identity, sort_keys=True, default=dict)
    folder = Path(base) / sha256(text.encode()).hexdigest()[:16]
    _set_aside_if_damaged(folder)
    write_text("\n".join(identity["outputs"]), folder / OUTPUTS)
    return folder


def keep_delivered(folder: Path, identity: str = "") -> None:
    """Keep the state of a run whose files have been made, for the next time.

    Those that earlier finished runs kept of some of the same files are dropped.

    Args:
        folder: Of the state.
        identity: Of the run (`Recipe.identity`); "": unknown.
    """
    keep_sums(path for path in folder.iterdir() if path.is_file())
    write_text(identity, folder / DELIVERED)
    own = _outputs(folder)
    for other in folder.parent.glob(f"*/{DELIVERED}"):
        # With more epochs it has more outputs, but some are the same.
        if other.parent != folder and not own.isdisjoint(_outputs(other.parent)):
            shutil.rmtree(other.parent)


def is_delivered(folder: Path, identity: str | None = None) -> bool:
    """Whether a run's files are all there, to be delivered again.

    Args:
        folder: Of the state.
        identity: That the run must have; None: any.

    Raises:
        InputError: If it has another.
    """
    mark = folder / DELIVERED
    if not mark.exists():
        return False
    if identity is not None and mark.read_text(encoding="utf-8").strip() != identity:
        raise of_another(mark)
    return True


def of_another(path: Path) -> InputError:
    """The sentence for what a training of other data, recipe or seed has left."""
    return InputError(
        f"{path} is of a training with other data, another recipe or seed: delete "
        f"{path.parent} to train from the beginning."
    )


def _set_aside_if_damaged(folder: Path) -> None:
    """Rename a finished run's state that cannot be delivered again.

    An unfinished one stays, and is refused when it is read.
    """
    if not is_delivered(folder):
        return
    sums = (folder / FOLDER).glob("*.sha256")
    if not all(is_intact(folder / path.stem) for path in sums):
        aside = folder.with_name(f"{folder.name}{DAMAGED}")
        logger.warning("Training anew: what %s kept is damaged.", aside)
        shutil.rmtree(aside, ignore_errors=True)
        (folder / DELIVERED).unlink()
        folder.rename(aside)


def _outputs(folder: Path) -> set[str]:
    return set((folder / OUTPUTS).read_text(encoding="utf-8").splitlines())


@dataclass(frozen=True)
class State:
    """What a training has left.

    Attributes:
        folder: Holds it.
        outputs: What the training was to make; empty if that is not known.
        saved_at: When it was last saved, in seconds since the epoch.
        size: Of those of its files that have no second name, in bytes.
        is_delivered: Whether the training is finished.
    """

    folder: Path
    outputs: tuple[str, ...]
    saved_at: float
    size: int
    is_delivered: bool = False

    @property
    def is_damaged(self) -> bool:
        """Whether it was finished, found damaged and set aside."""
        return self.folder.name.endswith(DAMAGED)

    @property
    def is_made(self) -> bool:
        """Whether its outputs have been made since it was last saved."""
        made = [Path(output) for output in self.outputs]
        return bool(made) and all(
            path.exists() and path.stat().st_mtime > self.saved_at for path in made
        )


def read_states(base: str | Path) -> list[State]:
    """The states in a folder, in order of their last saving."""
    states = (_state(folder) for folder in Path(base).glob("*/"))
    return sorted(states, key=lambda state: (state.saved_at, state.folder))


def _state(folder: Path) -> State:
    about = folder / OUTPUTS
    outputs = about.read_text(encoding="utf-8").split("\n") if about.exists() else ()
    files = []
    for file in folder.rglob("*"):
        with suppress(FileNotFoundError):  # a training that runs renames its files
            files.append(file.stat())
    return State(
        folder,
        tuple(filter(None, outputs)),
        max((f.st_mtime for f in files if S_ISREG(f.st_mode)), default=0.0),
        sum(f.st_size for f in files if S_ISREG(f.st_mode) and f.st_nlink == 1),
        is_delivered(folder),
    )
