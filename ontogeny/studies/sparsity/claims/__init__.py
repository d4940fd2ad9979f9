"""The claims S1 to S27 of the sparsity paper and thesis chapter 6.

Criteria were fixed before the first run. E is the last epoch, e₁ epoch 1,
early the first 20 % of epochs (at least epoch 1, never the untrained epoch 0);
ρ(early) is the mean of ρ over them.

Source: Saphra & Lopez (2019), arXiv:1908.01817.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ontogeny.claims.judge import judge as ask
from ontogeny.claims.verdicts import Claim
from ontogeny.statistics.bootstrap import resampling_weights
from ontogeny.statistics.learning import not_judged
from ontogeny.studies.sparsity.claims import classes, input_words, target_words
from ontogeny.studies.sparsity.claims.run import CorpusFacts, SparsityRun, Thresholds
from ontogeny.studies.sparsity.inputs import Inputs
from ontogeny.studies.sparsity.words import WordObservations

__all__ = [
    "CLAIMS",
    "CorpusFacts",
    "SparsityRun",
    "Thresholds",
    "corpus_facts",
    "judge",
    "judge_sparsity",
]

CLAIMS: tuple[Claim, ...] = (
    *(
        target_words.s1,
        target_words.s2,
        target_words.s3,
        target_words.s4,
        target_words.s5,
    ),
    *(target_words.s6, target_words.s7),
    *(classes.s8, classes.s9, classes.s10, classes.s11, classes.s12),
    *(classes.s13, classes.s14),
    target_words.s15,
    *(
        input_words.s16,
        input_words.s17,
        input_words.s18,
        input_words.s19,
        input_words.s20,
        input_words.s21,
    ),
    *(target_words.s22, target_words.s23),
    classes.s24,
    *(input_words.s25, input_words.s26, input_words.s27),
)


def corpus_facts(steps: pd.DataFrame, *, paper_scale: bool) -> CorpusFacts:
    """Size of the training split from the what-was-kept table.

    Args:
        steps: Columns step, tokens, types (`ontogeny.corpus.filtering.Kept`).
        paper_scale: Whether the corpus is the paper's.
    """
    training = steps[steps["step"] == "train split"]
    tokens, types = (int(training[name].iloc[0]) for name in ("tokens", "types"))
    return CorpusFacts(tokens, types, paper_scale)


def judge(inputs: Inputs, params: Any) -> pd.DataFrame:
    """Ask all claims of every seed and split.

    Args:
        inputs: By (seed, split).
        params: thresholds, resamples, judged and papers_corpus, whether the corpus is
            the paper's.
    """
    assert inputs.steps is not None
    return judge_sparsity(
        inputs.observations,
        inputs.curves,
        thresholds=Thresholds(**params.thresholds),
        corpus=corpus_facts(inputs.steps, paper_scale=params.papers_corpus),
        resamples=params.resamples,
        judged=params.judged,
    )


def judge_sparsity(
    observations: Mapping[tuple[int, str], WordObservations],
    curves: Mapping[int, pd.DataFrame],
    *,
    thresholds: Thresholds,
    corpus: CorpusFacts,
    resamples: int = 1000,
    judged: bool = True,
) -> pd.DataFrame:
    """Ask all sparsity claims of every seed and split.

    Args:
        observations: One for each (seed, split); the split is the one the
            words were measured on.
        curves: By seed, the learning curve: a model that has learned nothing is
            not judged.
        thresholds: Cut-offs of the figures at this scale.
        corpus: Size of the training corpus.
        resamples: Bootstrap resamples of the words; runs over the same number of
            words share them.
        judged: False where the scale is too small for any verdict.

    Returns:
        The table described in `ontogeny.claims.judge`.

    Raises:
        ValueError: If there are no observations or fewer than one resample.
    """
    weights: dict[int, np.ndarray] = {}
    runs = {}
    for key, words in observations.items():
        n = len(words.words)
        if n not in weights:
            drawn = resampling_weights(n, resamples)
            weights[n] = np.vstack([np.ones((1, n), drawn.dtype), drawn])
        runs[key] = SparsityRun(words, thresholds, corpus, weights[n])
    return ask(CLAIMS, runs, judged=judged, not_judged=not_judged(curves))
