"""L36 to L44: scores layer by layer (§4.4, figs 3, A3).

z is of linear probes; a group's is the mean over its tasks. POS is none of syntax; what
a mean would be with it stands beside.
Beyond retraining the unpruned chain's LTHK stands in LTH0's place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import product

import numpy as np

from ontogeny.claims.intervals import Statistic, extreme, statistic
from ontogeny.claims.regions import above, at_least, below
from ontogeny.studies.lottery.claims.asked import Against, Asked, Each, Size
from ontogeny.studies.lottery.claims.draws import mean, series
from ontogeny.studies.lottery.claims.names import (
    MAGNITUDE,
    compared_claim,
    lottery_claim,
    scored_claim,
)
from ontogeny.studies.lottery.claims.probe_scores import (
    POS,
    SEMANTICS,
    SYNTAX,
    every,
    probes_of,
)
from ontogeny.studies.lottery.claims.run import LotteryRun
from ontogeny.studies.lottery.names import DENSE

EQUAL, ALIKE = 0.15, 0.25
"""Of z (L39, L42)."""
INSTEAD = "z(unpruned, K) in the place of z(0)"

Z = Callable[[str, int, int], np.ndarray]
"""z of a chain's LTHk at a layer."""


def mean_z(run: LotteryRun, *groups: str) -> Z:
    """That of groups of tasks."""
    return partial(probes_of(run).group_z, groups)


def _lower(run: LotteryRun) -> range:
    """Layers 1…N − 1."""
    run.need_layers(2, "layers below N")
    return run.every_layer(last=run.layers - 1)


def _early(run: LotteryRun) -> range:
    """Layers 1…⌊N/2⌋."""
    run.need_layers(2, "early ones")
    return run.early()


def _apart(run: LotteryRun, z: Z, beside: str, layer: int) -> np.ndarray:
    """z(K) − z(0), or − that of another chain's LTHK."""
    before = z(DENSE, 0, layer) if beside == DENSE else z(beside, run.last, layer)
    return z(MAGNITUDE, run.last, layer) - before


def _what(beside: str) -> str:
    return "K − 0" if beside == DENSE else f"K, magnitude − {beside}"


def _rise(
    run: LotteryRun, beside: str, name: str, z: Z, also: Z | None = None
) -> list[Statistic]:
    """Layers 1…N − 1 improve; `also` is told beside it."""
    return [
        statistic(
            f"z of {name}, layer {layer}, {_what(beside)}",
            _apart(run, z, beside, layer),
            above(0),
            f"with POS {_apart(run, also, beside, layer)[0]:+.3f}" if also else "",
        )
        for layer in _lower(run)
    ]


def _equal(
    run: LotteryRun, beside: str, name: str, z: Z, also: Z | None = None
) -> list[Statistic]:
    """Layer N stays, more than the lower ones do; `also` is told beside it."""
    last, what = run.layers, _what(beside)
    own = _apart(run, z, beside, last)
    note = f"with POS {_apart(run, also, beside, last)[0]:+.3f}" if also else ""
    lower = [abs(_apart(run, z, beside, layer)) for layer in _lower(run)]
    part = f"|z of {name}, {{}}, {what}|".format
    less = series([abs(own) - other for other in lower])
    against = f"{part('N')} − that of a lower layer, largest"
    return [
        Size(part("N"), own, below(EQUAL), note).statistic(),
        Each(against, less, below(0)).statistic(),
    ]


def _told(run: LotteryRun, numbers: list[Statistic], *groups: str) -> list[Statistic]:
    """With a note, beside the first, of tasks that are in no mean."""
    notes = (numbers[0].note, probes_of(run).left_out(groups))
    first = replace(numbers[0], note="; ".join(filter(None, notes)))
    return [first, *numbers[1:]]


@lottery_claim(
    "L36",
    'the final layer is best, "always" (against figs 1, A3)',
    "§4.4",
    "second reading of L37: each task, each k: layer N ≥ all others",
)
def l36(run: LotteryRun) -> list[Statistic]:
    probes, lower, found = probes_of(run), _lower(run), []
    for task in probes.tasks.index:
        score = partial(probes.score, task, MAGNITUDE)
        more = [
            score(k, run.layers) - score(k, layer)
            for k, layer in product(every(run), lower)
        ]
        part = f"{probes.title(task)}, N − another layer, smallest over k"
        found.append(Each(part, series(more), at_least(0)).statistic())
    return found


