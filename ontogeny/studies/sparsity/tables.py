"""Correlations with frequency at every point of training, for all seeds."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ontogeny.measures.frequency import blank, frequency_correlations
from ontogeny.statistics.bootstrap import resampling_weights
from ontogeny.statistics.over_seeds import over_seeds
from ontogeny.studies.sparsity.subsets import Subset, common_words, word_subsets
from ontogeny.studies.sparsity.words import Series, WordObservations

Runs = Mapping[int, WordObservations]

# A correlation of fewer words is noise: the tables hold NaN and their number.
MIN_WORDS = 10

POINT = ["measure", "quantity", "site", "role", "subset", "epoch"]
ESTIMATES = ["pearson", "spearman", "pearson_log"]
SUBSET = ["subset_words", "requested_words", "mean_count", "sd_count"]


def correlations(
    runs: Runs,
    *,
    frequent_count: int,
    matched_words: int = 120,
    resamples: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Correlation with frequency: every measure, series, subset, epoch and run.

    Args:
        runs: Observations of each seed, of the same words and epochs.
        frequent_count: Smallest training count of the words in "frequent".
        matched_words: Words in each matched sample.
        resamples: Bootstrap resamples over words, shared by all rows.
        seed: Of the resamples (not the runs').

    Returns:
        One row per point and run, with columns

        - measure ("concentration", "l1"), quantity, site, role, subset (see
          `word_subsets`), epoch, seed (the run's);
        - pearson, spearman, pearson_log, words, low, high: as in
          `FrequencyCorrelation`, NaN (but `words`) below `MIN_WORDS` words;
        - subset_words (words in the subset, met or not), requested_words
          (Int64; missing unless matched), mean_count, sd_count (of the
          subset's training counts);
        - rescaled: whether the learning rate was divided after this epoch.

    Raises:
        ValueError: If there is no run or the runs differ in words or epochs.
    """
    first = common_words(runs)
    subsets = word_subsets(
        runs, frequent_count=frequent_count, matched_words=matched_words
    )
    weights = resampling_weights(len(first.words), resamples, seed)
    parts = []
    for name, subset in subsets.items():
        drawn = weights[:, subset.indices]
        for run_seed, run in runs.items():
            for measure in ("concentration", "l1"):
                part = _correlate(run, measure, subset, drawn)
                parts.append(part.assign(measure=measure, subset=name, seed=run_seed))
    table = pd.concat(parts, ignore_index=True)
    table = blank(table, table["words"] < MIN_WORDS)
    columns = [*POINT, "seed", *ESTIMATES, "words", "low", "high", *SUBSET, "rescaled"]
    return table[columns]


def across_seeds(table: pd.DataFrame) -> pd.DataFrame:
    """Mean and range over seeds of each point of `correlations`.

    The band of a figure is from smallest to largest seed; it says how far the
    number depends on the training run. `low` and `high` say how far it depends
    on the words: with one seed they are the only interval there is.

    Returns:
        One row per measure, quantity, site, role, subset and epoch, with
        columns pearson, spearman, pearson_log (means over seeds), the same
        with _min and _max, low and high (lowest and highest over seeds), words
        (smallest over seeds), seeds (number with a correlation), subset_words,
        requested_words, mean_count, sd_count, rescaled (share of seeds whose
        learning rate was divided after this epoch, 0 to 1).
    """
    found = over_seeds(
        table,
        POINT,
        mean=[*ESTIMATES, "rescaled"],
        spread=ESTIMATES,
        least=["low", "words"],
        most=["high"],
        first=SUBSET,
        counted="pearson",
    )
    ends = [f"{name}_{end}" for name in ESTIMATES for end in ("min", "max")]
    columns = [*POINT, *ESTIMATES, *ends, "low", "high", "words", "seeds", *SUBSET]
    return found[[*columns, "rescaled"]]


def _correlate(
    run: WordObservations, measure: str, subset: Subset, weights: np.ndarray
) -> pd.DataFrame:
    """One row per series and epoch, without measure, subset's name and seed."""
    values: dict[Series, np.ndarray] = getattr(run, measure)
    columns = [cube[:, subset.indices].T for cube in values.values()]
    part = frequency_correlations(
        np.hstack(columns), run.counts[subset.indices], weights
    )
    epochs = np.tile(run.epochs, len(values))
    of_series = pd.DataFrame(list(values), columns=list(Series._fields))
    repeated = of_series.loc[of_series.index.repeat(len(run.epochs))]
    return part.join(repeated.reset_index(drop=True)).assign(
        epoch=epochs,
        subset_words=len(subset.indices),
        requested_words=pd.array([subset.requested] * len(part), dtype="Int64"),
        mean_count=subset.mean_count,
        sd_count=subset.sd_count,
        rescaled=np.isin(epochs, run.rescalings),
    )
