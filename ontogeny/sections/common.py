"""What `config/*.yaml` may say that is of no study alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, Self

from pydantic import (
    Field,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)

from ontogeny.sections.corpus import Corpus
from ontogeny.sections.dataset import Dataset
from ontogeny.sections.recipe import Recipe
from ontogeny.sections.section import Section


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
    early_steps: list[int] = Field(
        [],
        description="Optimiser steps within the first epoch after which the first "
        "seed's model is measured too, rising from 1, e.g. [1, 4, 16]: docs/early.md.",
    )

    @field_validator("early_steps")
    @classmethod
    def _rising(cls, steps: list[int]) -> list[int]:
        if steps != sorted({step for step in steps if step > 0}):
            raise ValueError("give steps from 1 on, each larger than the one before")
        return steps

    def recipe(self) -> dict:
        """What a training is told: all but which model, and what else is measured."""
        return self.model_dump(exclude={"model", "early_steps"})


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


class Common(Section):
    """A config but for the sections of its studies."""

    name: str = Field(description="Results go to results/<name>/.")
    studies: list[str]
    seeds: list[int] = Field([1, 2], min_length=1, description="One model each.")
    data_dir: str | None = Field(
        None,
        min_length=1,
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
    control: bool | Literal["shuffled"] = Field(
        False,
        description="Also run a text without structure: true, the control language, "
        "which has the same word frequencies (format `generated` only); shuffled, the "
        "corpus itself with the words of each split in any order, for the studies of "
        "sparsity and SVCCA.",
    )
    judged: bool = Field(
        True, description="Whether claims get a verdict; false for smoke tests."
    )
    accept_stale: bool = Field(
        False,
        description="Take results of another config for this one's, where Snakemake "
        "has forgotten by what they were made.",
    )
    papers_corpus: bool = Field(
        False, description="The corpus is the paper's own, so its size is judged (S27)."
    )
    corpus: Corpus
    tagging: Tagging = Tagging()
    lm: LanguageModel = LanguageModel()
    measuring: Measuring = Measuring()

    @field_validator("control", mode="before")
    @classmethod
    def _known(cls, control: object) -> object:
        if control == "shuffled":
            return control
        try:  # a command line gives text
            return TypeAdapter(bool).validate_python(control)
        except ValidationError:
            raise ValueError("give true, false or shuffled") from None

    @field_validator("data_dir")
    @classmethod
    def _at_home(cls, folder: str | None) -> str | None:
        return folder and str(Path(folder).expanduser())

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        taken = self.name in ("data", "benchmarks") or self.name.endswith("_control")
        if taken or not re.fullmatch(r"[a-z0-9][a-z0-9_]*", self.name):
            raise ValueError(
                "name must be lowercase letters, digits and _ (it names a folder), "
                "neither `data` nor `benchmarks`, and not end in `_control`"
            )
        check_seeds("seeds", self.seeds)
        if self.control is True and self.corpus.format != "generated":
            raise ValueError(
                "control: true needs corpus.format: generated; any other corpus has "
                "control: shuffled"
            )
        if len(set(self.studies)) < len(self.studies):
            raise ValueError("studies must be different studies")
        if len(set(self.measuring.splits)) < len(self.measuring.splits):
            raise ValueError("measuring.splits must be different splits")
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

    def check_two_layers(self, study: str) -> None:
        """Check that the language model is the one that a study speaks of.

        Raises:
            ValueError: If it has not two recurrent layers.
        """
        if study in self.studies and self.lm.layers != 2:
            raise ValueError(
                f"lm.layers: {study} in studies speaks of two recurrent layers, found "
                f"{self.lm.layers}"
            )


class StudySection(Section):
    """The section of a study, which is checked beside the rest of the config."""

    def check(self, common: Common) -> None:
        """Check it beside what is of no study alone.

        Raises:
            ValueError: For a value that does not go with another; its message begins
                with the key.
        """

    def datasets(
        self, common: Common, datasets: Mapping[str, Dataset]
    ) -> list[tuple[str, str]]:
        """Keys and names of the data sets that the study reads beside the corpus.

        Raises:
            InputError: For one that cannot serve where it is named.
        """
        return []


def check_seeds(key: str, seeds: Sequence[int] | None) -> None:
    """Check that the seeds of a key are different and can be seeds.

    Raises:
        ValueError: If they are not.
    """
    if not seeds:
        return
    if len(set(seeds)) < len(seeds):
        raise ValueError(f"{key} must be different numbers, found {seeds}")
    if not 0 <= min(seeds) <= max(seeds) < 2**32:
        raise ValueError(f"{key} must lie between 0 and 4294967295, found {seeds}")
