"""The tables that figures and claims of the SVCCA study are made of."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from ontogeny.disk.files import read_by_seed, read_table
from ontogeny.measures.places import place

SITES = (
    *(("similarity", "site"), ("similarity", "other_site")),
    *(("diagnostics", "site"), ("probes", "site")),
)
"""Columns that hold names of sites, by table."""


class Inputs(NamedTuple):
    """What was measured, with places instead of models' own names of sites.

    Attributes:
        similarity: Of `measuring`, with a column seed.
        diagnostics: Of `diagnosing`, with a column seed.
        scores: Of `tag_variants`.
        curves: Of the language models' training, with a column seed.
        probes: Of `probing`, with a column seed; empty where none were asked.
    """

    similarity: pd.DataFrame
    diagnostics: pd.DataFrame
    scores: pd.DataFrame
    curves: pd.DataFrame
    probes: pd.DataFrame = pd.DataFrame()


def read(files: Any, params: Any) -> Inputs:
    """Read what was measured.

    Args:
        files: similarity, diagnostics and curves, a file per seed, probes likewise or
            not at all, and scores, a file per tagset.
        params: seeds of the language models, in the files' order.

    Raises:
        InputError: If a file is missing or damaged.
    """
    names = [
        "similarity",
        "diagnostics",
        "curves",
        *["probes"] * hasattr(files, "probes"),
    ]
    by_seed = {
        name: pd.concat(
            read_by_seed(getattr(files, name), params.seeds), names=["seed"]
        ).reset_index(level="seed")
        for name in names
    }
    for name, column in SITES:
        if name in by_seed:
            by_seed[name][column] = by_seed[name][column].map(place)
    scores = pd.concat(map(read_table, files.scores), ignore_index=True)
    return Inputs(**by_seed, scores=scores)
