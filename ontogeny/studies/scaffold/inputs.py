"""The tables that figures and claims of scaffolds are made of."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import pandas as pd

from ontogeny.disk.files import read_table

TABLES = ("measures", "counts")


def read_study(
    files: Any, seeds: Sequence[int], lengths: Sequence[int]
) -> dict[str, dict[int, pd.DataFrame]]:
    """Read a study's files.

    Args:
        files: With attributes measures and counts: a file for each seed and,
            within a seed, for each length.
        seeds: Of texts and models.
        lengths: Of scaffolds.

    Returns:
        measures (`ontogeny.studies.scaffold.grid`) and counts
        (`ontogeny.studies.scaffold.making`), each by seed, with a column length.

    Raises:
        ValueError: If there is not one file for each seed and length.
    """
    cells = list(product(seeds, lengths))
    study: dict[str, dict[int, pd.DataFrame]] = {}
    for name in TABLES:
        found: dict[int, list[pd.DataFrame]] = {seed: [] for seed in seeds}
        for (seed, length), path in zip(cells, getattr(files, name), strict=True):
            found[seed].append(read_table(path).assign(length=length))
        study[name] = {
            seed: pd.concat(tables, ignore_index=True) for seed, tables in found.items()
        }
    return study
