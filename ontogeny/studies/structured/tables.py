"""Tables 1 and 2: quality, compression, neurons and gates, beside the paper's."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ontogeny.studies.structured import quality
from ontogeny.studies.structured.inputs import Inputs
from ontogeny.studies.structured.paper import PRINTED, Printed
from ontogeny.studies.structured.roles import Task, is_sweep, label
from ontogeny.studies.structured.structures import emptied

SPLITS = {
    "texts": ("test",),
    "words": ("valid", "test"),
    "characters": ("valid", "test"),
}
"""Whose quality is printed, by kind of task."""

ABSENT = "–"

COUNTED = ("task", "variant", "seed", "compression", "words_remaining", "vectors_share")

NOTES = {
    "pruning": (
        "Perplexity of the valid and test split; compression |w| / |w ≠ 0| of all "
        "weight matrices, and of the LSTMs' alone; neurons and gates of LSTM 1 – 2. "
        "Mean over seeds ± standard deviation. All networks are those of their last "
        "epoch. Time: one step of LSTMs and output layer at batch 1 on one thread, of "
        "the smaller network that is left."
    ),
    "bayes": (
        "Accuracy of the test split, or bits per character or perplexity of valid and "
        "test; compression |w| / |w ≠ 0| of all weight matrices, and of the LSTMs' "
        "alone; words are those of the vocabulary that remain. Mean over seeds ± "
        "standard deviation. The dense network is that of its best epoch on the valid "
        "split, the others those of their last. Loss: cross-entropy of the test split, "
        "and in brackets that of the means of all weights, before any is cut. Time: "
        "one step of LSTMs and output layer at batch 1 on one thread, of the smaller "
        "network that is left."
    ),
}
"""What stands under each table."""


def result_table(
    inputs: Inputs, tasks: dict[str, Task], framework: str
) -> pd.DataFrame:
    """One row for each task, variant and seed: the numbers of table 1 or 2.

    Args:
        inputs: Of all tasks and seeds.
        tasks: By name.
        framework: "pruning" (table 1) or "bayes" (table 2).

    Returns:
        Columns task, variant, seed; quality_valid, quality_test; compression,
        lstm_compression (inf: no weight is left); neurons_1, gates_1, … by layer;
        loss_test and loss_test_uncut (nats a prediction; the second of the means
        before the cut, NaN where nothing is drawn); words_remaining; vectors_share (of
        the vocabulary that began with given vectors; NaN: none were given);
        seconds_per_token (median over repetitions, shrunk, batch 1); emptied (see
        `ontogeny.studies.structured.structures.emptied`).
    """
    rows = []
    for own in inputs.counts.to_dict("records"):
        task = tasks[own["task"]]
        if task.framework != framework or is_sweep(own["variant"]):
            continue
        row = {key: own[key] for key in COUNTED}
        row["lstm_compression"] = _ratio(own["lstm_weights"], own["lstm_nonzero"])
        row |= _quality(_of(inputs.quality, own), task.kind)
        structure = _of(inputs.structure, own)
        row |= _left(structure)
        row["emptied"] = emptied(structure, own["words_remaining"])
        row["seconds_per_token"] = _seconds(_of(inputs.times, own))
        rows.append(row)
    columns = ["task", "variant", "seed", "quality_valid", "quality_test"]
    columns += ["compression", "lstm_compression"]
    columns += [f"{what}_{n}" for n in _layers(tasks) for what in ("neurons", "gates")]
    columns += ["loss_test", "loss_test_uncut", "words_remaining", "vectors_share"]
    columns += ["seconds_per_token", "emptied"]
    return pd.DataFrame(rows, columns=columns)


def _layers(tasks: dict[str, Task]) -> range:
    return range(1, 1 + max((task.layers for task in tasks.values()), default=1))


def _of(table: pd.DataFrame, own: dict) -> pd.DataFrame:
    same = [table[key].eq(own[key]) for key in ("task", "seed", "variant")]
    return table[np.logical_and.reduce(same)]


def _ratio(whole: float, part: float) -> float:
    return float(whole / part) if part else float("inf")


def _quality(rows: pd.DataFrame, kind: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for split, own in rows.groupby("split"):
        sums = own[["nats", "predictions", "correct"]].sum()
        found[f"quality_{split}"] = float(quality.value(kind, *sums))
        found[f"loss_{split}"] = sums["nats"] / sums["predictions"]
        uncut = own["nats_uncut"].to_numpy(float).sum()
        found[f"loss_{split}_uncut"] = uncut / sums["predictions"]
    return found


def _left(rows: pd.DataFrame) -> dict[str, int]:
    found = {}
    for layer, own in rows.groupby("layer"):
        found[f"neurons_{layer}"] = int(own["remaining"].sum())
        found[f"gates_{layer}"] = int(own[["i", "f", "g", "o"]].to_numpy(bool).sum())
    return found


def _seconds(rows: pd.DataFrame) -> float:
    own = rows[rows["batch"].eq(1) & rows["what"].eq("shrunk")]
    return float(own["seconds_per_step"].median())


def result_page(table: pd.DataFrame, tasks: dict[str, Task], framework: str) -> str:
    """Table 1 or 2 for a reader, in Markdown; the paper's number beside each of ours.

    Args:
        table: Of `result_table`.
        tasks: By name.
        framework: As there.
    """
    numbers = ["quality", "compression", "neurons", "gates"]
    head = ["task", "method"]
    head += [cell for one in numbers for cell in (one, "paper")]
    head[head.index("compression") + 2 : head.index("compression") + 2] = ["LSTM alone"]
    if framework == "bayes":
        head += ["loss (uncut), nats", "words"]
    head += ["µs per token", "seeds"]
    title = {"pruning": "Table 1: pruning", "bayes": "Table 2: Bayesian sparsification"}
    lines = [f"# {title[framework]}", "", _line(head), "|---" * len(head) + "|"]
    for (name, variant), rows in table.groupby(["task", "variant"], sort=False):
        lines.append(_line(_cells(tasks[str(name)], str(variant), rows)))
    if table.empty:
        lines = [lines[0], "", "No task of this run is of this framework."]
    note = NOTES[framework] + _on_vectors(table, tasks)
    return "\n".join([*lines, "", note, ""])


def _on_vectors(table: pd.DataFrame, tasks: dict[str, Task]) -> str:
    """Which classifiers' embeddings began with given vectors, as the paper's did."""
    texts = table[[tasks[name].kind == "texts" for name in table["task"]]]
    if texts.empty:
        return ""
    shares = texts.groupby("task", sort=False)["vectors_share"].first()
    told = [
        f"{tasks[str(name)].title}: {100 * share:.0f} % of the vocabulary"
        for name, share in shares.dropna().items()
    ]
    without = [tasks[str(name)].title for name in shares[shares.isna()].index]
    if without:
        told.append(
            f"{', '.join(without)}: none, which the paper's classifiers had, so that "
            "lower accuracy is to be expected"
        )
    return f" Word vectors that embeddings began with: {'; '.join(told)}."


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _cells(task: Task, variant: str, rows: pd.DataFrame) -> list[str]:
    printed = PRINTED.get(task.name, {}).get(variant)
    measure = quality.MEASURES[task.kind]
    splits = SPLITS[task.kind]
    layers = range(1, task.layers + 1)
    cells = [
        f"{task.title}, {measure.name}",
        label(variant, task.framework) + _emptied(rows),
        " – ".join(_spread(rows[f"quality_{one}"], measure.digits) for one in splits),
        " – ".join(printed.quality) if printed else ABSENT,
        _times(rows["compression"]),
        _times_of(printed),
        _times(rows["lstm_compression"]),
    ]
    for what in ("neurons", "gates"):
        cells.append(" – ".join(_spread(rows[f"{what}_{n}"], 0) for n in layers))
        theirs = getattr(printed, what, ())
        cells.append(" – ".join(map(str, theirs)) or ABSENT)
    if task.framework == "bayes":
        cut, uncut = (_spread(rows[f"loss_test{one}"], 3) for one in ("", "_uncut"))
        cells.append(cut if uncut == ABSENT else f"{cut} ({uncut})")
        cells.append(_spread(rows["words_remaining"], 0))
    cells.append(_spread(1e6 * rows["seconds_per_token"], 0))
    return [*cells, str(rows["seed"].nunique())]


def _emptied(rows: pd.DataFrame) -> str:
    """That nothing of a network is left, and in which seeds if not in all."""
    own = rows[rows["emptied"] != ""]
    if own.empty:
        return ""
    told = ", ".join(own["emptied"].unique())
    if len(own) < len(rows):
        told += f" in seed {', '.join(map(str, own['seed']))}"
    return f" ({told})"


def _spread(values: pd.Series, digits: int) -> str:
    """Mean ± standard deviation over seeds; of seeds that are alike their number.

    >>> _spread(pd.Series([1.0, 3.0]), 1), _spread(pd.Series([64]), 0)
    ('2.0 ± 1.4', '64')
    """
    known = values.dropna().astype(float)
    if known.empty:
        return ABSENT
    mean = f"{known.mean():,.{digits}f}"
    if known.nunique() < 2 or not np.isfinite(known).all():
        return mean
    # Counts differ by whole numbers, their mean need not.
    return f"{mean} ± {known.std():,.{max(digits, 1)}f}"


def _times(values: pd.Series) -> str:
    """A compression: of a hundred and more without a point, as the paper; all: inf."""
    known = values.dropna().astype(float)
    if np.isinf(known).any():
        return "all"
    digits = 0 if len(known) and known.mean() >= 100 else 2
    shown = _spread(known, digits)
    return shown if shown == ABSENT else f"{shown}×"


def _times_of(printed: Printed | None) -> str:
    return f"{printed.compression:,g}×" if printed else ABSENT
