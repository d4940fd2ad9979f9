"""Tickets: a pruned model's weights and masks in one file, and what goes on with it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from ontogeny.disk.files import sha256, write_bytes
from ontogeny.errors import InputError, again, unreadable
from ontogeny.pruning.masks import Masks, pack_masks, unpack_masks
from ontogeny.running.sums import keep_sums
from ontogeny.training.callbacks import METADATA
from ontogeny.training.loop import Run

SUBWORDS = "subwords"
"""In what is kept with a ticket: of which subwords it is (`number_of`)."""
MASK = "mask."
"""How names begin of what are masks, bit-packed, not weights."""


def number_of(path: str | Path) -> int:
    """A number that tells a file's content from others': 48 bits of its SHA-256."""
    return int(sha256(path)[:12], 16)


class Ticket(NamedTuple):
    """A model after some prunings.

    Attributes:
        weights: Its state, by name.
        masks: Which of the prunable ones remain; None: none was pruned.
    """

    weights: dict[str, Tensor]
    masks: Masks | None


def keep_ticket(
    run: Run, path: Path, masks: Masks | None, about: dict[str, int]
) -> None:
    """Write a run's model, as it is, with its masks.

    Args:
        run: Whose model it is.
        path: Of the file.
        masks: Which of the prunable weights remain; None: none was pruned.
        about: Kept with it: iteration, epoch and step, and `Training.about`.

    Raises:
        InputError: If a weight is NaN or infinite.
    """
    weights = _on_cpu(run.model.state_dict())
    for name, weight in weights.items():
        if not weight.isfinite().all():
            raise InputError(
                f"{name} is NaN or infinite after step {run.step}: lower the learning "
                "rate."
            )
    packed = {MASK + n: mask for n, mask in pack_masks(masks or {}).items()}
    _write(weights | packed, path, about)


def read_about(path: Path) -> dict[str, int]:
    """What a ticket was kept with: iteration, epoch, step, and `Training.about`.

    Raises:
        InputError: If the file is missing, damaged or no ticket.
    """
    try:
        with safe_open(path, framework="pt") as file:
            return json.loads((file.metadata() or {})[METADATA])
    except (SafetensorError, OSError, RuntimeError, ValueError, KeyError) as error:
        raise unreadable(path, error) from error


def read_ticket(path: Path, prunable: Sequence[str] | None) -> Ticket:
    """Read what `keep_ticket` has written.

    Args:
        path: Its file.
        prunable: Names of the weights that may have masks; None: no mask is asked for.

    Raises:
        InputError: If the file is missing or damaged, or its masks are another model's.
    """
    tensors = _read(path)
    weights = {n: t for n, t in tensors.items() if not n.startswith(MASK)}
    packed = {n.removeprefix(MASK): t for n, t in tensors.items() if n.startswith(MASK)}
    if prunable is None or not packed:
        return Ticket(weights, None)
    missing = [name for name in prunable if name not in weights]
    if missing:
        raise InputError(
            f"{path} is of another model: it has no {missing[0]}; delete it and "
            f"{again(path)}."
        )
    try:
        masks = unpack_masks(packed, {name: weights[name] for name in prunable})
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    for name, mask in masks.items():
        if weights[name][~mask].any():
            raise InputError(
                f"{path}: {name} is not 0 where its mask says that it was pruned: the "
                "file is damaged, or the mask another model's; delete it and "
                f"{again(path)}."
            )
    return Ticket(weights, masks)


def keep_moments(run: Run, path: Path, about: dict[str, int]) -> None:
    """Write what an optimiser knows of each parameter: moments and steps."""
    moments = {
        f"{name}.{kind}": value
        for name, weight in run.model.named_parameters()
        for kind, value in run.optimiser.state[weight].items()
    }
    _write(_on_cpu(moments), path, about)


def load_moments(run: Run, path: Path) -> None:
    """Let an optimiser know what `keep_moments` has written.

    Raises:
        InputError: If the file is missing or damaged, or of another model.
    """
    found = _read(path)
    names = dict(run.model.named_parameters())
    different = names.keys() ^ {key.rpartition(".")[0] for key in found}
    if different:
        raise _of_another(path, min(different))
    for key, value in found.items():
        name, _, kind = key.rpartition(".")
        if value.dim() and value.shape != names[name].shape:
            raise _of_another(path, name)
        # Steps stay on the CPU, as PyTorch keeps them.
        where = names[name].device if value.dim() else torch.device("cpu")
        run.optimiser.state[names[name]][kind] = value.to(where)


def _of_another(path: Path, name: str) -> InputError:
    return InputError(
        f"{path} is of another model than the config's: {name}; delete it and "
        f"{again(path)}."
    )


def _on_cpu(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: t.detach().contiguous().cpu() for name, t in tensors.items()}


def _write(tensors: dict[str, Tensor], path: Path, about: dict[str, int]) -> None:
    # One key only: safetensors writes several in no fixed order.
    write_bytes(save(tensors, {METADATA: json.dumps(about)}), path)
    keep_sums([path])


def _read(path: Path) -> dict[str, Tensor]:
    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, RuntimeError, ValueError) as error:
        raise unreadable(path, error) from error
