"""What several runs of a study say together: the mean of a number over runs.

The unit is a run: another seed, thus another model. Of three runs or more a claim is
about the mean over runs, whose interval has both what differs between runs and what
the resampled items leave open:

    V = s²/S + max(0, Var(θ̄*) − ĉ/S),  ĉ = Σ_r Var(θ*_r − θ̄*) / (S − 1)

with S runs, s² the variance of their estimates and θ* resamples that all share. ĉ is
what each run's resamples have of their own, which s² holds already. The interval is
mean ± t √V, at V² / ((s²/S)² / (S − 1)) degrees of freedom (Welch–Satterthwaite).
More runs make the first term smaller and never the second, which is what one test text
leaves open. Where each run has items of its own there is no second term: V = s²/S, at
S − 1 degrees of freedom.

Source: the variance of a mean over runs with items crossed; degrees of freedom after
Satterthwaite (1946). Simulated in tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy import stats

from ontogeny.claims.intervals import Statistic
from ontogeny.claims.regions import IN, OPEN, OUT

FEWEST = 3
"""Runs of which a claim is about their mean; of fewer it is about each."""
MOST = 30
"""Runs beyond which nobody is told how many more would decide."""
TAIL = 0.025
"""Of an interval, below and above it."""


@dataclass(frozen=True)
class Spread:
    """The mean of a number over runs, and how sure it is.

    Attributes:
        mean: Of the runs' estimates.
        between: s², their variance.
        items: What the resampled items add, whatever the number of runs.
        runs: S.
    """

    mean: float
    between: float
    items: float
    runs: int

    @classmethod
    def of(cls, numbers: Sequence[Statistic], *, shared: bool = True) -> Spread:
        """From the same number of each run.

        Args:
            numbers: Of two runs or more, without components.
            shared: Whether their resamples are of the same items. Those of other items
                say nothing of the mean that s² does not: a run's own are in it.

        >>> rows = [Statistic("x", x, np.empty(0), None) for x in (1.0, 2.0, 3.0)]
        >>> Spread.of(rows).variance()
        0.3333333333333333
        """
        estimates = np.array([number.estimate for number in numbers])
        if np.ptp(estimates) == 0:  # exactly: a mean of equal numbers need not be one
            mean, between = float(estimates[0]), 0.0
        else:
            mean, between = float(estimates.mean()), float(estimates.var(ddof=1))
        items = 0.0
        if len(numbers[0].resamples):
            drawn = np.stack([number.resamples for number in numbers])
            drawn = drawn[:, np.isfinite(drawn).all(0)]
            if shared:
                middle = drawn.mean(0)
                own = (drawn - middle).var(1).sum() / (len(numbers) - 1)
                items = max(0.0, float(middle.var() - own / len(numbers)))
            elif between == 0:
                # Of whole numbers runs may agree that their own items leave open.
                between = float(drawn.var(1).mean())
        return cls(mean, between, items, len(numbers))

    def variance(self) -> float:
        """V, of the mean."""
        return self.between / self.runs + self.items

    def freedom(self) -> float:
        """Degrees of freedom; infinite where runs do not differ."""
        own = self.between / self.runs
        return np.inf if own == 0 else self.variance() ** 2 / (own**2 / (self.runs - 1))

    def interval(self) -> tuple[float, float]:
        """95 %, about the mean."""
        half = float(stats.t.isf(TAIL, self.freedom()) * np.sqrt(self.variance()))
        return self.mean - half, self.mean + half

    def beyond(self, bound: float, *, above: bool) -> float:
        """p of a mean as far beyond a bound, were it on the other side of it."""
        away = (self.mean - bound) * (1 if above else -1)
        if self.variance() == 0:
            return 0.0 if away > 0 else 1.0
        return float(stats.t.sf(away / np.sqrt(self.variance()), self.freedom()))


class Together(NamedTuple):
    """What runs say of one statistic of a claim.

    Attributes:
        estimate: The mean over runs; of an extreme that of the means.
        low: Of its interval.
        high: –
        states: Where the interval lies, and would lie with so many runs more, at
            today's estimate and variances: of each number of runs up to `MOST`.
        p_in: Of a mean as far on the criterion's side, were it not there.
        p_out: Of one as far on the other.
        note: "count" where all runs agree exactly.
    """

    estimate: float
    low: float
    high: float
    states: tuple[str, ...]
    p_in: float
    p_out: float
    note: str


def together(numbers: Sequence[Statistic], *, shared: bool = True) -> Together:
    """The mean of one statistic over runs, and its place.

    An extreme or a magnitude is taken of the intervals of its components' means.

    Args:
        numbers: The same statistic of each run; see `not_together`.
        shared: Whether runs have the same items; see `Spread.of`.

    >>> from ontogeny.claims.regions import above
    >>> runs = [Statistic("x", x, np.empty(0), above(0)) for x in (1.0, 1.2, 1.1)]
    >>> found = together(runs)
    >>> found.states[0], round(found.low, 2), found.p_in < 0.01
    ('in', 0.85, True)
    """
    region = numbers[0].region
    node = _node(numbers, shared)
    low, high = node.interval()
    counts = range(node.runs, max(node.runs, MOST) + 1)
    states = tuple(region.state(*node.grown(n).interval()) for n in counts)
    count = low == high
    if count:  # there is nothing to be unsure of
        p_in, p_out = float(states[0] != IN), float(states[0] != OUT)
    else:
        sides = [(region.low, True), (region.high, False)]
        asked = [(bound, above) for bound, above in sides if np.isfinite(bound)]
        p_in = max((node.beyond(b, above=a) for b, a in asked), default=0.0)
        p_out = min((node.beyond(b, above=not a) for b, a in asked), default=1.0)
    estimate = node.estimate()
    if region.state(estimate, estimate) == OPEN:  # whatever runs say it decides nothing
        p_in, p_out = 1.0, 1.0
    note = "count" if count else ""
    return Together(estimate, low, high, states, p_in, p_out, note)


def not_together(numbers: Sequence[Statistic]) -> str:
    """Why there is no mean over runs, or "" if there is one."""
    reasons = [reason for number in numbers if (reason := number.undefined())]
    if not reasons and len({_kind(number) for number in numbers}) > 1:
        reasons = [f"{numbers[0].part} is made of, or asked, other things in each run"]
    if not reasons and not _is_whole(numbers[0]):
        reasons = [f"{numbers[0].part} is picked by each run for itself"]
    return "; ".join(dict.fromkeys(reasons))


def _kind(number: Statistic) -> tuple[object, ...]:
    """What must be alike in all runs: region, resamples, components by name."""
    own = number.region, len(number.resamples), number.pick
    return (*own, *((part.part, _kind(part)) for part in number.of))


def _is_whole(number: Statistic) -> bool:
    """Whether a mean can be made: of an interval that is told by components with names
    of their own, or by resamples."""
    names = [part.part for part in number.of]
    if len(set(names)) < len(names) or (number.ends and not names):
        return False
    return all(map(_is_whole, number.of))


@dataclass(frozen=True)
class _Node:
    """A spread, or what is picked of several."""

    pick: str
    parts: tuple[_Node, ...] = ()
    spread: Spread | None = None

    @property
    def runs(self) -> int:
        return self.spread.runs if self.spread else self.parts[0].runs

    def estimate(self) -> float:
        if self.spread:
            return self.spread.mean
        values = [part.estimate() for part in self.parts]
        return abs(values[0]) if self.pick == "abs" else _PICKS[self.pick](values)

    def interval(self) -> tuple[float, float]:
        if self.spread:
            return self.spread.interval()
        ends = [part.interval() for part in self.parts]
        if self.pick == "abs":
            ((low, high),) = ends
            return max(0.0, low, -high), max(abs(low), abs(high))
        pick = _PICKS[self.pick]
        return pick(low for low, _ in ends), pick(high for _, high in ends)

    def beyond(self, bound: float, *, above: bool) -> float:
        if self.spread:
            return self.spread.beyond(bound, above=above)
        if self.pick == "abs":
            (part,) = self.parts
            sides = [
                part.beyond(bound, above=above),
                part.beyond(-bound, above=not above),
            ]
            return min(1.0, 2 * min(sides)) if above else max(sides)
        found = [part.beyond(bound, above=above) for part in self.parts]
        # The largest is above a bound where any is, and below it where all are.
        if (self.pick == "max") == above:
            return min(1.0, len(found) * min(found))
        return max(found)

    def grown(self, runs: int) -> _Node:
        """At today's variances, of so many runs."""
        spread = self.spread and replace(self.spread, runs=runs)
        return replace(
            self, spread=spread, parts=tuple(part.grown(runs) for part in self.parts)
        )


_PICKS = {"max": max, "min": min}


def _node(numbers: Sequence[Statistic], shared: bool) -> _Node:
    first = numbers[0]
    if not first.of:
        return _Node("", spread=Spread.of(numbers, shared=shared))
    of_runs = zip(*(number.of for number in numbers), strict=True)
    return _Node(first.pick, tuple(_node(own, shared) for own in of_runs))
