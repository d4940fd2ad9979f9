"""What a claim asks of one chain, and of it beyond another that was only retrained.

A claim about change with sparsity is asked twice: of the magnitude chain, T(magnitude),
and *beyond retraining*, T(magnitude) − T(unpruned), of the same LTH0 and in the same
resamples. T is a number; the worst of several; a number against the others' largest or
smallest; or a rank correlation of a series, and then beyond retraining that of the
series of differences, without k = 0, where there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ontogeny.claims.intervals import Statistic, extreme, magnitude, statistic
from ontogeny.claims.regions import (
    IN,
    OPEN,
    OUT,
    Region,
    above,
    at_least,
    at_most,
    below,
)
from ontogeny.claims.verdicts import Lacks

STAYS = at_least(-0.02)
"""Of what is claimed to stay, beyond retraining."""


@dataclass(frozen=True)
class Asked:
    """A number.

    Attributes:
        part: What it is.
        values: Draws, shape (1 + resamples,); of the other kinds (1 + resamples, n).
        region: What the criterion asks.
        note: A fact worth printing.
        level: Whether it is a level, of which nothing is asked beyond retraining.
    """

    part: str
    values: np.ndarray
    region: Region
    note: str = ""
    level: bool = False

    def statistic(self) -> Statistic:
        """Of one chain."""
        return statistic(self.part, self.values, self.region, self.note)

    def beyond(self, other: Asked, region: Region) -> Statistic:
        """Of one chain less the other, by what the criterion asks then."""
        return statistic(self.part, self.values - other.values, region)


@dataclass(frozen=True)
class Size(Asked):
    """|x|, of a number."""

    def statistic(self) -> Statistic:
        """See `ontogeny.claims.intervals.magnitude`."""
        return magnitude(super().statistic())

    def beyond(self, other: Asked, region: Region) -> Statistic:
        """|x| of the chain less that of the other: of what is claimed to stay.

        # ASSUME: at most 0.02 further from 0, where the settled page's ≥ −0.02 is of
        # numbers that stay high.
        """
        further = np.abs(self.values) - np.abs(other.values)
        return statistic(f"|{self.part}|", further, at_most(-STAYS.low))


@dataclass(frozen=True)
class Each(Asked):
    """Numbers of which each is asked: the least favourable one."""

    def statistic(self) -> Statistic:
        """See `ontogeny.claims.intervals.extreme`."""
        return _worst(self.part, self.values, self.region, self.note)

    def beyond(self, other: Asked, region: Region) -> Statistic:
        """The least favourable of the differences."""
        return _worst(self.part, self.values - other.values, region)


@dataclass(frozen=True)
class Against(Asked):
    """How much more a number is than each of others: than their largest or smallest."""

    def statistic(self) -> Statistic:
        """See `ontogeny.claims.intervals.extreme`."""
        return _worst(self.part, self.values, self.region, self.note)

    def beyond(self, other: Asked, region: Region) -> Statistic:
        """The difference of what each chain's number is more than its others."""
        pick = np.min if region.high == np.inf else np.max
        both = pick(self.values, axis=1) - pick(other.values, axis=1)
        return statistic(self.part, both, region)


@dataclass(frozen=True)
class Series(Asked):
    """A number that a series has.

    Attributes:
        summary: From the series, (draws, n), to the number, (draws,).
        skip: How many of the first are 0 beyond retraining and left out.
    """

    summary: Callable[[np.ndarray], np.ndarray] = lambda values: values[:, 0]
    skip: int = 0

    def statistic(self) -> Statistic:
        """Of the series."""
        return statistic(self.part, self.summary(self.values), self.region, self.note)

    def beyond(self, other: Asked, region: Region) -> Statistic:
        """Of the series of differences; undefined of fewer than three models."""
        differences = (self.values - other.values)[:, self.skip :]
        if self.skip and (models := differences.shape[1]) < FEWEST:
            why = f"needs three models of each chain, has {models}"
            return _Absent("", np.nan, np.empty(0), region, why)
        return statistic(self.part, self.summary(differences), region)


@dataclass(frozen=True)
class Absent(Asked):
    """What the run has not, while other parts of the claim have numbers to give."""

    def statistic(self) -> Statistic:
        """Undefined, and why."""
        return _Absent(self.part, np.nan, np.empty(0), self.region, self.note)

    def beyond(self, other: Asked, region: Region) -> Statistic:
        """Likewise."""
        return replace(self.statistic(), region=region)


class _Absent(Statistic):
    def undefined(self) -> str:
        return self.note


def absent(region: Region, why: str) -> Absent:
    """A part of a claim that cannot be asked: of no name, so that none is printed."""
    return Absent("", np.empty(0), region, why)


def _worst(part: str, values: np.ndarray, region: Region, note: str = "") -> Statistic:
    pick = min if region.high == np.inf else max
    # Columns stand in one order in all runs, by model, layer or task.
    numbers = [
        statistic(str(place), column, region) for place, column in enumerate(values.T)
    ]
    return extreme(part, pick, numbers, region, note)


