"""χ, Hoyer's sparseness and the Gini index: bounds, invariances, known answers."""

import subprocess
import sys
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ontogeny.measures.concentration import concentration, gini, hoyer

MEASURES = [concentration, hoyer, gini]
KINDS = [np.asarray, torch.tensor]

vectors = hnp.arrays(
    float,
    st.integers(2, 12),
    elements=st.floats(-1e3, 1e3, allow_subnormal=False),
).filter(np.any)


def bounds(measure, n):
    return {
        concentration: (n**-0.5, 1.0),
        hoyer: (0.0, 1.0),
        gini: (0.0, 1 - 1 / n),
    }[measure]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n", [2, 3, 650])
@pytest.mark.parametrize("measure", MEASURES)
def test_both_bounds_are_reached(measure, n, kind):
    low, high = bounds(measure, n)
    signs = np.where(np.arange(n) % 2, 1.0, -1.0)
    assert measure(kind(signs)).item() == pytest.approx(low, abs=1e-12)
    assert measure(kind(np.eye(n)[0])).item() == pytest.approx(high)


@given(vectors)
def test_values_lie_within_the_bounds(v):
    for measure in MEASURES:
        low, high = bounds(measure, len(v))
        assert low - 1e-9 <= measure(v) <= high + 1e-9


@given(vectors, st.floats(1e-200, 1e200), st.randoms(use_true_random=False))
def test_scale_sign_and_order_do_not_matter(v, factor, random):
    order = list(range(len(v)))
    random.shuffle(order)
    signs = np.array([random.choice([-1.0, 1.0]) for _ in order])
    other = (v / np.abs(v).max() * factor * signs)[order]
    for measure in MEASURES:
        assert measure(other) == pytest.approx(measure(v), abs=1e-9)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("scale", [1e-37, 1e-30, 1e-20, 1.0, 1e20, 1e38])
def test_float32_keeps_its_whole_range(measure, scale, kind):
    v = np.array([3.0, -2.0, 0.5, 0.0, 1.0])
    (expected,) = measure(v[None])
    measured = measure(kind((v * scale).astype(np.float32)))
    assert measured.item() == pytest.approx(expected, rel=1e-5)


def test_half_precision_neither_overflows_nor_vanishes():
    v = np.random.default_rng(0).normal(size=3000)
    for measure in MEASURES:
        for scale in (1e-3, 1e3):
            half = torch.tensor(v * scale, dtype=torch.float16)
            assert measure(half).item() == pytest.approx(measure(v), rel=2e-2)


@given(vectors)
def test_concentration_is_the_ratio_of_norms(v):
    if np.abs(v).max() > 1e-100:
        ratio = np.sqrt(sum(x * x for x in v)) / sum(abs(x) for x in v)
        assert concentration(v) == pytest.approx(ratio)


@given(vectors)
def test_hoyer_is_a_function_of_concentration_and_length(v):
    n = len(v)
    l1, l2 = np.abs(v).sum(), concentration(v) * np.abs(v).sum()
    assert hoyer(v) == pytest.approx((n**0.5 - l1 / l2) / (n**0.5 - 1), abs=1e-9)


@given(vectors)
def test_gini_is_half_the_relative_mean_difference(v):
    a = np.abs(v) / np.abs(v).max()
    differences = np.abs(a[:, None] - a).mean()
    assert gini(v) == pytest.approx(differences / (2 * a.mean()), abs=1e-9)


@given(vectors, st.integers(2, 4))
def test_repetition_moves_concentration_but_not_gini(v, times):
    repeated = np.tile(v, times)
    assert gini(repeated) == pytest.approx(gini(v), abs=1e-9)
    assert concentration(repeated) == pytest.approx(concentration(v) / times**0.5)


@pytest.mark.parametrize("measure", MEASURES)
def test_torch_agrees_with_numpy_and_kinds_and_types_are_kept(measure):
    v = np.random.default_rng(1).normal(size=(4, 3, 7))
    from_torch = measure(torch.tensor(v))
    assert isinstance(measure(v), np.ndarray)
    assert from_torch.dtype == torch.float64
    assert from_torch.shape == measure(v).shape == (4, 3)
    np.testing.assert_allclose(from_torch.numpy(), measure(v), rtol=1e-12)
    assert measure(v.astype(np.float32)).dtype == np.float32
    assert measure(torch.tensor(v).float()).dtype == torch.float32


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("measure", MEASURES)
def test_undefined_vectors_are_nan_without_warnings(measure, kind):
    rows = np.array([[0.0, 0], [1, np.nan], [1, np.inf], [-np.inf, np.inf], [1, 2]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        measured = measure(kind(rows))
    np.testing.assert_array_equal(
        np.isnan(np.asarray(measured)), [True, True, True, True, False]
    )


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(
    "v",
    [
        np.float64(1.0),
        np.zeros((3, 0)),
        np.array([1, 2]),
        np.array([1 + 1j]),
        torch.tensor(1.0),
        torch.zeros(3, 0),
        torch.tensor([1, 2]),
        torch.tensor([True]),
        torch.tensor([1 + 1j]),
    ],
)
def test_what_has_no_concentration_is_refused(measure, v):
    with pytest.raises(ValueError, match="real floating-point"):
        measure(v)


def test_one_entry_is_fully_concentrated_but_has_no_hoyer():
    assert concentration(np.array([-5.0])) == 1.0
    assert gini(np.array([-5.0])) == 0.0
    with pytest.raises(ValueError, match="two entries"):
        hoyer(np.array([-5.0]))


def test_no_vectors_have_no_concentrations():
    assert concentration(np.zeros((0, 4))).shape == (0,)
    assert concentration(torch.zeros(2, 0, 4)).shape == (2, 0)


def test_gradient_is_that_of_the_ratio():
    v = torch.randn(3, 6, dtype=torch.float64, requires_grad=True)
    (measured,) = torch.autograd.grad(concentration(v).sum(), v)
    ratio = v.square().sum(-1).sqrt() / v.abs().sum(-1)
    (expected,) = torch.autograd.grad(ratio.sum(), v)
    torch.testing.assert_close(measured, expected)


def test_numpy_input_does_not_import_torch():
    code = (
        "import sys, numpy as np\n"
        "from ontogeny.sparsity import concentration, gini, hoyer\n"
        "concentration(np.ones(2)), gini(np.ones(2)), hoyer(np.ones(2))\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
