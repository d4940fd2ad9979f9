"""Where models run, and with how many threads."""

from __future__ import annotations

import os

import torch

from ontogeny.errors import InputError


def choose_device(name: str) -> torch.device:
    """The device for a name; `auto` takes a CUDA GPU if there is one.

    On a GPU, PyTorch is told to prefer deterministic kernels.

    Raises:
        InputError: If "cuda" is asked for and there is none.

    >>> choose_device("cpu")
    device(type='cpu')
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda":
        if not torch.cuda.is_available():
            raise InputError(
                "device: cuda was asked for, but PyTorch sees no GPU here: "
                "set device: auto, or install PyTorch's CUDA build (README)."
            )
        # cuBLAS reads this when it starts.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.use_deterministic_algorithms(True)
    return torch.device(name)


def use_threads(threads: int) -> None:
    """Let PyTorch compute with so many threads; another number rounds differently."""
    torch.set_num_threads(threads)
