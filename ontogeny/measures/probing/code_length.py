"""How many bits it takes to send labels, given vectors: online coding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log, log2, pi

import numpy as np
import torch
from numpy.typing import NDArray

from ontogeny.errors import InputError
from ontogeny.measures.probing.metrics import Accuracy, Metric, PearsonR
from ontogeny.measures.probing.probes import (
    CONVERGED,
    Items,
    ProbeRecipe,
    Probes,
    train_probes,
)

PORTIONS_PERCENT = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.25, 12.5, 25, 50, 100)
"""Where portions end, in percent of the training sentences (Voita & Titov, 2020)."""


@dataclass(frozen=True)
class CodeLength:
    """Bits that the labels take.

    Attributes:
        bits: Of each probe's view, shape (views,).
        uniform_bits: Of a code that knows nothing: n log₂ C; of values, that of their
            own normal distribution.
        portions: Items in each portion.
    """

    bits: NDArray[np.float64]
    uniform_bits: float
    portions: tuple[int, ...]

    @property
    def compression(self) -> NDArray[np.float64]:
        """How many times shorter the code is than one that knows nothing."""
        return self.uniform_bits / self.bits


def code_length(
    items: Items,
    validation: Items,
    *,
    outputs: int,
    seed: int,
    recipe: ProbeRecipe = CONVERGED,
) -> CodeLength:
    """Description length of labels by online coding.

    The first portion costs n₁ log₂ C bits; each later one −Σ log₂ p(label) under the
    probe that was trained on all before. Of values: a normal distribution about the
    prediction, whose variance is the mean square of what the probe leaves of the
    validation values. ASSUME: not of its training values, which few items fit exactly.

    Args:
        items: In the sentences' order, which is drawn anew.
        validation: They say when training stops, and how far off values are.
        outputs: Classes; 1 for values.
        seed: Of the sentences' order, which is the same for all models, and of the
            probes.
        recipe: How probes are trained.

    Returns:
        The length of each view.

    Raises:
        InputError: If there are too few sentences for two portions.

    Source: Voita & Titov (2020), Information-Theoretic Probing with Minimum Description
    Length, §2.2. ASSUME: a portion of fewer than 2 C items is merged with the next.

    >>> words = torch.arange(400)
    >>> made = Items(torch.eye(4).repeat(1, 100, 1), words, words % 4, words.numpy())
    >>> length = code_length(made, made, outputs=4, seed=0)
    >>> length.uniform_bits, bool(length.compression[0] > 5)
    (800.0, True)
    """
    portions = _portions(items.sentences, outputs, seed)
    if len(portions) < 2:
        raise InputError(
            f"{len(items):,} items of {outputs} classes are too few for a code in "
            "portions: give more text."
        )
    metric: Metric = Accuracy() if outputs > 1 else PearsonR()
    bits = np.full(len(items.vectors), _first_bits(items, portions[0], outputs))
    for before, now in zip(_joined(portions), portions[1:], strict=False):
        training = select(items, before)
        probes = train_probes(
            training, validation, metric, outputs=outputs, seed=seed, recipe=recipe
        )
        bits += _bits(probes, validation, select(items, now)).sum(1)
    return CodeLength(bits, _uniform_bits(items, outputs), tuple(map(len, portions)))


def select(items: Items, which: NDArray[np.int64]) -> Items:
    """Some of the items; those of a sentence must stay together."""
    at = torch.from_numpy(which).to(items.words.device)
    return replace(
        items,
        words=items.words[at],
        labels=items.labels[..., at],
        # Numbered in their new order, which is ascending.
        sentences=_renumbered(items.sentences[which]),
    )


def _renumbered(sentences: NDArray[np.int64]) -> NDArray[np.int64]:
    new = np.ones(len(sentences), np.int64)
    new[1:] = sentences[1:] != sentences[:-1]
    return np.cumsum(new) - 1


def _portions(
    sentences: NDArray[np.int64], outputs: int, seed: int
) -> list[NDArray[np.int64]]:
    """Items of each portion, in the order drawn."""
    _, begins, counts = np.unique(sentences, return_index=True, return_counts=True)
    drawn = np.random.default_rng(seed).permutation(len(begins))
    ends = sorted({round(len(drawn) * share / 100) for share in PORTIONS_PERCENT})
    portions: list[NDArray[np.int64]] = []
    start, least = 0, 2 * max(outputs, 2)
    for end in ends:
        items = [np.arange(begins[s], begins[s] + counts[s]) for s in drawn[start:end]]
        found = np.concatenate(items) if items else np.empty(0, np.int64)
        if len(found) >= least or end == ends[-1]:
            portions.append(found)
            start = end
    return [portion for portion in portions if len(portion)]


def _joined(portions: Sequence[NDArray[np.int64]]) -> list[NDArray[np.int64]]:
    return [np.concatenate(portions[: n + 1]) for n in range(len(portions) - 1)]


def _first_bits(items: Items, first: NDArray[np.int64], outputs: int) -> float:
    return _uniform_bits(select(items, first), outputs)


def _uniform_bits(items: Items, outputs: int) -> float:
    if outputs > 1:
        return len(items) * log2(outputs)
    return len(items) * _normal_bits(float(items.labels.double().var(correction=0)))


def _normal_bits(variance: float) -> float:
    """Bits of a value under a normal distribution, but for the unit's own."""
    return 0.5 * log2(2 * pi * max(variance, 1e-12)) + 0.5 / log(2)


def _bits(probes: Probes, validation: Items, items: Items) -> NDArray[np.float64]:
    """Bits of each item, shape (views, items)."""
    if probes.outputs > 1:
        return probes.nats(items) / log(2)
    left = np.square(_residuals(probes, validation)).mean(1, keepdims=True)
    squares = _residuals(probes, items) ** 2 / np.maximum(left, 1e-12)
    return (np.log(2 * pi * np.maximum(left, 1e-12)) + squares) / (2 * log(2))


def _residuals(probes: Probes, items: Items) -> NDArray[np.float64]:
    return items.labels.double().cpu().numpy() - probes.predict(items)
