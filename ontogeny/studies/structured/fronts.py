"""Perplexity against what a network costs, and against the strength of its penalty."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ontogeny.statistics.over_seeds import over_seeds
from ontogeny.studies.structured import quality
from ontogeny.studies.structured.inputs import Inputs
from ontogeny.studies.structured.names import variant as known
from ontogeny.studies.structured.roles import Task, is_sweep, label

COSTS = ["parameters", "operations", "milliseconds_1", "milliseconds_20"]
BATCHES = (1, 20)

FRONT = ["task", "variant", "framework", "label", "test_perplexity"]
FRONT += ["test_perplexity_min", "test_perplexity_max", *COSTS, "seeds"]

NUMBERS = ["neurons", "gates", "valid_perplexity", "test_perplexity"]
SWEEP = ["task", "title", "level", "factor", *NUMBERS]
SWEEP += [f"{name}_{end}" for name in NUMBERS for end in ("min", "max")] + ["seeds"]


def front_table(inputs: Inputs, tasks: dict[str, Task]) -> pd.DataFrame:
    """Word language models: test perplexity and four costs.

    Args:
        inputs: Of all tasks and seeds.
        tasks: By name.

    Returns:
        Columns `FRONT`, one row for each task and variant, means over seeds:
        parameters (weights that are not 0, biases of the neurons that remain and of
        the output layer), operations (multiply–adds per token of LSTMs and output
        layer, the removed units gone), milliseconds_1 and milliseconds_20 (per token of
        LSTMs and output layer, at batch 1 and 20, of the smaller network; of the median
        repetition). Predefined ones have the framework "predefined"; those without a
        test perplexity, for they recite, are left out.
    """
    rows = []
    for own in inputs.counts.to_dict("records"):
        task = tasks[own["task"]]
        if task.kind != "words" or is_sweep(own["variant"]):
            continue
        output = own["operations_output_shrunk"]
        rows.append(
            {
                **{key: own[key] for key in ("task", "variant", "seed")},
                "framework": task.framework,
                "label": f"{task.full_title}: {label(own['variant'])}",
                "test_perplexity": _test(inputs.quality, own),
                "parameters": own["nonzero"] + own["biases_remaining"],
                "operations": own["operations_shrunk"] + output,
                **_milliseconds(_same(inputs.times, own)),
            }
        )
    keys = ["task", "variant", "framework", "label"]
    table = pd.DataFrame(rows, columns=[*keys, "seed", "test_perplexity", *COSTS])
    both = [one for one in (table, _predefined(inputs.predefined)) if len(one)]
    whole = pd.concat(both or [table], ignore_index=True)
    averaged = ["test_perplexity", *COSTS]
    return over_seeds(whole, keys, mean=averaged, spread=["test_perplexity"])[FRONT]


def _same(table: pd.DataFrame, own: dict) -> pd.DataFrame:
    same = [table[key].eq(own[key]) for key in ("task", "seed", "variant")]
    return table[np.logical_and.reduce(same)]


def _test(rows: pd.DataFrame, own: dict) -> float:
    test = _same(rows, own)
    sums = test.loc[test["split"] == "test", ["nats", "predictions", "correct"]].sum()
    return float(quality.value("words", *sums))


def _milliseconds(rows: pd.DataFrame) -> dict[str, float]:
    found = {}
    for batch in BATCHES:
        own = rows[rows["batch"].eq(batch) & rows["what"].eq("shrunk")]
        step = own["seconds_per_step"].median()
        found[f"milliseconds_{batch}"] = 1000 * step / batch
    return found


def _predefined(points: pd.DataFrame) -> pd.DataFrame:
    """What the study of predefined sparseness gives, a row per network tested."""
    rows = []
    points = points[points["test_perplexity"].notna()]
    for (task, variant, seed), own in points.groupby(["task", "variant", "seed"]):
        first, step = own.iloc[0], own.set_index("batch")["seconds_per_step"]
        times = {
            f"milliseconds_{b}": 1000
            * step.groupby(level=0).median().get(b, np.nan)
            / b
            for b in BATCHES
        }
        rows.append(
            {
                "task": task,
                "variant": variant,
                "seed": seed,
                "framework": "predefined",
                "label": f"predefined, {task}: {variant}",
                "test_perplexity": first["test_perplexity"],
                "parameters": first["parameters"],
                "operations": first["operations_lstm"] + first["operations_output"],
                **times,
            }
        )
    return pd.DataFrame(rows)


def sweep_table(inputs: Inputs, tasks: dict[str, Task]) -> pd.DataFrame:
    """What networks of several strengths of the penalty end with.

    Args:
        inputs: Of all tasks and seeds.
        tasks: By name.

    Returns:
        Columns `SWEEP`, one row for each pruning task, level ("wn" or "wgn") and
        factor of its λ₁: means over seeds, smallest and largest; neurons and gates of
        all layers.
    """
    rows = []
    for (name, variant, seed), curve in inputs.curves.groupby(
        ["task", "variant", "seed"], sort=False
    ):
        task, about = tasks[str(name)], known(str(variant))
        asked = about.level in ("wn", "wgn") and about.on_output
        if task.framework != "pruning" or not asked:
            continue
        last = curve.sort_values("epoch").iloc[-1]
        layers = range(1, task.layers + 1)
        rows.append(
            {
                "task": name,
                "title": task.title,
                "level": about.level,
                "factor": about.factor,
                "seed": seed,
                "neurons": sum(last[f"neurons_{n}"] for n in layers),
                "gates": sum(last[f"gates_{n}"] for n in layers),
                **{key: last[key] for key in NUMBERS[2:]},
            }
        )
    keys = ["task", "title", "level", "factor"]
    table = pd.DataFrame(rows, columns=[*keys, "seed", *NUMBERS])
    swept = over_seeds(table, keys, mean=NUMBERS, spread=NUMBERS)
    return swept.sort_values(["task", "level", "factor"], ignore_index=True)[SWEEP]
