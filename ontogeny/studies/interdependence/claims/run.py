"""What the claims about interdependence ask of one seed.

Every quantity comes as *draws*, shape (1 + resamples, …): row 0 is the sample
itself, the others its bootstrap resamples over groups of whole sentences.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from ontogeny.claims.verdicts import Lacks
from ontogeny.statistics.groups import Resampled
from ontogeny.statistics.ranks import spearman_draws
from ontogeny.studies.interdependence.pair_sums import (
    ALL_LINES,
    LINES,
    Sums,
    largest,
    lines_of,
    slopes,
    sum_pairs,
)

MIN_SENTENCES = 20
"""ASSUME: of fewer, resamples say nothing about another treebank."""


@dataclass(frozen=True, eq=False)
class InterdependenceRun:
    """One seed, with the resamples all its statistics share.

    Attributes:
        table: Pairs of one epoch, columns of `ontogeny.studies.interdependence.pairs`.
        errors: Of `ontogeny.studies.interdependence.measuring`, of that epoch.
        min_pairs: Pairs that a stratum needs.
        resamples: Of the bootstrap over sentences.
    """

    table: pd.DataFrame = field(repr=False)
    errors: pd.DataFrame = field(repr=False)
    min_pairs: int = 100
    resamples: int = 1000

    @cached_property
    def resampled(self) -> Resampled:
        """Groups of sentences, and how often each is drawn.

        Raises:
            Lacks: If there are too few sentences for an interval.
        """
        sentence = self.table["sentence"].to_numpy()
        resampled = Resampled(sentence, self.resamples)
        if resampled.sentences < MIN_SENTENCES:
            raise Lacks(
                f"needs {MIN_SENTENCES} sentences with a pair of words that the model "
                f"knows, has {resampled.sentences}"
            )
        return resampled

    @cached_property
    def sums(self) -> Sums:
        """Of all pairs, by distance, tree distance and class."""
        return sum_pairs(self.table, self.resampled, largest([self.table]))

    def strata(self, lines: Iterable[str] = LINES) -> tuple[np.ndarray, np.ndarray]:
        """Number and summed interdependence of pairs, by both distances.

        Args:
            lines: Classes of the pairs; by default those of figure 4.

        Returns:
            Each of shape (draws, distances, tree distances).

        Raises:
            Lacks: If there are fewer than `min_pairs` of them.
        """
        lines = list(lines)
        pairs, total = self.sums.of(lines)
        self.need(pairs[0].sum(), " or ".join(lines))
        return pairs, total

    def need(self, pairs: float, kind: str) -> None:
        """Raise `Lacks` unless there are so many pairs of a kind."""
        if pairs < self.min_pairs:
            raise Lacks(f"needs {self.min_pairs} {kind} pairs, has {pairs:,.0f}")

    def syntactic_slope(self, lines: Iterable[str] = LINES) -> np.ndarray:
        """Pooled slope on tree distance within distances, shape (draws,)."""
        return slopes(self.sums.tree_distances, *self.strata(lines))

    def syntactic_slope_in_lines(self) -> np.ndarray:
        """The same within distances and class lines, shape (draws,)."""
        strata = [self.strata([line]) for line in LINES]
        pairs, total = (np.concatenate(x, axis=1) for x in zip(*strata, strict=True))
        return slopes(self.sums.tree_distances, pairs, total)

    def sequential_slope(self) -> np.ndarray:
        """Slope on distance over pairs of any class, shape (draws,)."""
        pairs, total = (x.sum(axis=2) for x in self.strata(ALL_LINES))
        return slopes(self.sums.distances, pairs[:, None], total[:, None])

    def enough(self, pairs: np.ndarray) -> np.ndarray:
        """Which strata have enough pairs, of number of pairs by stratum."""
        return np.flatnonzero(pairs >= self.min_pairs)

    def rank_correlations(
        self, distances: Iterable[int], lines: Iterable[str] = LINES
    ) -> np.ndarray:
        """Spearman's ρ with tree distance at each distance.

        Args:
            distances: In the text.
            lines: Classes of the pairs; by default those of figure 4.

        Returns:
            Shape (draws, distances).
        """
        in_lines = np.isin(lines_of(self.table), [ALL_LINES.index(x) for x in lines])
        found = []
        for distance in distances:
            which = in_lines & (self.table["distance"].to_numpy() == distance)
            found.append(self.spearman("tree_distance", which))
        return np.stack(found, axis=1)

    def spearman(self, column: str, which: np.ndarray | None = None) -> np.ndarray:
        """Spearman's ρ of interdependence with a column, shape (draws,).

        Args:
            column: Of the table.
            which: The pairs asked of, boolean, shape (pairs,), if not all are.
        """
        rows = slice(None) if which is None else which
        x, y = (
            self.table[name].to_numpy()[rows] for name in (column, "interdependence")
        )
        return spearman_draws(x, y, self.resampled, which)
