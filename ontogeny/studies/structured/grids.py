"""The tables behind figures 4 to 7: gate structures neuron by neuron, and gradients."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ontogeny.studies.structured.inputs import Inputs
from ontogeny.studies.structured.paper import TITLES
from ontogeny.studies.structured.roles import Task, label
from ontogeny.studies.structured.structures import (
    GATES,
    STRUCTURES,
    emptied_of,
    remaining,
)

NEURONS = 15
"""Of a language model's layer, drawn at random, as the paper's figures 4, 6 and 7."""

MOST = 30
"""ASSUME: of a classifier all, but no more than these, also at random."""

DRAW_SEED = 0

GRID = [
    "panel",
    "title",
    "message",
    "neurons",
    "hidden",
    "column",
    "unit",
    "structure",
    "gate",
    "constant",
    "value",
]
LAGS = ["panel", "title", "message", "neurons", "unit", "structure", "lag", "norm"]

MEDIAN = -1
"""In the place of a unit: the median over all units of a structure."""


def grid_table(
    inputs: Inputs, tasks: dict[str, Task], variant: str, roles: tuple[str, ...]
) -> pd.DataFrame:
    """Gates of some neurons that a variant leaves, in each task that is wanted.

    Of several seeds the first is shown. Columns of a panel are ordered by structure.

    Args:
        inputs: Of all tasks and seeds.
        tasks: By name.
        variant: Such as "wgn".
        roles: Settings of the paper's figure; where no task stands for one, an empty
            panel says so.

    Returns:
        Columns `GRID`, a row per gate; of an empty panel one row, with a message.
    """
    found = []
    for role in roles:
        own = [task for task in tasks.values() if task.role == role]
        if not own:
            found.append(_empty(TITLES[role], "no task of this run\nstands for it"))
        for task in own:
            found += list(_panels(inputs, task, variant))
    numbered = [table.assign(panel=place) for place, table in enumerate(found)]
    return pd.concat(numbered, ignore_index=True)[GRID]


def _panels(inputs: Inputs, task: Task, variant: str) -> Iterator[pd.DataFrame]:
    """One panel a layer."""
    rows = inputs.structure
    rows = rows[rows["task"].eq(task.name) & rows["variant"].eq(variant)]
    if rows.empty:
        yield _empty(task.title, f"{label(variant, task.framework)}\nwas not trained")
        return
    seed = rows["seed"].iloc[0]
    nothing = emptied_of(inputs, task.name, variant, seed)
    for layer, of_layer in rows[rows["seed"] == seed].groupby("layer"):
        where = f", LSTM {layer}" if task.layers > 1 else ""
        title = f"{task.title}{where}, seed {seed}"
        left = remaining(of_layer)
        if nothing:
            told = f"{len(left)} of {len(of_layer)} neurons remain"
            yield _empty(title, f"{nothing}:\n{told}")
            continue
        yield _grid(left, title, MOST if task.kind == "texts" else NEURONS).assign(
            neurons=len(left), hidden=len(of_layer)
        )


def _empty(title: str, message: str) -> pd.DataFrame:
    numbers = dict.fromkeys(("neurons", "hidden"), 0) | {"column": -1, "unit": -1}
    texts = {"title": title, "message": message, "structure": "", "gate": ""}
    return pd.DataFrame([{**numbers, **texts, "constant": False, "value": np.nan}])


def _grid(left: pd.DataFrame, title: str, most: int) -> pd.DataFrame:
    drawn = np.random.default_rng(DRAW_SEED).permutation(len(left))[:most]
    some = left.iloc[np.sort(drawn)]
    order = some["structure"].map(STRUCTURES.index)
    some = some.assign(order=-order).sort_values(["order", "unit"])
    cells = []
    for column, neuron in enumerate(some.to_dict("records")):
        for gate in GATES:
            constant = not neuron[gate]
            value = float(neuron[f"value_{gate}"]) if constant else np.nan
            own = {"gate": gate, "constant": constant, "value": value}
            told = {key: neuron[key] for key in ("unit", "structure")}
            cells.append({"column": column, **told, **own})
    return pd.DataFrame(cells).assign(title=title, message="")


def lag_table(inputs: Inputs, tasks: dict[str, Task]) -> pd.DataFrame:
    """Gradients of each neuron of the last layer by lag (figure 5), of W+G+N.

    Args:
        inputs: Of all tasks and seeds; the first seed of each task is shown.
        tasks: By name.

    Returns:
        Columns `LAGS`, a row per unit and lag, and as unit `MEDIAN` the median over a
        structure's units. Language models first, then classifiers; where there is none
        of either, a row with a message.
    """
    found = []
    kinds = {
        "word language model": ("words", "characters"),
        "classifier": ("texts",),
    }
    for what, of_kind in kinds.items():
        own = [task for task in tasks.values() if task.kind in of_kind]
        found += [_lags(inputs, task) for task in own]
        if not own:
            found.append(_no_lags(what.capitalize(), "no task of this run is one"))
    numbered = [table.assign(panel=place) for place, table in enumerate(found)]
    return pd.concat(numbered, ignore_index=True)[LAGS]


def _no_lags(title: str, message: str) -> pd.DataFrame:
    numbers = {"neurons": 0, "unit": 0, "lag": 0, "norm": np.nan}
    return pd.DataFrame(
        [{"title": title, "message": message, "structure": ""} | numbers]
    )


def _lags(inputs: Inputs, task: Task) -> pd.DataFrame:
    rows = inputs.gradients
    rows = rows[rows["task"].eq(task.name) & rows["variant"].eq("wgn")]
    structure = inputs.structure
    structure = structure[
        structure["task"].eq(task.name) & structure["variant"].eq("wgn")
    ]
    if structure.empty:
        message = f"{label('wgn', task.framework)}\nwas not trained"
        return _no_lags(task.full_title, message)
    seed = structure["seed"].iloc[0]
    title = f"{task.full_title}, seed {seed}"
    last = structure[structure["seed"].eq(seed) & structure["layer"].eq(task.layers)]
    left = remaining(last)
    nothing = emptied_of(inputs, task.name, "wgn", seed)
    if nothing:
        return _no_lags(title, nothing)
    shown = rows[rows["seed"] == seed].merge(left[["unit", "structure"]], on="unit")
    if shown.empty:
        return _no_lags(title, "gradients were not\nmeasured")
    median = shown.groupby(["structure", "lag"], as_index=False)["norm"].median()
    both = pd.concat([shown, median.assign(unit=MEDIAN)], ignore_index=True)
    return both.assign(title=title, message="", neurons=len(left))
