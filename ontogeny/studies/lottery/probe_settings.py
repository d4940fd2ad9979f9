"""What a config may say of the probes of lottery tickets."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Self

from pydantic import Field, model_validator

from ontogeny.sections.probe_tasks import ProbeTasks
from ontogeny.studies.lottery.names import ANOTHER, DENSE, WITH_NULL, iterations_of
from ontogeny.tasks.probing.task import Task


class Probes(ProbeTasks):
    """Probes of every encoder layer of every model (§4)."""

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
    def _consistent(self) -> Self:
        if self.shards > len(self.names()):
            raise ValueError(
                f"shards: {len(self.names())} tasks cannot be dealt between "
                f"{self.shards} jobs"
            )
        if self.arguments and not self.estimator:
            raise ValueError("arguments: they are of an estimator, and none is given")
        if self.estimator:
            module, _, name = self.estimator.rpartition(".")
            try:
                found = hasattr(import_module(module), name)
            except (ImportError, ValueError):
                found = False
            if not found:
                raise ValueError(
                    f"estimator: there is no {self.estimator}; give module and class, "
                    "such as sklearn.linear_model.LogisticRegression"
                )
        return self

    def dealt(self, shard: int) -> list[Task]:
        """Tasks of one of the jobs, from 0."""
        return self.chosen()[shard :: self.shards]

    def selection(self) -> dict[str, Any]:
        """What decides which words are read, and as what."""
        return {**super().selection(), "moses": self.moses}

    def asking(self) -> dict[str, Any]:
        """What decides scores, beside text and model."""
        keys = {"hidden", "probe_seeds", "controls", "estimator", "arguments"}
        return self.model_dump(include=keys)


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
