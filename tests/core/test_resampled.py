"""Weighted statistics equal the plain ones of words repeated by their weights."""

import numpy as np
import pytest
from scipy import stats

from ontogeny.statistics.resampled import (
    kendall_tau,
    partial_coefficient,
    slope,
    weighted_auc,
    weighted_mean,
    weighted_median,
    weighted_spearman,
)

WORDS, RESAMPLES = 30, 25


@pytest.fixture(params=[0, 1, 2])
def rng(request):
    return np.random.default_rng(request.param)


@pytest.fixture(params=["ties", "no ties"])
def sample(request, rng):
    """Weights, two vectors with a NaN each, an indicator."""
    weights = rng.multinomial(WORDS, np.full(WORDS, 1 / WORDS), RESAMPLES)
    x, y = rng.normal(size=(2, WORDS))
    if request.param == "ties":
        x, y = np.round(2 * x), np.round(2 * y)
    x[3] = y[5] = np.nan
    return weights.astype(np.float32), x, y, np.arange(WORDS) % 3 == 0


def repeated(weights, *vectors):
    """The vectors as one resample has them, without words that lack a value."""
    table = np.column_stack(vectors).astype(float)
    table = np.repeat(table, weights.astype(int), axis=0)
    return table[~np.isnan(table).any(axis=1)].T


def test_mean(sample):
    weights, x, y, _ = sample
    both = weighted_mean(weights, np.column_stack([x, y]))
    for row, means in zip(weights, both, strict=True):
        assert means[0] == pytest.approx(repeated(row, x)[0].mean())
        assert means[1] == pytest.approx(repeated(row, y)[0].mean())


def test_spearman_ranks_anew_in_each_resample(sample):
    weights, x, y, _ = sample
    found = weighted_spearman(weights, x, y)
    expected = [stats.spearmanr(*repeated(row, x, y)).statistic for row in weights]
    np.testing.assert_allclose(found, expected, atol=1e-9)


@pytest.mark.parametrize("words", [1, 2, 7, 30])
def test_median(rng, words):
    weights = rng.multinomial(words, np.full(words, 1 / words), RESAMPLES)
    weights[:, 0] += rng.integers(2, size=RESAMPLES)  # odd and even totals
    x = np.round(3 * rng.normal(size=words))
    expected = [np.median(np.repeat(x, row)) for row in weights]
    np.testing.assert_allclose(weighted_median(weights, x), expected)


def test_auc(sample):
    weights, x, _, positive = sample
    x = np.nan_to_num(x)
    for row, auc in zip(weights, weighted_auc(weights, x, positive), strict=True):
        yes = np.repeat(x[positive], row[positive].astype(int))
        no = np.repeat(x[~positive], row[~positive].astype(int))
        u = stats.mannwhitneyu(yes, no).statistic
        assert auc == pytest.approx(u / (len(yes) * len(no)))


def test_partial_coefficient(sample):
    weights, x, y, indicator = sample
    found = partial_coefficient(weights, y, indicator.astype(float), x)
    for row, coefficient in zip(weights, found, strict=True):
        outcome, d, control = repeated(row, y, indicator, x)
        design = np.column_stack([np.ones_like(d), d, control])
        expected = np.linalg.lstsq(design, outcome, rcond=None)[0][1]
        assert coefficient == pytest.approx(expected)


def test_partial_coefficient_of_collinear_variables_is_undefined():
    d = np.array([0.0, 1.0, 0.0, 1.0])
    weights = np.ones((1, 4))
    assert np.isnan(partial_coefficient(weights, d, d, 3 * d + 1)).all()


def test_kendall_tau(rng):
    curves = np.round(2 * rng.normal(size=(8, WORDS)))
    curves[:, 0] = 1.0
    curves[2, 1:5] = np.nan
    for curve, tau in zip(curves.T, kendall_tau(curves), strict=True):
        known = ~np.isnan(curve)
        expected = stats.kendalltau(np.arange(8)[known], curve[known]).statistic
        assert tau == pytest.approx(expected, nan_ok=True)


def test_slope_is_that_of_a_line_and_of_least_squares(rng):
    times = np.array([1, 2, 4, 7])
    assert slope(times) @ (3 - 2 * times) == pytest.approx(-2)
    curve = rng.normal(size=4)
    assert slope(times) @ curve == pytest.approx(np.polyfit(times, curve, 1)[0])
    with pytest.raises(ValueError):
        slope(np.array([3, 3]))


@pytest.mark.parametrize("statistic", [weighted_mean, weighted_median])
def test_without_words_there_is_no_value(statistic):
    weights = np.array([[0.0, 0.0], [1.0, 1.0]])
    assert np.isnan(statistic(weights, np.full(2, np.nan))).all()
    assert np.isnan(statistic(weights, np.array([1.0, 2.0]))).tolist() == [True, False]
