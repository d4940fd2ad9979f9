"""What a text without structure says of claims about structure.

Two texts serve: the control language, generated with mini's word frequencies and
nothing else, and a corpus with its words shuffled, which keeps what words there are
and loses where they stand. Neither has a verdict of its own to give; a claim's number
on text is set beside theirs, without the gates, which were made after such numbers had
been seen.
"""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd

from ontogeny.claims.regions import above
from ontogeny.claims.verdicts import (
    NOT_REPRODUCED,
    NOT_RUN,
    REPRODUCED,
    UNDECIDED,
    conjunction,
    verdict,
)

LANGUAGE, SHUFFLED = "control language", "shuffled text"
"""Which text without structure it is: what heads its column."""
BEYOND = {
    REPRODUCED: "beyond the control's",
    NOT_REPRODUCED: "not beyond the control's",
    UNDECIDED: "open beside the control's",
}
"""Where a number of the text lies, by the verdict on text − control > 0."""


class Number(NamedTuple):
    """An estimate with its interval."""

    estimate: float
    low: float
    high: float


def difference(text: Number, control: Number) -> Number:
    """The difference of two estimates, as if independent, from their intervals alone.

    d ± √(a² + b²), with a and b from the estimates to those ends of their intervals
    that make the difference smaller, below, or larger, above. Of symmetric intervals
    it adds variances.

    Args:
        text: Minuend.
        control: Subtrahend.

    Source: method of variance estimates recovery (Zou & Donner 2008).

    >>> difference(Number(5, 2, 7), Number(1, -2, 5))
    Number(estimate=4, low=-1.0, high=7.60555127546399)
    """
    apart = text.estimate - control.estimate
    below = _away(text.estimate - text.low, control.high - control.estimate)
    more = _away(text.high - text.estimate, control.estimate - control.low)
    return Number(apart, apart - below, apart + more)


def _away(a: float, b: float) -> float:
    # An interval that does not hold its estimate is no nearer than that.
    return float(np.hypot(max(a, 0.0), max(b, 0.0)))


def beside_control(text: pd.DataFrame, control: pd.DataFrame) -> pd.DataFrame:
    """How far numbers about structure lie beyond those of a text without it.

    Each side gives the mean over its runs, of a claim that is about it, or else each
    of its runs; these are compared with each of the other side's and not paired, since
    another text trains another model, whatever the seed. All pairs must agree. Gated
    numbers count as they are; what was not run for another reason is not compared.

    Args:
        text: Of `ontogeny.claims.judge`.
        control: The same of the control.

    Returns:
        A row per (claim, split, part): difference, low, high (of several pairs of runs
        the mean and the outermost ends), beside (one of `BEYOND`'s, of the claim: all
        its parts must lie beyond). Claims of which any part asks for a band, or that
        count the text itself, are not there.
    """
    rows = []
    # Without those of a run that has no number, as of one that learned nothing.
    text, control = (table[table["part"].ne("")] for table in (text, control))
    there = dict(iter(control.groupby(["claim", "split"])))
    for (claim, split), own in text.groupby(["claim", "split"], sort=False):
        theirs = there.get((claim, split), control[:0])
        if not (_is_compared(own) and _is_compared(theirs)):
            continue
        sides = [_runs(own), _runs(theirs)]
        parts = own["part"].drop_duplicates()
        if any(set(run) != set(parts) for side in sides for run in side):
            continue  # its parts are named by what was found
        pairs = list(product(*sides))
        side = own.groupby("part")["side"].first()
        found = {
            part: [difference(a[part], b[part]) for a, b in pairs] for part in parts
        }
        states = (
            conjunction(_state(found[part][pair], side[part]) for part in parts)
            for pair in range(len(pairs))
        )
        beside = BEYOND[verdict(states)]
        for part, numbers in found.items():
            apart, lows, highs = zip(*numbers, strict=True)
            about = {"claim": claim, "split": split, "part": part, "beside": beside}
            ends = {"low": min(lows), "high": max(highs)}
            rows.append({**about, "difference": float(np.mean(apart)), **ends})
    columns = ["claim", "split", "part", "difference", "low", "high", "beside"]
    return pd.DataFrame(rows, columns=columns)


def _is_compared(rows: pd.DataFrame) -> bool:
    """Whether a claim has its numbers of every run, and each has a side."""
    if rows.empty or rows["side"].eq(0).any():
        return False
    first = rows.iloc[0]
    told = first["ungated"] or first["verdict"]
    return not str(told).startswith(NOT_RUN)


def _state(apart: Number, side: int) -> str:
    ends = side * apart.low, side * apart.high
    return above(0).state(min(ends), max(ends))


