"""What single units of a language model do: how far back they hear, what c does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

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
        ValueError: If the text is shorter than a passage.
    """
    length = 2 * lags + 1
    if len(ids) <= length:
        raise ValueError(f"a passage of {length} words in a text of {len(ids)}")
    rng = np.random.default_rng(0)
    starts = rng.integers(0, len(ids) - length, number)
    there = np.arange(length)[:, None] + starts
    return Passages(
        torch.from_numpy(ids[there].astype(np.int64)),
        torch.from_numpy(rng.choice(ids, number).astype(np.int64)),
        torch.from_numpy(rng.integers(OLD, lags + 1, number)),
    )


@torch.no_grad()
def last_layer(network: Plain) -> tuple[nn.LSTM, list[nn.LSTM]]:
    """The last layer of a network's LSTM by itself, and those below it."""
    lstm, single = network.lstm, []
    for number in range(lstm.num_layers):
        read = lstm.input_size if number == 0 else lstm.hidden_size
        layer = nn.LSTM(read, lstm.hidden_size).to(network.output.weight.dtype)
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
            own = getattr(layer, f"{name}_l0")
            own.copy_(getattr(lstm, f"{name}_l{number}"))
        single.append(layer)
    return single[-1], single[:-1]


@torch.no_grad()
def _inputs(network: Plain, below: list[nn.LSTM], ids: Tensor) -> Tensor:
    x = embed(network, ids)
    for layer in below:
        x, _ = layer(x)
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
    last, below = last_layer(network)
    total = torch.zeros(lags + 1, last.hidden_size, dtype=torch.float64)
    for ids in passages.ids.split(SEQUENCES, 1):
        columns = torch.arange(ids.shape[1])
        sources = torch.stack([torch.full_like(columns, lags), columns], 1)
        norms = gradients_by_lag(last, _inputs(network, below, ids), sources, lags)
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
    last, below = last_layer(network)
    ids, columns = passages.ids, torch.arange(passages.ids.shape[1])
    gates, output, _ = gate_values(last, _inputs(network, below, ids))
    replaced = ids.clone()
    replaced[len(ids) - 1 - passages.lags, columns] = passages.others
    other, _ = last(_inputs(network, below, replaced))
    cells, sign = cell_states(gates), gates[2].sign()
    steps = cells.diff(dim=0)[SETTLED:] * sign[SETTLED + 1 :]
    rows = {
        "moved": (output[-1] - other[-1]).abs().mean(0),
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

    Args:
        network: A classifier.
        batches: Of texts.
        units: Of the last layer, those that remain.
        texts: How many are read, at least.
        lags: The largest lag; a text that is shorter has no part in it.
    """
    last, below = last_layer(network)
    found, read = [], 0
    for batch in batches:
        x = _inputs(network, below, batch.inputs)
        found.append(gradients_of_last(last, x, batch.last, lags)[..., units])
        read += len(batch.last)
        if read >= texts:
            break
    norms = torch.cat(found).double().numpy()
    there = (~np.isnan(norms)).sum(0)
    mean = np.nansum(norms, 0) / np.maximum(there, 1)
    mean[there == 0] = np.nan
    table = pd.DataFrame(
        {
            "unit": np.repeat(units, lags + 1),
            "lag": np.tile(np.arange(lags + 1), len(units)),
            "norm": mean.T.flatten(),
            "positions": there.T.flatten(),
        }
    )
    return table[table["positions"] > 0].reset_index(drop=True)
