"""What decomposition is given, checked and brought into one form."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from ontogeny.decomposition.gates import Gates

State = tuple[Tensor, Tensor]
"""Hidden and cell state carried in, as torch has them: (1, batch, hidden) each."""


def as_batch(inputs: Any, gates: Gates) -> Tensor:
    """Inputs as a tensor (batch, time, d) of the weights' type and device."""
    x = torch.as_tensor(inputs)
    if x.ndim not in (2, 3) or 0 in x.shape:
        raise ValueError(
            f"inputs must be (time, d) or (batch, time, d), found {tuple(x.shape)}"
        )
    width = gates.inputs.shape[1]
    if x.shape[-1] != width:
        raise ValueError(f"the LSTM reads {width} units, inputs have {x.shape[-1]}")
    if not x.is_floating_point() or not x.isfinite().all():
        raise ValueError("inputs must be finite floats")
    return (x if x.ndim == 3 else x[None]).detach().to(gates.inputs)


def as_focus(focus: Any, batch: Tensor) -> Tensor:
    """A focus as a mask (batch, time); one of shape (time,) serves every sequence."""
    mask = torch.as_tensor(focus)
    if mask.dtype != torch.bool:
        raise ValueError(f"a focus is a boolean mask, found {mask.dtype}")
    shape = tuple(batch.shape[:2])
    if tuple(mask.shape) not in (shape, shape[1:]):
        raise ValueError(
            f"the focus has shape {tuple(mask.shape)}, the inputs have {shape[1]} "
            f"steps in each of {shape[0]} sequences"
        )
    return mask.to(batch.device).expand(shape)


def as_state(state: State | None, batch: Tensor, hidden: int) -> State:
    """A carried-in state as (batch, hidden) twice; zero if None."""
    shape = (len(batch), hidden)
    if state is None:
        return batch.new_zeros(shape), batch.new_zeros(shape)
    h, c = (torch.as_tensor(part).to(batch) for part in state)
    if any(part.numel() != len(batch) * hidden for part in (h, c)):
        raise ValueError(
            f"the state must hold {len(batch)} × {hidden} numbers twice, found "
            f"shapes {tuple(h.shape)} and {tuple(c.shape)}"
        )
    return h.reshape(shape), c.reshape(shape)


def like(given: Any, *results: Tensor) -> tuple[Any, ...]:
    """Results as numpy arrays where numpy was given, else as they are."""
    if isinstance(given, np.ndarray):
        return tuple(result.cpu().numpy() for result in results)
    return results
