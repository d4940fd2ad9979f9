"""P1 to P3, P13, P14, P23, P24: what can be counted and compared without training.

ASSUME: a number that no training enters is the same for every seed, and one seed is
enough to judge it.
"""

from __future__ import annotations

import numpy as np

from ontogeny.claims.intervals import Statistic
from ontogeny.claims.regions import Region, at_most, below, between, within
from ontogeny.studies.predefined.claims.names import predefined_claim
from ontogeny.studies.predefined.claims.run import PredefinedRun


def _known(run: PredefinedRun, claim: str, regions: list[Region]) -> list[Statistic]:
    """What was checked for a claim, each number with what is asked of it."""
    return [
        Statistic(part, value, np.empty(0), region)
        for (part, value), region in zip(run.check(claim), regions, strict=True)
    ]


def _rounded(millions: int) -> Region:
    return Region(f"{millions} rounded", millions - 0.5, millions + 0.5, closed=True)


@predefined_claim(
    "P1",
    "dense 1150 and sparse 1725 (N 3, γ 0.555) have the same parameters",
    "§3",
    "|ratio − 1| < 1e-3; 20 other sizes: |difference| ≤ 4 h, a column a block",
)
def p1(run: PredefinedRun) -> list[Statistic]:
    return _known(run, "P1", [within(1e-3), at_most(1)])


@predefined_claim(
    "P2",
    'whole model "24 M", middle layer "close to 11 M"',
    "§3, fig. 1",
    "counted, rounded to the same digits",
)
def p2(run: PredefinedRun) -> list[Statistic]:
    return _known(run, "P2", [_rounded(24), _rounded(24), _rounded(11)])


@predefined_claim(
    "P3",
    'a dense 1725 would need "46 M", "24 M" in the middle',
    "§3",
    "counted",
)
def p3(run: PredefinedRun) -> list[Statistic]:
    return _known(run, "P3", [_rounded(46), _rounded(24)])


@predefined_claim(
    "P13",
    "α exists in ]0, 1] for every density",
    "§4.1",
    "solved iff 1/k < δ ≤ 1; Σα^j = δk within 1e-6",
)
def p13(run: PredefinedRun) -> list[Statistic]:
    return _known(run, "P13", [between(0, 0), below(1e-6)])


@predefined_claim(
    "P14",
    "the embedding has the share δ of k·V parameters",
    "§4.1",
    "|share − δ| < 1/(2V) + 1e-6 (blocks: 1/V + 1e-6)",
)
def p14(run: PredefinedRun) -> list[Statistic]:
    return _known(run, "P14", [below(0), below(0)])


@predefined_claim(
    "P23",
    "memory is saved in training too",
    "abstract",
    "floats stored (weights, gradients, Adam, all else): ratio to a dense layer ≤ "
    "ratio of parameters + 0.02",
)
def p23(run: PredefinedRun) -> list[Statistic]:
    return _known(run, "P23", [at_most(0.02), at_most(0.02)])


@predefined_claim(
    "P24",
    "blocks are independent",
    "the authors' code",
    "blocked = masked dense layer, relative 1e-6, forward and gradients",
)
def p24(run: PredefinedRun) -> list[Statistic]:
    return _known(run, "P24", [at_most(1e-6), at_most(1e-6)])
