"""Similarity of single neurons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ontogeny.measures.similarity.directions import inverse_deviation
from ontogeny.measures.similarity.moments import CrossMoments
from ontogeny.measures.similarity.views import views


@dataclass(frozen=True)
class Matches:
    """The best match of each neuron of one view in another.

    Attributes:
        correlation: Of each neuron with it, shape (units_a,).
        index: Its number, the lowest of equals, so 0 where a neuron is constant, int64,
            shape (units_a,).
    """

    correlation: np.ndarray
    index: np.ndarray


def neuron_matches(
    a: Any, b: Any, *, cross: CrossMoments | None = None, signed: bool = False
) -> Matches:
    """For each neuron k of A the neuron k′ of B with the largest corr(k, k′).

    Of |corr(k, k′)| unless signed. A constant neuron correlates with none (0).

    Args:
        a: Shape (n, units_a), numpy array or torch tensor; or `Moments`.
        b: Shape (n, units_b), the same tokens in the same order; likewise.
        cross: With `Moments`: the pair's.
        signed: Whether a strong negative correlation is no match.

    Returns:
        Correlations in [0, 1], signed in [−1, 1], and whose they are.

    Raises:
        InputError: As for `compare`.
        ValueError: If the arguments do not fit.

    Source: Movva & Zhao (2020), §5.2.

    >>> a = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 5.0]])
    >>> found = neuron_matches(a, -a[:, ::-1])
    >>> found.index.tolist(), found.correlation.round(4).tolist()
    ([1, 0], [1.0, 1.0])
    """
    a, b, cross = views(a, b, cross)
    scale_a, scale_b = inverse_deviation(a), inverse_deviation(b)
    correlations = scale_a[:, None] * cross.covariance * scale_b
    if not signed:
        correlations = np.abs(correlations)
    index = correlations.argmax(axis=1)
    best = np.take_along_axis(correlations, index[:, None], axis=1)[:, 0]
    return Matches(np.clip(best, -1.0, 1.0), index)


def neuron_similarity(
    a: Any, b: Any, *, cross: CrossMoments | None = None, signed: bool = False
) -> float:
    """Mean over neurons k of A of max over neurons k′ of B of corr(k, k′).

    Of |corr(k, k′)| unless signed. Not symmetric in the views, and not unchanged
    by rotating one: it asks for the same neurons, not the same space. A constant
    neuron correlates with none (0).

    Args:
        a: Shape (n, units_a), numpy array or torch tensor; or `Moments`.
        b: Shape (n, units_b), the same tokens in the same order; likewise.
        cross: With `Moments`: the pair's.
        signed: Whether a strong negative correlation is no similarity.

    Returns:
        In [0, 1]; signed in [−1, 1].

    Raises:
        InputError: As for `compare`.
        ValueError: If the arguments do not fit.

    Source: Bau et al. (2019), arXiv:1811.01157 (absolute); Wu et al. (2020),
    arXiv:2005.01172; signed in Movva & Zhao (2020), §5.

    >>> a = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 5.0]])
    >>> round(neuron_similarity(a, -a), 4)
    1.0
    >>> round(neuron_similarity(a, -a, signed=True), 4)
    -0.7559
    """
    return float(neuron_matches(a, b, cross=cross, signed=signed).correlation.mean())
