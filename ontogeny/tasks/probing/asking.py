"""A task asked of models: probes of their vectors, and what these answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from ontogeny.measures.probing.code_length import select
from ontogeny.measures.probing.metrics import Metric, Sums
from ontogeny.measures.probing.probes import Items, ProbeRecipe, train_probes
from ontogeny.tasks.probing.questions import GROUPED, VALUE, Question
from ontogeny.tasks.probing.task import PARTS, Part

LEAST_STEPS = 16
"""Of an epoch, by the paper's recipe, whose whole data sets have many more. ASSUME: as
20,000 words make in batches of 80 sentences; smaller texts are passed over several
times, or patience would end probes that have hardly moved."""

Answers = dict[Part, np.ndarray]
"""Of validation and test items, shape (probes, items)."""


def ask(
    question: Question,
    vectors: Tensor,
    recipe: ProbeRecipe,
    *,
    seed: int,
    hidden: int | None = None,
    views: Tensor | None = None,
    control: Sequence[bool] = (),
) -> tuple[Answers, np.ndarray]:
    """Train probes of a task, and let them answer.

    Args:
        question: The task.
        vectors: Of its words, shape (views, words, units).
        recipe: How probes are trained, as the task has it (`sized`).
        seed: Of the probes.
        hidden: Units of a ReLU layer; None: they are linear.
        views: View of each probe, int64; None: each view has one.
        control: Of each probe, whether it is asked labels of word types at random;
            none given: none is.

    Returns:
        Answers, and the epoch that each probe was kept at.

    Raises:
        InputError: If a vector is not finite.
    """
    read = {part: question.items(part, vectors) for part in PARTS}
    train, valid = read["train"], read["valid"]
    if any(control):
        train = replace(train, labels=_labels(question, "train", control, train))
        valid = replace(valid, labels=_labels(question, "valid", control, valid))
    probes = train_probes(
        train,
        known_only(valid, question.outputs),
        next(iter(question.metrics.values())),
        outputs=question.outputs,
        seed=seed,
        hidden=hidden,
        recipe=recipe,
        views=views,
        weigh_items=question.metric == VALUE,
    )
    answers: Answers = {part: probes.predict(read[part]) for part in ("valid", "test")}
    return answers, probes.epochs.double().cpu().numpy()


def unit_sums(
    question: Question,
    part: Part,
    answers: np.ndarray,
    metric: Metric,
    gold: np.ndarray | None = None,
) -> tuple[np.ndarray, Sums]:
    """What a score of answers is made of, sentence by sentence (document).

    Args:
        question: The task.
        part: Whose items.
        answers: To each of them.
        metric: The score.
        gold: Labels of them; None: the task's own.

    Returns:
        Numbers of the units, and their sums, shape (units, parts).
    """
    side = question.sides[part]
    units, number = np.unique(side.units, return_inverse=True)
    labels = side.labels if gold is None else gold
    return units, metric.sums(labels, answers, number, len(units))


def known_only(items: Items, outputs: int) -> Items:
    """Items without those whose label training lacks: they have no loss."""
    if outputs == 1:
        return items
    # Of control labels, which are drawn from training's, none is lacking.
    several = items.labels if items.labels.ndim == 2 else items.labels[None]
    return select(items, torch.nonzero((several < outputs).all(0))[:, 0].cpu().numpy())


def sized(question: Question, recipe: ProbeRecipe) -> ProbeRecipe:
    """A recipe as a task has it: batches of documents, epochs of `LEAST_STEPS`."""
    at_once = GROUPED if question.grouped else recipe.sentences
    steps = max(recipe.steps, LEAST_STEPS)
    return replace(recipe, steps=steps, sentences=at_once)


def _labels(
    question: Question, part: Part, control: Sequence[bool], items: Items
) -> Tensor:
    """Of every probe, shape (probes, items)."""
    kinds = [question.labels(part, control=asked) for asked in (False, True)]
    stacked = np.stack([kinds[asked] for asked in control])
    return torch.from_numpy(stacked).to(items.words.device)