@lottery_claim(
    "L37",
    "… POS peaks below it (A3: layer 4)",
    "fig. A3",
    "argmax layer of POS < N at k = 0",
)
def l37(run: LotteryRun) -> list[Statistic]:
    score = partial(probes_of(run).score, POS, DENSE, 0)
    more = [
        statistic(f"layer {layer}", score(layer) - score(run.layers), above(0))
        for layer in _lower(run)
    ]
    best = 1 + int(np.argmax([score(layer)[0] for layer in run.every_layer()]))
    part = "POS, a lower layer − N, largest, LTH0"
    return [extreme(part, max, more, above(0), f"best: layer {best}")]


@scored_claim(
    "L38",
    "syntax: layers 1…N − 1 improve with sparsity",
    "§4.4, fig. 3",
    "mean z over syntactic tasks: K − 0 > 0, each layer",
    instead=INSTEAD,
)
def l38(run: LotteryRun, beside: str) -> list[Statistic]:
    z, also = mean_z(run, SYNTAX), mean_z(run, SYNTAX, POS)
    return _told(run, _rise(run, beside, "syntax", z, also), SYNTAX)


@scored_claim(
    "L39",
    "… and are equal at N",
    "§4.4, fig. 3",
    "|z difference| < 0.15 and < that of each lower layer",
    instead=INSTEAD,
)
def l39(run: LotteryRun, beside: str) -> list[Statistic]:
    z, also = mean_z(run, SYNTAX), mean_z(run, SYNTAX, POS)
    return _told(run, _equal(run, beside, "syntax", z, also), SYNTAX)


@compared_claim(
    "L40",
    "syntax is highest at N",
    "§4.4, fig. 3",
    "mean z(N) − max of the others > 0, each k",
)
def l40(run: LotteryRun, chain: str) -> list[Asked]:
    z, also = mean_z(run, SYNTAX), mean_z(run, SYNTAX, POS)
    lower, found = _lower(run), []
    # LTH0 is the same of every chain: beyond retraining there is nothing to ask.
    for k in every(run) if chain == MAGNITUDE else run.prunings():
        more, with_pos = (
            series([of(chain, k, run.layers) - of(chain, k, layer) for layer in lower])
            for of in (z, also)
        )
        note = f"with POS {with_pos[0].min():+.3f}"
        part = f"z of syntax, N − largest other, k = {k}"
        found.append(Against(part, more, above(0), note))
    return list(found)


@scored_claim(
    "L41",
    "POS shows the same",
    "§4.4, fig. A3",
    "L38, L39 for POS",
    instead=INSTEAD,
)
def l41(run: LotteryRun, beside: str) -> list[Statistic]:
    z = partial(probes_of(run).z, POS)
    return [*_rise(run, beside, "POS", z), *_equal(run, beside, "POS", z)]


@scored_claim(
    "L42",
    "semantics: alike in early layers",
    "§4.4, fig. 3",
    "|K − 0| of mean z < 0.25, early",
    instead=INSTEAD,
)
def l42(run: LotteryRun, beside: str) -> list[Statistic]:
    z, what = mean_z(run, SEMANTICS), _what(beside)
    numbers = [
        Size(
            f"|z of semantics, layer {layer}, {what}|",
            _apart(run, z, beside, layer),
            below(ALIKE),
        ).statistic()
        for layer in _early(run)
    ]
    return _told(run, numbers, SEMANTICS)


@scored_claim(
    "L43",
    "… dense slightly better at the end",
    "§4.4, fig. 3",
    "mean z over semantic tasks at N: 0 − K > 0",
    instead=INSTEAD,
)
def l43(run: LotteryRun, beside: str) -> list[Statistic]:
    less = -_apart(run, mean_z(run, SEMANTICS), beside, run.layers)
    part = f"z of semantics, N, −({_what(beside)})"
    return _told(run, [statistic(part, less, above(0))], SEMANTICS)


@scored_claim(
    "L44",
    "dense models' gain from the last layers is larger",
    "§4.4, §6",
    "[z(N) − z(early)] dense − sparse > 0, syntax and semantics",
    instead=INSTEAD,
)
def l44(run: LotteryRun, beside: str) -> list[Statistic]:
    found = []
    for group in (SYNTAX, SEMANTICS):
        z = mean_z(run, group)
        early = mean([_apart(run, z, beside, layer) for layer in _early(run)])
        more = early - _apart(run, z, beside, run.layers)
        part = f"z(N) − z(early) of {group}, −({_what(beside)})"
        found += _told(run, [statistic(part, more, above(0))], group)
    return found
