"""Numbers of models as points of a figure: over seeds, with ends, from LTH0 on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ontogeny.statistics.bootstrap import percentile_interval
from ontogeny.statistics.over_seeds import over_seeds
from ontogeny.studies.lottery.names import ANOTHER, CHAINS, DENSE


def points(
    table: pd.DataFrame, keys: Sequence[str], *, mean: Sequence[str] = ()
) -> pd.DataFrame:
    """Each point's value over seeds, and how sure it is.

    Args:
        table: One row per seed and point: seed, value; draws, of a bootstrap, or None.
        keys: Columns that tell points apart.
        mean: Further columns that are averaged.

    Returns:
        Columns keys, value and mean (means over seeds); low, high: of one seed the
        95 % interval (NaN without draws), of several the least and the most; seeds.
        Points in the order in which they come.

    >>> two = pd.DataFrame({"seed": [1, 2], "k": 0, "value": [0.2, 0.4]})
    >>> points(two, ["k"])[["low", "high"]].to_numpy().tolist()
    [[0.2, 0.4]]
    """
    if table.empty:
        columns = ["value", *mean, "low", "high", "seeds"]
        return table[list(keys)].assign(**dict.fromkeys(columns, 0.0))
    seeds = table.groupby(list(keys))["seed"].transform("count")
    draws = table["draws"] if "draws" in table else [None] * len(table)
    ends = [
        interval(drawn) if count == 1 else (value, value)
        for drawn, count, value in zip(draws, seeds, table["value"], strict=True)
    ]
    low, high = np.array(ends, dtype=float).T
    return over_seeds(
        table.assign(low=low, high=high),
        keys,
        mean=["value", *mean],
        least=["low"],
        most=["high"],
    )


def interval(draws: object) -> tuple[float, float]:
    """The 95 % interval of a bootstrap's draws; NaN if there are none.

    >>> interval(None)
    (nan, nan)
    """
    if not isinstance(draws, list | tuple | np.ndarray) or not len(draws):
        return float("nan"), float("nan")
    low, high = percentile_interval(np.asarray(draws, dtype=float))
    return float(low), float(high)


def mean_draws(draws: Sequence[object]) -> Any:
    """Of a mean of statistics that share their resamples; None if one has none."""
    if any(not isinstance(one, list | tuple | np.ndarray) for one in draws):
        return None
    return np.mean([np.asarray(one, dtype=float) for one in draws], axis=0)


def sorted_by_chain(table: pd.DataFrame, columns: Sequence[str] = ()) -> pd.DataFrame:
    """Rows in the order of `CHAINS`, LTH0 first and what is not pruned last.

    Args:
        table: With a column chain.
        columns: By which rows of a chain are sorted.
    """
    order = {chain: place for place, chain in enumerate((DENSE, *CHAINS))}
    place = table["chain"].map(lambda chain: order.get(chain, len(order)))
    table = table.assign(place=place).sort_values(["place", *columns], kind="stable")
    return table.drop(columns="place").reset_index(drop=True)


def from_dense(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of chains, each beginning with LTH0's rows of the seeds that it has.

    Args:
        table: Of single models: chain, seed and others.
    """
    dense = table[table["chain"].eq(DENSE)]
    parts = []
    for (chain, seed), rows in table.groupby(["chain", "seed"], sort=False):
        if chain in CHAINS:
            start = dense[dense["seed"].isin([seed])].assign(chain=chain)
            parts += [start, rows]
    return pd.concat(parts, ignore_index=True) if parts else table.iloc[:0]


def with_null(table: pd.DataFrame) -> pd.DataFrame:
    """LTH0 of seeds without a chain, where others have any, as of `ANOTHER`.

    Args:
        table: Of single models: chain, seed and others.
    """
    begun = set(table.loc[table["chain"].isin(CHAINS), "seed"])
    null = table["chain"].eq(DENSE) & bool(begun) & ~table["seed"].isin(begun)
    return table.assign(chain=table["chain"].mask(null, ANOTHER))


def sparsities(modules: pd.DataFrame) -> pd.DataFrame:
    """What share of its weights each model has lost.

    Args:
        modules: Of `Inputs`.

    Returns:
        Columns chain, prunings, excluding (of prunable weights), including (of all
        parameters), dead_rows, dead_columns (of all matrices); means over seeds.
    """
    columns = ["excluding", "including", "dead_rows", "dead_columns"]
    keys = ["chain", "prunings"]
    if modules.empty:
        return pd.DataFrame(columns=[*keys, *columns])
    summed = ["weights", "pruned", "dead_rows", "dead_columns"]
    models = modules.groupby([*keys, "seed"], sort=False)
    table = models[summed].sum().join(models["parameters"].first()).reset_index()
    table["excluding"] = table["pruned"] / table["weights"]
    table["including"] = table["pruned"] / table["parameters"]
    return over_seeds(table, keys, mean=columns).drop(columns="seeds")


def with_sparsity(table: pd.DataFrame, of: pd.DataFrame) -> pd.DataFrame:
    """Beside each model the share of its prunable weights that is pruned.

    Args:
        table: With columns chain and prunings.
        of: From `sparsities`.

    Returns:
        With a column sparsity; 0 of LTH0, NaN where it is not known.
    """
    known = of.set_index(["chain", "prunings"])["excluding"].to_dict()
    models = zip(table["chain"], table["prunings"], strict=True)
    found = [0.0 if not k else known.get((chain, k), np.nan) for chain, k in models]
    return table.assign(sparsity=np.array(found, dtype=float))
