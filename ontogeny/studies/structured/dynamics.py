"""What single units of a language model do: how far back they hear, what c does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from ontogeny.errors import InputError
from ontogeny.measures.gates import gate_values
from ontogeny.measures.lag_gradients import (
    cell_states,
    gradients_by_lag,
    gradients_of_last,
)
from ontogeny.models.gated import Plain
from ontogeny.studies.structured.evaluating import embed

SETTLED, LATE = 5, 50
"""Steps after a zero state from which c is asked to be monotonic, and to have ended."""
OLD = 20
"""Lag from which an input is old."""
SEQUENCES = 50
"""Read at one time: a Jacobian of each is carried."""


class Passages(NamedTuple):
    """Passages of a text, each read from a zero state.

    Attributes:
        ids: Shape (time, passages).
        others: A word for each passage, drawn from the text, shape (passages,).
        lags: How long before its end each passage's word is replaced, (passages,).
    """

    ids: Tensor
    others: Tensor
    lags: Tensor


def draw_passages(ids: np.ndarray, number: int, lags: int) -> Passages:
    """Passages of 2 · lags + 1 words, seeded, so that all variants are read alike.

    Args:
        ids: The text, shape (words,).
        number: Of passages.
        lags: The largest lag.

    Raises:
        InputError: If the text is shorter than a passage.
    """
    length = 2 * lags + 1
    if len(ids) <= length:
        raise InputError(
            f"Gradients by lag need a passage of {length} words, and the validation "
            f"text has {len(ids)}: lower structured.lags, or give more text."
        )
    rng = np.random.default_rng(0)
    starts = rng.integers(0, len(ids) - length, number)
    there = np.arange(length)[:, None] + starts
    return Passages(
        torch.from_numpy(ids[there].astype(np.int64)),
        torch.from_numpy(rng.choice(ids, number).astype(np.int64)),
        torch.from_numpy(rng.integers(OLD, lags + 1, number)),
    )


class Single(NamedTuple):
    """One layer of a network by itself.

    Attributes:
        lstm: It reads what comes in, z of the layer below included, and gives
            o ⊙ tanh(c).
        z: z^h, with which its output is multiplied where it is read; 1 without.
    """

    lstm: nn.LSTM
    z: Tensor


@torch.no_grad()
def single_layers(network: Plain) -> list[Single]:
    """The layers of a network's LSTM, from below."""
    lstm, found = network.lstm, []
    dtype = network.output.weight.dtype
    for number in range(lstm.num_layers):
        read = lstm.input_size if number == 0 else lstm.hidden_size
        layer = nn.LSTM(read, lstm.hidden_size).to(dtype)
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
            own = getattr(layer, f"{name}_l0")
            own.copy_(getattr(lstm, f"{name}_l{number}"))
        below, above = network.scales[number : number + 2]
        if below is not None:
            # A column whose z is 0 is of an input that is 0.
            columns = torch.where(below != 0, below, 1)
            first: Any = layer.weight_ih_l0
            first.div_(columns)
        ones = torch.ones(lstm.hidden_size, dtype=dtype)
        found.append(Single(layer, ones if above is None else above))
    return found


@torch.no_grad()
def first_inputs(network: Plain, ids: Tensor) -> Tensor:
    """What the first layer reads, z of the embedding's units included."""
    x, scale = embed(network, ids), network.scales[0]
    return x if scale is None else x * scale


@torch.no_grad()
def _inputs(network: Plain, below: Sequence[Single], ids: Tensor) -> Tensor:
    x = first_inputs(network, ids)
    for layer in below:
        x = layer.lstm(x)[0] * layer.z
    return x


