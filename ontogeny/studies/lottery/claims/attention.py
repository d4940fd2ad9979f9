"""L67 to L75: similarity of attention, kind by kind (§5.4).

Levels and orders of AttentionSim are asked of plain attention and of what is left once
uniform attention is taken off: of maps over few keys the mask alone makes alike much.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, product

import numpy as np

from ontogeny.claims.regions import above, at_least, below
from ontogeny.studies.lottery.claims.activations import level
from ontogeny.studies.lottery.claims.asked import (
    Against,
    Asked,
    Each,
    tau,
)
from ontogeny.studies.lottery.claims.draws import mean, series
from ontogeny.studies.lottery.claims.maps import (
    CROSS,
    DECODER,
    SELF,
    Maps,
    first_to_later,
)
from ontogeny.studies.lottery.claims.names import compared_claim
from ontogeny.studies.lottery.claims.run import LotteryRun


@compared_claim(
    "L67",
    'encoder self: sparse–dense diagonal "very close to 1" in layers 2…N',
    "§5.4.1, fig. 6",
    "each ≥ 0.95",
    stays=True,
    attention=True,
)
def l67(run: LotteryRun, chain: str, adjusted: bool) -> list[Asked]:
    run.need_layers(2, "layers 2…N")
    values = series(Maps(run, chain, adjusted).diagonals(SELF, 2))
    return [Each("encoder self, smallest of 2…N", values, at_least(0.95))]


@compared_claim(
    "L68",
    '… but layer 1 "0.62"',
    "§5.4.1, fig. 6",
    "diagonal(1) − min of the others < 0; ± 0.1 at paper scale",
    attention=True,
)
def l68(run: LotteryRun, chain: str, adjusted: bool) -> list[Asked]:
    run.need_layers(2, "others")
    first, *others = Maps(run, chain, adjusted).diagonals(SELF)
    less = series([first - other for other in others])
    part = "encoder self, 1 − smallest of the others"
    found: list[Asked] = [Against(part, less, below(0), f"layer 1: {first[0]:.3f}")]
    if run.as_in_paper:
        found.append(level("encoder self, layer 1", first, 0.62, 0.1))
    return found


@compared_claim(
    "L69",
    'layer 1 is closer to its later layers in the sparse model ("0.41" against "0.18")',
    "§5.4.1, fig. 6",
    "mean over l > 1: sparse − dense > 0",
    attention=True,
)
def l69(run: LotteryRun, chain: str, adjusted: bool) -> list[Asked]:
    maps = Maps(run, chain, adjusted)
    sparse, dense = (first_to_later(maps, k) for k in (run.last, 0))
    note = f"{sparse[0]:.3f} and {dense[0]:.3f}"
    part = "encoder self, 1 with later ones, sparse − dense"
    return [Asked(part, sparse - dense, above(0), note)]


@compared_claim(
    "L70",
    'encoder self: many off-diagonals "exceed 0.85"; enc–dec often "less than 0.7"',
    "§5.4.2",
    "share > 0.85 in self ≥ 1/3; share < 0.7 in enc–dec ≥ 1/3 (LTH0)",
    retraining=False,
    attention=True,
)
def l70(run: LotteryRun, chain: str, adjusted: bool) -> list[Asked]:
    maps = Maps(run, chain, adjusted)
    own, cross = (series(maps.off_diagonals(kind, 0)) for kind in (SELF, CROSS))
    shares = {
        "share of encoder self > 0.85": (own > 0.85).mean(axis=1),
        "share of enc–dec < 0.7": (cross < 0.7).mean(axis=1),
    }
    return [Asked(part, share, at_least(1 / 3)) for part, share in shares.items()]


@compared_claim(
    "L71",
    "enc–dec: first half and second half of layers differ strongly",
    "§5.4.2, fig. A8",
    "mean within halves − mean between > 0",
    retraining=False,
    attention=True,
)
def l71(run: LotteryRun, chain: str, adjusted: bool) -> list[Asked]:
    run.need_layers(4, "two in each half")
    halves = run.early(), run.every_layer((run.layers + 1) // 2 + 1)
    maps = Maps(run, chain, adjusted)

    def of(pairs: Iterable[tuple[int, int]], k: int) -> np.ndarray:
        return mean([maps.within(CROSS, k, *pair) for pair in pairs])

    # ASSUME: of LTH0; LTHK's number beside it.
    apart = {
        k: of([p for half in halves for p in combinations(half, 2)], k)
        - of(product(*halves), k)
        for k in (0, run.last)
    }
    note = f"K: {apart[run.last][0]:.3f}"
    return [Asked("enc–dec, within − between halves, LTH0", apart[0], above(0), note)]


@compared_claim(
    "L72",
    "enc–dec maps stay mostly consistent, a little less than self",
    "§5.4.2, fig. A8",
    "diagonals: 0.8 ≤ mean; encoder self (layers 2…N) − enc–dec > 0",
    stays=True,
    attention=True,
)
def l72(run: LotteryRun, chain: str, adjusted: bool) -> list[Asked]:
    run.need_layers(2, "layers 2…N")
    maps = Maps(run, chain, adjusted)
    cross, own = mean(maps.diagonals(CROSS)), mean(maps.diagonals(SELF, 2))
    return [
        Asked("mean diagonal, enc–dec", cross, at_least(0.8)),
        Asked("mean diagonal, encoder self 2…N − enc–dec", own - cross, above(0)),
    ]


@compared_claim(
    "L73",
    'enc–dec off-diagonals rise with sparsity ("0.63" → "0.69")',
    "§5.4.2, fig. A8",
    "difference > 0; τ > 0",
    attention=True,
)
def l73(run: LotteryRun, chain: str, adjusted: bool) -> list[Asked]:
    maps = Maps(run, chain, adjusted)
    of = [mean(maps.off_diagonals(CROSS, k)) for k in (0, *run.prunings())]
    note = f"{of[0][0]:.3f} and {of[-1][0]:.3f}"
    part = "mean off-diagonal, enc–dec"
    return [
        Asked(f"{part}, K − 0", of[-1] - of[0], above(0), note),
        tau(f"τ of {part}", series(of), above(0)),
    ]


@compared_claim(
    "L74",
    "… layer N − 1 with the early half most",
    "§5.4.2",
    "its rise − mean rise > 0",
    attention=True,
)
def l74(run: LotteryRun, chain: str, adjusted: bool) -> list[Asked]:
    run.need_layers(3, "an N − 1 above the early half")
    maps, before = Maps(run, chain, adjusted), run.layers - 1
    ends = {}
    for k in (0, run.last):
        own = mean([maps.within(CROSS, k, before, layer) for layer in run.early()])
        ends[k] = own - mean(maps.off_diagonals(CROSS, k))
    part = "enc–dec, rise of N − 1 with the early half − mean rise"
    return [Asked(part, ends[run.last] - ends[0], above(0))]


@compared_claim(
    "L75",
    'decoder self is "almost identical" ("0.99")',
    "§5.4.3, fig. A8",
    "each diagonal ≥ 0.97",
    stays=True,
    attention=True,
)
def l75(run: LotteryRun, chain: str, adjusted: bool) -> list[Asked]:
    values = series(Maps(run, chain, adjusted).diagonals(DECODER))
    return [Each("decoder self, smallest diagonal", values, at_least(0.97))]
