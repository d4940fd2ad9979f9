"""What views that have nothing in common score."""

import numpy as np
import pytest
import torch
from scipy.special import gammaln

from ontogeny.errors import InputError
from ontogeny.similarity import (
    Moments,
    calibrated,
    compare,
    linear_cka,
    neuron_similarity,
    null_score,
)


def walks(rng, n, units, keep):
    """Units that remember: x_t = keep · x_{t−1} + noise."""
    noise = rng.normal(size=(n, units))
    found = np.empty_like(noise)
    found[0] = noise[0]
    for t in range(1, n):
        found[t] = keep * found[t - 1] + (1 - keep**2) ** 0.5 * noise[t]
    return found


def test_of_independent_tokens_it_is_what_theory_says():
    """One unit against d: r² ~ Beta(d/2, (n − 1 − d)/2), whose root's mean is known."""
    rng = np.random.default_rng(0)
    n, d = 100_000, 40
    a, b = rng.normal(size=(n, 1)), rng.normal(size=(n, d))
    expected = np.exp(
        gammaln((d + 1) / 2) + gammaln((n - 1) / 2) - gammaln(d / 2) - gammaln(n / 2)
    )
    for groups in (None, np.arange(n) // 20):
        found = compare(a, b, "cca", null=True, groups=groups)
        assert found.null == pytest.approx(expected, abs=0.005)


def test_neighbours_that_are_alike_raise_it_as_many_shifts_do():
    rng = np.random.default_rng(1)
    n = 6_000
    a, b = (walks(rng, n, 8, 0.9) for _ in range(2))
    shifts = rng.integers(n // 10, n - n // 10, size=200)
    many = np.mean([compare(a, np.roll(b, -s, 0), "cca").score for s in shifts])
    sentences = np.arange(n) // 15
    by_groups = null_score(compare, a, b, groups=sentences, preset="cca")
    assert by_groups == pytest.approx(many, abs=0.01)
    # Tokens by themselves know nothing of that.
    assert null_score(compare, a, b, preset="cca") < many - 0.02


def test_it_is_the_mean_of_two_turns_to_a_group_s_begin():
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(2, 90, 4))
    groups = np.repeat(np.arange(9), 10)
    turned = [linear_cka(a, np.roll(b, -30, 0)), linear_cka(a, np.roll(b, -60, 0))]
    assert null_score(linear_cka, a, b, groups=groups) == pytest.approx(np.mean(turned))
    late = np.repeat([0, 1, 2], [40, 30, 20])
    turned = [linear_cka(a, np.roll(b, -40, 0)), linear_cka(a, np.roll(b, -70, 0))]
    assert null_score(linear_cka, a, b, groups=late) == pytest.approx(np.mean(turned))


def test_any_measure_and_kind_of_array_has_one():
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(2, 300, 5))
    groups = np.arange(300) // 10
    as_arrays = null_score(neuron_similarity, a, b, groups=groups, signed=True)
    tensors = map(torch.from_numpy, (a, b))
    as_tensors = null_score(neuron_similarity, *tensors, groups=groups, signed=True)
    assert as_tensors == pytest.approx(as_arrays)


def test_views_that_share_something_stay_above_it():
    rng = np.random.default_rng(4)
    a = rng.normal(size=(2_000, 10))
    found = compare(a, a + rng.normal(size=a.shape), null=True)
    assert found.null < 0.15
    assert found.calibrated == pytest.approx(calibrated(found.score, found.null))
    assert 0.5 < found.calibrated < found.score
    assert compare(a, a).null is None
    assert compare(a, a).calibrated is None


def test_what_cannot_be_moved_is_refused():
    rng = np.random.default_rng(5)
    a, b = rng.normal(size=(2, 60, 3))
    with pytest.raises(InputError, match="2 are too few"):
        compare(a, b, null=True, groups=np.arange(60) // 30)
    with pytest.raises(InputError, match="one of each of the 60 tokens"):
        null_score(linear_cka, a, b, groups=np.arange(59))
    moments = Moments.of(a)
    with pytest.raises(ValueError, match="hold no tokens"):
        compare(moments, moments, null=True)


@pytest.mark.parametrize(("score", "null"), [(0.3, 0.3), (0.1, 0.3), (1.0, 0.3)])
def test_calibrated_scores_begin_at_the_null(score, null):
    found = calibrated(score, null)
    assert found == pytest.approx((score - null) / 0.7)
    assert np.isnan(calibrated(0.99, 0.96))
