"""What is left of a trained network, and how well it does: the tables of a task."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import torch

from ontogeny.measures.gates import GateSpread, gate_values
from ontogeny.models.gated import Plain
from ontogeny.models.gated_layer import GATES
from ontogeny.pruning.structure import gate_structure
from ontogeny.studies.structured.dynamics import first_inputs, single_layers

ACTIVATIONS: Mapping[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "i": torch.sigmoid,
    "f": torch.sigmoid,
    "g": torch.tanh,
    "o": torch.sigmoid,
}


@torch.no_grad()
def structure_table(network: Plain) -> pd.DataFrame:
    """Which neurons remain and which of their gates are constant, at which value.

    Columns layer (from 1), unit, remaining; i, f, g, o: whether the gate is not
    constant; value_i … value_o: of a constant gate of a remaining neuron the activation
    of its bias, else NaN.
    """
    blocks = []
    for layer in range(network.lstm.num_layers):
        live, remaining = gate_structure(network.lstm, network.output, layer=layer)
        biases = getattr(network.lstm, f"bias_ih_l{layer}").chunk(4)
        block = pd.DataFrame(
            {
                "layer": layer + 1,
                "unit": np.arange(len(remaining)),
                "remaining": remaining.numpy(),
            }
        )
        for number, gate in enumerate(GATES):
            block[gate] = live[:, number].numpy()
        for number, gate in enumerate(GATES):
            value = ACTIVATIONS[gate](biases[number]).double().numpy()
            constant = block["remaining"] & ~block[gate]
            block[f"value_{gate}"] = np.where(constant, value, np.nan)
        blocks.append(block)
    return pd.concat(blocks, ignore_index=True)


@torch.no_grad()
def gate_spreads(network: Plain, inputs: Iterable[Any]) -> pd.DataFrame:
    """Spread of every gate over the tokens of some windows.

    Args:
        network: Of any kind.
        inputs: Pairs of word ids, shape (time, batch), and of which steps count, bool
            of that shape; each is read from a zero state.

    Returns:
        Columns layer (from 1), gate, unit, spread (`GateSpread`).
    """
    layers = single_layers(network)
    seen = [GateSpread() for _ in layers]
    for ids, counted in inputs:
        x = first_inputs(network, ids)
        for layer, spread in zip(layers, seen, strict=True):
            gates, output, _ = gate_values(layer.lstm, x)
            x = output * layer.z
            spread.add(gates, counted)
    return spread_table(seen)


def spread_table(seen: Iterable[GateSpread]) -> pd.DataFrame:
    """Columns layer (from 1), gate, unit, spread; of each layer's gates.

    Args:
        seen: By layer, from below.
    """
    blocks = []
    for number, spread in enumerate(seen, 1):
        values = spread.spread().numpy()
        units = values.shape[1]
        blocks.append(
            pd.DataFrame(
                {
                    "layer": number,
                    "gate": np.repeat(list(GATES), units),
                    "unit": np.tile(np.arange(units), len(GATES)),
                    "spread": values.flatten(),
                }
            )
        )
    empty = pd.DataFrame(columns=["layer", "gate", "unit", "spread"])
    return pd.concat(blocks or [empty], ignore_index=True)