def tau(part: str, values: np.ndarray, region: Region) -> Series:
    """Kendall's τ of a series over k = 0…K, shape (draws, n).

    Raises:
        Lacks: If it has fewer than three.
    """
    from ontogeny.statistics.resampled import kendall_tau

    enough(values.shape[1], "models, LTH0 among them")
    return Series(part, values, region, summary=lambda v: kendall_tau(v.T), skip=1)


def spearman_with(x: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Spearman's ρ of each draw's values with x.

    >>> spearman_with(np.array([1, 2, 3]))(np.array([[0.1, 0.5, 0.9], [3, 1, 2]]))
    array([ 1. , -0.5])
    """
    from scipy.stats import rankdata

    def rho(values: np.ndarray) -> np.ndarray:
        a, b = rankdata(values, axis=1), rankdata(x)
        a, b = a - a.mean(axis=1, keepdims=True), b - b.mean()
        with np.errstate(invalid="ignore", divide="ignore"):
            found = a @ b / np.sqrt((a**2).sum(axis=1) * (b**2).sum())
        return np.asarray(found)

    return rho


def by_layer(part: str, values: np.ndarray, region: Region) -> Asked:
    """Spearman's ρ of values with their layers, shape (draws, layers).

    # ASSUME: beyond retraining it is that of the differences, as τ is: two orders of
    # layers may be the same, however far apart the chains are.
    """
    if (layers := values.shape[1]) < FEWEST:
        return absent(region, f"{part}: over fewer than three layers ({layers})")
    return Series(part, values, region, summary=spearman_with(np.arange(layers)))


FEWEST = 3
"""Of points, that an order says anything."""


def enough(points: int, what: str) -> None:
    """Check that an order says anything.

    Raises:
        Lacks: If not.
    """
    if points < FEWEST:
        raise Lacks(f"needs three {what}, has {points}")


def more_than_half(values: np.ndarray) -> np.ndarray:
    """A number that is above a bound where more than half of each draw's values are.

    >>> more_than_half(np.array([[3.0, 1.0, 2.0], [5.0, 0.0, -1.0]])).tolist()
    [2.0, 0.0]
    >>> more_than_half(np.array([[1.0, 2.0, 3.0, 4.0]])).tolist()
    [2.0]
    """
    count = values.shape[1]
    return np.asarray(np.sort(values, axis=1)[:, count - 1 - count // 2])


def beyond(
    own: Sequence[Asked], other: Sequence[Asked], *, stays: bool
) -> list[Statistic]:
    """What is asked of a chain beyond another.

    Args:
        own: Of the one.
        other: Of the other. Parts that it has not do not depend on the chain.
        stays: Whether the claim is that something stays.

    Raises:
        Lacks: If all is levels; with their differences.
    """
    by_part = {asked.part: asked for asked in other}
    found, levels = [], []
    for asked in own:
        if asked.part not in by_part:
            continue
        region = _side(asked, stays)
        if region is None:
            number = (
                asked.statistic().estimate - by_part[asked.part].statistic().estimate
            )
            levels.append(f"{asked.part}: {number:+.3f}")
        else:
            found.append(asked.beyond(by_part[asked.part], region))
    told = f"levels, magnitude − unpruned: {'; '.join(levels)}" if levels else ""
    if not found:
        raise Lacks(f"of a level nothing is asked beyond retraining; {told}")
    return [replace(found[0], note=told), *found[1:]] if told else found


def _side(asked: Asked, stays: bool) -> Region | None:
    """What is asked beyond retraining: the claim's side of 0; of a level nothing."""
    if asked.level:
        return None
    if stays:
        return STAYS
    if asked.region.high == np.inf:
        return above(0)
    return below(0) if asked.region.low == -np.inf else None


MASK = "plain only: mask"


class _Beside(Region):
    """Of adjusted attention: what does not satisfy it leaves the claim undecided."""

    def state(self, low: float, high: float) -> str:
        found = super().state(low, high)
        return OPEN if found == OUT else found


def adjusted_beside(plain: Statistic, adjusted: Statistic) -> Statistic:
    """The adjusted number of a claim that both must meet.

    Args:
        plain: Where it is out, so is the claim.
        adjusted: Where it is out and the plain one in, the claim is undecided.
    """
    asks = adjusted.region
    region = _Beside(f"{asks.text}, else undecided", asks.low, asks.high, asks.closed)
    masked = _state(plain) == IN and _state(adjusted) == OUT
    note = "; ".join(filter(None, [MASK if masked else "", adjusted.note]))
    part = f"{adjusted.part}, adjusted"
    return replace(adjusted, part=part, region=region, note=note)


def _state(number: Statistic) -> str:
    return "" if number.undefined() else number.region.state(*number.interval())
