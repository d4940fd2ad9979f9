"""Claims about what α and the scaffold contribute to P(ω): K5 to K8.

By contextual decomposition, at one number of occurrences; all in-domain.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ontogeny.claims.intervals import Statistic, statistic
from ontogeny.claims.regions import above, at_least
from ontogeny.claims.verdicts import Lacks
from ontogeny.statistics.resampled import kendall_tau
from ontogeny.studies.scaffold.claims.learning import higher_in_familiar
from ontogeny.studies.scaffold.claims.run import (
    FAMILIAR,
    IN,
    OUT,
    UNFAMILIAR,
    ScaffoldRun,
    listed,
    scaffold_claim,
    worst,
)
from ontogeny.studies.scaffold.draws import READINGS

GENERALISES = 0.1
"""K2's bound on P(ω): a model below it predicts ω from nothing."""


def prefixes(
    run: ScaffoldRun, setting: str, domain: str = IN, reading: str = ""
) -> list[np.ndarray]:
    """P(ω) at E from α and the first 0 to k words of the longest scaffolds.

    Args:
        run: One seed.
        setting: "familiar" or "unfamiliar".
        domain: "in" or "out".
        reading: One of `READINGS`; empty: the config's.

    Returns:
        k + 1 arrays of shape (1 + resamples,).

    Source: thesis ch. 5, figure 9 (k = 8 there).
    """
    # ASSUME: in-domain. Figure 9 names no domain; but out-domain a familiar
    # model "never" predicts ω (figure 7b), and here it climbs "until the end of
    # the scaffold". What is found out-domain is told beside it.
    quantity = f"probability_prefix_{reading}".rstrip("_")
    longest = run.lengths(quantity, setting, domain=domain)[-1]
    line = run.line(quantity, setting, longest, domain)
    return [run.final(line._replace(position=i)) for i in range(longest + 1)]


def _elsewise(run: ScaffoldRun, setting: str) -> str:
    """The first and last of these numbers otherwise measured, for a note."""
    told = []
    others = {"out-domain": (OUT, "")}
    others |= {words: (IN, reading) for reading, words in READINGS.items()}
    for words, (domain, reading) in others.items():
        try:
            found = prefixes(run, setting, domain, reading)
        except Lacks:
            continue
        ends = {"P(0)": float(found[0][0]), "P(k)": float(found[-1][0])}
        told.append(f"{words} {listed(ends)}")
    return "; ".join(told)


@scaffold_claim(
    "K5",
    "unfamiliar predicts from α alone",
    "§4.3.1, fig. 9",
    "P(i = 0) ≥ 0.5 · P(i = k)",
)
def k5(run: ScaffoldRun) -> list[Statistic]:
    found = prefixes(run, UNFAMILIAR)
    # ASSUME: asked only of a model that predicts ω from the whole rule; a share
    # of next to nothing says nothing.
    if not found[-1][0] >= GENERALISES:
        raise Lacks(
            "needs an unfamiliar model that predicts ω; from α and the whole "
            f"scaffold P(ω) is {found[-1][0]:.3f}"
        )
    part = f"P(i = 0) / P(i = k), unfamiliar, k = {len(found) - 1}"
    note = _elsewise(run, UNFAMILIAR)
    return [statistic(part, found[0] / found[-1], at_least(0.5), note)]


@scaffold_claim(
    "K6",
    "familiar climbs to the end",
    "§4.3.1, fig. 9",
    "P(i + 1) ≥ P(i); P(k) − P(0) ≥ 0.3",
)
def k6(run: ScaffoldRun) -> list[Statistic]:
    found = prefixes(run, FAMILIAR)
    each = [
        statistic(f"word {i}", after - before, at_least(0))
        for i, (before, after) in enumerate(pairwise(found), 1)
    ]
    about = f"familiar, k = {len(found) - 1}"
    rise = found[-1] - found[0]
    note = _elsewise(run, FAMILIAR)
    return [
        worst(f"smallest P(i + 1) − P(i), {about}", min, each, at_least(0)),
        statistic(f"P(i = k) − P(i = 0), {about}", rise, at_least(0.3), note),
    ]


@scaffold_claim(
    "K7",
    "DI(α, scaffold) is higher in familiar",
    "§4.3.1, fig. 10",
    "difference at E > 0",
)
def k7(run: ScaffoldRun) -> list[Statistic]:
    # ASSUME: each k.
    part = "DI(α, scaffold) at E, in-domain"
    return higher_in_familiar(run, part, "interdependence", IN, run.final)


@scaffold_claim("K8", "… and grows", "§4.3.1, fig. 10", "τ > 0")
def k8(run: ScaffoldRun) -> list[Statistic]:
    # ASSUME: of familiar, each k, over epochs 1 to E.
    each = []
    for k in run.lengths("interdependence", FAMILIAR, domain=IN):
        curve = run.trained_curve(run.line("interdependence", FAMILIAR, k, IN), 3)
        # An epoch that is unknown is no point of τ; nor is the curve known then.
        tau = np.where(np.isnan(curve).any(axis=1), np.nan, kendall_tau(curve.T))
        each.append(statistic(f"k = {k}", tau, above(0)))
    return [worst("τ of DI(α, scaffold), in-domain, familiar", min, each, above(0))]
