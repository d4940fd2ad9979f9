"""Claims about how fast the rule is learned, and whether it generalises.

K1 to K4, K12 and K13: familiar scaffolds against unfamiliar ones at one number
of occurrences. Where a claim is about each k, the worst k decides.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ontogeny.claims.intervals import Statistic, statistic
from ontogeny.claims.regions import above, below
from ontogeny.claims.verdicts import Lacks
from ontogeny.studies.scaffold.claims.run import (
    FAMILIAR,
    IN,
    LEARNED,
    OUT,
    UNFAMILIAR,
    ScaffoldRun,
    first_reached,
    listed,
    scaffold_claim,
    worst,
)
from ontogeny.studies.scaffold.draws import READINGS, Line

VARIANTS = {"momentum": "momentum", "weight_decay": "weight decay"}


def higher_in_familiar(
    run: ScaffoldRun,
    part: str,
    quantity: str,
    domain: str,
    value: Callable[[Line], np.ndarray],
    *notes: str,
) -> list[Statistic]:
    """Familiar − unfamiliar > 0 at each k: the smallest difference.

    Args:
        run: One seed.
        part: What is compared.
        quantity: Of which.
        domain: "in" or "out".
        value: From a line to draws.
        notes: Facts worth printing beside it.
    """
    each = []
    for k in run.lengths(quantity, FAMILIAR, UNFAMILIAR, domain=domain):
        familiar, unfamiliar = (
            value(run.line(quantity, setting, k, domain))
            for setting in (FAMILIAR, UNFAMILIAR)
        )
        each.append(statistic(f"k = {k}", familiar - unfamiliar, above(0)))
    return [worst(f"{part}: familiar − unfamiliar", min, each, above(0), *notes)]


@scaffold_claim(
    "K1",
    "in-domain, familiar learns ω faster",
    "§4.3, fig. 7a",
    "area under P(ω) difference > 0, each k",
)
def k1(run: ScaffoldRun) -> list[Statistic]:
    part = "mean over epochs of P(ω), in-domain"
    return higher_in_familiar(run, part, "probability", IN, run.area)


@scaffold_claim(
    "K2",
    "out-domain, familiar never generalises",
    "§4.3, fig. 7b",
    "max P(ω) < 0.1 and below unfamiliar's",
)
def k2(run: ScaffoldRun) -> list[Statistic]:
    # ASSUME: at each k; the largest of the trained epochs, which each setting
    # has at an epoch of its own, found in the sample and kept in resamples.
    ks = run.lengths("probability", FAMILIAR, UNFAMILIAR, domain=OUT)
    highest, apart = [], []
    for k in ks:
        familiar, unfamiliar = (
            run.trained_curve(run.line("probability", setting, k, OUT))
            for setting in (FAMILIAR, UNFAMILIAR)
        )
        top, other = _highest(familiar), _highest(unfamiliar)
        highest.append(statistic(f"k = {k}", top, below(0.1)))
        apart.append(statistic(f"k = {k}", top - other, below(0)))
    part = "max over epochs of P(ω), out-domain"
    return [
        worst(f"{part}, familiar", max, highest, below(0.1)),
        worst(f"{part}: familiar − unfamiliar", max, apart, below(0)),
    ]


def _highest(curve: np.ndarray) -> np.ndarray:
    """Draws at the epoch where the sample itself is highest."""
    return curve[:, np.argmax(curve[0])]


@scaffold_claim(
    "K3",
    "familiar needs a familiar scaffold",
    "§4.3, figs. 7a, 7b",
    "(in − out) gap, familiar − unfamiliar > 0",
)
def k3(run: ScaffoldRun) -> list[Statistic]:
    # ASSUME: at E, each k.
    run.lengths("probability", FAMILIAR, UNFAMILIAR, domain=OUT)

    def gap(inside: Line) -> np.ndarray:
        return run.final(inside) - run.final(inside._replace(domain=OUT))

    part = "P(ω) at E, in-domain − out-domain"
    return higher_in_familiar(run, part, "probability", IN, gap)


@scaffold_claim(
    "K4",
    "from α alone, the rule comes earlier in familiar",
    "§4.3.1, fig. 8",
    "area under P_α(ω) difference > 0",
)
def k4(run: ScaffoldRun) -> list[Statistic]:
    # ASSUME: each k.
    part = "mean over epochs of P(ω) from α alone, out-domain"
    notes = []
    for reading, words in READINGS.items():
        try:
            other = f"probability_open_{reading}"
            found = higher_in_familiar(run, part, other, OUT, run.area)
        except Lacks:
            continue
        notes.append(f"{words} {found[0].estimate:+.3f}")
    return higher_in_familiar(run, part, "probability_open", OUT, run.area, *notes)


@scaffold_claim(
    "K12",
    "gradients through familiar scaffolds are smaller",
    "app. C, fig. 12",
    "log ratio < 0",
)
def k12(run: ScaffoldRun) -> list[Statistic]:
    # ASSUME: in-domain, at E, each k, summed over the scaffold's words: "the
    # gradient's sum over recurrences" is what the thesis argues with (§4.3).
    each, before = [], {}
    for k in run.lengths("gradient_l2", FAMILIAR, UNFAMILIAR, domain=IN):
        ratio = np.log(_summed(run, FAMILIAR, k) / _summed(run, UNFAMILIAR, k))
        each.append(statistic(f"k = {k}", ratio[:, run.row(run.last())], below(0)))
        before[f"k = {k}"] = ratio[0, run.trained()[0]]
    part = "log of gradients' ℓ₂ over the scaffold at E: familiar / unfamiliar"
    note = f"at the first trained epoch {listed(before)}"
    return [worst(part, max, each, below(0), note)]


def _summed(run: ScaffoldRun, setting: str, length: int) -> np.ndarray:
    """The sum over scaffold words of gradients' norms, by epoch."""
    line = run.line("gradient_l2", setting, length, IN)
    words = range(1, length + 1)
    return np.sum([run.curve(line._replace(position=d)) for d in words], axis=0)


@scaffold_claim(
    "K13",
    "momentum and weight decay slow it",
    "§4.1",
    "epochs to P = 0.5, with − without > 0",
)
def k13(run: ScaffoldRun) -> list[Statistic]:
    # ASSUME: P(ω) out-domain, where only the rule itself helps. A model that
    # does not come so far by E counts as doing so right after.
    found = []
    for variant, name in VARIANTS.items():
        lines = run.sample.known("probability", domain=OUT, variant=variant)
        if not lines:
            raise Lacks(f"no model was trained with {name}")
        each = [_slower(run, line) for line in lines]
        part = f"epochs to P(ω) = {LEARNED}: with − without {name}"
        found.append(worst(part, min, each, above(0)))
    return found


def _slower(run: ScaffoldRun, line: Line) -> Statistic:
    """Epochs that a variant needs more than the plain model of the same text."""
    plain = line._replace(variant="plain")
    rows = run.trained()
    epochs = np.append(run.epochs[rows], run.last() + 1)
    slow, fast = (
        epochs[first_reached(run.curve(one)[:, rows])] for one in (line, plain)
    )
    where = f"{line.setting}, k = {line.length}, n = {line.occurrences:,}"
    if fast[0] > run.last():
        raise Lacks(f"without it, P(ω) never reaches {LEARNED} ({where})")
    never = ", which never reaches it" * bool(slow[0] > run.last())
    told = f"epoch {fast[0]} without, {slow[0]} with{never}"
    return statistic(where, (slow - fast).astype(float), above(0), told)
