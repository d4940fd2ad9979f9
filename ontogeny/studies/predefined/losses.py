"""Texts for language models, and what a model loses on each of their sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch

from ontogeny.corpus.filtering import SPLITS
from ontogeny.disk.files import open_parquet, read_table
from ontogeny.models import IGNORED, Model
from ontogeny.training.stream import Stream


class Text(NamedTuple):
    """Words of a split.

    Attributes:
        ids: int32, shape (words,).
        sentence: Number of each word's sentence or line, rising, shape (words,).
    """

    ids: np.ndarray
    sentence: np.ndarray


def read_texts(paths: Mapping[str, Any], words: int | None = None) -> dict[str, Text]:
    """The splits of a corpus, or of a data set's own.

    Args:
        paths: By split, a table with id and sentence or line.
        words: First words of the training split that are read; None: all.
    """
    found = {}
    for split in SPLITS:
        with open_parquet(paths[split]) as file:
            names = file.schema_arrow.names
        group = "sentence" if "sentence" in names else "line"
        table = read_table(paths[split], ["id", group])
        table = table.iloc[: words if split == "train" else None]
        found[split] = Text(table["id"].to_numpy(), table[group].to_numpy())
    return found


@torch.no_grad()
def sentence_losses(model: Model, text: Text, stream: Stream) -> pd.DataFrame:
    """Loss of each sentence, in evaluation mode.

    Args:
        model: Of any kind.
        text: That the stream is of.
        stream: Every word is predicted once.

    Returns:
        Columns group (rank of the sentence), nats (sum) and predictions.
    """
    training = model.training
    model.eval()
    nats, state = np.zeros(len(text.ids)), None
    for window in stream:
        output, state = model(window.inputs, state)
        lost = model.loss(output, window.targets).nats.double().cpu().numpy()
        there = (window.targets != IGNORED).flatten().cpu().numpy()
        nats[window.positions.flatten().cpu().numpy()[there]] = lost[there]
    model.train(training)
    _, group = np.unique(text.sentence, return_inverse=True)
    predictions = np.bincount(group)
    return pd.DataFrame(
        {
            "group": np.arange(len(predictions)),
            "nats": np.bincount(group, nats),
            "predictions": predictions,
        }
    )
