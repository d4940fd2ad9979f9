"""What a run of the workflow will take, told before it starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from ontogeny.cost import sizes
from ontogeny.cost.corpus import corpus_stages, report_stages, tagging_stages
from ontogeny.cost.language_models import language_model_stages
from ontogeny.cost.plan import Plan
from ontogeny.cost.sizes import Text
from ontogeny.cost.stage import Stage
from ontogeny.sections.dataset import Dataset
from ontogeny.settings import Settings, used_datasets
from ontogeny.studies.names import NAMES, load
from ontogeny.studies.study import module

__all__ = ["Estimate", "estimate"]


class Estimate(NamedTuple):
    """What is known before anything runs.

    Attributes:
        text: The corpus.
        stages: By part of the workflow; a part without jobs is left out.
    """

    text: Text
    stages: dict[str, list[Stage]]

    @property
    def every(self) -> list[Stage]:
        """The stages of all parts."""
        return [stage for stages in self.stages.values() for stage in stages]


def estimate(
    settings: Settings, datasets: Mapping[str, Dataset], *, words: int | None = None
) -> Estimate:
    """All jobs that `all` would run where nothing has been made yet.

    Args:
        settings: The config.
        datasets: Of config/datasets.yaml.
        words: Of a corpus that is read, instead of what the data set or the
            files' sizes say; None: what they or the config say.

    Raises:
        InputError: If nobody says how many words there are, `words` are given of
            a text that is generated, or a data set cannot serve where it is named.
    """
    used_datasets(settings, dict(datasets))
    made = [name for name in NAMES if name in settings.studies]
    studies = {name: module(name, "cost") for name in made}
    about_it = any(load(name).reads_corpus for name in made)
    plan = Plan(
        settings,
        datasets,
        sizes.corpus(settings, datasets, words),
        # One is of how a corpus was read.
        pages=about_it + sum(len(load(name).pages) for name in made),
    )
    needs = tuple(cost.needs(plan) for cost in studies.values())
    reads = about_it or any(need.corpus for need in needs)
    if not (about_it or any(need.control for need in needs)):
        plan = replace(plan, settings=settings.model_copy(update={"control": False}))
    plan = replace(plan, needs=needs, reads_corpus=reads)
    parts = {
        "corpus": corpus_stages,
        "tagging": tagging_stages,
        "language models": language_model_stages,
        **{name: cost.stages for name, cost in studies.items()},
        "report": report_stages,
    }
    found = {
        part: [stage for stage in stages(plan) if stage.jobs]
        for part, stages in parts.items()
    }
    return Estimate(plan.text, {part: own for part, own in found.items() if own})
