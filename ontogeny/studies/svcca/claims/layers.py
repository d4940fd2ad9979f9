"""SVCCA claims about the language model itself: V1–V9.

None needs structure: they are about how a network's layers move while it is
trained, whatever the text is made of.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ontogeny.claims.intervals import Statistic, extreme, statistic
from ontogeny.claims.regions import IN, OUT, above, at_most, below, between
from ontogeny.claims.verdicts import Lacks
from ontogeny.measures.places import PLACES
from ontogeny.statistics.resampled import kendall_tau
from ontogeny.studies.svcca.claims.names import (
    DIRECTIONS,
    Pair,
    layers,
    other_seed,
    own_end,
    svcca_claim,
    tagger,
)
from ontogeny.studies.svcca.claims.run import SvccaRun
from ontogeny.studies.svcca.names import LAYERS, TAGSETS, WITHIN

NEAR_MAXIMUM = between(0.54, 0.74)
WEAK_MAXIMUM = below(0.8)


@svcca_claim(
    "V1",
    "loss dips at rescalings",
    "§3, fig. 2",
    "drop there − neighbours' > 0",
)
def v1(run: SvccaRun) -> list[Statistic]:
    gains = _gains(run)
    # ASSUME: the mean over rescalings, wherever in training they come.
    # No interval over test documents: a training logs one loss per epoch, of the whole
    # text, and documents' own would take a pass of every epoch's weights over it. Over
    # runs the interval is thus of what differs between these alone.
    note = (
        f"{np.sum(np.array(gains) > 0)} of {len(gains)} rescalings; the loss is "
        "one number per epoch, of the whole test text: no interval over documents"
    )
    part = "drop of test loss after a rescaling − neighbours', nats"
    return [Statistic(part, float(np.mean(gains)), np.empty(0), above(0), note)]


def _gains(run: SvccaRun) -> list[float]:
    """For each rescaling, the drop of the loss after it minus its neighbours'."""
    table = run.losses.set_index("epoch").sort_index()
    table = table[table.index >= 1]
    loss = table["test_loss_nats"]
    # The rate is divided after an epoch: the next one is the first to show it.
    rescaled = {int(epoch) + 1 for epoch in table.index[table["rescaled"].astype(bool)]}
    drop = {
        epoch: float(loss[epoch - 1] - loss[epoch])
        for epoch in loss.index
        if epoch - 1 in loss.index
    }
    gains = []
    for epoch in sorted(rescaled & set(drop)):
        # ASSUME: a neighbour is the epoch before or after, unless it too follows
        # a rescaling; the drop from the untrained model is none.
        around = [
            drop[e] for e in (epoch - 1, epoch + 1) if e in drop.keys() - rescaled
        ]
        if around:
            gains.append(drop[epoch] - float(np.mean(around)))
    if not gains:
        raise Lacks("no epoch follows a rescaling and has a neighbour that does not")
    return gains


@svcca_claim(
    "V2",
    "similarity to the own final state rises",
    "§4, fig. 3",
    "τ > 0, every site",
)
def v2(run: SvccaRun) -> list[Statistic]:
    # ASSUME: epochs 1 to E − 1; at E the similarity is 1 whatever happened.
    rows = run.rows(1, run.last() - 1, at_least=3)
    return [_rise(run, own_end(site), rows) for site in PLACES]


def _rise(run: SvccaRun, pair: Pair, rows: np.ndarray) -> Statistic:
    tau = kendall_tau(run.curve(pair)[:, rows].T)
    return statistic(f"τ of {pair.label}", tau, above(0))


@svcca_claim(
    "V3",
    "h¹ converges slightly after h²",
    "§4, fig. 3",
    "area under curve h² − h¹ > 0",
)
def v3(run: SvccaRun) -> list[Statistic]:
    # ASSUME: the mean over epochs 1 to E − 1, at E both are 1.
    rows = run.rows(1, run.last() - 1)
    lead = run.curve(own_end("h2")) - run.curve(own_end("h1"))
    area = lead[:, rows].mean(axis=1)
    return [statistic("mean similarity to the own end: h² − h¹", area, above(0))]


