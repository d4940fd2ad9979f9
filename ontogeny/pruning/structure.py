"""What is left of a pruned LSTM: neurons, gates, weights, multiply–adds."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ontogeny.pruning.layers import LayerWeights
from ontogeny.pruning.modules import Reader, layer_number, layers_of


class Count(NamedTuple):
    """What is left of a network; as text, a line.

    Attributes:
        neurons: Remaining, of each layer.
        gates: Of these, those that are not constant.
        weights: In W^x and W^h of every layer, the reader and `others`.
        nonzero: Of these, after removal.
        compression: weights / nonzero; inf where no weight is left.
        operations: Multiply–adds of all layers' products for a step of one sequence.
        operations_shrunk: Of what `shrink` gives.
        operations_skipped: Of that with constant gates left out.
        operations_output: Of the reader's product, and `operations_output_shrunk`.
    """

    neurons: tuple[int, ...]
    gates: tuple[int, ...]
    weights: int
    nonzero: int
    compression: float
    operations: int
    operations_shrunk: int
    operations_skipped: int
    operations_output: int
    operations_output_shrunk: int

    def __str__(self) -> str:
        neurons, gates = ("–".join(map(str, its)) for its in (self.neurons, self.gates))
        compression = "all" if self.nonzero == 0 else f"{self.compression:.2f}"
        return f"neurons {neurons}, gates {gates}, compression {compression}"


def gate_structure(
    lstm: nn.LSTM, reader: Reader, *, layer: int | None = None
) -> tuple[Tensor, Tensor]:
    """Which gates of a layer are not constant, and which neurons remain.

    A neuron is removed if all weights that read it are exactly 0: its column of W^h
    and of the next layer's matrix. A gate is constant if its row is 0 in what remains:
    all inputs or the remaining neurons of the layer below, and the layer's own. A
    neuron with four constant gates remains if anything reads it.

    Args:
        lstm: Of any number of layers.
        reader: What reads the last layer, an `nn.Linear` or an `nn.LSTM`.
        layer: From 0; None: the only one.

    Returns:
        Bool (hidden, 4), False in the rows of removed neurons, gates in the order i, f,
        g, o; and bool (hidden,).

    Raises:
        ValueError: If there is no such layer, or the modules are bidirectional,
            projected or do not fit.

    Source: Lobacheva et al. (2020), "Main idea".

    >>> lstm, reader = nn.LSTM(1, 2), nn.Linear(2, 1)
    >>> with torch.no_grad():
    ...     _ = lstm.weight_hh_l0[:, 1].zero_(), reader.weight[:, 1].zero_()
    ...     _ = lstm.weight_hh_l0[0].zero_(), lstm.weight_ih_l0[0].zero_()
    >>> gate_structure(lstm, reader)[0].tolist()
    [[False, True, True, True], [False, False, False, False]]
    """
    layers = layers_of(lstm, reader)
    number = layer_number(lstm, layer)
    remaining = remaining_neurons(layers)
    below = remaining[number - 1] if number else None
    live = live_gates(layers[number], remaining[number], below)
    return live.T, remaining[number]


def remaining_neurons(layers: Sequence[LayerWeights]) -> list[Tensor]:
    """Of each layer, which neurons anything reads, bool, shape (hidden,).

    ASSUME: in one pass, as the public code of the Bayesian models has it | until
    nothing changes: a neuron that is read by removed neurons alone remains.

    Raises:
        ValueError: If a weight is NaN or infinite.
    """
    for number, layer in enumerate(layers):
        broken = sum(int((~weight.isfinite()).sum()) for weight in layer)
        if broken:
            raise ValueError(
                f"{broken:,} weights of layer {number} and its reader are NaN or "
                "infinite: nothing can be said of what is left"
            )
    return [
        (layer.recurrent != 0).any(0) | (layer.reader != 0).any(0) for layer in layers
    ]


def live_gates(layer: LayerWeights, remaining: Tensor, below: Tensor | None) -> Tensor:
    """Which gates depend on anything that remains, bool, shape (4, hidden).

    Args:
        layer: Its matrices.
        remaining: Its neurons that remain.
        below: Neurons that remain of the layer below; None: all inputs.
    """
    read = layer.input != 0
    if below is not None:
        read = read & below
    row = read.any(1) | ((layer.recurrent != 0) & remaining).any(1)
    return row.view(4, -1) & remaining


@torch.no_grad()
def count(lstm: nn.LSTM, reader: Reader, *, others: Sequence[Tensor] = ()) -> Count:
    """Count what is left, as table 1 of Lobacheva et al. (2020) does.

    A weight counts as zero if it is 0 or in the row of a removed neuron (all of its
    column is 0). An embedding among `others` and W^x of the first layer meet in inputs:
    one that no remaining row of W^x reads, or that the embedding has 0 for in every
    word, counts as zero in both. Scales z, where there are any, are to be multiplied
    into rows and columns before; then a cut word is a row of zeros already.

    ASSUME: neurons, then inputs, each in one pass; rows of gates whose z is cut are 0
    too | counted, as in the public code of the Bayesian models. No biases are counted.

    Args:
        lstm: Of any number of layers.
        reader: What reads the last layer; of an `nn.LSTM` its first W^x alone.
        others: Weights of the network that count too. The first is the embedding if it
            is of shape (words, inputs of the LSTM).

    Returns:
        Of all layers. An `nn.LSTM` is counted as it stands: masks of
        `torch.nn.utils.prune` are zeros.

    Raises:
        ValueError: See `gate_structure`.

    >>> lstm, reader = nn.LSTM(2, 3), nn.Linear(3, 5)
    >>> with torch.no_grad():
    ...     for weight in (lstm.weight_hh_l0, reader.weight):
    ...         _ = weight[:, 0].zero_()
    >>> left = count(lstm, reader)
    >>> print(left)
    neurons 2, gates 8, compression 1.79
    >>> left.weights, left.nonzero, left.operations, left.operations_shrunk
    (75, 42, 60, 32)
    """
    layers = layers_of(lstm, reader)
    remaining = remaining_neurons(layers)
    own, gates = [], []
    skipped = 0
    for number, layer in enumerate(layers):
        here, below = remaining[number], remaining[number - 1] if number else None
        kept = here.repeat(4)[:, None]
        own.append([(layer.input != 0) & kept, (layer.recurrent != 0) & kept & here])
        live = int(live_gates(layer, here, below).sum())
        gates.append(live)
        skipped += live * (_inputs(layer, below) + int(here.sum()))
    rest = [(other != 0).to(layers[0].input.device) for other in others]
    if rest and rest[0].shape[1:] == layers[0].input.shape[1:]:
        words, rows = rest[0], own[0][0]
        both = words.any(0) & rows.any(0)
        rest[0], own[0][0] = words & both, rows & both
    left = [*(matrix for layer in own for matrix in layer), layers[-1].reader != 0]
    nonzero = sum(int(matrix.sum()) for matrix in [*left, *rest])
    weights = sum(matrix.numel() for matrix in [*left, *rest])
    neurons = tuple(int(layer.sum()) for layer in remaining)
    outputs, hidden = layers[-1].reader.shape
    return Count(
        neurons,
        tuple(gates),
        weights,
        nonzero,
        weights / nonzero if nonzero else inf,
        operations=_operations(lstm.input_size, [hidden] * len(layers)),
        operations_shrunk=_operations(lstm.input_size, neurons),
        operations_skipped=skipped,
        operations_output=outputs * hidden,
        operations_output_shrunk=outputs * neurons[-1],
    )


def _inputs(layer: LayerWeights, below: Tensor | None) -> int:
    return layer.input.shape[1] if below is None else int(below.sum())


def _operations(inputs: int, hidden: Sequence[int]) -> int:
    """Σ 4 H (I + H): multiply–adds of W^x x and W^h h for a step; biases add none."""
    below = [inputs, *hidden[:-1]]
    return sum(4 * h * (i + h) for i, h in zip(below, hidden, strict=True))
