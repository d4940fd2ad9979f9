"""L46 to L49: neurons of a layer beside LTH0's (§5.2)."""

from __future__ import annotations

import numpy as np

from ontogeny.claims.regions import above, at_least, below
from ontogeny.statistics.dip import dip_p
from ontogeny.studies.lottery.claims.activations import level
from ontogeny.studies.lottery.claims.asked import (
    Asked,
    Each,
    tau,
)
from ontogeny.studies.lottery.claims.draws import mean, series
from ontogeny.studies.lottery.claims.names import STACKS, UNPRUNED, compared_claim
from ontogeny.studies.lottery.claims.run import LotteryRun

WEAK = 0.95
"""Of L46."""


@compared_claim(
    "L46",
    'a neuron\'s best match in LTHK is itself, "99.8 %"',
    "§5.2",
    "share over all layers ≥ 0.99; weak ≥ 0.95. *R*",
    stays=True,
    random=True,
)
def l46(run: LotteryRun, chain: str) -> list[Asked]:
    share = mean(
        [
            run.neurons("itself", stack, chain, (run.last, layer))
            for stack in STACKS
            for layer in run.every_layer()
        ]
    )
    note = f"weak, ≥ 0.95: {'holds' if share[0] >= WEAK else 'does not hold'}"
    return [Asked("share that match themselves, K", share, at_least(0.99), note)]


def _alike(run: LotteryRun, stack: str, chain: str, k: int, layer: int) -> np.ndarray:
    """NeuronSim of a layer of LTHk with LTH0's."""
    return run.neurons("similarity", stack, chain, (k, layer))


@compared_claim(
    "L47",
    "NeuronSim with LTH0 falls with sparsity",
    "§5.2, fig. 4",
    "τ < 0, each layer, both stacks. *R*",
    random=True,
)
def l47(run: LotteryRun, chain: str) -> list[Asked]:
    ks = [0, *run.prunings()]
    return [
        tau(
            f"τ of NeuronSim, {stack} {layer}",
            series([_alike(run, stack, chain, k, layer) for k in ks]),
            below(0),
        )
        for stack in STACKS
        for layer in run.every_layer()
    ]


@compared_claim(
    "L48",
    '… sharpest in higher layers ("0.82" against "0.71", decoder 1 and 6)',
    "§5.2, fig. 4",
    "NeuronSim(s1, d1) − NeuronSim(sN, dN) > 0, both stacks; levels ± 0.05 at paper "
    "scale",
)
def l48(run: LotteryRun, chain: str) -> list[Asked]:
    run.need_layers(2, "a first and a last")
    found, ends = [], {}
    for stack in STACKS:
        ends[stack] = first, last = [
            _alike(run, stack, chain, run.last, layer) for layer in (1, run.layers)
        ]
        note = f"{first[0]:.3f} and {last[0]:.3f}"
        part = f"NeuronSim 1 − N, {stack}, K"
        found.append(Asked(part, first - last, above(0), note))
    if run.as_in_paper:
        for end, layer, number in zip(
            ends["decoder"], (1, run.layers), (0.82, 0.71), strict=True
        ):
            found.append(level(f"NeuronSim, decoder {layer}, K", end, number))
    return found


@compared_claim(
    "L49",
    "all neurons drift, none drop out",
    "§5.2, fig. A4",
    "95th percentile of maxima falls too: P95(0, K) < 1 − noise, "
    "and share of neurons with r > 0.98 at K < 0.05; Hartigan's dip not "
    "significant (p > 0.05)",
)
def l49(run: LotteryRun, chain: str) -> list[Asked]:
    run.need(UNPRUNED)
    last, first = run.last, run.prunings(UNPRUNED)[0]
    places = [(stack, layer) for stack in STACKS for layer in run.every_layer()]
    # ASSUME: of each layer, the least favourable one.
    fallen, above_098, chance = [], [], []
    for stack, layer in places:
        noise = run.neurons("p95", stack, UNPRUNED, (first, layer))
        fallen.append(run.neurons("p95", stack, chain, (last, layer)) - noise)
        above_098.append(run.neurons("above_098", stack, chain, (last, layer)))
        chance.append(dip_p(run.matches(stack, chain, (last, layer))))
    return [
        Each(
            "P95 − P95(unpruned, first), largest over layers", series(fallen), below(0)
        ),
        Each(
            "share with r > 0.98, largest over layers",
            series(above_098),
            below(0.05),
            level=True,
        ),
        Each(
            "p of Hartigan's dip, smallest over layers",
            np.array([chance]),
            above(0.05),
            level=True,
        ),
    ]
