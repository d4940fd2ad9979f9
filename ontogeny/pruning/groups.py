"""Groups of an LSTM's weights, their norms and their penalty."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ontogeny.pruning.layers import (
    EPSILON,
    LayerWeights,
    group_squares,
    threshold_layers_,
)
from ontogeny.pruning.structure import Reader


def _layers(lstm: nn.LSTM, reader: Reader) -> list[LayerWeights]:
    last = reader.weight_ih_l0 if isinstance(reader, nn.LSTM) else reader.weight
    inputs = [getattr(lstm, f"weight_ih_l{n}") for n in range(lstm.num_layers)]
    readers = [*inputs[1:], last]
    return [
        LayerWeights(inputs[n], getattr(lstm, f"weight_hh_l{n}"), readers[n])
        for n in range(lstm.num_layers)
    ]


def penalty(
    lstm: nn.LSTM,
    reader: Reader,
    *,
    groups: str,
    lambda_group: float,
    lambda_l1: float,
    l1_on_output: bool = True,
) -> Tensor:
    """λ₁ Σ √(Σ w² + ε) over groups, and λ₂ Σ |w| over weights; differentiable.

    Source: Lobacheva et al. (2020), the objective of "Implementation of the idea in
    pruning"; ε = 1e-8 as the code of Wen et al. (2018) has it.
    """
    layers = _layers(lstm, reader)
    total = torch.zeros((), dtype=layers[0].input.dtype)
    for layer in layers:
        for squares in group_squares(layer, groups):
            total = total + lambda_group * (squares + EPSILON).sqrt().sum()
        for matrix in (layer.input, layer.recurrent):
            total = total + lambda_l1 * matrix.abs().sum()
    if l1_on_output:
        total = total + lambda_l1 * layers[-1].reader.abs().sum()
    return total


def threshold_(lstm: nn.LSTM, reader: Reader, value: float) -> None:
    """Set to 0 every weight of layers and reader that is smaller than a value."""
    threshold_layers_(_layers(lstm, reader), value)
