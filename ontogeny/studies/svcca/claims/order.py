"""SVCCA claims about which property is captured, and when: V13–V18, V23.

All are about similarity to taggers of the next word at recurrent layers, and
all need structure: on the control language no next tag and no topic can be
told, so an order of properties found there is one of label counts and runs.
Hence none is asked of a tagger that is no better than its shuffled twin. A
claim about the order of all properties needs taggers of all five tagsets.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ontogeny.claims.intervals import Statistic, extreme, statistic
from ontogeny.claims.regions import above, at_least, below
from ontogeny.measures.places import PLACES
from ontogeny.statistics.resampled import slope
from ontogeny.studies.svcca.claims.names import (
    LEARNED,
    RECURRENT,
    Pair,
    svcca_claim,
    tagger,
)
from ontogeny.studies.svcca.claims.run import SvccaRun
from ontogeny.studies.svcca.names import TAGSETS

MIDDLE = ("xpos", "sem_coarse", "sem_fine")


def ahead(
    run: SvccaRun,
    first: str,
    direction: str,
    value: Callable[[Pair], np.ndarray],
    part: str,
    second: str = "runner-up",
) -> list[Statistic]:
    """A tagset's value minus the runner-up's, at each recurrent layer.

    Args:
        run: One seed.
        first: The tagset.
        direction: "target" or "input".
        value: From a pair to draws.
        part: What the value is, for the table.
        second: What the tagset that comes next is called there.

    Returns:
        Of each layer, the smallest difference to another tagset; positive
        where the tagset is the highest.
    """
    found = []
    for site in RECURRENT:
        mine = value(tagger(first, site, direction))
        each = [
            statistic(
                TAGSETS[other], mine - value(tagger(other, site, direction)), above(0)
            )
            for other in run.tagsets(*TAGSETS)
            if other != first
        ]
        next_to = min(each, key=lambda number: number.estimate).part
        name = f"{part}, {PLACES[site]}: {TAGSETS[first]} − {second}"
        found.append(extreme(name, min, each, above(0), f"{second}: {next_to}"))
    return found


def late_mean(run: SvccaRun, pair: Pair) -> np.ndarray:
    """Mean of a curve over the last 20 % of epochs, shape (1 + resamples,)."""
    # ASSUME: late is the last 20 % of epochs, as early is the first.
    return run.curve(pair)[:, run.late()].mean(axis=1)


def share_below(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Share of epochs at which one curve is below another, in each draw.

    Returns:
        Shape (draws,); NaN where either is unknown at any epoch.

    >>> share_below(np.array([[1.0, 1.0, 4.0, np.nan]])[:, :3], np.full((1, 3), 2.0))
    array([0.66666667])
    """
    difference = low - high
    share = (difference < 0).mean(axis=1)
    return np.where(np.isfinite(difference).all(axis=1), share, np.nan)


@svcca_claim(
    "V13",
    "UPOS is highest at recurrent layers (target)",
    "§4.1, fig. 8",
    f"late mean − runner-up > 0{LEARNED}",
    structure=True,
)
def v13(run: SvccaRun) -> list[Statistic]:
    run.require_learned("target", "upos")
    return ahead(run, "upos", "target", lambda p: late_mean(run, p), "late mean")


@svcca_claim(
    "V14",
    'SEM coarse and fine "consistently" below UPOS',
    "§4.1, fig. 8",
    f"≥ 95 % of epochs, both layers{LEARNED}",
    structure=True,
)
def v14(run: SvccaRun) -> list[Statistic]:
    run.tagsets("upos", "sem_coarse", "sem_fine")
    run.require_learned("target", "upos", "sem_coarse", "sem_fine")
    rows, found = run.trained(), []
    for tagset in ("sem_coarse", "sem_fine"):
        for site in RECURRENT:
            sem, upos = (run.curve(tagger(t, site))[:, rows] for t in (tagset, "upos"))
            part = f"share of epochs, {PLACES[site]}: {TAGSETS[tagset]} below UPOS"
            found.append(statistic(part, share_below(sem, upos), at_least(0.95)))
    return found


