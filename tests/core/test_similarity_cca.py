"""Canonical correlations: known answers, conventions, degenerate views, influence."""

import numpy as np
import pytest
import torch
from scipy.linalg import subspace_angles

from ontogeny.errors import InputError
from ontogeny.measures.similarity.cca import PRESETS, compare
from ontogeny.measures.similarity.moments import CrossMoments, Moments
from ontogeny.statistics.bootstrap import resampling_weights

EXACT = {"abs": 1e-9}


def random(seed=0):
    return np.random.default_rng(seed)


def related(n=2000, a=12, b=8, shared=5, seed=0):
    """Two views with some directions in common, of unequal sizes."""
    rng = random(seed)
    common = rng.standard_normal((n, shared))
    return tuple(
        common @ rng.standard_normal((shared, units))
        + rng.standard_normal((n, units)) @ rng.standard_normal((units, units)) / 2
        for units in (a, b)
    )


def moments_of(a, b, **layout):
    cross = CrossMoments(a.shape[1], b.shape[1], groups=layout.pop("number", 1))
    cross.update(a, b, **layout)
    views = [Moments(view.shape[1], groups=cross.groups) for view in (a, b)]
    for view, moments in zip((a, b), views, strict=True):
        moments.update(view, **layout)
    return *views, cross


def rotation(units, seed=1):
    return np.linalg.qr(random(seed).standard_normal((units, units)))[0]


def slow(a, b, rule):
    """Coefficients by singular values of the views themselves, never of sums."""
    bases = []
    for view in (a, b):
        u, s, _ = np.linalg.svd(view - view.mean(axis=0), full_matrices=False)
        power = {"squared": 2, "amplitude": 1}.get(rule)
        if power:
            held = np.cumsum(s**power) / np.sum(s**power)
            kept = int(np.argmax(held >= 0.99)) + 1
        else:
            kept = int((s > 1e-6 * s[0]).sum())
        bases.append(u[:, :kept])
    return np.cos(subspace_angles(*bases))[::-1]


@pytest.mark.parametrize("preset", PRESETS)
def test_a_view_is_like_itself(preset):
    a, _ = related()
    result = compare(a, a, preset)
    assert result.score == pytest.approx(1, **EXACT)
    assert result.coefficients == pytest.approx(np.ones(result.kept_a), **EXACT)
    assert (result.kept_a, result.n, result.preset) == (result.kept_b, 2000, preset)


@pytest.mark.parametrize("preset", PRESETS)
def test_rotating_scaling_and_moving_a_view_changes_nothing(preset):
    a, b = related()
    before = compare(a, b, preset)
    after = compare(a @ rotation(12) * 7 + 100, b @ rotation(8) / 300, preset)
    weighted_by_units = preset == "pwcca"
    if not weighted_by_units:
        assert after.score == pytest.approx(before.score, **EXACT)
    np.testing.assert_allclose(after.coefficients, before.coefficients, atol=1e-9)
    assert (after.kept_a, after.kept_b) == (before.kept_a, before.kept_b)


@pytest.mark.parametrize("preset", ["cca", "cca_truncated"])
def test_without_truncation_any_invertible_map_changes_nothing(preset):
    a, b = related()
    mixed = a @ (random(3).standard_normal((12, 12)) * np.geomspace(1e-4, 1e5, 12))
    before, after = compare(a, b, preset), compare(mixed, b, preset)
    np.testing.assert_allclose(after.coefficients, before.coefficients, atol=1e-9)


@pytest.mark.parametrize("preset", PRESETS)
def test_the_order_of_the_views_matters_only_to_what_is_theirs(preset):
    a, b = related()
    one, two = compare(a, b, preset), compare(b, a, preset)
    assert one.score == pytest.approx(two.score, **EXACT)
    assert (one.kept_a, one.kept_b) == (two.kept_b, two.kept_a)


@pytest.mark.parametrize(
    ("preset", "rule"),
    [("svcca", "squared"), ("svcca_amplitude", "amplitude"), ("cca", "rank")],
)
def test_coefficients_are_cosines_of_angles_between_subspaces(preset, rule):
    for seed in range(3):
        a, b = related(seed=seed)
        a[:, 0] /= 50
        expected = slow(a, b, rule)
        found = compare(a, b, preset)
        np.testing.assert_allclose(found.coefficients, expected, atol=1e-9)
        assert found.score == pytest.approx(expected.mean(), **EXACT)


