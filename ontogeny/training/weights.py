"""Checkpoints of a training, loaded again."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from ontogeny.errors import InputError, again, unreadable
from ontogeny.training.callbacks import METADATA


def load_weights(model: nn.Module, path: str | Path) -> tuple[int, int]:
    """Load a checkpoint into a model; return its epoch and step.

    Raises:
        InputError: If the file is missing, damaged, or of another model.
    """
    try:
        with safe_open(path, framework="pt") as file:
            about = json.loads((file.metadata() or {}).get(METADATA, "{}"))
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, RuntimeError, ValueError) as error:
        raise unreadable(path, error) from error
    if not {"epoch", "step"} <= about.keys():
        raise InputError(
            f"{path} is no checkpoint of ours: it does not say which epoch and step it "
            f"is of; delete it and {again(path)}."
        )
    _load(model, weights, path)
    for name, weight in weights.items():
        if not torch.isfinite(weight).all():
            raise InputError(f"{path}: {name} holds NaN or infinity; train again.")
    return about["epoch"], about["step"]


def _load(model: nn.Module, weights: dict[str, Tensor], path: str | Path) -> None:
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        # The first line says but what was tried.
        reason = " ".join(str(error).partition("\n")[2].split("\n")[0].split())
        raise InputError(
            f"{path} is of another model than the config's ({reason.rstrip('.')}): "
            f"delete it and {again(path)}."
        ) from error


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
