"""What a config may say of the study of interdependence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from ontogeny.errors import InputError
from ontogeny.sections.common import Common, StudySection, check_seeds
from ontogeny.sections.dataset import Dataset, check_treebank
from ontogeny.sections.recipe import Recipe


class OneLayer(Recipe):
    """The language model that is decomposed: one LSTM (thesis ch. 5 §2)."""

    embedding: int = Field(400, gt=0, description="Units of the embedding.")
    hidden: int = Field(400, gt=0, description="Units of the LSTM.")
    layers: Literal[1] = Field(1, description="LSTMs; decomposition is of one.")
    epochs: int = Field(20, gt=0, description="Passes over the training split.")


class Interdependence(StudySection):
    """The study of words' interdependence and syntax (thesis ch. 5 §3)."""

    text: Literal["corpus", "official"] = Field(
        "corpus",
        description="What the model reads: the corpus as the other studies have it, "
        "or the data set's own splits, cased, with its whole vocabulary.",
    )
    seeds: list[int] | None = Field(
        None, min_length=1, description="One model each; null: the config's seeds."
    )
    threads: int | None = Field(
        None, gt=0, description="Of its training; null: the config's."
    )
    lm: OneLayer = OneLayer()
    treebank: str = Field(
        "ud-english-ewt",
        description="Whose word pairs are measured: a treebank of "
        "config/datasets.yaml, or `generated`.",
    )
    window: int = Field(10, ge=1, description="Largest distance of a pair, in words.")
    min_pairs: int = Field(100, ge=1, description="Pairs that a mean needs.")
    resamples: int = Field(
        1_000, ge=100, description="Of the bootstrap over sentences."
    )

    def check(self, common: Common) -> None:
        """Text and treebank suit the corpus."""
        check_seeds("interdependence.seeds", self.seeds)
        if self.text == "official" and common.corpus.dataset is None:
            raise ValueError(
                "interdependence.text: official needs corpus.dataset, a data set with "
                "splits of its own"
            )
        if self.treebank == "generated" and common.corpus.format != "generated":
            raise ValueError(
                "interdependence.treebank: a generated treebank suits a generated "
                "corpus only"
            )

    def datasets(
        self, common: Common, datasets: Mapping[str, Dataset]
    ) -> list[tuple[str, str]]:
        """The treebank whose word pairs are measured."""
        name = common.corpus.dataset or ""
        if self.text == "official" and name in datasets and not datasets[name].splits:
            raise InputError(
                f"Config: interdependence.text: {name} has no splits of its own in "
                "config/datasets.yaml; take `corpus`."
            )
        if self.treebank == "generated":
            return []
        check_treebank("interdependence.treebank", self.treebank, datasets)
        return [("interdependence.treebank", self.treebank)]


Section = Interdependence