@svcca_claim(
    "V15",
    "topic is the least captured",
    "§4.1, fig. 8",
    f"lowest at E{LEARNED}",
    structure=True,
)
def v15(run: SvccaRun) -> list[Statistic]:
    # ASSUME: at both recurrent layers.
    run.require_learned("target", "topic")
    found = []
    for site in RECURRENT:
        topic = run.final(tagger("topic", site))
        each = [
            statistic(TAGSETS[other], topic - run.final(tagger(other, site)), below(0))
            for other in run.tagsets(*TAGSETS)
            if other != "topic"
        ]
        next_to = max(each, key=lambda number: number.estimate).part
        part = f"similarity at E, {PLACES[site]}: topic − next lowest"
        found.append(extreme(part, max, each, below(0), f"next lowest: {next_to}"))
    return found


@svcca_claim(
    "V16",
    "topic is the slowest to stabilise",
    "§4.1, fig. 8",
    f"stab(topic) − max(others) > 0{LEARNED}",
    structure=True,
)
def v16(run: SvccaRun) -> list[Statistic]:
    # ASSUME: at both recurrent layers; a tie is not slower.
    run.require_learned("target", "topic")
    return ahead(run, "topic", "target", run.stable, "stab, epochs", "next slowest")


def _below_shuffled(run: SvccaRun, rows: np.ndarray, when: str) -> list[Statistic]:
    run.tagsets("topic")
    run.require_learned("target", "topic")
    found = []
    for site in RECURRENT:
        true, shuffled = (
            run.curve(tagger("topic", site, shuffled=lot)) for lot in (False, True)
        )
        share = share_below(true[:, rows], shuffled[:, rows])
        late = run.late()
        later = share_below(true[:, late], shuffled[:, late])[0]
        note = f"of late epochs {100 * later:.0f} %"
        part = f"share of {when}, {PLACES[site]}: topic below shuffled"
        found.append(statistic(part, share, at_least(0.9), note))
    return found


@svcca_claim(
    "V17",
    'topic "consistently" below its shuffled twin',
    "§4.1, fig. 8",
    f"≥ 90 % of epochs; second reading: early only{LEARNED}",
    structure=True,
)
def v17(run: SvccaRun) -> list[Statistic]:
    return _below_shuffled(run, run.trained(), "epochs")


@svcca_claim(
    "V17b",
    'topic "consistently" below its shuffled twin: second reading of V17',
    "§4.1, fig. 8",
    f"≥ 90 % of epochs; second reading: early only{LEARNED}",
    structure=True,
)
def v17b(run: SvccaRun) -> list[Statistic]:
    # ASSUME: asked of the early epochs only; whether topic is below later on
    # is told beside it and does not count.
    return _below_shuffled(run, run.early(), "early epochs")


@svcca_claim(
    "V18",
    "topic improves over time",
    "§4.1, fig. 8",
    f"late slope > 0{LEARNED}",
    structure=True,
)
def v18(run: SvccaRun) -> list[Statistic]:
    # ASSUME: late is the last 20 % of epochs, at least two; both recurrent layers.
    run.tagsets("topic")
    run.require_learned("target", "topic")
    run.trained(at_least=3)
    rows = run.late(at_least=2)
    weights = slope(run.epochs[rows])
    found = []
    for site in RECURRENT:
        late = run.curve(tagger("topic", site))[:, rows]
        # From its end, so that a flat curve has a slope of 0 and not of rounding.
        slopes = (late - late[:, -1:]) @ weights
        part = f"late slope per epoch of topic, {PLACES[site]}"
        found.append(statistic(part, slopes, above(0)))
    return found


@svcca_claim(
    "V23",
    "order: UPOS, then PTB and SEM, then topic",
    "§4.1, fig. 8",
    f"stab in that order{LEARNED}",
    structure=True,
)
def v23(run: SvccaRun) -> list[Statistic]:
    # ASSUME: at both recurrent layers; a tie is no order. UPOS before topic
    # follows from the steps between.
    run.tagsets(*TAGSETS)
    run.require_learned("target", *TAGSETS)
    steps = [("upos", middle) for middle in MIDDLE]
    steps += [(middle, "topic") for middle in MIDDLE]
    found = []
    for site in RECURRENT:
        stab = {name: run.stable(tagger(name, site)) for name in TAGSETS}
        each = [
            statistic(f"{sooner}, {later}", stab[later] - stab[sooner], above(0))
            for sooner, later in steps
        ]
        part = f"stab, epochs, {PLACES[site]}: smallest step of the order"
        order = ", ".join(f"{TAGSETS[name]} {stab[name][0]:.0f}" for name in TAGSETS)
        found.append(extreme(part, min, each, above(0), order))
    return found
