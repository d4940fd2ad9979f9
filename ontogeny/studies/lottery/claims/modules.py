"""L11 to L19: where weights go.

Every number is one of a seed: there is nothing to resample, and the seeds decide.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from ontogeny.claims.intervals import Statistic, extreme
from ontogeny.claims.regions import Region, above, at_least, below, between
from ontogeny.studies.lottery.claims.asked import FEWEST, spearman_with
from ontogeny.studies.lottery.claims.names import MAGNITUDE, STACKS, lottery_claim
from ontogeny.studies.lottery.claims.run import LotteryRun
from ontogeny.studies.lottery.claims.tickets import count
from ontogeny.studies.lottery.sparsities import sparsity_by

TYPES = (("encoder", "self"), ("decoder", "cross"), ("decoder", "self"))


def _by_layer(run: LotteryRun, prunings: int, stack: str, kind: str) -> np.ndarray:
    """Sparsity of a kind of module, shape (layers,)."""
    of = sparsity_by(run.modules(prunings), ["stack", "layer", "kind"])
    return np.array([of[stack, layer, kind] for layer in run.every_layer()])


def _order(run: LotteryRun, values: np.ndarray) -> float:
    """Spearman's ρ with the layer."""
    run.need_layers(FEWEST, "an order")
    return float(spearman_with(np.arange(len(values)))(values[None])[0])


@lottery_claim(
    "L11",
    "later layers have sparser FC weights, encoder and decoder",
    "§3.4, fig. A1",
    "Spearman(layer, fc sparsity) > 0 at K, both stacks",
)
def l11(run: LotteryRun) -> list[Statistic]:
    of = {stack: _by_layer(run, run.last, stack, "fc") for stack in STACKS}
    return [
        count(f"ρ(layer, fc sparsity), {stack}", _order(run, values), above(0))
        for stack, values in of.items()
    ]


@lottery_claim(
    "L12",
    '… "as much as 25 %" in the decoder',
    "§3.4, fig. A1",
    "max over k of fc(decoder N) − fc(decoder 1) ≥ 20 pp; relative reading "
    "(ratio ≥ 1.25) beside it",
)
def l12(run: LotteryRun) -> list[Statistic]:
    run.need_layers(2, "a first and a last")
    of = {k: _by_layer(run, k, "decoder", "fc") for k in run.prunings()}
    most = max(of, key=lambda k: of[k][-1] - of[k][0])
    ratio = max(values[-1] / values[0] for values in of.values())
    holds = "holds" if ratio >= 1.25 else "does not hold"
    note = f"k = {most}; relative reading, largest ratio {ratio:.2f} ≥ 1.25: {holds}"
    region = at_least(0.2)
    each = [count(f"k = {k}", own[-1] - own[0], region) for k, own in of.items()]
    part = "fc, decoder N − 1, largest over k"
    return [extreme(part, max, each, region, note)]


def _first_more(run: LotteryRun, prunings: int, stack: str) -> np.ndarray:
    """Sparsity of self-attention, layer 1 − each other."""
    run.need_layers(2, "a first and others")
    run.need(MAGNITUDE, prunings)
    values = _by_layer(run, prunings, stack, "self")
    return values[0] - values[1:]


@lottery_claim(
    "L13",
    'self-attention layer 1 is pruned "significantly more"',
    "§3.4, fig. A2",
    "sparsity(1) − max of the others > 0, both stacks, at K and at k = 1",
)
def l13(run: LotteryRun) -> list[Statistic]:
    found = []
    for k, stack in product((run.last, 1), STACKS):
        more = enumerate(_first_more(run, k, stack), start=2)
        each = [count(f"layer {n}", value, above(0)) for n, value in more]
        part = f"self-attention 1 − others' largest, {stack}, k = {k}"
        found.append(extreme(part, min, each, above(0)))
    return found


