"""A task as it is asked of a model: items by part, labels as numbers, a metric."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import torch
from numpy.typing import NDArray
from torch import Tensor

from ontogeny.measures.probing.controls import control_labels
from ontogeny.measures.probing.metrics import (
    Accuracy,
    ClassF,
    Metric,
    PearsonR,
    SpanF1,
)
from ontogeny.measures.probing.probes import Items
from ontogeny.tasks.probing.task import PARTS, Part, own_metric

VALUE, CLASSES = "pearson", "accuracy"
"""Metrics of values, and of the labels of any other task."""
GROUPED = 10
"""Documents of a batch, of pairs that cross sentences; else sentences (Liu et al.)."""


class Side(NamedTuple):
    """Items of one part.

    Attributes:
        words: Place of each item's word, or words, in `Question.wanted`, int64, shape
            (items,) or (items, 2).
        labels: Their numbers, int64; those that training lacks come after its own. Or
            values, float32.
        units: Which sentence (document) each is of, ascending, int64.
        types: Word type of each, or of both.
    """

    words: NDArray[np.int64]
    labels: NDArray
    units: NDArray[np.int64]
    types: list[Any]


class Question(NamedTuple):
    """A task.

    Attributes:
        name: Of the task.
        wanted: Sentence and word of every vector that it needs, shape (words, 2).
        sides: Items by part.
        outputs: Classes of the training items; 1 of values.
        metric: Its name in tables.
        metrics: By name, the task's own first.
        grouped: Whether units are documents.
    """

    name: str
    wanted: NDArray[np.int64]
    sides: dict[Part, Side]
    outputs: int
    metric: str
    metrics: dict[str, Metric]
    grouped: bool

    def items(self, part: Part, vectors: Tensor) -> Items:
        """Items of a part, with what models make of their words.

        Args:
            part: Of the text.
            vectors: Of `wanted`, shape (views, words, units).
        """
        side = self.sides[part]
        device = vectors.device
        return Items(
            vectors,
            torch.from_numpy(side.words).to(device),
            torch.from_numpy(np.ascontiguousarray(side.labels)).to(device),
            side.units,
        )

    def labels(self, part: Part, *, control: bool) -> NDArray:
        """Of a part's items: the task's own, or those of word types at random."""
        if not control:
            return self.sides[part].labels
        train = self.sides["train"]
        return control_labels(train.types, train.labels, wanted=self.sides[part].types)


def question(
    sentences: pa.Table, items: pa.Table, about: Mapping[str, Any], positive: str
) -> Question:
    """Put a task so that probes can be asked.

    Args:
        sentences: Columns sentence and words, as a model reads them.
        items: `ontogeny.tasks.probing.selection.ITEMS`.
        about: Its row of `probe_tasks`.
        positive: The class that an F-score is of.
    """
    table = items.to_pandas()
    at = [
        list(zip(s, w, strict=True))
        for s, w in zip(table["sentences"], table["words"], strict=True)
    ]
    wanted = np.array(sorted({place for own in at for place in own}), np.int64)
    number = {tuple(place): n for n, place in enumerate(wanted.tolist())}
    places = np.array([[number[place] for place in own] for own in at], np.int64)
    of = dict(
        zip(
            sentences["sentence"].to_pylist(),
            sentences["words"].to_pylist(),
            strict=True,
        )
    )
    types = [tuple(of[s][w] for s, w in own) for own in at]
    single = about["kind"] == "word"
    values = about["metric"] == VALUE
    names = [] if values else _names(table)
    labels = (
        table["value"].to_numpy(np.float32)
        if values
        else table["label"].map({n: i for i, n in enumerate(names)}).to_numpy(np.int64)
    )
    sides: dict[Part, Side] = {}
    for part in PARTS:
        own = np.flatnonzero(table["part"].eq(part))
        sides[part] = Side(
            places[own, 0] if single else places[own],
            labels[own],
            table["unit"].to_numpy(np.int64)[own],
            [types[n][0] if single else types[n] for n in own],
        )
    known = set(table.loc[table["part"].eq("train"), "label"])
    metric, metrics = _metrics(about["metric"], names, positive, labels)
    return Question(
        about["task"], wanted, sides, 1 if values else len(known), metric, metrics,
        _crosses(table),
    )  # fmt: skip


def _names(table: pd.DataFrame) -> list[str]:
    """Labels, those of training first."""
    known = set(table.loc[table["part"].eq("train"), "label"])
    return [*sorted(known), *sorted(set(table["label"]) - known)]


def _crosses(table: pd.DataFrame) -> bool:
    """Whether a unit holds several sentences."""
    first = table["sentences"].map(lambda own: own[0])
    return bool(first.groupby([table["part"], table["unit"]]).nunique().max() > 1)


def _metrics(
    asked: str, names: list[str], positive: str, labels: NDArray
) -> tuple[str, dict[str, Metric]]:
    if asked == VALUE:
        return VALUE, {VALUE: PearsonR(about=float(labels.mean()))}
    if asked == "span_f1":
        return asked, {asked: SpanF1(tuple(names))}
    if asked == "class_f":
        label = names.index(positive)
        halves: dict[str, Metric] = {
            own_metric(asked): ClassF(label),
            "class_f05": ClassF(label, beta=0.5),
        }
        return own_metric(asked), halves
    return CLASSES, {CLASSES: Accuracy()}
