"""What a config may say of the study of scaffolds."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, Self

from pydantic import Field, model_validator

from ontogeny.sections.common import Common, StudySection, check_seeds
from ontogeny.sections.section import Section as Part
from ontogeny.studies.scaffold.specification import CONTEXT, Specification
from ontogeny.training.recipe import check_columns


class ScaffoldModel(Part):
    """The model of the scaffold study, trained at a constant rate (ch. 5 §4.1)."""

    embedding: int = Field(200, gt=0, description="Units of the embedding.")
    hidden: int = Field(200, gt=0, description="Units of the LSTM.")
    dropout: float = Field(0, ge=0, lt=1, description="Share of activations dropped.")
    batch: int = Field(20, gt=0, description="Columns of text side by side.")
    window: int = Field(35, gt=0, description="Steps of backpropagation through time.")
    epochs: int = Field(40, gt=0, description="Passes over the text.")
    learning_rate: float = Field(
        1, gt=0, le=1e6, description="Learning rate of SGD, constant."
    )
    clip_norm: float = Field(0.25, gt=0, description="Largest ℓ₂ norm of the gradient.")


class Variants(Part):
    """Optimisers that learn more slowly (ch. 5 §4.1): on one text each."""

    momentum: float = Field(0.9, gt=0, lt=1, description="Of SGD, as PyTorch has it.")
    weight_decay: float = Field(1e-4, gt=0, description="Of SGD, as PyTorch has it.")


class Reading(Part):
    """How a test item is decomposed: the thesis is silent, its code changed."""

    rule: Literal["inclusive", "murdoch"] = Field(
        "inclusive", description="Who owns the product of the biases."
    )
    context: int = Field(
        CONTEXT,
        ge=0,
        le=CONTEXT,
        description="Words read before α, irrelevant; 0: none.",
    )
    decoder_bias: bool = Field(False, description="Added to relevant logits.")


class Scaffold(StudySection):
    """The study of scaffolds (thesis ch. 5 §4): a rule α q ω in random text."""

    tokens: int = Field(1_000_000, gt=0, description="Of each training text.")
    types: int = Field(1_000, ge=10, description="Words of the background.")
    lengths: list[int] = Field(
        [2, 4, 6, 8], min_length=1, description="k, words between α and ω."
    )
    occurrences: list[int] = Field(
        [30, 100, 300, 1_000, 3_000],
        min_length=1,
        description="n, of the rule, with unfamiliar scaffolds.",
    )
    both_at: int = Field(
        1_000, gt=0, description="The n at which familiar scaffolds are trained too."
    )
    copies: int = Field(10, gt=0, description="Of each scaffold in the rule.")
    outside: int = Field(
        1_000, gt=0, description="Of each familiar scaffold outside the rule."
    )
    items: int = Field(1_000, ge=40, description="Of each test, at least.")
    seeds: list[int] | None = Field(
        None, min_length=1, description="One grid each; null: the config's seeds."
    )
    variants: Variants | None = Field(
        Variants(),
        description="Also train with momentum and with weight decay, at the shortest "
        "length; null: not.",
    )
    model: ScaffoldModel = ScaffoldModel()
    reading: Reading = Reading()
    resamples: int = Field(1_000, ge=100, description="Of the bootstrap over items.")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.both_at not in self.occurrences:
            raise ValueError(f"both_at: must be one of {self.occurrences}")
        for key in ("lengths", "occurrences"):
            values = getattr(self, key)
            if sorted(set(values)) != values:
                raise ValueError(f"{key}: must ascend, each once, found {values}")
        if self.lengths[0] < 2:
            raise ValueError("lengths: must be at least 2: one word is always familiar")
        for length in self.lengths:
            self._check_texts(length)
        check_columns("model.batch", self.model.batch, self.tokens)
        return self

    def _check_texts(self, length: int) -> None:
        """Check that the texts of a length hold what they should."""
        sizes = self.tokens, self.types, self.copies, self.outside
        texts = [Specification(length, n, *sizes) for n in self.occurrences]
        for text in texts:
            text.background(familiar=text.occurrences == self.both_at)
            text.check_different()
        fresh = replace(texts[0], occurrences=self.items, copies=1)
        fresh.check_different(taken=sum(text.scaffolds for text in texts))

    def check(self, common: Common) -> None:
        """Its seeds can be seeds."""
        check_seeds("scaffold.seeds", self.seeds)


Section = Scaffold
