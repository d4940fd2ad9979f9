"""Samples of open- and closed-class words that are alike in frequency."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ontogeny.statistics.arrays import as_array


class Sample(NamedTuple):
    """Words of one class.

    Attributes:
        indices: Into the arrays given, most frequent first, shape (size,).
        mean: Mean of their counts; NaN if there are none.
        sd: Standard deviation of their counts (population: over n).
    """

    indices: np.ndarray
    mean: float
    sd: float


class MatchedSamples(NamedTuple):
    """One sample of each class, of equal size.

    Attributes:
        open: Open-class words.
        closed: Closed-class words.
        requested: Words asked for in each.
        size: Words in each; fewer if a class has fewer.
    """

    open: Sample
    closed: Sample
    requested: int
    size: int


def matched_samples(
    counts: np.ndarray,
    classes: np.ndarray,
    *,
    size: int = 120,
    tolerance: float = 0.01,
) -> MatchedSamples:
    """Contiguous ranges of each class's frequency-sorted words, alike in mean.

    Of all pairs of ranges of `size` words, the pair whose mean counts are the
    nearest in ratio; of pairs that tie, the one whose standard deviations are;
    of pairs that tie in these too, the one with the most frequent open-class
    words. If a class has fewer words than `size`, both ranges have
    as many as the smaller class, and the result says so. Memory linear in the
    number of words (times `size`), time at worst the product of the classes'
    sizes.

    Args:
        counts: Occurrences in the training split, shape (words,), positive.
        classes: "open", "closed" or anything else (in neither sample), shape
            (words,).
        size: Words wanted of each class.
        tolerance: Means, or standard deviations, tie if their logarithms
            differ by no more.

    Returns:
        The samples; empty, with NaN mean and standard deviation, if one of the
        classes has no words.

    Raises:
        ValueError: If the shapes differ, a count is not positive or size < 1.

    Source: Saphra & Lopez (2019), arXiv:1908.01817, §3, "The Role of Part of
    Speech": "sorting all open and closed class words by frequency, then
    choosing a range of each sorted list with a similar average frequency".

    >>> matched = matched_samples(
    ...     np.array([90, 50, 40, 9, 8, 5]),
    ...     np.array(["closed", "open", "closed", "open", "closed", "open"]),
    ...     size=1,
    ... )
    >>> matched.open.indices.tolist(), matched.closed.indices.tolist()
    ([3], [4])
    """
    counts, classes = (np.asarray(as_array(given)) for given in (counts, classes))
    if counts.ndim != 1 or counts.shape != classes.shape:
        raise ValueError(
            f"need counts and classes (words,), got {counts.shape}, {classes.shape}"
        )
    if size < 1 or not (counts > 0).all():
        raise ValueError("need a size of at least 1 and positive counts")
    order = np.argsort(-counts, kind="stable")
    opens, closeds = (order[classes[order] == name] for name in ("open", "closed"))
    smaller = min(size, len(opens), len(closeds))
    at, closed_at = 0, 0
    if smaller:
        at, closed_at = _best_pair(counts[opens], counts[closeds], smaller, tolerance)
    return MatchedSamples(
        open=_sample(opens[at : at + smaller], counts),
        closed=_sample(closeds[closed_at : closed_at + smaller], counts),
        requested=size,
        size=smaller,
    )


def _sample(indices: np.ndarray, counts: np.ndarray) -> Sample:
    if len(indices) == 0:
        return Sample(indices, np.nan, np.nan)
    return Sample(indices, float(counts[indices].mean()), float(counts[indices].std()))


def _best_pair(
    first: np.ndarray, second: np.ndarray, size: int, tolerance: float
) -> tuple[int, int]:
    """Where the two ranges begin in two lists of counts, both descending."""
    mean, sd = _log_moments(first, size)
    other_mean, other_sd = _log_moments(second, size)
    # ASSUME: "similar" is a ratio of means, as a difference would be smallest
    # among the rarest words of any two classes. Within 1 % two means (then two
    # standard deviations) tie, far less than those of random samples of 120
    # such words differ. Of what ties, the most frequent words: rare ones
    # (10 or 11 times) are alike in every moment, and span no frequencies over
    # which to correlate.
    within = _at_most(max(tolerance, _smallest_difference(mean, other_mean)))
    # Means descend with the ranges, so the partners of one range are neighbours.
    starts = np.searchsorted(-other_mean, -(mean + within), side="left")
    stops = np.searchsorted(-other_mean, -(mean - within), side="right")
    closest = [
        _sd_differences(deviation, other_sd[start:stop]).min(initial=np.inf)
        for deviation, start, stop in zip(sd, starts, stops, strict=True)
    ]
    limit = _at_most(max(tolerance, min(closest)))
    partnered = (np.array(closest) <= limit) & (starts < stops)
    i = int(np.argmax(partnered))
    start, stop = starts[i], stops[i]
    suits = _sd_differences(sd[i], other_sd[start:stop]) <= limit
    return i, int(start) + int(np.argmax(suits))


def _at_most(limit: float) -> float:
    """The limit, above the rounding of what is compared with it."""
    return limit * (1 + 1e-9) + 1e-12


def _sd_differences(one: float, others: np.ndarray) -> np.ndarray:
    """|one − others|; infinite if either range has counts all equal.

    Nothing correlates with them: they serve only if there is nothing else.
    """
    usable = np.isfinite(others) & np.isfinite(one)
    return np.abs(np.where(usable, one, 0.0) - np.where(usable, others, np.inf))


def _log_moments(counts: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Logarithms of the mean and standard deviation of each range."""
    ranges = np.lib.stride_tricks.sliding_window_view(counts.astype(float), size)
    with np.errstate(divide="ignore"):
        return np.log(ranges.mean(axis=1)), np.log(ranges.std(axis=1))


def _smallest_difference(first: np.ndarray, second: np.ndarray) -> float:
    """Smallest |first − second| over all pairs; both descending."""
    right = np.searchsorted(-second, -first).clip(max=len(second) - 1)
    left = (right - 1).clip(min=0)
    return float(
        np.minimum(np.abs(first - second[left]), np.abs(first - second[right])).min()
    )