@lottery_claim(
    "L14",
    '… "particularly" at low sparsity',
    "§3.4, fig. A2",
    "that gap at k = 1 − at K > 0",
)
def l14(run: LotteryRun) -> list[Statistic]:
    return [
        count(
            f"that gap, {stack}, k = 1 − K",
            _first_more(run, 1, stack).min() - _first_more(run, run.last, stack).min(),
            above(0),
        )
        for stack in STACKS
    ]


@lottery_claim(
    "L15",
    "layer N is pruned next most",
    "§3.4, fig. A2",
    "rank 2, both stacks, at K (needs ≥ 3 layers)",
)
def l15(run: LotteryRun) -> list[Statistic]:
    run.need_layers(FEWEST, "a second place")
    found = []
    for stack in STACKS:
        values = _by_layer(run, run.last, stack, "self")
        rank = 1 + int((values > values[-1]).sum())
        part = f"rank of layer N by sparsity of self-attention, {stack}"
        found.append(count(part, rank, Region("= 2", 2, 2, closed=True)))
    return found


@lottery_claim(
    "L16",
    "encoder–decoder attention is pruned least of all modules",
    "§3.4, fig. A2",
    "its sparsity − min of the other modules < 0, each layer, at K",
)
def l16(run: LotteryRun) -> list[Statistic]:
    of = sparsity_by(run.modules(run.last), ["stack", "layer", "kind"])
    # ASSUME: all of them, of all layers and both stacks.
    others = of[of.index.get_level_values("kind") != "cross"]
    found = []
    for layer in run.every_layer():
        less = of["decoder", layer, "cross"] - others
        each = [count(str(name), value, below(0)) for name, value in less.items()]
        part = f"enc–dec {layer} − least of the other modules"
        found.append(extreme(part, max, each, below(0)))
    return found


@lottery_claim(
    "L17",
    '… "55 %" at 79 %',
    "§3.4",
    "at k = 7: 0.50–0.60; weak: ≥ 15 pp below the whole",
)
def l17(run: LotteryRun) -> list[Statistic]:
    run.need(MAGNITUDE, 7)
    own = float(sparsity_by(run.modules(7), ["kind"])["cross"])
    below_whole = run.sparsity(7) - own
    holds = "holds" if below_whole >= 0.15 else "does not hold"
    note = f"weak: {holds}, {100 * below_whole:.1f} pp below the whole"
    return [count("enc–dec attention, k = 7", own, between(0.5, 0.6), note)]


@lottery_claim(
    "L18",
    "late enc–dec layers slightly less than early ones",
    "§3.4, fig. A2",
    "Spearman(layer, sparsity) < 0, range < 10 pp",
)
def l18(run: LotteryRun) -> list[Statistic]:
    values = _by_layer(run, run.last, "decoder", "cross")
    return [
        count("ρ(layer, enc–dec sparsity)", _order(run, values), below(0)),
        count("range over layers", np.ptp(values), below(0.1)),
    ]


@lottery_claim(
    "L19",
    'W_v, W_o are "25 % sparser" than W_q, W_k, every attention type',
    "§3.4",
    "difference 20–30 pp at K; relative reading 1.20–1.30; weak: > 0 in each type",
)
def l19(run: LotteryRun) -> list[Statistic]:
    rows = run.modules(run.last)
    rows = rows[rows["kind"] != "fc"]
    rows = rows.assign(
        half=rows["matrix"].isin(["v", "o"]).map({True: "vo", False: "qk"})
    )
    of = sparsity_by(rows, ["stack", "kind", "half"])
    found = []
    for stack, kind in TYPES:
        ours, theirs = of[stack, kind, "vo"], of[stack, kind, "qk"]
        ratio = ours / theirs if theirs else np.inf
        relative = "holds" if 1.2 <= ratio <= 1.3 else "does not hold"
        weak = "holds" if ours > theirs else "does not hold"
        note = f"relative reading, {ratio:.2f}: {relative}; weak, > 0: {weak}"
        part = f"W_v, W_o − W_q, W_k, {stack} {kind}"
        found.append(count(part, ours - theirs, between(0.2, 0.3), note))
    return found
