"""What the claims about structured sparsification ask of one task and seed.

What has an interval comes as *draws*, shape (1 + resamples, …): row 0 is the sample
itself. Quality is resampled over sentences, segments or texts, alike for all variants
of a task, so that differences are paired; shares of gates over the neurons that
remain, each network's by itself; times over repetitions. Counts have no interval, and
of one seed they decide nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zlib import crc32

import numpy as np
import pandas as pd

from ontogeny.claims.intervals import Statistic
from ontogeny.claims.regions import Region
from ontogeny.claims.verdicts import Lacks
from ontogeny.statistics.bootstrap import resampling_weights
from ontogeny.statistics.learning import unlearned
from ontogeny.studies.structured import quality
from ontogeny.studies.structured.claims.counted import count
from ontogeny.studies.structured.paper import TITLES
from ontogeny.studies.structured.roles import Task, label
from ontogeny.studies.structured.structures import GATES, emptied, remaining


@dataclass(frozen=True, eq=False)
class TaskRun:
    """One task and seed.

    Attributes:
        task: What is known of it without a look at its results.
        seed: Of its trainings.
        tables: By name, as `Inputs`, rows of this task and seed alone.
        resamples: Of the bootstraps.
        several: Whether the task was trained with two seeds at least.
        control: Whether its text is the control language.
    """

    task: Task
    seed: int
    tables: Mapping[str, pd.DataFrame]
    resamples: int
    several: bool
    control: bool = False

    @cached_property
    def _kept(self) -> dict[tuple[str, ...], Any]:
        """What was read or resampled before: most is asked for many times."""
        return {}

    def paper(self) -> str:
        """The paper's name of the setting.

        Raises:
            Lacks: If the task has not the paper's sizes and epochs.
        """
        if not self.task.of_paper:
            raise Lacks(
                f"{self.task.name} has not the sizes and epochs of the paper's "
                f"{TITLES[self.task.role]}"
            )
        return self.task.name

    def text(self) -> None:
        """Check that the text is a language's.

        Raises:
            Lacks: If it is the control language.
        """
        if self.control:
            raise Lacks("not asked of the control language")

    def need(self, *variants: str) -> None:
        """Check that variants were trained, have learned anything and have it left.

        Raises:
            Lacks: If one was not, or has not.
        """
        for variant in variants:
            of = label(variant, self.task.framework)
            if not self.has(variant):
                raise Lacks(f"{of} of {self.task.name} was not trained")
            key = ("judged", variant)
            if key not in self._kept:
                self._kept[key] = self._emptied(variant) or self._unlearned(variant)
            shown = self._kept[key]
            if shown:
                raise Lacks(f"{of} of {self.task.name} {shown}")

    def has(self, variant: str) -> bool:
        """Whether a variant was measured."""
        return not self._rows("counts", variant).empty

    def _emptied(self, variant: str) -> str:
        words = self._rows("counts", variant)["words_remaining"].iloc[0]
        found = emptied(self._rows("structure", variant), words)
        return f"is not judged: {found}" if found else ""

    def _unlearned(self, variant: str) -> str:
        curve = self.curve(variant)
        if variant == "dense" and self.task.framework == "bayes":
            # Early stopping: its best epoch is measured, in the last's place.
            best = curve["valid_loss_nats"].to_numpy().argmin()
            return unlearned(curve.iloc[: best + 1])
        if self.task.kind == "texts":
            accuracy = curve["valid_accuracy"]
            # A classifier may be right more often and yet too sure of it.
            if accuracy.iloc[-1] > accuracy.iloc[0]:
                return ""
        return unlearned(curve)

    def curve(self, variant: str) -> pd.DataFrame:
        """By epoch, in order."""
        rows = self._rows("curves", variant).sort_values("epoch")
        if rows.empty:
            raise Lacks(f"{self.task.name} has no curve of {variant}")
        return rows

    def _rows(self, table: str, variant: str) -> pd.DataFrame:
        key = ("rows", table, variant)
        if key not in self._kept:
            rows = self.tables[table]
            self._kept[key] = rows[rows["variant"] == variant]
        found: pd.DataFrame = self._kept[key]
        return found

    def counts(self, variant: str) -> pd.Series:
        """The row of a variant in the table of counts."""
        self.need(variant)
        return self._rows("counts", variant).iloc[0]

    def compression(self, variant: str) -> float:
        """|w| / |w ≠ 0| of the whole network."""
        return float(self.counts(variant)["compression"])

    def neurons(self, variant: str) -> np.ndarray:
        """How many remain, by layer."""
        self.need(variant)
        return self._by_layer(variant, ["remaining"])

    def gates(self, variant: str) -> np.ndarray:
        """How many gates of remaining neurons are not constant, by layer."""
        self.need(variant)
        return self._by_layer(variant, list(GATES))

    def _by_layer(self, variant: str, columns: list[str]) -> np.ndarray:
        rows = self._rows("structure", variant)
        counted = rows[columns].astype(int).sum(axis=1)
        return counted.groupby(rows["layer"]).sum().to_numpy()

    def left(self, variant: str, layer: int | None = None) -> pd.DataFrame:
        """Neurons that remain, with their structures.

        Args:
            variant: Whose.
            layer: From 1; None: all; 0: the last.
        """
        self.need(variant)
        rows = self._rows("structure", variant)
        if layer is not None:
            rows = rows[rows["layer"] == (layer or self.task.layers)]
        return remaining(rows)

    def live(self, variant: str, layer: int | None = None) -> np.ndarray:
        """Which gates of remaining neurons are not constant, shape (neurons, 4)."""
        return self.left(variant, layer)[list(GATES)].to_numpy(bool)

    def drawn(self, count: int, *what: object) -> np.ndarray:
        """How often each of some neurons or repetitions is drawn.

        Args:
            count: How many there are.
            what: They are, so that no two networks are drawn alike.

        Returns:
            Shape (1 + resamples, count).
        """
        seed = crc32(repr((self.task.name, *what)).encode())
        weights = resampling_weights(count, self.resamples, seed)
        return np.vstack([np.ones(count), weights])

    def quality(self, variant: str, split: str = "test") -> np.ndarray:
        """Perplexity, bits or percent, shape (1 + resamples,)."""
        self.need(variant)
        if (variant, split) not in self._kept:
            rows = self._rows("quality", variant)
            rows = rows[rows["split"] == split].sort_values("group")
            if rows.empty:
                raise Lacks(f"the {split} split was not measured")
            groups = self._kept.setdefault(("groups", split), rows["group"].to_list())
            if groups != rows["group"].to_list():
                raise ValueError(
                    f"{self.task.name}: not all variants were measured on the same "
                    f"groups of {split}"
                )
            found = quality.draws(self.task.kind, rows, self.resamples)
            self._kept[variant, split] = found
        drawn: np.ndarray = self._kept[variant, split]
        return drawn

    def number(
        self, part: str, value: float, region: Region, note: str = ""
    ) -> Statistic:
        """See `count`."""
        return count(part, value, region, note, several=self.several)
