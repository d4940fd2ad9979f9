"""A task's text, read from the files that it is encoded in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ontogeny.corpus.filtering import SPLITS, START
from ontogeny.disk.files import read_table
from ontogeny.errors import InputError
from ontogeny.studies.structured.texts import HELD_OUT, Text
from ontogeny.tasks.vectors import read_vectors

SHORTEST = 500
"""Words or characters of a split that is measured, at least: two passages of the usual
lags. Asked before anything is trained."""


def read_text(files: Any, variants: Mapping[str, Mapping[str, Any]]) -> Text:
    """The text of a task.

    Args:
        files: train, valid, test, vocabulary and, of texts, labels, and vectors that
            the embedding begins with, if there are any.
        variants: Their settings, which have the task's own in common.

    Raises:
        InputError: If a split is too short to be measured.
    """
    settings = next(iter(variants.values()))
    tables = {split: read_table(files[split]) for split in SPLITS}
    vocabulary = read_table(files.vocabulary)
    types = len(vocabulary)
    if settings["kind"] == "texts":
        return Text(
            "texts",
            types,
            len(read_table(files.labels)),
            {split: table["ids"].tolist() for split, table in tables.items()},
            labels={s: t["label"].to_numpy(np.int64) for s, t in tables.items()},
            **_vectors(files, vocabulary["word"].tolist(), settings),
        )
    for split in HELD_OUT:
        if len(tables[split]) < SHORTEST:
            raise InputError(
                f"{files[split]}: the {split} split has {len(tables[split])} words or "
                f"characters, and measuring needs {SHORTEST}: give more text."
            )
    group = "line" if "line" in tables["train"] else "sentence"
    return Text(
        settings["kind"],
        types,
        types,
        {split: table["id"].to_numpy() for split, table in tables.items()},
        groups={split: table[group].to_numpy() for split, table in tables.items()},
        start=START,
        segment=settings["window"] if settings["kind"] == "characters" else None,
    )


def _vectors(
    files: Any, words: list[str], settings: Mapping[str, Any]
) -> dict[str, Any]:
    paths = files.get("vectors")
    if not paths:
        return {}
    vectors, share = read_vectors(paths[0], words, settings["embedding"])
    return {"vectors": vectors, "vectors_share": share}
