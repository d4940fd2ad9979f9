"""What `config/*.yaml` may say of a language model and its training."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ontogeny.sections.section import Section


class Recipe(Section):
    """Sizes and schedule of a language model; defaults are the paper's (§2)."""

    embedding: int = Field(200, gt=0, description="Units of the embedding.")
    hidden: int = Field(200, gt=0, description="Units of each recurrent layer.")
    dropout: float = Field(0.2, ge=0, lt=1, description="Share of activations dropped.")
    batch: int = Field(40, gt=0, description="Columns of text side by side.")
    window: int = Field(35, gt=0, description="Steps of backpropagation through time.")
    epochs: int = Field(50, gt=0, description="Passes over the training split.")
    learning_rate: float = Field(
        20, gt=0, le=1e6, description="Of plain SGD, at the start."
    )
    divide_by: float = Field(
        4, gt=1, description="Divisor of the learning rate when validation stalls."
    )
    clip_norm: float = Field(0.25, gt=0, description="Largest ℓ₂ norm of the gradient.")
    precision: Literal["float32", "bfloat16"] = Field(
        "float32",
        description="Of the output layer's matrix products in training; bfloat16 "
        "halves the time of a large vocabulary on machines that have it.",
    )
