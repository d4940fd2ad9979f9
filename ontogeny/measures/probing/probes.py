"""Many probes of the same items, trained side by side.

A probe reads a label, or a value, from the vector of a word or of a pair of words: a
linear map, or one hidden layer of ReLU. Those that read the same items from several
views (sites, layers, models) differ in nothing but their input and, where controls are
asked for, their labels: they are stacked and trained in one loop, each stopping, and
ending, as it would alone.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ontogeny.errors import InputError
from ontogeny.measures.probing.items import (
    Feed,
    Items,
    batched,
    by_probe,
    check,
    labelled,
    moments,
    pair_features,
    shares,
)
from ontogeny.measures.probing.learning import Learning, Probes, initial_weights
from ontogeny.measures.probing.metrics import Metric
from ontogeny.measures.probing.recipes import CONVERGED, PAPER, RECIPES, ProbeRecipe

__all__ = [
    "CONVERGED",
    "PAPER",
    "RECIPES",
    "Items",
    "ProbeRecipe",
    "Probes",
    "pair_features",
    "train_probes",
]


def train_probes(
    items: Items,
    validation: Items,
    metric: Metric,
    *,
    outputs: int,
    seed: int,
    hidden: int | None = None,
    recipe: ProbeRecipe = PAPER,
    views: Tensor | None = None,
    weigh_items: bool = False,
) -> Probes:
    """Train probes, one of each view, or as many as `views` names.

    Each minimises its own loss by Adam, whose steps do not mix parameters, over the
    same sentences in the same order: together or alone, they end alike. The loss of a
    batch is cross-entropy, of values the smooth ℓ₁ distance, averaged over a sentence's
    items, then over sentences. An item whose class is `IGNORED` for a probe is in none
    of its averages and scores.

    Args:
        items: To learn from.
        validation: They say when to stop, and which epoch is kept.
        metric: The score, if that says so; `recipe.by_loss`.
        outputs: Classes; 1 for values.
        seed: Of initialisation and order.
        hidden: Units of a ReLU layer between; None: the probe is linear.
        recipe: How.
        views: View of each probe, int64; None: each view has one.
        weigh_items: Average over items instead of sentences.

    Raises:
        InputError: If a probe has nothing to learn from or to validate on, or a vector
            is NaN or infinite.

    Source: Movva & Zhao (2020), A.1; Liu et al. (2019).

    >>> from ontogeny.measures.probing.metrics import Accuracy
    >>> words = torch.arange(400)
    >>> made = Items(torch.eye(4).repeat(1, 100, 1), words, words % 4, words.numpy())
    >>> probes = train_probes(
    ...     made, made, Accuracy(), outputs=4, seed=0, recipe=CONVERGED)
    >>> bool((probes.predict(made) == made.labels.numpy()).all())
    True
    """
    device = items.vectors.device
    own = (torch.arange(len(items.vectors)) if views is None else views).to(device)
    labels, gold = (by_probe(part.labels, len(own)) for part in (items, validation))
    for name, of in (
        ("learn from", labels),
        ("validate on", gold),
    ):
        if not bool(labelled(of).any(1).all()):
            raise InputError(f"A probe has no item to {name}: give more text.")
    check(items.vectors)
    if validation.vectors is not items.vectors:
        check(validation.vectors)
    order = np.random.default_rng(seed)
    drawn, runs = batched(items.sentences, recipe.sentences, order)
    standard = moments(items) if recipe.standardised else None
    share = shares(labels, items.sentences, weigh_items)
    share = share[:, torch.from_numpy(drawn).to(device)]
    taught = Feed.of(items, standard, len(own), drawn)
    heard = Feed.of(validation, standard, len(own))
    first = initial_weights(items.width, hidden, outputs, seed)
    weights = [part.expand(len(own), *part.shape).to(device) for part in first]
    loop = Learning(weights, own, recipe)
    passes = -(-recipe.steps // len(runs))
    for epoch in range(1, recipe.epochs + 1):
        steps = [runs[at] for _ in range(passes) for at in order.permutation(len(runs))]
        for number, run in enumerate(steps):
            done = (epoch - 1 + number / len(steps)) / recipe.epochs
            loop.step(taught.read(run), taught.labels[:, run], share[:, run], done)
        scores = _scores(loop.probes(), heard, None if recipe.by_loss else metric)
        learns = loop.keep(torch.from_numpy(scores).to(device), epoch)
        if not len(loop.active):
            break
        if learns is not None:
            # What only probes read that have ended is read no more.
            used = loop.narrow()
            taught, heard = (part.narrowed(learns, used) for part in (taught, heard))
            share = share[learns]
    return Probes(loop.best, own, standard, loop.epochs)


def _scores(probes: Probes, items: Feed, metric: Metric | None) -> NDArray[np.float64]:
    """How good probes are, shape (probes,): by a metric; None: by their loss."""
    counted = labelled(items.labels).cpu().numpy()
    if metric is None:
        return -probes.nats(items).sum(1) / counted.sum(1)
    scores = []
    for gold, found, which in zip(
        items.labels.cpu().numpy(), probes.predict(items), counted, strict=True
    ):
        _, number = np.unique(items.sentences[which], return_inverse=True)
        of = int(number[-1]) + 1
        scores.append(
            metric.score(metric.sums(gold[which], found[which], number, of).sum(0))
        )
    # A score that does not exist is worst.
    return np.nan_to_num(np.array(scores, np.float64), nan=-1e9)
