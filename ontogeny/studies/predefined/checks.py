"""What can be checked without training: sizes, masked twins, memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise, product

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from ontogeny.errors import InputError
from ontogeny.predefined import (
    SparseEmbedding,
    SparseLSTM,
    block_sizes,
    embedding_alpha,
    embedding_rows,
    input_segments,
    reductions,
)
from ontogeny.studies.predefined.memory import stored_floats
from ontogeny.studies.predefined.networks import MIDDLE, PAPER

MILLION = 1e6
SIZES = 20
"""Of P1, drawn with a fixed seed."""
DENSITIES = (0.01, 0.05, 0.0501, 0.1, 0.15, 0.25, 0.5, 0.83, 1.0, 1.01)
DIMENSIONS = (2, 5, 20, 400)
VOCABULARIES = (60, 1_000, 44_000)


def checks() -> pd.DataFrame:
    """One row per number.

    Returns:
        Columns claim, part and value.
    """
    torch.manual_seed(0)
    found = [*_equal_sizes(), *_papers_sizes(), *_alphas(), *_shares()]
    found += [*_memory(), *_twins()]
    return pd.DataFrame(found, columns=["claim", "part", "value"])


Row = tuple[str, str, float]


def _equal_sizes() -> Iterator[Row]:
    dense, sparse = MIDDLE
    ratio = _count(_lstm(sparse, sparse, 3, 0.555)) / _count(_dense(dense, dense))
    yield "P1", f"{sparse:,} units / {dense:,}, N 3, γ 0.555: ratio − 1", ratio - 1
    rng = np.random.default_rng(0)
    columns: list[float] = []
    while len(columns) < SIZES:
        i, h = rng.integers(200, 2_000, size=2).tolist()
        a, b = rng.uniform(0.5, 1, size=2)
        blocks, density = reductions(i, h, a, b)
        if density == 1:  # it may have fewer
            continue
        wanted = 4 * (a * i * b * h + (b * h) ** 2 + 2 * b * h)
        off = abs(_count(_lstm(i, h, blocks, density)) - wanted)
        columns.append(off / (4 * h))
    yield (
        "P1",
        f"{SIZES} other sizes: largest |difference| / 4h, a column a block",
        max(columns),
    )


def _papers_sizes() -> Iterator[Row]:
    dense, sparse = PAPER
    wide, middle = _dense(MIDDLE[1], MIDDLE[1]), _dense(MIDDLE[0], MIDDLE[0])

    def narrow(i: int, h: int) -> nn.Module:
        a, b = (dense[sparse.index(size)] / size for size in (i, h))
        return SparseLSTM.from_reductions(i, h, a, b, device="meta")

    yield "P2", "whole dense model, millions", _whole(dense, _dense) / MILLION
    yield "P2", "whole sparse model, millions", _whole(sparse, narrow) / MILLION
    yield "P2", "its middle layer, millions", _count(middle) / MILLION
    yield (
        "P3",
        "whole dense model, 1725 units, millions",
        _whole(sparse, _dense) / MILLION,
    )
    yield "P3", "its middle layer, millions", _count(wide) / MILLION


def _alphas() -> Iterator[Row]:
    off, wrong = 0.0, 0
    for k, density in product(DIMENSIONS, DENSITIES):
        possible = 1 / k < density <= 1
        try:
            alpha = embedding_alpha(k, density)
        except InputError:
            wrong += possible
            continue
        wrong += not (possible and 0 < alpha <= 1)
        off = max(off, abs(float(np.sum(alpha ** np.arange(k))) - density * k))
    yield "P13", "solved where there is none, or not where there is", float(wrong)
    yield "P13", "largest |Σα^j − δk|", off


def _shares() -> Iterator[Row]:
    k, densities = 20, [density for density in DENSITIES if 0.1 <= density <= 1]
    for blocks, numerator, name in ((None, 0.5, "closed form"), (10, 1.0, "blocks")):
        beyond = []
        for words, density in product(VOCABULARIES, densities):
            if blocks and density <= 1 / blocks:
                continue
            rows = embedding_rows(words, k, density, blocks=blocks)
            off = abs(rows.sum() / (k * words) - density)
            beyond.append(off - numerator / words - 1e-6)
        yield "P14", f"{name}: largest |share − δ| beyond its rounding", max(beyond)


def _memory() -> Iterator[Row]:
    lstm, embedding = (60, 60, 3, 0.555), (500, 20, 0.25)
    pairs: list[tuple[str, nn.Module, nn.Module, Tensor, int]] = [
        (
            "LSTM",
            SparseLSTM(*lstm[:2], blocks=lstm[2], density=lstm[3]),
            nn.LSTM(*lstm[:2]),
            torch.randn(3, 2, lstm[0]),
            lstm_weights(*lstm),
        ),
        (
            "embedding",
            SparseEmbedding(*embedding),
            nn.Embedding(*embedding[:2]),
            torch.arange(embedding[0]),
            int(embedding_rows(*embedding).sum()),
        ),
    ]
    for name, sparse, dense, x, weights in pairs:
        part = f"{name}: ratio of floats stored − ratio of weights that are not zero"
        yield "P23", part, memory_beyond(sparse, dense, x, weights)


def memory_beyond(
    sparse: nn.Module, dense: nn.Module, x: Tensor, weights: int
) -> float:
    """What a layer stores beyond its share of a dense layer's weights.

    Args:
        sparse: The layer.
        dense: As wide.
        x: Which both are called with.
        weights: Of the sparse layer those that are not zero by arithmetic, biases too,
            however many it stores.
    """
    stored = stored_floats(sparse, x) / stored_floats(dense, x)
    return stored - weights / _count(dense)


def lstm_weights(inputs: int, units: int, blocks: int, density: float) -> int:
    """Weights and biases of a sparse LSTM, by its blocks' sizes: Σ 4u(s + u + 2)."""
    segments = input_segments(inputs, blocks, density)
    return sum(
        4 * u * (end - begin + u + 2)
        for u, (begin, end) in zip(block_sizes(units, blocks), segments, strict=True)
    )


