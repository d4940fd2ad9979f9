"""Tables of several seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from ontogeny.disk.files import read_table


def read_by_seed(
    files: Sequence[str | Path], seeds: Sequence[int], columns: list[str] | None = None
) -> Mapping[int, pd.DataFrame]:
    """Read a table per seed.

    Args:
        files: One per seed.
        seeds: In the files' order.
        columns: To read, if not all.

    Raises:
        InputError: If a file is missing or damaged.
    """
    return {
        seed: read_table(file, columns) for seed, file in zip(seeds, files, strict=True)
    }
