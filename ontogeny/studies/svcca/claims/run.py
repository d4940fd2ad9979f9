"""What the SVCCA claims ask of one seed: curves over epochs, accuracies.

Every quantity comes as *draws*, shape (1 + resamples, …): row 0 is the sample
itself, the others its bootstrap resamples over groups of sentences. Curves of
one domain share their resamples, so differences between them are paired; those
of two domains, which share no sentence, do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ontogeny.claims.timeline import Timeline
from ontogeny.claims.verdicts import Gated, Lacks
from ontogeny.measures.places import PLACES
from ontogeny.statistics.resampled import accuracy_draws
from ontogeny.studies.svcca.claims.names import Pair, tagger
from ontogeny.studies.svcca.curves import draws, stabilised
from ontogeny.studies.svcca.names import COMMON, LEARNED_POINTS, OWN_DOMAIN, TAGSETS

DIAGNOSTIC = ["tagset", "site", "direction", "shuffled"]
SCORE = ["tagset", "direction", "shuffled"]


@dataclass(frozen=True, eq=False)
class SvccaRun(Timeline):
    """One seed, with the weights all its statistics share.

    Attributes:
        similarity: Rows of `ontogeny.studies.svcca.measuring` of this seed and of one
            preset.
        diagnostics: Accuracy of diagnostic classifiers at every epoch.
        scores: Accuracy of the final taggers.
        losses: One row per epoch, the language model's.
        weights: By domain, how often each resample drew each group of
            sentences, shape (resamples, groups).
        gated: Whether what was not learned keeps a claim from being asked.
    """

    similarity: pd.DataFrame
    diagnostics: pd.DataFrame
    scores: pd.DataFrame
    losses: pd.DataFrame
    weights: Mapping[str, np.ndarray] = field(repr=False)
    gated: bool = True
    _known: dict[Any, Any] = field(default_factory=dict, repr=False)

    @cached_property
    def epochs(self) -> np.ndarray:
        """Epochs measured, rising, shape (epochs,)."""
        return np.unique(self.similarity["epoch"].to_numpy())

    def curve(self, pair: Pair) -> np.ndarray:
        """Similarity at every epoch, shape (1 + resamples, epochs).

        NaN at an epoch that was not measured or has no similarity.

        Raises:
            Lacks: If the pair was not compared, or has no intervals.
        """
        if pair not in self._known:
            rows = self._rows(self._pairs, pair, pair.label)
            weights = self.weights[pair.domain]
            influence = _groups(rows["influence"], weights.shape[1], pair.label)
            score = rows["score"].to_numpy(dtype=float)
            self._known[pair] = draws(score, influence, weights)
        return self._known[pair]

    def diagnostic(
        self, tagset: str, site: str, direction: str, *, shuffled: bool = False
    ) -> np.ndarray:
        """Accuracy of a diagnostic classifier, shape (1 + resamples, epochs)."""
        label = (
            f"{'shuffled ' * shuffled}diagnostic classifier of {TAGSETS[tagset]} "
            f"({direction}) at {PLACES[site]}"
        )
        key = (tagset, site, direction, shuffled)
        rows = self._rows(self._diagnostics, key, label)
        return self._accuracies(rows, tagset, label)

    def diagnostic_gap(self, tagset: str, direction: str) -> float:
        """Points by which diagnostic classifiers are above their shuffled twins.

        At E, and at the site where it is most.
        """
        last = self.row(self.last())
        gaps = [
            self.diagnostic(tagset, site, direction)[0, last]
            - self.diagnostic(tagset, site, direction, shuffled=True)[0, last]
            for site in PLACES
        ]
        return 100 * float(max(gaps))

    def accuracy(
        self, tagset: str, direction: str, *, shuffled: bool = False
    ) -> np.ndarray:
        """Test accuracy of a final tagger, shape (1 + resamples,)."""
        label = f"score of the {direction} tagger of {TAGSETS[tagset]}"
        rows = self._scores.get((tagset, direction, shuffled))
        if rows is None:
            raise Lacks(f"there is no {'shuffled ' * shuffled}{label}")
        return self._accuracies(rows, tagset, label)[:, 0]

    def tagsets(self, *needed: str) -> list[str]:
        """Tagsets whose true target taggers were compared, in the usual order.

        Args:
            needed: Those that must be among them.

        Raises:
            Lacks: If one of them is not, or fewer than two are there.
        """
        found = [name for name in TAGSETS if tagger(name, "h1") in self._pairs]
        lost = [TAGSETS[name] for name in needed if name not in found]
        if lost:
            raise Lacks(f"no similarity to a tagger of {', '.join(lost)}")
        if len(found) < 2:
            raise Lacks(f"needs taggers of two tagsets, has {len(found)}")
        return found

    def require_learned(self, direction: str, *tagsets: str) -> None:
        """Refuse to ask when a property is learned of taggers that learned none.

        Raises:
            Gated: If a tagger's accuracy is not `LEARNED_POINTS` above that of
                its shuffled twin.
        """
        if not self.gated:
            return
        dull = []
        for tagset in tagsets:
            true = self.accuracy(tagset, direction)[0]
            gap = true - self.accuracy(tagset, direction, shuffled=True)[0]
            if not 100 * gap > LEARNED_POINTS:
                dull.append(f"{TAGSETS[tagset]} ({100 * gap:.1f} points)")
        if dull:
            raise Gated(
                f"needs {direction} taggers that learned their labels; within "
                f"{LEARNED_POINTS} points of their shuffled twins: {', '.join(dull)}"
            )

    def mean(self, pairs: Iterable[Pair]) -> np.ndarray:
        """The mean curve of several pairs, shape (1 + resamples, epochs)."""
        return np.mean([self.curve(pair) for pair in pairs], axis=0)

    def average(self, pair: Pair) -> np.ndarray:
        """Mean of a curve over epochs 1 to E, shape (1 + resamples,)."""
        return self.curve(pair)[:, self.trained()].mean(axis=1)

    def final(self, pair: Pair) -> np.ndarray:
        """A curve at E, shape (1 + resamples,)."""
        return self.curve(pair)[:, self.row(self.last())]

    def stable(self, pair: Pair) -> np.ndarray:
        """From which epoch on a curve is near its end, shape (1 + resamples,)."""
        rows = self.trained(at_least=2)
        return stabilised(self.curve(pair)[:, rows], self.epochs[rows])

    @cached_property
    def _pairs(self) -> dict[Any, pd.DataFrame]:
        return _by(self.similarity, list(Pair._fields))

    @cached_property
    def _diagnostics(self) -> dict[Any, pd.DataFrame]:
        return _by(self.diagnostics, DIAGNOSTIC)

    @cached_property
    def _scores(self) -> dict[Any, pd.DataFrame]:
        return _by(self.scores, SCORE)

    def _rows(
        self, table: Mapping[Any, pd.DataFrame], key: tuple[Any, ...], label: str
    ) -> pd.DataFrame:
        """One row for every epoch, empty where it was not measured."""
        if key not in table:
            raise Lacks(f"there is no {label}")
        rows = table[key].set_index("epoch")
        if not rows.index.is_unique:
            raise ValueError(f"{label}: an epoch is there twice")
        return rows.reindex(self.epochs)

    def _accuracies(self, rows: pd.DataFrame, tagset: str, label: str) -> np.ndarray:
        weights = self.weights[OWN_DOMAIN.get(tagset, COMMON)]
        correct, tokens = (
            _groups(rows[name], weights.shape[1], label)
            for name in ("correct", "tokens")
        )
        return accuracy_draws(correct, tokens, weights)


def _by(table: pd.DataFrame, keys: Sequence[str]) -> dict[Any, pd.DataFrame]:
    grouped = table.groupby(list(keys), sort=False)
    return {tuple(key): rows for key, rows in grouped}


def _groups(lists: pd.Series, groups: int, label: str) -> np.ndarray:
    """A column of lists as an array (rows, groups), NaN where a list is missing."""
    found = [np.asarray(one, dtype=float) for one in lists.dropna()]
    if not found:
        raise Lacks(f"the {label} has no intervals under this preset")
    if any(one.shape != (groups,) for one in found):
        raise ValueError(f"{label}: not one value for each of {groups} groups")
    array = np.full((len(lists), groups), np.nan)
    array[lists.notna().to_numpy()] = found
    return array
