"""Sparsity claims about open and closed classes: S8–S14, S24."""

from __future__ import annotations

import numpy as np

from ontogeny.claims.intervals import (
    Statistic,
    statistic,
)
from ontogeny.claims.regions import (
    above,
    within,
)
from ontogeny.statistics.resampled import (
    partial_coefficient,
    weighted_auc,
    weighted_mean,
)
from ontogeny.studies.sparsity.claims.names import sparsity_claim
from ontogeny.studies.sparsity.claims.run import (
    CLOSED,
    FIGURE_5,
    MATCHED,
    OPEN,
    SparsityRun,
)
from ontogeny.studies.sparsity.subsets import HEADLINE


@sparsity_claim(
    "S8",
    "closed classes are high first",
    "§3, fig. 4",
    "ρ←(h̄²) closed − open > 0 at e₁",
    structure=True,
)
def s8(run: SparsityRun) -> list[Statistic]:
    first = run.row(1)
    closed, other = (run.rho(HEADLINE, kind)[:, first] for kind in (CLOSED, OPEN))
    return [statistic("ρ←(h̄²) at e₁: closed − open", closed - other, above(0))]


@sparsity_claim(
    "S9",
    "… and soon stabilise",
    "§3, fig. 4",
    "|ρ(E) − ρ(early)| < 0.05, closed",
    structure=True,
)
def s9(run: SparsityRun) -> list[Statistic]:
    change = run.since_early(HEADLINE, CLOSED)
    return [statistic("ρ←(h̄²) of closed: E − early", change, within(0.05))]


@sparsity_claim(
    "S10",
    "open classes keep growing",
    "§3, fig. 4",
    "ρ(E) − ρ(early) > 0 and above closed's",
    structure=True,
)
def s10(run: SparsityRun) -> list[Statistic]:
    growth, closed = (run.since_early(HEADLINE, kind) for kind in (OPEN, CLOSED))
    return [
        statistic("ρ←(h̄²) of open: E − early", growth, above(0)),
        statistic("growth: open − closed", growth - closed, above(0)),
    ]


@sparsity_claim(
    "S11",
    "the same in matched samples",
    "§3, fig. 4",
    "growth open − growth closed > 0",
    structure=True,
)
def s11(run: SparsityRun) -> list[Statistic]:
    # ASSUME: the samples are matched once, not anew in each resample.
    growth, closed = (
        run.since_early(HEADLINE, kind, MATCHED) for kind in (OPEN, CLOSED)
    )
    part = "growth, matched: open − closed"
    return [statistic(part, growth - closed, above(0), _sample(run))]


def _sample(run: SparsityRun) -> str:
    """Size and mean frequencies of the matched samples."""
    both = run.matched()
    means = f"{both.open.mean:,.1f} (open), {both.closed.mean:,.1f} (closed)"
    return f"{both.size} words each, mean frequency {means}"


@sparsity_claim(
    "S12",
    "function words' gradients are more concentrated at equal frequency",
    "abstract; §3",
    "class coefficient in χ ~ log f + class > 0, and matched mean difference > 0",
    structure=True,
)
def s12(run: SparsityRun) -> list[Statistic]:
    # ASSUME: at E, over every word of either class; closed = 1, open = 0.
    final = run.values(HEADLINE)[run.row(run.last())]
    for kind in (OPEN, CLOSED):
        run.need(np.isfinite(final), kind)
    classed = run.group(OPEN) | run.group(CLOSED)
    coefficient = partial_coefficient(
        run.weights[:, classed],
        final[classed],
        run.group(CLOSED)[classed].astype(float),
        np.log(run.words.counts[classed]),
    )
    return [
        statistic("coefficient of closed in χ ~ log f + class", coefficient, above(0)),
        statistic(
            "mean χ, matched: closed − open",
            _gap(run, MATCHED),
            above(0),
            _sample(run),
        ),
    ]


@sparsity_claim(
    "S13",
    "… and without control (fig. 5)",
    "§3, fig. 5",
    "mean χ closed − open > 0",
    structure=True,
)
def s13(run: SparsityRun) -> list[Statistic]:
    # ASSUME: over figure 5's words, at E.
    return [statistic("mean χ(h̄²): closed − open", _gap(run, FIGURE_5), above(0))]


def _gap(run: SparsityRun, names: str) -> np.ndarray:
    """Mean χ(h̄²) at E of a group's closed words minus its open words."""
    cell = [(HEADLINE, run.last())]
    closed, other = (run.means(cell, kind, names)[:, 0] for kind in (CLOSED, OPEN))
    return closed - other


@sparsity_claim(
    "S14",
    "frequent words tend to be closed-class",
    "§3, fig. 5",
    "AUC of frequency > 0.5",
    structure=True,
    of_text=True,
)
def s14(run: SparsityRun) -> list[Statistic]:
    # ASSUME: over every word of either class, met in this split or not.
    classed = run.group(OPEN) | run.group(CLOSED)
    for kind in (OPEN, CLOSED):
        run.need(classed, kind)
    auc = weighted_auc(
        run.weights[:, classed],
        run.words.counts[classed],
        run.group(CLOSED)[classed],
    )
    return [statistic("AUC of frequency for closed", auc, above(0.5))]


@sparsity_claim(
    "S24",
    "open classes are larger and more ambiguous",
    "§3",
    "type count, mean tag entropy: open − closed > 0",
    structure=True,
    of_text=True,
)
def s24(run: SparsityRun) -> list[Statistic]:
    entropy = run.words.tag_entropy_nats
    for kind in (OPEN, CLOSED):
        run.need(np.isfinite(entropy), kind)
    kinds = [run.group(OPEN), run.group(CLOSED)]
    types = [run.weights[:, kind].sum(axis=1, dtype=float) for kind in kinds]
    means = [weighted_mean(run.weights[:, kind], entropy[kind]) for kind in kinds]
    return [
        statistic("types: open − closed", types[0] - types[1], above(0)),
        statistic("tag entropy, nats: open − closed", means[0] - means[1], above(0)),
    ]
