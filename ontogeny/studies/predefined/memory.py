"""What a layer stores while it learns, counted from what there is in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import torch
from torch import Tensor, nn

FLOAT_BYTES = 4


def stored_floats(module: nn.Module, x: Tensor) -> float:
    """Floats that a layer, its gradients and Adam hold after a step of learning.

    Parameters, buffers, other tensors that a module keeps, gradients, and the
    optimiser's state, each memory once. A number of eight bytes, such as an index,
    counts twice; a zero that is stored counts as any other.

    Args:
        module: In float32; what it returns first is summed up for a loss.
        x: Which it is called with.

    >>> layer = nn.Linear(3, 4)
    >>> stored_floats(layer, torch.ones(3))  # 4 times 16, and two counts of steps
    66.0
    >>> layer.register_buffer("kept", torch.arange(5))
    >>> stored_floats(layer, torch.ones(3))
    76.0
    """
    module.zero_grad()
    optimiser = torch.optim.Adam(module.parameters())
    output = module(x)
    (output[0] if isinstance(output, tuple) else output).sum().backward()
    optimiser.step()
    held = [*_held(module), *_tensors(optimiser.state.values())]
    found = {one.data_ptr(): one.numel() * one.element_size() for one in held}
    return sum(found.values()) / FLOAT_BYTES


def _held(module: nn.Module) -> Iterator[Tensor]:
    """Tensors of a module and of those in it, and their gradients."""
    for part in module.modules():
        # Also what is no parameter and no buffer, as a mask might be.
        for one in [
            *part.parameters(False),
            *part.buffers(False),
            *vars(part).values(),
        ]:
            if isinstance(one, Tensor):
                yield one
                if one.is_leaf and one.grad is not None:
                    yield one.grad


def _tensors(states: Iterable[dict[str, object]]) -> Iterator[Tensor]:
    for state in states:
        yield from (one for one in state.values() if isinstance(one, Tensor))
