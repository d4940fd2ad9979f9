"""What a model carries from window to window, of whatever shape it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor

State = Any
"""A tensor, or lists and tuples of tensors, each of shape (layers, batch, units).

For an LSTM hidden and cell state of each layer, for a GRU hidden states alone.
"""


def map_state(function: Callable[..., Tensor], *states: State) -> State:
    """Apply a function to every tensor of a state, or of several alike, in order.

    Args:
        function: Takes as many tensors as there are states.
        states: Of one structure.

    Returns:
        What it returned, in that structure.

    Raises:
        ValueError: If the states are of different lengths.

    >>> import torch
    >>> map_state(torch.neg, [(torch.ones(1), torch.zeros(1))])
    [(tensor([-1.]), tensor([-0.]))]
    """
    first = states[0]
    if isinstance(first, Tensor):
        return function(*states)
    parts = zip(*states, strict=True)
    return type(first)(map_state(function, *part) for part in parts)