@svcca_claim("V4", "similarity to another seed rises", "§4, fig. 4", "τ > 0")
def v4(run: SvccaRun) -> list[Statistic]:
    # ASSUME: at every site.
    rows = run.trained(at_least=3)
    return [_rise(run, other_seed(site), rows) for site in PLACES]


@svcca_claim(
    "V5",
    '… to a maximum "near 0.64"',
    "§4, fig. 4",
    "0.54–0.74; weak form < 0.8",
)
def v5(run: SvccaRun) -> list[Statistic]:
    # ASSUME: the maximum over sites and epochs; the verdict is the strong form's.
    part = "largest similarity to another seed"
    curves = {
        name: [
            statistic(
                f"{name} at epoch {run.epochs[row]}",
                run.curve(other_seed(site))[:, row],
                NEAR_MAXIMUM,
            )
            for row in run.trained()
        ]
        for site, name in PLACES.items()
    }
    each = [number for curve in curves.values() for number in curve]
    largest = extreme(part, max, each, NEAR_MAXIMUM)
    if largest.undefined():
        return [largest]
    states = {IN: "holds", OUT: "does not hold"}
    weak = states.get(WEAK_MAXIMUM.state(*largest.interval()), "is undecided")
    curve = max(curves.values(), key=lambda curve: max(n.estimate for n in curve))
    highest, end = max(curve, key=lambda number: number.estimate), curve[-1].estimate
    note = f"{highest.part}; the weak form, {WEAK_MAXIMUM.text}, {weak}"
    if end < highest.estimate - WITHIN:
        note += f"; from there it falls, to {end:.2f}"
    return [replace(largest, note=note)]


@svcca_claim(
    "V6",
    "no tagger exceeds that bound",
    "§4, fig. 4",
    "per site, max over tasks − cross-seed ≤ 0",
)
def v6(run: SvccaRun) -> list[Statistic]:
    # ASSUME: at E, true taggers of both directions.
    found = []
    for site, name in PLACES.items():
        bound = run.final(other_seed(site))
        each = [
            statistic(
                f"{direction} tagger of {TAGSETS[tagset]}",
                run.final(tagger(tagset, site, direction)) - bound,
                at_most(0),
            )
            for tagset in run.tagsets()
            for direction in DIRECTIONS
        ]
        largest = max(each, key=lambda number: number.estimate).part
        part = f"{name}: largest similarity to a tagger − to another seed"
        found.append(extreme(part, max, each, at_most(0), f"largest: {largest}"))
    return found


@svcca_claim("V7", "similarity between layers rises", "§4, fig. 5", "τ > 0")
def v7(run: SvccaRun) -> list[Statistic]:
    # ASSUME: of every pair of layers.
    rows = run.trained(at_least=3)
    return [_rise(run, layers(*pair), rows) for pair in LAYERS]


@svcca_claim(
    "V8",
    "nearer layers are more alike",
    "§4, fig. 5",
    "min(adjacent) − (hᵉ, h²) > 0",
)
def v8(run: SvccaRun) -> list[Statistic]:
    # ASSUME: means over epochs 1 to E.
    apart = run.average(layers("embedding", "h2"))
    adjacent = [layers("embedding", "h1"), layers("h1", "h2")]
    each = [
        statistic(pair.label, run.average(pair) - apart, above(0)) for pair in adjacent
    ]
    part = "similarity of adjacent layers, the lower − of hᵉ to h²"
    return [extreme(part, min, each, above(0))]


@svcca_claim(
    "V9",
    "other layer, same model < same layer, other seed",
    "§4, figs. 4, 5",
    "difference > 0",
)
def v9(run: SvccaRun) -> list[Statistic]:
    # ASSUME: means over epochs 1 to E; of every pair of layers, with either.
    each = [
        statistic(
            f"{PLACES[site]} of another seed − {PLACES[pair[0]]}, {PLACES[pair[1]]}",
            run.average(other_seed(site)) - run.average(layers(*pair)),
            above(0),
        )
        for pair in LAYERS
        for site in pair
    ]
    smallest = min(each, key=lambda number: number.estimate).part
    part = "similarity to the same layer of another seed − to another layer, smallest"
    return [extreme(part, min, each, above(0), f"smallest: {smallest}")]
