"""P15 to P20: sparse embeddings of taggers."""

from __future__ import annotations

import numpy as np

from ontogeny.claims.intervals import Statistic, statistic
from ontogeny.claims.regions import above, below
from ontogeny.claims.verdicts import Lacks
from ontogeny.statistics.bootstrap import EXACT_TAILS, percentile_interval
from ontogeny.studies.predefined.claims.names import predefined_claim
from ontogeny.studies.predefined.claims.run import PredefinedRun

ORDERED_AT = 0.25


def _gain(run: PredefinedRun, density: float) -> np.ndarray:
    """Accuracy at as many embedding parameters, sparse − dense, in points."""
    return run.accuracy("sparse", density) - run.accuracy("dense", density)


def _better(run: PredefinedRun, order: str, *, rare: bool = False) -> np.ndarray:
    """Accuracy with frequent words first − with another order, in points."""
    up, other = (
        run.accuracy("sparse", ORDERED_AT, name, rare=rare) for name in ("up", order)
    )
    return up - other


@predefined_claim(
    "P15",
    'sparse embeddings are "similar" to dense ones "at a fraction" of the parameters',
    "abstract",
    "accuracy dense k − sparse k, δ = 0.25, < 0.5 points",
)
def p15(run: PredefinedRun) -> list[Statistic]:
    draws = run.accuracy("dense", 1) - run.accuracy("sparse", 0.25)
    return [statistic("accuracy dense − sparse, points", draws, below(0.5))]


@predefined_claim(
    "P16",
    "… better than dense ones of as many parameters",
    "§4.2, fig. 3 (from memory)",
    "accuracy sparse (k, δ) − dense (k·δ) > 0, δ = 0.1, 0.15, 0.25",
)
def p16(run: PredefinedRun) -> list[Statistic]:
    return [
        statistic(f"sparse − dense at δ = {density}", _gain(run, density), above(0))
        for density in (0.1, 0.15, 0.25)
    ]


@predefined_claim(
    "P17",
    "… most where parameters are fewest",
    "§4.2 (from memory)",
    "that difference at 0.1 − at 0.5 > 0",
)
def p17(run: PredefinedRun) -> list[Statistic]:
    draws = _gain(run, 0.1) - _gain(run, 0.5)
    return [statistic("(sparse − dense) at δ = 0.1 − at 0.5, points", draws, above(0))]


@predefined_claim(
    "P18",
    '"rare words can be represented with fewer parameters"',
    "§4.1",
    "accuracy up − down > 0 at δ = 0.25",
)
def p18(run: PredefinedRun) -> list[Statistic]:
    return [statistic("up − down, points", _better(run, "down"), above(0))]


@predefined_claim(
    "P19",
    "order matters, not sparseness alone",
    "the authors' code",
    "accuracy up − random > 0 at δ = 0.25",
)
def p19(run: PredefinedRun) -> list[Statistic]:
    return [statistic("up − random, points", _better(run, "random"), above(0))]


@predefined_claim(
    "P20",
    "… through rare words",
    "extension",
    "accuracy on words below median frequency, up − down; no sign is claimed",
)
def p20(run: PredefinedRun) -> list[Statistic]:
    draws = _better(run, "down", rare=True)
    low, high = percentile_interval(draws[1:], EXACT_TAILS)
    raise Lacks(
        f"no sign is claimed; on rare words up − down is {draws[0]:+.2f} points "
        f"[{low:+.2f}, {high:+.2f}]"
    )
