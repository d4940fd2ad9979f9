"""What a config may say of the study of structured sparsification."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from ontogeny.errors import InputError
from ontogeny.sections.common import Common, StudySection
from ontogeny.sections.dataset import Dataset, known_dataset
from ontogeny.studies.structured.named import check_paper_name
from ontogeny.studies.structured.task import Pruning, Task


class Structured(StudySection):
    """The study of structured sparsification (Lobacheva et al. 2020)."""

    tasks: dict[str, Task] = Field(
        {"words": Task(pruning=Pruning())},
        min_length=1,
        description="By name; the paper's own names need its own sizes.",
    )
    positions: int = Field(
        100, ge=10, description="Of figure 5: steps whose gradients are averaged."
    )
    lags: int = Field(100, ge=30, description="Of figure 5: the largest.")
    repetitions: int = Field(20, ge=3, description="Of each timing.")
    resamples: int = Field(1_000, ge=100, description="Of the bootstraps.")

    @model_validator(mode="after")
    def _named(self) -> Self:
        for name in self.tasks:
            if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
                raise ValueError(
                    f"tasks.{name}: a task's name must be lowercase letters, digits "
                    "and -"
                )
        return self

    def check(self, common: Common) -> None:
        """There is something to train, on a text that is there."""
        for name, task in self.tasks.items():
            check_paper_name(name, task, common.corpus.dataset)
            if task.text == "official" and common.corpus.dataset is None:
                raise ValueError(
                    f"structured.tasks.{name}.text: official needs corpus.dataset, a "
                    "data set with splits of its own"
                )
            own = task.dataset is not None or task.files is not None
            if task.kind != "words" and common.corpus.format != "generated" and not own:
                raise ValueError(
                    f"structured.tasks.{name}.dataset: {task.kind} need a data set, "
                    "for the corpus is not generated"
                )

    def datasets(
        self, common: Common, datasets: Mapping[str, Dataset]
    ) -> list[tuple[str, str]]:
        """Those of the tasks."""
        found = []
        for task_name, task in self.tasks.items():
            key, name = f"structured.tasks.{task_name}", common.corpus.dataset or ""
            if (
                task.text == "official"
                and not known_dataset("corpus.dataset", name, datasets).splits
            ):
                raise InputError(
                    f"Config: {key}.text: {name} has no splits of its own in "
                    "config/datasets.yaml; take `corpus`."
                )
            for part, paths in (task.files or {}).items():
                _check_there(f"{key}.files.{part}", paths)
            if task.vectors:
                _check_there(f"{key}.vectors", [task.vectors])
            if task.dataset:
                about = known_dataset(f"{key}.dataset", task.dataset, datasets)
                parts = "labelled" if task.kind == "texts" else "splits"
                if not getattr(about, parts):
                    raise InputError(
                        f"Config: {key}.dataset: {task.dataset} has no `{parts}` in "
                        f"config/datasets.yaml, which {task.kind} need."
                    )
                found.append((f"{key}.dataset", task.dataset))
        return found


def _check_there(key: str, paths: list[str]) -> None:
    for path in paths:
        if not Path(path).exists():
            raise InputError(
                f"Config: {key}: {path} is not there (looked for from {Path.cwd()}); "
                "docs/data.md says what to bring."
            )


Section = Structured
