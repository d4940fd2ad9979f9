"""L20, L24 to L28, L45: what linear probes find in sparser models (§4.2, fig. 1).

Scores are those of the best layer, which validation text chooses.
"""

from __future__ import annotations

import numpy as np

from ontogeny.claims.intervals import Statistic, magnitude, statistic
from ontogeny.claims.regions import Region, above, at_most, below
from ontogeny.claims.verdicts import Lacks
from ontogeny.statistics.bootstrap import percentile_interval
from ontogeny.statistics.resampled import kendall_tau
from ontogeny.studies.lottery.claims.asked import FEWEST, Asked, tau
from ontogeny.studies.lottery.claims.draws import mean
from ontogeny.studies.lottery.claims.names import (
    MAGNITUDE,
    compared_claim,
    lottery_claim,
    scored_claim,
)
from ontogeny.studies.lottery.claims.probe_scores import (
    ARCS,
    DEGRADING,
    INVARIANT,
    UNNAMED,
    best_scores,
    early_best,
    every,
    probes_of,
    titled,
)
from ontogeny.studies.lottery.claims.run import LotteryRun
from ontogeny.studies.lottery.claims.tickets import KEPT
from ontogeny.studies.lottery.names import DENSE, LAST_ANALYSED

SMALL = 0.01
"""L20: a trend that is none, however large the noise."""
AGREEING = 0.05, 0.95
"""L25: shares of resamples with the best model at k ≤ 1."""


class Trend(Asked):
    """|score(K) − score(0)|; beyond retraining the difference as it stands."""

    def statistic(self) -> Statistic:
        """See `ontogeny.claims.intervals.magnitude`."""
        return magnitude(super().statistic())

    def beyond(self, other: Asked, region: Region) -> Statistic:
        """The chain's less the other's."""
        part = self.part.strip("|")
        return statistic(part, self.values - other.values, region)


@compared_claim(
    "L20",
    "POS, CCG, ancestors, Chunk, Conj, SynArcClass, ST, SemArcClass are "
    "sparsity-invariant",
    "§4.2, fig. 1",
    "each: |trend| below the noise floor, or < 0.01 where that is smaller",
    stays=True,
)
def l20(run: LotteryRun, chain: str) -> list[Asked]:
    found: list[Asked] = []
    for task, title in titled(run, INVARIANT).items():
        scores = best_scores(run, task, chain)
        noise = probes_of(run).noise(task)
        # ASSUME: at most, for probes that all seeds train alike have no noise.
        region = at_most(float(f"{min(noise, SMALL):.3g}"))
        note = f"noise floor {noise:.4f}"
        if scores.shape[1] >= FEWEST:
            note += f", τ {kendall_tau(scores[:1].T)[0]:+.2f}"
        trend = scores[:, -1] - scores[:, 0]
        found.append(Trend(f"|{title}, K − 0|", trend, region, note))
    return found


@scored_claim(
    "L24",
    "PS-Fxn, PS-Role, Coref degrade",
    "§4.2, table A2",
    "each: score(K) − max over k ≤ 1 < 0",
    instead="score(unpruned, K) in the place of the maximum",
)
def l24(run: LotteryRun, beside: str) -> list[Statistic]:
    found = []
    for task, title in titled(run, DEGRADING).items():
        scores = best_scores(run, task, MAGNITUDE)
        if beside == DENSE:
            before, of = early_best(run, scores), "max of k ≤ 1"
        else:
            before, of = best_scores(run, task, beside)[:, -1], f"{beside} K"
        less = scores[:, -1] - before
        found.append(statistic(f"{title}, K − {of}", less, below(0)))
    return found


@scored_claim(
    "L25",
    "… best at LTH0 or LTH1",
    "§4.2, table A2",
    "each: argmax ≤ 1 (share of resamples ≥ 0.95; ≤ 0.05 not)",
    instead="of score(k) − score(unpruned, k)",
)
def l25(run: LotteryRun, beside: str) -> list[Statistic]:
    ks, found = np.array(every(run)), []
    for task, title in titled(run, DEGRADING).items():
        scores = best_scores(run, task, MAGNITUDE)
        if beside != DENSE:
            scores = scores - best_scores(run, task, beside)
        best = ks[scores.argmax(axis=1)]
        # The interval that lies wholly on one side where the share says so.
        ends = np.quantile(best[1:], AGREEING, method="inverted_cdf")
        note = f"≤ 1 in {np.mean(best[1:] <= 1):.0%} of resamples"
        of = "" if beside == DENSE else f", magnitude − {beside}"
        number = Statistic(
            f"{title}, best k{of}",
            float(best[0]),
            np.empty(0),
            at_most(1),
            note,
            (float(ends[0]), float(ends[1])),
        )
        found.append(number)
    return found


