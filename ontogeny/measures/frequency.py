"""Correlation of a word's mean concentration with its frequency: ρ← and ρ→."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from ontogeny.statistics.arrays import as_numbers
from ontogeny.statistics.bootstrap import (
    distinct_masks,
    percentile_interval,
    resampling_weights,
    weighted_pearson,
)


class FrequencyCorrelation(NamedTuple):
    """Correlation of a per-word mean with frequency; NaN where undefined.

    Attributes:
        pearson: Pearson's r with the raw frequency, as in the paper. The
            frequencies' tail is heavy: a handful of words decide it.
        spearman: Spearman's rank correlation (ties: average ranks).
        pearson_log: Pearson's r with the logarithm of the frequency.
        words: Number of words with a value.
        low: Lower end of the 95 % bootstrap interval of `pearson` over words.
        high: Upper end.
    """

    pearson: float
    spearman: float
    pearson_log: float
    words: int
    low: float
    high: float


def frequency_correlation(
    mean_concentration: np.ndarray,
    counts: np.ndarray,
    *,
    resamples: int = 1000,
    seed: int = 0,
) -> FrequencyCorrelation:
    """Correlation over words ρ(h) = corr_w(mean χ(h) of w, freq(w)).

    ρ← if the mean is over the steps that predict w, ρ→ over those it is fed to.
    Words without a value are dropped. The interval says how far the number
    depends on which words happen to be there, not on the training run.

    Args:
        mean_concentration: Shape (words,), or any other mean per word (ℓ₁);
            NaN where a word was not met or only with zero vectors.
        counts: Occurrences in the training split, shape (words,), positive.
        resamples: Bootstrap resamples of the words.
        seed: Of the resamples.

    Returns:
        The correlations. All but `words` are NaN if fewer than three words are
        left or either variable is constant.

    Raises:
        ValueError: If the arguments are not two vectors of one length, or a
            count is not positive.

    Source: Saphra & Lopez (2019), arXiv:1908.01817, §3, the definitions of
    ρ← and ρ→; the interval and the other two correlations are additions.

    >>> rho = frequency_correlation(
    ...     np.array([0.4, 0.3, np.nan, 0.2]), np.array([8, 4, 3, 2])
    ... )
    >>> round(rho.pearson, 3), rho.words
    (0.982, 3)
    """
    values, counts = as_numbers(mean_concentration), as_numbers(counts)
    if values.ndim != 1:
        raise ValueError(f"need one value per word, got shape {values.shape}")
    if values.shape == counts.shape:
        kept = ~np.isnan(values)
        values, counts = values[kept], counts[kept]
    weights = resampling_weights(max(1, len(values)), resamples, seed)[:, : len(values)]
    (row,) = frequency_correlations(values[:, None], counts, weights).itertuples(
        index=False, name=None
    )
    return FrequencyCorrelation(*row)


def frequency_correlations(
    columns: np.ndarray, counts: np.ndarray, weights: np.ndarray
) -> pd.DataFrame:
    """`frequency_correlation` of many columns under shared resamples.

    A word that one column lacks is dropped from that column alone, in every
    resample too: the resamples of such a column vary a little in size.

    Args:
        columns: Shape (words, columns), one mean per word; NaN where undefined.
        counts: Shape (words,), positive.
        weights: Shape (resamples, words); see `resampling_weights`. For a
            subset of words, its columns of the weights over all words.

    Returns:
        One row per column, with the fields of `FrequencyCorrelation`.

    Raises:
        ValueError: If the shapes do not fit or a count is not positive.

    >>> chi = np.array([[0.4, 0.1], [0.3, 0.3], [0.2, 0.2]])
    >>> weights = resampling_weights(words=3, resamples=10)
    >>> frequency_correlations(chi, np.array([8, 4, 2]), weights)["spearman"].tolist()
    [1.0, -0.5]
    """
    columns, counts = as_numbers(columns), as_numbers(counts)
    if columns.ndim != 2 or counts.shape != columns.shape[:1]:
        raise ValueError(
            f"need columns (words, columns) and counts (words,), got "
            f"{columns.shape} and {counts.shape}"
        )
    if not (counts > 0).all():
        raise ValueError("counts must be positive")
    # ASSUME: a percentile interval over words; the paper reports none.
    low, high = percentile_interval(weighted_pearson(weights, columns, counts))
    words = (~np.isnan(columns)).sum(axis=0)
    table = pd.DataFrame(
        {
            "pearson": _pearson(columns, counts),
            "spearman": _spearman(columns, counts),
            "pearson_log": _pearson(columns, np.log(counts)),
            "words": words,
            "low": low,
            "high": high,
        }
    )
    return blank(table, table["words"] < 3)


def blank(table: pd.DataFrame, rows: pd.Series) -> pd.DataFrame:
    """Correlations with NaN in some rows; `words` stays.

    Args:
        table: Columns as in `FrequencyCorrelation`, and any others.
        rows: Which rows to blank, boolean, on the table's index.
    """
    estimates = [f for f in FrequencyCorrelation._fields if f != "words"]
    return table.assign(**{name: table[name].mask(rows) for name in estimates})


def _pearson(columns: np.ndarray, y: np.ndarray) -> np.ndarray:
    return weighted_pearson(np.ones((1, len(y))), columns, y)[0]


def _spearman(columns: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Pearson of average ranks among each column's own words."""
    masks, mask = distinct_masks(~np.isnan(columns))
    correlations = np.full(columns.shape[1], np.nan)
    for at, present in enumerate(masks.T):
        same = mask == at
        ranks = stats.rankdata(columns[np.ix_(present, same)], axis=0)
        correlations[same] = _pearson(ranks, stats.rankdata(y[present]))
    return correlations
