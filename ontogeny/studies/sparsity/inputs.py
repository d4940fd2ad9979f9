"""The tables that figures and claims of the sparsity study are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd

from ontogeny.disk.files import read_by_seed, read_table
from ontogeny.measures.places import by_place
from ontogeny.studies.sparsity.words import WordObservations


class Inputs(NamedTuple):
    """What was measured.

    Attributes:
        observations: By run: a seed, or a pair (seed, split).
        curves: By seed, the learning curve.
        steps: How much of the corpus was kept; None where nothing asks for it.
        early: As observations, within the first epoch, with steps for epochs; empty
            where no early steps were measured.
    """

    observations: dict[Any, WordObservations]
    curves: dict[int, pd.DataFrame]
    steps: pd.DataFrame | None = None
    early: Mapping[Any, WordObservations] = MappingProxyType({})


def read(files: Any, params: Any) -> Inputs:
    """Read what was measured.

    Args:
        files: words, equally many of each run, run by run; curves, one per seed;
            vocabulary, classes and, for the claims, steps; early, the words of the
            first seed within its first epoch, or not at all.
        params: seeds, and the runs: seeds, or pairs (seed, split).

    Raises:
        InputError: If a file is missing or damaged, or of a model that has not an
            embedding and two recurrent layers.
    """
    curves = read_by_seed(files.curves, params.seeds)
    observations = read_observations(
        files.words,
        params.runs,
        curves=curves,
        vocabulary=files.vocabulary,
        classes=files.classes,
    )
    steps, early = files.get("steps"), {}
    if hasattr(files, "early"):
        seed = params.seeds[0]
        early = read_observations(
            files.early,
            [seed],
            # No rate is divided within an epoch.
            curves={seed: curves[seed][:0]},
            vocabulary=files.vocabulary,
            classes=files.classes,
            by="step",
        )
    return Inputs(observations, curves, read_table(steps) if steps else None, early)


def read_observations(
    means: Sequence[str],
    runs: Sequence[Any],
    *,
    curves: Mapping[int, pd.DataFrame],
    vocabulary: str,
    classes: str,
    by: str = "epoch",
) -> dict[Any, WordObservations]:
    """Read the tables of several runs.

    Args:
        means: Files of per-word means, equally many of each run, run by run.
        runs: What they are of: seeds, or pairs (seed, split).
        curves: By seed, the learning curve.
        vocabulary: File of the vocabulary.
        classes: File of the word classes.
        by: "epoch", or "step": what tells times of training apart.

    Returns:
        The observations by run; pairs come as tuples.

    Raises:
        InputError: If a file is missing or damaged, or of a model that has not an
            embedding and two recurrent layers.
    """
    shared = read_table(vocabulary), read_table(classes)
    observations = {}
    shards, left = divmod(len(means), len(runs))
    if left or not shards:
        raise ValueError(f"{len(means)} files of means are not equally many a run")
    for number, run in enumerate(runs):
        seed, *split = (run,) if isinstance(run, int) else run
        files = means[number * shards : (number + 1) * shards]
        table = pd.concat(map(read_table, files), ignore_index=True)
        table["epoch"] = table[by]
        by_place(table["site"].unique())  # tells a model without two layers
        observations[(seed, *split) if split else seed] = WordObservations.from_tables(
            table, *shared, curves[seed]
        )
    return observations
