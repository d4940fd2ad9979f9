"""L67 to L83: similarity of attention (§5.4, §6).

Levels and orders of AttentionSim are asked of plain attention and of what is left once
uniform attention is taken off: of maps over few keys the mask alone makes alike much.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, product

import numpy as np

from ontogeny.claims.regions import above, at_least, below
from ontogeny.claims.verdicts import Lacks
from ontogeny.studies.lottery.claims.activations import approaching, level
from ontogeny.studies.lottery.claims.activations import diagonal as of_layers
from ontogeny.studies.lottery.claims.asked import (
    Against,
    Asked,
    Each,
    Size,
    absent,
    tau,
)
from ontogeny.studies.lottery.claims.names import compared_claim
from ontogeny.studies.lottery.claims.run import LotteryRun, mean, series

SELF, CROSS, DECODER = "encoder_self", "cross", "decoder_self"
NAMES = {SELF: "encoder self", CROSS: "enc–dec", DECODER: "decoder self"}
KINDS_OF = {"encoder": (SELF,), "decoder": (DECODER, CROSS)}
PAPER_PEAKED = {DECODER: 0.40, SELF: 0.30, CROSS: 0.16}


class _Maps:
    """AttentionSim within one chain, plain or adjusted."""

    def __init__(self, run: LotteryRun, chain: str, adjusted: bool) -> None:
        self.run, self.chain, self.adjusted = run, chain, adjusted

    def diagonals(self, kind: str, first: int = 1) -> list[np.ndarray]:
        """LTHK's layers beside LTH0's, from one on."""
        k, layers = self.run.last, self.run.every_layer(first)
        return [self._of(kind, (0, layer), (k, layer)) for layer in layers]

    def within(self, kind: str, k: int, one: int, other: int) -> np.ndarray:
        """Two layers of LTHk."""
        return self._of(kind, (k, one), (k, other))

    def off_diagonals(self, kind: str, k: int) -> list[np.ndarray]:
        """All pairs of different layers of LTHk.

        Raises:
            Lacks: If there is none.
        """
        self.run.need_layers(2, "different layers")
        pairs = combinations(self.run.every_layer(), 2)
        return [self.within(kind, k, *pair) for pair in pairs]

    def _of(self, kind: str, a: tuple[int, int], b: tuple[int, int]) -> np.ndarray:
        return self.run.attention(kind, self.adjusted, self.chain, a, b)


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
    values = series(_Maps(run, chain, adjusted).diagonals(SELF, 2))
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
    first, *others = _Maps(run, chain, adjusted).diagonals(SELF)
    less = series([first - other for other in others])
    part = "encoder self, 1 − smallest of the others"
    found: list[Asked] = [Against(part, less, below(0), f"layer 1: {first[0]:.3f}")]
    if run.as_in_paper:
        found.append(level("encoder self, layer 1", first, 0.62, 0.1))
    return found


def _first_to_later(maps: _Maps, k: int) -> np.ndarray:
    run = maps.run
    run.need_layers(2, "later layers")
    return mean([maps.within(SELF, k, 1, other) for other in run.every_layer(2)])


@compared_claim(
    "L69",
    'layer 1 is closer to its later layers in the sparse model ("0.41" against "0.18")',
    "§5.4.1, fig. 6",
    "mean over l > 1: sparse − dense > 0",
    attention=True,
)
def l69(run: LotteryRun, chain: str, adjusted: bool) -> list[Asked]:
    maps = _Maps(run, chain, adjusted)
    sparse, dense = (_first_to_later(maps, k) for k in (run.last, 0))
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
    maps = _Maps(run, chain, adjusted)
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
    maps = _Maps(run, chain, adjusted)

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
    maps = _Maps(run, chain, adjusted)
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
    maps = _Maps(run, chain, adjusted)
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
    maps, before = _Maps(run, chain, adjusted), run.layers - 1
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
    values = series(_Maps(run, chain, adjusted).diagonals(DECODER))
    return [Each("decoder self, smallest diagonal", values, at_least(0.97))]


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
    maps = _Maps(run, chain, adjusted)
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
    maps = _Maps(run, chain, adjusted)
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
    maps, found = _Maps(run, chain, adjusted), []
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
    maps = _Maps(run, chain, adjusted)
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
    maps = _Maps(run, chain, adjusted)
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
    maps = _Maps(run, chain, adjusted)
    of = [_first_to_later(maps, k) for k in (0, *run.prunings())]
    found: list[Asked] = [
        tau("τ of encoder self, 1 with later ones (L69)", series(of), above(0))
    ]
    if adjusted:
        return found
    stacks = [approaching(run, s, chain, run.early(), above(0)) for s in KINDS_OF]
    why = "L38's quantity: no probes were trained"
    return [*found, *stacks, absent("τ of L38's quantity", above(0), why)]
