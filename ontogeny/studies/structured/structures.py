"""Gate structures: which gates of which neurons are not constant.

A structure is written with the letters of the gates that are not constant, in the
order i, f, g, o, and `-` for a constant one: `---o`, `if-o`.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from ontogeny.studies.structured.inputs import Inputs
from ontogeny.studies.structured.roles import Task, is_sweep

GATES = "ifgo"
WHOLE, SHORT = "ifgo", "---o"
"""All four gates, and the output gate alone."""


def structure(live: Iterable[bool]) -> str:
    """Of one neuron.

    >>> structure([True, True, False, True])
    'if-o'
    """
    return "".join(gate if on else "-" for gate, on in zip(GATES, live, strict=True))


STRUCTURES = tuple(
    sorted(
        map(structure, product([False, True], repeat=4)),
        key=lambda one: (sum(gate != "-" for gate in one), one),
    )
)
"""All 16, those of fewest gates first."""


def remaining(rows: pd.DataFrame) -> pd.DataFrame:
    """Neurons that are left, each with its structure.

    Args:
        rows: One per neuron: remaining, and by gate whether it is not constant.
    """
    left = rows[rows["remaining"].astype(bool)]
    live = left[list(GATES)].to_numpy(bool).reshape(len(left), 4)
    return left.assign(structure=[structure(one) for one in live])


EVERYTHING, NO_INPUT = "everything pruned", "no input survives"


def emptied(rows: pd.DataFrame, words: float) -> str:
    """Why nothing that a network reads can reach its output; "" if something can.

    Args:
        rows: Of all its neurons: layer, remaining.
        words: Of the vocabulary that remain.

    >>> rows = pd.DataFrame({"layer": [1, 2, 2], "remaining": [False, True, True]})
    >>> emptied(rows, 9), emptied(rows.iloc[:1], 9), emptied(rows.iloc[1:], 0)
    ('no input survives', 'everything pruned', 'no input survives')
    """
    left = rows["remaining"].astype(bool).groupby(rows["layer"]).any()
    if not left.any():
        return EVERYTHING
    return "" if left.all() and words else NO_INPUT


def emptied_of(inputs: Inputs, task: str, variant: str, seed: int) -> str:
    """The same of one network of all that were measured."""
    where: dict[str, Any] = {"task": task, "variant": variant, "seed": seed}
    structure, counts = (
        table[np.logical_and.reduce([table[key].eq(one) for key, one in where.items()])]
        for table in (inputs.structure, inputs.counts)
    )
    return emptied(structure, counts["words_remaining"].iloc[0])


def live_shares(live: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Share of remaining neurons whose i, f, g, o is not constant.

    Args:
        live: Shape (neurons, 4).
        weights: How often each neuron is drawn, shape (draws, neurons); None: once.

    Returns:
        Shape (draws, 4); NaN where there is no neuron.

    >>> live_shares(np.array([[True, False, True, True], [False] * 4]))[0].tolist()
    [0.5, 0.0, 0.5, 0.5]
    """
    weights = np.ones((1, len(live))) if weights is None else weights
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(weights @ live / weights.sum(axis=1, keepdims=True))


def correlations(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Pearson's r of each row of a with that of b; NaN where either is constant.

    >>> correlations(np.array([[0.0, 1, 0]]), np.array([[0.2, 0.8, 0.2]])).round(6)
    array([1.])
    """
    x, y = (rows - rows.mean(axis=1, keepdims=True) for rows in (a, b))
    size = np.sqrt((x * x).sum(axis=1) * (y * y).sum(axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(size > 1e-12, (x * y).sum(axis=1) / size, np.nan)


def structure_table(inputs: Inputs, tasks: dict[str, Task]) -> pd.DataFrame:
    """How many neurons have each structure.

    Args:
        inputs: Of all tasks and seeds.
        tasks: By name.

    Returns:
        Columns task, title, framework, variant, layer, structure, count (mean over
        seeds), count_min, count_max, neurons (mean of all that remain), hidden, seeds;
        16 rows for each task, variant and layer.
    """
    found = []
    for keys, rows in inputs.structure.groupby(
        ["task", "variant", "layer"], sort=False
    ):
        task, variant, layer = keys
        if variant in ("dense", "narrow", "mask") or is_sweep(str(variant)):
            continue
        counts = pd.DataFrame(
            {
                seed: remaining(own)["structure"].value_counts()
                for seed, own in rows.groupby("seed")
            },
            index=list(STRUCTURES),
            dtype=float,
        ).fillna(0)
        about = tasks[str(task)]
        found.append(
            pd.DataFrame(
                {
                    "task": task,
                    "title": about.title,
                    "framework": about.framework,
                    "variant": variant,
                    "layer": layer,
                    "structure": counts.index,
                    "count": counts.mean(axis=1).to_numpy(),
                    "count_min": counts.min(axis=1).to_numpy(),
                    "count_max": counts.max(axis=1).to_numpy(),
                    "neurons": counts.sum().mean(),
                    "hidden": about.hidden,
                    "seeds": counts.shape[1],
                }
            )
        )
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=KEPT)


KEPT = [
    "task",
    "title",
    "framework",
    "variant",
    "layer",
    "structure",
    "count",
    "count_min",
    "count_max",
    "neurons",
    "hidden",
    "seeds",
]
"""Columns of `structure_table`."""
