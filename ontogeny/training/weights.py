"""Checkpoints of a training, loaded again."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import nn

from ontogeny.errors import InputError
from ontogeny.files import unreadable
from ontogeny.training.callbacks import METADATA


def load_weights(model: nn.Module, path: str | Path) -> tuple[int, int]:
    """Load a checkpoint into a model; return its epoch and step.

    Raises:
        InputError: If the file is missing, damaged, or of another model.
    """
    try:
        with safe_open(path, framework="pt") as file:
            about = json.loads(file.metadata()[METADATA])
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        model.load_state_dict(weights)
    except (SafetensorError, OSError, RuntimeError, LookupError, TypeError) as error:
        raise unreadable(path, error) from error
    for name, weight in weights.items():
        if not torch.isfinite(weight).all():
            raise InputError(f"{path}: {name} holds NaN or infinity; train again.")
    return about["epoch"], about["step"]


def sizes(path: str | Path) -> tuple[int, int]:
    """How many words a checkpoint's model reads, and of how many classes it tells.

    Raises:
        InputError: If the file is missing or damaged.
    """
    try:
        with safe_open(path, framework="pt") as file:
            read, told = (
                file.get_slice(f"{name}.weight").get_shape()[0]
                for name in ("embedding", "decoder")
            )
    except (SafetensorError, OSError) as error:
        raise unreadable(path, error) from error
    return read, told
