"""A training step that prunes, or draws its weights, beside the dense one's.

At the sizes of the small language model of Lobacheva et al. (2020): 2 × 200 units,
windows of 20 steps × 20 columns, vocabularies up to 10,000 words; one thread.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import torch

from benchmarks.timing import Criterion, interleave, ratio, summary
from benchmarks.training import zipfian
from ontogeny.bayes import total_kl_nats
from ontogeny.studies.structured.bayes_training import Posterior, make_bayesian
from ontogeny.studies.structured.losses import SumOverTime, WithDivergence
from ontogeny.studies.structured.networks import Sizes
from ontogeny.studies.structured.pruned import Pruning, make_pruned
from ontogeny.studies.structured.pruned_training import GroupLasso
from ontogeny.training.loop import Run
from ontogeny.training.stream import Stream, StreamLoss

STEPS = {1_000: 9, 5_000: 9, 10_000: 15}
LIMITS = {("W+G+N", "SGD"): 1.4, ("SparseVD", "Adam"): 2.6}
BATCH = WINDOW = 20
UNITS = 200

Step = Callable[[], object]


def run(folder: Path) -> dict[str, pd.DataFrame]:
    """Time steps over sizes of the vocabulary."""
    torch.set_num_threads(1)
    times = {types: interleave(_steps(types), n) for types, n in STEPS.items()}
    every = pd.concat(times, names=["types"]).reset_index(level="types")
    ratios = [
        (types, f"{of} / {to}", *ratio(times[types], of, to))
        for types in STEPS
        for of, to in LIMITS
    ]
    return {
        "steps": every.reset_index(drop=True),
        "step": summary(every, ["types", "contestant"]),
        "ratio": pd.DataFrame(
            ratios,
            columns=["types", "steps", "ratio", "lower_quartile", "upper_quartile"],
        ),
    }


def criteria(tables: dict[str, pd.DataFrame]) -> list[Criterion]:
    """The limits at 10,000 words."""
    found = tables["ratio"].set_index(["types", "steps"])
    criteria = []
    for (of, to), limit in LIMITS.items():
        row = found.loc[10_000, f"{of} / {to}"]
        measured = "{ratio:.2f} ({lower_quartile:.2f}–{upper_quartile:.2f})".format(
            **row
        )
        met = bool(row["ratio"] <= limit)
        what = f"step at 10,000 words, {of} / dense {to}"
        criteria.append(Criterion(what, f"≤ {limit}", measured, met))
    return criteria


def _steps(types: int) -> dict[str, Step]:
    """A step of each kind, on one window."""
    sizes = Sizes("words", types, types, UNITS, UNITS, 2, bound=0.1)
    words = BATCH * WINDOW
    window = Stream(zipfian(types, words), start=1, batch=BATCH, window=WINDOW)
    lasso = GroupLasso(Pruning("wgn", 0.0017, 1e-5))
    sgd = partial(torch.optim.SGD, lr=1.0)
    adam = partial(torch.optim.Adam, lr=2e-3)
    drawn = WithDivergence(StreamLoss(), total_kl_nats, 930_000)
    pruned = Pruning()
    kinds = {
        "SGD": (make_pruned(sizes, pruned), SumOverTime(), sgd, []),
        "W+G+N": (make_pruned(sizes, lasso.pruning), SumOverTime(), sgd, [lasso]),
        "Adam": (make_pruned(sizes, pruned), StreamLoss(), adam, []),
        "SparseVD": (
            make_bayesian(sizes, Posterior("wgn", "minibatch")),
            drawn,
            adam,
            [],
        ),
    }
    return {
        name: _stepper(
            Run(model, loss, window, make(model.parameters()), 0, 5.0, callbacks)
        )
        for name, (model, loss, make, callbacks) in kinds.items()
    }


def _stepper(run: Run) -> Step:
    """A run's next step, an epoch of one window."""

    def step() -> None:
        run.epochs += 1
        run.train()

    return step
