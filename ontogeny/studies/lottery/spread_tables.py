"""The tables behind figures of neurons, directions and categories of words.

Source: 003, figures A4 and A7, §5.3.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ontogeny.studies.lottery.names import CHAINS, DENSE, WITH_NULL
from ontogeny.studies.lottery.points import points, sorted_by_chain

BINS = np.linspace(-1, 1, 201).round(2)
"""Ends of the bins of correlations."""
SHOWN_CATEGORIES = 20
"""Of one kind; of more the least and the most alike are drawn, half of each."""


def match_shares(matches: pd.DataFrame) -> pd.DataFrame:
    """How the largest correlations of a model's neurons are spread (figure A4).

    Args:
        matches: Of `Inputs`; of LTHk's neurons, of all layers of a stack together.

    Returns:
        Columns stack, chain, prunings, low, high (ends of a bin of 0.01), share (of
        neurons, mean over seeds), seeds; bins from the first to the last filled of all.
    """
    columns = ["stack", "chain", "prunings", "low", "high", "share", "seeds"]
    own = matches[matches["of"].eq("sparse") & matches["chain"].isin(CHAINS)]
    own = own[own["prunings"].gt(0)]
    if own.empty:
        return pd.DataFrame(columns=columns)
    place = np.digitize(own["correlation"], BINS[1:-1])
    first, last = place.min(), place.max() + 1
    rows = []
    keys = ["stack", "chain", "prunings"]
    for key, of in own.assign(place=place).groupby(keys, sort=False):
        counts = pd.crosstab(of["seed"], of["place"], normalize="index").mean()
        shares = counts.reindex(range(first, last), fill_value=0.0)
        rows.append(
            pd.DataFrame(
                {
                    **dict(zip(keys, key, strict=True)),
                    "low": BINS[first:last],
                    "high": BINS[first + 1 : last + 1],
                    "share": shares.to_numpy(),
                    "seeds": of["seed"].nunique(),
                }
            )
        )
    found = pd.concat(rows, ignore_index=True)
    return sorted_by_chain(found, ["stack", "prunings", "low"])[columns]


def variance_shares(variances: pd.DataFrame) -> pd.DataFrame:
    """Share of the last layers' variance in their largest directions (figure A7).

    Args:
        variances: Of `Inputs`.

    Returns:
        Columns stack, centred, chain, prunings, number (of directions, from 1), value
        (cumulative share), low, high (over seeds), seeds.
    """
    keys = ["stack", "centred", "chain", "prunings"]
    own = variances[variances["chain"].isin((DENSE, *CHAINS))]
    own = own[own["layer"].eq(own.groupby("stack")["layer"].transform("max"))]
    own = own.sort_values("number", kind="stable")
    parts = own.groupby([*keys, "seed"], sort=False)["variance"]
    own = own.assign(value=parts.cumsum() / parts.transform("sum"))
    rows = points(own, [*keys, "number"])
    return sorted_by_chain(rows, ["stack", "centred", "prunings", "number"])


def category_table(categories: pd.DataFrame) -> pd.DataFrame:
    """How alike LTH0 and LTHk are on words of one category (§5.3).

    Args:
        categories: Of `Inputs`.

    Returns:
        Columns by (frequency, xpos, sem), category, number, chain, prunings, judged,
        value (debiased CKA of equally many tokens), similarity (biased, of all), low,
        high, tokens, tokens_judged, ambiguity, seeds; drawn: whether the figure has it:
        those of the sparsest model of the chains with a null, and of more than
        `SHOWN_CATEGORIES` the least and the most alike; categories: how many there are
        of the kind; enough: of these, how many are judged.
    """
    keys = ["by", "category", "number", "chain", "prunings"]
    other = ["similarity", "tokens", "tokens_judged", "ambiguity", "judged"]
    own = categories[categories["chain"].isin(CHAINS)]
    own = own.assign(value=own["debiased"], judged=own["judged"].astype(float))
    rows = points(own, keys, mean=other)
    rows["judged"] = rows["judged"].astype(float).ge(1)  # in every seed
    rows = sorted_by_chain(rows, ["prunings", "by", "number"])
    return (
        _choose(rows) if len(rows) else rows.assign(drawn=False, categories=0, enough=0)
    )


def _choose(rows: pd.DataFrame) -> pd.DataFrame:
    """Which categories are drawn; ranked in the first chain that was measured."""
    own = rows[rows["chain"].isin(WITH_NULL) & rows["value"].notna()]
    ends = own.groupby("chain")["prunings"].transform("max")
    own = own[own["prunings"].eq(ends)]
    chosen: set[tuple[str, str]] = set()
    for by, of in own.groupby("by", sort=False):
        of = of[of["chain"].eq(of["chain"].iloc[0])].sort_values("value")
        # Too few tokens make a number of chance; if all have so few, it is said.
        of = of[of["judged"]] if of["judged"].any() else of
        if len(of) > SHOWN_CATEGORIES:
            half = SHOWN_CATEGORIES // 2
            of = pd.concat([of.iloc[:half], of.iloc[-half:]])
        chosen |= {(str(by), str(category)) for category in of["category"]}
    pairs = zip(rows["by"], rows["category"], strict=True)
    named = pd.Series([pair in chosen for pair in pairs], index=rows.index)
    judged = rows["category"].where(rows["judged"])
    return rows.assign(
        drawn=named & rows.index.isin(own.index),
        categories=rows.groupby("by")["category"].transform("nunique"),
        enough=judged.groupby(rows["by"]).transform("nunique"),
    )
