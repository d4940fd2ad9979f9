"""What the sparsity claims ask of one run: epochs, groups of words, curves.

Every quantity comes as *draws*, shape (1 + resamples, …): row 0 is the sample
itself, the others are its bootstrap resamples over words. All draws of a run
use the same weights, so differences between them are paired.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ontogeny.claims.timeline import Timeline
from ontogeny.claims.verdicts import Lacks
from ontogeny.measures.matching import MatchedSamples, matched_samples
from ontogeny.statistics.bootstrap import weighted_pearson
from ontogeny.statistics.resampled import weighted_mean
from ontogeny.studies.sparsity.claims.names import label
from ontogeny.studies.sparsity.subsets import HEADLINE
from ontogeny.studies.sparsity.tables import MIN_WORDS
from ontogeny.studies.sparsity.words import Series, WordObservations

OPEN, CLOSED = "open", "closed"
MATCHED, FIGURE_2, FIGURE_5 = "matched", "figure 2", "figure 5"


@dataclass(frozen=True)
class Thresholds:
    """Cut-offs of the figures, which scale with the corpus.

    Attributes:
        figure2_min_count: Occurrences that make a target word frequent.
        figure5_min_count: The same for figure 5.
        matched_words: Words of each class in the matched samples.
    """

    figure2_min_count: int
    figure5_min_count: int
    matched_words: int = 120


@dataclass(frozen=True)
class CorpusFacts:
    """Size of the training corpus.

    Attributes:
        training_tokens: Tokens of the training split.
        types: Types in it.
        paper_scale: Whether it is the paper's corpus (Wikipedia), so that its
            size may be held against the paper's.
    """

    training_tokens: int
    types: int
    paper_scale: bool = False


@dataclass(frozen=True)
class SparsityRun(Timeline):
    """One seed and split, with the weights all its statistics share.

    Attributes:
        words: The observations.
        thresholds: Cut-offs of the figures.
        corpus: Size of the corpus.
        weights: Shape (1 + resamples, words): a row of ones, then how often
            each resample drew each word.
    """

    words: WordObservations
    thresholds: Thresholds
    corpus: CorpusFacts
    weights: np.ndarray = field(repr=False)
    _known: dict[Any, Any] = field(default_factory=dict, repr=False)

    @property
    def epochs(self) -> np.ndarray:
        """Epochs measured, rising, shape (epochs,)."""
        return self.words.epochs

    def values(self, series: Series, measure: str = "concentration") -> np.ndarray:
        """Mean χ, or mean ℓ₁ where measure is "l1", shape (epochs, words)."""
        measured = getattr(self.words, measure)
        if series not in measured:
            raise Lacks(f"the run recorded no {measure} of {label(series)}")
        return measured[series]

    def group(self, *names: str) -> np.ndarray:
        """The words that are in every group named, boolean, shape (words,)."""
        chosen = np.ones(len(self.words.words), dtype=bool)
        for one in names:
            chosen &= self._one_group(one)
        return chosen

    def _one_group(self, one: str) -> np.ndarray:
        counts, limits = self.words.counts, self.thresholds
        # ASSUME: a word at the threshold is above it | the paper: "more than".
        if one == FIGURE_2:
            return counts >= limits.figure2_min_count
        if one == FIGURE_5:
            return counts >= limits.figure5_min_count
        if one == MATCHED:
            both = self.matched()
            chosen = np.zeros(len(counts), dtype=bool)
            chosen[np.concatenate([both.open.indices, both.closed.indices])] = True
            return chosen
        return self.words.classes == one

    def matched(self) -> MatchedSamples:
        """Open and closed words of like frequency, from those met as targets."""
        if MATCHED not in self._known:
            met = np.isfinite(self.values(HEADLINE)).any(axis=0)
            self._known[MATCHED] = matched_samples(
                self.words.counts,
                np.where(met, self.words.classes, ""),
                size=self.thresholds.matched_words,
            )
        return self._known[MATCHED]

    def need(self, usable: np.ndarray, *names: str) -> None:
        """Raise `Lacks` unless enough of the words named are usable."""
        found = int(np.sum(usable & self.group(*names)))
        if found < MIN_WORDS:
            kind = " ".join(("measured", *names))
            raise Lacks(f"needs {MIN_WORDS} {kind} words, has {found}")

    def rho(
        self, series: Series, *names: str, measure: str = "concentration"
    ) -> np.ndarray:
        """Pearson over words of the series with frequency, at every epoch.

        Args:
            series: What is correlated, e.g. of χ(h̄²) by target for ρ←(h̄²).
            names: Groups of words, all of which a word must be in.
            measure: "concentration" or "l1".

        Returns:
            Shape (1 + resamples, epochs).
        """
        key = (series, names, measure)
        if key not in self._known:
            curves, group = self.values(series, measure), self.group(*names)
            self.need(np.isfinite(curves[self.row(self.last())]), *names)
            self._known[key] = weighted_pearson(
                self.weights[:, group],
                curves[:, group].T,
                self.words.counts[group].astype(float),
            )
        return self._known[key]

    def final(self, series: Series, *names: str) -> np.ndarray:
        """ρ at E, shape (1 + resamples,)."""
        return self.rho(series, *names)[:, self.row(self.last())]

    def since_first(self, series: Series) -> np.ndarray:
        """ρ(E) − ρ(e₁), shape (1 + resamples,)."""
        if self.last() == 1:
            raise Lacks("needs more than one epoch")
        return self.final(series) - self.rho(series)[:, self.row(1)]

    def since_early(self, series: Series, *names: str) -> np.ndarray:
        """ρ(E) − the mean of ρ over the early epochs, shape (1 + resamples,)."""
        if self.last() == 1:
            raise Lacks("needs more than one epoch")
        early = self.rho(series, *names)[:, self.early()].mean(axis=1)
        return self.final(series, *names) - early

    def means(self, cells: Sequence[tuple[Series, int]], *names: str) -> np.ndarray:
        """Mean χ over the words known in every cell, a (series, epoch) each.

        Returns:
            Shape (1 + resamples, cells).
        """
        table = np.stack([self.values(s)[self.row(epoch)] for s, epoch in cells], 1)
        known = np.isfinite(table).all(axis=1)
        self.need(known, *names)
        chosen = known & self.group(*names)
        return weighted_mean(self.weights[:, chosen], table[chosen])
