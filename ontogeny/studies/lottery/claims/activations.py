"""L50 to L57: similarity of layers (§5.2)."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from ontogeny.claims.regions import Region, above, below, between
from ontogeny.claims.verdicts import Lacks
from ontogeny.studies.lottery.claims.asked import (
    Absent,
    Asked,
    Each,
    Series,
    by_layer,
    more_than_half,
    tau,
)
from ontogeny.studies.lottery.claims.draws import mean, series
from ontogeny.studies.lottery.claims.names import MAGNITUDE, STACKS, compared_claim
from ontogeny.studies.lottery.claims.run import LotteryRun

PAPER_PLACES = {"encoder": (1, 0.67, 0.74), "decoder": (2, 0.80, 0.92)}
"""L55: thirds up, and similarity to the last layer, dense and sparse."""


def level(part: str, values: np.ndarray, number: float, by: float = 0.05) -> Asked:
    """A number of the paper's, asked only of its sizes, corpus and epochs."""
    region = between(round(number - by, 3), round(number + by, 3))
    return Asked(part, values, region, level=True)


def diagonal(run: LotteryRun, stack: str, chain: str, k: int, layer: int) -> np.ndarray:
    """LayerSim of a layer of LTHk with LTH0's."""
    return run.layer(stack, chain, (0, layer), (k, layer))


def to_last(run: LotteryRun, stack: str, chain: str, k: int, layer: int) -> np.ndarray:
    """LayerSim of a layer of LTHk with its own last one."""
    return run.layer(stack, chain, (k, layer), (k, run.layers))


def third(run: LotteryRun, thirds: int) -> int:
    """The layer so many thirds up; of six layers 2 or 4."""
    return round(run.layers * thirds / 3)


def _below_last(run: LotteryRun) -> range:
    """Layers 1…N − 2."""
    run.need_layers(3, "some l ≤ N − 2")
    return run.every_layer(last=run.layers - 2)


@compared_claim(
    "L50",
    "LayerSim with LTH0 falls with sparsity",
    "§5.2, fig. 5",
    "τ < 0, each encoder layer",
)
def l50(run: LotteryRun, chain: str) -> list[Asked]:
    ks = [0, *run.prunings()]
    return [
        tau(
            f"τ of LayerSim, encoder {layer}",
            series([diagonal(run, "encoder", chain, k, layer) for k in ks]),
            below(0),
        )
        for layer in run.every_layer()
    ]


@compared_claim(
    "L51",
    "… especially in higher layers",
    "§5.2, fig. 5",
    "Spearman(layer, 1 − LayerSim at K) > 0, encoder; decoder without N",
)
def l51(run: LotteryRun, chain: str) -> list[Asked]:
    found = []
    for stack, last in (("encoder", run.layers), ("decoder", run.layers - 1)):
        far = [
            1 - diagonal(run, stack, chain, run.last, layer)
            for layer in run.every_layer(last=last)
        ]
        part = f"ρ(layer, 1 − LayerSim), {stack}{' without N' * (stack == 'decoder')}"
        if not far:
            raise Lacks(f"{part}: there is no other layer")
        found.append(by_layer(part, series(far), above(0)))
    if all(isinstance(asked, Absent) for asked in found):
        raise Lacks(found[0].note)
    return found


@compared_claim(
    "L52",
    'decoder: N closer than N − 1, "consistently" (against L51)',
    "§5.2, fig. A5",
    "LayerSim(N) − LayerSim(N − 1) > 0 at each k ≥ 1",
)
def l52(run: LotteryRun, chain: str) -> list[Asked]:
    run.need_layers(2, "an N − 1")
    last, before = run.layers, run.layers - 1
    closer = [
        diagonal(run, "decoder", chain, k, last)
        - diagonal(run, "decoder", chain, k, before)
        for k in run.prunings()
    ]
    part = "LayerSim N − (N − 1), decoder, smallest over k"
    return [Each(part, series(closer), above(0))]


def _off_diagonal(run: LotteryRun, stack: str, chain: str, k: int) -> np.ndarray:
    return mean(
        [
            run.layer(stack, chain, (k, one), (k, other))
            for one, other in combinations(run.every_layer(), 2)
        ]
    )


