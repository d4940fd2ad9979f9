"""A criterion as the values that satisfy it, and where an interval lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

IN, OUT, OPEN = "in", "out", "open"


@dataclass(frozen=True)
class Region:
    """The values that satisfy a criterion: those between `low` and `high`.

    Attributes:
        text: As written in the table, e.g. "> 0".
        low: Lower end, minus infinity if there is none.
        high: Upper end, infinity if there is none.
        closed: Whether the ends themselves satisfy the criterion.

    >>> above(0).state(0.1, 0.3), above(0).state(-0.3, 0), above(0).state(-1, 1)
    ('in', 'out', 'open')
    >>> within(0.1).state(-0.05, 0.02), within(0.1).state(-0.4, -0.2)
    ('in', 'out')
    """

    text: str
    low: float = -np.inf
    high: float = np.inf
    closed: bool = False

    @property
    def side(self) -> int:
        """1 if it asks for more than a number, -1 for less; 0 of a band.

        >>> above(0).side, at_most(3).side, within(0.1).side
        (1, -1, 0)
        """
        return int(np.isfinite(self.low)) - int(np.isfinite(self.high))

    def state(self, low: float, high: float) -> str:
        """Where the interval [low, high] lies: "in", "out" or "open".

        Raises:
            ValueError: If low > high or either is NaN.
        """
        if not low <= high:
            raise ValueError(f"no interval: [{low}, {high}]")
        if self._has(low) and self._has(high):
            return IN
        left = high < self.low or (high == self.low and not self.closed)
        right = low > self.high or (low == self.high and not self.closed)
        return OUT if left or right else OPEN

    def _has(self, x: float) -> bool:
        if self.closed:
            return self.low <= x <= self.high
        return self.low < x < self.high


def above(bound: float) -> Region:
    """x > bound."""
    return Region(f"> {bound:g}", low=bound)


def at_least(bound: float) -> Region:
    """x ≥ bound."""
    return Region(f"≥ {bound:g}", low=bound, closed=True)


def below(bound: float) -> Region:
    """x < bound."""
    return Region(f"< {bound:g}", high=bound)


def at_most(bound: float) -> Region:
    """x ≤ bound."""
    return Region(f"≤ {bound:g}", high=bound, closed=True)


def within(bound: float) -> Region:
    """|x| < bound, asked of x itself: an interval may not reach either end."""
    return Region(f"|x| < {bound:g}", low=-bound, high=bound)


def between(low: float, high: float) -> Region:
    """low ≤ x ≤ high."""
    return Region(f"{low:,}–{high:,}", low=low, high=high, closed=True)
