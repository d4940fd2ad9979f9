"""A number of each seed as one: its mean over seeds, and how far these lie apart."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def over_seeds(
    table: pd.DataFrame,
    keys: Sequence[str],
    *,
    mean: Sequence[str] = (),
    spread: Sequence[str] = (),
    least: Sequence[str] = (),
    most: Sequence[str] = (),
    first: Sequence[str] = (),
    counted: str = "seed",
) -> pd.DataFrame:
    """Each point's numbers over seeds.

    Args:
        table: One row per seed and point.
        keys: Columns that tell points apart.
        mean: Columns that are averaged.
        spread: Of these, columns whose smallest and largest are told too, as
            `<name>_min` and `<name>_max`: how far a number depends on the run.
        least: Columns of which the smallest is told, such as an interval's lower end.
        most: Columns of which the largest is told.
        first: Columns that are alike in all seeds.
        counted: Column whose known values are counted, as `seeds`.

    Returns:
        Columns keys, mean, spread, least, most, first and `seeds`; points in the
        order in which they come.

    >>> two = pd.DataFrame({"seed": [1, 2], "epoch": 0, "x": [0.2, 0.4]})
    >>> over_seeds(two, ["epoch"], mean=["x"], spread=["x"]).iloc[0].round(2).to_dict()
    {'epoch': 0.0, 'x': 0.3, 'x_min': 0.2, 'x_max': 0.4, 'seeds': 2.0}
    """
    how = {name: (name, "mean") for name in mean}
    for name in spread:
        how |= {f"{name}_min": (name, "min"), f"{name}_max": (name, "max")}
    how |= {name: (name, "min") for name in least}
    how |= {name: (name, "max") for name in most}
    how |= {name: (name, "first") for name in first}
    how["seeds"] = (counted, "count")
    return table.groupby(list(keys), sort=False).agg(**how).reset_index()
