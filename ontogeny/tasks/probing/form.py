"""What a task's form alone gives away: word types, positions, distance, length.

A language without structure must give no task more than this.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from ontogeny.measures.probing.metrics import ClassF
from ontogeny.tasks.probing.questions import VALUE, Question
from ontogeny.tasks.probing.task import Part

ITERATIONS = 300


def form_features(
    question: Question, lengths: dict[int, int], part: Part
) -> tuple[list[list[str]], NDArray[np.float64]]:
    """What is known of an item without a model.

    Args:
        question: The task.
        lengths: Words of each sentence.
        part: Whose items.

    Returns:
        Word types of each, and its numbers, shape (items, numbers): of each word its
        position (from 0, and by the sentence's length) and the length; of a pair also
        the distance, signed and not.
    """
    side = question.sides[part]
    pairs = side.words if side.words.ndim == 2 else side.words[:, None]
    places = question.wanted[pairs]  # (items, words, 2)
    length = np.vectorize(lengths.__getitem__)(places[..., 0])
    position = places[..., 1]
    parts = [position, position / length, length]
    if pairs.shape[1] == 2:
        distance = np.diff(position, axis=1)
        parts += [distance, np.abs(distance), np.sign(distance)]
    types = [[one] if isinstance(one, str) else list(one) for one in side.types]
    return types, np.hstack(parts).astype(float)


def form_answers(question: Question, lengths: dict[int, int]) -> dict[Part, NDArray]:
    """What a logistic model (values: ridge regression) of form answers.

    Where one class is to be found it is answered from that probability on which is best
    on validation items: of a rare class none reaches a half, and chance finds some.

    Args:
        question: The task.
        lengths: Words of each sentence.

    Returns:
        Answers to the items of each part.

    Source: settled with the claims: a baseline for languages without structure. Here
    the number of iterations is limited, and the penalty is scikit-learn's default.
    """
    sides = {part: form_features(question, lengths, part) for part in question.sides}
    encoder = OneHotEncoder(handle_unknown="ignore").fit(sides["train"][0])
    scaler = StandardScaler().fit(sides["train"][1])
    features = {
        part: hstack(
            [encoder.transform(types), csr_matrix(scaler.transform(numbers))]
        ).tocsr()
        for part, (types, numbers) in sides.items()
    }
    values = question.metric == VALUE
    model = Ridge() if values else LogisticRegression(max_iter=ITERATIONS, tol=1e-3)
    model.fit(features["train"], question.sides["train"].labels)
    metric = question.metrics[question.metric]
    if not isinstance(metric, ClassF):
        return {part: model.predict(own) for part, own in features.items()}
    shares = {
        part: model.predict_proba(own)[:, metric.label]
        for part, own in features.items()
    }
    least = _best_threshold(shares["valid"], question.sides["valid"].labels, metric)
    others = np.delete(model.classes_, metric.label)
    return {
        part: np.where(share >= least, metric.label, others[0])
        for part, share in shares.items()
    }


def _best_threshold(
    shares: NDArray[np.float64], labels: NDArray, metric: ClassF
) -> float:
    """From which probability on a class is best said to be there.

    >>> _best_threshold(np.array([0.1, 0.3, 0.2]), np.array([0, 1, 1]), ClassF(1))
    0.2
    """
    order = np.argsort(-shares, kind="stable")
    found = np.arange(1, len(order) + 1)
    right = np.cumsum(labels[order] == metric.label)
    sums = np.stack([right, np.full(len(order), right[-1]), found], axis=-1)
    # Items of one probability are told alike.
    last = np.append(shares[order][1:] < shares[order][:-1], True)
    scores = np.where(last, np.nan_to_num(metric.score(sums.astype(float))), -1.0)
    return float(shares[order][scores.argmax()])
