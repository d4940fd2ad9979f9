"""L1 to L10, L84, L85: quality and sparsity of tickets."""

from __future__ import annotations

import numpy as np

from ontogeny.claims.intervals import Statistic, extreme, statistic
from ontogeny.claims.regions import Region, above, at_least, at_most, between, within
from ontogeny.claims.verdicts import Lacks
from ontogeny.studies.lottery.claims.draws import series
from ontogeny.studies.lottery.claims.names import (
    MAGNITUDE,
    RANDOM,
    lottery_claim,
    scored_claim,
)
from ontogeny.studies.lottery.claims.run import LotteryRun
from ontogeny.studies.lottery.names import DENSE, LAST_ANALYSED, rate_of

KEPT = 0.99
"""Share of BLEU below which a loss is rapid."""
PAPER_TEST, PAPER_TOKENS = "newstest2014", "tok:13a"
PAPER_SHARE = 0.840
"""Of the paper's parameters, that are prunable (table A1)."""


def count(part: str, value: float, region: Region, note: str = "") -> Statistic:
    """A number without resamples: the seeds decide."""
    return Statistic(part, float(value), np.empty(0), region, note)


def _base(run: LotteryRun, chain: str, prunings: int) -> np.ndarray:
    """BLEU that a ticket is held beside: LTH0's, or the unpruned chain's."""
    return run.bleu(chain, 0 if chain == DENSE else prunings)


def _named(chain: str, prunings: int) -> str:
    return "BLEU(0)" if chain == DENSE else f"BLEU({chain}, {prunings})"


@lottery_claim(
    "L1", "dense BLEU", "§3.1", '"27.77" ± 0.5, newstest2014, 13a (paper scale only)'
)
def l1(run: LotteryRun) -> list[Statistic]:
    if not run.as_in_paper:
        raise Lacks("not the paper's corpus, sizes and epochs")
    first = run.tables["quality"].iloc[0]
    if first["test"] != PAPER_TEST or PAPER_TOKENS not in first["signature"]:
        raise Lacks(f"needs {PAPER_TEST} by {PAPER_TOKENS}, has {first['test']} first")
    return [statistic("BLEU(0)", run.bleu(DENSE), between(27.27, 28.27))]


@lottery_claim(
    "L2",
    "compound-split, ensembled BLEU",
    "note 1",
    '"28.74" ± 0.5 (not run unless ensembled)',
)
def l2(run: LotteryRun) -> list[Statistic]:
    raise Lacks("no models are ensembled")


@lottery_claim(
    "L3",
    "k prunings leave 0.8^k of the prunable weights",
    "table A1",
    'equals "0.200 … 0.832, 0.865" to 0.001; exact: a test',
)
def l3(run: LotteryRun) -> list[Statistic]:
    run.need(MAGNITUDE)
    rate, apart, off = rate_of(run.at_once), 0.0, 0
    left = int(run.modules(run.at_once)["weights"].sum())
    for prunings in run.masked(MAGNITUDE):
        apart = max(apart, abs(run.sparsity(prunings) - (1 - 0.8**prunings)))
        left -= rate.numerator * left // rate.denominator
        rows = run.modules(prunings)
        off += abs(int((rows["weights"] - rows["pruned"]).sum()) - left)
    return [
        count("largest |sparsity − (1 − 0.8^k)|", apart, at_most(0.001)),
        count("weights off ⌊rate · remaining⌋", off, at_most(0)),
    ]


@scored_claim(
    "L4",
    'LTH7 "retains 99.4 %" of BLEU at "66.4 %" net, "79 %" of non-embedding weights',
    "§3.3, table A1",
    "BLEU(7)/BLEU(0) ≥ 0.99",
)
def l4(run: LotteryRun, beside: str) -> list[Statistic]:
    run.need(MAGNITUDE, 7)
    ratio = run.bleu(MAGNITUDE, 7) / _base(run, beside, 7)
    return [statistic(f"BLEU(7) / {_named(beside, 7)}", ratio, at_least(KEPT))]


@scored_claim(
    "L5",
    'BLEU then drops faster ("0.4" for "3 %" more)',
    "§3.3, table A1",
    "[BLEU(7) − BLEU(8)]/Δsparsity − mean slope over k ≤ 7 > 0",
)
def l5(run: LotteryRun, beside: str) -> list[Statistic]:
    run.need(MAGNITUDE, 7, 8)
    lost = {k: _base(run, beside, k) - run.bleu(MAGNITUDE, k) for k in (7, 8)}
    sparsity = {k: run.sparsity(k) for k in (7, 8)}
    # ASSUME: the mean slope over k ≤ 7 is what is lost from 0 to 7, by sparsity.
    slope = (lost[8] - lost[7]) / (sparsity[8] - sparsity[7])
    part = "BLEU lost by sparsity, 7 to 8 − 0 to 7"
    return [statistic(part, slope - lost[7] / sparsity[7], above(0))]


