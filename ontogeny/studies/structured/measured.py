"""All tables of a task and seed: what each variant has left, and how it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np
import pandas as pd

from ontogeny.models.gated import Plain
from ontogeny.studies.structured.counting import count_row
from ontogeny.studies.structured.dynamics import (
    draw_passages,
    lag_gradients,
    text_gradients,
    unit_dynamics,
)
from ontogeny.studies.structured.evaluating import language_losses, text_losses
from ontogeny.studies.structured.measuring import gate_spreads, structure_table
from ontogeny.studies.structured.texts import HELD_OUT, Text
from ontogeny.studies.structured.timing import errors, forms, time_rows


@dataclass(frozen=True)
class Loaded:
    """A network as it is measured.

    Attributes:
        network: As evaluation reads it.
        uncut: With the means of all weights, before any is cut; None: none is.
        parameters: Trained, all of them.
        epoch: Of the weights.
        low_snr_share: Share of all weights below the signal-to-noise ratio of the cut;
            NaN where nothing is drawn.
    """

    network: Plain
    uncut: Plain | None
    parameters: int
    epoch: int
    low_snr_share: float = nan


Load = Callable[[Mapping[str, Any], int, int, str], Loaded]
"""From settings, sizes of vocabulary and classes, and path of the weights."""


@dataclass(frozen=True)
class Kept:
    """What a variant's training has left.

    Attributes:
        name: Of the variant.
        settings: See `ontogeny.studies.structured.task.Task.of`.
        path: The weights that are measured.
        epochs: By epoch, weights of whose gates the spread is wanted.
    """

    name: str
    settings: Mapping[str, Any]
    path: str
    epochs: Mapping[int, str]


def measure_task(
    variants: Sequence[Kept],
    text: Text,
    load: Load,
    *,
    positions: int,
    lags: int,
    repetitions: int,
) -> dict[str, pd.DataFrame]:
    """The tables of a task and seed, the column variant first in each.

    Args:
        variants: To be measured.
        text: That they learned from.
        load: Loads one.
        positions: Passages or texts whose gradients are averaged.
        lags: The largest lag.
        repetitions: Of each timing.

    Returns:
        structure, counts, quality, gradients, units, times and gates; empty where no
        variant has any.
    """
    blocks: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    for kept in variants:
        loaded = load(kept.settings, text.types, text.classes, kept.path)
        structure = structure_table(loaded.network)
        whole, width = forms(loaded.network), loaded.network.lstm.input_size
        own = {
            "structure": structure,
            "counts": count_row(loaded, text, errors(whole, width)),
            "quality": quality_table(loaded, text),
            "times": time_rows(whole, width, repetitions),
        }
        if kept.name == "wgn":
            own |= _of_units(loaded.network, structure, text, positions, lags)
        if kept.epochs:
            own["gates"] = _of_gates(kept, text, load)
        for name, table in own.items():
            table.insert(0, "variant", kept.name)
            blocks[name].append(table)
    return {
        name: pd.concat(found, ignore_index=True)
        if found
        else pd.DataFrame(columns=["variant", *TABLES[name]])
        for name, found in blocks.items()
    }


TABLES: dict[str, list[str]] = {
    "structure": [],
    "counts": [],
    "quality": [],
    "times": [],
    "gradients": ["unit", "lag", "norm", "positions"],
    "units": ["unit", "moved", "monotone", "saturation", "vanilla_gap"],
    "gates": ["epoch", "layer", "gate", "unit", "spread"],
}
"""With their columns, where there may be no row."""


def quality_table(loaded: Loaded, text: Text) -> pd.DataFrame:
    """Losses by group of both held-out splits.

    Columns split, group, nats, predictions, correct (of texts), nats_uncut.
    """
    found = []
    for split in HELD_OUT:
        table = _losses(loaded.network, text, split)
        before = loaded.uncut and _losses(loaded.uncut, text, split)["nats"]
        table["nats_uncut"] = nan if before is None else before
        table.insert(0, "split", split)
        found.append(table)
    return pd.concat(found, ignore_index=True)


def _losses(network: Plain, text: Text, split: str) -> pd.DataFrame:
    if text.kind == "texts":
        return text_losses(network, text.in_order(split))
    return language_losses(network, text.words(split))


def _of_units(
    network: Plain, structure: pd.DataFrame, text: Text, positions: int, lags: int
) -> dict[str, pd.DataFrame]:
    """Gradients and dynamics of the last layer's units that remain."""
    last = structure[structure["layer"] == structure["layer"].max()]
    units = np.flatnonzero(last["remaining"])
    if text.kind == "texts":
        batches = text.in_order("valid")
        # As long as the paper's reviews are, where texts are.
        found = text_gradients(network, batches, units, positions, 2 * lags)
        return {"gradients": found}
    passages = draw_passages(text.ids["valid"], positions, lags)
    live = last[list("ifgo")].to_numpy()
    return {
        "gradients": lag_gradients(network, passages, units, lags),
        "units": unit_dynamics(network, passages, live, units),
    }


def _of_gates(kept: Kept, text: Text, load: Load) -> pd.DataFrame:
    """Spread of the gates at every epoch, on the same tokens."""
    inputs = list(text.gate_inputs("valid"))
    blocks = []
    for epoch, path in kept.epochs.items():
        loaded = load(kept.settings, text.types, text.classes, path)
        table = gate_spreads(loaded.network, inputs)
        table.insert(0, "epoch", epoch)
        blocks.append(table)
    return pd.concat(blocks, ignore_index=True)
