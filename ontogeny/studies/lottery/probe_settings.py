"""What a config may say of the probes of lottery tickets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from ontogeny.errors import InputError
from ontogeny.sections.dataset import Dataset, known_dataset
from ontogeny.sections.section import Section as Part
from ontogeny.studies.lottery.names import ANOTHER, DENSE, WITH_NULL, iterations_of
from ontogeny.tasks.probing.registry import GENERATED, TASKS, tasks_of
from ontogeny.tasks.probing.task import Task


class Probes(Part):
    """Probes of every encoder layer of every model (§4)."""

    texts: str = Field(
        "open",
        description="Tasks read from open data sets (open) or from the generated "
        "treebank (generated), or another group of ontogeny.tasks.probing.registry.",
    )
    tasks: list[str] | Literal["all"] = Field(
        "all", min_length=1, description="Which; all: of the group."
    )
    words: int | None = Field(
        20_000,
        gt=0,
        description="Of a task's training text, whole sentences; null: all.",
    )
    validation_words: int | None = Field(
        10_000, gt=0, description="Of its validation text; null: all."
    )
    moses: str | None = Field(
        None,
        pattern=r"^[a-z]{2}$",
        description="Language of the source whose words Moses's rules split, as the "
        "models' text was; null: words are as the task has them.",
    )
    hidden: int = Field(1_024, gt=0, description="ReLU units of the MLP probe.")
    probe_seeds: int = Field(
        5,
        gt=0,
        description="Probes of LTH0, and of tasks whose small texts vary, each with "
        "a seed of its own: their spread is the noise floor.",
    )
    controls: bool = Field(
        True,
        description="Whether control labels and description lengths are asked, too.",
    )
    shards: int = Field(
        1, gt=0, description="Jobs of each seed, between which the tasks are dealt."
    )
    estimator: str | None = Field(
        None,
        description="Class of scikit-learn's kind that takes the linear probe's place "
        "in scores, such as sklearn.linear_model.LogisticRegression, in tasks that "
        "suit it; null: ours.",
    )
    arguments: dict[str, Any] = Field({}, description="Of that class.")

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.texts not in TASKS:
            raise ValueError(
                f"texts: there is no group of tasks {self.texts!r}: there are "
                f"{', '.join(TASKS)}"
            )
        known = TASKS[self.texts]
        asked = list(known) if self.tasks == "all" else self.tasks
        for name in asked:
            if name not in known:
                raise ValueError(
                    f"tasks: {self.texts} has no task {name!r}: it has "
                    f"{', '.join(known)}"
                )
        if len(set(asked)) < len(asked):
            raise ValueError("tasks: one is named twice")
        if self.shards > len(asked):
            raise ValueError(
                f"shards: {len(asked)} tasks cannot be dealt between {self.shards} jobs"
            )
        if self.arguments and not self.estimator:
            raise ValueError("arguments: they are of an estimator, and none is given")
        return self

    def chosen(self) -> list[Task]:
        """The tasks, in order."""
        return tasks_of(self.texts, None if self.tasks == "all" else self.tasks)

    def dealt(self, shard: int) -> list[Task]:
        """Tasks of one of the jobs, from 0."""
        return self.chosen()[shard :: self.shards]

    def selection(self) -> dict[str, Any]:
        """What decides which words are read."""
        return self.model_dump(include={"words", "validation_words", "moses"})

    def asking(self) -> dict[str, Any]:
        """What decides scores, beside text and model."""
        keys = {"hidden", "probe_seeds", "controls", "estimator", "arguments"}
        return self.model_dump(include=keys)

    def check(self, *, generated: bool) -> None:
        """Tasks suit the corpus."""
        if self.texts == GENERATED and not generated:
            raise ValueError(
                "lottery.probes.texts: generated suits a generated corpus only: take "
                "open"
            )

    def datasets(self, datasets: Mapping[str, Dataset]) -> list[tuple[str, str]]:
        """Data sets that tasks are read from, each once.

        Raises:
            InputError: If one is unknown, or lacks a file.
        """
        found = []
        for task in self.chosen():
            for dataset, file in {f for own in task.files.values() for f in own}:
                if dataset == GENERATED:
                    continue
                about = known_dataset("lottery.probes", dataset, datasets)
                if file not in about.files:
                    raise InputError(
                        f"Config: lottery.probes: task {task.name} needs {file} of "
                        f"{dataset}, which config/datasets.yaml does not name."
                    )
                found.append(("lottery.probes", dataset))
        return sorted(set(found))


def probed_models(
    chains: Mapping[Any, int], prunings_at_once: int, seed: int, other: int | None
) -> list[tuple[str, int, int]]:
    """Chain, prunings and seed of every model of a seed that is probed, LTH0 first.

    Args:
        chains: Iterations of each.
        prunings_at_once: Prunings of a fifth in an iteration.
        seed: Of LTH0 and its chains.
        other: Of another LTH0; None: there is none.

    >>> probed_models({"magnitude": 1, "random": 2}, 4, seed=1, other=2)
    [('dense', 0, 1), ('magnitude', 4, 1), ('another', 0, 2)]
    """
    found = [(DENSE, 0, seed)]
    for chain, iterations in chains.items():
        if chain in WITH_NULL:
            each = iterations_of(chain, prunings_at_once, iterations)
            found += [(chain, n * prunings_at_once, seed) for n in each]
    return found if other is None else [*found, (ANOTHER, 0, other)]
