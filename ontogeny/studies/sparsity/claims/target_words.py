"""Sparsity claims about target words: S1–S7, S15, S22, S23."""

from __future__ import annotations

import numpy as np

from ontogeny.claims.intervals import Statistic, extreme, statistic
from ontogeny.claims.regions import (
    above,
    at_least,
    below,
    within,
)
from ontogeny.claims.verdicts import Lacks
from ontogeny.measures.places import PLACES
from ontogeny.statistics.resampled import (
    kendall_tau,
    weighted_median,
    weighted_spearman,
)
from ontogeny.studies.sparsity.claims.names import (
    GRADIENTS,
    activation,
    gradient,
    rho_of,
    sparsity_claim,
)
from ontogeny.studies.sparsity.claims.run import FIGURE_2, FIGURE_5, SparsityRun
from ontogeny.studies.sparsity.subsets import HEADLINE

STRONG = 0.5


@sparsity_claim(
    "S1",
    "χ(h̄²) rises with target frequency (fig. 2)",
    "§3, fig. 2",
    "Spearman over frequent words at E > 0",
)
def s1(run: SparsityRun) -> list[Statistic]:
    frequent = run.group(FIGURE_2)
    final = run.values(HEADLINE)[run.row(run.last())]
    run.need(np.isfinite(final), FIGURE_2)
    rank = weighted_spearman(
        run.weights[:, frequent], final[frequent], run.words.counts[frequent]
    )
    return [statistic("Spearman of χ(h̄²) and frequency", rank, above(0))]


@sparsity_claim(
    "S2", "… and with training", "§3, fig. 2", "median over words of τ(χ, epoch) > 0"
)
def s2(run: SparsityRun) -> list[Statistic]:
    # ASSUME: over figure 2's words, epochs 1 to E | all words; from epoch 0.
    tau = kendall_tau(run.values(HEADLINE)[run.trained(at_least=3)])
    run.need(np.isfinite(tau), FIGURE_2)
    frequent = run.group(FIGURE_2)
    median = weighted_median(run.weights[:, frequent], tau[frequent])
    return [statistic("median τ(χ(h̄²), epoch)", median, above(0))]


@sparsity_claim("S3", 'ρ←(h̄²) is "strong"', "§3, fig. 3a", "Pearson at E ≥ 0.5")
def s3(run: SparsityRun) -> list[Statistic]:
    return [statistic("ρ←(h̄²)", run.final(HEADLINE), at_least(STRONG))]


@sparsity_claim("S4", '… "and increasing"', "§3, fig. 3a", "ρ(E) − ρ(e₁) > 0")
def s4(run: SparsityRun) -> list[Statistic]:
    growth = run.since_first(HEADLINE)
    return [statistic("ρ←(h̄²): E − e₁", growth, above(0))]


@sparsity_claim(
    "S5",
    '"only" there',
    "§3, fig. 3a",
    "no other site (hᵉ, h¹, h², h̄ᵉ, h̄¹, x̄) meets S3 and S4; difference to the next "
    "best > 0",
)
def s5(run: SparsityRun) -> list[Statistic]:
    # ASSUME: the other sites are figure 3a's five other lines and x̄.
    others = [activation(site, "target") for site in PLACES]
    others += [gradient(site, "target") for site in GRADIENTS if site != "h2"]
    # A site meets both where the smaller of its two margins is positive; so
    # none does where the largest of these margins is negative.
    margins, leads = [], []
    for series in others:
        final, growth = run.final(series), run.since_first(series)
        strong = statistic("strong", final - STRONG, above(0))
        rising = statistic("rising", growth, above(0))
        margins.append(extreme(rho_of(series), min, [strong, rising], above(0)))
        lead = run.final(HEADLINE) - final
        leads.append(statistic(f"ρ←(h̄²) − {rho_of(series)}", lead, above(0)))
    meets = max(margins, key=lambda margin: margin.estimate).part
    nearest = min(leads, key=lambda lead: lead.estimate).part
    # That it is strong itself is S3.
    note = f"{nearest}; ρ←(h̄²) itself is {run.final(HEADLINE)[0]:.2f} at E"
    best = "best other site: min(ρ(E) − 0.5, ρ(E) − ρ(e₁))"
    return [
        extreme(best, max, margins, below(0), f"best is {meets}"),
        extreme("ρ←(h̄²) − next best at E", min, leads, above(0), note),
    ]


@sparsity_claim(
    "S6",
    "activation sparsity of h² is uncorrelated with the target",
    "§3, fig. 3a",
    "|ρ←(h²)| < 0.1 at E",
)
def s6(run: SparsityRun) -> list[Statistic]:
    rho = run.final(activation("h2", "target"))
    return [statistic("ρ←(h²)", rho, within(0.1))]


@sparsity_claim(
    "S7",
    'frequent targets have "dispersed" activations (abstract; conflicts with S6)',
    "abstract",
    "ρ←(h¹), ρ←(h²) < 0",
)
def s7(run: SparsityRun) -> list[Statistic]:
    # ASSUME: at E.
    both = [activation(site, "target") for site in ("h1", "h2")]
    return [statistic(rho_of(series), run.final(series), below(0)) for series in both]


@sparsity_claim(
    "S15",
    "ρ←(h̄²) is higher over more frequent words",
    "§3, fig. 5",
    "ρ(above the fig. 5 threshold) − ρ(all) > 0",
)
def s15(run: SparsityRun) -> list[Statistic]:
    # ASSUME: at E.
    if run.group(FIGURE_5).all():
        raise Lacks("every word is above figure 5's threshold")
    gain = run.final(HEADLINE, FIGURE_5) - run.final(HEADLINE)
    return [statistic("ρ←(h̄²): above threshold − all", gain, above(0))]


@sparsity_claim(
    "S22",
    "‖h̄²‖₁ is only slightly anticorrelated",
    "§4",
    '> "−0.1" at every epoch',
)
def s22(run: SparsityRun) -> list[Statistic]:
    # ASSUME: by target, epochs 1 to E.
    rows = run.trained()
    curves = run.rho(HEADLINE, measure="l1")
    part, bound = "lowest corr(‖h̄²‖₁, frequency)", above(-0.1)
    each = [
        statistic(f"epoch {run.words.epochs[row]}", curves[:, row], bound)
        for row in rows
    ]
    note = f"lowest at epoch {run.words.epochs[rows[curves[0, rows].argmin()]]}"
    return [extreme(part, min, each, bound, note)]


@sparsity_claim("S23", "χ(x̄) does not share it", "§4", "ρ←(h̄²) − ρ←(x̄) > 0.2 at E")
def s23(run: SparsityRun) -> list[Statistic]:
    lead = run.final(HEADLINE) - run.final(gradient("logits", "target"))
    return [statistic("ρ←(h̄²) − ρ←(x̄)", lead, above(0.2))]
