"""The weights of one LSTM layer, checked, as decomposition needs them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn

ONE_LAYER_ONLY = "interdependence is defined here for one layer only"


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
        ValueError: If it is no plain LSTM (bidirectional, projected), of half
            precision, or a weight is NaN or infinite.
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
    for weight in lstm.parameters():
        refuse_half(weight, "LSTM")
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


def refuse_half(weight: Tensor, of: str) -> None:
    """Raise a ValueError if products with a weight are not of float32 or float64."""
    why = "interdependence is a difference of near-equal vectors"
    if weight.dtype not in (torch.float32, torch.float64):
        found = str(weight.dtype).removeprefix("torch.")
        raise ValueError(
            f"the {of}'s weights are {found}: use {of.lower()}.float(); {why}"
        )
    if torch.is_autocast_enabled(weight.device.type):
        raise ValueError(
            f"torch.autocast would compute in half precision: leave it; {why}"
        )


def one_layer(lstm: nn.LSTM, otherwise: str = "use decompose_stack") -> Gates:
    """The weights of a one-layer LSTM; of any other, a ValueError."""
    gates = gates_of(lstm)
    if lstm.num_layers != 1:
        raise ValueError(f"this LSTM has {lstm.num_layers} layers: {otherwise}")
    return gates


def layers_of(lstm: nn.LSTM | Sequence[nn.LSTM]) -> list[Gates]:
    """The weights of each layer of a torch LSTM, or of single-layer ones in order.

    Raises:
        ValueError: If there is no layer, one does not fit the next, or dropout is
            at work between them; as `gates_of`.
    """
    if isinstance(lstm, nn.LSTM):
        if lstm.training and lstm.dropout > 0 and lstm.num_layers > 1:
            raise ValueError(
                "this LSTM is in training mode, with dropout between its layers: "
                "call .eval() on it first"
            )
        return [gates_of(lstm, layer) for layer in range(lstm.num_layers)]
    if not isinstance(lstm, Iterable):
        raise ValueError(
            "decomposition is of a torch LSTM, or several in order, not "
            f"{type(lstm).__name__}"
        )
    single = "in a list of LSTMs each must have one"
    layers = [one_layer(layer, single) for layer in lstm]
    if not layers:
        raise ValueError("there is no LSTM in the list: give at least one")
    for number, (below, above) in enumerate(pairwise(layers), start=1):
        _check_fit(number, below, above)
    return layers


def _check_fit(number: int, below: Gates, above: Gates) -> None:
    width = above.inputs.shape[1]
    if width != below.hidden:
        raise ValueError(
            f"layer {number + 1} reads {width} units, layer {number} gives "
            f"{below.hidden}: are they of one model, and in order?"
        )
    one, other = ((g.inputs.dtype, g.inputs.device) for g in (below, above))
    if one != other:
        raise ValueError(
            f"layer {number} is of {one[0]} on {one[1]}, layer {number + 1} of "
            f"{other[0]} on {other[1]}: bring them together with .to()"
        )
