"""How well predictions are: scores that are made of sums per sentence.

A resample of sentences then costs a weighted sum, not another pass over predictions.
Definitions are scikit-learn's (accuracy, F-score of a class, Pearson's r) and seqeval's
(F1 of spans, in its default mode).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Sums = NDArray[np.float64]
"""What a score is made of, shape (…, parts); those of sentences add up."""


class Metric(Protocol):
    """A score of predictions."""

    def sums(
        self, gold: NDArray, predicted: NDArray, sentences: NDArray, of: int
    ) -> Sums:
        """Sums per sentence, shape (sentences, parts).

        Args:
            gold: Of each item, in the text's order.
            predicted: Of each item.
            sentences: Each item's, ascending.
            of: Number of sentences.
        """

    def score(self, sums: Sums) -> NDArray[np.float64]:
        """The score of sums over sentences, shape (…); NaN where it has none."""


@dataclass(frozen=True)
class Accuracy:
    """Share of items that are predicted rightly.

    >>> gold, predicted = np.array([0, 1, 1, 2]), np.array([0, 1, 0, 2])
    >>> sums = Accuracy().sums(gold, predicted, np.array([0, 0, 1, 1]), 2)
    >>> sums.tolist(), float(Accuracy().score(sums.sum(0)))
    ([[2.0, 2.0], [1.0, 2.0]], 0.75)
    """

    def sums(
        self, gold: NDArray, predicted: NDArray, sentences: NDArray, of: int
    ) -> Sums:
        """Right items and items."""
        return _by_sentence(sentences, of, gold == predicted, np.ones(len(gold)))

    def score(self, sums: Sums) -> NDArray[np.float64]:
        """Right items / items."""
        return _ratio(sums[..., 0], sums[..., 1])


@dataclass(frozen=True)
class ClassF:
    """F-score of one class: (1 + β²) TP / ((1 + β²) TP + β² FN + FP).

    Attributes:
        label: The class.
        beta: Above 1 recall weighs more than precision, below 1 less.

    >>> metric = ClassF(label=1)
    >>> gold, predicted = np.array([1, 1, 0, 0]), np.array([1, 0, 1, 0])
    >>> float(metric.score(metric.sums(gold, predicted, np.zeros(4, int), 1)[0]))
    0.5
    """

    label: int
    beta: float = 1.0

    def sums(
        self, gold: NDArray, predicted: NDArray, sentences: NDArray, of: int
    ) -> Sums:
        """Items of the class that are found, items of it, items found."""
        is_, found = gold == self.label, predicted == self.label
        return _by_sentence(sentences, of, is_ & found, is_, found)

    def score(self, sums: Sums) -> NDArray[np.float64]:
        """The F-score; NaN where neither gold nor predicted items are of the class."""
        return _f(sums, self.beta)


@dataclass(frozen=True)
class SpanF1:
    """F1 of whole spans in labels such as B-NP, I-NP, O, as seqeval counts them.

    A span begins at a B, at an I after an O or after another type, and at a sentence's
    begin, so that IOB1 and IOB2 are both read. One is right if begin, end and type are.

    Attributes:
        labels: Name of each class: O, or B- or I- and a type.

    Raises:
        ValueError: If a label is none of these.

    >>> metric = SpanF1(("O", "B-NP", "I-NP"))
    >>> gold, predicted = np.array([1, 2, 0, 1]), np.array([1, 0, 0, 1])
    >>> metric.sums(gold, predicted, np.zeros(4, int), 1).tolist()
    [[1.0, 2.0, 2.0]]
    """

    labels: tuple[str, ...]

    def __post_init__(self) -> None:
        wrong = [
            label
            for label in self.labels
            if label != "O" and not (label[:2] in ("B-", "I-") and label[2:])
        ]
        if wrong:
            raise ValueError(f"labels of spans are O, B-… and I-…, not {wrong[0]!r}")

    def sums(
        self, gold: NDArray, predicted: NDArray, sentences: NDArray, of: int
    ) -> Sums:
        """Spans that are right, gold spans, predicted spans."""
        begins, ends, types = self._spans(gold, sentences)
        begins_too, ends_too, types_too = self._spans(predicted, sentences)
        right = begins & begins_too & (ends == ends_too) & (types == types_too)
        return _by_sentence(sentences, of, right, begins, begins_too)

    def score(self, sums: Sums) -> NDArray[np.float64]:
        """F1; NaN where there is no span at all."""
        return _f(sums, 1.0)

    def _spans(
        self, labels: NDArray, sentences: NDArray
    ) -> tuple[NDArray, NDArray, NDArray]:
        """Whether a span begins at each item; where it ends, and its type, if so."""
        names = [label[2:] for label in self.labels]  # "" of O
        number = {name: index for index, name in enumerate(sorted(set(names)))}
        outside = np.array([label == "O" for label in self.labels])[labels]
        b = np.array([label.startswith("B-") for label in self.labels])[labels]
        types = np.array([number[name] for name in names])[labels]
        new = np.ones(len(labels), bool)
        new[1:] = (
            (sentences[1:] != sentences[:-1])
            | outside[:-1]
            | (types[1:] != types[:-1])
            | b[1:]
        )
        begins = new & ~outside
        # A span ends where the next one, or what is outside, begins.
        stops = np.flatnonzero(new | outside)
        after = np.searchsorted(stops, np.arange(len(labels)), side="right")
        return begins, np.append(stops, len(labels))[after], types


@dataclass(frozen=True)
class PearsonR:
    """Pearson's correlation of real values, from sums about fixed points.

    Attributes:
        about: A value near the gold ones' mean; it keeps the sums precise.
    """

    about: float = 0.0

    def sums(
        self, gold: NDArray, predicted: NDArray, sentences: NDArray, of: int
    ) -> Sums:
        """Items, sums, squares and products."""
        x = np.asarray(gold, np.float64) - self.about
        y = np.asarray(predicted, np.float64) - self.about
        return _by_sentence(sentences, of, np.ones(len(x)), x, y, x * x, y * y, x * y)

    def score(self, sums: Sums) -> NDArray[np.float64]:
        """r; NaN where either side is constant."""
        n, x, y, xx, yy, xy = np.moveaxis(sums, -1, 0)
        spread_x, spread_y = n * xx - x * x, n * yy - y * y
        least = 1e-12 * n
        constant = (spread_x <= least * xx) | (spread_y <= least * yy)
        scale = np.sqrt(np.where(constant, np.nan, spread_x * spread_y))
        return (n * xy - x * y) / scale


SCORES: dict[str, Callable[[Sums], NDArray[np.float64]]] = {
    "accuracy": Accuracy().score,
    "span_f1": SpanF1(()).score,
    "class_f1": ClassF(0).score,
    "class_f05": ClassF(0, beta=0.5).score,
    "pearson": PearsonR().score,
}
"""What sums over sentences amount to, by the metric's name in tables."""


def _by_sentence(sentences: NDArray, of: int, *parts: Sequence | NDArray) -> Sums:
    return np.stack(
        [np.bincount(sentences, weights=part, minlength=of) for part in parts], axis=1
    )


def _f(sums: Sums, beta: float) -> NDArray[np.float64]:
    right, gold, found = np.moveaxis(sums, -1, 0)
    return _ratio((1 + beta**2) * right, beta**2 * gold + found)


def _ratio(above: NDArray, below: NDArray) -> NDArray[np.float64]:
    return np.divide(
        above, below, out=np.full(np.shape(below), np.nan), where=below > 0
    )
