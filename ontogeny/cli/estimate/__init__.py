"""What a run of the workflow will take, told before it starts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ontogeny.cost import sizes
from ontogeny.cost.corpus import Plan, corpus_stages, report_stages, tagging_stages
from ontogeny.cost.language_models import language_model_stages, sparsity_stages
from ontogeny.cost.sizes import Text
from ontogeny.cost.stage import Stage
from ontogeny.settings import Dataset, Settings, used_datasets
from ontogeny.studies.interdependence.cost import (
    interdependence_stages,
    scaffold_stages,
)
from ontogeny.studies.svcca.cost import svcca_stages

__all__ = ["Estimate", "estimate"]

PARTS = {
    "corpus": corpus_stages,
    "tagging": tagging_stages,
    "language models": language_model_stages,
    "sparsity": sparsity_stages,
    "svcca": svcca_stages,
    "interdependence": interdependence_stages,
    "scaffold": scaffold_stages,
    "report": report_stages,
}
"""Of the workflow, as they are listed."""


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
    plan = Plan(settings, datasets, sizes.corpus(settings, datasets, words))
    found = {
        part: [stage for stage in stages(plan) if stage.jobs]
        for part, stages in PARTS.items()
    }
    return Estimate(plan.text, {part: own for part, own in found.items() if own})
