"""Bootstrap over words: one set of resamples for many correlations.

Every statistic that is to be compared takes the same resampling weights, so
that differences between epochs, sites and subsets are differences within a
resample (paired), and all moments are matrix products.
"""

from __future__ import annotations

import numpy as np

from ontogeny.statistics.arrays import as_array, as_numbers

# Entries of the weights handled at a time (16 MB in float64), and columns.
_BLOCK = 2**21
_COLUMNS = 128

TAILS = (1 - 0.95) / 2, (1 + 0.95) / 2
"""Of a 95 % interval, as figures' tables have it."""

EXACT_TAILS = 0.025, 0.975
"""The same without its rounding error, as claims have it: neither table's last digit
may move."""


def resampling_weights(words: int, resamples: int = 1000, seed: int = 0) -> np.ndarray:
    """How often each word is drawn in each bootstrap resample.

    Each row is multinomial: `words` draws with replacement, each word alike.
    For a subset of the words take its columns, `weights[:, subset]`, rather
    than new weights: nested subsets then stay paired, and disjoint ones
    independent (two sets of weights from one seed and for equally many words
    are equal, which would pair words by their position).

    Args:
        words: Number of words, at least 1.
        resamples: Number of resamples, at least 1.
        seed: Of the draws; equal arguments give equal weights.

    Returns:
        Shape (resamples, words), float32 (80 MB for 20,000 words and 1,000
        resamples); whole numbers, each row summing to `words`.

    Raises:
        ValueError: If words or resamples is below 1.

    Source: Efron & Tibshirani (1993), An Introduction to the Bootstrap, §6.

    >>> resampling_weights(words=4, resamples=2).sum(axis=1).tolist()
    [4.0, 4.0]
    """
    if words < 1 or resamples < 1:
        raise ValueError(
            f"need at least one word and one resample, got {words} and {resamples}"
        )
    rng = np.random.default_rng(seed)
    weights = np.empty((resamples, words), dtype=np.float32)
    for rows in _blocks(resamples, words):
        block = weights[rows]
        draws = rng.integers(words, size=block.shape)
        draws += np.arange(len(block))[:, None] * words
        drawn = np.bincount(draws.ravel(), minlength=block.size)
        block[:] = drawn.reshape(block.shape)
    return weights


def weighted_pearson(
    weights: np.ndarray, columns: np.ndarray, y: np.ndarray
) -> np.ndarray:
    """Pearson correlation of each column with y under each row of weights.

    With weights w, r = Σ w (x − x̄)(y − ȳ) / √(Σ w (x − x̄)² · Σ w (y − ȳ)²),
    where x̄, ȳ are the means under w. The data are first centred and scaled as
    they stand, so the moments lose nothing to cancellation. A NaN in a column
    takes its word out of that column only.

    Args:
        weights: Shape (resamples, words), ≥ 0; see `resampling_weights`. One
            row of ones gives the ordinary correlation.
        columns: Shape (words, columns); NaN where a word has no value.
        y: Shape (words,), finite, e.g. frequencies.

    Returns:
        Shape (resamples, columns), in [−1, 1]. NaN where a resample has fewer
        than two different values of the column or of y. Equal are also values
        within 1e-13 of the largest magnitude, and, in a resample, within 1e-6
        of its mean's distance from the data's.

    Raises:
        ValueError: If the shapes do not fit or y is not finite.

    >>> x = np.array([[1.0, 4.0], [2.0, 2.0], [3.0, 0.0], [9.0, np.nan]])
    >>> weighted_pearson(np.array([[1, 1, 1, 0]]), x, np.arange(4)).round(6)
    array([[ 1., -1.]])
    """
    weights = np.asarray(as_array(weights))
    columns, y = as_numbers(columns), as_numbers(y)
    _check(weights, columns, y)
    if columns.size == 0:
        return np.full((len(weights), columns.shape[1]), np.nan)
    return np.hstack(
        [
            _correlate(weights, columns[:, at : at + _COLUMNS], y)
            for at in range(0, columns.shape[1], _COLUMNS)
        ]
    )


