"""What decomposition is given, checked and brought into one form."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ontogeny.measures.decomposition.gates import Gates
from ontogeny.statistics.arrays import as_array

State = tuple[Tensor, Tensor]
"""Hidden and cell state carried in, as torch has them: (1, batch, hidden) each."""


def as_batch(inputs: Any, gates: Gates) -> Tensor:
    """Inputs as a tensor (batch, time, d) of the weights' type and device."""
    return _finite(_shaped(inputs, gates), "inputs")


def as_sentences(inputs: Any, lengths: Any, gates: Gates) -> tuple[Tensor, np.ndarray]:
    """Inputs as `as_batch` has them, padding zero, and the words of each sentence."""
    x = _shaped(inputs, gates)
    if lengths is None:
        return _finite(x, "inputs"), np.full(len(x), x.shape[1])
    length = as_lengths(lengths)
    fits = length.shape == (len(x),)
    if not fits or length.min() < 1 or length.max() > x.shape[1]:
        raise ValueError(
            f"lengths must be {len(x)} whole numbers from 1 to {x.shape[1]}"
        )
    time = torch.arange(x.shape[1], device=x.device)
    padding = time >= torch.from_numpy(length).to(x.device)[:, None]
    return _finite(x.masked_fill(padding[..., None], 0), "inputs"), length


def _shaped(inputs: Any, gates: Gates) -> Tensor:
    x = as_tensor(inputs, "inputs must be an array or tensor of floats")
    if x.ndim not in (2, 3) or 0 in x.shape:
        raise ValueError(
            f"inputs must be (time, d) or (batch, time, d), found {tuple(x.shape)}"
        )
    width = gates.inputs.shape[1]
    if x.shape[-1] != width:
        raise ValueError(f"the LSTM reads {width} units, inputs have {x.shape[-1]}")
    if not x.is_floating_point():
        raise ValueError(f"inputs must be finite floats, found {x.dtype}")
    return (x if x.ndim == 3 else x[None]).detach().to(gates.inputs)


def _finite(x: Tensor, name: str) -> Tensor:
    """The same tensor; looked at in the weights' type, in which it may overflow."""
    if not x.isfinite().all():
        raise ValueError(
            f"{name} must be finite in the weights' type, {x.dtype}, found NaN or "
            "infinity"
        )
    return x


def as_focus(focus: Any, batch: Tensor) -> Tensor:
    """A focus as a mask (batch, time); one of shape (time,) serves every sequence."""
    mask = as_tensor(focus, "a focus is a boolean mask")
    if mask.dtype != torch.bool:
        raise ValueError(f"a focus is a boolean mask, found {mask.dtype}")
    shape = tuple(batch.shape[:2])
    if tuple(mask.shape) not in (shape, shape[1:]):
        raise ValueError(
            f"the focus has shape {tuple(mask.shape)}, the inputs have {shape[1]} "
            f"steps in each of {shape[0]} sequences"
        )
    return mask.to(batch.device).expand(shape)


def as_state(
    state: State | None, batch: Tensor, hidden: int, name: str = "the state"
) -> State:
    """A carried-in state as (batch, hidden) twice; zero if None."""
    shape = (len(batch), hidden)
    if state is None:
        return batch.new_zeros(shape), batch.new_zeros(shape)
    must = f"{name} must be a pair (h, c) of tensors"
    parts = [as_tensor(part, must) for part in _members(state, must)]
    if len(parts) != 2:
        raise ValueError(f"{must}, found a sequence of {len(parts)}")
    # One sequence may come without its axis, as torch allows.
    fitting = [(1, *shape), shape] + [shape[1:]] * (len(batch) == 1)
    found = [tuple(part.shape) for part in parts]
    if any(one not in fitting for one in found):
        raise ValueError(
            f"{name} must be h and c of shape (1, {len(batch)}, {hidden}) each, found "
            f"{found[0]} and {found[1]}"
        )
    h, c = (_finite(part.detach().to(batch), name) for part in parts)
    return h.reshape(shape), c.reshape(shape)


def as_states(state: Any, layers: int) -> list[State | None]:
    """The state of each layer of a stack, from torch's (h, c) or one pair a layer."""
    if state is None:
        return [None] * layers
    must = (
        f"the state of {layers} layers must be (h, c) of shape ({layers}, batch, "
        "hidden) each, or one pair (h, c) of tensors per layer"
    )
    parts = _members(state, must)
    if len(parts) == 2 and all(map(_is_array, parts)):
        h, c = (as_tensor(part, must) for part in parts)
        if h.shape[:1] != (layers,) or c.shape[:1] != (layers,):
            raise ValueError(f"{must}, found {tuple(h.shape)} and {tuple(c.shape)}")
        return list(zip(h, c, strict=True))
    if len(parts) != layers:
        raise ValueError(f"{must}, found a sequence of {len(parts)}")
    # A pair of lists may be either form: what is in it must tell.
    pairs = [None if part is None else _members(part, must) for part in parts]
    if not all(pair is None or all(map(_is_array, pair)) for pair in pairs):
        raise ValueError(f"{must}, found other than tensors in a pair")
    return parts


def as_lengths(lengths: Any) -> np.ndarray:
    """Words of each sentence, shape (sentences,), int64."""
    must = "lengths must be whole numbers from 0, one for each sentence"
    if isinstance(lengths, Tensor):
        lengths = lengths.cpu()
    try:
        length = np.asarray(lengths)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{must}, found {type(lengths).__name__}") from error
    if length.shape == (0,):  # an empty list has no type of its own
        return length.astype(np.int64)
    if length.ndim != 1 or length.dtype.kind not in "iu" or length.min() < 0:
        raise ValueError(f"{must}, found {lengths!r}")
    return length.astype(np.int64)


def as_window(window: Any) -> int:
    """The largest distance of a pair.

    >>> as_window(np.int64(10))
    10
    """
    whole = isinstance(window, numbers.Integral) and not isinstance(window, bool)
    if not whole or window < 1:
        raise ValueError(
            f"the window must be a whole number of at least 1, found {window!r}"
        )
    return int(window)


def as_tensor(given: Any, must: str) -> Tensor:
    """What is given as a tensor; else a ValueError that says what it must be."""
    # torch takes no negative strides nor foreign byte order, and warns of an array
    # that cannot be written to: a copy has none of these.
    given = as_array(given)
    if isinstance(given, np.ndarray):
        given = np.array(given, dtype=given.dtype.newbyteorder("="))
    try:
        return torch.as_tensor(given)
    except (TypeError, ValueError, RuntimeError, OverflowError) as error:
        found = f"{given.dtype} array" if _is_array(given) else type(given).__name__
        raise ValueError(f"{must}, found {found}") from error


def _members(given: Any, must: str) -> list[Any]:
    try:
        return list(given)
    except TypeError as error:
        raise ValueError(f"{must}, found {type(given).__name__}") from error


def _is_array(given: Any) -> bool:
    return isinstance(given, Tensor | np.ndarray)


def like(given: Any, *results: Tensor) -> tuple[Any, ...]:
    """Results as numpy arrays where numpy was given, else as they are."""
    if isinstance(given, np.ndarray):
        return tuple(result.cpu().numpy() for result in results)
    return results
