"""L21 to L23, L29, L30: what linear probes find (§4.2).

Scores are those of the best layer, which validation text chooses. What is asked of LTH0
alone is asked beyond retraining of the unpruned chain's last model.

# ASSUME: the static baseline is `embedding`, which knows no place; what it would be
# with `source`, which does, is told beside.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ontogeny.claims.intervals import Statistic, statistic
from ontogeny.claims.regions import above, at_least, below
from ontogeny.claims.verdicts import Lacks
from ontogeny.studies.lottery.claims.asked import Each
from ontogeny.studies.lottery.claims.draws import mean
from ontogeny.studies.lottery.claims.names import (
    MAGNITUDE,
    lottery_claim,
    scored_claim,
)
from ontogeny.studies.lottery.claims.probe_scores import (
    ARCS,
    EMBEDDING,
    INVARIANT,
    NEAR_100,
    PREPOSITIONS,
    SOURCE,
    best_scores,
    probes_of,
    titled,
)
from ontogeny.studies.lottery.claims.run import LotteryRun
from ontogeny.studies.lottery.names import DENSE

MODEL_INSTEAD = "LTHK of the unpruned chain in the place of LTH0"


def model(run: LotteryRun, beside: str) -> tuple[str, int]:
    """The model that a claim is asked of: LTH0, or the last one of another chain."""
    return (DENSE, 0) if beside == DENSE else (beside, run.last)


@scored_claim(
    "L21",
    "MT probes beat a static baseline",
    "§4.2",
    "each task: best score(0) − score at `embedding` > 0 (the paper: GloVe)",
    instead=MODEL_INSTEAD,
)
def l21(run: LotteryRun, beside: str) -> list[Statistic]:
    probes, of = probes_of(run), model(run, beside)
    found = []
    for task in probes.tasks.index:
        best = probes.best(task, *of)
        part = f"{probes.title(task)}, best − embedding"
        more = best - probes.score(task, *of, EMBEDDING)
        note = f"best − source {(best - probes.score(task, *of, SOURCE))[0]:+.3f}"
        found.append(statistic(part, more, above(0), note))
    return found


@scored_claim(
    "L22",
    'POS, CCG, ST are "near-100 %"',
    "§4.2",
    "≥ 0.9 (ours; the tag sets differ)",
    instead="a level: the number is given",
)
def l22(run: LotteryRun, beside: str) -> list[Statistic]:
    probes = probes_of(run)
    found = [
        statistic(title, probes.best(task, *model(run, beside)), at_least(0.9))
        for task, title in titled(run, NEAR_100).items()
    ]
    if beside != DENSE:
        told = ", ".join(f"{one.part} {one.estimate:.3f}" for one in found)
        raise Lacks(
            "of a level nothing is asked beyond retraining; LTHK of the unpruned "
            f"chain: {told}"
        )
    return found


def _reduction(
    run: LotteryRun, tasks: Sequence[str], of: tuple[str, int], layer: int
) -> np.ndarray:
    """Mean share of a baseline's errors that the best layer does not make.

    # ASSUME: tasks of which the baseline makes none are left out of the mean.
    """
    probes, found = probes_of(run), []
    for task in tasks:
        errors = 1 - probes.score(task, *of, layer)
        if errors[0] > 0:
            with np.errstate(invalid="ignore", divide="ignore"):
                found.append(1 - (1 - probes.best(task, *of)) / errors)
    if not found:
        told = ", ".join(titled(run, tasks).values())
        raise Lacks(f"the static baseline makes no error: {told}")
    return mean(found)


def _less(
    run: LotteryRun, tasks: Sequence[str], others: Sequence[str], of: tuple[str, int]
) -> tuple[np.ndarray, str]:
    """Error reduction of some tasks − of others over `source`, and over `embedding`."""
    apart = [
        _reduction(run, tasks, of, layer) - _reduction(run, others, of, layer)
        for layer in (SOURCE, EMBEDDING)
    ]
    return apart[0], f"over embedding {apart[1][0]:+.3f}"


@scored_claim(
    "L23",
    "… with smaller gains over the baseline",
    "§4.2",
    "mean error reduction over `source`: these − the other tasks < 0",
    instead=MODEL_INSTEAD,
)
def l23(run: LotteryRun, beside: str) -> list[Statistic]:
    others = [t for t in probes_of(run).tasks.index if t not in NEAR_100]
    less, note = _less(run, NEAR_100, others, model(run, beside))
    part = "mean error reduction, POS, CCG, ST − the others"
    return [statistic(part, less, below(0), note)]


@lottery_claim(
    "L29",
    "arc prediction is below arc classification",
    "§4.2",
    "Syn, Sem: prediction − classification < 0 at every k",
)
def l29(run: LotteryRun) -> list[Statistic]:
    found = []
    for task, other in ARCS.items():
        scores = [best_scores(run, one, MAGNITUDE) for one in (task, other)]
        one, two = titled(run, [task, other]).values()
        part = f"{one} − {two}, largest over k"
        found.append(Each(part, scores[0] - scores[1], below(0)).statistic())
    return found


@lottery_claim(
    "L30",
    'PS tasks need depth: static baseline "very weak"',
    "§4.2",
    "error reduction over `source`: PS − mean of L20's > 0",
)
def l30(run: LotteryRun) -> list[Statistic]:
    found = []
    for task, title in titled(run, PREPOSITIONS).items():
        more, note = _less(run, [task], INVARIANT, (DENSE, 0))
        part = f"error reduction, {title} − mean of L20's"
        found.append(statistic(part, more, above(0), note))
    return found
