"""The tables that figures and claims of the SVCCA study are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ontogeny.disk.files import read_table
from ontogeny.measures.places import place

SITES = (("similarity", "site"), ("similarity", "other_site"), ("diagnostics", "site"))
"""Columns that hold names of sites, by table."""


def read_study(files: Any, seeds: Sequence[int]) -> dict[str, pd.DataFrame]:
    """Read a study's files.

    Args:
        files: With attributes similarity, diagnostics and curves, a file per
            seed, and scores, a file per tagset.
        seeds: Of the language models, in the files' order.

    Returns:
        similarity (`measuring`), diagnostics (`diagnosing`) and curves
        (`ontogeny.training.callbacks.LossCurve`), each with a column seed, and places
        instead of models' own names of sites; scores (`tag_variants`).
    """
    by_seed = {
        name: pd.concat(
            dict(zip(seeds, map(read_table, getattr(files, name)), strict=True)),
            names=["seed"],
        ).reset_index(level="seed")
        for name in ("similarity", "diagnostics", "curves")
    }
    for name, column in SITES:
        by_seed[name][column] = by_seed[name][column].map(place)
    scores = pd.concat(map(read_table, files.scores), ignore_index=True)
    return {**by_seed, "scores": scores}
