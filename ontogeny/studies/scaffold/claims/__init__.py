"""The claims K1 to K15 about scaffolds (thesis chapter 5).

Criteria were fixed before the first run. E is the last epoch, k the words of a
scaffold, n how often the rule occurs in a text; the untrained epoch 0 is no
point of training. Where a claim is about each k, the worst one decides.

Intervals are over the scaffolds tested on, in groups. They hold neither another
text nor another initialisation, for which every seed is judged. All is about
generated texts, so no claim needs the structure of a language.

Source: thesis ch. 5, §4 and appendices B, C; Saphra & Lopez (2020),
arXiv:2010.04650.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ontogeny.claims.judge import judge as ask
from ontogeny.claims.verdicts import Claim
from ontogeny.studies.scaffold.claims import learning, parts, texts
from ontogeny.studies.scaffold.claims.run import ScaffoldRun
from ontogeny.studies.scaffold.draws import Sample
from ontogeny.studies.scaffold.inputs import Inputs

__all__ = ["CLAIMS", "SPLIT", "ScaffoldRun", "judge", "judge_scaffold"]

SPLIT = "test"

CLAIMS: tuple[Claim, ...] = (
    *(learning.k1, learning.k2, learning.k3, learning.k4),
    *(parts.k5, parts.k6, parts.k7, parts.k8),
    *(texts.k9, texts.k10, texts.k11),
    *(learning.k12, learning.k13),
    *(texts.k14, texts.k15),
)


def judge(inputs: Inputs, params: Any) -> pd.DataFrame:
    """Ask all claims of every seed.

    Args:
        inputs: Of all seeds.
        params: occurrences at which both settings are compared, resamples, judged.
    """
    return judge_scaffold(
        *inputs,
        occurrences=params.occurrences,
        resamples=params.resamples,
        judged=params.judged,
    )


def judge_scaffold(
    measures: Mapping[int, pd.DataFrame],
    counts: Mapping[int, pd.DataFrame],
    *,
    occurrences: int,
    resamples: int = 1000,
    judged: bool = True,
) -> pd.DataFrame:
    """Ask all claims about scaffolds of every seed.

    Args:
        measures: Of `ontogeny.studies.scaffold.grid`, by seed.
        counts: Of `ontogeny.studies.scaffold.making`, by seed, with a column length.
        occurrences: n at which both settings are compared.
        resamples: Bootstrap resamples of the groups of scaffolds.
        judged: False where the scale is too small for any verdict.

    Returns:
        The table described in `ontogeny.claims.judge`; its split is "test".

    Raises:
        ValueError: If there is no seed, or a seed has measures but no counts or
            the other way round.
    """
    if measures.keys() != counts.keys():
        raise ValueError("not the same seeds were measured and counted")
    runs = {
        (seed, SPLIT): ScaffoldRun(
            Sample(measures[seed], resamples),
            counts[seed],
            occurrences,
        )
        for seed in sorted(measures)
    }
    return ask(CLAIMS, runs, judged=judged)
