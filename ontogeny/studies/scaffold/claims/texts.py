"""Claims about how often the rule must occur (K9 to K11) and the texts (K14, K15)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from ontogeny.claims.intervals import Statistic, magnitude, statistic
from ontogeny.claims.regions import Region, at_least, below
from ontogeny.claims.verdicts import Lacks
from ontogeny.statistics.resampled import slope
from ontogeny.studies.scaffold.claims.run import (
    FAMILIAR,
    LEARNED,
    UNFAMILIAR,
    ScaffoldRun,
    first_reached,
    listed,
    scaffold_claim,
    worst,
)
from ontogeny.studies.scaffold.draws import Line

CUE_TOLERANCE = 0.01
"""ASSUME: "≈" in K15 is within 1 % of what the construction makes it."""


@scaffold_claim(
    "K9",
    "longer scaffolds need more examples",
    "app. B, fig. 11",
    "smallest n with P_α ≥ 0.5 does not fall with k",
)
def k9(run: ScaffoldRun) -> list[Statistic]:
    # ASSUME: at E. Where no n is enough, the one needed is larger than any
    # measured; two such k are a tie, and a tie does not fall.
    grid = run.grid("probability_open")
    ns = [line.occurrences for line in next(iter(grid.values()))]
    if len(grid) < 2 or len(ns) < 2:
        raise Lacks(f"needs two k and two n, has {len(grid)} and {len(ns)}")
    places = {
        k: first_reached(np.stack([run.final(line) for line in lines], axis=1))
        for k, lines in grid.items()
    }
    # ASSUME: where every k needs more than the largest n, or no more than the
    # smallest, the grid of n does not show which needs more.
    found = {int(place[0]) for place in places.values()}
    if found <= {0} or found <= {len(ns)}:
        which = f"at n = {ns[0]:,}" if found == {0} else "at no n"
        raise Lacks(f"P(ω) from α alone reaches {LEARNED} {which}, whatever k")
    each = [
        statistic(f"k = {k} to {after}", (places[after] - places[k]) * 1.0, at_least(0))
        for k, after in pairwise(places)
    ]
    names = [f"{n:,}" for n in ns] + [f"over {ns[-1]:,}"]
    told = ", ".join(f"{names[place[0]]} (k = {k})" for k, place in places.items())
    part = "smallest n with P(ω) from α alone ≥ 0.5, as its place among those tried"
    part += ": smallest step to the next k"
    return [worst(part, min, each, at_least(0), f"n: {told}")]


@scaffold_claim(
    "K10",
    "the scaffold alone predicts nothing",
    "app. B, fig. 11",
    "P < 0.01",
)
def k10(run: ScaffoldRun) -> list[Statistic]:
    # ASSUME: at E, each k and n.
    lines = [line for of in run.grid("probability_scaffold").values() for line in of]
    each = [statistic(_cell(line), run.final(line), below(0.01)) for line in lines]
    highest = max(lines, key=lambda line: run.final(line)[0])
    part = "P(ω) at E from the scaffold alone, out-domain, unfamiliar"
    return [worst(part, max, each, below(0.01), _share(run, highest))]


def _cell(line: Line) -> str:
    return f"k = {line.length}, n = {line.occurrences:,}"


def _share(run: ScaffoldRun, line: Line) -> str:
    """How frequent ω is in the text: a model that knows only that predicts it."""
    texts = _texts(run, line.setting)
    of = (texts["length"] == line.length) & (texts["occurrences"] == line.occurrences)
    share = texts.loc[of, "occurrences"] / texts.loc[of, "tokens"]
    return "".join(f"ω is {one:.4f} of that text" for one in share[:1])


@scaffold_claim(
    "K11",
    "rarest rule: P_α steady in k, P_scaffold falls",
    "app. B, fig. 11",
    "|slope of log P_α| < 0.1; slope of log P_scaffold < 0",
)
def k11(run: ScaffoldRun) -> list[Statistic]:
    # ASSUME: at E; the natural logarithm, per scaffold word. A rule is rare where
    # there is a more frequent one, and not learned at every k.
    grid = run.grid("probability_open")
    rarest = {k: float(run.final(lines[0])[0]) for k, lines in grid.items()}
    if min(map(len, grid.values())) < 2:
        raise Lacks("needs two n: with one there is no rarest rule")
    if min(rarest.values()) >= LEARNED:
        raise Lacks(f"at the smallest n P(ω) from α alone is {listed(rarest)} by k")
    rising = _slope_at_rarest(run, "probability_open", below(0.1))
    return [
        magnitude(rising),
        _slope_at_rarest(run, "probability_scaffold", below(0)),
    ]


def _slope_at_rarest(run: ScaffoldRun, quantity: str, region: Region) -> Statistic:
    grid = run.grid(quantity)
    if len(grid) < 2:
        raise Lacks(f"needs two k, has {len(grid)}")
    rarest = [lines[0] for lines in grid.values()]
    with np.errstate(divide="ignore"):
        logs = np.log([run.final(line) for line in rarest])  # (k, draws)
    slopes = slope(np.array([*grid])) @ logs
    name = "P_α" if quantity == "probability_open" else "P_scaffold"
    bars = "|" * (quantity == "probability_open")
    n = rarest[0].occurrences
    values = ", ".join(f"{np.exp(p):.2g}" for p in logs[:, 0])
    note = f"n = {n:,}; at k = {', '.join(map(str, grid))}: {values}"
    part = f"{bars}slope over k of log {name}{bars} at the smallest n"
    return statistic(part, slopes, region, note)


@scaffold_claim("K14", "no accidental copies", "§4.2", "0")
def k14(run: ScaffoldRun) -> list[Statistic]:
    copies = run.counts["copies"].abs()
    if copies.empty:
        raise Lacks("nothing was counted in the texts")
    note = f"{len(copies)} texts"
    none = Region("= 0", low=0, high=0, closed=True)
    part = "accidental copies of scaffolds, the most in a text"
    return [Statistic(part, float(copies.max()), np.empty(0), none, note)]


@scaffold_claim(
    "K15",
    "the scaffold is no cue",
    "§4.3.1",
    "P(ω | q) ≈ 10/1,010 familiar, 1 unfamiliar, counted in the corpus",
)
def k15(run: ScaffoldRun) -> list[Statistic]:
    # ASSUME: 10/1,010 is the paper's own 10 copies in the rule and 1,000
    # outside it; of other numbers what they make it.
    found = []
    for setting in (FAMILIAR, UNFAMILIAR):
        texts = _texts(run, setting)
        if texts.empty:
            raise Lacks(f"nothing was counted in texts with {setting} scaffolds")
        off = (texts["cue"] / texts["cue_expected"] - 1).abs()
        cues, expected = (
            ", ".join(f"{value:.4g}" for value in texts[name].unique())
            for name in ("cue", "cue_expected")
        )
        part = f"|P(ω | q) / expected − 1|, {setting}, the most in a text"
        note = f"counted {cues}; expected {expected}"
        bound = below(CUE_TOLERANCE)
        found.append(Statistic(part, float(off.max()), np.empty(0), bound, note))
    return found


def _texts(run: ScaffoldRun, setting: str) -> pd.DataFrame:
    """What was counted in the texts of a setting."""
    return run.counts[run.counts["setting"] == setting]
