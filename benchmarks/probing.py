"""Probes trained to convergence beside scikit-learn's logistic regression.

Both read the same standardised vectors, in all open tasks that have classes.
ONTOGENY_DATA is a folder of data sets, as `data_dir` is; ONTOGENY_TICKETS the
results/multi30k/lottery of a run, or ONTOGENY_LM the results/wikitext2 of one.
"""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from safetensors.torch import load_file
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from benchmarks.timing import Criterion
from ontogeny.disk.files import read_table
from ontogeny.measures.probing.metrics import Accuracy
from ontogeny.measures.probing.probes import CONVERGED, Items, train_probes
from ontogeny.models import LanguageModel
from ontogeny.studies.lottery.probe_texts import read_task
from ontogeny.studies.lottery.probe_vectors import encoder_sites, word_vectors
from ontogeny.studies.lottery.translator import load_ticket
from ontogeny.studies.svcca.diagnosing import alike
from ontogeny.studies.svcca.probing import asked_of
from ontogeny.tasks.probing.asking import known_only, sized
from ontogeny.tasks.probing.questions import VALUE, Question, question
from ontogeny.tasks.probing.registry import tasks_of
from ontogeny.tasks.probing.selection import select
from ontogeny.tasks.probing.task import PARTS, Part, Task
from ontogeny.training.weights import load_weights
from ontogeny.translation.subwords import Subwords

# Of the nine of a chain two, if they are there.
TICKETS = ("dense/seed1/ticket0", "magnitude/seed1/ticket8")
WORDS, VALIDATION_WORDS = 20_000, 10_000
LEAST_RATIO, MOST_APART = 5.0, 0.01


def run(folder: Path) -> dict[str, pd.DataFrame]:
    """Seconds and accuracy of both, a row a task and model; all sites of each."""
    del folder  # nothing is written but the tables
    data = Path(os.environ["ONTOGENY_DATA"])
    tickets = os.environ.get("ONTOGENY_TICKETS")
    asked = (
        _of_tickets(data, Path(tickets))
        if tickets
        else _of_language_model(data, Path(os.environ["ONTOGENY_LM"]))
    )
    rows = []
    for task, name, put, vectors in asked:
        parts = {part: put.items(part, vectors) for part in PARTS}
        rows.append(
            {
                "task": task.name,
                "model": name,
                "kind": task.kind,
                "classes": put.outputs,
                **_ours(put, parts),
                **_theirs(parts),
            }
        )
    table = pd.DataFrame(rows)
    table["ratio"] = table["their_seconds"] / table["our_seconds"]
    return {"probing": table}


Asked = Iterator[tuple[Task, str, Question, torch.Tensor]]


def _of_tickets(data: Path, tickets: Path) -> Asked:
    """Encoder layers of those tickets that are there."""
    subwords = tickets / "texts" / "subwords.json"
    paths = {name: tickets / f"{name}.safetensors" for name in TICKETS}
    models = {
        name: load_ticket(path, subwords).model
        for name, path in paths.items()
        if path.exists()
    }
    for task, files in _tasks(data):
        text = read_task(
            task, files, Subwords.load(subwords), words=WORDS,
            validation_words=VALIDATION_WORDS, moses="en", longest=250,
        )  # fmt: skip
        put = question(text.sentences, text.items, text.about, task.positive)
        for name, model in models.items():
            sites = encoder_sites(len(model.encoder))[2:]
            vectors = word_vectors(
                model, text.sentences, put.wanted, sites, tokens=2_048
            )
            yield task, name, put, vectors


def _of_language_model(data: Path, run: Path) -> Asked:
    """All sites of the first seed's last epoch."""
    vocabulary = read_table(run / "corpus" / "vocabulary.parquet")
    weights = max(
        (run / "lm" / "seed1").glob("epoch*.safetensors"),
        key=lambda path: int(path.stem.removeprefix("epoch")),
    )
    tensors = load_file(weights)
    embedding = tensors["embedding.weight"].shape[1]
    hidden = tensors["decoder.weight"].shape[1]
    model = LanguageModel(len(vocabulary), embedding=embedding, hidden=hidden)
    load_weights(model, weights)
    for task, files in _tasks(data):
        limits = {"words": WORDS, "validation_words": VALIDATION_WORDS}
        one = asked_of(
            task, select(task, files, **limits), vocabulary, torch.device("cpu")
        )
        for sites in alike(model):
            yield task, weights.stem, one.question, one.vectors(model, sites)


def _tasks(data: Path) -> Iterator[tuple[Task, dict[Part, list[Path]]]]:
    for task in tasks_of("open"):
        if task.metric != VALUE:  # logistic regression has no values
            yield (
                task,
                {
                    part: [data / name / file for name, file in task.files[part]]
                    for part in PARTS
                },
            )


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
    begin = time.process_time()
    probes = train_probes(
        parts["train"], held, Accuracy(), outputs=asked.outputs, seed=0, recipe=recipe
    )
    seconds = time.process_time() - begin
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
        begin = time.process_time()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model = LogisticRegression(max_iter=1000).fit(
                (train - mean) / scale, parts["train"].labels.numpy()
            )
        seconds += time.process_time() - begin
        answers = model.predict((test - mean) / scale)
        right.append(np.mean(answers == parts["test"].labels.numpy()))
    return {"their_seconds": seconds, "their_accuracy": float(np.mean(right))}
