"""The tables behind figures of probes.

Source: 003, figures 1 to 3 and A3; `knowledge` and `selectivity` are our own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ontogeny.studies.lottery.names import DENSE, UNTRAINED, WITH_NULL
from ontogeny.studies.lottery.points import (
    from_dense,
    points,
    sorted_by_chain,
    with_sparsity,
)
from ontogeny.studies.lottery.probe_points import best_layers
from ontogeny.studies.lottery.probed import STATIC, Probed

MODEL = ["chain", "prunings"]
OF_TASK = ["task", "title", "group"]
DATA_CHARACTERS = 640
"""Of a sentence below a figure; what is longer is told on the page alone."""


def best_scores(probed: Probed, probe: str) -> pd.DataFrame:
    """Each model's score at its best layer, and its z (figures 1 and 2).

    Args:
        probed: What was probed.
        probe: "linear" or "mlp".

    Returns:
        Columns task, title, group, chain, prunings, sparsity, layer (mean over seeds),
        value (z), low, high, score, score_low, score_high, spread (one z), floor, pale
        (whether that is below the noise floor in every seed), seeds, data, probe.
    """
    own = probed.scores[probed.scores["probe"].eq(probe)]
    rows = _told(probed, _points(best_layers(own), ["task", *MODEL]))
    return rows.assign(probe=probe)


def task_layers(probed: Probed, task: str) -> pd.DataFrame:
    """Each layer's score of one task and its z (figure A3).

    Args:
        probed: What was probed.
        task: Its name.

    Returns:
        As `best_scores`, a row for each layer.
    """
    own = probed.scores[probed.scores["probe"].eq("linear")]
    own = own[own["task"].eq(task)]
    return _told(probed, _points(own, ["task", *MODEL, "layer"]))


def group_layers(probed: Probed, groups: Sequence[str]) -> pd.DataFrame:
    """Each layer's mean z over the tasks of a group (figure 3).

    Tasks below their noise floor are left out, and so are those without a z.

    Args:
        probed: What was probed.
        groups: "syntax", "semantics".

    Returns:
        Columns group, chain, prunings, sparsity, layer, value, low, high, seeds, tasks
        (how many the mean is over; of several seeds their mean), left_out (titles of
        those that are in none), data.
    """
    keys = ["group", *MODEL, "layer"]
    named = probed.tasks.set_index("task")
    own = probed.scores[probed.scores["probe"].eq("linear")]
    own = own.assign(group=own["task"].map(named["group"]))
    own = own[own["group"].isin(groups)]
    varies = [bool(np.isfinite(draws[0])) for draws in own["z_draws"]]
    known = ~own["pale"].astype(bool) & pd.Series(varies, own.index, dtype=bool)
    rows = []
    for (seed, *of), cells in own[known].groupby(["seed", *keys], sort=False):
        draws = np.mean(list(cells["z_draws"]), axis=0)
        at = dict(zip(keys, of, strict=True))
        rows.append({"seed": seed, **at, "tasks": len(cells), "all_draws": draws})
    table = pd.DataFrame(rows, columns=["seed", *keys, "tasks", "all_draws"])
    found = points(_resampled(table, "all_draws"), keys, mean=["tasks"])
    left = {
        group: ", ".join(
            str(named["title"][task])
            for task in dict.fromkeys(cells["task"])
            if not (known & own["task"].eq(task)).any()
        )
        for group, cells in own.groupby("group", sort=False)
    }
    found["left_out"] = found["group"].map(left)
    used = probed.tasks[probed.tasks["group"].isin(groups)]
    found = sorted_by_chain(found, ["group", "prunings", "layer"])
    return with_sparsity(found, probed.sparsity).assign(data=data_of(used))


def knowledge(probed: Probed) -> pd.DataFrame:
    """Scores and code lengths by sparsity, beside what is not pruned or not trained.

    Returns:
        Columns quantity (score: at each model's best layer; compression: at layer N),
        task, title, group, chain (magnitude, unpruned; embedding, untrained: of 0
        prunings), prunings, sparsity, value, low, high, seeds, data. A code length has
        no resamples.
    """
    keys = ["quantity", "task", *MODEL]
    linear = probed.scores["probe"].eq("linear")
    null = probed.others[probed.others["probe"].eq("linear")]
    static = null["chain"].eq(STATIC)
    scores = [best_layers(probed.scores[linear]), null[static], best_layers(null)]
    table = pd.concat([one[["seed", *MODEL, "task", "draws"]] for one in scores])
    codes = probed.codes
    static = codes["site"].eq(STATIC)
    codes = codes[codes["layer"].ge(1) | (static & codes["chain"].eq(DENSE))]
    codes = codes.assign(chain=codes["chain"].mask(codes["site"].eq(STATIC), STATIC))
    null = codes[codes["chain"].isin((STATIC, UNTRAINED))]
    chains = from_dense(codes[codes["chain"].isin((DENSE, *WITH_NULL))])
    codes = pd.concat([chains, null])
    codes = codes.rename(columns={"compression": "value"})[
        ["seed", *MODEL, "task", "value"]
    ]
    both = pd.concat(
        [
            _resampled(table, "draws").assign(quantity="score"),
            codes.assign(quantity="compression", draws=None),
        ],
        ignore_index=True,
    )
    return _told(probed, points(both, keys))


def selectivity(probed: Probed) -> pd.DataFrame:
    """Scores beside control labels and beside form alone: LTH0 and the sparsest models.

    Returns:
        Columns quantity (score, control, selectivity: by word or pair, at layer N;
        beyond_form: the task's own score at the best layer − that of form alone),
        task, title, group, chain (dense, magnitude, unpruned; embedding: LTH0's),
        prunings, sparsity, value, low, high, seeds, few_types, data.
    """
    names = ["score", "control", "selectivity"]
    keys = ["quantity", "task", *MODEL]
    best = best_layers(probed.scores[probed.scores["probe"].eq("linear")])
    best = best[best["task"].isin(list(probed.forms))]
    beyond = [
        draws - probed.forms[task]
        for task, draws in zip(best["task"], best["draws"], strict=True)
    ]
    tables = [probed.controls.assign(quantity=n, all=probed.controls[n]) for n in names]
    tables.append(
        best.assign(quantity="beyond_form", all=pd.Series(beyond, best.index))
    )
    every = pd.concat([one[["seed", *keys, "all"]] for one in tables])
    last = every.groupby("chain")["prunings"].transform("max")
    every = every[every["prunings"].isin((0,)) | every["prunings"].eq(last)]
    # LTH0 begins each chain: here it is a model by itself.
    dense = every["prunings"].eq(0) & every["chain"].isin(WITH_NULL)
    every = every.assign(chain=every["chain"].mask(dense, DENSE))
    every = every.drop_duplicates(["seed", *keys])
    rows = _told(probed, points(_resampled(every, "all"), keys))
    few = dict(zip(probed.tasks["task"], probed.tasks["few_types"], strict=True))
    return rows.assign(few_types=rows["task"].map(few).astype(bool))


def data_of(tasks: pd.DataFrame) -> str:
    """What tasks are read from, and what of the paper's that stands in for.

    Args:
        tasks: `probe_tasks`.
    """
    told: dict[str, list[str]] = {}
    for title, ours, paper in zip(
        tasks["title"], tasks["stands_in"], tasks["paper"], strict=True
    ):
        text = str(ours) if ours in ("", paper) else f"{ours} for {paper}"
        told.setdefault(text or str(paper), []).append(str(title))
    sentence = "; ".join(f"{', '.join(own)}: {data}" for data, own in told.items())
    if len(sentence) > DATA_CHARACTERS:
        return "Most tasks are read from data that stand in for the paper's: probes.md."
    return f"Read from: {sentence}." if sentence else ""


def _resampled(table: pd.DataFrame, draws: str) -> pd.DataFrame:
    """With value, of the whole test part, and draws, of resamples alone."""
    drawn = list(table[draws])
    return table.assign(
        value=np.array([float(one[0]) for one in drawn]),
        draws=pd.Series([one[1:] for one in drawn], table.index, dtype=object),
    )


def _points(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """z and score of each point, with the ends of both."""
    mean = ["spread", "floor", "pale", *({"layer"} - set(keys))]
    rows = rows.assign(pale=rows["pale"].astype(float))
    found = points(_resampled(rows, "z_draws"), keys, mean=mean)
    scores = points(_resampled(rows, "draws"), keys)
    found = found.assign(
        score=scores["value"], score_low=scores["low"], score_high=scores["high"]
    )
    return found.assign(pale=found["pale"].ge(1))


def _told(probed: Probed, rows: pd.DataFrame) -> pd.DataFrame:
    """With what a reader is told of tasks, in their order, and sparsities."""
    named = probed.tasks.set_index("task")
    place = {task: at for at, task in enumerate(named.index)}
    rows = rows.assign(at=rows["task"].map(place))
    by = [name for name in ("quantity", "at", "prunings", "layer") if name in rows]
    rows = sorted_by_chain(rows, by).drop(columns="at")
    for name in OF_TASK[1:]:
        rows[name] = rows["task"].map(named[name])
    used = probed.tasks[probed.tasks["task"].isin(rows["task"])]
    return with_sparsity(rows, probed.sparsity).assign(data=data_of(used))
