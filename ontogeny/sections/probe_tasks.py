"""What a config may say of tasks of probes, in whichever study asks them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from ontogeny.errors import InputError
from ontogeny.sections.dataset import Dataset, known_dataset
from ontogeny.sections.section import Section
from ontogeny.tasks.probing.registry import GENERATED, TASKS, tasks_of
from ontogeny.tasks.probing.task import Task


class ProbeTasks(Section):
    """Tasks of probes, and how much of their texts."""

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

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.texts not in TASKS:
            raise ValueError(
                f"texts: there is no group of tasks {self.texts!r}: there are "
                f"{', '.join(TASKS)}"
            )
        known = TASKS[self.texts]
        for name in self.names():
            if name not in known:
                raise ValueError(
                    f"tasks: {self.texts} has no task {name!r}: it has "
                    f"{', '.join(known)}"
                )
        twice = [name for name in self.names() if self.names().count(name) > 1]
        if twice:
            raise ValueError(f"tasks: {twice[0]} is named twice")
        return self

    def names(self) -> list[str]:
        """Of the tasks."""
        return list(TASKS[self.texts]) if self.tasks == "all" else self.tasks

    def chosen(self) -> list[Task]:
        """The tasks, in the group's order."""
        return tasks_of(self.texts, self.names())

    def selection(self) -> dict[str, Any]:
        """What decides which words are read."""
        return self.model_dump(include={"words", "validation_words"})

    def files(self) -> set[tuple[str, str]]:
        """Data sets and files that are read; nothing of a generated treebank."""
        return {place for task in self.chosen() for place in _files(task)}

    def treebanks(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The generated treebank and its parts, if tasks are read from it."""
        generated = self.texts == GENERATED
        return ((GENERATED, ("train", "dev", "test")),) if generated else ()

    def check(self, key: str, *, generated: bool) -> None:
        """Check that tasks suit the corpus.

        Args:
            key: Of this section in the config.
            generated: Whether the corpus is.

        Raises:
            ValueError: If they do not.
        """
        if self.texts == GENERATED and not generated:
            raise ValueError(
                f"{key}.texts: generated suits a generated corpus only: take open"
            )

    def datasets(
        self, key: str, datasets: Mapping[str, Dataset]
    ) -> list[tuple[str, str]]:
        """Data sets that tasks are read from, each once, with the key.

        Raises:
            InputError: If one is unknown, or lacks a file.
        """
        used = set()
        for task in self.chosen():
            for dataset, file in sorted(_files(task)):
                if file not in known_dataset(key, dataset, datasets).files:
                    raise InputError(
                        f"Config: {key}: task {task.name} needs {file} of {dataset}, "
                        "which config/datasets.yaml does not name."
                    )
                used.add((key, dataset))
        return sorted(used)


def _files(task: Task) -> set[tuple[str, str]]:
    every = (place for own in task.files.values() for place in own)
    return {place for place in every if place[0] != GENERATED}
