"""The weights of one LSTM layer, checked, as decomposition needs them."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn


class Gates(NamedTuple):
    """Weights of a layer; its rows are the gates i, f, g, o, `hidden` each.

    Attributes:
        inputs: W, shape (4 · hidden, d).
        recurrent: V, shape (4 · hidden, hidden).
        bias: b, the sum of PyTorch's two, shape (4 · hidden,).
    """

    inputs: Tensor
    recurrent: Tensor
    bias: Tensor

    @property
    def hidden(self) -> int:
        """Units of the layer."""
        return self.recurrent.shape[1]


def gates_of(lstm: nn.LSTM, layer: int = 0) -> Gates:
    """The weights of a torch LSTM's layer.

    Raises:
        ValueError: If it is no plain LSTM (bidirectional, projected) or a weight
            is NaN or infinite.
    """
    if not isinstance(lstm, nn.LSTM):
        raise ValueError(f"decomposition is of a torch LSTM, not {type(lstm).__name__}")
    for feature, present in (
        ("bidirectional", lstm.bidirectional),
        ("projected (proj_size)", lstm.proj_size > 0),
    ):
        if present:
            raise ValueError(
                f"this LSTM is {feature}: decomposition is defined for plain ones only"
            )
    inputs = getattr(lstm, f"weight_ih_l{layer}").detach()
    recurrent = getattr(lstm, f"weight_hh_l{layer}").detach()
    bias = inputs.new_zeros(len(inputs))
    if lstm.bias:
        bias = (getattr(lstm, f"bias_{p}_l{layer}").detach() for p in ("ih", "hh"))
        bias = torch.stack(list(bias)).sum(0)
    for name, weight in (("input", inputs), ("recurrent", recurrent), ("bias", bias)):
        if not weight.isfinite().all():
            raise ValueError(
                f"layer {layer + 1}'s {name} weights are NaN or infinite: take a "
                "checkpoint from before training diverged"
            )
    return Gates(inputs, recurrent, bias)


def one_layer(lstm: nn.LSTM) -> Gates:
    """The weights of a one-layer LSTM; of any other, a ValueError."""
    gates = gates_of(lstm)
    if lstm.num_layers != 1:
        raise ValueError(f"this LSTM has {lstm.num_layers} layers: use decompose_stack")
    return gates
