"""The claims D1 to D7 about interdependence in English (thesis chapter 5 §3).

Criteria were fixed before the first run. A stratum is all pairs at one distance
in the text. D2 and D6 are of pairs of any class, as figure 3; what is about
trees, of pairs of open and closed words, as figure 4.

D3b, D5b and D7b are second readings, added on 2026-11-28: pairs of two closed words
depend most on each other and are seldom close in a tree, so that what all pairs show
may come from their classes; and higher than all others together is not highest.

Intervals are over the sentences of the treebank. They do not hold another seed
of the language model, for which every seed is judged.

Source: Saphra & Lopez (2020), arXiv:2010.04650.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ontogeny.claims.intervals import Statistic, extreme, statistic
from ontogeny.claims.judge import judge as ask
from ontogeny.claims.regions import above, below, within
from ontogeny.claims.verdicts import Claim, Lacks, claims_of, verdict
from ontogeny.statistics.learning import not_judged
from ontogeny.statistics.resampled import slope
from ontogeny.studies.interdependence.claims.run import InterdependenceRun
from ontogeny.studies.interdependence.inputs import Inputs
from ontogeny.studies.interdependence.pair_sums import ALL_LINES, LINES

PAPER = (
    "LSTMs Compose—and Learn—Bottom-Up: English (Saphra & Lopez, 2020; thesis ch. 5)"
)
SPLIT = "treebank"

EXACT = below(1e-5)

interdependence_claim = claims_of(PAPER)


@interdependence_claim(
    "D1",
    "CD error at the logits",
    "§2.1, footnote 2",
    '"< 10⁻⁵" relative, in the mean (until 2026-11-21: the largest)',
)
def d1(run: InterdependenceRun) -> list[Statistic]:
    if run.errors.empty:
        raise Lacks("the decomposition's error was not measured")
    mean, largest = (
        float(run.errors[f"{which}_error_logits"].item())
        for which in ("mean", "largest")
    )
    old = verdict([EXACT.state(largest, largest)])
    note = (
        f"no interval; the largest of the sentences checked {largest:.2g}, by which it "
        f"was judged until 2026-11-21: {old}"
    )
    part = "mean relative error at the logits"
    return [Statistic(part, mean, np.empty(0), EXACT, note)]


@interdependence_claim(
    "D2",
    "DI falls with distance",
    "§3.1, fig. 3",
    "weighted slope < 0",
)
def d2(run: InterdependenceRun) -> list[Statistic]:
    # ASSUME: each mean of figure 3 is weighted by its pairs.
    draws = run.sequential_slope()
    return [statistic("slope of DI per word of distance", draws, below(0))]


@interdependence_claim(
    "D3",
    "DI falls with syntactic distance at equal distance",
    "§3.1, fig. 4",
    "pooled within-stratum slope < 0",
    structure=True,
)
def d3(run: InterdependenceRun) -> list[Statistic]:
    draws, every = run.syntactic_slope(), run.syntactic_slope(ALL_LINES)[0]
    note = f"with words of other classes {every:.2g}"
    return [statistic("slope of DI per edge within distance", draws, below(0), note)]


@interdependence_claim(
    "D3b",
    "… and of the same classes",
    "§3.1, fig. 4",
    "pooled slope within strata of distance and class line < 0",
    structure=True,
)
def d3b(run: InterdependenceRun) -> list[Statistic]:
    draws = run.syntactic_slope_in_lines()
    part = "slope of DI per edge within distance and class line"
    return [statistic(part, draws, below(0))]


@interdependence_claim(
    "D4",
    "… irrespective of class",
    "§3.1, fig. 4",
    "< 0 in each class line",
    structure=True,
)
def d4(run: InterdependenceRun) -> list[Statistic]:
    return [
        statistic(
            f"slope of DI per edge within distance, {line}",
            run.syntactic_slope([line]),
            below(0),
        )
        for line in LINES
    ]


@interdependence_claim(
    "D5",
    "… clearer farther apart",
    "§3.1, fig. 4",
    "within-stratum |Spearman| rises with distance",
    structure=True,
)
def d5(run: InterdependenceRun) -> list[Statistic]:
    # ASSUME: it rises where the least-squares slope of |Spearman| on distance
    # is > 0, every stratum with enough pairs counting alike.
    pairs, _ = run.strata()
    distances = _two_distances(run, run.enough(pairs[0].sum(axis=1)))
    return _rises(run.rank_correlations(distances), distances, "|Spearman|")


@interdependence_claim(
    "D5b",
    "… within class lines",
    "§3.1, fig. 4",
    "|Spearman| within distance and class line rises with distance",
    structure=True,
)
def d5b(run: InterdependenceRun) -> list[Statistic]:
    # ASSUME: at each distance the mean of ρ over the class lines with enough pairs,
    # each weighted by its pairs.
    pairs = np.stack([run.strata([line])[0][0].sum(axis=1) for line in LINES])
    distances = _two_distances(run, run.enough(pairs.max(axis=0)))
    weights = np.where(pairs >= run.min_pairs, pairs, 0.0)[:, distances]
    rho = sum(
        np.where(weight > 0, weight * run.rank_correlations(distances, [line]), 0.0)
        for weight, line in zip(weights / weights.sum(axis=0), LINES, strict=True)
    )
    return _rises(np.asarray(rho), distances, "|Spearman| within class lines")


def _two_distances(run: InterdependenceRun, distances: np.ndarray) -> np.ndarray:
    if len(distances) < 2:
        raise Lacks(
            f"needs two distances with {run.min_pairs} pairs, has {len(distances)}"
        )
    return distances


def _rises(rho: np.ndarray, distances: np.ndarray, what: str) -> list[Statistic]:
    # Folded as the sample is: each resample's own |ρ| would grow where ρ is
    # near 0, and with it the slope change.
    draws = (rho * np.sign(rho[0])) @ slope(distances)
    each = ", ".join(f"{value:.2f}" for value in rho[0])
    note = f"ρ at distance {distances[0]} to {distances[-1]}: {each}"
    return [statistic(f"slope of {what} per word of distance", draws, above(0), note)]


@interdependence_claim(
    "D6",
    "raw frequency has no clear correlation with DI",
    "§3.1",
    "|Spearman| < 0.1, left and right word",
)
def d6(run: InterdependenceRun) -> list[Statistic]:
    run.need(len(run.table), "measured")
    # ASSUME: over all pairs together; frequency is that of the training text.
    return [
        statistic(
            f"Spearman of DI with the frequency of the {side} word",
            run.spearman(f"{side}_count"),
            within(0.1),
        )
        for side in ("left", "right")
    ]


@interdependence_claim(
    "D7",
    "head–dependent pairs are highest",
    "§3.1, fig. 4",
    "at each distance",
    structure=True,
)
def d7(run: InterdependenceRun) -> list[Statistic]:
    # ASSUME: higher than the mean of all other pairs at that distance, wherever
    # there are enough of both.
    pairs, total = run.strata()
    related, others = pairs[..., 1], pairs[..., 2:].sum(axis=2)
    distances = run.enough(np.minimum(related[0], others[0]))
    if not len(distances):
        raise Lacks(
            f"needs a distance with {run.min_pairs} pairs of head and dependent and as "
            "many others, has none"
        )
    with np.errstate(invalid="ignore", divide="ignore"):
        difference = total[..., 1] / related - total[..., 2:].sum(axis=2) / others
    each = [statistic(str(d), difference[:, d], above(0)) for d in distances]
    worst = min(each, key=lambda number: number.estimate).part
    note = f"of {len(each)} distances, the smallest is at {worst}"
    part = "DI of head and dependent − others, at each distance"
    return [extreme(part, min, each, above(0), note)]


@interdependence_claim(
    "D7b",
    "… than pairs at any other tree distance",
    "§3.1, fig. 4",
    "at each distance, above the highest of the others",
    structure=True,
)
def d7b(run: InterdependenceRun) -> list[Statistic]:
    pairs, total = run.strata()
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / pairs
    each = [
        statistic(f"{d}, {e}", mean[:, d, 1] - mean[:, d, e], above(0))
        for d in run.enough(pairs[0, :, 1])
        for e in run.enough(pairs[0, d])
        if e > 1
    ]
    if not each:
        raise Lacks(
            f"needs a distance with {run.min_pairs} pairs of head and dependent and as "
            "many at another tree distance, has none"
        )
    worst = min(each, key=lambda number: number.estimate).part.split(", ")
    note = f"the smallest is at distance {worst[0]}, beside tree distance {worst[1]}"
    part = "DI of head and dependent − each other tree distance, at each distance"
    return [extreme(part, min, each, above(0), note)]


OF_EACH = {"D5", "D5b"}
"""Claims that ask each run, however many there are: of |ρ|, whose sign is the run's."""

CLAIMS: tuple[Claim, ...] = (d1, d2, d3, d3b, d4, d5, d5b, d6, d7, d7b)


def judge(inputs: Inputs, params: Any) -> pd.DataFrame:
    """Ask all claims about interdependence in English of every seed.

    Args:
        inputs: Of all seeds.
        params: min_pairs, that a stratum needs; resamples of groups of sentences;
            judged.

    Raises:
        ValueError: If there is no seed, or a seed's pairs are of several epochs.
    """
    for seed, table in inputs.pairs.items():
        if table["epoch"].nunique() > 1:
            raise ValueError(f"seed {seed}: the pairs are of several epochs")
    options = params.min_pairs, params.resamples
    runs = {
        (seed, SPLIT): InterdependenceRun(table, inputs.errors[seed], *options)
        for seed, table in inputs.pairs.items()
    }
    reasons = not_judged(inputs.curves)
    return ask(
        CLAIMS,
        runs,
        judged=params.judged,
        not_judged=reasons,
        of_each=OF_EACH,
    )
