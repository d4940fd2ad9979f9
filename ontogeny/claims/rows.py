"""Rows of the table of verdicts: of one claim in one run, and of the mean over runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ontogeny.claims.intervals import Statistic
from ontogeny.claims.over_runs import MOST, not_together, together
from ontogeny.claims.regions import OPEN
from ontogeny.claims.verdicts import NOT_RUN, conjunction

Found = list[Statistic] | str
"""A claim's numbers of one run, or why there are none."""


def rows_of(found: Found) -> list[dict[str, Any]]:
    """The rows of one claim and run, as far as they can fill them."""
    if isinstance(found, str):
        return [_not_run(found)]
    rows = [_row(statistic) for statistic in found]
    state = conjunction(row["state"] for row in rows)
    return [{**row, "seed_state": state} for row in rows]


def mean_rows(runs: Sequence[Found], *, shared: bool = True) -> list[dict[str, Any]]:
    """The rows of one claim, of the mean over runs; none if one of these was not asked.

    Args:
        runs: What each says.
        shared: Whether they have the same items.
    """
    several = [found for found in runs if not isinstance(found, str)]
    if len(several) < len(runs):
        return []
    if len({tuple(number.part for number in found) for found in several}) > 1:
        return [_not_run("its numbers are of other parts in each run")]
    rows, found = [], []
    for numbers in zip(*several, strict=True):
        first = numbers[0]
        asked = {"bound": first.region.text, "side": first.region.side}
        row: dict[str, Any] = {"part": first.part, **asked}
        reason = not_together(numbers)
        if reason:
            rows.append(_not_run(reason) | row)
            continue
        mean = together(numbers, shared=shared)
        found.append(mean)
        row |= {"estimate": mean.estimate, "low": mean.low, "high": mean.high}
        rows.append({**row, "state": mean.states[0], "reason": "", "note": mean.note})
    state = conjunction(row["state"] for row in rows)
    rest: dict[str, Any] = {"seed_state": state, "p": np.nan, "runs_to_decide": 0}
    if state != NOT_RUN:
        inside = max(mean.p_in for mean in found)
        outside = min(1.0, len(found) * min(mean.p_out for mean in found))
        rest["p"] = min(1.0, 2 * min(inside, outside))
    if state == OPEN:
        grown = map(conjunction, zip(*(mean.states for mean in found), strict=True))
        counts = enumerate(grown, start=len(runs))
        rest["runs_to_decide"] = next((n for n, at in counts if at != OPEN), MOST + 1)
    return [{**row, **rest} for row in rows]


def _not_run(reason: str) -> dict[str, Any]:
    nothing = {"part": "", "estimate": np.nan, "low": np.nan, "high": np.nan}
    states = {"bound": "", "side": 0, "state": NOT_RUN, "seed_state": NOT_RUN}
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
        "side": statistic.region.side,
        "state": NOT_RUN if reason else statistic.region.state(low, high),
        "reason": reason,
        "note": statistic.note,
    }
