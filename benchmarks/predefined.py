"""A sparse LSTM of N blocks beside the dense one of as many parameters.

On one thread: on two, while other programs computed, both took far longer and blocks
lost more (1.9 times the dense layer, beside 0.66 on one thread a moment before),
presumably in waiting for each other after every product, of which blocks have more.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import torch
from torch import nn

from benchmarks.timing import Criterion, interleave, ratio, summary
from ontogeny.predefined import SparseEmbedding, SparseLSTM

DENSE, SPARSE, BLOCKS, DENSITY = 1150, 1725, 3, 0.555
STEPS, BATCH = 10, 20
WORDS, DIMENSIONS = 20_000, 20
PAIR_ROUNDS, ROUNDS = 25, 9
LIMIT = 0.8


def run(folder: Path) -> dict[str, pd.DataFrame]:
    """Time a step of learning, forward and backward, of layers of equal parameters."""
    torch.set_num_threads(1)
    sparse = SparseLSTM(SPARSE, SPARSE, blocks=BLOCKS, density=DENSITY)
    # What is limited is timed alone, in many rounds: runs differ by 0.15.
    pair = {
        "dense LSTM": _lstm_step(nn.LSTM(DENSE, DENSE), DENSE),
        "sparse LSTM": _lstm_step(sparse, SPARSE),
    }
    others = {"dense LSTM, as wide": _lstm_step(nn.LSTM(SPARSE, SPARSE), SPARSE)}
    embeddings = {
        "dense embedding, a quarter": nn.Embedding(WORDS, DIMENSIONS // 4),
        "sparse embedding, δ 0.25": SparseEmbedding(WORDS, DIMENSIONS, 0.25),
        "dense embedding": nn.Embedding(WORDS, DIMENSIONS),
    }
    others |= {name: _embedding_step(one) for name, one in embeddings.items()}
    times = pd.concat([interleave(pair, PAIR_ROUNDS), interleave(others, ROUNDS)])
    return {"times": times, "summary": summary(times, ["contestant"])}


def criteria(tables: dict[str, pd.DataFrame]) -> list[Criterion]:
    """Blocks take at most 0.8 of the dense layer's time."""
    found = ratio(tables["times"], "sparse LSTM", "dense LSTM")
    return [
        Criterion(
            f"{BLOCKS} blocks beside the dense LSTM of as many parameters",
            f"≤ {LIMIT}",
            str(found),
            bool(found.of_medians <= LIMIT),
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