@scored_claim(
    "L6",
    'rapid loss starts at "> 67 %" net',
    "§3.3",
    "least k with BLEU(k)/BLEU(0) < 0.99 is 8 (weak: at net sparsity 0.6–0.75)",
)
def l6(run: LotteryRun, beside: str) -> list[Statistic]:
    every = range(1, LAST_ANALYSED + 1)
    run.need(MAGNITUDE, *every)
    ratios = [run.bleu(MAGNITUDE, k) / _base(run, beside, k) for k in every]
    lost = series(ratios) < KEPT
    # 9: none, up to 8.
    least = np.where(lost.any(axis=1), lost.argmax(axis=1) + 1.0, LAST_ANALYSED + 1.0)
    first = int(least[0])
    if first > LAST_ANALYSED:
        note = "weak: does not hold, no k"
    else:
        net = run.net_sparsity(first)
        holds = "holds" if 0.6 <= net <= 0.75 else "does not hold"
        note = f"weak: {holds}, net sparsity {net:.3f}"
    of = "BLEU(0)" if beside == DENSE else "BLEU(unpruned, k)"
    part = f"least k with BLEU(k) / {of} < 0.99 (9: none)"
    return [statistic(part, least, Region("= 8", 8, 8, closed=True), note)]


@scored_claim(
    "L7",
    "some pruned models beat the dense one",
    'table A1: "28.04", "28.00", "27.93", "27.80"',
    "max over 1 ≤ k ≤ 5 of BLEU(k) − BLEU(0) > 0, interval of the maximum "
    "(resampled with it)",
)
def l7(run: LotteryRun, beside: str) -> list[Statistic]:
    asked = [k for k in run.prunings() if k <= 5]
    if not asked:
        raise Lacks("needs a k ≤ 5")
    more = series([run.bleu(MAGNITUDE, k) - _base(run, beside, k) for k in asked])
    of = "BLEU(0)" if beside == DENSE else "BLEU(unpruned, k)"
    part = f"max over k = {', '.join(map(str, asked))} of BLEU(k) − {of}"
    return [statistic(part, more.max(axis=1), above(0))]


@scored_claim(
    "L8",
    "magnitude pruning beats random",
    "table A1",
    "BLEU(magnitude) − BLEU(random) > 0 at each k ≥ 3; difference at K − at 1 > 0",
)
def l8(run: LotteryRun, beside: str) -> list[Statistic]:
    if beside != DENSE:
        raise Lacks("LTH0 does not enter: both chains were retrained alike")
    asked = [k for k in run.prunings() if k >= 3]
    run.need(RANDOM, *asked)
    better = {k: run.bleu(MAGNITUDE, k) - run.bleu(RANDOM, k) for k in asked}
    part = "BLEU magnitude − random"
    each = [statistic(f"k = {k}", draws, above(0)) for k, draws in better.items()]
    run.need(MAGNITUDE, 1)
    first = run.bleu(MAGNITUDE, 1) - run.bleu(RANDOM, 1)
    return [
        extreme(f"{part}, smallest over k ≥ 3", min, each, above(0)),
        statistic(f"{part}, K − 1", better[run.last] - first, above(0)),
    ]


@scored_claim(
    "L9",
    'random pruning at 83 % still reaches 93 % ("25.82")',
    "table A1",
    "BLEU(random, 8)/BLEU(0) ≥ 0.9",
)
def l9(run: LotteryRun, beside: str) -> list[Statistic]:
    run.need(RANDOM, 8)
    ratio = run.bleu(RANDOM, 8) / _base(run, beside, 8)
    return [statistic(f"BLEU(random, 8) / {_named(beside, 8)}", ratio, at_least(0.9))]


@lottery_claim(
    "L10",
    "non-embedding share",
    "table A1, §3.3",
    'LTH8\'s net sparsity = 0.832 · share; table\'s "0.669" and text\'s "70 %" both '
    "compared (0.699 expected)",
)
def l10(run: LotteryRun) -> list[Statistic]:
    run.need(MAGNITUDE, 8)
    rows = run.modules(8)
    share = rows["weights"].sum() / rows["parameters"].iloc[0]
    apart = run.net_sparsity(8) - 0.832 * share
    there = PAPER_SHARE * run.sparsity(8)
    readings = [
        f"{name} {'agrees' if abs(there - value) < 0.005 else 'does not agree'}"
        for name, value in (('table\'s "0.669"', 0.669), ('text\'s "70 %"', 0.70))
    ]
    note = f"at the paper's share, 0.840: {there:.3f}; {'; '.join(readings)}"
    return [count("net sparsity − 0.832 · share", apart, within(0.001), note)]


@lottery_claim(
    "L84",
    "it matters which weights of a module are pruned (ours)",
    "–",
    "BLEU(magnitude) − BLEU(shuffled) > 0 at K",
)
def l84(run: LotteryRun) -> list[Statistic]:
    return [_better(run, MAGNITUDE, "shuffled")]


@lottery_claim(
    "L85",
    "… and how many per module (ours)",
    "–",
    "BLEU(shuffled) − BLEU(random) > 0 at K",
)
def l85(run: LotteryRun) -> list[Statistic]:
    return [_better(run, "shuffled", RANDOM)]


def _better(run: LotteryRun, one: str, other: str) -> Statistic:
    last = run.last
    for chain in (one, other):
        run.need(chain, last)
    draws = run.bleu(one, last) - run.bleu(other, last)
    return statistic(f"BLEU {one} − {other}, k = {last}", draws, above(0))