def percentile_interval(
    resampled: np.ndarray, tails: tuple[float, float] = TAILS
) -> tuple[np.ndarray, np.ndarray]:
    """Percentile bootstrap interval of each column, by default of 95 %.

    Args:
        resampled: A statistic under each resample, shape (resamples, ...).
            NaN resamples (without variance) are left out.
        tails: Share of the resamples below each end.

    Returns:
        Lower and upper ends, each of shape (...). NaN where no resample is left.

    Source: Efron & Tibshirani (1993), An Introduction to the Bootstrap, §13.3.

    >>> low, high = percentile_interval(np.arange(101.0))
    >>> round(float(low), 6), round(float(high), 6)
    (2.5, 97.5)
    """
    resampled = as_numbers(resampled)
    ends = np.full((2, *resampled.shape[1:]), np.nan)
    some = ~np.isnan(resampled).all(axis=0)
    ends[:, some] = np.nanquantile(resampled[:, some], tails, axis=0)
    return ends[0], ends[1]


def _check(weights: np.ndarray, columns: np.ndarray, y: np.ndarray) -> None:
    fit = columns.ndim == 2 and y.shape == columns.shape[:1]
    if not fit or weights.ndim != 2 or weights.shape[1] != len(y):
        raise ValueError(
            "need weights (resamples, words), columns (words, columns) and y "
            f"(words,), got {weights.shape}, {columns.shape} and {y.shape}"
        )
    if not np.isfinite(y).all():
        raise ValueError("y must be finite")


def distinct_masks(present: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different columns of a boolean array, and which one each column is.

    Args:
        present: Shape (words, columns).

    Returns:
        Distinct columns, shape (words, masks), and for each column the index
        of its mask, shape (columns,): `masks[:, mask]` equals `present`.

    >>> masks, mask = distinct_masks(np.array([[True, True, False]]))
    >>> masks.tolist(), mask.tolist()
    ([[True, False]], [0, 0, 1])
    """
    keys = [column.tobytes() for column in present.T]
    order = {key: at for at, key in enumerate(dict.fromkeys(keys))}
    mask = np.array([order[key] for key in keys], dtype=int)
    return present[:, [keys.index(key) for key in order]], mask


def _correlate(weights: np.ndarray, columns: np.ndarray, y: np.ndarray) -> np.ndarray:
    """`weighted_pearson` of a moderate number of columns."""
    # Most columns lack the same words: what depends on y is done once for them.
    masks, mask = distinct_masks(~np.isnan(columns))
    t = _standardised(np.where(masks, y[:, None], np.nan))
    x = _standardised(columns)
    of_masks = np.hstack([masks, t, t * t])
    of_columns = np.hstack([x, x * x, x * t[:, mask]])

    correlations = np.empty((len(weights), columns.shape[1]))
    for rows in _blocks(*weights.shape):
        block = weights[rows].astype(float)
        number, ty, tyy = np.split(block @ of_masks, 3, axis=1)
        sx, sxx, sxy = np.split(block @ of_columns, 3, axis=1)
        correlations[rows] = _pearson(
            number[:, mask], sx, sxx, ty[:, mask], tyy[:, mask], sxy
        )
    return correlations


def _blocks(resamples: int, words: int) -> list[slice]:
    size = max(1, _BLOCK // words)
    return [slice(at, at + size) for at in range(0, resamples, size)]


def _standardised(columns: np.ndarray) -> np.ndarray:
    """Columns minus their mean, over their largest deviation; 0 where NaN."""
    present = ~np.isnan(columns)
    filled = np.where(present, columns, 0.0)
    mean = filled.sum(axis=0) / np.maximum(present.sum(axis=0), 1)
    centred = np.where(present, columns - mean, 0.0)
    spread = np.abs(centred).max(axis=0)
    rounding = spread <= 1e-13 * np.abs(filled).max(axis=0)
    return np.where(rounding, 0.0, centred / np.where(rounding, 1.0, spread))


def _pearson(
    number: np.ndarray,
    sx: np.ndarray,
    sxx: np.ndarray,
    sy: np.ndarray,
    syy: np.ndarray,
    sxy: np.ndarray,
) -> np.ndarray:
    """Correlation from sums, all of shape (resamples, columns)."""
    number = np.where(number > 0, number, np.nan)
    mx, my = sx / number, sy / number
    spread = _variance(sxx / number, mx) * _variance(syy / number, my)
    return np.clip((sxy / number - mx * my) / np.sqrt(spread), -1.0, 1.0)


def _variance(square: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Mean square minus squared mean; NaN where only rounding is left of it."""
    variance = square - mean * mean
    return np.where(variance > 1e-12 * square, variance, np.nan)
