"""Claims about the smaller network: G47 to G52 (Lobacheva et al. 2020, §3)."""

from __future__ import annotations

import numpy as np

from ontogeny.claims.intervals import Statistic, statistic
from ontogeny.claims.regions import above, at_most, below
from ontogeny.claims.verdicts import Lacks
from ontogeny.studies.structured.claims import drawn
from ontogeny.studies.structured.claims.asking import EVERY, structured_claim
from ontogeny.studies.structured.claims.run import TaskRun

IN_METHOD = "proposed method: main idea"
EXACT = 1e-5
"""Settled: largest |difference| over largest |output|, in float32, over 1,000 steps."""

REPETITIONS = 20
BATCHES = (1, 20)
SPARSE = ("w", "wn", "wgn")


def sparse(run: TaskRun, *wanted: str) -> list[str]:
    """Sparse networks that were trained.

    Raises:
        Lacks: If none was.
    """
    found = [name for name in wanted or SPARSE if run.has(name)]
    if not found:
        raise Lacks("no sparse network was trained")
    return found


def _exact(run: TaskRun, column: str) -> list[Statistic]:
    found = []
    for name in sparse(run):
        error = float(run.counts(name)[column])
        part = f"largest relative error, {name.upper()}"
        found.append(Statistic(part, error, np.empty(0), at_most(EXACT)))
    return found


@structured_claim(
    "G47",
    "a neuron without outgoing weights can be removed",
    IN_METHOD,
    "shrunk = masked, relative 1e-5, float32, carried state, every setting",
    roles=EVERY,
)
def g47(run: TaskRun) -> list[Statistic]:
    return _exact(run, "shrunk_error")


@structured_claim(
    "G48",
    "a constant gate need not be computed",
    IN_METHOD,
    "the same with `skip_constant`",
    roles=EVERY,
)
def g48(run: TaskRun) -> list[Statistic]:
    return _exact(run, "skipped_error")


def speed(run: TaskRun, variant: str, slow: str, fast: str, batch: int) -> np.ndarray:
    """Median time of one form of the network over that of another.

    Repetitions are interleaved: a resample draws them for both.

    Raises:
        Lacks: If a form was timed fewer than 20 times.
    """
    run.need(variant)
    rows = run.tables["times"]
    rows = rows[rows["variant"].eq(variant) & rows["batch"].eq(batch)]
    times = rows.pivot_table(
        index="repetition", columns="what", values="seconds_per_step"
    ).reindex(columns=[slow, fast])
    known = times.dropna().to_numpy()
    if len(known) < REPETITIONS:
        raise Lacks(
            f"{slow} and {fast} were timed {len(known)} times at batch {batch}, "
            f"{REPETITIONS} are needed"
        )
    weights = run.drawn(len(known), "times", variant, batch)
    return drawn.median(known[:, 0], weights) / drawn.median(known[:, 1], weights)


def _faster(run: TaskRun, slow: str, fast: str, variants: list[str]) -> list[Statistic]:
    return [
        statistic(
            f"time {slow} / {fast}, batch {batch}, {name.upper()}",
            speed(run, name, slow, fast, batch),
            above(1),
        )
        for name in variants
        for batch in BATCHES
    ]


@structured_claim(
    "G49",
    'group sparsification "accelerates the testing stage"',
    "introduction",
    "time masked / shrunk > 1, batch 1 and 20",
    roles=EVERY,
)
def g49(run: TaskRun) -> list[Statistic]:
    return _faster(run, "masked", "shrunk", sparse(run, "wn", "wgn"))


@structured_claim(
    "G50",
    'constant gates reduce "the amount of computations"',
    IN_METHOD,
    "multiply–adds with / without skipping < 1",
    roles=EVERY,
)
def g50(run: TaskRun) -> list[Statistic]:
    row = run.counts("wgn")
    ratio = row["operations_skipped"] / row["operations_shrunk"]
    return [run.number("multiply–adds skipping / not, WGN", ratio, below(1))]


@structured_claim(
    "G51",
    "… and time (the paper does not say; expected by the reader)",
    "ours",
    "time shrunk / shrunk + skipping > 1",
    roles=EVERY,
)
def g51(run: TaskRun) -> list[Statistic]:
    # ASSUME: at both batches, as G49.
    return _faster(run, "shrunk", "skipped", ["wgn"])


@structured_claim(
    "G52",
    'biases "do not take up much memory"',
    IN_METHOD,
    "biases / all parameters < 0.01",
    roles=EVERY,
)
def g52(run: TaskRun) -> list[Statistic]:
    # ASSUME: of the network before anything is removed.
    row = run.counts("dense")
    return [run.number("biases / all", row["biases"] / row["parameters"], below(0.01))]
