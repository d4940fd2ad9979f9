"""Attention maps as views, matches of neurons, and spectra."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ontogeny.errors import InputError
from ontogeny.similarity import (
    Moments,
    attention_rows,
    attention_similarity,
    linear_cka,
    neuron_matches,
    neuron_similarity,
    spectrum,
)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def causal(pairs, length):
    return np.tril(np.ones((pairs, length, length), dtype=bool))


def random_maps(rng, visible, heads):
    """Independent logits, softmax over visible keys; NaN elsewhere."""
    logits = rng.normal(size=(len(visible), heads, *visible.shape[1:]))
    weights = np.where(visible[:, None], np.exp(logits), 0.0)
    with np.errstate(invalid="ignore"):
        maps = weights / weights.sum(-1, keepdims=True)
    return np.where(visible[:, None], maps, np.nan)


def test_rows_are_the_visible_cells_of_all_heads(rng):
    visible = rng.random((3, 4, 5)) < 0.6
    maps = rng.random((3, 2, 4, 5))
    found = attention_rows(maps, visible)
    expected = [
        [maps[pair, head, query, key] for head in range(2)]
        for pair, query, key in np.argwhere(visible)
    ]
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("adjusted", [False, True])
def test_tensors_and_arrays_give_the_same(rng, adjusted):
    visible = causal(2, 6)
    maps = random_maps(rng, visible, 3)
    found = attention_rows(
        torch.from_numpy(maps), torch.from_numpy(visible), adjusted=adjusted
    )
    assert torch.is_tensor(found)
    np.testing.assert_array_equal(
        found, attention_rows(maps, visible, adjusted=adjusted)
    )


def test_adjusted_rows_of_a_query_have_a_mean_of_0(rng):
    visible = causal(1, 5)
    rows = attention_rows(random_maps(rng, visible, 2), visible, adjusted=True)
    query = np.argwhere(visible)[:, 1]
    for number in range(5):
        np.testing.assert_allclose(rows[query == number].sum(0), 0, atol=1e-15)


def test_the_mask_alone_makes_maps_alike_unless_adjusted(rng):
    """Two independent sets of random maps (paper 003's AttentionSim hides this)."""
    visible = causal(200, 20)
    a, b = (random_maps(rng, visible, 4) for _ in range(2))
    assert attention_similarity(a, b, visible) > 0.5
    assert attention_similarity(a, b, visible, adjusted=True) < 0.02


def test_heads_may_differ_in_number_and_order(rng):
    visible = causal(9, 7)
    maps = random_maps(rng, visible, 4)
    assert attention_similarity(maps, maps[:, [2, 0, 3, 1]], visible) == pytest.approx(
        1
    )
    twice = np.concatenate([maps, maps], axis=1)
    assert attention_similarity(maps, twice, visible) == pytest.approx(1)
    rows = [attention_rows(one, visible) for one in (maps, maps[:, :2])]
    expected = linear_cka(*rows)
    assert attention_similarity(maps, maps[:, :2], visible) == pytest.approx(expected)


def test_maps_and_mask_must_fit(rng):
    with pytest.raises(ValueError, match=r"\(1, 3, 4\) does not fit .*\(1, 2, 4, 3\)"):
        attention_rows(rng.random((1, 2, 4, 3)), np.ones((1, 3, 4), dtype=bool))


@pytest.mark.parametrize("signed", [False, True])
def test_each_neuron_is_found_where_it_went(rng, signed):
    a = rng.normal(size=(400, 6))
    order = rng.permutation(6)
    found = neuron_matches(a, 3 * a[:, order] - 1, signed=signed)
    np.testing.assert_array_equal(found.index, np.argsort(order))
    np.testing.assert_allclose(found.correlation, 1)
    assert neuron_similarity(a, a[:, order], signed=signed) == pytest.approx(1)


def test_matches_are_pearsons_r(rng):
    a, b = rng.normal(size=(50, 3)), rng.normal(size=(50, 5))
    r = np.corrcoef(a.T, b.T)[:3, 3:]
    np.testing.assert_allclose(neuron_matches(a, b, signed=True).correlation, r.max(1))
    np.testing.assert_array_equal(neuron_matches(a, b).index, np.abs(r).argmax(1))


@given(st.integers(2, 30), st.integers(1, 8), st.integers(0, 2**32 - 1))
def test_a_spectrum_is_that_of_singular_values(n, units, seed):
    a = np.random.default_rng(seed).normal(size=(n, units)) + 5
    for centred in (True, False):
        values = np.linalg.svd(a - a.mean(0) * centred, compute_uv=False) ** 2 / n
        expected = np.zeros(units)
        expected[: len(values)] = values
        found = spectrum(a, centred=centred)
        np.testing.assert_allclose(found.variances, expected, atol=1e-10)
        assert found.participation_ratio * (1 + 1e-9) >= 1
        assert found.participation_ratio <= units * (1 + 1e-9)


def test_a_spectrum_counts_directions(rng):
    directions = np.linalg.qr(rng.normal(size=(8, 8)))[0][:4]
    latent = rng.normal(size=(20_000, 4))
    latent = np.linalg.qr(latent - latent.mean(0))[0] * np.sqrt(20_000)
    a = latent @ directions + 100
    found = spectrum(Moments.of(a))
    np.testing.assert_allclose(found.variances, [1] * 4 + [0] * 4, atol=1e-9)
    assert found.participation_ratio == pytest.approx(4)
    assert [found.least(share) for share in (0.2, 0.5, 0.8, 1.0)] == [1, 2, 4, 4]
    # Not centred, the mean is nearly all.
    assert spectrum(a, centred=False).least(0.8) == 1


def test_a_constant_view_has_no_direction():
    found = spectrum(np.full((10, 3), 1e6))
    assert (found.least(0.8), found.participation_ratio) == (0, 0.0)


def test_a_constant_part_of_a_view_has_no_direction():
    """Its sums have a shift that is far from its mean."""
    view = np.repeat([[0.1], [1e4 / 3]], 500, axis=0) * np.ones(3)
    moments = Moments.of(view, groups=np.repeat([0, 1], 500))
    found = spectrum(moments.subset([0]))
    assert (found.least(0.8), found.participation_ratio) == (0, 0.0)


def test_visible_is_bool_and_of_the_maps_kind(rng):
    maps, visible = rng.random((1, 2, 3, 3)), causal(1, 3)
    with pytest.raises(ValueError, match="must be of bool"):
        attention_rows(maps, visible.astype(int))
    with pytest.raises(ValueError, match="a tensor if the maps are one"):
        attention_rows(torch.from_numpy(maps), visible)


def test_bad_views_have_no_spectrum():
    with pytest.raises(InputError, match="at least two"):
        spectrum(np.ones((1, 3)))
    with pytest.raises(ValueError, match="share"):
        spectrum(np.eye(3)).least(0)
