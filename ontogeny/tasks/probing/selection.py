"""What of a task's texts probes are trained, validated and tested on, as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from ontogeny.errors import InputError
from ontogeny.tasks.probing.task import PARTS, Document, Part, Task

UNSEEN_SHARE = 0.05
"""Of test items whose label training lacks, that a task may have."""

SENTENCES = pa.schema(
    [
        ("part", pa.string()),
        ("sentence", pa.int32()),
        ("words", pa.list_(pa.string())),
        ("blanks", pa.list_(pa.bool_())),
    ]
)
"""Sentences of a task: their numbers go on from part to part; words cased, and whether
a blank follows each."""

ITEMS = pa.schema(
    [
        ("part", pa.string()),
        ("unit", pa.int32()),
        ("sentences", pa.list_(pa.int32())),
        ("words", pa.list_(pa.int32())),
        ("label", pa.string()),
        ("value", pa.float32()),
    ]
)
"""Items of a task, ordered by unit: where each word of it is, and its label or value.
A unit is a sentence, or a document where pairs cross sentences: what a bootstrap draws
and what a batch is made of."""


class Selected(NamedTuple):
    """A task's texts.

    Attributes:
        sentences: `SENTENCES`.
        items: `ITEMS`.
    """

    sentences: pa.Table
    items: pa.Table


def select(
    task: Task,
    files: Mapping[Part, Sequence[str | Path]],
    *,
    words: int | None,
    validation_words: int | None,
    seed: int = 0,
) -> Selected:
    """Read a task's texts, of training and validation as many words as are asked for.

    Whole sentences (documents) are taken in one seeded order until there are so many
    words; they stay in the text's order. The test text is taken whole.

    Args:
        task: What is asked.
        files: Of each part.
        words: To train on, in the sentences with items; None: all.
        validation_words: Likewise.
        seed: Of the order.

    Raises:
        InputError: If a file is missing or damaged, a part has no item, training has
            one class alone, validation shares no class with it, or more than 5 % of the
            test items have a label that training lacks.

    Source: Liu et al. (2019) for whole data sets. ASSUME: the cap is by words of whole
    sentences, as one draws a smaller text.
    """
    limits = {"train": words, "valid": validation_words, "test": None}
    sentences: list[dict[str, Any]] = []
    items: list[dict[str, Any]] = []
    for part in PARTS:
        read = task.documents([Path(file) for file in files[part]], part)
        found = _drawn(list(read), limits[part], seed)
        for document in found:
            items += _items(document, part, len(sentences), task)
            sentences += [
                {"part": part, "sentence": len(sentences) + number, "words": one.words,
                 "blanks": one.blanks}
                for number, one in enumerate(document.sentences)
            ]  # fmt: skip
    selected = Selected(
        pa.Table.from_pylist(sentences, schema=SENTENCES),
        pa.Table.from_pylist(items, schema=ITEMS),
    )
    if task.metric != "pearson":
        _check_labels(task, selected.items)
    return selected


def _drawn(
    documents: Sequence[Document], words: int | None, seed: int
) -> list[Document]:
    """As many as hold so many words, in order."""
    if words is None:
        return list(documents)
    order = np.random.default_rng(seed).permutation(len(documents))
    lengths = np.array(
        [sum(len(s.words) for s in documents[at].sentences) for at in order], np.int64
    )
    before = np.cumsum(lengths) - lengths
    return [documents[at] for at in np.sort(order[before < words])]


def _items(
    document: Document, part: Part, first: int, task: Task
) -> list[dict[str, Any]]:
    values = task.metric == "pearson"
    return [
        {
            "part": part,
            "unit": document.unit,
            "sentences": [first + sentence for sentence, _ in item.at],
            "words": [word for _, word in item.at],
            "label": None if values else item.label,
            "value": item.label if values else None,
        }
        for item in document.items
    ]


def _check_labels(task: Task, items: pa.Table) -> None:
    table = items.select(["part", "label"]).to_pandas()
    parts = {
        part: table.loc[table["part"].eq(part), "label"].tolist() for part in PARTS
    }
    known = set(parts["train"])
    if len(known) < 2:
        raise InputError(
            f"Task {task.title}: its training text has one class alone, "
            f"{min(known)!r}: a probe tells classes apart."
        )
    if task.metric == "class_f" and task.positive not in known:
        raise InputError(
            f"Task {task.title}: no item of its training text is {task.positive!r}, "
            "the class to be found: look at `positive` of the task, and its labels."
        )
    if not known & set(parts["valid"]):
        raise InputError(
            f"Task {task.title}: no label of its validation text is in its training "
            "text: look at the labels of both."
        )
    unseen = sum(label not in known for label in parts["test"])
    if unseen > UNSEEN_SHARE * len(parts["test"]):
        raise InputError(
            f"Task {task.title}: {unseen} of {len(parts['test'])} test items have a "
            f"label that its training text lacks, more than {UNSEEN_SHARE:.0%}: raise "
            "the probes' `words`, or look at the labels of both."
        )
