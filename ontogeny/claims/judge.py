"""From claims and runs to the table of verdicts.

The table is tidy, one row per (claim, split, seed, part), and another without a seed
where a claim is about the mean over runs (`ontogeny.claims.over_runs`):

=============== ======= =====================================================
column          type    meaning
=============== ======= =====================================================
paper           string  heading of the report
claim           string  id, e.g. S3
sentence        string  what the paper says
source          string  section or figure
criterion       string  statistic and bound, as fixed before the first run
needs_structure bool    must not come out `reproduced` on the control language
of_text         bool    counts the text itself, not what a model made of it
split           string  the split that was measured
seed            Int64   of the run; missing: of the mean over runs
part            string  what the number is; "" where nothing was measured
estimate        float64 on the sample itself; NaN where nothing was measured
low, high       float64 95 % bootstrap interval
bound           string  what the criterion asks of this number, e.g. "> 0"
side            int64   1, -1: it must lie above, below that of a control without
                        structure; 0: not compared (`ontogeny.claims.controls`)
state           string  in, out, open, not run: this number
seed_state      string  the same for all numbers of this claim and seed
runs            int64   that the verdict rests on
verdict         string  over the runs of this claim and split
p               float64 of the claim, two-sided; NaN if it is not about a mean
adjusted        string  the verdict, adjusted for the number of claims; "" where no p is
runs_to_decide  int64   of an undecided claim, at today's estimates; 31: more than 30
ungated         string  of a gated claim: verdict and numbers without the gate; else ""
reason          string  why it was not run, else ""
note            string  a fact worth printing, else ""
=============== ======= =====================================================
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from ontogeny.claims.adjusting import adjusted
from ontogeny.claims.controls import behind_gate
from ontogeny.claims.over_runs import FEWEST
from ontogeny.claims.rows import Found, mean_rows, rows_of
from ontogeny.claims.verdicts import (
    NOT_JUDGED,
    Claim,
    Gated,
    Lacks,
    verdict,
)

COLUMNS = [
    "paper",
    "claim",
    "sentence",
    "source",
    "criterion",
    "needs_structure",
    "of_text",
    "split",
    "seed",
    "part",
    "estimate",
    "low",
    "high",
    "bound",
    "side",
    "state",
    "seed_state",
    "runs",
    "verdict",
    "p",
    "adjusted",
    "runs_to_decide",
    "ungated",
    "reason",
    "note",
]


def judge(
    claims: Sequence[Claim],
    runs: Mapping[tuple[int, str], Any],
    *,
    judged: bool = True,
    not_judged: Mapping[int, str] | None = None,
    of_each: Collection[str] = (),
    own_items: Collection[str] = (),
    without: Mapping[str, Mapping[int, Mapping[tuple[int, str], Any]]] | None = None,
    ungated: Mapping[tuple[int, str], Any] | None = None,
) -> pd.DataFrame:
    """Ask every claim of every run and derive the verdicts.

    Args:
        claims: Their ids must differ.
        runs: For each (seed, split), what the claims' `measure` takes.
        judged: False on a scale too small for any verdict: nothing is
            measured and every claim is `not run`.
        not_judged: By seed, why nothing is measured on it either (see
            `ontogeny.statistics.learning.not_judged`).
        of_each: Ids of claims that are about each run, however many there are: those
            whose numbers, or components of extremes, a run chooses for itself. Others
            are about the mean over runs where these are three or more.
        own_items: Ids of those that are of items which no two runs share.
        without: By id, of those of numbers that a run has with every other: by seed,
            the other runs as they are without it (`ontogeny.claims.deletion`).
        ungated: The same runs, without gates (`ontogeny.claims.verdicts.Gated`).

    Returns:
        The table described at the top of this module, in the order of the
        claims, then of the runs.

    Raises:
        ValueError: If an id occurs twice or there is no run.

    >>> from ontogeny.claims.intervals import Statistic
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
    excluded = set(reasons)
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
            mean = None
            if claim.id not in of_each:
                others = (without or {}).get(claim.id, {})
                shared = claim.id not in own_items
                mean = partial(_mean, claim, split, others, shared)
            block = _block(claim, split, seeds, mean, excluded)
            if any(isinstance(one, _Gate) for one in seeds.values()):
                free = {
                    seed: _ask(claim, run, reasons.get(seed, ""))
                    for (seed, at), run in (ungated or {}).items()
                    if at == split
                }
                if free:
                    numbers = _block(claim, split, free, mean, excluded)
                    block = behind_gate(block["reason"].iloc[0], numbers)
            blocks.append(block)
    return adjusted(pd.concat(blocks, ignore_index=True))


