"""Sparsity of modules: matrices that stand together."""

from __future__ import annotations

import pandas as pd


def sparsity_by(table: pd.DataFrame, columns: list[str]) -> pd.Series:
    """Share of weights that were pruned, of some matrices together.

    Args:
        table: Of `ontogeny.studies.lottery.modules.pruned_by_matrix`.
        columns: Those that tell modules apart: stack, layer and kind for figures A1
            and A2; kind and matrix for queries and keys beside values and outputs.
    """
    sums = table.groupby(columns, sort=False)[["pruned", "weights"]].sum()
    return (sums["pruned"] / sums["weights"]).rename("sparsity")