def test_truncated_means_stop_at_98_percent_of_the_sum():
    a, b = related()
    result = compare(a, b, "cca_truncated")
    r = result.coefficients
    first = next(i for i in range(len(r)) if r[:i].sum() >= 0.98 * r.sum())
    assert first < len(r)
    assert result.score == pytest.approx(r[:first].mean(), **EXACT)


@pytest.mark.parametrize("swap", [False, True])
def test_projection_weights_are_those_of_the_smaller_view(swap):
    a, b = related()
    x = b - b.mean(axis=0)
    y = a - a.mean(axis=0)
    bases = [np.linalg.svd(v, full_matrices=False)[0] for v in (x, y)]
    u, r, _ = np.linalg.svd(bases[0].T @ bases[1], full_matrices=False)
    weights = np.abs((bases[0] @ u).T @ x).sum(axis=1)
    result = compare(*((b, a) if swap else (a, b)), "pwcca")
    assert result.score == pytest.approx((weights @ r) / weights.sum(), **EXACT)


def test_jointly_gaussian_views_have_their_correlations():
    rng, truth = random(), np.array([0.9, 0.5, 0.2, 0.0])
    n = 200_000
    x = rng.standard_normal((n, 4))
    y = truth * x + np.sqrt(1 - truth**2) * rng.standard_normal((n, 4))
    a, b = x @ rng.standard_normal((4, 4)), y @ rng.standard_normal((4, 4))
    found = compare(a, b, "cca").coefficients
    # Standard error of a correlation: (1 − r²)/√n.
    assert found[:3] == pytest.approx(truth[:3], abs=4 / np.sqrt(n))
    assert found[3] < 0.01


@pytest.mark.parametrize(("n", "a", "b"), [(60, 5, 5), (300, 40, 10)])
def test_independent_noise_has_its_finite_sample_correlation(n, a, b):
    rng = random()
    sums = []
    for _ in range(200):
        views = rng.standard_normal((n, a)), rng.standard_normal((n, b))
        sums.append((compare(*views, "cca").coefficients ** 2).sum())
    error = np.std(sums) / np.sqrt(len(sums))
    assert np.mean(sums) == pytest.approx(a * b / (n - 1), abs=3 * error)


@pytest.mark.parametrize("preset", PRESETS)
def test_moments_give_what_arrays_give(preset):
    a, b = related()
    ma, mb, cross = moments_of(a[:700], b[:700])
    for part in (slice(700, 701), slice(701, None)):
        rest = moments_of(a[part], b[part])
        for mine, other in zip((ma, mb, cross), rest, strict=True):
            mine.merge(other)
    one, two = compare(a, b, preset), compare(ma, mb, preset, cross=cross)
    assert one.score == pytest.approx(two.score, **EXACT)
    np.testing.assert_allclose(one.coefficients, two.coefficients, atol=1e-9)


def test_what_is_derived_from_moments_is_kept_until_they_grow():
    a, b = related()
    ma, mb, cross = moments_of(a[:500], b[:500])
    compare(ma, mb, cross=cross)
    for moments, block in ((ma, a), (mb, b)):
        moments.update(block[500:])
    cross.update(a[500:], b[500:])
    found = compare(ma, mb, cross=cross).score
    assert found == pytest.approx(compare(a, b).score, **EXACT)


def test_a_large_mean_costs_no_digits():
    a, b = related()
    far = compare(a / a.std() + 1e4, b / b.std() - 1e4)
    assert far.score == pytest.approx(compare(a, b).score, abs=1e-9)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_tensors_give_tensors(dtype):
    a, b = (torch.tensor(v, dtype=dtype, requires_grad=True) for v in related())
    result = compare(a, b)
    assert isinstance(result.score, float)
    assert isinstance(result.coefficients, torch.Tensor)
    expected = compare(a.detach().numpy(), b.detach().numpy())
    assert result.coefficients.tolist() == expected.coefficients.tolist()