@scored_claim(
    "L26",
    "… and start to drop at LTH5",
    "§4.2, table A2",
    "least k from which all later scores lie below max(k ≤ 1) − noise floor is 5; "
    "weak: 3–7",
    instead="score(unpruned, k) in the place of max(k ≤ 1)",
)
def l26(run: LotteryRun, beside: str) -> list[Statistic]:
    run.need(MAGNITUDE, *range(1, LAST_ANALYSED + 1))
    found = []
    for task, title in titled(run, DEGRADING).items():
        scores = best_scores(run, task, MAGNITUDE)
        if beside == DENSE:
            before = early_best(run, scores)[:, None]
        else:
            before = best_scores(run, task, beside)
        below_it = scores < before - probes_of(run).noise(task)
        # All later ones, too: how many in a row there are at the end.
        row = np.cumprod(below_it[:, ::-1], axis=1).sum(axis=1)
        least = np.array([*every(run), LAST_ANALYSED + 1.0])[scores.shape[1] - row]
        weak = "holds" if 3 <= least[0] <= 7 else "does not hold"
        part = f"{title}, least k of the drop (9: none)"
        region = Region("= 5", 5, 5, closed=True)
        found.append(statistic(part, least, region, f"weak, 3–7: {weak}"))
    return found


def _beside(beside: str, prunings: int) -> int:
    """Prunings of the model that LTHk is held beside."""
    return 0 if beside == DENSE else prunings


@scored_claim(
    "L27",
    'these fall before BLEU does ("lost first", abstract)',
    "abstract, §4.2",
    "relative loss at the last k with BLEU ratio ≥ 0.99: mean of the three > BLEU's",
    instead="score and BLEU(unpruned, k) in the place of those of LTH0",
)
def l27(run: LotteryRun, beside: str) -> list[Statistic]:
    probes, kept = probes_of(run), {}
    for k in run.prunings():
        ratio = run.bleu(MAGNITUDE, k) / run.bleu(beside, _beside(beside, k))
        # ASSUME: k is that of the whole text, in all resamples.
        if ratio[0] >= KEPT:
            kept[k] = ratio
    if not kept:
        raise Lacks(f"no model keeps {KEPT} of BLEU")
    k = max(kept)
    ratios = [
        probes.best(task, MAGNITUDE, k) / probes.best(task, beside, _beside(beside, k))
        for task in titled(run, DEGRADING)
    ]
    # Of probes and BLEU other texts are resampled, each by itself: not paired.
    more = kept[k] - mean(ratios)
    note = f"{1 - mean(ratios)[0]:.3f} and {1 - kept[k][0]:.3f}"
    return [statistic(f"relative loss, probes − BLEU, k = {k}", more, above(0), note)]


@compared_claim(
    "L28",
    "SynArcPred, SemArcPred improve",
    "§4.2, table A2",
    "each: τ > 0, trend > 0",
)
def l28(run: LotteryRun, chain: str) -> list[Asked]:
    found: list[Asked] = []
    for task, title in titled(run, list(ARCS)).items():
        scores = best_scores(run, task, chain)
        found.append(tau(f"τ of {title}", scores, above(0)))
        trend = scores[:, -1] - scores[:, 0]
        found.append(Asked(f"{title}, K − 0", trend, above(0)))
    return found


@lottery_claim(
    "L45",
    "NER, GED, EF (A2; no sentence)",
    "table A2",
    "trend given, no verdict; rise then fall (max at 0 < k < K) noted",
)
def l45(run: LotteryRun) -> list[Statistic]:
    told = []
    for task, title in titled(run, UNNAMED).items():
        scores = best_scores(run, task, MAGNITUDE)
        trend = scores[:, -1] - scores[:, 0]
        low, high = percentile_interval(trend[1:])
        best = int(scores[0].argmax())
        turns = 0 < best < scores.shape[1] - 1
        shape = f", rises, then falls (best at k = {every(run)[best]})" if turns else ""
        told.append(f"{title} {trend[0]:+.3f} [{low:.3f}, {high:.3f}]{shape}")
    raise Lacks(f"no verdict is asked; K − 0: {'; '.join(told)}")
