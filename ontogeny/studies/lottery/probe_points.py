"""Scores of probes as figures and claims have them: resampled, by layer, as z.

A statistic's *draws* have shape (1 + resamples,): the first is of the whole test part,
the others of resamples of its sentences (of Coref: novels). All tasks that are read
from one text share its resamples, and so do all models, so that differences are paired.

Source: 003, sections 4.1 to 4.4, figures 1 to 3 and A3.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ontogeny.measures.probing.metrics import SCORES
from ontogeny.statistics.bootstrap import resampling_weights
from ontogeny.studies.lottery.names import CONTROLLED, DENSE
from ontogeny.tasks.probing.task import own_metric

MODEL = ["seed", "chain", "prunings"]
FLOOR_DEVIATIONS = 2.8
"""Standard deviations of one score that two scores differ by in one of twenty pairs:
1.96 · √2."""
LEAST_SPREAD = 1e-4
"""Of scores; of a task that varies less there is no z."""


def plain_metric(metric: str) -> str:
    """The metric that selectivity is of: by word or pair, so that chance is one number.

    Args:
        metric: Of the task.

    >>> plain_metric("span_f1"), plain_metric("pearson")
    ('accuracy', 'pearson')
    """
    return metric if metric == "pearson" else "accuracy"


def own_scores(probes: pd.DataFrame, tasks: pd.DataFrame) -> pd.DataFrame:
    """The rows that scores are told by: the task's own metric, the paper's recipe.

    Args:
        probes: Of `ontogeny.studies.lottery.inputs.Inputs`.
        tasks: Its `probe_tasks`.
    """
    metrics = dict(zip(tasks["task"], map(own_metric, tasks["metric"]), strict=True))
    own = probes["recipe"].eq("paper") & probes["labels"].eq("true")
    return probes[own & probes["metric"].eq(probes["task"].map(metrics))]


def studied(rows: pd.DataFrame) -> pd.Series:
    """Whether rows are of seeds that have chains, or an untrained model: an LTH0 of
    another seed is held beside theirs, and shown nowhere."""
    others = rows.loc[~rows["chain"].isin((DENSE, CONTROLLED)), "seed"].unique()
    return rows["seed"].isin(others if len(others) else rows["seed"].unique())


def text_weights(
    probes: pd.DataFrame, tasks: pd.DataFrame, resamples: int = 1000
) -> dict[str, np.ndarray]:
    """How often each unit of each text is drawn: in the whole, then in resamples.

    Args:
        probes: Of `ontogeny.studies.lottery.inputs.Inputs`.
        tasks: Its `probe_tasks`.
        resamples: Of each text, drawn for each text by itself.

    Returns:
        By text, shape (1 + resamples, units); the first row is of ones.
    """
    named = dict(zip(tasks["task"], tasks["text"], strict=True))
    units: dict[str, int] = {}
    forms = tasks[["task", "form_units"]].rename(columns={"form_units": "units"})
    own = probes.loc[probes["chain"].ne(CONTROLLED), ["task", "units"]]
    for rows in (own.drop_duplicates("task"), forms):
        for task, known in zip(rows["task"], rows["units"], strict=True):
            if _there(known):
                text = str(named[task])
                units[text] = max(units.get(text, 0), 1 + int(np.max(known)))
    found = {}
    for text, count in units.items():
        # By one seed all texts would be drawn alike, place by place.
        drawn = resampling_weights(count, resamples, zlib.crc32(text.encode()))
        found[text] = np.vstack([np.ones((1, count), drawn.dtype), drawn])
    return found


def with_draws(
    rows: pd.DataFrame, tasks: pd.DataFrame, weights: Mapping[str, np.ndarray]
) -> pd.DataFrame:
    """Rows of `probes` with their score's draws.

    Args:
        rows: Of `probes`, or of those with columns task, metric, units and sums.
        tasks: `probe_tasks`.
        weights: Of `text_weights`.

    Returns:
        Numbered anew, with a column draws: each of shape (1 + resamples,).
    """
    rows = rows.reset_index(drop=True)
    named = dict(zip(tasks["task"], tasks["text"], strict=True))
    found = pd.Series([None] * len(rows), index=rows.index, dtype=object)
    of_units = rows["units"].map(lambda units: np.asarray(units, int).tobytes())
    for (task, metric, _), own in rows.groupby(
        ["task", "metric", of_units], sort=False
    ):
        units = np.asarray(own["units"].iloc[0], int)
        # (units, rows, parts)
        sums = np.stack(
            [np.reshape(one, (len(units), -1)) for one in own["sums"]], axis=1
        ).astype(float)
        drawn = np.tensordot(weights[named[str(task)]][:, units].astype(float), sums, 1)
        scores = SCORES[str(metric)](drawn).T
        found.loc[own.index] = pd.Series(list(scores), own.index, dtype=object)
    return rows.assign(draws=found)


def form_scores(
    tasks: pd.DataFrame, weights: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """By task, the draws of a baseline's score on form alone; tasks that have one.

    Args:
        tasks: `probe_tasks`.
        weights: Of `text_weights`.
    """
    known = np.array([_there(units) for units in tasks["form_units"]], bool)
    own = tasks[known]
    rows = own.assign(
        units=own["form_units"],
        sums=own["form_sums"],
        metric=list(map(own_metric, own["metric"])),
    )
    drawn = with_draws(rows, tasks, weights)
    return dict(zip(drawn["task"], drawn["draws"], strict=True))


def best_layers(scores: pd.DataFrame) -> pd.DataFrame:
    """Of each model, task and probe the row of its best layer.

    The layer among 1 … N that scores highest on the validation part, which no resample
    changes; of equal ones the first.

    Args:
        scores: Of `own_scores`.
    """
    own = scores[scores["layer"].ge(1)].sort_values("layer", kind="stable")
    order = own["valid_score"].astype(float).fillna(-np.inf)
    own = own.loc[order.sort_values(ascending=False, kind="stable").index]
    return own.drop_duplicates([*MODEL, "task", "probe"]).sort_index()


def noise_floors(scores: pd.DataFrame, probe_seeds: pd.DataFrame) -> pd.DataFrame:
    """How much two scores may differ and say nothing, by task and layer.

    2.8 standard deviations of LTH0's score over probe seeds, or what it differs by from
    another LTH0's, where that is more.

    Args:
        scores: Of `own_scores`, of all seeds: other LTH0 are among them.
        probe_seeds: Of `ontogeny.studies.lottery.inputs.Inputs`.

    Returns:
        Columns seed, task, layer, floor; NaN where neither is known.
    """
    keys = ["seed", "task", "layer"]
    dense = scores[scores["chain"].eq(DENSE) & scores["probe"].eq("linear")]
    found = dense[[*keys, "score"]].reset_index(drop=True)
    deviations = probe_seeds.groupby(keys)["score"].std().rename("deviation")
    found = found.join(deviations.astype(float), on=keys)
    others = found.groupby(["task", "layer"])["score"]
    above = others.transform("max") - found["score"]
    below = found["score"] - others.transform("min")
    apart = above.where(above > below, below).astype(float)
    apart = apart.where(others.transform("count").gt(1))
    deviations = FLOOR_DEVIATIONS * found["deviation"]
    return found[keys].assign(floor=np.fmax(deviations, apart))


def z_scales(scores: pd.DataFrame, floors: pd.DataFrame) -> pd.DataFrame:
    """What z of a task is counted from, and in: fixed over resamples.

    Mean and population standard deviation over the cells of the magnitude chain, LTH0
    with it: models × layers 1 … N (of the MLP: those at which it was trained).

    Args:
        scores: Of `own_scores`.
        floors: Of `noise_floors`.

    Returns:
        Columns seed, task, probe, mean, spread (the standard deviation), layer (LTH0's
        best), floor (of the linear probe there), pale (whether the spread is below
        it; False where there is no floor).
    """
    keys = ["seed", "task", "probe"]
    scores = scores[studied(scores)]
    cells = scores[scores["chain"].isin((DENSE, "magnitude")) & scores["layer"].ge(1)]
    of_task = cells.groupby(keys, sort=False)["score"]
    found = of_task.agg(mean="mean", spread=lambda own: own.std(ddof=0)).reset_index()
    dense = best_layers(scores[scores["chain"].eq(DENSE)])
    found = found.merge(dense[[*keys, "layer"]], on=keys, how="left")
    found = found.merge(floors, on=["seed", "task", "layer"], how="left")
    # ASSUME: a z counts in these standard deviations, so that they are what must stand
    # out of noise; the range of many cells does so by chance alone.
    return found.assign(pale=found["spread"].lt(found["floor"]))


def z_of(values: Any, mean: float, spread: float) -> np.ndarray:
    """z = (score − mean) / spread; NaN of a task that does not vary.

    Args:
        values: Scores or draws of one, of any shape.
        mean: Of the task (`z_scales`).
        spread: Likewise.

    >>> z_of([0.7, 0.9], mean=0.8, spread=0.05).round(6).tolist()
    [-2.0, 2.0]
    """
    unit = spread if spread >= LEAST_SPREAD else np.nan
    return (np.asarray(values, float) - mean) / unit


def with_z(rows: pd.DataFrame, scales: pd.DataFrame) -> pd.DataFrame:
    """Rows with their z, in draws, and with their task's columns of `z_scales`.

    Args:
        rows: Of `with_draws`, those of `own_scores`.
        scales: Of `z_scales`; rows of a seed or probe without one are left out.

    Returns:
        With columns z_draws, mean, spread, floor, pale.
    """
    own = rows.merge(scales.drop(columns="layer"), on=["seed", "task", "probe"])
    each = zip(own["draws"], own["mean"], own["spread"], strict=True)
    return own.assign(z_draws=pd.Series([z_of(*one) for one in each], dtype=object))


def beside_control(
    probes: pd.DataFrame, tasks: pd.DataFrame, weights: Mapping[str, np.ndarray]
) -> pd.DataFrame:
    """Scores beside those of control labels: selectivity = score − control score.

    Args:
        probes: Of `ontogeny.studies.lottery.inputs.Inputs`.
        tasks: Its `probe_tasks`.
        weights: Of `text_weights`.

    Returns:
        Columns seed, chain, prunings, task, site, layer, and draws of the score, the
        control score and their difference: score, control, selectivity.
    """
    metrics = dict(zip(tasks["task"], map(plain_metric, tasks["metric"]), strict=True))
    own = probes[probes["recipe"].eq("converged") & probes["probe"].eq("linear")]
    own = own[own["metric"].eq(own["task"].map(metrics))]
    own = with_draws(own, tasks, weights)
    keys = [*MODEL, "task", "site", "layer"]
    true, control = (
        own.loc[own["labels"].eq(labels), [*keys, "draws"]].rename(
            columns={"draws": name}
        )
        for labels, name in (("true", "score"), ("control", "control"))
    )
    both = true.merge(control, on=keys)
    pairs = zip(both["score"], both["control"], strict=True)
    difference = [score - chance for score, chance in pairs]
    return both.assign(selectivity=pd.Series(difference, dtype=object))


def _there(values: object) -> bool:
    """Whether a cell holds numbers, which may be a list, an array or nothing."""
    return isinstance(values, Sequence | np.ndarray) and len(values) > 0
