"""Where models run, and with how many threads."""

from __future__ import annotations

import logging
import os
import tempfile
from functools import cache
from pathlib import Path

import torch

from ontogeny.errors import InputError
from ontogeny.running.locks import Taken, take_one

logger = logging.getLogger(__name__)


def choose_device(name: str) -> torch.device:
    """The device for a name; `auto` takes a CUDA GPU if there is one.

    Of several GPUs, one that no other job on this machine has; a process keeps it
    to its end. On a GPU, PyTorch is told to prefer deterministic kernels.

    Raises:
        InputError: If "cuda" is asked for and there is none.

    >>> choose_device("cpu")
    device(type='cpu')
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name != "cuda":
        return torch.device(name)
    check_gpu()
    # cuBLAS reads this when it starts.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True)
    gpu = _gpu().number
    # Also for what names no device: the random numbers' state.
    torch.cuda.set_device(gpu)
    return torch.device("cuda", gpu)


def check_gpu() -> None:
    """See that PyTorch can use a GPU here.

    Raises:
        InputError: If it cannot.
    """
    if not torch.cuda.is_available():
        raise InputError(
            "device: cuda was asked for, but PyTorch sees no GPU here: "
            "set device: auto, or install PyTorch's CUDA build (README)."
        )


@cache
def _gpu() -> Taken:
    """The GPU of this process, of those that CUDA_VISIBLE_DEVICES leaves."""
    about = [
        torch.cuda.get_device_properties(i) for i in range(torch.cuda.device_count())
    ]
    # Not their indices: those of two jobs of a cluster may count from 0 each.
    names = [str(gpu.uuid) for gpu in about]
    folder = Path(tempfile.gettempdir(), f"ontogeny-gpus-{os.getuid()}")
    taken = take_one(names, folder)
    name = f"GPU {taken.number} of {len(about)}, {about[taken.number].name}"
    if taken.others:
        logger.warning(
            "All are in use: sharing %s, with %d other job(s). With device: cuda and "
            "--resources gpu=%d they wait for each other.",
            name, taken.others, len(about),
        )  # fmt: skip
    else:
        logger.info("Running on %s.", name)
    return taken


def use_threads(threads: int) -> None:
    """Let PyTorch compute with so many threads; another number rounds differently."""
    torch.set_num_threads(threads)
