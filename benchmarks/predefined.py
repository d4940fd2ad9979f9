"""A sparse LSTM of N blocks beside the dense one of as many parameters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import torch
from torch import nn

from benchmarks.machine import THREADS
from benchmarks.timing import Criterion, interleave, ratio, summary
from ontogeny.predefined import SparseEmbedding, SparseLSTM

DENSE, SPARSE, BLOCKS, DENSITY = 1150, 1725, 3, 0.555
STEPS, BATCH = 10, 20
WORDS, DIMENSIONS = 20_000, 20
ROUNDS = 15
LIMIT = 0.8


def run(folder: Path) -> dict[str, pd.DataFrame]:
    """Time a step of learning, forward and backward, of layers of equal parameters."""
    torch.set_num_threads(THREADS)
    lstms: dict[str, tuple[nn.Module, int]] = {
        "dense LSTM": (nn.LSTM(DENSE, DENSE), DENSE),
        "sparse LSTM": (
            SparseLSTM(SPARSE, SPARSE, blocks=BLOCKS, density=DENSITY),
            SPARSE,
        ),
        "dense LSTM, as wide": (nn.LSTM(SPARSE, SPARSE), SPARSE),
    }
    contestants = {name: _lstm_step(*one) for name, one in lstms.items()}
    embeddings = {
        "dense embedding, a quarter": nn.Embedding(WORDS, DIMENSIONS // 4),
        "sparse embedding, δ 0.25": SparseEmbedding(WORDS, DIMENSIONS, 0.25),
        "dense embedding": nn.Embedding(WORDS, DIMENSIONS),
    }
    contestants |= {name: _embedding_step(one) for name, one in embeddings.items()}
    times = interleave(contestants, ROUNDS)
    return {"times": times, "summary": summary(times, ["contestant"])}


def criteria(tables: dict[str, pd.DataFrame]) -> list[Criterion]:
    """Blocks take at most 0.8 of the dense layer's time."""
    found = ratio(tables["times"], "sparse LSTM", "dense LSTM")
    return [
        Criterion(
            f"{BLOCKS} blocks beside the dense LSTM of as many parameters",
            f"≤ {LIMIT}",
            str(found),
            found.of_medians <= LIMIT,
        )
    ]


def _lstm_step(lstm: nn.Module, width: int) -> Callable[[], None]:
    x = torch.randn(STEPS, BATCH, width)

    def step() -> None:
        lstm.zero_grad()
        output, _ = lstm(x)
        output.sum().backward()

    return step


def _embedding_step(embedding: nn.Module) -> Callable[[], None]:
    # Zipf's law: half of a text is few words.
    ids = (WORDS ** torch.rand(STEPS, BATCH)).long() - 1

    def step() -> None:
        embedding.zero_grad()
        embedding(ids).sum().backward()

    return step
