"""A pruned LSTM as it is, and shrunk: time of a step, in one thread.

Sizes are those of table 1 of Lobacheva et al. (2020), W+G+N: neurons that remain, and
gates of theirs that are not constant; weights are drawn. All contestants must have the
same output before any of them is timed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import torch
from torch import nn
from torch.nn.utils import prune

from benchmarks.timing import Criterion, interleave, ratio, summary
from ontogeny.pruning.shrinking import shrink
from ontogeny.pruning.structure import count

BATCHES = (1, 20)
AGREEMENT = 1e-5


class Case(NamedTuple):
    """A language model's LSTM, and what the paper's pruning left of it.

    Attributes:
        hidden: Units of each of two layers, and of the embedding.
        neurons: That remain of each.
        gates: Of these, not constant.
        steps: Of a call.
        rounds: Timed.
        limits: By batch, how many times faster the smaller one must be.
    """

    hidden: int
    neurons: tuple[int, int]
    gates: tuple[int, int]
    steps: int
    rounds: int
    limits: dict[int, float]


CASES = {
    "small": Case(200, (64, 115), (193, 442), 100, 25, {1: 1.9, 20: 2.5}),
    "large": Case(1500, (252, 394), (881, 1418), 20, 7, {1: 10, 20: 10}),
}


def run(folder: Path) -> dict[str, pd.DataFrame]:
    """Time every case at every batch, and count its products."""
    del folder  # nothing is written but the tables
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.no_grad():
            times = pd.concat(
                _times(name, batch) for name in CASES for batch in BATCHES
            )
    finally:
        torch.set_num_threads(threads)
    by = ["size", "batch", "contestant"]
    steps = times["size"].map({name: case.steps for name, case in CASES.items()})
    per_step = summary(times.assign(seconds=times["seconds"] / steps), by)
    return {"times": times, "step": per_step, "products": _products()}


def criteria(tables: dict[str, pd.DataFrame]) -> list[Criterion]:
    """How many times as long a step takes before as after."""
    rows = []
    for (size, batch), times in tables["times"].groupby(["size", "batch"], sort=False):
        case = CASES[size]
        sizes = f"{case.hidden}–{case.hidden} → {case.neurons[0]}–{case.neurons[1]}"
        what = f"a step of {sizes}, batch {batch}"
        found, limit = ratio(times, "masked", "shrunk"), case.limits[batch]
        rows.append(
            Criterion(
                f"{what}, masked / shrunk",
                f"≥ {limit:g}",
                str(found),
                bool(found.of_medians >= limit),
            )
        )
        for other in ("mask applied", "constant gates skipped"):
            found = ratio(times, other, "shrunk")
            rows.append(Criterion(f"{what}, {other} / shrunk", "–", str(found), None))
    return rows


def pruned(case: Case, outputs: int = 10) -> tuple[nn.LSTM, nn.Linear]:
    """An LSTM and its reader, drawn, of which a case's neurons and gates are left."""
    torch.manual_seed(0)
    lstm = nn.LSTM(case.hidden, case.hidden, 2).eval()
    reader = nn.Linear(case.hidden, outputs)
    with torch.no_grad():
        for layer, (neurons, gates) in enumerate(
            zip(case.neurons, case.gates, strict=True)
        ):
            order = torch.randperm(case.hidden)
            above = reader.weight if layer else lstm.weight_ih_l1
            w_x, w_h = (
                getattr(lstm, f"weight_{kind}_l{layer}") for kind in ("ih", "hh")
            )
            for matrix in (w_h, above):
                matrix[:, order[neurons:]] = 0
            units = order[:neurons]
            rows = (torch.arange(4)[:, None] * case.hidden + units).flatten()
            constant = rows[torch.randperm(len(rows))[gates:]]
            w_x[constant], w_h[constant] = 0, 0
    return lstm, reader


def _contestants(case: Case, batch: int) -> dict[str, Callable[[], object]]:
    """The same network in every way there is."""
    lstm, reader = pruned(case)
    x = torch.randn(case.steps, batch, case.hidden)
    smaller, its_reader = shrink(lstm, reader)
    skipping, _ = shrink(lstm, reader, skip_constant=True)
    applied, _ = pruned(case)
    for name in [name for name, _ in applied.named_parameters() if "weight" in name]:
        prune.custom_from_mask(applied, name, getattr(applied, name) != 0)
    expected = reader(lstm(x)[0])
    for module, last in (
        (smaller, its_reader),
        (skipping, its_reader),
        (applied, reader),
    ):
        apart = (last(module(x)[0]) - expected).abs().max() / expected.abs().max()
        assert apart <= AGREEMENT, f"outputs differ by {apart:.1e}"
    return {
        "masked": lambda: lstm(x),
        "mask applied": lambda: applied(x),
        "shrunk": lambda: smaller(x),
        "constant gates skipped": lambda: skipping(x),
    }


def _times(size: str, batch: int) -> pd.DataFrame:
    case = CASES[size]
    times = interleave(_contestants(case, batch), case.rounds)
    return times.assign(size=size, batch=batch)


def _products() -> pd.DataFrame:
    """Multiply–adds of both layers for a step of one sequence."""
    rows = []
    for size, case in CASES.items():
        left = count(*pruned(case))
        assert (left.neurons, left.gates) == (case.neurons, case.gates)
        rows.append(
            {
                "size": size,
                "masked": left.operations,
                "shrunk": left.operations_shrunk,
                "constant gates skipped": left.operations_skipped,
            }
        )
    return pd.DataFrame(rows)
