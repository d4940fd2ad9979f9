"""Statistics of every bootstrap resample of words at once.

A resample is a row of weights: how often each word was drawn. A row of ones is
the sample itself. Every function here takes weights of shape (resamples,
words) and returns one value per resample, equal to the plain statistic of the
words repeated by their weights; words with a NaN are left out.
"""

from __future__ import annotations

import numpy as np


def weighted_mean(weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Mean over words, leaving out NaN.

    Args:
        weights: Shape (resamples, words).
        values: Shape (words,) or (words, columns).

    Returns:
        Shape (resamples,) or (resamples, columns); NaN where no word is left.

    >>> weighted_mean(np.array([[1, 1, 1], [2, 1, 1]]), np.array([1.0, 4.0, np.nan]))
    array([2.5, 2. ])
    """
    known = np.isfinite(values)
    total = weights @ known.astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        return weights @ np.where(known, values, 0.0) / total


def weighted_spearman(weights: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Spearman's ρ over words, ranked anew in every resample (mean ranks).

    Resampling the ranks of the original sample would be another statistic: a
    word drawn twice is a tie that moves the ranks of all words above it.

    Args:
        weights: Shape (resamples, words), whole numbers.
        x: Shape (words,).
        y: Shape (words,).

    Returns:
        Shape (resamples,); NaN where x or y is constant.

    >>> weighted_spearman(np.ones((1, 3)), np.array([1, 2, 3]), np.array([1, 4, 9]))
    array([1.])
    """
    known = np.isfinite(x) & np.isfinite(y)
    w = weights[:, known].astype(float)
    total = w.sum(axis=1, keepdims=True)
    centred = []
    for values in (x, y):
        ranks = _mean_ranks(w, values[known])
        centred.append(ranks - (w * ranks).sum(axis=1, keepdims=True) / total)
    a, b = centred
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.sqrt((w * a * a).sum(axis=1) * (w * b * b).sum(axis=1))
        return (w * a * b).sum(axis=1) / scale


def _mean_ranks(weights: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The rank of each word in each resample, tied words sharing the mean."""
    values, group = np.unique(x, return_inverse=True)
    in_group = _by_group(weights, group, len(values))
    return (np.cumsum(in_group, axis=1) - in_group / 2)[:, group]


def _by_group(weights: np.ndarray, group: np.ndarray, groups: int) -> np.ndarray:
    """Summed weights of each group of words, shape (resamples, groups)."""
    if not groups:
        return np.zeros((len(weights), 0))
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(groups))
    return np.add.reduceat(weights[:, order].astype(float), starts, axis=1)


def weighted_median(weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Median over words: of an even number, the mean of the middle two.

    Args:
        weights: Shape (resamples, words), whole numbers.
        values: Shape (words,); NaN left out.

    Returns:
        Shape (resamples,); NaN where no word is left.

    >>> weighted_median(np.array([[1, 1, 1], [0, 1, 1]]), np.array([5.0, 1.0, 3.0]))
    array([3., 2.])
    """
    known = np.isfinite(values)
    if not known.any():
        return np.full(len(weights), np.nan)
    order = np.argsort(values[known])
    ascending = values[known][order]
    upto = np.cumsum(weights[:, known][:, order], axis=1)
    total = upto[:, -1:]
    lower = np.argmax(upto >= np.ceil(total / 2), axis=1)
    upper = np.argmax(upto >= np.floor(total / 2) + 1, axis=1)
    median = (ascending[lower] + ascending[upper]) / 2
    return np.where(total[:, 0] > 0, median, np.nan)


def weighted_auc(
    weights: np.ndarray, score: np.ndarray, positive: np.ndarray
) -> np.ndarray:
    """P(a positive word scores higher than another) + ½ P(they score alike).

    Args:
        weights: Shape (resamples, words).
        score: Shape (words,).
        positive: Shape (words,), boolean.

    Returns:
        Shape (resamples,), in [0, 1]; NaN without both kinds of word.

    >>> one = np.ones((1, 4))
    >>> weighted_auc(one, np.array([9, 5, 5, 1]), np.array([1, 1, 0, 0], dtype=bool))
    array([0.875])
    """
    values, group = np.unique(score, return_inverse=True)
    yes = _by_group(weights * positive, group, len(values))
    no = _by_group(weights * ~positive, group, len(values))
    won = (yes * (np.cumsum(no, axis=1) - no / 2)).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return won / (yes.sum(axis=1) * no.sum(axis=1))


def partial_coefficient(
    weights: np.ndarray, y: np.ndarray, d: np.ndarray, x: np.ndarray
) -> np.ndarray:
    """b in the least-squares fit y ~ a + b·d + c·x over words.

    From the normal equations of the centred variables,
    b = (S_dy S_xx − S_xy S_dx) / (S_dd S_xx − S_dx²).

    Args:
        weights: Shape (resamples, words).
        y: Outcome, shape (words,).
        d: The variable whose coefficient is returned, shape (words,).
        x: The control, shape (words,).

    Returns:
        Shape (resamples,), in units of y per unit of d; NaN where d and x
        are collinear.

    >>> d, x = np.array([0, 1, 0, 1.0]), np.array([0, 1, 2, 5.0])
    >>> partial_coefficient(np.ones((1, 4)), 1 + 2 * d - 3 * x, d, x).round(12)
    array([2.])
    """
    known = np.isfinite(y) & np.isfinite(d) & np.isfinite(x)
    w = weights[:, known].astype(float)
    y, d, x = (v[known] - v[known].mean() for v in (y, d, x))
    columns = np.stack([y, d, x, d * y, x * y, d * d, x * x, d * x], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = w @ columns / w.sum(axis=1, keepdims=True)
        my, md, mx, mdy, mxy, mdd, mxx, mdx = means.T
        dy, xy, dx = mdy - md * my, mxy - mx * my, mdx - md * mx
        dd, xx = mdd - md * md, mxx - mx * mx
        rest = dd * xx - dx * dx
        rest = np.where(rest > 1e-12 * dd * xx, rest, np.nan)
        return (dy * xx - xy * dx) / rest


def kendall_tau(curves: np.ndarray) -> np.ndarray:
    """Kendall's τ-b of each curve with time, over the epochs where it is known.

    Args:
        curves: Shape (epochs, words), in order of time; NaN where unknown.

    Returns:
        Shape (words,); NaN for a constant curve or fewer than two epochs.

    >>> kendall_tau(np.array([[1.0, 1.0], [2.0, 3.0], [4.0, 2.0]])).round(4)
    array([1.    , 0.3333])
    """
    first, second = np.triu_indices(len(curves), k=1)
    steps = np.sign(curves[second] - curves[first])
    pairs = np.isfinite(steps).sum(axis=0)
    untied = np.nansum(np.abs(steps), axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.nansum(steps, axis=0) / np.sqrt(pairs * untied)


def slope(times: np.ndarray) -> np.ndarray:
    """Weights c with c·curve = the least-squares slope of a curve at `times`.

    Args:
        times: Shape (epochs,), at least two different ones.

    Returns:
        Shape (epochs,), per unit of time.

    >>> float(slope(np.array([1, 2, 3])) @ np.array([3.0, 5.0, 7.0]))
    2.0
    """
    centred = times - np.mean(times)
    if not np.any(centred):
        raise ValueError("a slope needs two different times")
    return centred / np.sum(centred**2)


def accuracy_draws(
    correct: np.ndarray, tokens: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Accuracy and its resamples, Σ w correct / Σ w tokens.

    Args:
        correct: Tokens that are right, by group, shape (…, groups).
        tokens: All tokens, likewise.
        weights: How often each group was drawn, shape (resamples, groups).

    Returns:
        Shape (1 + resamples, …); NaN where a resample has no token.

    >>> accuracy_draws(np.array([1, 4]), np.array([2, 4]), np.array([[2, 0]])).tolist()
    [0.8333333333333334, 0.5]
    """
    every = np.vstack([np.ones(weights.shape[1]), weights])
    with np.errstate(invalid="ignore", divide="ignore"):
        right, of = (np.moveaxis(x @ every.T, -1, 0) for x in (correct, tokens))
        return right / of
