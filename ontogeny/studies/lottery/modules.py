"""Where weights were pruned: counts by matrix, and how far two masks agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

import pandas as pd
from torch import Tensor

from ontogeny.models.transformer import Prunable
from ontogeny.pruning.masks import all_remain
from ontogeny.studies.lottery.translator import Translator


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


def measure_masks(
    runs: Sequence[tuple[str, int]], models: Iterable[Translator], at_once: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Where all models of a run were pruned, and how far their masks agree.

    Args:
        runs: Chain and seed of each model.
        models: In the order of the runs.
        at_once: Prunings of a fifth in an iteration.

    Returns:
        Tables modules and overlaps (`ontogeny.studies.lottery.inputs.Inputs`).
    """
    modules, masks = [], {}
    for (chain, seed), one in zip(runs, models, strict=True):
        of: dict[str, Any] = {"seed": seed, "chain": chain}
        of["prunings"] = one.iteration * at_once
        weights = dict(one.model.named_parameters())
        # What was never pruned has none.
        own = one.masks or all_remain({n: weights[n] for n in one.model.prunable})
        table = pruned_by_matrix(own, one.model.prunable)
        size = sum(weight.numel() for weight in weights.values())
        modules.append(table.assign(**of, parameters=size))
        if table["pruned"].any():
            masks[chain, seed, of["prunings"]] = own
    overlaps = []
    for a, b in combinations(masks, 2):
        if a[2] == b[2]:
            of = dict(zip(("chain", "seed", "prunings"), a, strict=True))
            of |= {"other_chain": b[0], "other_seed": b[1]}
            share, chance = overlap(masks[a], masks[b])
            overlaps.append({**of, "overlap": share, "chance": chance})
    columns = ["seed", "chain", "prunings", "other_chain", "other_seed"]
    return (
        pd.concat(modules, ignore_index=True),
        pd.DataFrame(overlaps, columns=[*columns, "overlap", "chance"]),
    )
