"""A number about one seed with its interval."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ontogeny.claims.regions import Region
from ontogeny.statistics.bootstrap import EXACT_TAILS, percentile_interval

# ASSUME: resamples in which a statistic is undefined (all words drawn alike)
# are left out while they are at most 1 %; beyond that there is no interval.
UNDEFINED_SHARE = 0.01


@dataclass(frozen=True)
class Statistic:
    """One number about one seed, what it could have been, and what is asked.

    Attributes:
        part: What the number is, e.g. "ρ(E) − ρ(e₁)".
        estimate: Its value on the sample itself.
        resamples: Its values on bootstrap resamples, shape (resamples,). The
            statistics of one seed share their resamples, so a difference is
            paired. Empty for a count, whose interval is the count.
        region: What the criterion asks.
        note: A fact worth printing beside it.
        ends: The interval, where it is not that of `resamples`.
        of: The numbers that it is picked of, in an order that no run changes.
        pick: How: "max", "min", or "abs" of one; "" where it is of none.
    """

    part: str
    estimate: float
    resamples: np.ndarray
    region: Region
    note: str = ""
    ends: tuple[float, float] | None = None
    of: tuple[Statistic, ...] = ()
    pick: str = ""

    def undefined(self) -> str:
        """Why there is no interval, or "" if there is one."""
        if not np.isfinite(self.estimate):
            return f"{self.part} is undefined"
        lost = int(np.sum(~np.isfinite(self.resamples)))
        if lost > UNDEFINED_SHARE * len(self.resamples):
            return (
                f"{self.part} is undefined in {lost} of {len(self.resamples)} resamples"
            )
        return ""

    def interval(self) -> tuple[float, float]:
        """The 95 % percentile interval over resamples, unless `ends` are given.

        >>> from ontogeny.claims.regions import above
        >>> Statistic("x", 0.5, np.linspace(0, 80, 81), above(0)).interval()
        (2.0, 78.0)
        """
        if self.ends:
            return self.ends
        finite = self.resamples[np.isfinite(self.resamples)]
        if not len(finite):
            return float(self.estimate), float(self.estimate)
        low, high = percentile_interval(finite, EXACT_TAILS)
        return float(low), float(high)


def statistic(
    part: str, draws: np.ndarray, region: Region, note: str = ""
) -> Statistic:
    """The statistic whose draws are given: row 0 is the estimate."""
    return Statistic(part, float(draws[0]), draws[1:], region, note)


def magnitude(number: Statistic) -> Statistic:
    """|x|, whose interval is that of x folded at 0.

    Folding each resample instead would move the interval of a small x away
    from 0.

    >>> from ontogeny.claims.regions import below
    >>> magnitude(Statistic("x", 1.0, np.linspace(-20, 60, 81), below(9))).ends
    (0.0, 58.0)
    """
    if number.undefined():
        return replace(number, estimate=np.nan)
    low, high = number.interval()
    folded = max(0.0, low, -high), max(abs(low), abs(high))
    return replace(
        number,
        estimate=abs(number.estimate),
        ends=folded,
        of=(number,),
        pick="abs",
    )


def extreme(
    part: str,
    pick: Callable[[Iterable[float]], float],
    numbers: Sequence[Statistic],
    region: Region,
    note: str = "",
) -> Statistic:
    """The largest or smallest of several numbers.

    Its interval goes from the largest (smallest) of their lower ends to that
    of their upper ends: the largest is below a bound where every number is,
    and not below it where any number is not.

    # ASSUME: not the percentile interval of each resample's own extreme, which
    # is biased outwards and need not even hold the estimate.

    Args:
        part: What the number is.
        pick: `max` or `min`.
        numbers: At least one.
        region: What the criterion asks of the extreme.
        note: A fact worth printing.

    Returns:
        Undefined where any of the numbers is.

    >>> from ontogeny.claims.regions import below
    >>> spread = np.linspace(-40, 40, 81)
    >>> two = [Statistic("x", m, m + spread, below(60)) for m in (3.0, 7.0)]
    >>> largest = extreme("largest", max, two, below(60))
    >>> largest.estimate, largest.interval()
    (7.0, (-31.0, 45.0))
    """
    if any(number.undefined() for number in numbers):
        return Statistic(part, np.nan, np.empty(0), region, note)
    lows, highs = zip(*(number.interval() for number in numbers), strict=True)
    estimate = pick(number.estimate for number in numbers)
    ends = pick(lows), pick(highs)
    picked = tuple(numbers), pick.__name__
    return Statistic(part, estimate, np.empty(0), region, note, ends, *picked)
