"""The claims P1 to P24 about predefined sparseness (002).

Criteria were fixed before the first run. P1 to P3, P13, P14, P23 and P24 are of sizes,
arithmetic and memory: no training enters them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from ontogeny.claims.adjusting import adjusted
from ontogeny.claims.judge import judge as ask
from ontogeny.claims.verdicts import Claim, claims_in
from ontogeny.studies.predefined.claims import sizes, taggers, texts
from ontogeny.studies.predefined.claims.run import PredefinedRun
from ontogeny.studies.predefined.inputs import Inputs

SPLIT = "test"

CLAIMS: tuple[Claim, ...] = claims_in(sizes, texts, taggers)

OF_EACH = {claim.id for claim in claims_in(sizes)} | {"P5", "P7"}
"""Claims that ask each run, however many there are: what no training enters, so that
there is no mean over trainings; "in every seed"; and a spread over all seeds, which is
one number."""


def judge(inputs: Inputs, params: Any) -> pd.DataFrame:
    """Ask all claims of every seed: those about trainings, of the seeds that have any.

    Args:
        inputs: Of all seeds.
        params: seeds, judged_hidden, dimensions, as_in_paper, resamples, judged.
    """
    runs = {
        seed: PredefinedRun(
            inputs,
            seed,
            tuple(params.seeds),
            params.judged_hidden,
            params.dimensions,
            params.as_in_paper,
            params.resamples,
        )
        for seed in params.seeds
    }
    trained = {
        sizes: set(params.seeds),
        texts: {seed for *_, seed in inputs.quality},
        taggers: {seed for _, seed in inputs.tagged},
    }
    tables = []
    for claim in CLAIMS:
        of = next(m for m in trained if claim in claims_in(m))
        seeds = trained[of] or trained[sizes]
        own = {
            (seed, SPLIT): replace(run, seeds=tuple(sorted(seeds)))
            for seed, run in runs.items()
            if seed in seeds
        }
        tables.append(ask([claim], own, judged=params.judged, of_each=OF_EACH))
    return adjusted(pd.concat(tables, ignore_index=True))
