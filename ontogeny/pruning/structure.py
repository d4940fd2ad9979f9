"""What is left of a pruned LSTM: neurons, gates, weights."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import NamedTuple

from torch import Tensor, nn

from ontogeny.pruning.layers import LayerWeights

Reader = nn.Linear | nn.LSTM
"""What reads an LSTM's output; of an LSTM its first layer's W^x alone."""


class Count(NamedTuple):
    """What is left of a network.

    Attributes:
        neurons: Remaining, of each layer.
        gates: Of these, those that are not constant.
        weights: In W^x and W^h of every layer, the reader and `others`.
        nonzero: Of these, after removal.
        compression: weights / nonzero; inf where no weight is left.
    """

    neurons: tuple[int, ...]
    gates: tuple[int, ...]
    weights: int
    nonzero: int
    compression: float


def layers_of(lstm: nn.LSTM, reader: Reader) -> list[LayerWeights]:
    """The matrices of an LSTM's layers, each with its reader, without gradient."""
    last = reader.weight_ih_l0 if isinstance(reader, nn.LSTM) else reader.weight
    inputs = [getattr(lstm, f"weight_ih_l{n}") for n in range(lstm.num_layers)]
    readers = [*inputs[1:], last]
    return [
        LayerWeights(
            inputs[number].detach(),
            getattr(lstm, f"weight_hh_l{number}").detach(),
            readers[number].detach(),
        )
        for number in range(lstm.num_layers)
    ]


def gate_structure(
    lstm: nn.LSTM, reader: Reader, *, layer: int | None = None
) -> tuple[Tensor, Tensor]:
    """Which gates of a layer are not constant, and which neurons remain.

    A neuron is removed if all weights that read it are exactly 0: its column of W^h
    and of the next layer's matrix. A gate is constant if its row is 0 in what remains.

    Args:
        lstm: Of any number of layers.
        reader: What reads the last layer.
        layer: From 0; None: the only one.

    Returns:
        Bool (hidden, 4), False in the rows of removed neurons, gates in the order i, f,
        g, o; and bool (hidden,).

    Raises:
        ValueError: If there is no such layer.

    >>> lstm, reader = nn.LSTM(1, 2), nn.Linear(2, 1)
    >>> with torch.no_grad():
    ...     _ = lstm.weight_hh_l0[:, 1].zero_(), reader.weight[:, 1].zero_()
    ...     _ = lstm.weight_hh_l0[0].zero_(), lstm.weight_ih_l0[0].zero_()
    >>> gate_structure(lstm, reader)[0].tolist()
    [[False, True, True, True], [False, False, False, False]]
    """
    if layer is None:
        if lstm.num_layers > 1:
            raise ValueError(
                f"layer: say which of 0 … {lstm.num_layers - 1}, for the LSTM has "
                f"{lstm.num_layers} layers"
            )
        layer = 0
    if not 0 <= layer < lstm.num_layers:
        raise ValueError(f"layer: must be one of 0 … {lstm.num_layers - 1}")
    remaining = remaining_neurons(layers_of(lstm, reader))
    before = remaining[layer - 1] if layer else None
    live = live_gates(layers_of(lstm, reader)[layer], remaining[layer], before)
    return live.T, remaining[layer]


def remaining_neurons(layers: Sequence[LayerWeights]) -> list[Tensor]:
    """Of each layer, which neurons anything reads, bool, shape (hidden,).

    ASSUME: in one pass, as the code of the Bayesian models has it | until nothing
    changes: a neuron that is read by removed neurons alone remains.
    """
    return [
        (layer.recurrent != 0).any(0) | (layer.reader != 0).any(0) for layer in layers
    ]


def live_gates(layer: LayerWeights, remaining: Tensor, below: Tensor | None) -> Tensor:
    """Which gates depend on anything that remains, bool, shape (4, hidden).

    Args:
        layer: Its matrices.
        remaining: Its neurons that remain.
        below: Neurons that remain of the layer below; None: it reads the embedding.
    """
    read = layer.input != 0
    if below is not None:
        read = read & below
    row = read.any(1) | ((layer.recurrent != 0) & remaining).any(1)
    return row.view(4, -1) & remaining


def count(lstm: nn.LSTM, reader: Reader, *, others: Sequence[Tensor] = ()) -> Count:
    """Count what is left, as table 1 of Lobacheva et al. (2020) does.

    After removal zero are the rows and columns of removed neurons, and in the first of
    `others`, an embedding (types × inputs), the columns that no weight reads; columns
    of W^x for which the embedding has none but zeros.

    ASSUME: rows of constant gates are counted as they stand; biases are not weights.

    Args:
        lstm: Of any number of layers.
        reader: What reads the last layer.
        others: Other weights that count, the embedding first.
    """
    layers = layers_of(lstm, reader)
    remaining = remaining_neurons(layers)
    kept_inputs = [(layer.input != 0).any(0) for layer in layers]
    embedding = others[0] if others else None
    if embedding is not None:
        kept_inputs[0] = kept_inputs[0] & (embedding != 0).any(0)
    gates, nonzero, weights = [], 0, 0
    below: Tensor | None = None
    for number, layer in enumerate(layers):
        here = remaining[number]
        gates.append(int(live_gates(layer, here, below).sum()))
        rows = here.repeat(4)[:, None]
        read = kept_inputs[0] if below is None else below
        nonzero += int(((layer.input != 0) & rows & read).sum())
        nonzero += int(((layer.recurrent != 0) & rows & here).sum())
        weights += layer.input.numel() + layer.recurrent.numel()
        below = here
    last = layers[-1].reader
    nonzero += int(((last != 0) & remaining[-1]).sum())
    weights += last.numel()
    if embedding is not None:
        nonzero += int(((embedding != 0) & kept_inputs[0]).sum())
    nonzero += sum(int((other != 0).sum()) for other in others[1:])
    weights += sum(other.numel() for other in others)
    return Count(
        tuple(int(layer.sum()) for layer in remaining),
        tuple(gates),
        weights,
        nonzero,
        weights / nonzero if nonzero else inf,
    )
