"""The claims S1 to S27 of the sparsity paper and thesis chapter 6.

Criteria were fixed before the first run. E is the last epoch, e₁ epoch 1,
early the first 20 % of epochs (at least epoch 1, never the untrained epoch 0);
ρ(early) is the mean of ρ over them.

Source: Saphra & Lopez (2019), arXiv:1908.01817.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ontogeny.claims.judge import judge as ask
from ontogeny.claims.verdicts import claims_in
from ontogeny.statistics.bootstrap import resampling_weights
from ontogeny.statistics.learning import not_judged
from ontogeny.studies.sparsity.claims import classes, input_words, target_words
from ontogeny.studies.sparsity.claims.run import CorpusFacts, SparsityRun, Thresholds
from ontogeny.studies.sparsity.inputs import Inputs

CLAIMS = claims_in(classes, input_words, target_words)


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

    Runs over the same number of words share their bootstrap resamples.

    Args:
        inputs: By (seed, split), the split that the words were measured on.
        params: thresholds, of the figures at this scale; resamples of the words;
            judged; papers_corpus, whether the corpus is the paper's.

    Raises:
        ValueError: If there are no observations or fewer than one resample.
    """
    thresholds = Thresholds(**params.thresholds)
    assert inputs.steps is not None
    corpus = corpus_facts(inputs.steps, paper_scale=params.papers_corpus)
    weights: dict[int, np.ndarray] = {}
    runs = {}
    for key, words in inputs.observations.items():
        n = len(words.words)
        if n not in weights:
            drawn = resampling_weights(n, params.resamples)
            weights[n] = np.vstack([np.ones((1, n), drawn.dtype), drawn])
        runs[key] = SparsityRun(words, thresholds, corpus, weights[n])
    reasons = not_judged(inputs.curves)
    return ask(
        CLAIMS,
        runs,
        judged=params.judged,
        not_judged=reasons,
        of_each=[claim.id for claim in CLAIMS if claim.of_text],
    )
