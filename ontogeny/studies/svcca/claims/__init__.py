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

from typing import Any

import pandas as pd

from ontogeny.claims.judge import judge as ask
from ontogeny.claims.verdicts import Claim
from ontogeny.statistics.bootstrap import resampling_weights
from ontogeny.statistics.groups import SENTENCE_GROUPS
from ontogeny.statistics.learning import not_judged
from ontogeny.studies.svcca.claims import cost, input_tags, layers, order, taggers
from ontogeny.studies.svcca.claims.run import SvccaRun
from ontogeny.studies.svcca.inputs import Inputs
from ontogeny.studies.svcca.names import COMMON

__all__ = ["CLAIMS", "SPLIT", "SvccaRun", "judge", "judge_svcca"]

SPLIT = "test"
DOMAINS = (COMMON, "xpos", "sem")

CLAIMS: tuple[Claim, ...] = (
    *(layers.v1, layers.v2, layers.v3, layers.v4, layers.v5),
    *(layers.v6, layers.v7, layers.v8, layers.v9),
    *(taggers.v10, taggers.v11, taggers.v12),
    *(order.v13, order.v14, order.v15, order.v16),
    *(order.v17, order.v17b, order.v18),
    *(taggers.v19, taggers.v20, taggers.v21, taggers.v22),
    order.v23,
    *(
        input_tags.v24,
        input_tags.v25,
        input_tags.v26,
        input_tags.v27,
        input_tags.v28,
        input_tags.v29,
    ),
    taggers.v30,
    cost.v31,
)


def judge(inputs: Inputs, params: Any) -> pd.DataFrame:
    """Ask all claims of every seed.

    Args:
        inputs: Of all seeds.
        params: preset, resamples and judged.
    """
    return judge_svcca(
        **inputs._asdict(),
        preset=params.preset,
        resamples=params.resamples,
        judged=params.judged,
    )


def judge_svcca(
    similarity: pd.DataFrame,
    diagnostics: pd.DataFrame,
    scores: pd.DataFrame,
    curves: pd.DataFrame,
    *,
    preset: str,
    resamples: int = 1000,
    judged: bool = True,
) -> pd.DataFrame:
    """Ask all SVCCA claims of every seed.

    Args:
        similarity: Table of similarities, with the column seed.
        diagnostics: Table of diagnostic classifiers, with the column seed.
        scores: Table of the final taggers' accuracies.
        curves: The language models' losses, one row per (seed, epoch). A model
            that has learned nothing is not judged.
        preset: The convention of similarity that is judged.
        resamples: Bootstrap resamples of the groups of sentences. Another domain
            holds other sentences: its resamples have a seed of their own.
        judged: False where the scale is too small for any verdict.

    Returns:
        The table described in `ontogeny.claims.judge`; its split is "test".

    Raises:
        ValueError: If there is no similarity of this preset or fewer than one
            resample.
    """
    ours = similarity[similarity["preset"] == preset]
    if not len(ours):
        raise ValueError(f"no similarity of preset {preset}")
    weights = {
        domain: resampling_weights(SENTENCE_GROUPS, resamples, seed=number)
        for number, domain in enumerate(DOMAINS)
    }
    runs = {
        (seed, SPLIT): SvccaRun(
            similarity=ours[ours["seed"] == seed],
            diagnostics=diagnostics[diagnostics["seed"] == seed],
            scores=scores,
            losses=curves[curves["seed"] == seed],
            weights=weights,
        )
        for seed in sorted(map(int, ours["seed"].unique()))
    }
    reasons = not_judged({seed: run.losses for (seed, _), run in runs.items()})
    return ask(CLAIMS, runs, judged=judged, not_judged=reasons)