@compared_claim(
    "L53",
    "decoder layers differ more than encoder layers",
    "§5.2, figs 5, A6",
    "mean off-diagonal LayerSim (LTH0; LTHK): encoder − decoder > 0",
)
def l53(run: LotteryRun, chain: str) -> list[Asked]:
    run.need_layers(2, "different layers")
    part = "mean off-diagonal, encoder − decoder"
    # LTH0 is the same of every chain: beyond retraining there is nothing to ask.
    ks = {"K": run.last} | ({"LTH0": 0} if chain == MAGNITUDE else {})
    return [
        Asked(
            f"{part}, {name}",
            _off_diagonal(run, "encoder", chain, k)
            - _off_diagonal(run, "decoder", chain, k),
            above(0),
        )
        for name, k in ks.items()
    ]


@compared_claim(
    "L54",
    "early layers approach the last in sparse models",
    "§5.2, figs 5, A6",
    "sim(s_l, s_N) − sim(d_l, d_N) > 0 for each l ≤ N − 2, both stacks",
)
def l54(run: LotteryRun, chain: str) -> list[Asked]:
    layers = _below_last(run)
    return [
        Each(
            f"sim(l, N), K − 0, {stack}, smallest over l ≤ N − 2",
            series([_approach(run, stack, chain, layer) for layer in layers]),
            above(0),
        )
        for stack in STACKS
    ]


def _approach(run: LotteryRun, stack: str, chain: str, layer: int) -> np.ndarray:
    """sim(s_l, s_N) − sim(d_l, d_N)."""
    return to_last(run, stack, chain, run.last, layer) - to_last(
        run, stack, chain, 0, layer
    )


@compared_claim(
    "L55",
    '… "0.67" → "0.74" (encoder 2, 6), "0.80" → "0.92" (decoder 4, 6)',
    "§5.2",
    "± 0.05 at paper scale; weak: L54 at the layers 1/3, 2/3 up",
)
def l55(run: LotteryRun, chain: str) -> list[Asked]:
    run.need_layers(3, "thirds")
    found, levels = [], []
    for stack, (thirds, dense, sparse) in PAPER_PLACES.items():
        layer = third(run, thirds)
        ends = {k: to_last(run, stack, chain, k, layer) for k in (0, run.last)}
        part = f"sim({layer}, {run.layers}), {stack}"
        note = f"{ends[0][0]:.3f} and {ends[run.last][0]:.3f}"
        more = _approach(run, stack, chain, layer)
        found.append(Asked(f"{part}, K − 0", more, above(0), note))
        if chain == MAGNITUDE:
            levels.append(level(f"{part}, LTH0", ends[0], dense))
        levels.append(level(f"{part}, K", ends[run.last], sparse))
    # ASSUME: at paper scale the levels decide, elsewhere the weak form.
    return levels if run.as_in_paper else found


def approaching(
    run: LotteryRun, stack: str, chain: str, layers: range, region: Region
) -> Asked:
    """τ over k = 0…K of the mean similarity of some layers to the last one."""
    of = [
        mean([to_last(run, stack, chain, k, layer) for layer in layers])
        for k in (0, *run.prunings())
    ]
    part = f"τ of mean sim(l, N), l ≤ {layers[-1]}, {stack}"
    return tau(part, series(of), region)


@compared_claim(
    "L56",
    "… strengthening with sparsity",
    "§5.2",
    "τ of the mean over l ≤ N − 2 > 0, both stacks",
)
def l56(run: LotteryRun, chain: str) -> list[Asked]:
    layers = _below_last(run)
    return [approaching(run, stack, chain, layers, above(0)) for stack in STACKS]


@compared_claim(
    "L57",
    "decoder: early sparse is closer to the *dense* final layer than early dense is "
    '("0.55" against "0.49")',
    "§5.2, fig. A6",
    "sim(s_l, d_N) − sim(d_l, d_N) > 0 for more than half of l ≤ N − 2; at 1/3 up",
)
def l57(run: LotteryRun, chain: str) -> list[Asked]:
    last, chosen = (0, run.layers), third(run, 1)
    of = {
        layer: run.layer("decoder", chain, (run.last, layer), last)
        - run.layer("decoder", chain, (0, layer), last)
        for layer in _below_last(run)
    }
    part = "sim(s_l, d_N) − sim(d_l, d_N), decoder"
    most = series(list(of.values()))
    return [
        Series(f"{part}, more than half above", most, above(0), summary=more_than_half),
        Asked(f"{part}, l = {chosen}", of[chosen], above(0)),
    ]
