"""What a config may say of the SVCCA study."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from ontogeny.errors import InputError
from ontogeny.sections.common import Common, StudySection
from ontogeny.sections.dataset import Dataset, check_treebank, known_dataset
from ontogeny.sections.probe_tasks import ProbeTasks


class EpochProbes(ProbeTasks):
    """Tasks of probes that language models are asked at their epochs."""

    epochs: list[int] | None = Field(
        None,
        min_length=1,
        description="Which, 0 the untrained model and -1 the last; null: all.",
    )

    def numbers(self, last: int) -> list[int]:
        """The epochs, rising.

        Args:
            last: The last epoch there is.

        Raises:
            ValueError: If there is none of a number.
        """
        if self.epochs is None:
            return list(range(last + 1))
        for epoch in self.epochs:
            if not -1 <= epoch <= last:
                raise ValueError(
                    f"svcca.probes.epochs: there is no epoch {epoch}: there are 0 "
                    f"(untrained) to {last}, and -1 is the last"
                )
        return sorted({last if epoch == -1 else epoch for epoch in self.epochs})


class Svcca(StudySection):
    """The SVCCA study: similarity to tag models (thesis ch. 4)."""

    articles: int = Field(
        100, ge=2, description="Longest training articles: topics, common test corpus."
    )
    test_tokens: int = Field(
        100_000, gt=0, description="Of the common test corpus, at most."
    )
    upos: Literal["silver", "gold"] = Field(
        "silver",
        description="Universal parts of speech: from the tagger, or the corpus's own "
        "(format `conllu` or `generated`).",
    )
    xpos: str | None = Field(
        "ud-english-ewt",
        description="Treebank of fine parts of speech, or `generated`; null: none. "
        "The paper's: Groningen Meaning Bank.",
    )
    semantics: str | None = Field(
        "pmb-4.0.0",
        description="Data set of semantic tags, or `generated`; null: none. "
        "The paper's: silver tags of the Groningen Meaning Bank.",
    )
    epochs: int = Field(10, gt=0, description="Of a tag model, at most.")
    rescalings: int = Field(
        3, gt=0, description="Divisions of the learning rate that end its training."
    )
    presets: list[
        Literal["svcca", "svcca_amplitude", "cca", "cca_truncated", "pwcca"]
    ] = Field(
        ["svcca"],
        min_length=1,
        description="Conventions of similarity; figures and claims take the first.",
    )
    diagnostic_tokens: int = Field(
        50_000,
        gt=0,
        description="That a diagnostic classifier is trained on, at most; a fifth as "
        "many say when its training ends.",
    )
    resamples: int = Field(
        1_000, ge=100, description="Of the bootstrap over sentences."
    )
    probes: EpochProbes | None = Field(
        None,
        description="Tasks that every site is asked by linear probes, epoch by epoch; "
        "null: none. Not in the thesis.",
    )

    def check(self, common: Common) -> None:
        """Labels suit the corpus, and the first preset has intervals."""
        common.check_two_layers("svcca")
        generated = common.corpus.format == "generated"
        for key in ("xpos", "semantics"):
            if getattr(self, key) == "generated" and not generated:
                raise ValueError(
                    f"svcca.{key}: a generated treebank suits a generated corpus only"
                )
        if self.upos == "gold" and common.corpus.file_format != "conllu":
            raise ValueError(
                "svcca.upos: gold needs corpus.format conllu or generated, whose words "
                "are annotated"
            )
        asked = "svcca" in common.studies and common.control == "shuffled"
        if self.upos == "gold" and asked:
            raise ValueError(
                "control: shuffled moves the tags of a tagger with their words, so it "
                "needs svcca.upos: silver"
            )
        if self.presets[0] == "pwcca":
            raise ValueError(
                "svcca.presets: pwcca has no interval, so it cannot come first"
            )
        if len(set(self.presets)) < len(self.presets):
            raise ValueError("svcca.presets must be different presets")
        if self.probes:
            self.probes.check("svcca.probes", generated=generated)
            self.probes.numbers(common.lm.epochs)

    def datasets(
        self, common: Common, datasets: Mapping[str, Dataset]
    ) -> list[tuple[str, str]]:
        """A treebank of fine parts of speech and a data set of semantic tags."""
        used = []
        if self.xpos not in (None, "generated"):
            check_treebank("svcca.xpos", self.xpos, datasets)
            used.append(("svcca.xpos", self.xpos))
        if self.semantics not in (None, "generated"):
            known_dataset("svcca.semantics", self.semantics, datasets)
            if set(datasets[self.semantics].semantics) != {"train", "dev", "test"}:
                raise InputError(
                    f"Config: svcca.semantics: {self.semantics} has no train, dev and "
                    "test parts with semantic tags in config/datasets.yaml."
                )
            used.append(("svcca.semantics", self.semantics))
        asked = self.probes.datasets("svcca.probes", datasets) if self.probes else []
        return used + asked


Section = Svcca
