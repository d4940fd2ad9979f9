"""Gates of the dense network by epoch, and whether W+G+N makes the same constant.

A gate's *spread* is the standard deviation of σ(a), or of ½ (tanh a + 1) for g, over
validation tokens; with a spread below `CONSTANT` it hardly moves. Two agreements with
what W+G+N ends with, both with what chance would give:

- of shares: Pearson's r between the shares of live gates, by layer and gate, in both
  networks; beside it r for gates' names shuffled within each layer;
- of units: how well the spread of a unit's gate tells whether W+G+N leaves it live,
  as the area under the ROC curve, within a layer and gate; beside it another seed's
  units, which have nothing in common but their place.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from ontogeny.statistics.bootstrap import percentile_interval
from ontogeny.statistics.over_seeds import over_seeds
from ontogeny.studies.structured.inputs import OTHERS, Inputs
from ontogeny.studies.structured.roles import Task
from ontogeny.studies.structured.structures import (
    GATES,
    correlations,
    live_shares,
)

CONSTANT, STRICT, LOOSE = 0.01, 0.005, 0.02
"""A spread below this is a constant gate's; and two other readings, shown beside it."""

SHUFFLES = 500

OTHERS_TITLE = "language model of 000 and 001"

COLUMNS = [
    "task",
    "title",
    "quantity",
    "layer",
    "gate",
    "epoch",
    "value",
    "low",
    "high",
    "seeds",
]


def dense_gate_table(inputs: Inputs, tasks: dict[str, Task]) -> pd.DataFrame:
    """How gates of the dense network move, at every epoch.

    Args:
        inputs: Of all tasks and seeds.
        tasks: By name.

    Returns:
        Columns `COLUMNS`. Quantities: "spread" (median over units, low and high are
        quartiles); "constant" (share below `CONSTANT`, low and high are those below
        `STRICT` and `LOOSE`); "agreement" (of shares; low and high hold 95 % of
        shuffled gates); "auc" and "auc_other" (of units, low and high over seeds).
        Layer and gate are 0 and "" where they are taken together.
    """
    found = [pd.DataFrame(columns=[*COLUMNS[:-1], "seed"])]
    for name, rows in inputs.gates.groupby("task", sort=False):
        own = [*_moves(rows), *_agreements(rows, _live(inputs.structure, str(name)))]
        title = OTHERS_TITLE if name == OTHERS else tasks[str(name)].full_title
        found.append(pd.DataFrame(own).assign(task=name, title=title))
    table = pd.concat([one for one in found if len(one)] or found[:1])
    keys = ["task", "title", "quantity", "layer", "gate", "epoch"]
    whole = over_seeds(table, keys, mean=["value", "low", "high"], spread=["value"])
    units = whole["quantity"].isin(["auc", "auc_other"])
    whole.loc[units, "low"] = whole.loc[units, "value_min"]
    whole.loc[units, "high"] = whole.loc[units, "value_max"]
    return whole[COLUMNS]


def _moves(rows: pd.DataFrame) -> Iterable[dict]:
    keys = ["seed", "epoch", "layer", "gate"]
    for at, own in rows.groupby(keys, sort=False):
        spread = own["spread"].to_numpy()
        place = dict(zip(keys, at, strict=True))
        low, middle, high = np.quantile(spread, (0.25, 0.5, 0.75))
        yield place | {"quantity": "spread", "value": middle, "low": low, "high": high}
        shares = [(spread < bound).mean() for bound in (STRICT, CONSTANT, LOOSE)]
        yield place | {
            "quantity": "constant",
            **dict(zip(("low", "value", "high"), shares, strict=True)),
        }


def _live(structure: pd.DataFrame, task: str) -> dict[int, pd.DataFrame]:
    """By seed, neurons that W+G+N leaves, with their live gates."""
    rows = structure[structure["task"].eq(task) & structure["variant"].eq("wgn")]
    left = rows[rows["remaining"].astype(bool)]
    return {int(str(seed)): own for seed, own in left.groupby("seed")}


def _agreements(rows: pd.DataFrame, live: dict[int, pd.DataFrame]) -> Iterable[dict]:
    for (seed, epoch), own in rows.groupby(["seed", "epoch"], sort=False):
        place = {"seed": seed, "epoch": epoch, "layer": 0, "gate": ""}
        if seed in live:
            r, low, high = _of_shares(own, live[seed])
            numbers = {"value": r, "low": low, "high": high}
            yield place | {"quantity": "agreement", **numbers}
            yield place | {"quantity": "auc", "value": _auc(own, live[seed])}
        others = [_auc(own, one) for other, one in live.items() if other != seed]
        if others:
            yield place | {"quantity": "auc_other", "value": np.mean(others)}


def _of_shares(dense: pd.DataFrame, left: pd.DataFrame) -> tuple[float, float, float]:
    """r, and what holds 95 % of it for shuffled gates."""
    layers = sorted(dense["layer"].unique())
    moving = dense.assign(moves=dense["spread"] >= CONSTANT)
    shares = moving.groupby(["layer", "gate"])["moves"].mean()
    ours = np.array([[shares[layer, gate] for gate in GATES] for layer in layers])
    theirs = np.vstack(
        [
            live_shares(left.loc[left["layer"] == layer, list(GATES)].to_numpy(float))
            for layer in layers
        ]
    )
    rng = np.random.default_rng(0)
    shuffled = rng.permuted(np.tile(theirs, (SHUFFLES, 1, 1)), axis=2)
    all_shares = np.vstack([theirs[None], shuffled]).reshape(1 + SHUFFLES, -1)
    r = correlations(np.tile(ours.ravel(), (1 + SHUFFLES, 1)), all_shares)
    low, high = percentile_interval(r[1:])
    return float(r[0]), float(low), float(high)


def _auc(dense: pd.DataFrame, left: pd.DataFrame) -> float:
    """Share of pairs, in a layer and gate, whose live gate has the larger spread."""
    won = pairs = 0.0
    for (layer, gate), own in dense.groupby(["layer", "gate"]):
        rows = left[left["layer"] == layer].set_index("unit")[str(gate)]
        spread = own.set_index("unit")["spread"].reindex(rows.index).to_numpy()
        live = rows.to_numpy(bool)
        ranks = rankdata(spread)
        positive, negative = live.sum(), (~live).sum()
        won += ranks[live].sum() - positive * (positive + 1) / 2
        pairs += positive * negative
    return float(won / pairs) if pairs else float("nan")
