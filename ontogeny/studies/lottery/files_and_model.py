"""What a config may say of the pairs' files and the model's sizes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from ontogeny.errors import InputError
from ontogeny.sections.section import Section as Part

Pair = tuple[str, str]


class Files(Part):
    """Own texts, a file a side, whose lines are translations (docs/own-pairs.md)."""

    train: Pair = Field(description="Source and target to learn from.")
    valid: Pair = Field(description="To validate and measure on.")
    test: dict[str, Pair] = Field(
        min_length=1, description="To translate, by a name; the first is judged."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for name in self.test:
            if not re.fullmatch(r"\w[\w.-]*", name, re.ASCII):
                raise ValueError(
                    f"test: {name!r} names a file: use letters, digits, - and _"
                )
        own = {"train": self.train, "valid": self.valid, **self.test}
        for text, (source, target) in own.items():
            if source == target:
                raise ValueError(f"{text}: source and target are both {source}")
        return self


class Transformer(Part):
    """Sizes of the model (§3.1: Transformer-Big)."""

    layers: int = Field(6, gt=0, description="Of the encoder, and of the decoder.")
    d: int = Field(1024, gt=0, description="Units of every site.")
    heads: int = Field(16, gt=0, description="Of every attention; divide d.")
    inner: int = Field(4096, gt=0, description="Units inside a feed-forward layer.")
    dropout: float = Field(0.3, ge=0, lt=1, description="Share dropped.")
    norm: Literal["post", "pre"] = Field(
        "post", description="LayerNorm after each sublayer, or before it."
    )

    @model_validator(mode="after")
    def _fit(self) -> Self:
        if self.d % self.heads:
            raise ValueError(f"heads: {self.heads} do not divide d, {self.d}")
        return self


def check_there(pair: Pair) -> None:
    """Check that both files of a text are there.

    Raises:
        InputError: If one is not.
    """
    for path in pair:
        if not Path(path).is_file():
            raise InputError(
                f"Config: lottery.files: {path} is not there (looked for from "
                f"{Path.cwd()}); docs/own-pairs.md says what to bring."
            )
