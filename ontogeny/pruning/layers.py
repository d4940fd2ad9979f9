"""Group lasso and cut on bare matrices: the hot path of a training that prunes.

A layer of H units on I inputs has W^x (4H × I) and W^h (4H × H), gates in the order i,
f, g, o; the R × H matrix that reads it is the next layer's W^x, or the output's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

EPSILON = 1e-8
"""Added to a group's sum of squares, so that its root has a gradient at 0."""

BLOCK = 1 << 18
"""Entries of a matrix that are worked on at a time."""

GROUPS = ("wgn", "iss", "iss_code")
"""W+G+N: five groups a neuron. W+N, intrinsic sparse structures: their union, in which
a weight counts once, or as often as the code of Wen et al. (2018) counts it."""


class LayerWeights(NamedTuple):
    """The matrices of one layer, or their gradients.

    Attributes:
        input: W^x, shape (4H, I).
        recurrent: W^h, shape (4H, H).
        reader: Of what reads the layer, shape (R, H).
    """

    input: Tensor
    recurrent: Tensor
    reader: Tensor


def group_squares(layer: LayerWeights, groups: str) -> tuple[Tensor, Tensor]:
    """Sums of squares of a layer's groups.

    Args:
        layer: Its matrices.
        groups: One of `GROUPS`.

    Returns:
        Of gates, shape (4, H), and of columns, shape (H,); where a neuron is one group,
        (0, H) and that of neurons.

    Raises:
        ValueError: If there are no such groups.

    >>> ones = LayerWeights(torch.ones(8, 3), torch.ones(8, 2), torch.ones(5, 2))
    >>> [int(sums[..., 0].max()) for sums in group_squares(ones, "wgn")]
    [5, 13]
    >>> [int(group_squares(ones, groups)[1][0]) for groups in ("iss", "iss_code")]
    [29, 33]
    """
    if groups not in GROUPS:
        raise ValueError(f"groups must be one of {', '.join(GROUPS)}, found {groups!r}")
    squares = layer.recurrent.square()
    rows = (layer.input.square().sum(1) + squares.sum(1)).view(4, -1)
    columns = squares.sum(0)
    for block in _blocks(layer.reader):
        columns = columns + block.square().sum(0)
    if groups == "wgn":
        return rows, columns
    neurons = rows.sum(0) + columns
    if groups == "iss":
        hidden = len(columns)
        own = squares.view(4, hidden, hidden).diagonal(dim1=1, dim2=2)
        neurons = neurons - own.sum(0)
    return rows[:0], neurons


@torch.no_grad()
def add_penalty_gradient_(
    layers: Sequence[LayerWeights],
    gradients: Sequence[LayerWeights],
    *,
    groups: str,
    lambda_group: float,
    lambda_l1: float,
    l1_on_output: bool = True,
) -> None:
    """Add the gradient of the penalties, in closed form, to gradients that are there.

    Of a group of norm n = √(Σ w² + ε) it is λ₁ w / n, of the sizes λ₂ sign w, which is
    0 at 0. A matrix that reads one layer and belongs to the next gets both layers'.

    Args:
        layers: From below; the reader of one is the input matrix of the next.
        gradients: Of the same matrices, changed in place.
        groups: One of `GROUPS`.
        lambda_group: λ₁.
        lambda_l1: λ₂, of W^x and W^h of every layer and of the last reader.
        l1_on_output: Whether the last reader has λ₂ too.

    Raises:
        ValueError: If there are no such groups, or not as many gradients as layers.

    Source: Lobacheva et al. (2020), "Implementation of the idea in pruning".

    >>> weight, gradient = torch.ones(4, 1), torch.zeros(4, 1)
    >>> add_penalty_gradient_(
    ...     [LayerWeights(weight, weight, torch.ones(1, 1))],
    ...     [LayerWeights(gradient, torch.zeros(4, 1), torch.zeros(1, 1))],
    ...     groups="wgn", lambda_group=1.0, lambda_l1=0.0)
    >>> gradient.T  # each row of W^x and W^h has the norm √2
    tensor([[0.7071, 0.7071, 0.7071, 0.7071]])
    """
    for layer, gradient in zip(layers, gradients, strict=True):
        rows, columns = group_squares(layer, groups)
        of_column = lambda_group * torch.rsqrt(columns + EPSILON)
        if groups == "wgn":
            of_row = lambda_group * torch.rsqrt(rows + EPSILON).view(-1, 1)
        else:
            of_row = of_column.repeat(4)[:, None]
        gradient.input.addcmul_(layer.input, of_row)
        # A weight of W^h is in two groups: that of its row and that of its column.
        gradient.recurrent.addcmul_(layer.recurrent, of_row)
        gradient.recurrent.addcmul_(layer.recurrent, of_column)
        if groups == "iss":
            _once_(gradient.recurrent, layer.recurrent, of_column)
        gradient.reader.addcmul_(layer.reader, of_column)
    if lambda_l1:
        for added, weight in zip(
            matrices(gradients, output=l1_on_output),
            matrices(layers, output=l1_on_output),
            strict=True,
        ):
            for there, block in zip(_blocks(added), _blocks(weight), strict=True):
                there.add_(block.sign(), alpha=lambda_l1)


def _once_(gradient: Tensor, weight: Tensor, of_neuron: Tensor) -> None:
    """Take back what a weight from a unit to its own gates has twice."""
    hidden = len(of_neuron)
    own, values = (
        matrix.view(4, hidden, hidden).diagonal(dim1=1, dim2=2)
        for matrix in (gradient, weight)
    )
    own.addcmul_(values, of_neuron, value=-1)


@torch.no_grad()
def threshold_layers_(
    layers: Sequence[LayerWeights], value: float, *, output: bool = True
) -> None:
    """Set every weight to 0 whose size is below a value; NaN stays.

    Args:
        layers: See `add_penalty_gradient_`.
        value: The least size that is left.
        output: Whether the last reader is cut too.

    >>> weight = torch.tensor([[0.1, -0.1, 0.09, -2.0]])
    >>> threshold_layers_([LayerWeights(weight, weight, weight)], 0.1)
    >>> weight
    tensor([[ 0.1000, -0.1000,  0.0000, -2.0000]])
    """
    for matrix in matrices(layers, output=output):
        # hardshrink keeps what is larger than its bound: the number below the value.
        least = torch.tensor(value, dtype=matrix.dtype)
        bound = torch.nextafter(least, torch.zeros_like(least)).item()
        torch.ops.aten.hardshrink.out(matrix, bound, out=matrix)


def matrices(layers: Sequence[LayerWeights], *, output: bool) -> list[Tensor]:
    """W^x and W^h of each layer, each once, and the last reader if `output`."""
    own = [matrix for layer in layers for matrix in (layer.input, layer.recurrent)]
    return [*own, layers[-1].reader] if output else own


def _blocks(matrix: Tensor) -> tuple[Tensor, ...]:
    """Some rows at a time, so that what is made of them stays in the cache."""
    return matrix.split(max(1, BLOCK // matrix.shape[1]))