def _runs(rows: pd.DataFrame) -> list[dict[str, Number]]:
    """The numbers of a claim by part, of the mean over runs or of each run."""
    rows = rows[rows["low"].notna()]
    means = rows[rows["seed"].isna()]
    runs = [means] if len(means) else [run for _, run in rows.groupby("seed")]
    return [
        {
            part: Number(*numbers)
            for part, *numbers in run[["part", "estimate", "low", "high"]].to_numpy()
        }
        for run in runs
    ]


def behind_gate(gate: str, numbers: pd.DataFrame) -> pd.DataFrame:
    """The rows of a claim that a gate keeps from being asked: its numbers, no verdict.

    Args:
        gate: Its reason.
        numbers: The rows without it.
    """
    first = numbers.iloc[0]
    told = f"{first['verdict']}: {first['reason']}"
    if first["verdict"] != NOT_RUN:
        of_runs = numbers[numbers["seed"].notna() & numbers["part"].ne("")]
        means = of_runs.groupby("part", sort=False)["estimate"].mean()
        values = "; ".join(f"{part} {x:.3g}" for part, x in means.items())
        told = f"{first['verdict']} ({values})"
    states = dict.fromkeys(("state", "seed_state", "verdict"), NOT_RUN)
    nothing = {"p": np.nan, "runs_to_decide": 0}
    return numbers.assign(**states, **nothing, reason=gate, ungated=told)


def control_finding(control: pd.DataFrame, kind: str = LANGUAGE) -> str:
    """Say whether a claim that needs structure was reproduced without any.

    Args:
        control: Verdicts on the control.
        kind: `LANGUAGE` or `SHUFFLED`.

    Returns:
        One paragraph; of the control language it starts with "**WARNING" if there is
        such a claim, which shows that a test of our statistics has failed; on shuffled
        text words have their classes, so that it is a finding.
    """
    asked = control[control["needs_structure"]]
    if kind == SHUFFLED:  # which has the very words that such a claim counts
        asked = asked[~asked["of_text"]]
    asked = asked.drop_duplicates(["claim", "split"])
    false = asked[asked["verdict"] == REPRODUCED]
    if len(false):
        which = ", ".join(f"{r.claim} ({r.split})" for r in false.itertuples())
        return _FOUND[kind].format(which)
    ran = asked[asked["verdict"] != NOT_RUN]
    if not len(ran):
        return (
            f"No claim that needs classes, trees or topics was run on the {kind}: "
            "this test of our statistics has not been made."
        )
    done = set(ran["claim"])
    lost = [name for name in dict.fromkeys(asked["claim"]) if name not in done]
    free = asked[asked["ungated"].str.startswith(f"{REPRODUCED} ")]["claim"].unique()
    gated = (
        f" Without gates, which were made after such results had been seen, "
        f"{', '.join(free)} would have."
    )
    return (
        f"None of the {len(done)} claims that need classes, trees or "
        f"topics and were run on the {kind} came out `reproduced` there"
        + (f"; not run: {', '.join(lost)}." if lost else ".")
        + (gated if len(free) else "")
    )


_FOUND = {
    LANGUAGE: "**WARNING: {} came out `reproduced` on the control language, which has "
    "no classes, trees or topics.** These verdicts come from our statistics and not "
    "from the structure they are about; on text they may not be trusted until that is "
    "understood.",
    SHUFFLED: "**{} came out `reproduced` on the shuffled text**, where words have "
    "their classes and frequencies and stand anywhere: such a verdict follows from "
    "which words there are, and on text it says nothing of order, trees or topics.",
}


def beside_finding(text: pd.DataFrame, beside: pd.DataFrame, kind: str) -> str:
    """Say which reproduced claims about structure lie beyond the control's value.

    Args:
        text: Verdicts on the text.
        beside: Of `beside_control`.
        kind: `LANGUAGE` or `SHUFFLED`.

    Returns:
        One paragraph about each paper's first split.
    """
    first = text.groupby("paper")["split"].transform("first")
    own = text[text["split"].eq(first) & text["needs_structure"]]
    held = own[own["verdict"].eq(REPRODUCED)]["claim"].drop_duplicates()
    places = own[["claim", "split"]].drop_duplicates()
    told = beside.merge(places).drop_duplicates("claim").set_index("claim")["beside"]
    groups = [
        (how, [claim for claim in held if told.get(claim) == how])
        for how in BEYOND.values()
    ]
    groups.append(("not compared", [claim for claim in held if claim not in told]))
    shown = "; ".join(f"{how}: {', '.join(names)}" for how, names in groups if names)
    if not shown:
        return "No claim about structure is reproduced on the text."
    return (
        f"Of the claims about structure that are reproduced on the text ({len(held)}), "
        f"set beside the {kind}: {shown}."
    )
