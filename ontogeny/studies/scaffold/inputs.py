"""The tables that figures and claims of scaffolds are made of."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any, NamedTuple

import pandas as pd

from ontogeny.disk.files import read_table


class Inputs(NamedTuple):
    """What was measured, by seed, with a column length.

    Attributes:
        measures: Of `grid`.
        counts: Of `making`.
    """

    measures: dict[int, pd.DataFrame]
    counts: dict[int, pd.DataFrame]


def read(files: Any, params: Any) -> Inputs:
    """Read what was measured.

    Args:
        files: measures and counts: a file for each seed and, within a seed, for
            each length.
        params: seeds of texts and models, lengths of scaffolds.

    Raises:
        InputError: If a file is missing or damaged.
        ValueError: If there is not one file for each seed and length.
    """
    return Inputs(*(_by_seed(files[name], params) for name in Inputs._fields))


def _by_seed(files: Sequence[str], params: Any) -> dict[int, pd.DataFrame]:
    found: dict[int, list[pd.DataFrame]] = {seed: [] for seed in params.seeds}
    cells = product(params.seeds, params.lengths)
    for (seed, length), path in zip(cells, files, strict=True):
        found[seed].append(read_table(path).assign(length=length))
    return {
        seed: pd.concat(tables, ignore_index=True) for seed, tables in found.items()
    }
