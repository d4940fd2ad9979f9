"""Per-word means over training: the table of the measuring pass, as arrays.

The table is tidy, one row per (epoch, site, quantity, role, word):

=============== ======== ====================================================
column          type     meaning
=============== ======== ====================================================
epoch           int32    0 is the untrained model
step            int64    optimiser steps taken
site            string   the model's, and logits (gradient only)
quantity        string   activation, gradient
role            string   target: the word is predicted; input: it is fed
word            int32    id in the vocabulary; no special tokens
steps           int64    time steps that enter the means: χ is defined there
zeros           int64    time steps dropped because the vector was all zero
concentration   float64  mean χ over `steps`, dimensionless; NaN if steps = 0
l1              float64  mean ‖v‖₁ over `steps`; NaN if steps = 0
=============== ======== ====================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from ontogeny.measures.places import place


class Series(NamedTuple):
    """What is measured and how it is assigned to words, e.g. ρ←(h̄²).

    Attributes:
        quantity: "activation" or "gradient".
        site: A place, "embedding", "h1" or "h2" (`measures.places`), or "logits".
        role: "target" (ρ←) or "input" (ρ→).
    """

    quantity: str
    site: str
    role: str


@dataclass(frozen=True)
class WordObservations:
    """Mean χ and ℓ₁ of every word at every epoch, for one seed and one split.

    Words are the vocabulary's without special tokens, in order of id (most
    frequent first); epochs ascend from 0.

    Attributes:
        words: Surface forms, shape (words,).
        counts: Occurrences in the training split, shape (words,).
        classes: "open", "closed" or "" (neither), shape (words,).
        tag_entropy_nats: Entropy of a word's tags in training, shape (words,);
            NaN for a word that was never tagged.
        epochs: Shape (epochs,).
        rescalings: Epochs after which the learning rate was divided.
        concentration: For each series, mean χ, shape (epochs, words); NaN
            where the word was not met or only with zero vectors.
        l1: The same for the mean ℓ₁ norm.
    """

    words: np.ndarray
    counts: np.ndarray
    classes: np.ndarray
    tag_entropy_nats: np.ndarray
    epochs: np.ndarray
    rescalings: tuple[int, ...]
    concentration: dict[Series, np.ndarray]
    l1: dict[Series, np.ndarray]

    @classmethod
    def from_tables(
        cls,
        means: pd.DataFrame,
        vocabulary: pd.DataFrame,
        classes: pd.DataFrame,
        curve: pd.DataFrame,
    ) -> WordObservations:
        """Arrange the tables of one seed and split as arrays.

        Args:
            means: The table described at the top of this module.
            vocabulary: Columns id, word, count, special.
            classes: Columns word (id), word_class, tag_entropy_nats.
            curve: Columns epoch, rescaled (whether the learning rate was
                divided at this epoch's end).

        Raises:
            ValueError: If a mean is of no word of the vocabulary, or of a
                special token.
        """
        words = vocabulary.loc[~vocabulary["special"]].sort_values("id")
        ids = words["id"].to_numpy()
        epochs = np.sort(means["epoch"].unique())
        column = np.full(int(vocabulary["id"].max()) + 1, -1)
        column[ids] = np.arange(len(ids))
        if not means["word"].isin(ids).all():
            raise ValueError("means of ids that are not words of the vocabulary")
        by_word = classes.set_index("word").reindex(ids)

        concentration: dict[Series, np.ndarray] = {}
        l1: dict[Series, np.ndarray] = {}
        for key, rows in means.groupby(["quantity", "site", "role"], observed=True):
            at = np.searchsorted(epochs, rows["epoch"]), column[rows["word"]]
            for name, cubes in (("concentration", concentration), ("l1", l1)):
                cube = np.full((len(epochs), len(ids)), np.nan)
                cube[at] = rows[name]
                quantity, site, role = map(str, key)
                cubes[Series(quantity, place(site), role)] = cube
        return cls(
            words=words["word"].to_numpy(dtype=str),
            counts=words["count"].to_numpy(),
            classes=by_word["word_class"].fillna("").to_numpy(dtype=str),
            tag_entropy_nats=by_word["tag_entropy_nats"].to_numpy(dtype=float),
            epochs=epochs,
            rescalings=tuple(int(e) for e in curve.loc[curve["rescaled"], "epoch"]),
            concentration=concentration,
            l1=l1,
        )