def _twins() -> Iterator[Row]:
    sparse = SparseLSTM(60, 60, blocks=3, density=0.555)
    dense, x = sparse.dense(), torch.randn(20, 4, 60)
    inputs = [x.clone().requires_grad_() for _ in range(2)]
    outputs = []
    for lstm, at in zip((sparse, dense), inputs, strict=True):
        output, _ = lstm(at)
        output.square().sum().backward()
        outputs.append(output.detach())
    yield "P24", "outputs, blocks against masked: relative difference", _off(*outputs)
    gradients = [at.grad for at in inputs if at.grad is not None]
    of_blocks = SparseLSTM(60, 60, blocks=3, density=0.555)
    for own, p in zip(of_blocks.parameters(), sparse.parameters(), strict=True):
        own.data = p.grad if p.grad is not None else p.new_zeros(p.shape)
    off = [_off(*gradients)]
    masks = sparse.masks()
    for mask, name in zip(masks, ("weight_ih_l0", "weight_hh_l0"), strict=True):
        masked = getattr(dense, name).grad * mask
        off.append(_off(getattr(of_blocks.dense(), name), masked))
    yield "P24", "gradients, likewise", max(off)


def _off(one: Tensor, other: Tensor) -> float:
    one, other = one.detach(), other.detach()
    return float((one - other).abs().max() / other.abs().max())


def _dense(i: int, h: int) -> nn.Module:
    return nn.LSTM(i, h, device="meta")


def _lstm(i: int, h: int, blocks: int, density: float) -> nn.Module:
    return SparseLSTM(i, h, blocks=blocks, density=density, device="meta")


def _whole(sizes: Sequence[int], make: Callable[[int, int], nn.Module]) -> int:
    """Parameters of AWD-LSTM on PTB: a tied embedding of 10,000 words, and its bias."""
    return 10_000 * (sizes[0] + 1) + sum(_count(make(*p)) for p in pairwise(sizes))


def _count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())
