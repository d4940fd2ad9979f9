"""The claims V1 to V31 of the SVCCA paper (thesis chapter 4).

Criteria were fixed before the first run. E is the last epoch, e₁ epoch 1,
early the first 20 % of epochs (at least epoch 1, never the untrained epoch 0),
late the last 20 %; τ is Kendall's over epochs from epoch 1, stab the first
epoch after which a curve stays within 0.02 of its end. V17 has two readings:
V17b is the second.

Intervals are over the sentences of the test text. They hold neither another
seed of the language model, for which every seed is judged, nor another seed of
a tagger, of which there is one.

Source: Saphra & Lopez (2019), arXiv:1811.00225.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from ontogeny.claims.judge import judge as ask
from ontogeny.claims.over_runs import FEWEST
from ontogeny.claims.verdicts import claims_in
from ontogeny.statistics.bootstrap import resampling_weights
from ontogeny.statistics.groups import SENTENCE_GROUPS
from ontogeny.statistics.learning import not_judged
from ontogeny.studies.svcca.claims import cost, input_tags, layers, order, taggers
from ontogeny.studies.svcca.claims.run import SvccaRun
from ontogeny.studies.svcca.inputs import Inputs
from ontogeny.studies.svcca.names import COMMON

SPLIT = "test"
DOMAINS = (COMMON, "xpos", "sem")

OF_EACH = {"V10", "V11", "V12", "V21"}
"""Claims that ask each run, however many there are: of epochs that a run picks, and of
tag models, which all runs share."""

OF_PAIRS = ("V4", "V5", "V6", "V9")
"""Claims of similarity to other seeds, in which every run has a part of every other:
what differs between runs is told by leaving out each (`ontogeny.claims.deletion`)."""

CLAIMS = claims_in(cost, input_tags, layers, order, taggers)


def judge(inputs: Inputs, params: Any) -> pd.DataFrame:
    """Ask all claims of every seed.

    Args:
        inputs: Of all seeds.
        params: preset, the convention of similarity; resamples of groups of
            sentences, another domain's by a seed of its own; judged.

    Raises:
        ValueError: If there is no similarity of this preset or fewer than one
            resample.
    """
    if not inputs.similarity["preset"].eq(params.preset).any():
        raise ValueError(f"no similarity of preset {params.preset}")
    weights = {
        domain: resampling_weights(SENTENCE_GROUPS, params.resamples, seed=number)
        for number, domain in enumerate(DOMAINS)
    }

    def runs_of(similarity: pd.DataFrame) -> dict[tuple[int, str], SvccaRun]:
        ours = similarity[similarity["preset"] == params.preset]
        return {
            (seed, SPLIT): SvccaRun(
                similarity=ours[ours["seed"] == seed],
                diagnostics=inputs.diagnostics[inputs.diagnostics["seed"] == seed],
                scores=inputs.scores,
                losses=inputs.curves[inputs.curves["seed"] == seed],
                weights=weights,
            )
            for seed in sorted(map(int, ours["seed"].unique()))
        }

    runs = runs_of(inputs.similarity)
    reasons = not_judged({seed: run.losses for (seed, _), run in runs.items()})
    deleted: dict[int, dict[tuple[int, str], SvccaRun]] = {}
    learned = [seed for seed, _ in runs if seed not in reasons]
    if inputs.pairs and len(learned) >= FEWEST:
        # A model that has learned nothing is none to be alike.
        runs = runs_of(inputs.among(learned))
        for seed in learned:
            others = [other for other in learned if other != seed]
            left = runs_of(inputs.among(others))
            deleted[seed] = {(other, SPLIT): left[other, SPLIT] for other in others}
    ungated = {at: replace(run, gated=False) for at, run in runs.items()}
    of_each = OF_EACH if deleted else OF_EACH.union(OF_PAIRS)
    return ask(
        CLAIMS,
        runs,
        judged=params.judged,
        not_judged=reasons,
        ungated=ungated,
        of_each=of_each,
        without=dict.fromkeys(OF_PAIRS, deleted),
    )
