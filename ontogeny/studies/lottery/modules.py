"""Where weights were pruned: counts by matrix, and how far two masks agree."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from torch import Tensor

from ontogeny.models.transformer import Prunable


def pruned_by_matrix(
    masks: Mapping[str, Tensor], places: Mapping[str, Prunable]
) -> pd.DataFrame:
    """How many weights of each matrix were pruned.

    Args:
        masks: What remains, by name.
        places: Where each stands (`EncoderDecoder.prunable`).

    Returns:
        Columns stack, layer, kind, matrix, weights, pruned; rows (outputs) and columns
        (inputs) that are wholly pruned: dead_rows, dead_columns.
    """
    rows = [
        {
            **places[name]._asdict(),
            "weights": mask.numel(),
            "pruned": mask.numel() - int(mask.sum()),
            "dead_rows": int((~mask.any(1)).sum()),
            "dead_columns": int((~mask.any(0)).sum()),
        }
        for name, mask in masks.items()
    ]
    return pd.DataFrame(rows)


def sparsity_by(table: pd.DataFrame, columns: list[str]) -> pd.Series:
    """Share of weights that were pruned, of some matrices together.

    Args:
        table: Of `pruned_by_matrix`.
        columns: Those that tell modules apart: stack, layer and kind for figures A1
            and A2; kind and matrix for queries and keys beside values and outputs.
    """
    sums = table.groupby(columns, sort=False)[["pruned", "weights"]].sum()
    return (sums["pruned"] / sums["weights"]).rename("sparsity")


def overlap(a: Mapping[str, Tensor], b: Mapping[str, Tensor]) -> tuple[float, float]:
    """Share of A's pruned weights that B has pruned, and what chance gives.

    By chance, with as many pruned in each tensor as are: Σ p_A p_B / n over Σ p_A.

    Args:
        a: Masks of one model.
        b: Masks of another, by the same names.

    Returns:
        Both NaN if A has pruned none.
    """
    both = own = expected = 0.0
    for name, mask in a.items():
        pruned = int((~mask).sum())
        own += pruned
        both += int((~mask & ~b[name]).sum())
        expected += pruned * int((~b[name]).sum()) / mask.numel()
    return (both / own, expected / own) if own else (float("nan"), float("nan"))
