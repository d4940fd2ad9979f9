"""Linear CKA and neuron similarity: formulas, known answers, degenerate views."""

import warnings

import numpy as np
import pytest
import torch

from ontogeny.errors import InputError
from ontogeny.measures.similarity.cka import linear_cka
from ontogeny.measures.similarity.moments import CrossMoments, Moments
from ontogeny.measures.similarity.neurons import neuron_similarity

MEASURES = [
    linear_cka,
    lambda *views, **more: linear_cka(*views, debiased=True, **more),
    neuron_similarity,
    lambda *views, **more: neuron_similarity(*views, signed=True, **more),
]


# Of few tokens, as most here are; one test asks for it.
pytestmark = pytest.mark.filterwarnings("ignore:.*CKA is too high")


def related(n=80, a=6, b=4, seed=0):
    rng = np.random.default_rng(seed)
    one = rng.standard_normal((n, a)) @ rng.standard_normal((a, a)) + 5
    return one, one[:, :b] + 2 * rng.standard_normal((n, b))


def rotation(units):
    return np.linalg.qr(np.random.default_rng(1).standard_normal((units, units)))[0]


def hsic(k, l):
    """The biased estimator, from n × n matrices."""
    centre = np.eye(len(k)) - 1 / len(k)
    return np.trace(k @ centre @ l @ centre)


def debiased_hsic(k, l):
    """Song et al. (2012), equation 5, from n × n matrices."""
    n = len(k)
    k, l = k - np.diag(np.diag(k)), l - np.diag(np.diag(l))
    return (
        np.trace(k @ l)
        + k.sum() * l.sum() / ((n - 1) * (n - 2))
        - 2 * (k @ l).sum() / (n - 2)
    ) / (n * (n - 3))


@pytest.mark.parametrize(("debiased", "estimator"), [(False, hsic), (True, debiased_hsic)])  # fmt: skip
@pytest.mark.parametrize("n", [5, 80])
def test_cka_is_its_formula_over_pairs_of_tokens(n, debiased, estimator):
    a, b = related(n)
    k, l = a @ a.T, b @ b.T
    expected = estimator(k, l) / np.sqrt(estimator(k, k) * estimator(l, l))
    assert linear_cka(a, b, debiased=debiased) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("debiased", [False, True])
def test_cka_does_not_see_rotation_scale_and_position(debiased):
    a, b = related()
    before = linear_cka(a, b, debiased=debiased)
    after = linear_cka(a @ rotation(6) * 9 - 7, b @ rotation(4) / 5, debiased=debiased)
    assert after == pytest.approx(before, abs=1e-10)
    assert linear_cka(a, a, debiased=debiased) == pytest.approx(1)
    assert linear_cka(b, a, debiased=debiased) == pytest.approx(before)


def test_debiased_cka_of_independent_views_is_about_0():
    rng = np.random.default_rng(0)
    found = [
        [linear_cka(*rng.standard_normal((2, 50, 40)), debiased=d) for d in (False, True)]
        for _ in range(100)
    ]  # fmt: skip
    biased, debiased = np.mean(found, axis=0)
    assert biased > 0.3
    assert abs(debiased) < 0.02


@pytest.mark.parametrize("signed", [False, True])
def test_neurons_are_paired_with_their_best(signed):
    a, b = related()
    r = np.corrcoef(a.T, b.T)[:6, 6:]
    best = (r if signed else abs(r)).max(axis=1)
    assert neuron_similarity(a, b, signed=signed) == pytest.approx(best.mean())


def test_neurons_may_be_permuted_and_scaled_but_not_rotated():
    a, _ = related()
    scaled = a[:, ::-1] * np.arange(1, 7) + 3
    assert neuron_similarity(a, scaled) == pytest.approx(1)
    assert neuron_similarity(a, -scaled) == pytest.approx(1)
    assert neuron_similarity(a, -scaled, signed=True) < 0.9
    assert neuron_similarity(a, a @ rotation(6)) < 0.99


@pytest.mark.parametrize("measure", MEASURES)
def test_moments_in_blocks_give_what_arrays_give(measure):
    a, b = related()
    groups = np.arange(80) % 3
    ma, mb = Moments(6, groups=3), Moments(4, groups=3)
    cross = CrossMoments(6, 4, groups=3)
    for at in (slice(0, 11), slice(11, 80)):
        ma.update(a[at], groups=groups[at])
        mb.update(b[at], groups=groups[at])
        cross.update(a[at], b[at], groups=groups[at])
    expected = measure(a, b)
    assert measure(ma, mb, cross=cross) == pytest.approx(expected, abs=1e-10)
    assert measure(torch.tensor(a), torch.tensor(b)) == pytest.approx(expected)
    assert isinstance(expected, float)


@pytest.mark.parametrize("measure", MEASURES)
def test_large_means_cost_no_digits(measure):
    a, b = related()
    assert measure(a + 1e4, b - 1e4) == pytest.approx(measure(a, b), abs=1e-9)


@pytest.mark.parametrize("measure", MEASURES)
def test_a_constant_view_is_like_nothing(measure):
    a, _ = related()
    constant = np.full((80, 2), 1 / 3)
    for views in ((a, constant), (constant, a), (constant, constant)):
        assert measure(*views) == 0.0


def test_a_constant_neuron_is_like_none():
    a, b = related()
    with_constant = np.hstack([a, np.full((80, 1), 0.1)])
    expected = neuron_similarity(a, b) * 6 / 7
    assert neuron_similarity(with_constant, b) == pytest.approx(expected)


@pytest.mark.parametrize("measure", MEASURES)
def test_bad_views_are_refused(measure):
    a, b = related()
    with pytest.raises(InputError, match="1 of 320 entries are NaN"):
        measure(a, np.where(np.arange(320).reshape(80, 4) == 9, np.nan, b))
    with pytest.raises(InputError, match="80 and 79 tokens"):
        measure(a, b[1:])
    with pytest.raises(InputError, match="at least two"):
        measure(a[:1], b[:1])
    with pytest.raises(ValueError):
        measure(Moments.of(a), Moments.of(b))


def test_cka_of_few_tokens_a_unit_says_that_it_is_too_high():
    a, b = related(40)
    with pytest.warns(UserWarning, match=r"40 tokens of \d+ units: CKA is too high"):
        linear_cka(a, b)
    many = [np.tile(view, (10, 1)) for view in (a, b)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        linear_cka(a, b, debiased=True)
        linear_cka(*many)


def test_debiased_cka_needs_four_tokens():
    a, b = related(4)
    assert -1 <= linear_cka(a, b, debiased=True) <= 1
    with pytest.raises(InputError, match="at least four tokens, not 3"):
        linear_cka(a[:3], b[:3], debiased=True)
