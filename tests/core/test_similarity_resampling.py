"""Similarities of resamples, from sums, against those of rows that are repeated."""

import numpy as np
import pytest

from ontogeny.measures.similarity.resampling import cka_draws, covariance_draws
from ontogeny.similarity import CrossMoments, Moments, linear_cka

GROUPS, TOKENS = 6, 90


@pytest.fixture
def setting():
    """Two views far from the origin, groups of unequal size, and weights."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(TOKENS, 5)) + 30
    y = x[:, :3] * 2 + rng.normal(size=(TOKENS, 3)) - 70
    groups = rng.integers(0, GROUPS, TOKENS)
    weights = rng.multinomial(GROUPS, np.full(GROUPS, 1 / GROUPS), size=8)
    return x, y, groups, weights


def sums(x, y, groups, number):
    a, b = (Moments(view.shape[1], groups=number) for view in (x, y))
    cross = CrossMoments(x.shape[1], y.shape[1], groups=number)
    # In two blocks, so that shifts are not the means.
    for some in (slice(0, 20), slice(20, None)):
        a.update(x[some], groups=groups[some])
        b.update(y[some], groups=groups[some])
        cross.update(x[some], y[some], groups=groups[some])
    return a, b, cross


def repeated(weights, groups):
    return np.repeat(np.arange(len(groups)), weights[groups])


def test_cka_is_that_of_the_drawn_rows(setting):
    x, y, groups, weights = setting
    found = cka_draws(*sums(x, y, groups, GROUPS), weights)
    expected = [
        linear_cka(x[rows], y[rows])
        for rows in (repeated(row, groups) for row in weights)
    ]
    np.testing.assert_allclose(found, expected, atol=1e-10)


def test_groups_beyond_the_weights_are_drawn_with_the_first(setting):
    x, y, groups, weights = setting
    apart = groups + GROUPS * (np.arange(TOKENS) % 2)
    found = cka_draws(*sums(x, y, apart, 2 * GROUPS), weights)
    same = cka_draws(*sums(x, y, groups, GROUPS), weights)
    np.testing.assert_allclose(found, same, atol=1e-12)


def test_a_constant_view_has_no_cka(setting):
    x, _, groups, weights = setting
    found = cka_draws(*sums(x, np.ones((TOKENS, 2)), groups, GROUPS), weights)
    assert np.isnan(found).all()


@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("entries", [2**21, 1])
def test_covariances_are_those_of_the_drawn_rows(
    setting, centred, entries, monkeypatch
):
    monkeypatch.setattr("ontogeny.measures.similarity.resampling._ENTRIES", entries)
    x, y, groups, weights = setting
    *_, cross = sums(x, y, groups, GROUPS)
    found = np.concatenate([*covariance_draws(cross, weights, centred=centred)])
    for matrix, row in zip(found, weights, strict=True):
        rows = repeated(row, groups)
        a, b = x[rows], y[rows]
        if centred:
            a, b = a - a.mean(0), b - b.mean(0)
        np.testing.assert_allclose(matrix, a.T @ b / len(rows), rtol=1e-9, atol=1e-9)
