"""Numbers without an interval: counts, compressions, shares of parameters."""

from __future__ import annotations

import numpy as np

from ontogeny.claims.intervals import Statistic
from ontogeny.claims.regions import OPEN, Region

ONE_SEED = "one seed: a count decides nothing"


class NeverDecided(Region):
    """A criterion, asked of a count that seeds do not settle: always open."""

    def state(self, low: float, high: float) -> str:
        return OPEN


def never_decided(region: Region) -> Region:
    """The same criterion, always open."""
    return NeverDecided(region.text, region.low, region.high, region.closed)


def count(
    part: str, value: float, region: Region, note: str = "", *, several: bool
) -> Statistic:
    """A count, compression or share of parameters, which has no interval.

    Args:
        part: What the number is.
        value: Its value.
        region: What the criterion asks.
        note: A fact worth printing beside it.
        several: Whether there is another seed; else it stays open.
    """
    if not several:
        region = never_decided(region)
        note = "; ".join(filter(None, (note, ONE_SEED)))
    return Statistic(part, float(value), np.empty(0), region, note)
