"""Sparsity claims about input words, sites and the corpus: S16–S21, S25–S27."""

from __future__ import annotations

import numpy as np

from ontogeny.claims.intervals import Statistic, extreme, magnitude, statistic
from ontogeny.claims.regions import (
    above,
    below,
    between,
)
from ontogeny.claims.verdicts import (
    Lacks,
)
from ontogeny.measures.places import PLACES
from ontogeny.statistics.resampled import slope
from ontogeny.studies.sparsity.claims.names import (
    GRADIENTS,
    activation,
    gradient,
    rho_of,
    sparsity_claim,
)
from ontogeny.studies.sparsity.claims.run import SparsityRun

EMBEDDING, H1, H2 = ACTIVATIONS = [activation(site, "input") for site in PLACES]


@sparsity_claim(
    "S16",
    "frequent inputs have concentrated activations",
    "abstract; §3, fig. 3b",
    "ρ→(hᵉ), ρ→(h¹) > 0 at E",
)
def s16(run: SparsityRun) -> list[Statistic]:
    both = (EMBEDDING, H1)
    return [statistic(rho_of(series), run.final(series), above(0)) for series in both]


@sparsity_claim(
    "S17", "h¹ leads early", "§3, fig. 3b", "early mean ρ→(h¹) − ρ→(hᵉ) > 0"
)
def s17(run: SparsityRun) -> list[Statistic]:
    lead = run.rho(H1) - run.rho(EMBEDDING)
    early = lead[:, run.early()].mean(axis=1)
    return [statistic("early ρ→(h¹) − ρ→(hᵉ)", early, above(0))]


