"""A text's test part, which all models read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from ontogeny.annotation.labels import UNLABELLED
from ontogeny.corpus.filtering import SPLITS
from ontogeny.disk.files import read_table, sha256
from ontogeny.statistics.groups import SENTENCE_GROUPS, resampling_groups
from ontogeny.training.documents import DocumentStream

BATCH, WINDOW = 100, 35
"""Pieces side by side and steps of a window when reading; speed alone."""


@dataclass(frozen=True)
class Domain:
    """The tokens that views are compared on.

    Attributes:
        tokens: Columns document, sentence, id, and tagsets; index from 0.
        groups: Resampling group of each token, shape (tokens,).
        fingerprint: Of the text and its split.
        device: Where windows are.
    """

    tokens: pd.DataFrame
    groups: np.ndarray
    fingerprint: str
    device: torch.device | str = "cpu"

    @property
    def ids(self) -> np.ndarray:
        """Word of each token, shape (tokens,)."""
        return self.tokens["id"].to_numpy()

    def stream(self, unit: str) -> DocumentStream:
        """The windows in which a model reads the tokens.

        Args:
            unit: What is read from a zero state, "document" or "sentence": as
                the model was trained.
        """
        return reading(self.tokens, unit, self.device)

    def counts(self, types: int) -> np.ndarray:
        """How often each word is read, by group: (groups, types)."""
        at = self.groups * types + self.ids
        return np.bincount(at, minlength=SENTENCE_GROUPS * types).reshape(
            SENTENCE_GROUPS, types
        )


def reading(
    tokens: pd.DataFrame, unit: str, device: torch.device | str
) -> DocumentStream:
    """A text as a stream without labels; see `Domain.stream`."""
    return DocumentStream(
        tokens["id"].to_numpy(),
        np.full(len(tokens), UNLABELLED),
        tokens[unit].to_numpy(),
        batch=BATCH,
        window=WINDOW,
        device=device,
    )


def held_out(
    tokens: pd.DataFrame, fingerprint: str, device: torch.device | str = "cpu"
) -> Domain:
    """The test part of a text (`ontogeny.annotation.texts`).

    Args:
        tokens: All splits.
        fingerprint: Of the text's file.
        device: Where models read it.
    """
    part = tokens[tokens["split"] == SPLITS.index("test")].reset_index(drop=True)
    groups = resampling_groups(part["sentence"].to_numpy())
    return Domain(part, groups, f"{fingerprint} test", device)


def read_domains(
    names: Sequence[str], paths: Sequence[str], device: torch.device | str = "cpu"
) -> dict[str, Domain]:
    """The test parts of texts on disk, by name."""
    return {
        name: held_out(read_table(path), sha256(path), device)
        for name, path in zip(names, paths, strict=True)
    }
