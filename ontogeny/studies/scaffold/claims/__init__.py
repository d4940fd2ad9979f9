"""The claims K1 to K15 about scaffolds (thesis chapter 5).

Criteria were fixed before the first run. E is the last epoch, k the words of a
scaffold, n how often the rule occurs in a text; the untrained epoch 0 is no
point of training. Where a claim is about each k, the worst one decides.

Intervals are over the scaffolds tested on, in groups. They hold neither another
text nor another initialisation: of three seeds or more claims are about the mean over
these, each with a text and scaffolds of its own. All is about generated texts, so no
claim needs the structure of a language.

Source: thesis ch. 5, §4 and appendices B, C; Saphra & Lopez (2020),
arXiv:2010.04650.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from ontogeny.claims.judge import judge as ask
from ontogeny.claims.verdicts import claims_in
from ontogeny.studies.scaffold.claims import learning, parts, texts
from ontogeny.studies.scaffold.claims.run import ScaffoldRun
from ontogeny.studies.scaffold.draws import Sample
from ontogeny.studies.scaffold.inputs import Inputs

SPLIT = "test"

CLAIMS = claims_in(learning, parts, texts)

OF_EACH = {"K2", "K14", "K15"}
"""Claims that ask each run, however many there are: where a run has its highest epoch,
and what every text must be like, which is counted."""


def judge(inputs: Inputs, params: Any) -> pd.DataFrame:
    """Ask all claims about scaffolds of every seed.

    Args:
        inputs: Of all seeds.
        params: occurrences at which both settings are compared; resamples of groups
            of scaffolds; judged.

    Raises:
        ValueError: If there is no seed, or a seed has measures but no counts or
            the other way round.
    """
    measures, counts = inputs
    if measures.keys() != counts.keys():
        raise ValueError("not the same seeds were measured and counted")
    runs = {
        (seed, SPLIT): ScaffoldRun(
            Sample(measures[seed], params.resamples), counts[seed], params.occurrences
        )
        for seed in sorted(measures)
    }
    every = {claim.id for claim in CLAIMS}
    return ask(CLAIMS, runs, judged=params.judged, of_each=OF_EACH, own_items=every)
