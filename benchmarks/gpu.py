"""Training on a GPU beside the standard recipe, and what the paper's run needs."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import torch

from benchmarks.timing import Criterion, summary
from benchmarks.training import steps_in_turn
from ontogeny.training.devices import choose_device
from ontogeny.training.recipe import Recipe

# The paper does not give its vocabulary: 100 occurrences in 227 M words leave
# some ten thousands of types.
SIZES = (10_000, 50_000)
STEPS = 100
PAPER_TOKENS = 50 * 227e6
WHAT = "on a GPU: tokens per second; hours for 50 × 227 M tokens"


def run(folder: Path) -> dict[str, pd.DataFrame]:
    """Tokens per second of ours and of the recipe; an empty table without a GPU."""
    if not torch.cuda.is_available():
        return {"speed": pd.DataFrame()}
    device = str(choose_device("cuda"))
    recipe = Recipe()
    times = pd.concat(
        steps_in_turn(types, STEPS, device).assign(types=types) for types in SIZES
    )
    speed = summary(times, ["types", "contestant"])
    per_step = recipe.batch * recipe.window
    speed["tokens_per_s"] = per_step / (speed["median_ms"] / 1000)
    speed["paper_hours"] = PAPER_TOKENS / speed["tokens_per_s"] / 3600
    return {"speed": speed}


def criteria(tables: dict[str, pd.DataFrame]) -> list[Criterion]:
    """No limit: numbers, or that there are none."""
    speed = tables["speed"]
    if speed.empty:
        return [Criterion(WHAT, "none", "not run", None)]
    return [
        Criterion(
            f"{WHAT}: {row.contestant}, {row.types:,} words",
            "none",
            f"{row.tokens_per_s:,.0f}; {row.paper_hours:.1f}",
            None,
        )
        for row in speed.itertuples()
    ]
