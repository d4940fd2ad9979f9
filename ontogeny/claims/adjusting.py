"""Verdicts adjusted for how many claims of a paper there are.

A paper has dozens of claims, so some would come out as reproduced by chance.

Source: Benjamini and Yekutieli (2001).
"""

from __future__ import annotations

import pandas as pd
from scipy import stats

from ontogeny.claims.verdicts import UNDECIDED

FALSE_DISCOVERIES = 0.05
"""Share of a paper's adjusted verdicts that may be false, in the mean."""


def adjusted(table: pd.DataFrame) -> pd.DataFrame:
    """Verdicts adjusted for how many claims of a paper there are.

    Those about a mean over runs that were run on the first split of which they are
    asked: their p by Benjamini and Yekutieli (2001) at a false discovery rate of 5 %,
    whatever hangs together among them. What is not rejected is `undecided`.

    Args:
        table: Of `ontogeny.claims.judge.judge`, or several of its tables below each
            other, whose claims differ.
    """
    table = table.assign(adjusted="")
    for _, rows in table.groupby("paper", sort=False):
        split = rows.groupby("claim", sort=False)["split"].transform("first")
        first = rows[rows["split"].eq(split) & rows["p"].notna()]
        claims = first.drop_duplicates("claim").set_index("claim")
        if claims.empty:
            continue
        corrected = stats.false_discovery_control(claims["p"], method="by")
        rejected = claims.index[corrected <= FALSE_DISCOVERIES]
        told = first["verdict"].where(first["claim"].isin(rejected), UNDECIDED)
        table.loc[first.index, "adjusted"] = told
    return table
