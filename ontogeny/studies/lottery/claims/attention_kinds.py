"""L76 to L83: kinds of attention beside each other, and beside layers (§5.4.3, §6)."""

from __future__ import annotations

import numpy as np

from ontogeny.claims.regions import above, below
from ontogeny.claims.verdicts import Lacks
from ontogeny.studies.lottery.claims.activations import approaching, level
from ontogeny.studies.lottery.claims.activations import diagonal as of_layers
from ontogeny.studies.lottery.claims.asked import (
    Asked,
    Size,
    absent,
    tau,
)
from ontogeny.studies.lottery.claims.depth import mean_z
from ontogeny.studies.lottery.claims.draws import mean, series
from ontogeny.studies.lottery.claims.maps import (
    CROSS,
    DECODER,
    NAMES,
    SELF,
    Maps,
    first_to_later,
)
from ontogeny.studies.lottery.claims.names import compared_claim
from ontogeny.studies.lottery.claims.probe_scores import SYNTAX
from ontogeny.studies.lottery.claims.run import LotteryRun

KINDS_OF = {"encoder": (SELF,), "decoder": (DECODER, CROSS)}
PAPER_PEAKED = {DECODER: 0.40, SELF: 0.30, CROSS: 0.16}


def _more(of: dict[str, np.ndarray], kind: str, what: str) -> list[Asked]:
    """One kind of attention less each other."""
    return [
        Asked(
            f"{what}, {NAMES[kind]} − {NAMES[other]}",
            of[kind] - values,
            above(0),
            f"{of[kind][0]:.3f} and {values[0]:.3f}",
        )
        for other, values in of.items()
        if other != kind
    ]


@compared_claim(
    "L76",
    "… more than both others",
    "§5.4.3, fig. A8",
    "mean diagonal: decoder − encoder, − enc–dec > 0",
    retraining=False,
    attention=True,
)
def l76(run: LotteryRun, chain: str, adjusted: bool) -> list[Asked]:
    maps = Maps(run, chain, adjusted)
    of = {kind: mean(maps.diagonals(kind)) for kind in NAMES}
    return _more(of, DECODER, "mean diagonal")


@compared_claim(
    "L77",
    "decoder self is homogeneous across layers",
    "§5.4.3, fig. A11",
    "mean off-diagonal: decoder self − encoder self, − enc–dec > 0",
    retraining=False,
    attention=True,
)
def l77(run: LotteryRun, chain: str, adjusted: bool) -> list[Asked]:
    # ASSUME: of LTH0, as L82; "all similarity scores between different layers".
    maps = Maps(run, chain, adjusted)
    of = {kind: mean(maps.off_diagonals(kind, 0)) for kind in NAMES}
    return _more(of, DECODER, "mean off-diagonal, LTH0")


@compared_claim(
    "L78",
    'peaked maps: "40 %" of decoder self (dense "41 %"), "30 %" encoder self, "16 %" '
    "enc–dec",
    "§5.4.3",
    "order of shares, differences > 0; levels ± 5 pp at paper scale; without the first "
    "query beside it",
    retraining=False,
)
def l78(run: LotteryRun, chain: str) -> list[Asked]:
    of = {kind: run.peaked(kind, chain, run.last) for kind in NAMES}
    dense = run.peaked(DECODER, chain, 0)
    later = {kind: run.peaked(kind, chain, run.last, first=False) for kind in NAMES}
    found: list[Asked] = []
    for one, other in ((DECODER, SELF), (SELF, CROSS)):
        note = f"without the first query {later[one][0] - later[other][0]:+.3f}"
        part = f"peaked, {NAMES[one]} − {NAMES[other]}"
        found.append(Asked(part, of[one] - of[other], above(0), note))
    if run.as_in_paper:
        part = "peaked, {}"
        found += [
            level(part.format(NAMES[kind]), of[kind], number)
            for kind, number in PAPER_PEAKED.items()
        ]
        found.append(level(part.format("decoder self, LTH0"), dense, 0.41))
    return found


