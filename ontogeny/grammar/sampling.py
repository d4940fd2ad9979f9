"""Drawing from finite distributions, quickly.

The generator makes several choices per word. A call to numpy for each would
cost more than everything else together, so uniform numbers are drawn in bulk
and looked up by bisection in cumulative weights.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Generic, TypeVar

import numpy as np

T = TypeVar("T")
BLOCK = 8192


@dataclass(frozen=True, slots=True)
class Table(Generic[T]):
    """A finite distribution: items and their cumulative probabilities.

    >>> Table.of("ab", [3, 1]).at(0.7), Table.of("ab", [3, 1]).at(0.8)
    ('a', 'b')
    """

    items: tuple[T, ...]
    cumulative: list[float]

    @classmethod
    def of(cls, items: Sequence[T], weights: Sequence[float] | np.ndarray) -> Table[T]:
        """Table of `items`, drawn in proportion to `weights` (≥ 0, not all 0)."""
        kept = [(item, w) for item, w in zip(items, weights, strict=True) if w > 0]
        sums = np.cumsum([weight for _, weight in kept])
        cumulative = (sums / sums[-1]).tolist()
        cumulative[-1] = 1.0  # rounding must not leave a gap below 1
        return cls(tuple(item for item, _ in kept), cumulative)

    def at(self, u: float) -> T:
        """Item at quantile `u`, in [0, 1)."""
        return self.items[bisect_right(self.cumulative, u)]


def uniforms(rng: np.random.Generator) -> Callable[[], float]:
    """Endless uniform numbers in [0, 1), one per call, drawn in blocks.

    >>> draw = uniforms(np.random.default_rng(0))
    >>> 0 <= draw() < 1
    True
    """
    blocks = iter(lambda: rng.random(BLOCK).tolist(), None)
    return chain.from_iterable(blocks).__next__


def zipf(n: int, exponent: float, shift: float = 0.0) -> np.ndarray:
    """Zipf–Mandelbrot probabilities ∝ (rank + shift)^−exponent, shape (n,).

    Cut off at rank n: the rarest type keeps a share of about 1/n, so that it is
    seen often enough to be learnt, unlike the hapaxes of real text.

    >>> zipf(2, 1.0).round(3).tolist()
    [0.667, 0.333]
    """
    weights = (np.arange(1, n + 1) + shift) ** -exponent
    return weights / weights.sum()


def parse_weights(text: str) -> dict[str, float]:
    """Weights written as `word:weight`, separated by blanks; 1 if not given.

    >>> parse_weights("the:60 a")
    {'the': 60.0, 'a': 1.0}
    """
    pairs = (item.partition(":") for item in text.split())
    return {word: float(weight or 1) for word, _, weight in pairs}