@pytest.mark.parametrize("preset", PRESETS)
def test_rank_deficient_views_have_their_rank(preset):
    a, b = related()
    wide = a @ random(5).standard_normal((12, 40))
    twins = np.hstack([b, b[:, :1], np.ones((len(b), 1))])
    for kind in (np.float64, np.float32):
        found = compare(wide.astype(kind), twins.astype(kind), preset)
        assert found.kept_a <= 12
        assert found.kept_b <= 8
        if preset == "cca":
            assert (found.kept_a, found.kept_b) == (12, 8)
            assert found.score == pytest.approx(compare(a, b, "cca").score, abs=1e-5)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("value", [0.0, 1e6 / 3, -1e-30])
def test_a_constant_view_shares_nothing(preset, value):
    a, _ = related()
    constant = np.full((len(a), 3), value)
    groups = np.arange(len(a)) % 4
    for one, two in ((a, constant), (constant, a), (constant, constant)):
        found = compare(one, two, preset)
        assert (found.score, len(found.coefficients)) == (0.0, 0)
        assert 0 in (found.kept_a, found.kept_b)
        *views, cross = moments_of(one, two, groups=groups, number=4)
        influence = compare(*views, preset, cross=cross).influence
        assert influence is None if preset == "pwcca" else not influence.any()


@pytest.mark.parametrize("preset", PRESETS)
def test_fewer_tokens_than_units(preset):
    a, b = random().standard_normal((2, 6, 20))
    found = compare(a, b, preset)
    assert found.kept_a <= 5
    assert 0 <= found.score <= 1
    if preset == "cca":
        assert found.score == pytest.approx(1)


def test_single_columns_give_the_absolute_correlation():
    a, b = (v[:, :1] for v in related())
    expected = abs(np.corrcoef(a.T, b.T)[0, 1])
    for preset in PRESETS:
        assert compare(a, -b, preset).score == pytest.approx(expected, **EXACT)


def test_99_of_100_equal_directions_hold_99_percent():
    signs = np.vstack([np.eye(100), -np.eye(100)])
    assert compare(signs, signs).kept_a == 99


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_and_infinity_are_counted(bad):
    a, b = related()
    b[7, :2] = bad
    with pytest.raises(InputError, match=f"2 .*{'NaN' if bad != bad else 'infinite'}"):
        compare(a, b)


def test_views_of_other_tokens_are_refused():
    a, b = related()
    ma, mb, cross = moments_of(a, b)
    ma.fingerprint, mb.fingerprint = "one", "two"
    with pytest.raises(InputError, match="fingerprints one and two"):
        compare(ma, mb, cross=cross)
    mb.fingerprint, cross.fingerprint = "one", "two"
    with pytest.raises(InputError, match="fingerprints one and two"):
        compare(ma, mb, cross=cross)
    with pytest.raises(InputError, match="tokens"):
        compare(*moments_of(a, b)[:2], cross=moments_of(a[1:], b[1:])[2])
    with pytest.raises(InputError, match=r"2,000 and 1,999"):
        compare(a, b[1:])
    for n in (0, 1):
        with pytest.raises(InputError, match="at least two"):
            compare(a[:n], b[:n])


def test_arguments_that_do_not_fit_are_refused():
    a, b = related()
    ma, mb, cross = moments_of(a, b)
    for arguments, more in [
        ((a, b, "ccaa"), {}),
        ((a, b), {"cross": cross}),
        ((ma, mb), {}),
        ((ma, b), {}),
        ((mb, ma), {"cross": cross}),
        ((a[:, 0], b[:, 0]), {}),
        ((a.tolist(), b.tolist()), {}),
    ]:
        with pytest.raises(ValueError):
            compare(*arguments, **more)


SENTENCE_GROUPS = 12


def grouped(seed=0):
    """Views of which each group has means of its own, and the groups."""
    a, b = related(n=3000, seed=seed)
    groups = np.sort(random(7).integers(SENTENCE_GROUPS, size=len(a)))
    return a + random(8).standard_normal((SENTENCE_GROUPS, 12))[groups] / 3, b, groups


