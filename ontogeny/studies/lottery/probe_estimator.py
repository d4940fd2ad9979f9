"""Another estimator in a probe's place: any of scikit-learn's kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import numpy as np
import torch
from sklearn.base import is_classifier, is_regressor
from torch import Tensor

from ontogeny.errors import InputError
from ontogeny.tasks.probing.asking import Answers
from ontogeny.tasks.probing.questions import VALUE, Question
from ontogeny.tasks.probing.task import PARTS, Part

Estimator = Callable[[], Any]
"""Makes one of scikit-learn's kind."""


def named(path: str | None, arguments: Mapping[str, Any]) -> Estimator | None:
    """What makes an estimator, by module and class; None: none is named.

    Raises:
        InputError: If there is no such class, or it has not such arguments.

    >>> named("sklearn.linear_model.LogisticRegression", {"C": 2.0})()
    LogisticRegression(C=2.0)
    """
    if path is None:
        return None
    module, _, name = path.rpartition(".")
    try:
        kind = getattr(import_module(module), name)
        kind(**arguments)
    except (ImportError, AttributeError, ValueError, TypeError) as error:
        raise InputError(
            f"lottery.probes.estimator: {path} cannot be made with {dict(arguments)}: "
            f"{error}. Give module and class, and its arguments."
        ) from error
    return lambda: kind(**arguments)


def suits(make: Estimator | None, question: Question) -> bool:
    """Whether another estimator can answer a task: a classifier classes, a regressor
    values."""
    if make is None:
        return False
    kind = is_regressor if question.metric == VALUE else is_classifier
    return bool(kind(make()))


def estimated(
    question: Question, vectors: Tensor, make: Estimator
) -> tuple[Answers, np.ndarray]:
    """Another estimator's answers, on vectors standardised by the training ones."""
    answers: dict[Part, list[np.ndarray]] = {"valid": [], "test": []}
    for view in vectors:
        read = {}
        for part in PARTS:
            items = question.items(part, view[None])
            every = torch.arange(len(items), device=items.words.device)
            read[part] = items.read(every)[0].cpu().numpy()
        mean, scale = read["train"].mean(0), read["train"].std(0)
        scale[scale == 0] = 1
        labels = question.sides["train"].labels
        fitted = make().fit((read["train"] - mean) / scale, labels)
        for part, own in answers.items():
            own.append(fitted.predict((read[part] - mean) / scale))
    found: Answers = {part: np.stack(own) for part, own in answers.items()}
    return found, np.full(len(vectors), np.nan)
