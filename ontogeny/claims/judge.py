"""From claims and runs to the table of verdicts.

The table is tidy, one row per (claim, split, seed, part):

=============== ======= =====================================================
column          type    meaning
=============== ======= =====================================================
paper           string  heading of the report
claim           string  id, e.g. S3
sentence        string  what the paper says
source          string  section or figure
criterion       string  statistic and bound, as fixed before the first run
needs_structure bool    must not come out `reproduced` on the control language
split           string  the split that was measured
seed            int64   of the run
part            string  what the number is; "" where nothing was measured
estimate        float64 on the sample itself; NaN where nothing was measured
low, high       float64 95 % bootstrap interval
bound           string  what the criterion asks of this number, e.g. "> 0"
state           string  in, out, open, not run: this number
seed_state      string  the same for all numbers of this claim and seed
verdict         string  over the seeds of this claim and split
reason          string  why it was not run, else ""
note            string  a fact worth printing, else ""
=============== ======= =====================================================
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ontogeny.claims.intervals import (
    Statistic,
)
from ontogeny.claims.verdicts import (
    NOT_JUDGED,
    NOT_RUN,
    Claim,
    Lacks,
    conjunction,
    verdict,
)

COLUMNS = [
    "paper",
    "claim",
    "sentence",
    "source",
    "criterion",
    "needs_structure",
    "split",
    "seed",
    "part",
    "estimate",
    "low",
    "high",
    "bound",
    "state",
    "seed_state",
    "verdict",
    "reason",
    "note",
]


def judge(
    claims: Sequence[Claim],
    runs: Mapping[tuple[int, str], Any],
    *,
    judged: bool = True,
    not_judged: Mapping[int, str] | None = None,
) -> pd.DataFrame:
    """Ask every claim of every run and derive the verdicts.

    Args:
        claims: Their ids must differ.
        runs: For each (seed, split), what the claims' `measure` takes.
        judged: False on a scale too small for any verdict: nothing is
            measured and every claim is `not run`.
        not_judged: By seed, why nothing is measured on it either (see
            `ontogeny.statistics.learning.not_judged`).

    Returns:
        The table described at the top of this module, in the order of the
        claims, then of the runs.

    Raises:
        ValueError: If an id occurs twice or there is no run.

    >>> from ontogeny.claims.regions import above
    >>> rises = Claim("X1", "it rises", "a paper", "§1", "slope > 0", lambda slope: [
    ...     Statistic("slope", slope, slope + np.linspace(-1, 1, 9), above(0))])
    >>> judge([rises], {(0, "test"): 3.0, (1, "test"): 2.0})["verdict"].tolist()
    ['reproduced', 'reproduced']
    """
    twice = [name for name, n in Counter(c.id for c in claims).items() if n > 1]
    if twice:
        raise ValueError(f"claims with the same id: {', '.join(twice)}")
    if not runs:
        raise ValueError("no run to judge")
    reasons = not_judged or {}
    if not judged:
        reasons = dict.fromkeys((s for s, _ in runs), NOT_JUDGED)
    blocks = []
    for claim in claims:
        found = {
            (seed, split): _ask(claim, run, reasons.get(seed, ""))
            for (seed, split), run in runs.items()
        }
        for split in dict.fromkeys(split for _, split in runs):
            seeds = {seed: rows for (seed, at), rows in found.items() if at == split}
            blocks.append(_block(claim, split, seeds))
    return pd.concat(blocks, ignore_index=True)


def _ask(claim: Claim, run: Any, not_judged: str) -> list[dict[str, Any]]:
    """The rows of one claim and one run, as far as one seed can fill them."""
    if not_judged:
        return [_not_run(not_judged)]
    try:
        statistics = claim.measure(run)
    except Lacks as lack:
        return [_not_run(str(lack))]
    rows = [_row(statistic) for statistic in statistics]
    state = conjunction(row["state"] for row in rows)
    return [{**row, "seed_state": state} for row in rows]


def _not_run(reason: str) -> dict[str, Any]:
    nothing = {"part": "", "estimate": np.nan, "low": np.nan, "high": np.nan}
    states = {"bound": "", "state": NOT_RUN, "seed_state": NOT_RUN}
    return nothing | states | {"reason": reason, "note": ""}


def _row(statistic: Statistic) -> dict[str, Any]:
    reason = statistic.undefined()
    low, high = (np.nan, np.nan) if reason else statistic.interval()
    return {
        "part": statistic.part,
        "estimate": float(statistic.estimate),
        "low": low,
        "high": high,
        "bound": statistic.region.text,
        "state": NOT_RUN if reason else statistic.region.state(low, high),
        "reason": reason,
        "note": statistic.note,
    }


def _block(
    claim: Claim, split: str, seeds: Mapping[int, list[dict[str, Any]]]
) -> pd.DataFrame:
    """The rows of one claim and split, with the verdict over its seeds."""
    table = pd.DataFrame([dict(r, seed=s) for s, rows in seeds.items() for r in rows])
    fields = ("id", "sentence", "paper", "source", "criterion", "needs_structure")
    for field in fields:
        table["claim" if field == "id" else field] = getattr(claim, field)
    table["split"] = split
    table["verdict"] = verdict(rows[0]["seed_state"] for rows in seeds.values())
    table["reason"] = _reason(seeds)
    return table[COLUMNS]


def _reason(seeds: Mapping[int, list[dict[str, Any]]]) -> str:
    """Why there is no verdict: the seeds' reasons, named only if they differ."""
    why = {
        seed: "; ".join(dict.fromkeys(r["reason"] for r in rows if r["reason"]))
        for seed, rows in seeds.items()
    }
    if len(set(why.values())) == 1:
        return next(iter(why.values()))
    return "; ".join(f"seed {seed}: {text}" for seed, text in why.items() if text)
