"""Tables A2 and A3 beside the paper's, and the page of probes.

Source: 003, tables A2 and A3; what the paper lacks is said beside its column.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ontogeny.statistics.over_seeds import over_seeds
from ontogeny.studies.lottery.names import DENSE, WITH_NULL
from ontogeny.studies.lottery.probed import Probed
from ontogeny.studies.lottery.tables import ABSENT, as_markdown, number

LINEAR: dict[str, tuple[float, ...]] = {
    "ps_fxn": (0.858, 0.859, 0.847, 0.840, 0.847, 0.841, 0.833, 0.826, 0.828),
    "ps_role": (0.740, 0.760, 0.756, 0.744, 0.737, 0.726, 0.717, 0.717, 0.721),
    "coref": (0.771, 0.778, 0.743, 0.764, 0.766, 0.747, 0.724, 0.748, 0.749),
    "syn_arc_pred": (0.905, 0.906, 0.908, 0.909, 0.912, 0.915, 0.916, 0.919, 0.921),
    "sem_arc_pred": (0.892, 0.894, 0.895, 0.898, 0.903, 0.908, 0.911, 0.913, 0.917),
    "ner": (0.718, 0.723, 0.726, 0.727, 0.728, 0.731, 0.719, 0.719, 0.717),
    "ged": (0.302, 0.307, 0.305, 0.306, 0.309, 0.310, 0.305, 0.297, 0.299),
    "ef": (0.712, 0.714, 0.719, 0.722, 0.722, 0.722, 0.717, 0.716, 0.709),
}
"""Scores of LTH0 to LTH8 with the linear probe: 003, table A2."""
MLP: dict[str, tuple[float, ...]] = {
    "ps_fxn": (0.866, 0.867, 0.869, 0.861, 0.853, 0.853, 0.841, 0.851, 0.846),
    "ps_role": (0.764, 0.765, 0.762, 0.758, 0.749, 0.752, 0.740, 0.741, 0.722),
    "coref": (0.832, 0.835, 0.822, 0.831, 0.834, 0.823, 0.798, 0.813, 0.814),
    "syn_arc_pred": (0.969, 0.969, 0.969, 0.969, 0.968, 0.969, 0.969, 0.970, 0.971),
    "sem_arc_pred": (0.964, 0.963, 0.963, 0.963, 0.963, 0.963, 0.963, 0.964, 0.965),
    "ner": (0.790, 0.800, 0.796, 0.797, 0.796, 0.795, 0.787, 0.791, 0.782),
    "ged": (0.427, 0.439, 0.428, 0.435, 0.438, 0.434, 0.433, 0.426, 0.431),
    "ef": (0.735, 0.737, 0.742, 0.745, 0.736, 0.746, 0.739, 0.738, 0.732),
}
"""The same with the multilayer perceptron: 003, table A3."""

ABOUT = {
    "tasks": "What each task is read from here and in the paper; its score, classes "
    "and sizes; items of words without a subword (*dropped*) and with an unknown one; "
    "test labels that training lacks, which count as wrong. *one z*: the standard "
    "deviation of the linear score over the magnitude chain's models and layers. "
    "*noise floor*: 2.8 standard deviations over probe seeds of LTH0's score at its "
    "best layer, or what it differs by from another LTH0's, if that is more. A task of "
    "which one z is below its noise floor is hatched in figures and left out of means.",
    "a2": "Linear probe, each model's best layer. In brackets the 95 % interval over "
    "test sentences (Coref: documents); of several seeds the least and the most. "
    "*z*: from the task's mean over the magnitude chain's models and layers, in its "
    "standard deviations. *unpruned* was retrained as often and never pruned.",
    "a3": "The same with the multilayer perceptron, last layer; of the unpruned chain "
    "only the last model. *z* is over models alone.",
    "paper": "The paper's numbers are of Transformer-Big, trained on WMT'16 "
    "English–German, and of the paper's data: only their order and their trend can be "
    "compared.",
    "selectivity": "Last layer, by word or pair (EF: r), probes trained to "
    "convergence: score, score with control labels, difference; *compression*: bits "
    "of a uniform code of the labels / bits of their online code. *beyond form*: the "
    "task's own score at the best layer − that of a baseline on word types, place, "
    "distance and sentence length. LTH0's *embedding* knows no context. A star: "
    "fewer than ten word types to a control label.",
    "control": "LTH0 of the control language, whose words are drawn one by one and "
    "whose annotation is dealt by lot: linear probes of its last layer beside a "
    "baseline on form alone; in brackets the 95 % interval over test sentences. No "
    "task may give more than form does: the interval's lower end must be 0.02 at most.",
}
QUANTITIES = ("score", "control", "selectivity", "beyond_form")


def beside_paper(
    best: pd.DataFrame, paper: Mapping[str, tuple[float, ...]]
) -> pd.DataFrame:
    """Tables A2 or A3: ours beside the paper's.

    Args:
        best: Of `ontogeny.studies.lottery.probe_tables.best_scores`.
        paper: `LINEAR` or `MLP`.

    Returns:
        Columns model (LTHk), chain, prunings, task, title, layer, score, score_low,
        score_high, z, z_low, z_high, pale, seeds, paper (NaN: it has none, as of the
        unpruned chain), tasks in the paper's order.
    """
    place = {task: at for at, task in enumerate(paper)}
    own = best[best["task"].isin(list(paper))]
    own = own.rename(columns={"value": "z", "low": "z_low", "high": "z_high"})
    own = own.assign(
        at=own["task"].map(place),
        model=[f"LTH{k}" for k in own["prunings"]],
        paper=np.array(
            [
                _of_paper(paper[task], chain, k)
                for task, chain, k in zip(
                    own["task"], own["chain"], own["prunings"], strict=True
                )
            ],
            float,
        ),
    )
    names = [
        "model", "chain", "prunings", "task", "title", "layer", "score", "score_low",
        "score_high", "z", "z_low", "z_high", "pale", "seeds", "paper",
    ]  # fmt: skip
    own = own.sort_values(["at", "chain", "prunings"], kind="stable")
    return own[names].reset_index(drop=True)


def _of_paper(known: tuple[float, ...], chain: str, prunings: int) -> float:
    there = chain == "magnitude" and prunings < len(known)
    return known[prunings] if there else float("nan")


def to_markdown(
    probed: Probed,
    a2: pd.DataFrame,
    a3: pd.DataFrame,
    knowledge: pd.DataFrame,
    selectivity: pd.DataFrame,
    control: pd.DataFrame,
) -> str:
    """The page of probes.

    Args:
        probed: What was probed.
        a2: From `beside_paper`, linear.
        a3: From `beside_paper`, MLP.
        knowledge: Of `ontogeny.studies.lottery.probe_tables`.
        selectivity: Of `ontogeny.studies.lottery.probe_tables`.
        control: Of `ontogeny.studies.lottery.probe_control`.
    """
    parts = [
        "# Lottery tickets: probes",
        "## Tasks and what they are read from",
        ABOUT["tasks"],
        as_markdown(_tasks(probed)),
        "## Table A2: linear probe",
        ABOUT["a2"],
        ABOUT["paper"],
        as_markdown(_scores(a2)),
        "## Table A3: multilayer perceptron",
        ABOUT["a3"],
        as_markdown(_scores(a3)),
        "## What probes learn by themselves",
        ABOUT["selectivity"],
        as_markdown(_beside(selectivity, knowledge)),
        "## A language without structure",
        ABOUT["control"],
        as_markdown(_controlled(control)),
    ]
    return "\n\n".join(parts) + "\n"


def _tasks(probed: Probed) -> pd.DataFrame:
    """One row for each task."""
    tasks = probed.tasks
    linear = probed.scales[probed.scales["probe"].eq("linear")]
    scales = over_seeds(linear, ["task"], mean=["spread", "floor"]).set_index("task")
    counts = [
        "classes", "train_words", "train_items", "test_items", "dropped", "unknown",
        "unseen",
    ]  # fmt: skip
    return pd.DataFrame(
        {
            "task": tasks["title"],
            "read from": tasks["stands_in"],
            "in the paper": tasks["paper"],
            "score": tasks["metric"].str.replace("_", " "),
            **{name: [_count(value) for value in tasks[name]] for name in counts},
            "one_z": [
                number(scales["spread"].get(t, np.nan), 4) for t in tasks["task"]
            ],
            "noise_floor": [
                number(scales["floor"].get(t, np.nan), 4) for t in tasks["task"]
            ],
        }
    )


def _scores(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each task and model, chains side by side."""
    rows: dict[tuple[str, str], dict[str, str]] = {}
    blank = {name: ABSENT for chain in WITH_NULL for name in (chain, f"z, {chain}")} | {
        "paper": ABSENT
    }
    for one in table.to_dict("records"):
        title, model, chain = (str(one[name]) for name in ("title", "model", "chain"))
        row = rows.setdefault((title, model), {"task": title, "model": model} | blank)
        row[chain] = _cell(one, "score")
        row[f"z, {chain}"] = number(one["z"], 1).replace("-", "−")
        if chain == WITH_NULL[0]:
            row["paper"] = number(one["paper"], 3)
    return pd.DataFrame(list(rows.values()))


