"""Probes trained to convergence beside scikit-learn's logistic regression.

Both read the same standardised vectors of Multi30k's tickets, all open tasks:
ONTOGENY_DATA is a folder of data sets, as `data_dir` is, ONTOGENY_TICKETS the run's
results/multi30k/lottery.
"""

from __future__ import annotations

import os
import time
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from benchmarks.timing import Criterion
from ontogeny.measures.probing.metrics import Accuracy
from ontogeny.measures.probing.probes import CONVERGED, Items, train_probes
from ontogeny.studies.lottery.probe_asking import known_only, sized
from ontogeny.studies.lottery.probe_questions import VALUE, Question, question
from ontogeny.studies.lottery.probe_texts import read_task
from ontogeny.studies.lottery.probe_vectors import encoder_sites, word_vectors
from ontogeny.studies.lottery.translator import load_ticket
from ontogeny.tasks.probing.registry import tasks_of
from ontogeny.tasks.probing.task import PARTS
from ontogeny.translation.subwords import Subwords

TICKETS = ("dense/seed1/ticket0", "magnitude/seed1/ticket8")
WORDS, VALIDATION_WORDS = 20_000, 10_000
LEAST_RATIO, MOST_APART = 5.0, 0.01


def run(folder: Path) -> dict[str, pd.DataFrame]:
    """Seconds and accuracy of both, a row a task; all layers of two tickets of nine."""
    del folder  # nothing is written but the tables
    data, tickets = (Path(os.environ[f"ONTOGENY_{n}"]) for n in ("DATA", "TICKETS"))
    subwords = tickets / "texts" / "subwords.json"
    models = [
        load_ticket(tickets / f"{name}.safetensors", subwords).model for name in TICKETS
    ]
    rows = []
    for task in tasks_of("open"):
        files = {
            part: [data / name / file for name, file in task.files[part]]
            for part in PARTS
        }
        text = read_task(
            task, files, Subwords.load(subwords), words=WORDS,
            validation_words=VALIDATION_WORDS, moses="en", longest=250,
        )  # fmt: skip
        asked = question(text.sentences, text.items, text.about, task.positive)
        if asked.metric == VALUE:
            continue  # logistic regression has no values
        for name, model in zip(TICKETS, models, strict=True):
            sites = encoder_sites(len(model.encoder))[2:]
            vectors = word_vectors(
                model, text.sentences, asked.wanted, sites, tokens=2_048
            )
            parts = {part: asked.items(part, vectors) for part in PARTS}
            rows.append(
                {
                    "task": task.name,
                    "model": name,
                    "kind": task.kind,
                    "classes": asked.outputs,
                    **_ours(asked, parts),
                    **_theirs(parts),
                }
            )
    table = pd.DataFrame(rows)
    table["ratio"] = table["their_seconds"] / table["our_seconds"]
    return {"probing": table}


def criteria(tables: dict[str, pd.DataFrame]) -> list[Criterion]:
    """Five times as fast in all, within a point in the mean of each task."""
    table = tables["probing"]
    ratio = table["their_seconds"].sum() / table["our_seconds"].sum()
    apart = table.groupby("task")[["our_accuracy", "their_accuracy"]].mean()
    worst = (apart["their_accuracy"] - apart["our_accuracy"]).max()
    return [
        Criterion(
            "logistic regression beside probes, seconds of all tasks",
            f"≥ {LEAST_RATIO}",
            f"{ratio:.2f}",
            ratio >= LEAST_RATIO,
        ),
        Criterion(
            "accuracy that probes lack, the worst task",
            f"≤ {MOST_APART}",
            f"{worst:.4f}",
            worst <= MOST_APART,
        ),
    ]


def _ours(asked: Question, parts: dict[str, Items]) -> dict[str, float]:
    recipe = sized(asked, CONVERGED)
    held = known_only(parts["valid"], asked.outputs)
    begin = time.perf_counter()
    probes = train_probes(
        parts["train"], held, Accuracy(), outputs=asked.outputs, seed=0, recipe=recipe
    )
    seconds = time.perf_counter() - begin
    found = probes.predict(parts["test"]) == parts["test"].labels.numpy()
    return {"our_seconds": seconds, "our_accuracy": float(found.mean())}


def _theirs(parts: dict[str, Items]) -> dict[str, float]:
    seconds, right = 0.0, []
    for view in range(len(parts["train"].vectors)):
        train, test = (
            replace(p, vectors=p.vectors[view : view + 1])
            .read(p.words.new_tensor(range(len(p))))[0]
            .numpy()
            for p in (parts["train"], parts["test"])
        )
        mean, scale = train.mean(0), train.std(0).clip(1e-6)
        begin = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model = LogisticRegression(max_iter=1000).fit(
                (train - mean) / scale, parts["train"].labels.numpy()
            )
        seconds += time.perf_counter() - begin
        answers = model.predict((test - mean) / scale)
        right.append(np.mean(answers == parts["test"].labels.numpy()))
    return {"their_seconds": seconds, "their_accuracy": float(np.mean(right))}