def _ask(claim: Claim, run: Any, not_judged: str) -> Found:
    """A claim's numbers of one run, or why there are none."""
    if not_judged:
        return not_judged
    try:
        return list(claim.measure(run))
    except Gated as gate:
        return _Gate(gate)
    except Lacks as lack:
        return str(lack)


class _Gate(str):
    """A gate's reason."""


def _mean(
    claim: Claim,
    split: str,
    without: Mapping[int, Mapping[tuple[int, str], Any]],
    shared: bool,
    seeds: Mapping[int, Found],
    counted: Collection[int],
) -> list[dict[str, Any]]:
    """Rows of the mean over runs.

    Args:
        claim: It.
        split: It.
        without: See `judge`; empty where a run's number is its own.
        shared: Whether runs have the same items.
        seeds: What each says.
        counted: Seeds of these runs.
    """
    deleted = [
        [
            _ask(claim, run, "")
            for (other, at), run in without[seed].items()
            if at == split and other in counted
        ]
        for seed in (counted if without else ())
    ]
    return mean_rows([seeds[s] for s in counted], shared=shared, deleted=deleted)


def _block(
    claim: Claim,
    split: str,
    seeds: Mapping[int, Found],
    mean_of: Callable[..., list[dict[str, Any]]] | None,
    excluded: Collection[int],
) -> pd.DataFrame:
    """The rows of one claim and split, with the verdict over its runs.

    Args:
        claim: It.
        split: It.
        seeds: What each says.
        mean_of: From what each says and which count to rows of the mean over these;
            None: it is of each.
        excluded: Seeds whose model has learned nothing.
    """
    rows = {seed: rows_of(found) for seed, found in seeds.items()}
    table = pd.DataFrame([dict(r, seed=s) for s, own in rows.items() for r in own])
    # Of several runs those whose model has learned nothing do not count.
    several = len(seeds) >= FEWEST
    counted = {s: own for s, own in rows.items() if not (several and s in excluded)}
    if several and len(counted) < 2:
        counted = rows
    states = [own[0]["seed_state"] for own in counted.values()]
    told = {"p": np.nan, "runs_to_decide": 0}
    mean: list[dict[str, Any]] = []
    if mean_of is not None and len(counted) >= FEWEST:
        mean = mean_of(seeds, counted)
        if mean:
            told = {key: mean[0].get(key, of) for key, of in told.items()}
            states = [mean[0]["seed_state"]]
            table = pd.concat([table, pd.DataFrame(mean)], ignore_index=True)
    fields = ("id", "sentence", "paper", "source", "criterion", "needs_structure")
    for field in (*fields, "of_text"):
        table["claim" if field == "id" else field] = getattr(claim, field)
    reason = _reason(rows) or next((row["reason"] for row in mean if row["reason"]), "")
    if claim.of_text or not claim.needs_structure:
        table["side"] = 0
    found = verdict(states)
    about = {"split": split, "verdict": found, "reason": reason, "runs": len(counted)}
    table = table.assign(adjusted="", ungated="", **about, **told)
    return table[COLUMNS].astype({"seed": "Int64"})


def _reason(seeds: Mapping[int, list[dict[str, Any]]]) -> str:
    """Why there is no verdict: the seeds' reasons, named only if they differ."""
    why = {
        seed: "; ".join(dict.fromkeys(r["reason"] for r in rows if r["reason"]))
        for seed, rows in seeds.items()
    }
    if len(set(why.values())) == 1:
        return next(iter(why.values()))
    return "; ".join(f"seed {seed}: {text}" for seed, text in why.items() if text)
