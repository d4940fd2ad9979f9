"""What `config/*.yaml` may say: one class per section, every key described."""

from __future__ import annotations

import re
from typing import Literal, Self

from pydantic import Field, model_validator

from ontogeny.sections.corpus import Corpus
from ontogeny.sections.recipe import Recipe
from ontogeny.sections.section import Section
from ontogeny.settings.studies import Interdependence, Scaffold, Sparsity, Svcca


class Tagging(Section):
    """Parts of speech, by spaCy."""

    pipeline: str = Field(
        "trained",
        description="`trained`: learned here from `treebank`; or the name of an "
        "installed spaCy pipeline, e.g. en_core_web_sm.",
    )
    treebank: str = Field(
        "ud-english-ewt",
        description="A treebank of config/datasets.yaml, or `generated`.",
    )
    also_test: list[str] = Field(
        [], description="Further treebanks on whose test part accuracy is reported."
    )
    treebank_tokens: int = Field(
        40_000, gt=0, description="Words of a generated treebank's training part."
    )
    max_epochs: int = Field(3, gt=0, description="Passes over the treebank at most.")
    shards: int = Field(2, gt=0, description="Jobs that the tagging is divided into.")


class LanguageModel(Recipe):
    """The language model of the studies of sparsity and SVCCA."""

    model: str = Field(
        "lstm", description="A model of config/models.yaml: docs/own-model.md."
    )
    layers: int = Field(
        2,
        ge=1,
        le=2,
        description="Recurrent layers; the studies of sparsity and SVCCA speak of two.",
    )


class Measuring(Section):
    """Which tokens are measured, and which keep their vectors."""

    splits: list[Literal["train", "valid", "test"]] = Field(
        ["test"],
        min_length=1,
        description="Splits whose tokens are measured; figures show the first, "
        "claims judge each.",
    )
    tokens: int = Field(
        100_000, gt=0, description="At most so many, in whole documents, per split."
    )
    shards: int = Field(
        1, ge=1, description="Jobs per split and seed, each measures some epochs."
    )
    vector_epochs: list[int] = Field(
        [], description="Epochs of which per-token files are written; -1: the last."
    )
    vector_tokens: int = Field(
        10_000, ge=0, description="Tokens in them that keep their vectors."
    )


class Settings(Section):
    """One configuration of the workflow, whole: nothing is merged into it."""

    name: str = Field(description="Results go to results/<name>/.")
    studies: list[Literal["sparsity", "svcca", "interdependence", "scaffold"]] = Field(
        ["sparsity", "svcca", "interdependence"],
        min_length=1,
        description="What `all` makes. The study of scaffolds has texts of its own, "
        "whatever the corpus.",
    )
    seeds: list[int] = Field([1, 2], min_length=1, description="One model each.")
    data_dir: str | None = Field(
        None,
        description="Folder that holds data sets already, as <data set>/<file>; "
        "null: they are downloaded.",
    )
    device: Literal["auto", "cpu", "cuda"] = Field(
        "auto",
        description="Where models run; auto takes a GPU if there is one, but a job "
        "does not wait for it.",
    )
    threads: int = Field(
        1,
        gt=0,
        description="Threads of a training or measuring job. Part of the result: "
        "another number rounds differently.",
    )
    control: bool = Field(
        False,
        description="Also run the control language, which has the same word "
        "frequencies and no structure (format `generated` only).",
    )
    judged: bool = Field(
        True, description="Whether claims get a verdict; false for smoke tests."
    )
    papers_corpus: bool = Field(
        False, description="The corpus is the paper's own, so its size is judged (S27)."
    )
    corpus: Corpus
    tagging: Tagging = Tagging()
    lm: LanguageModel = LanguageModel()
    measuring: Measuring = Measuring()
    sparsity: Sparsity = Sparsity()
    svcca: Svcca = Svcca()
    interdependence: Interdependence = Interdependence()
    scaffold: Scaffold = Scaffold()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        taken = self.name in ("data", "benchmarks") or self.name.endswith("_control")
        if taken or not re.fullmatch(r"[a-z0-9][a-z0-9_]*", self.name):
            raise ValueError(
                "name must be lowercase letters, digits and _ (it names a folder), "
                "neither `data` nor `benchmarks`, and not end in `_control`"
            )
        self._check_seeds()
        if self.control and self.corpus.format != "generated":
            raise ValueError("control: true needs corpus.format: generated")
        if len(set(self.studies)) < len(self.studies):
            raise ValueError("studies must be different studies")
        if len(set(self.measuring.splits)) < len(self.measuring.splits):
            raise ValueError("measuring.splits must be different splits")
        self._check_layers()
        self._check_svcca()
        self._check_interdependence()
        wrong = [
            e for e in self.measuring.vector_epochs if not -1 <= e <= self.lm.epochs
        ]
        if wrong:
            raise ValueError(f"measuring.vector_epochs: there is no epoch {wrong[0]}")
        if self.measuring.shards > self.lm.epochs + 1:
            raise ValueError(
                f"measuring.shards: there are {self.lm.epochs + 1} epochs to measure, "
                f"with the untrained model, for {self.measuring.shards} jobs"
            )
        return self

    def _check_seeds(self) -> None:
        for key, given in {
            "seeds": self.seeds,
            "interdependence.seeds": self.interdependence.seeds,
            "scaffold.seeds": self.scaffold.seeds,
        }.items():
            seeds = given or [0]
            if len(set(seeds)) < len(seeds):
                raise ValueError(f"{key} must be different numbers, found {seeds}")
            if not 0 <= min(seeds) <= max(seeds) < 2**32:
                raise ValueError(
                    f"{key} must lie between 0 and 4294967295, found {seeds}"
                )

    def _check_layers(self) -> None:
        needing = [s for s in self.studies if s in ("sparsity", "svcca")]
        if needing and self.lm.layers != 2:
            raise ValueError(
                f"lm.layers: {' and '.join(needing)} in studies speak of two recurrent "
                f"layers, found {self.lm.layers}"
            )

    def _check_svcca(self) -> None:
        generated = self.corpus.format == "generated"
        for key in ("xpos", "semantics"):
            if getattr(self.svcca, key) == "generated" and not generated:
                raise ValueError(
                    f"svcca.{key}: a generated treebank suits a generated corpus only"
                )
        if self.svcca.upos == "gold" and self.corpus.file_format != "conllu":
            raise ValueError(
                "svcca.upos: gold needs corpus.format conllu or generated, whose words "
                "are annotated"
            )
        if self.svcca.presets[0] == "pwcca":
            raise ValueError(
                "svcca.presets: pwcca has no interval, so it cannot come first"
            )
        if len(set(self.svcca.presets)) < len(self.svcca.presets):
            raise ValueError("svcca.presets must be different presets")

    def _check_interdependence(self) -> None:
        study = self.interdependence
        if study.text == "official" and self.corpus.dataset is None:
            raise ValueError(
                "interdependence.text: official needs corpus.dataset, a data set with "
                "splits of its own"
            )
        if study.treebank == "generated" and self.corpus.format != "generated":
            raise ValueError(
                "interdependence.treebank: a generated treebank suits a generated "
                "corpus only"
            )
