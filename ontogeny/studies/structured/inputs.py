"""The tables that figures and claims of structured sparsification are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from ontogeny.disk.files import read_table

MEASURED = ("structure", "counts", "quality", "gradients", "units", "times", "gates")
"""Tables of a task and seed, of all variants (`gates` of the dense one alone)."""

OTHERS = "other studies"
"""Stands for a task where gates are those of the language models of other studies."""

FRONT = [
    "task",
    "variant",
    "seed",
    "test_perplexity",
    "parameters",
    "operations_lstm",
    "operations_output",
    "batch",
    "seconds_per_step",
]
"""Columns of what the study of predefined sparseness gives for the front."""


class Inputs(NamedTuple):
    """What was measured; each table begins with task, seed and variant.

    Attributes:
        curves: By epoch (0: untrained), each variant's losses and counts.
        structure: Which neurons remain, which of their gates are not constant.
        counts: One row a variant: weights, operations, errors of the shrunk network.
        quality: By split and sentence, segment or text: nats, predictions, correct,
            nats_uncut (of the means before the cut).
        gradients: By unit and lag, norm of the gradient (figure 5).
        units: How units of the last layer behave.
        times: By repetition, seconds per step of each form of the network.
        gates: By epoch of the dense network, each gate's spread; of other studies'
            language models too (task `OTHERS`).
        predefined: Points of the front (`FRONT`), without a row where there are none.
    """

    curves: pd.DataFrame
    structure: pd.DataFrame
    counts: pd.DataFrame
    quality: pd.DataFrame
    gradients: pd.DataFrame
    units: pd.DataFrame
    times: pd.DataFrame
    gates: pd.DataFrame
    predefined: pd.DataFrame


def read(files: Any, params: Any) -> Inputs:
    """Read what was measured.

    Args:
        files: curves, a file for each of params.runs; the tables of `MEASURED`, each a
            file for each of params.measured; predefined, if that study is made too;
            lm_gates, a file for each of params.lm_seeds, if others train such models.
        params: runs, as (task, variant, seed); measured, as (task, seed); lm_seeds.

    Raises:
        InputError: If a file is missing or damaged.
        ValueError: If there is not one file for each.
    """
    runs = [tuple(run) for run in params.runs]
    curves = _stacked(files.curves, runs, ["task", "variant", "seed"])
    keys = [tuple(key) for key in params.measured]
    tables = {
        name: _stacked(getattr(files, name), keys, ["task", "seed"])
        for name in MEASURED
    }
    others = list(getattr(files, "lm_gates", []))
    if others:
        keys = [(OTHERS, seed, "dense") for seed in params.lm_seeds]
        own = _stacked(others, keys, ["task", "seed", "variant"])
        gates = [table for table in (tables["gates"], own) if len(table)]
        tables["gates"] = pd.concat(gates or [own], ignore_index=True)
    return Inputs(curves, **tables, predefined=_predefined(files))


def _stacked(
    files: Sequence[str], keys: Sequence[tuple[Any, ...]], names: list[str]
) -> pd.DataFrame:
    """Tables of several runs in one, with what tells the runs apart in front."""
    found = []
    for path, key in zip(files, keys, strict=True):
        own = read_table(path).drop(columns=names, errors="ignore")
        for place, (name, value) in enumerate(zip(names, key, strict=True)):
            own.insert(place, name, value)
        found.append(own)
    # A table without rows has columns of no type, which would spoil the others'.
    return pd.concat([own for own in found if len(own)] or found[:1], ignore_index=True)


def _predefined(files: Any) -> pd.DataFrame:
    path = getattr(files, "predefined", None)
    if not path:
        return pd.DataFrame(columns=FRONT)
    return read_table(path if isinstance(path, str) else path[0])
