"""How often verdicts over runs are right, by simulation: nothing is timed.

A number of each run is the sum of a true mean, of what its items do to all runs alike,
of what distinguishes runs, and of what its items do to that run alone; its resamples
have the first and the last. A claim asks for a mean above 0.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.timing import Criterion
from ontogeny.claims.intervals import Statistic
from ontogeny.claims.over_runs import together
from ontogeny.claims.regions import IN, above

TRIALS, RESAMPLES = 2_000, 200
RUNS = (3, 5, 10)
SPREADS = {
    "runs and items alike": (1.0, 1.0, 0.5),
    "runs differ, items hardly": (1.0, 0.2, 0.2),
    "items leave much open, runs agree": (0.3, 1.0, 0.3),
    "each run's items are its own": (1.0, 0.0, 1.0),
}
"""Standard deviations: of runs, of items shared, of items a run's own."""
FALSE_SHARE = {3: 0.04, 5: 0.03, 10: 0.03}
"""Of verdicts at a mean of 0, at most."""


def run(folder: Path) -> dict[str, pd.DataFrame]:
    """Shares of `reproduced`, a row for each setting and number of runs."""
    del folder  # nothing is written but the table
    rows = []
    for name, spreads in SPREADS.items():
        # At which three runs would often be too few.
        effect = 2 * float(np.hypot(spreads[0], spreads[1]))
        for runs in RUNS:
            false, each_false = _shares(0.0, spreads, runs)
            power, each_power = _shares(effect, spreads, runs)
            rows.append(
                {
                    "setting": name,
                    "runs": runs,
                    "false": false,
                    "false_each": each_false,
                    "power": power,
                    "power_each": each_power,
                }
            )
    return {"verdicts": pd.DataFrame(rows)}


def criteria(tables: dict[str, pd.DataFrame]) -> list[Criterion]:
    """Few false verdicts, and power that grows with runs."""
    table = tables["verdicts"]
    found = []
    for runs, most in FALSE_SHARE.items():
        worst = table.loc[table["runs"].eq(runs), "false"].max()
        slack = 2 * np.sqrt(most * (1 - most) / TRIALS)
        found.append(
            Criterion(
                f"reproduced at the boundary, of {runs} runs",
                f"≤ {most:.0%}, and {slack:.1%} for the trials' number",
                f"{worst:.1%}",
                worst <= most + slack,
            )
        )
    by_setting = table.sort_values("runs").groupby("setting", sort=False)["power"]
    least = by_setting.apply(lambda power: power.diff().min()).min()
    # Where items alone leave a mean open more runs are of no use: none may be lost.
    lost = 2 * np.sqrt(2 * 0.25 / TRIALS)
    what = "power gained by more runs, least"
    found.append(Criterion(what, f"≥ −{lost:.2f}", f"{least:.2f}", least >= -lost))
    three = table[table["runs"].eq(3)]
    gain = (three["power"] - three["power_each"]).min()
    what = "power of 3 runs, above that of each, least of all settings"
    found.append(Criterion(what, "≥ 0", f"{gain:.2f}", gain >= 0))
    return found


def _shares(
    mean: float, spreads: tuple[float, float, float], runs: int
) -> tuple[float, float]:
    """Of trials: `reproduced` by the mean over runs; by every run for itself."""
    rng = np.random.default_rng(0)
    together_in, each_in = 0, 0
    for _ in range(TRIALS):
        numbers = _numbers(rng, mean, spreads, runs)
        together_in += together(numbers).states[0] == IN
        each_in += all(n.region.state(*n.interval()) == IN for n in numbers)
    return together_in / TRIALS, each_in / TRIALS


def _numbers(
    rng: np.random.Generator,
    mean: float,
    spreads: tuple[float, float, float],
    runs: int,
) -> list[Statistic]:
    between, items, own = spreads
    values = mean + rng.normal(scale=items) + rng.normal(scale=between, size=runs)
    values = values + rng.normal(scale=own, size=runs)
    drawn = rng.normal(scale=items, size=RESAMPLES)
    drawn = drawn + rng.normal(scale=own, size=(runs, RESAMPLES))
    return [
        Statistic("x", value, value + more, above(0))
        for value, more in zip(values, drawn, strict=True)
    ]
