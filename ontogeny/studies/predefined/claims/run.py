"""What the claims about predefined sparseness ask of one seed.

Quantities come as *draws*, shape (1 + resamples,): first of the sample itself, then of
its bootstrap resamples over groups of whole sentences. Models that read the same text
share their resamples, so that a difference is paired.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd

from ontogeny.claims.verdicts import Lacks
from ontogeny.statistics.groups import Resampled
from ontogeny.statistics.learning import unlearned
from ontogeny.studies.predefined.inputs import Inputs

MIN_SENTENCES = 20
"""ASSUME: of fewer, resamples say nothing about another text."""
SPLIT_SEEDS = {"train": 1, "valid": 2, "test": 0}
"""Splits are resampled apart."""


@dataclass(frozen=True, eq=False)
class PredefinedRun:
    """One seed, and what is known of the others.

    Attributes:
        inputs: Of all seeds.
        seed: Whose claims are asked.
        seeds: All.
        hidden: Units of a tagger's LSTM that is judged; None: there is no tagger.
        dimensions: k of sparse embeddings.
        as_in_paper: Whether AWD-LSTM was trained so (`networks.as_in_paper`).
        resamples: Of the bootstrap.
    """

    inputs: Inputs = field(repr=False)
    seed: int
    seeds: tuple[int, ...]
    hidden: int | None
    dimensions: int | None
    as_in_paper: bool = False
    resamples: int = 1000

    def has(self, task: str) -> bool:
        """Whether a task's models were trained."""
        return any(task == key[0] for key in self.inputs.quality)

    def log_perplexity(
        self, task: str, variant: str, split: str, stage: str = "trained"
    ) -> np.ndarray:
        """ln of a model's perplexity, shape (draws,).

        Raises:
            Lacks: If the run lacks the model or the stage, if it has learned nothing,
                or if there are too few sentences.
        """
        key = task, variant, self.seed
        if key not in self.inputs.quality:
            raise Lacks(f"no model {variant} of {task} was trained")
        curve = self.inputs.curves[key].rename(
            columns={"recited_loss_nats": "valid_loss_nats"}
        )
        if evidence := unlearned(curve[curve["stage"] == "trained"]):
            raise Lacks(f"the model {variant} of {task} {evidence}")
        table = self.inputs.quality[key]
        rows = table[(table["split"] == split) & (table["stage"] == stage)]
        if rows.empty:
            raise Lacks(f"the model {variant} of {task} was not {stage}")
        groups = self._groups(rows["group"].to_numpy(), SPLIT_SEEDS[split])
        return _ratio(groups, rows["nats"], rows["predictions"])

    def perplexity(
        self, task: str, variant: str, split: str, stage: str = "trained"
    ) -> np.ndarray:
        """A model's perplexity, shape (draws,); see `log_perplexity`."""
        return np.exp(self.log_perplexity(task, variant, split, stage))

    def overfit(self, task: str, variant: str, stage: str = "trained") -> np.ndarray:
        """ln test perplexity − ln training perplexity, shape (draws,)."""
        test, train = (
            self.log_perplexity(task, variant, split, stage)
            for split in ("test", "train")
        )
        return test - train

    def accuracy(
        self, kind: str, density: float, order: str = "up", *, rare: bool = False
    ) -> np.ndarray:
        """A tagger's accuracy on the test part in percent, shape (draws,).

        Args:
            kind: "dense" or "sparse".
            density: Parameters of its embedding, of those of a dense one of k
                dimensions.
            order: Of the words.
            rare: Whether only words below the median frequency are asked.

        Raises:
            Lacks: If the run lacks the tagger, if it has learned nothing, or if there
                are too few sentences.
        """
        if self.hidden is None or self.dimensions is None:
            raise Lacks("no tagger was trained")
        width = round(density * self.dimensions)
        ordered = f"_{order}" * (order != "up")
        name = f"{kind}{width}{ordered}_lstm{self.hidden}"
        key = name, self.seed
        if key not in self.inputs.tagged:
            raise Lacks(f"no tagger {name} was trained")
        if evidence := self._guesses(name):
            raise Lacks(f"the tagger {name} {evidence}")
        rows = self.inputs.tagged[key]
        rows = rows[rows["split"] == "test"]
        groups = self._groups(rows["sentence"].to_numpy(), 0)
        kinds = ("rare_correct", "rare_words") if rare else ("correct", "words")
        return 100 * _ratio(groups, *(rows[kind] for kind in kinds))

    def _guesses(self, tagger: str) -> str:
        """What shows that a tagger has learned nothing; "" if it has."""
        table = self.inputs.taggers
        own = (table["variant"] == tagger) & (table["seed"] == self.seed)
        row = table[own].iloc[0]
        for part, than, name in (
            ("test", "test_commonest", "the commonest tag"),
            ("dev", "untrained", "the untrained one"),
        ):
            found, least = row[f"{part}_accuracy"], row[than]
            if not found > least:
                return (
                    f"is right no more often than {name}: {found:.1%} of the {part} "
                    f"part, beside {least:.1%}"
                )
        return ""

    def check(self, claim: str) -> list[tuple[str, float]]:
        """Part and value of what was checked for a claim."""
        rows = self.inputs.checks[self.inputs.checks["claim"] == claim]
        return list(zip(rows["part"], rows["value"], strict=True))

    def _groups(self, sentence: np.ndarray, seed: int) -> Resampled:
        if len(sentence) < MIN_SENTENCES:
            raise Lacks(f"needs {MIN_SENTENCES} sentences, has {len(sentence)}")
        return _resampled(len(sentence), self.resamples, seed)


@cache
def _resampled(sentences: int, resamples: int, seed: int) -> Resampled:
    return Resampled(np.arange(sentences), resamples, seed)


def _ratio(groups: Resampled, above: pd.Series, below: pd.Series) -> np.ndarray:
    """Σ above / Σ below in each draw, shape (draws,); NaN where there is nothing."""
    one_cell = np.zeros(len(above), dtype=np.int64)
    sums = [
        groups.draws(one_cell, 1, part.to_numpy(dtype=float))[:, 0]
        for part in (above, below)
    ]
    with np.errstate(invalid="ignore", divide="ignore"):
        return sums[0] / sums[1]
