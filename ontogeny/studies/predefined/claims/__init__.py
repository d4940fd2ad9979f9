"""The claims P1 to P24 about predefined sparseness (002).

Criteria were fixed before the first run. P1 to P3, P13, P14, P23 and P24 are of sizes,
arithmetic and memory: no training enters them.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from ontogeny.claims.judge import judge as ask
from ontogeny.claims.verdicts import Claim, claims_in
from ontogeny.studies.predefined.claims import sizes, taggers, texts
from ontogeny.studies.predefined.claims.run import PredefinedRun
from ontogeny.studies.predefined.inputs import Inputs

SPLIT = "test"

CLAIMS: tuple[Claim, ...] = claims_in(sizes, texts, taggers)


def judge(inputs: Inputs, params: Any) -> pd.DataFrame:
    """Ask all claims of every seed.

    Args:
        inputs: Of all seeds.
        params: seeds, judged_hidden, dimensions, paper_sizes, resamples, judged.
    """
    runs = {
        (seed, SPLIT): PredefinedRun(
            inputs,
            seed,
            tuple(params.seeds),
            params.judged_hidden,
            params.dimensions,
            params.paper_sizes,
            params.resamples,
        )
        for seed in params.seeds
    }
    return ask(CLAIMS, runs, judged=params.judged)