def lag_gradients(
    network: Plain, passages: Passages, units: np.ndarray, lags: int
) -> pd.DataFrame:
    """Mean norm of ∂h_{t,k} / ∂x_{t − lag}: columns unit, lag, norm, positions.

    Args:
        network: A language model.
        passages: A source each, `lags` steps after the zero state.
        units: Of the last layer, those that remain.
        lags: The largest lag.

    Source: Lobacheva et al. (2020), figure 5, with its gradients averaged.
    """
    *below, last = single_layers(network)
    total = torch.zeros(lags + 1, len(last.z), dtype=torch.float64)
    for ids in passages.ids.split(SEQUENCES, 1):
        columns = torch.arange(ids.shape[1])
        sources = torch.stack([torch.full_like(columns, lags), columns], 1)
        x = _inputs(network, below, ids)
        norms = gradients_by_lag(last.lstm, x, sources, lags) * last.z.abs()
        total += norms.double().sum(0)
    mean = (total / passages.ids.shape[1]).numpy()[:, units]
    return pd.DataFrame(
        {
            "unit": np.repeat(units, lags + 1),
            "lag": np.tile(np.arange(lags + 1), len(units)),
            "norm": mean.T.flatten(),
            "positions": passages.ids.shape[1],
        }
    )


@torch.no_grad()
def unit_dynamics(
    network: Plain, passages: Passages, structure: np.ndarray, units: np.ndarray
) -> pd.DataFrame:
    """How each unit of the last layer takes an old word's replacement, and what c does.

    Columns unit; moved (mean |h − h'| at a passage's end after one word was replaced at
    a lag of 20 or more); and of a unit with constant g monotone (share of steps after
    the 5th in which c moves towards the sign of g, or not at all), saturation (mean
    |tanh c| after the 50th) and vanilla_gap (max |h − sign(g) o| after the 50th).

    Args:
        network: A language model.
        passages: Read from a zero state each.
        structure: Which gates of the last layer are not constant, bool, (hidden, 4).
        units: Of the last layer, those that remain.

    Source: Lobacheva et al. (2020), "Gate structure depends on the tasks", footnote 2.
    """
    *below, last = single_layers(network)
    ids, columns = passages.ids, torch.arange(passages.ids.shape[1])
    gates, output, _ = gate_values(last.lstm, _inputs(network, below, ids))
    replaced = ids.clone()
    replaced[len(ids) - 1 - passages.lags, columns] = passages.others
    other, _ = last.lstm(_inputs(network, below, replaced))
    cells, sign = cell_states(gates), gates[2].sign()
    steps = cells.diff(dim=0)[SETTLED:] * sign[SETTLED + 1 :]
    rows = {
        "moved": (output[-1] - other[-1]).abs().mean(0) * last.z.abs(),
        "monotone": (steps >= 0).double().mean((0, 1)),
        "saturation": torch.tanh(cells[LATE:]).abs().mean((0, 1)),
        "vanilla_gap": (output - sign * gates[3])[LATE:].abs().amax((0, 1)),
    }
    table = pd.DataFrame({name: value.numpy() for name, value in rows.items()})
    constant = pd.Series(~structure[:, 2])
    names = ["monotone", "saturation", "vanilla_gap"]
    table[names] = table[names].where(constant, axis=0)
    table.insert(0, "unit", np.arange(len(table)))
    return table.iloc[units].reset_index(drop=True)


def text_gradients(
    network: Plain, batches: Iterable[Any], units: np.ndarray, texts: int, lags: int
) -> pd.DataFrame:
    """Mean norm of ∂h_{T,k} / ∂x_{T − lag} at texts' last words: as `lag_gradients`.

    Of the same texts at every lag: those that reach the largest.

    Args:
        network: A classifier.
        batches: Of texts.
        units: Of the last layer, those that remain.
        texts: How many are read, at least, if there are so many.
        lags: The largest lag, where any text is so long; else that of the longest.
    """
    *below, last = single_layers(network)
    batches = list(batches)
    lags = min(lags, max(int(batch.last.max()) for batch in batches))
    found, read = [], 0
    for batch in batches:
        long = batch.last >= lags
        x = _inputs(network, below, batch.inputs[:, long])
        norms = gradients_of_last(last.lstm, x, batch.last[long], lags)
        found.append((norms * last.z.abs())[..., units])
        read += int(long.sum())
        if read >= texts:
            break
    mean = torch.cat(found).double().mean(0).numpy()
    return pd.DataFrame(
        {
            "unit": np.repeat(units, lags + 1),
            "lag": np.tile(np.arange(lags + 1), len(units)),
            "norm": mean.T.flatten(),
            "positions": read,
        }
    )
