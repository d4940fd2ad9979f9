"""How good a network is: perplexity, bits per character or accuracy, with resamples."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ontogeny.statistics.bootstrap import resampling_weights

BLOCK = 2**22
"""Entries of resampling weights held at a time, of many texts."""


class Measure(NamedTuple):
    """How good networks of a kind are said to be.

    Attributes:
        name: Of it, with its unit.
        digits: After the point, as the paper prints.
        better: Whether "lower" or "higher" is.
    """

    name: str
    digits: int
    better: str


MEASURES = {
    "words": Measure("perplexity", 2, "lower"),
    "characters": Measure("bits per character", 3, "lower"),
    "texts": Measure("accuracy (%)", 2, "higher"),
}
"""By kind of task, as tables 1 and 2 have it."""


def value(kind: str, nats: np.ndarray, predictions: np.ndarray, correct: np.ndarray):
    r"""Perplexity, bits per character or percent, from sums.

    Perplexity = exp(Σ nats / Σ predictions), bits = Σ nats / Σ predictions / ln 2,
    accuracy = 100 Σ correct / Σ predictions.

    Args:
        kind: Of the task.
        nats: Sums of surprisals, any shape.
        predictions: How many, of that shape.
        correct: Of these, those that are right; NaN but for texts.

    >>> float(value("characters", np.log(4.0), np.array(1), np.array(np.nan)))
    2.0
    """
    if kind == "texts":
        return 100 * correct / predictions
    with np.errstate(over="ignore"):
        mean = nats / predictions
        return mean / np.log(2) if kind == "characters" else np.exp(mean)


def draws(kind: str, rows: pd.DataFrame, resamples: int) -> np.ndarray:
    """Quality in the sample and in resamples of sentences, segments or texts.

    Resamples depend on their number alone: networks that were measured on the same
    groups share theirs, and differences are paired.

    Args:
        kind: Of the task.
        rows: One per group, in the groups' order: nats, predictions, correct.
        resamples: How many.

    Returns:
        Shape (1 + resamples,): the sample itself, then the resamples.
    """
    sums = rows[["nats", "predictions", "correct"]].to_numpy(float)
    drawn = [sums.sum(0, keepdims=True)]
    size = max(1, BLOCK // max(1, len(sums)))
    for block, start in enumerate(range(0, resamples, size)):
        count = min(size, resamples - start)
        drawn.append(resampling_weights(len(sums), count, seed=block) @ sums)
    return np.asarray(value(kind, *np.vstack(drawn).T))
