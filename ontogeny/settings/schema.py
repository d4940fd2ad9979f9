"""What `config/*.yaml` may say: one section per study, beside what all share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from ontogeny.sections.common import Common, StudySection
from ontogeny.studies.interdependence.settings import Interdependence
from ontogeny.studies.lottery.settings import Lottery
from ontogeny.studies.names import NAMES, load
from ontogeny.studies.predefined.settings import Predefined
from ontogeny.studies.scaffold.settings import Scaffold
from ontogeny.studies.sparsity.settings import Sparsity
from ontogeny.studies.structured.settings import Structured
from ontogeny.studies.svcca.settings import Svcca

if TYPE_CHECKING:
    StudyName = str
else:
    StudyName = Literal[NAMES]


class Settings(Common):
    """One configuration of the workflow, whole: nothing is merged into it."""

    studies: list[StudyName] = Field(
        ["sparsity", "svcca", "interdependence"],
        min_length=1,
        description="What `all` makes. The study of scaffolds has texts of its own, "
        "whatever the corpus.",
    )
    sparsity: Sparsity = Sparsity()
    svcca: Svcca = Svcca()
    interdependence: Interdependence = Interdependence()
    scaffold: Scaffold = Scaffold()
    structured: Structured = Structured()
    predefined: Predefined = Predefined()
    lottery: Lottery = Lottery()

    def study(self, name: str) -> StudySection:
        """The section of a study."""
        return getattr(self, name)

    @model_validator(mode="after")
    def _studies_fit(self) -> Self:
        for name in NAMES:
            self.study(name).check(self)
        if self.control == "shuffled" and not self.controlled():
            able = [name for name in NAMES if load(name).of_shuffled]
            raise ValueError(
                f"control: shuffled is asked by the studies {' and '.join(able)}: name "
                "one in studies, or set control: false"
            )
        return self

    def controlled(self) -> list[str]:
        """The studies that are asked of the control, too."""
        if not self.control:
            return []
        about = {name: load(name) for name in self.studies}
        return [
            name
            for name, study in about.items()
            if (study.reads_corpus and self.control is True) or study.of_shuffled
        ]
