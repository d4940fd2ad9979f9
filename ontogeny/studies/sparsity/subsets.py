"""Which words enter a correlation: all, one class, matched samples, frequent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from ontogeny.measures.matching import matched_samples
from ontogeny.studies.sparsity.words import Series, WordObservations

# ρ←(h̄²): the paper's main result.
HEADLINE = Series("gradient", "h2", "target")


class Subset(NamedTuple):
    """Some of the words.

    Attributes:
        indices: Into the words of the observations, most frequent first.
        requested: Size asked for; None unless matched.
        mean_count: Mean training count; NaN if there are no words.
        sd_count: Standard deviation (population) of the training counts.
    """

    indices: np.ndarray
    requested: int | None
    mean_count: float
    sd_count: float


def word_subsets(
    runs: Mapping[int, WordObservations],
    *,
    frequent_count: int,
    matched_words: int = 120,
) -> dict[str, Subset]:
    """The subsets of words that are correlated separately.

    # ASSUME: the matched samples are drawn from words that were met as targets
    # in every run, so that all of the words asked for enter the correlation.

    Args:
        runs: Observations of each seed, of the same words.
        frequent_count: Smallest training count of a frequent word (figure 5's
            threshold).
        matched_words: Size of each matched sample.

    Returns:
        Keys "all", "open", "closed", "open matched", "closed matched" and
        "frequent".

    Raises:
        ValueError: If there is no run or the runs differ in words or epochs.
    """
    first = common_words(runs)
    met = np.all(
        [np.isfinite(run.concentration[HEADLINE]).any(axis=0) for run in runs.values()],
        axis=0,
    )
    matched = matched_samples(
        first.counts, np.where(met, first.classes, ""), size=matched_words
    )
    chosen = {
        "all": np.ones(len(first.words), dtype=bool),
        "open": first.classes == "open",
        "closed": first.classes == "closed",
        "frequent": first.counts >= frequent_count,
    }
    subsets = {
        name: _subset(np.flatnonzero(rows), first.counts)
        for name, rows in chosen.items()
    }
    for name, sample in (("open", matched.open), ("closed", matched.closed)):
        subsets[f"{name} matched"] = _subset(
            sample.indices, first.counts, matched.requested
        )
    return subsets


def common_words(runs: Mapping[int, WordObservations]) -> WordObservations:
    """The first run, once all are known to share words, counts and epochs.

    Raises:
        ValueError: If there is no run or they do not.
    """
    if not runs:
        raise ValueError("no observations: give those of at least one seed")
    (seed, first), *others = runs.items()
    for other, run in others:
        for field in ("words", "counts", "classes", "epochs"):
            if not np.array_equal(getattr(first, field), getattr(run, field)):
                raise ValueError(
                    f"seeds {seed} and {other} differ in {field}: they can be "
                    "averaged only over one corpus and the same epochs"
                )
    return first


def _subset(
    indices: np.ndarray, counts: np.ndarray, requested: int | None = None
) -> Subset:
    if len(indices) == 0:
        return Subset(indices, requested, np.nan, np.nan)
    chosen = counts[indices]
    return Subset(indices, requested, float(chosen.mean()), float(chosen.std()))