@sparsity_claim(
    "S18", "h¹ slows", "§3, fig. 3b", "slope of the late half < early slope"
)
def s18(run: SparsityRun) -> list[Statistic]:
    # ASSUME: the late half is the epochs after E/2.
    early, last = run.early(at_least=2), run.last()
    late = run.rows(last // 2 + 1, last, at_least=2)
    change = _slope(run, run.rho(H1), late) - _slope(run, run.rho(H1), early)
    return [statistic("slope of ρ→(h¹) per epoch: late − early", change, below(0))]


def _slope(run: SparsityRun, curves: np.ndarray, rows: np.ndarray) -> np.ndarray:
    return curves[:, rows] @ slope(run.words.epochs[rows])


@sparsity_claim(
    "S19",
    "hᵉ passes h¹ (and h²)",
    "§3, fig. 3b",
    "ρ→(hᵉ) − ρ→(h¹), − ρ→(h²) > 0 at E; crossing epoch given",
)
def s19(run: SparsityRun) -> list[Statistic]:
    found = []
    for other in (H1, H2):
        lead = run.rho(EMBEDDING) - run.rho(other)
        part = f"ρ→(hᵉ) − {rho_of(other)}"
        final = lead[:, run.row(run.last())]
        found.append(statistic(part, final, above(0), _crossing(run, lead[0])))
    return found


def _crossing(run: SparsityRun, lead: np.ndarray) -> str:
    """From which trained epoch on the lead stays positive."""
    rows = run.trained()
    behind = np.flatnonzero(~(lead[rows] > 0))
    if not len(behind):
        return "ahead from the first epoch"
    if behind[-1] == len(rows) - 1:
        return "not ahead at the end"
    return f"ahead from epoch {run.words.epochs[rows[behind[-1] + 1]]}"


@sparsity_claim(
    "S20",
    "gradients' ρ→ is never significant",
    "§3, fig. 3b",
    "max over epochs, sites of |ρ→| < 0.1; of h̄ᵉ, h̄¹, h̄², x̄ (until 2026-11-28 not x̄)",
)
def s20(run: SparsityRun) -> list[Statistic]:
    # ASSUME: every gradient that is measured, as S5 has it: figure 3b's three and x̄;
    # epochs 1 to E.
    series = [gradient(site, "input") for site in GRADIENTS]
    each = [
        magnitude(
            statistic(
                f"{rho_of(one)} at epoch {run.words.epochs[row]}",
                run.rho(one)[:, row],
                below(0.1),
            )
        )
        for one in series
        for row in run.trained()
    ]
    largest = max(each, key=lambda size: size.estimate).part
    return [extreme("largest |ρ→|", max, each, below(0.1), f"largest is {largest}")]


@sparsity_claim(
    "S21",
    "the first rescaling starts an upward trend in ρ→",
    "§3, fig. 3b",
    "slope of 3 epochs after − 3 before > 0",
)
def s21(run: SparsityRun) -> list[Statistic]:
    if not run.words.rescalings:
        raise Lacks("the learning rate was never rescaled")
    # The rate is divided at the end of this epoch: it is the last one before.
    first = min(run.words.rescalings)
    if first < 3 or first + 3 > run.last():
        raise Lacks(
            f"needs 3 epochs before and after the first rescaling; it came after "
            f"epoch {first} of {run.last()}"
        )
    # ASSUME: ρ→ is the mean over the three activations.
    mean = np.mean([run.rho(series) for series in ACTIVATIONS], axis=0)
    before = _slope(run, mean, run.rows(first - 2, first, at_least=3))
    after = _slope(run, mean, run.rows(first + 1, first + 3, at_least=3))
    part = "slope of mean ρ→ per epoch: after − before"
    note = f"first rescaling after epoch {first}"
    return [statistic(part, after - before, above(0), note)]


@sparsity_claim(
    "S25", "lower layers' activations are sparser", "§3", "mean χ: hᵉ > h¹ > h²"
)
def s25(run: SparsityRun) -> list[Statistic]:
    # ASSUME: over input words, at E, each word alike | each token alike. Sites
    # of different width have different lower bounds 1/√n; the papers' are alike.
    last = run.last()
    mean = run.means([(series, last) for series in ACTIVATIONS])
    return [
        statistic("mean χ(hᵉ) − χ(h¹)", mean[:, 0] - mean[:, 1], above(0)),
        statistic("mean χ(h¹) − χ(h²)", mean[:, 1] - mean[:, 2], above(0)),
    ]


@sparsity_claim(
    "S26",
    "some sites grow sparser, others stay",
    "thesis, overview of ch. 6",
    "one site changes > 10 %, one < 5 %",
)
def s26(run: SparsityRun) -> list[Statistic]:
    # ASSUME: mean χ of activations over input words from e₁ to E; a change is
    # one of either sign, as the criterion has it, although the claim says "grow".
    if run.last() == 1:
        raise Lacks("needs more than one epoch")
    changes = []
    for series in ACTIVATIONS:
        mean = run.means([(series, 1), (series, run.last())])
        change = mean[:, 1] / mean[:, 0] - 1
        changes.append(statistic(PLACES[series.site], change, above(0.1)))
    sizes = [magnitude(change) for change in changes]
    most = max(changes, key=lambda change: abs(change.estimate))
    least = min(sizes, key=lambda size: size.estimate).part
    grows, stays = "largest relative change of mean χ", "smallest relative change"
    return [
        extreme(
            grows, max, sizes, above(0.1), f"{most.part} most, by {most.estimate:+.0%}"
        ),
        extreme(stays, min, sizes, below(0.05), f"{least} changes least"),
    ]


@sparsity_claim(
    "S27",
    "corpus size",
    "§2",
    '"227 M" tokens, "19.5 K" types (wikipedia only)',
)
def s27(run: SparsityRun) -> list[Statistic]:
    if not run.corpus.paper_scale:
        raise Lacks("the corpus is not the paper's (Wikipedia)")
    # ASSUME: equal to the digits printed | "over" 227 M, "around" 19.5 K.
    tokens, types = run.corpus.training_tokens, run.corpus.types
    none = np.empty(0)
    return [
        Statistic("training tokens", tokens, none, between(226_500_000, 227_500_000)),
        Statistic("types", types, none, between(19_450, 19_550)),
    ]
