"""Rows of the table of verdicts: of one claim in one run, and of the mean over runs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np

from ontogeny.claims.deletion import pseudo_values
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


def mean_rows(
    runs: Sequence[Found],
    *,
    shared: bool = True,
    deleted: Sequence[Sequence[Found]] = (),
) -> list[dict[str, Any]]:
    """The rows of one claim, of the mean over runs; none if one of these was not asked.

    Args:
        runs: What each says.
        shared: Whether they have the same items.
        deleted: Of numbers that a run has with every other: for each run, left out,
            what every other says then (`ontogeny.claims.deletion`).
    """
    several = [found for found in runs if not isinstance(found, str)]
    if len(several) < len(runs):
        return []
    left = [[found for found in own if not isinstance(found, str)] for own in deleted]
    if any(len(own) < len(runs) - 1 for own in left):
        return [_not_run("of fewer runs it is not asked, so its spread is unknown")]
    every = [*several, *chain.from_iterable(left)]
    if len({tuple(number.part for number in found) for found in every}) > 1:
        return [_not_run("its numbers are of other parts in each run")]
    rows, means = [], []
    for place, numbers in enumerate(zip(*several, strict=True)):
        first = numbers[0]
        asked = {"bound": first.region.text, "side": first.region.side}
        row: dict[str, Any] = {"part": first.part, **asked}
        reason = not_together([found[place] for found in every])
        if reason:
            rows.append(_not_run(reason) | row)
            continue
        without = [[found[place] for found in own] for own in left]
        stand_in = pseudo_values(numbers, without) if without else numbers
        mean = together(stand_in, shared=shared)
        means.append(mean)
        row |= {"estimate": mean.estimate, "low": mean.low, "high": mean.high}
        rows.append({**row, "state": mean.states[0], "reason": "", "note": mean.note})
    state = conjunction(row["state"] for row in rows)
    rest: dict[str, Any] = {"seed_state": state, "p": np.nan, "runs_to_decide": 0}
    if state != NOT_RUN:
        inside = max(mean.p_in for mean in means)
        outside = min(1.0, len(means) * min(mean.p_out for mean in means))
        rest["p"] = min(1.0, 2 * min(inside, outside))
    if state == OPEN:
        grown = map(conjunction, zip(*(mean.states for mean in means), strict=True))
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
