"""What a task's form alone gives away, as a row beside those of models."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ontogeny.studies.lottery.names import FORM
from ontogeny.tasks.probing.asking import unit_sums
from ontogeny.tasks.probing.form import form_answers
from ontogeny.tasks.probing.questions import Question


def form_row(question: Question, sentences: pd.DataFrame) -> dict[str, object]:
    """The baseline's row of `Inputs.probes`.

    Args:
        question: The task.
        sentences: Columns sentence and words.
    """
    lengths = dict(zip(sentences["sentence"], sentences["words"].map(len), strict=True))
    answers = form_answers(question, lengths)
    metric = question.metrics[question.metric]
    _, held = unit_sums(question, "valid", answers["valid"], metric)
    units, sums = unit_sums(question, "test", answers["test"], metric)
    return {
        "task": question.name,
        "site": FORM,
        "layer": -2,
        "probe": "logistic",
        "recipe": "paper",
        "labels": "true",
        "metric": question.metric,
        "score": float(metric.score(sums.sum(0))),
        "valid_score": float(metric.score(held.sum(0))),
        "units": units.astype(np.int32),
        "sums": sums.ravel(),
        "probe_seeds": 1,
        "epochs": np.nan,
        "width": 0,
        "hidden": 0,
    }
