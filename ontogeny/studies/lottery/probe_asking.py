"""What probes of some models say of one task: scores, controls, description length."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from ontogeny.measures.probing.code_length import code_length
from ontogeny.measures.probing.metrics import Accuracy, Metric
from ontogeny.measures.probing.probes import CONVERGED, PAPER
from ontogeny.studies.lottery.probe_estimator import Estimator, estimated
from ontogeny.studies.lottery.probe_vectors import layer_of
from ontogeny.tasks.probing.asking import Answers, ask, known_only, sized, unit_sums
from ontogeny.tasks.probing.questions import CLASSES, VALUE, Question
from ontogeny.tasks.probing.task import Part

LINEAR, MLP = "linear", "mlp"
Row = dict[str, Any]


class View(NamedTuple):
    """Where vectors come from.

    Attributes:
        chain: Of the model.
        prunings: It has gone through.
        site: Of it.
    """

    chain: str
    prunings: int
    site: str


def scores(
    question: Question,
    vectors: Tensor,
    views: Sequence[View],
    *,
    seeds: Sequence[int],
    hidden: int | None = None,
    estimator: Estimator | None = None,
) -> list[list[Row]]:
    """Scores as the paper has them, of each probe seed.

    Args:
        question: The task.
        vectors: Of its words, shape (views, words, d).
        views: What each is of.
        seeds: Of the probes.
        hidden: Units of an MLP's layer; None: linear.
        estimator: Another, in the linear probe's place.

    Returns:
        By seed, rows of `Inputs.probes`, in the same order.

    Raises:
        InputError: If a vector is not finite.
    """
    how = sized(question, PAPER)
    labels = [False] * len(views)
    found = []
    for seed in seeds:
        answers, epochs = (
            ask(question, vectors, how, seed=seed, hidden=hidden)
            if estimator is None
            else estimated(question, vectors, estimator)
        )
        about = {
            "probe": LINEAR if hidden is None else MLP,
            "recipe": "paper",
            "hidden": hidden or 0,
            "width": vectors.shape[-1],
        }
        rows = _rows(question, question.metrics, answers, labels, views, epochs)
        found.append([{**row, **about} for row in rows])
    return found


def mean_rows(found: Sequence[Sequence[Row]]) -> list[Row]:
    """Means over probe seeds: of sums per sentence, never of predictions."""
    return [_mean(rows) for rows in zip(*found, strict=True)]


def seed_rows(question: Question, found: Sequence[Sequence[Row]]) -> list[Row]:
    """Rows of `Inputs.probe_seeds`: the task's own score by probe seed."""
    names = ("chain", "prunings", "task", "site", "layer", "score")
    return [
        {**{name: row[name] for name in names}, "probe_seed": seed}
        for seed, rows in enumerate(found)
        for row in rows
        if row["metric"] == question.metric
    ]


def selective(question: Question, vectors: Tensor, views: Sequence[View]) -> list[Row]:
    """Token accuracy (values: r) of converged probes, on true and control labels.

    Source: Hewitt & Liang (2019), §2.
    """
    name = VALUE if question.metric == VALUE else CLASSES
    metric: Metric = question.metrics[VALUE] if name == VALUE else Accuracy()
    # Both kinds of labels side by side: each view has two probes.
    labels = [False] * len(views) + [True] * len(views)
    own = torch.arange(len(views)).repeat(2)
    answers, epochs = ask(
        question,
        vectors,
        sized(question, CONVERGED),
        seed=0,
        views=own,
        control=labels,
    )
    about = {
        "probe": LINEAR, "recipe": "converged", "hidden": 0, "width": vectors.shape[-1]
    }  # fmt: skip
    rows = _rows(question, {name: metric}, answers, labels, [*views, *views], epochs)
    return [{**row, **about} for row in rows]


def code(question: Question, vectors: Tensor, views: Sequence[View]) -> Iterator[Row]:
    """Description length by online coding, of each view; see `code_length`."""
    length = code_length(
        question.items("train", vectors),
        known_only(question.items("valid", vectors), question.outputs),
        outputs=question.outputs,
        seed=0,
        recipe=sized(question, CONVERGED),
    )
    for view, bits, compression in zip(
        views, length.bits, length.compression, strict=True
    ):
        yield {
            **_about(question, view),
            "bits": float(bits),
            "uniform_bits": length.uniform_bits,
            "compression": float(compression),
        }


def _rows(
    question: Question,
    metrics: Mapping[str, Metric],
    answers: Answers,
    control: Sequence[bool],
    views: Sequence[View],
    epochs: np.ndarray,
) -> Iterator[Row]:
    """Rows of every probe and metric."""
    first = next(iter(metrics.values()))
    asked = {
        kind: {part: question.labels(part, control=kind) for part in answers}
        for kind in set(control)
    }
    for at, view in enumerate(views):
        gold = asked[control[at]]

        def sums(part: Part, metric: Metric, at: int = at, gold: Any = gold) -> Any:
            return unit_sums(question, part, answers[part][at], metric, gold[part])

        held = float(first.score(sums("valid", first)[1].sum(0)))
        for name, metric in metrics.items():
            units, own = sums("test", metric)
            yield {
                **_about(question, view),
                "labels": "control" if control[at] else "true",
                "metric": name,
                "score": float(metric.score(own.sum(0))),
                "valid_score": held,
                "units": units.astype(np.int32),
                "sums": own.ravel(),
                "probe_seeds": 1,
                "epochs": float(epochs[at]),
            }


def _about(question: Question, view: View) -> Row:
    return {
        **view._asdict(), "task": question.name, "layer": layer_of(view.site)
    }  # fmt: skip


def _mean(rows: Sequence[Row]) -> Row:
    means = {
        name: float(np.mean([row[name] for row in rows]))
        for name in ("score", "valid_score", "epochs")
    }
    sums = np.mean([row["sums"] for row in rows], axis=0)
    return {**rows[0], **means, "sums": sums, "probe_seeds": len(rows)}