@pytest.mark.parametrize("preset", ["cca", "cca_truncated", "svcca"])
def test_influence_is_the_derivative_by_a_groups_weight(preset):
    a, b, groups = grouped()
    if preset == "svcca":
        # With its directions held fixed: those kept, without any rule.
        kept = compare(a, b)
        a, b = (
            v @ np.linalg.svd(v - v.mean(axis=0))[2][:k].T
            for v, k in ((a, kept.kept_a), (b, kept.kept_b))
        )
        assert kept.kept_a < 12
    *views, cross = moments_of(a, b, groups=groups, number=SENTENCE_GROUPS)
    rule = "cca" if preset == "svcca" else preset
    found = compare(*views, rule, cross=cross)
    assert found.influence.shape == (SENTENCE_GROUPS,)
    assert found.influence.sum() == pytest.approx(0, abs=1e-12)
    for g in range(SENTENCE_GROUPS):
        scores = []
        for extra in (-1, 1):
            counts = np.where(groups == g, 1000 + extra, 1000)
            again = moments_of(a, b, counts=counts)
            coefficients = compare(*again[:2], "cca", cross=again[2]).coefficients
            scores.append(coefficients[: _used(found)].mean())
        slope = (scores[1] - scores[0]) / 2 * 1000
        assert found.influence[g] == pytest.approx(slope, rel=1e-3, abs=1e-8)


def _used(found):
    """How many coefficients the score is the mean of."""
    means = np.cumsum(found.coefficients) / np.arange(1, len(found.coefficients) + 1)
    return int(np.argmin(np.abs(means - found.score))) + 1


def test_svcca_holds_its_directions_fixed():
    a, b, groups = grouped()
    *views, cross = moments_of(a, b, groups=groups, number=SENTENCE_GROUPS)
    found = compare(*views, cross=cross)
    reduced = [
        v @ np.linalg.svd(v - v.mean(axis=0), full_matrices=False)[2][:k].T
        for v, k in ((a, found.kept_a), (b, found.kept_b))
    ]
    *views, cross = moments_of(*reduced, groups=groups, number=SENTENCE_GROUPS)
    expected = compare(*views, "cca", cross=cross).influence
    np.testing.assert_allclose(found.influence, expected, atol=1e-10)


@pytest.mark.parametrize("preset", ["svcca", "cca"])
def test_linearised_bootstrap_has_the_spread_of_the_full_one(preset):
    number = 40
    # No coefficient near 0, where the score is not linear in the weights.
    a, b = related(n=8000, shared=8)
    groups = np.arange(8000) * number // 8000
    a = a + random(8).standard_normal((number, 12))[groups] / 3
    *views, cross = moments_of(a, b, groups=groups, number=number)
    found = compare(*views, preset, cross=cross)
    weights = resampling_weights(number, 200, seed=0)
    linear = found.score + (weights - 1) @ found.influence
    full = []
    for row in weights.astype(int):
        again = moments_of(a, b, counts=row[groups])
        full.append(compare(*again[:2], preset, cross=again[2]).score)
    assert linear.std() == pytest.approx(np.std(full), rel=0.15)
    assert np.corrcoef(linear, full)[0, 1] > 0.9


def test_linearised_bootstrap_has_the_spread_of_fresh_samples():
    number, scores, spreads = 40, [], []
    weights = resampling_weights(number, 200, seed=0)
    mix = random(3).standard_normal((2, 10, 10))
    truth = np.linspace(0.95, 0.1, 10)
    for seed in range(150):
        x, noise = random(seed).standard_normal((2, 2000, 10))
        y = truth * x + np.sqrt(1 - truth**2) * noise
        groups = np.arange(2000) % number
        *views, cross = moments_of(x @ mix[0], y @ mix[1], groups=groups, number=number)
        found = compare(*views, "cca", cross=cross)
        scores.append(found.score)
        spreads.append(((weights - 1) @ found.influence).std())
    assert np.mean(spreads) == pytest.approx(np.std(scores), rel=0.15)


def test_one_group_or_projection_weights_have_no_influence():
    a, b, groups = grouped()
    assert compare(a, b).influence is None
    *views, cross = moments_of(a, b, groups=groups, number=SENTENCE_GROUPS)
    assert compare(*views, "pwcca", cross=cross).influence is None
