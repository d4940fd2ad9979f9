"""Tasks' texts as translation models read them, written once for all models."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from ontogeny.measures.probing.controls import FEWEST_TYPES
from ontogeny.studies.lottery.probe_pieces import Pieces, cased, pieces
from ontogeny.tasks.probing.selection import select
from ontogeny.tasks.probing.task import PARTS, Part, Task
from ontogeny.translation.subwords import Subwords

logger = logging.getLogger(__name__)

READ = pa.schema(
    [
        ("sentence", pa.int32()),
        ("ids", pa.list_(pa.int32())),
        ("piece", pa.list_(pa.int32())),
        ("word", pa.list_(pa.int32())),
        ("words", pa.list_(pa.string())),
    ]
)
"""Sentences as a model reads them: subwords; which of them overlap which gold word
(`ontogeny.studies.lottery.probe_pieces.Pieces`); the gold words, for control labels:
lowercased where the model's text was."""


class ProbeText(NamedTuple):
    """A task's text.

    Attributes:
        sentences: `READ`.
        items: `ontogeny.tasks.probing.selection.ITEMS`, without those of words that no
            subword is of.
        about: One row of `probe_tasks` (`ontogeny.studies.lottery.inputs.Inputs`).
    """

    sentences: pa.Table
    items: pa.Table
    about: dict[str, Any]


def read_task(
    task: Task,
    files: Mapping[Part, Sequence[str | Path]],
    subwords: Subwords,
    *,
    words: int | None,
    validation_words: int | None,
    moses: str | None,
    longest: int,
) -> ProbeText:
    """Read what a task asks, and write it in a model's subwords.

    Args:
        task: What is asked.
        files: Of each part.
        subwords: Of the models.
        words: To train on, at most; None: all.
        validation_words: Likewise.
        moses: Language whose rules split the models' text; None: words are as they are.
        longest: Subwords of a sentence at most.

    Raises:
        InputError: See `select` and `pieces`.
    """
    chosen = select(task, files, words=words, validation_words=validation_words)
    rows, whole, unknown, known = [], [], [], []
    told = {part: ", ".join(map(str, own)) for part, own in files.items()}
    for row in chosen.sentences.to_pylist():
        found = pieces(
            row["words"], row["blanks"], subwords,
            moses=moses, longest=longest,
            where=f"Task {task.title}, {told[row['part']]}, sentence "
            f"{' '.join(row['words'][:8])!r}",
        )  # fmt: skip
        rows.append(_row(row, found, lowercase=not cased(subwords)))
        whole.append(np.bincount(found.word, minlength=len(row["words"])) > 0)
        unknown.append(found.unknown)
        known.append(row["part"])
    places = list(
        zip(
            chosen.items["sentences"].to_pylist(),
            chosen.items["words"].to_pylist(),
            strict=True,
        )
    )
    kept = np.array([
        all(whole[s][w] for s, w in zip(*at, strict=True)) for at in places
    ])  # fmt: skip
    odd = sum(
        any(unknown[s][w] for s, w in zip(*at, strict=True))
        for at, there in zip(places, kept, strict=True)
        if there
    )
    items = chosen.items.filter(pa.array(kept))
    train_words = sum(
        len(of) for of, part in zip(unknown, known, strict=True) if part == "train"
    )
    about = _about(task, items, rows) | {
        "train_words": train_words,
        "dropped": int((~kept).sum()),
        "unknown": int(odd),
    }
    logger.info(
        "%s: %d items, %d without a subword left out, %d with an unknown one.",
        task.title, len(items), about["dropped"], odd,
    )  # fmt: skip
    return ProbeText(pa.Table.from_pylist(rows, schema=READ), items, about)


def _row(row: Mapping[str, Any], found: Pieces, *, lowercase: bool) -> dict[str, Any]:
    own = found._asdict()
    del own["unknown"]
    words = [word.lower() if lowercase else word for word in row["words"]]
    return {"sentence": row["sentence"], "words": words, **own}


def _about(task: Task, items: pa.Table, rows: list[dict[str, Any]]) -> dict[str, Any]:
    table = items.to_pandas()
    parts = {part: table[table["part"].eq(part)] for part in PARTS}
    classes = set(parts["train"]["label"]) - {None}
    types = {
        tuple(rows[s]["words"][w] for s, w in zip(*at, strict=True))
        for at in zip(parts["train"]["sentences"], parts["train"]["words"], strict=True)
    }
    return {
        "task": task.name,
        "title": task.title,
        "group": task.group,
        "kind": task.kind,
        "metric": task.metric,
        "paper": task.paper,
        "stands_in": task.stands_in,
        "text": task.text,
        "classes": len(classes) or 1,
        **{f"{part}_items": len(parts[part]) for part in PARTS},
        "unseen": int((~parts["test"]["label"].isin(classes)).sum()) if classes else 0,
        "few_types": len(types) < FEWEST_TYPES * max(1, len(classes)),
    }


def stacked(found: Sequence[ProbeText]) -> pd.DataFrame:
    """What is told of all tasks, a row each."""
    return pd.DataFrame([one.about for one in found])
