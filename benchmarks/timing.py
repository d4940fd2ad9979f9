"""Times of things done in turn, and what is said of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

# A round starts when the machine is this quiet, or has not been for so long.
BUSY_SHARE = 0.15
PATIENCE_S = 2.0


class Criterion(NamedTuple):
    """A limit and what was measured.

    Attributes:
        what: What is limited.
        limit: As written in the project's aims.
        measured: With its spread.
        met: None where it was not run.
    """

    what: str
    limit: str
    measured: str
    met: bool | None


def interleave(
    contestants: Mapping[str, Callable[[], object]], rounds: int, *, warm_up: int = 1
) -> pd.DataFrame:
    """Time contestants in turn, A B A B …, so that noise falls on all alike.

    Returns:
        Columns round, contestant, seconds; rounds of the warm-up are left out.
    """
    rows = []
    for number in range(-warm_up, rounds):
        wait_until_quiet()
        for name, contestant in contestants.items():
            start = time.perf_counter()
            contestant()
            rows.append((number, name, time.perf_counter() - start))
    times = pd.DataFrame(rows, columns=["round", "contestant", "seconds"])
    return times[times["round"] >= 0]


def wait_until_quiet() -> None:
    """Wait, not for ever, until nothing else computes; at once without /proc.

    Two threads that meet after every operation lose far more than their share
    when another program takes a core.
    """
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        before = _processor_ticks()
        time.sleep(0.1)
        idle, total = (b - a for a, b in zip(before, _processor_ticks(), strict=True))
        if total - idle <= BUSY_SHARE * total:
            return


def _processor_ticks() -> tuple[int, int]:
    """Ticks of all cores since the start: idle ones, and all."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return 0, 0
    ticks = [int(t) for t in stat.read_text().splitlines()[0].split()[1:]]
    return ticks[3] + ticks[4], sum(ticks)


def summary(times: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Median and quartiles in milliseconds, in the order met."""
    groups = times.groupby(by, sort=False)["seconds"]
    quartiles = (groups.quantile([0.25, 0.5, 0.75]) * 1000).unstack()
    quartiles.columns = ["lower_quartile_ms", "median_ms", "upper_quartile_ms"]
    counted = quartiles.assign(rounds=groups.size())
    return counted.reset_index()


class Ratio(NamedTuple):
    """Ratio of two contestants' medians, and quartiles of the rounds' ratios."""

    of_medians: float
    lower_quartile: float
    upper_quartile: float

    def __str__(self) -> str:
        spread = f"{self.lower_quartile:.2f}–{self.upper_quartile:.2f}"
        return f"{self.of_medians:.2f} ({spread})"


def ratio(times: pd.DataFrame, of: str, to: str) -> Ratio:
    """Time of one contestant relative to another."""
    table = times.pivot(index="round", columns="contestant", values="seconds")
    each = table[of] / table[to]
    medians = table.median()
    return Ratio(medians[of] / medians[to], each.quantile(0.25), each.quantile(0.75))
