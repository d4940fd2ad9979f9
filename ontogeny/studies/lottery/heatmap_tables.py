"""The tables behind figures of layers beside layers.

Source: 003, figures 5, 6, A6 and A8 to A11.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ontogeny.studies.lottery.names import ANOTHER, CHAINS, DENSE, UNTRAINED, WITH_NULL
from ontogeny.studies.lottery.points import points, sorted_by_chain

SIDES = ["prunings_a", "layer_a", "prunings_b", "layer_b"]


def mirrored(table: pd.DataFrame) -> pd.DataFrame:
    """Pairs of a chain's layers in both orders; those of LTH0 alone in each chain.

    Args:
        table: `layers` or `attention` of `Inputs`.

    Returns:
        The same columns; chain `dense` only as part of the others. In chains `another`
        and `untrained` a and b are two models: pairs stay as they are.
    """
    if table.empty:
        return table
    nulls = table[table["chain"].isin((ANOTHER, UNTRAINED))]
    own = table[table["chain"].isin((DENSE, *CHAINS))]
    alone = own[own["prunings_a"].eq(0) & own["prunings_b"].eq(0)]
    parts = [own[own["chain"].ne(DENSE)]]
    for chain, seed in own[["chain", "seed"]].drop_duplicates().to_numpy():
        if chain != DENSE:
            parts.append(alone[alone["seed"].eq(seed)].assign(chain=chain))
    straight = pd.concat([*parts, *map(_of_itself, parts)])
    turned = dict(zip(SIDES, [*SIDES[2:], *SIDES[:2]], strict=True))
    both = pd.concat([straight, straight.rename(columns=turned)[table.columns]])
    places = [name for name in ("stack", "kind", "adjusted") if name in table]
    both = both.drop_duplicates(["chain", "seed", *places, *SIDES])
    return pd.concat([both, nulls], ignore_index=True)


def _of_itself(table: pd.DataFrame) -> pd.DataFrame:
    """Layers beside themselves: that this is 1 needs no measurement."""
    ones = table.drop(columns=["draws"], errors="ignore").drop_duplicates(
        ["chain", "seed", *set(table) & {"stack", "kind", "adjusted"}, *SIDES[2:]]
    )
    same = dict.fromkeys({"similarity", "debiased", "without_ends"} & set(ones), 1.0)
    sides = {"prunings_a": ones["prunings_b"], "layer_a": ones["layer_b"]}
    return ones.assign(**same, **sides)


def sparsest(table: pd.DataFrame) -> dict[str, int]:
    """Prunings of the sparsest analysed model of each chain.

    Args:
        table: `layers` or `attention` of `Inputs`.
    """
    of_chain = table[table["chain"].isin(CHAINS)].groupby("chain")
    ends = of_chain[["prunings_a", "prunings_b"]].max().max(axis=1)
    return {str(chain): int(k) for chain, k in ends.items() if k}


def squares(
    table: pd.DataFrame,
    places: Sequence[str],
    *,
    chains: Sequence[str] = WITH_NULL,
    shown: Sequence[int] | None = None,
) -> pd.DataFrame:
    """All pairs of layers of some models.

    Args:
        table: `layers` or `attention` of `Inputs`.
        places: Of these stacks, or kinds of attention.
        chains: Those wanted; of a chain that was not measured there are no rows.
        shown: Prunings of the models; None: LTH0 and the chain's sparsest.

    Returns:
        Columns chain, stack or kind (and adjusted), prunings_a, layer_a, prunings_b,
        layer_b, value, low, high, seeds; of layers also debiased and without_ends.
    """
    name = "stack" if "stack" in table else "kind"
    of = [name, "adjusted"] if "adjusted" in table else [name]
    ends = sparsest(table)
    own = mirrored(table)
    own = own[own[name].isin(places) & own["chain"].isin(chains)]
    parts = [own.iloc[:0]]
    for chain, k in ends.items():
        rows = own[own["chain"].eq(chain)]
        models = shown if shown is not None else (0, k)
        wanted = rows["prunings_a"].isin(models) & rows["prunings_b"].isin(models)
        parts.append(rows[wanted])
    found = pd.concat(parts).rename(columns={"similarity": "value"})
    other = [name for name in ("debiased", "without_ends") if name in found]
    rows = points(found, ["chain", *of, *SIDES], mean=other)
    return sorted_by_chain(rows, [*of, *SIDES])
