"""Correlation with frequency and its bootstrap, against scipy and plain loops."""

import numpy as np
import pytest
from scipy import stats

from ontogeny.measures.frequency import frequency_correlation, frequency_correlations
from ontogeny.statistics.bootstrap import (
    percentile_interval,
    resampling_weights,
    weighted_pearson,
)


def some_words(words=60, seed=0):
    """Means per word that rise with a heavy-tailed frequency, with ties."""
    rng = np.random.default_rng(seed)
    counts = np.sort(rng.zipf(1.6, words).clip(max=10**6))[::-1] + 9
    return 0.1 + 0.01 * np.log(counts) + rng.normal(0, 0.02, words), counts


def test_all_three_correlations_are_scipys():
    chi, counts = some_words()
    assert len(set(counts)) < len(counts)
    rho = frequency_correlation(chi, counts)
    assert rho.words == 60
    assert rho.pearson == pytest.approx(stats.pearsonr(chi, counts).statistic)
    assert rho.spearman == pytest.approx(stats.spearmanr(chi, counts).statistic)
    assert rho.pearson_log == pytest.approx(
        stats.pearsonr(chi, np.log(counts)).statistic
    )
    assert rho.low < rho.pearson < rho.high


def test_words_without_a_value_are_as_if_absent():
    chi, counts = some_words()
    gaps = chi.copy()
    gaps[[0, 7, 30]] = np.nan
    kept = ~np.isnan(gaps)
    assert frequency_correlation(gaps, counts) == pytest.approx(
        frequency_correlation(chi[kept], counts[kept])
    )


def test_exact_answers():
    counts = np.array([100, 10, 5, 1])
    rising = frequency_correlation(counts / 200, counts)
    assert rising.pearson == pytest.approx(1)
    assert (rising.low, rising.high) == (pytest.approx(1), pytest.approx(1))
    falling = frequency_correlation(-np.log(counts), counts)
    assert (falling.spearman, falling.pearson_log) == (
        pytest.approx(-1),
        pytest.approx(-1),
    )


def test_affine_changes_do_not_matter_even_far_from_zero():
    chi, counts = some_words()
    near = frequency_correlation(chi, counts)
    far = frequency_correlation(1e6 + 1e-3 * chi, counts)
    assert far.pearson == pytest.approx(near.pearson, abs=1e-5)
    tiny = frequency_correlation(1e-180 * chi, counts)
    assert tiny == pytest.approx(near)


@pytest.mark.parametrize(
    ("chi", "words"),
    [
        ([], 0),
        ([np.nan] * 4, 0),
        ([0.1, np.nan, np.nan, 0.2], 2),
        ([0.1, 0.1, 0.1, 0.1], 4),
    ],
)
def test_too_few_words_or_no_variance_is_nan_not_a_crash(chi, words):
    rho = frequency_correlation(np.array(chi), np.array([9, 7, 7, 4])[: len(chi)])
    assert rho.words == words
    assert np.isnan([*rho[:3], rho.low, rho.high]).all()


def test_constant_frequency_is_nan():
    rho = frequency_correlation(np.array([0.1, 0.2, 0.4]), np.full(3, 7))
    assert np.isnan([*rho[:3], rho.low, rho.high]).all()


def test_values_that_differ_by_rounding_are_constant():
    chi = np.array([0.3, 0.1 + 0.2, 0.3, 0.3])
    assert np.isnan(frequency_correlation(chi, np.arange(1, 5)).pearson)


@pytest.mark.parametrize(
    ("chi", "counts"),
    [
        (np.ones(3), np.ones(4)),
        (np.ones((3, 1)), np.ones((3, 1))),
        (np.ones(3), np.array([1, 2, 0])),
    ],
)
def test_what_does_not_fit_is_refused(chi, counts):
    with pytest.raises(ValueError):
        frequency_correlation(chi, counts)


def test_interval_is_about_scipys():
    chi, counts = some_words(words=300, seed=3)
    rho = frequency_correlation(chi, counts, resamples=4000)
    theirs = stats.bootstrap(
        (chi, counts),
        lambda x, y, axis: stats.pearsonr(x, y, axis=axis).statistic,
        paired=True,
        n_resamples=4000,
        method="percentile",
        rng=np.random.default_rng(1),
    ).confidence_interval
    width = theirs.high - theirs.low
    assert rho.low == pytest.approx(theirs.low, abs=0.1 * width)
    assert rho.high == pytest.approx(theirs.high, abs=0.1 * width)


@pytest.mark.thorough
def test_interval_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(0)
    weights = resampling_weights(150, 400)
    covered = 0
    for _ in range(200):
        log_counts, noise = rng.normal(size=(2, 150))
        chi = 0.6 * log_counts + 0.8 * noise
        r = weighted_pearson(weights, chi[:, None], log_counts)
        low, high = percentile_interval(r[:, 0])
        covered += bool(low < 0.6 < high)
    assert 0.88 <= covered / 200 <= 0.99


def test_weights_are_bootstrap_draws():
    weights = resampling_weights(50, 2000, seed=4)
    assert weights.shape == (2000, 50)
    assert (weights.sum(axis=1) == 50).all()
    assert (weights == weights.round()).all()
    # Binomial(50, 1/50) for each word; draws of two words avoid one another.
    assert weights.mean() == 1
    assert weights.var() == pytest.approx(49 / 50, rel=0.03)
    assert np.cov(weights.T)[0, 1:].mean() == pytest.approx(-1 / 50, abs=0.01)


