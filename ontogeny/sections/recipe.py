"""What `config/*.yaml` may say of a language model and its training."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ontogeny.sections.section import Section
from ontogeny.training.recipe import Recipe as Defaults


class Recipe(Section):
    """Sizes and schedule of a language model; defaults are the paper's (§2)."""

    embedding: int = Field(
        Defaults.embedding, gt=0, description="Units of the embedding."
    )
    hidden: int = Field(
        Defaults.hidden, gt=0, description="Units of each recurrent layer."
    )
    dropout: float = Field(
        Defaults.dropout, ge=0, lt=1, description="Share of activations dropped."
    )
    batch: int = Field(
        Defaults.batch, gt=0, description="Columns of text side by side."
    )
    window: int = Field(
        Defaults.window, gt=0, description="Steps of backpropagation through time."
    )
    epochs: int = Field(
        Defaults.epochs, gt=0, description="Passes over the training split."
    )
    learning_rate: float = Field(
        Defaults.learning_rate,
        gt=0,
        le=1e6,
        description="Learning rate of SGD at the start.",
    )
    divide_by: float = Field(
        Defaults.divide_by,
        gt=1,
        description="Divisor of the learning rate when validation stalls.",
    )
    clip_norm: float | None = Field(
        Defaults.clip_norm,
        gt=0,
        description="Largest ℓ₂ norm of the gradient; null: no clipping.",
    )
    precision: Literal["float32", "bfloat16"] = Field(
        Defaults.precision,
        description="Precision of the output layer's matrix products in training; "
        "bfloat16 halves the time of a large vocabulary on machines that have it.",
    )
