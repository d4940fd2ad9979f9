"""The claims G1 to G52 about structured sparsification.

Criteria were fixed before the first run. A claim is asked of each task by itself, as
of a split: of those that are the setting that its row names, or stand for it; where
it compares settings it is asked once, of all tasks. A task of other sizes or fewer
epochs than the paper's says of the method what it says, and nothing of the paper's
numbers.

Source: Lobacheva et al. (2020), tables 1 and 2, figures 4 to 7.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ontogeny.claims.adjusting import adjusted
from ontogeny.claims.judge import judge as ask
from ontogeny.claims.verdicts import Claim, Lacks, claims_in
from ontogeny.studies.structured.claims import (
    bayes,
    engineering,
    gates,
    lags,
    printed,
    pruning,
    tasks_apart,
)
from ontogeny.studies.structured.claims.across import NAMED, AcrossRun
from ontogeny.studies.structured.claims.asking import ASKED
from ontogeny.studies.structured.claims.run import TaskRun
from ontogeny.studies.structured.inputs import Inputs
from ontogeny.studies.structured.roles import Task, tasks_of

ALL = "all tasks"
"""In the place of a split: of claims that compare tasks, or concern none."""

CLAIMS = claims_in(pruning, bayes, printed, gates, tasks_apart, lags, engineering)

OF_EACH = {"G22", "G24", "G32", "G36", "G37", "G44", "G47", "G48", "G52"}
"""Claims that ask each run, however many there are: where a run has its own best epoch,
its own structures, its own signs or its own largest neuron; and what must be so of
every network, or of every size."""

OWN_ITEMS = {
    *("G4", "G5", "G26", "G27", "G28", "G29", "G30", "G31", "G33", "G34", "G35"),
    *("G38", "G39", "G40", "G41", "G42", "G43", "G45", "G49", "G51"),
}
"""Claims that are of the neurons which a network has left, or of its own timings:
others in each run, so that resamples share nothing."""


def judge(inputs: Inputs, params: Any) -> pd.DataFrame:
    """Ask each claim of the tasks that it is about, and of every seed.

    Args:
        inputs: Of all tasks and seeds.
        params: tasks; resamples; judged; control, whether the text is the control
            language (absent: it is not).

    Raises:
        ValueError: If nothing was measured.
    """
    runs = _runs(inputs, params)
    if not runs:
        raise ValueError("no task was measured")
    tasks = tasks_of(params)
    blocks = [_judge(claim, tasks, runs, params.judged) for claim in CLAIMS]
    return adjusted(pd.concat(blocks, ignore_index=True))


def _runs(inputs: Inputs, params: Any) -> dict[tuple[str, int], TaskRun]:
    found = {}
    tasks = tasks_of(params)
    seeds = inputs.counts.groupby("task", sort=False)["seed"].unique()
    for name, own in seeds.items():
        for seed in map(int, own):
            tables = {
                key: table[table["task"].eq(name) & table["seed"].eq(seed)]
                for key, table in inputs._asdict().items()
                if key != "predefined"
            }
            found[str(name), seed] = TaskRun(
                tasks[str(name)],
                seed,
                tables,
                params.resamples,
                len(own) > 1,
                bool(getattr(params, "control", False)),
            )
    return found


def _judge(
    claim: Claim,
    tasks: Mapping[str, Task],
    runs: Mapping[tuple[str, int], TaskRun],
    judged: bool,
) -> pd.DataFrame:
    asked = ASKED[claim.id]
    if asked.some:
        seed = min(seed for _, seed in runs)
        return ask([claim], {(seed, ALL): list(runs.values())}, judged=judged)
    if asked.across:
        across = _across(asked.roles, runs)
        return _ask(claim, {(s, ALL): run for s, run in across.items()}, judged)
    own = {
        (seed, name): run
        for (name, seed), run in runs.items()
        if run.task.role in asked.roles
    }
    if own:
        return _ask(claim, own, judged)
    nobody = Claim(**{**vars(claim), "measure": _none(asked.roles)})
    seed = min(seed for _, seed in runs)
    return ask([nobody], {(seed, ALL): None}, judged=judged)


def _ask(
    claim: Claim, runs: Mapping[tuple[int, str], Any], judged: bool
) -> pd.DataFrame:
    return ask([claim], runs, judged=judged, of_each=OF_EACH, own_items=OWN_ITEMS)


def _none(roles: tuple[str, ...]) -> Any:
    def measure(_: Any) -> list:
        raise Lacks(f"no task stands for {' or '.join(NAMED[role] for role in roles)}")

    return measure


def _across(
    roles: tuple[str, ...], runs: Mapping[tuple[str, int], TaskRun]
) -> dict[int, AcrossRun]:
    """By seed, a task for each role: where there are several the paper's own."""
    tasks = {name: run.task for (name, _), run in runs.items()}
    order = sorted(tasks.values(), key=lambda task: not task.of_paper)
    chosen: dict[str, str] = {}
    for task in order:
        if task.role in roles:
            chosen.setdefault(task.role, task.name)
    seeds = {name: {s for own, s in runs if own == name} for name in chosen.values()}
    # Seeds that not every task has would leave no verdict.
    common = set.intersection(*seeds.values()) if seeds else set()
    return {
        seed: AcrossRun(
            {role: runs[name, seed] for role, name in chosen.items()}
            if seed in common
            else {},
            len(common) > 1,
            () if common else tuple(chosen.values()),
        )
        for seed in sorted(common) or [min(seed for _, seed in runs)]
    }