@compared_claim(
    "L79",
    "sparsity hardly changes that share",
    "§5.4.3",
    "|sparse − dense| < 0.05, decoder self",
    stays=True,
)
def l79(run: LotteryRun, chain: str) -> list[Asked]:
    sparse, dense = (run.peaked(DECODER, chain, k) for k in (run.last, 0))
    note = f"{sparse[0]:.3f} and {dense[0]:.3f}"
    return [
        Size("peaked, decoder self, sparse − dense", sparse - dense, below(0.05), note)
    ]


@compared_claim(
    "L80",
    "attention stays closer to the dense model than activations do",
    "abstract, §6",
    "mean diagonal AttentionSim − LayerSim at K > 0, per stack",
    stays=True,
    attention=True,
)
def l80(run: LotteryRun, chain: str, adjusted: bool) -> list[Asked]:
    # ASSUME: of the decoder, its two kinds of attention together.
    maps, found = Maps(run, chain, adjusted), []
    for stack, kinds in KINDS_OF.items():
        maps_of = [maps.diagonals(kind) for kind in kinds]
        layers = [of_layers(run, stack, chain, run.last, n) for n in run.every_layer()]
        more = mean([d for of in maps_of for d in of]) - mean(layers)
        note = ""
        if run.layers > 1:  # of the conflict with L68
            later = mean([d for of in maps_of for d in of[1:]]) - mean(layers[1:])
            note = f"without layer 1 {later[0]:+.3f}"
        part = f"mean diagonal, attention − layers, {stack}"
        found.append(Asked(part, more, above(0), note))
    return found


@compared_claim(
    "L81",
    "enc–dec varies most across sparsities",
    "§6",
    "mean (1 − diagonal): enc–dec − each other > 0",
    attention=True,
)
def l81(run: LotteryRun, chain: str, adjusted: bool) -> list[Asked]:
    maps = Maps(run, chain, adjusted)
    of = {kind: 1 - mean(maps.diagonals(kind)) for kind in NAMES}
    return _more(of, CROSS, "mean (1 − diagonal)")


@compared_claim(
    "L82",
    "… and most between layers",
    "§6",
    "mean (1 − off-diagonal), LTH0: enc–dec − each other > 0",
    retraining=False,
    attention=True,
)
def l82(run: LotteryRun, chain: str, adjusted: bool) -> list[Asked]:
    maps = Maps(run, chain, adjusted)
    of = {kind: 1 - mean(maps.off_diagonals(kind, 0)) for kind in NAMES}
    return _more(of, CROSS, "mean (1 − off-diagonal), LTH0")


@compared_claim(
    "L83",
    "early layers (1…N/2) shift gradually",
    "§6",
    "τ of L38's, L54's, L69's quantity > 0, all three",
    attention=True,
)
def l83(run: LotteryRun, chain: str, adjusted: bool) -> list[Asked]:
    if not run.early():
        raise Lacks("needs 2 layers (early ones), has 1")
    maps = Maps(run, chain, adjusted)
    of = [first_to_later(maps, k) for k in (0, *run.prunings())]
    found: list[Asked] = [
        tau("τ of encoder self, 1 with later ones (L69)", series(of), above(0))
    ]
    if adjusted:
        return found
    stacks = [approaching(run, s, chain, run.early(), above(0)) for s in KINDS_OF]
    return [*found, *stacks, _early_syntax(run, chain)]


def _early_syntax(run: LotteryRun, chain: str) -> Asked:
    """τ of the mean z of syntactic tasks in early layers."""
    try:
        z, layers = mean_z(run, SYNTAX), run.early()
        of = [
            mean([z(chain, k, layer) for layer in layers]) for k in (0, *run.prunings())
        ]
    except Lacks as lack:
        return absent(above(0), f"L38's quantity: {lack}")
    return tau("τ of z of syntax, early layers (L38)", series(of), above(0))
