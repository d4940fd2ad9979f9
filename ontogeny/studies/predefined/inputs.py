"""The tables that figures and claims of predefined sparseness are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from ontogeny.disk.files import read_table

TaggerRun = tuple[str, int]
NetworkRun = tuple[str, str, int]


class Inputs(NamedTuple):
    """What was trained and checked.

    Attributes:
        taggers: One row per tagger and seed: variant, seed, and of
            `tag_training.Tagged.summary`.
        tagged: By tagger and seed, right answers by sentence.
        networks: One row per language model, seed and stage: task, variant, seed, and
            of `lm_training.Trained.summary`.
        quality: By task, model and seed, losses by sentence.
        curves: By task, model and seed, losses by epoch.
        checks: Of `checks`.
    """

    taggers: pd.DataFrame
    tagged: dict[TaggerRun, pd.DataFrame]
    networks: pd.DataFrame
    quality: dict[NetworkRun, pd.DataFrame]
    curves: dict[NetworkRun, pd.DataFrame]
    checks: pd.DataFrame


def read(files: Any, params: Any) -> Inputs:
    """Read what was trained and checked.

    Args:
        files: taggers, tagged, networks, quality, curves: a file per run; and checks.
        params: tagger_runs (name, seed) and network_runs (task, name, seed), in the
            order of the files.

    Raises:
        InputError: If a file is missing or damaged.
    """
    taggers = [(name, seed) for name, seed in params.tagger_runs]
    networks = [(task, name, seed) for task, name, seed in params.network_runs]
    return Inputs(
        _stacked(files.taggers, taggers, ["variant", "seed"]),
        dict(zip(taggers, map(read_table, files.tagged), strict=True)),
        _stacked(files.networks, networks, ["task", "variant", "seed"]),
        dict(zip(networks, map(read_table, files.quality), strict=True)),
        dict(zip(networks, map(read_table, files.curves), strict=True)),
        read_table(files.checks if isinstance(files.checks, str) else files.checks[0]),
    )


def _stacked(
    files: Sequence[str], runs: Sequence[tuple[Any, ...]], names: list[str]
) -> pd.DataFrame:
    """Tables of all runs, one below the other; empty with names alone if none."""
    tables = [
        read_table(file).assign(**dict(zip(names, run, strict=True)))
        for file, run in zip(files, runs, strict=True)
    ]
    return (
        pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=names)
    )
