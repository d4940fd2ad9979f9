"""A measuring pass beside a training epoch over the same tokens."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import torch

from benchmarks.machine import THREADS
from benchmarks.timing import Criterion, interleave, ratio, summary
from benchmarks.training import zipfian
from ontogeny.activations import measure, write_recordings
from ontogeny.training.loop import Run
from ontogeny.training.recipe import Recipe
from ontogeny.training.stream import Stream, StreamLoss

TYPES = 10_000
WINDOWS = 20
ROUNDS = 5
LIMIT = 1.6
SITES = ("embedding", "lstm1", "lstm2", "logits", "embedding_table")


def run(folder: Path) -> dict[str, pd.DataFrame]:
    """Time an epoch, a measuring pass, and one that keeps every vector."""
    torch.set_num_threads(THREADS)
    recipe = Recipe(epochs=1)
    tokens = _tokens(WINDOWS * recipe.batch * recipe.window)
    stream = Stream(
        tokens["id"].to_numpy(), start=1, batch=recipe.batch, window=recipe.window
    )
    model = recipe.model(TYPES)
    with TemporaryDirectory(dir=folder) as files:
        paths = {site: Path(files, f"{site}.parquet") for site in SITES}
        contestants = {
            "training epoch": _epoch(recipe, stream),
            "measuring pass": lambda: measure(
                model, [tokens], lambda _: stream, [0, 1], epoch=1, step=1
            ),
            "pass that keeps all vectors": lambda: write_recordings(
                model,
                [tokens],
                lambda _: stream,
                paths,
                rows=len(tokens),
                vector_tokens=len(tokens),
                metadata={"epoch": 1, "step": 1},
            ),
        }
        times = interleave(contestants, ROUNDS)
    return {"times": times, "pass": summary(times, ["contestant"])}


def criteria(tables: dict[str, pd.DataFrame]) -> list[Criterion]:
    """The measuring pass's limit; with files there is none."""
    times = tables["times"]
    found = ratio(times, "measuring pass", "training epoch")
    files = ratio(times, "pass that keeps all vectors", "training epoch")
    return [
        Criterion(
            f"measuring pass / training epoch, {TYPES:,} words",
            f"≤ {LIMIT}",
            str(found),
            bool(found.of_medians <= LIMIT),
        ),
        Criterion(
            "pass that keeps every vector on disk / training epoch",
            "none",
            str(files),
            None,
        ),
    ]


def _epoch(recipe: Recipe, stream: Stream) -> Callable[[], None]:
    """A bare epoch, always from the same weights: no validation, nothing saved."""
    start = recipe.model(TYPES)

    def train() -> None:
        model = copy.deepcopy(start)
        sgd = torch.optim.SGD(model.parameters(), lr=recipe.learning_rate)
        Run(model, StreamLoss(), stream, sgd, 1, clip_norm=recipe.clip_norm).train()

    return train


def _tokens(number: int) -> pd.DataFrame:
    """A text of random words: columns id, document, sentence."""
    place = np.arange(number, dtype=np.int32)
    return pd.DataFrame(
        {
            "id": zipfian(TYPES, number),
            "document": place // 3000,
            "sentence": place // 20,
        }
    )