def _beside(table: pd.DataFrame, knowledge: pd.DataFrame) -> pd.DataFrame:
    """A row for each task and model."""
    codes = knowledge[knowledge["quantity"].eq("compression")]
    # LTH0 begins the chains there.
    dense = codes["prunings"].eq(0) & codes["chain"].isin(WITH_NULL)
    codes = codes.assign(chain=codes["chain"].mask(dense, DENSE))
    code_of = {
        (one["task"], one["chain"], one["prunings"]): one["value"]
        for one in codes.to_dict("records")
    }
    place = {task: at for at, task in enumerate(dict.fromkeys(table["task"]))}
    table = table.assign(at=table["task"].map(place)).sort_values("at", kind="stable")
    rows: dict[Any, dict[str, str]] = {}
    for one in table.to_dict("records"):
        key = one["task"], one["chain"], one["prunings"]
        if key not in rows:
            chain = "" if one["chain"] == DENSE else f", {one['chain']}"
            rows[key] = {
                "task": f"{one['title']}{'*' if one['few_types'] else ''}",
                "model": f"LTH{one['prunings']}{chain}",
                **dict.fromkeys(QUANTITIES, ABSENT),
                "compression": number(code_of.get(key, np.nan), 2),
            }
        rows[key][str(one["quantity"])] = _cell(one, "value")
    return pd.DataFrame(list(rows.values()))


def _controlled(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each task and seed."""
    return pd.DataFrame(
        [
            {
                "task": one["title"],
                "seed": str(one["seed"]),
                "form alone": number(one["form"], 3).replace("-", "−"),
                "probe": number(one["score"], 3).replace("-", "−"),
                "beyond form": _cell(one, "beyond"),
                "no more than form": "yes" if one["no_more"] else "NO",
            }
            for one in table.to_dict("records")
        ]
    )


def _cell(row: Mapping[Any, Any], name: str) -> str:
    """A number and its ends."""
    ends = ("score_low", "score_high") if name == "score" else ("low", "high")
    value, low, high = (number(row[one], 3) for one in (name, *ends))
    shown = f"{value} ({low} to {high})" if low != ABSENT else value
    return shown.replace("-", "−")


def _count(value: Any) -> str:
    return f"{value:,.0f}" if pd.notna(value) else ABSENT