def test_weights_repeat_by_seed():
    np.testing.assert_array_equal(resampling_weights(9, 5), resampling_weights(9, 5))
    assert (resampling_weights(9, 5, seed=1) != resampling_weights(9, 5)).any()


def test_weights_that_take_several_blocks_are_complete():
    weights = resampling_weights(300_000, 15)
    assert (weights.sum(axis=1) == 300_000).all()
    assert len({row[:20].tobytes() for row in weights}) == 15


@pytest.mark.parametrize(("words", "resamples"), [(0, 5), (5, 0)])
def test_weights_need_words_and_resamples(words, resamples):
    with pytest.raises(ValueError, match="at least one"):
        resampling_weights(words, resamples)


def test_weighted_pearson_is_pearson_of_repeated_words():
    rng = np.random.default_rng(2)
    columns, y = rng.normal(size=(30, 4)), rng.normal(size=30)
    columns[rng.random(columns.shape) < 0.2] = np.nan
    weights = resampling_weights(30, 25)
    measured = weighted_pearson(weights, columns, y)
    for row, drawn in zip(measured, weights.astype(int), strict=True):
        for r, x in zip(row, np.repeat(columns, drawn, axis=0).T, strict=True):
            kept = ~np.isnan(x)
            expected = stats.pearsonr(x[kept], np.repeat(y, drawn)[kept]).statistic
            assert r == pytest.approx(expected, abs=1e-10)


def test_resamples_without_variance_are_nan_and_left_out():
    weights = np.array([[4, 0, 0, 0], [0, 2, 2, 0], [0, 0, 0, 4], [1, 1, 1, 1]])
    columns = np.array([[0.1, 0.1], [0.7, 0.7], [0.2, 0.2], [0.3, np.nan]])
    r = weighted_pearson(weights, columns, np.array([1e5, 3.0, 2.0, 1.0]))
    np.testing.assert_array_equal(np.isnan(r[:, 0]), [True, False, True, False])
    assert r[1] == pytest.approx(1)
    assert np.isnan(r[2, 1])
    low, high = percentile_interval(r)
    assert (low[0], high[0]) == pytest.approx(
        tuple(np.percentile(r[[1, 3], 0], [2.5, 97.5]))
    )


def test_one_word_drawn_over_and_over_has_no_correlation():
    """Whatever rounding leaves of its variance."""
    rng = np.random.default_rng(0)
    r = weighted_pearson(7 * np.eye(50), rng.normal(size=(50, 5)), rng.normal(size=50))
    assert np.isnan(r).all()


def test_an_interval_of_nothing_is_nan():
    low, high = percentile_interval(np.full((5, 2), np.nan))
    assert np.isnan([*low, *high]).all()


@pytest.mark.parametrize(
    ("weights", "columns", "y"),
    [
        (np.ones((2, 3)), np.ones((3, 1)), np.ones(4)),
        (np.ones((2, 4)), np.ones((3, 1)), np.ones(3)),
        (np.ones(3), np.ones((3, 1)), np.ones(3)),
        (np.ones((2, 3)), np.ones(3), np.ones(3)),
        (np.ones((2, 3)), np.ones((3, 1)), np.array([1, np.nan, 2])),
    ],
)
def test_weighted_pearson_refuses_what_does_not_fit(weights, columns, y):
    with pytest.raises(ValueError):
        weighted_pearson(weights, columns, y)


def test_many_columns_are_each_as_alone():
    chi, counts = some_words()
    columns = np.stack([chi, chi[::-1], chi**2, np.full_like(chi, np.nan)], axis=1)
    columns[5:9, 1] = np.nan
    weights = resampling_weights(60, 200)
    table = frequency_correlations(columns, counts, weights)
    assert table["words"].tolist() == [60, 56, 60, 0]
    for at, column in enumerate(columns.T):
        alone = frequency_correlation(column, counts, resamples=200)
        row = table.iloc[at]
        for name in ("pearson", "spearman", "pearson_log"):
            assert row[name] == pytest.approx(getattr(alone, name), nan_ok=True)
        if at in (0, 2):  # no word missing: the very same resamples
            assert (row["low"], row["high"]) == pytest.approx((alone.low, alone.high))


def test_shared_resamples_make_differences_paired():
    """Two nearly equal columns differ by much less than their intervals are wide."""
    chi, counts = some_words(words=200)
    other = chi + np.random.default_rng(9).normal(0, 1e-3, 200)
    weights = resampling_weights(200, 500)
    r = weighted_pearson(weights, np.stack([chi, other], axis=1), counts)
    assert np.std(r[:, 0] - r[:, 1]) < 0.2 * np.std(r[:, 0])


def test_disjoint_subsets_of_one_weighting_are_independent():
    rng = np.random.default_rng(5)
    x = np.sort(rng.normal(size=240))
    y = x + rng.normal(size=240)
    weights = resampling_weights(240, 2000)
    halves = [
        weighted_pearson(weights[:, at::2], x[at::2, None], y[at::2])[:, 0]
        for at in (0, 1)
    ]
    assert abs(np.corrcoef(*halves)[0, 1]) < 0.08
