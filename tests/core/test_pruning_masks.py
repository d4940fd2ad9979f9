"""Masks of single weights: counts, order, nesting, and that nothing grows back."""

from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ontogeny.errors import InputError
from ontogeny.pruning import (
    all_remain,
    apply_masks_,
    pack_masks,
    prune_as_many,
    prune_magnitude,
    prune_random,
    remaining,
    share_of,
    unpack_masks,
)

SHAPES = {"q": (3, 4), "fc": (5, 2), "o": (7, 1)}


def weights(seed, levels=None):
    """By name; of few levels, so that many magnitudes are equal."""
    rng = np.random.default_rng(seed)
    return {
        name: torch.from_numpy(
            rng.normal(size=shape)
            if levels is None
            else rng.integers(-levels, levels + 1, shape).astype(float)
        )
        for name, shape in SHAPES.items()
    }


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def nested(earlier, later):
    return all(bool((earlier[n] | ~later[n]).all()) for n in SHAPES)


@given(st.integers(0, 10**6), st.sampled_from([None, 1, 3]), st.data())
def test_magnitude_prunes_the_first_of_an_explicit_order(seed, levels, data):
    w = weights(seed, levels)
    masks = prune_random(all_remain(w), data.draw(st.integers(0, 12)), generator(seed))
    number = data.draw(st.integers(0, remaining(masks)))
    order = sorted(
        (abs(float(w[name].flatten()[i])), tensor, i)
        for tensor, name in enumerate(SHAPES)
        for i in range(w[name].numel())
        if masks[name].flatten()[i]
    )
    found = prune_magnitude(w, masks, number)
    expected = {name: mask.clone() for name, mask in masks.items()}
    for _, tensor, i in order[:number]:
        expected[list(SHAPES)[tensor]].view(-1)[i] = False
    assert all(torch.equal(found[name], expected[name]) for name in SHAPES)


@given(st.integers(0, 10**6), st.sampled_from(["magnitude", "random", "as many"]))
def test_chains_are_nested_and_exact(seed, kind):
    w = weights(seed, levels=2)
    rate = Fraction(1, 5)
    masks, other, counts = all_remain(w), all_remain(w), [29]
    draws = generator(seed)
    for _ in range(6):
        number = share_of(rate, masks)
        counts.append(counts[-1] - counts[-1] // 5)
        later = prune_magnitude(w, other, number)
        if kind == "magnitude":
            found = later
        elif kind == "random":
            found = prune_random(masks, number, draws)
        else:
            found = prune_as_many(masks, later, draws)
            assert all(found[n].sum() == later[n].sum() for n in SHAPES)
        assert remaining(found) == counts[-1]
        assert nested(masks, found)
        masks, other = found, later


def test_a_draw_is_each_weight_s_alike_and_the_seed_s_alone():
    masks = all_remain(weights(0))
    kept = sum(
        torch.cat(
            [m.flatten() for m in prune_random(masks, 10, draws).values()]
        ).double()
        for draws in [generator()]
        for _ in range(3_000)
    )
    # Binomial of 3,000 draws that keep 19 of 29: five standard deviations.
    expected, deviation = 3_000 * 19 / 29, (3_000 * 19 / 29 * 10 / 29) ** 0.5
    assert (kept - expected).abs().max() < 5 * deviation
    again = [prune_random(masks, 10, generator(3)) for _ in range(2)]
    assert all(torch.equal(again[0][name], again[1][name]) for name in SHAPES)


def test_counts_are_whole_numbers_of_fractions():
    masks = {"fc": torch.ones(10_000_019, dtype=torch.bool)}
    # In float64, 1 − 0.8 is 0.19999999999999996.
    assert share_of(Fraction(1, 5), {"fc": torch.ones(5, dtype=torch.bool)}) == 1
    assert share_of(1 - Fraction(4, 5) ** 4, masks) == 10_000_019 * 369 // 625


def test_an_iteration_prunes_some():
    with pytest.raises(InputError, match="of 4 remaining weights"):
        share_of(Fraction(1, 5), {"fc": torch.ones(4, dtype=torch.bool)})


@pytest.mark.parametrize("rate", [Fraction(1), Fraction(0), Fraction(-1, 5), 0.2, 2])
def test_a_rate_is_a_fraction_of_some(rate):
    with pytest.raises(InputError, match="rate: must be a fraction between 0 and 1"):
        share_of(rate, {"fc": torch.ones(3, dtype=torch.bool)})


def test_more_than_remains_cannot_be_pruned():
    w = weights(0)
    with pytest.raises(InputError, match="30 of 29 remaining"):
        prune_magnitude(w, all_remain(w), 30)
    less = prune_random(all_remain(w), 20, generator())
    with pytest.raises(InputError, match="no later ones"):
        prune_as_many(less, all_remain(w), generator())


def test_nan_has_no_magnitude():
    w = weights(0)
    w["fc"][0, 0] = torch.nan
    with pytest.raises(InputError, match="NaN"):
        prune_magnitude(w, all_remain(w), 3)
    masks = all_remain(w)
    masks["fc"][0, 0] = False
    assert remaining(prune_magnitude(w, masks, 3)) == 25


@given(st.integers(0, 10**6), st.integers(0, 29))
def test_bits_give_the_masks_back(seed, number):
    w = weights(seed)
    masks = prune_random(all_remain(w), number, generator(seed))
    packed = pack_masks(masks)
    assert sum(bits.numel() for bits in packed.values()) == 2 + 2 + 1
    found = unpack_masks(packed, w)
    assert all(torch.equal(found[name], masks[name]) for name in SHAPES)


def test_masks_of_another_model_are_refused():
    w = weights(0)
    packed = pack_masks(all_remain(w))
    with pytest.raises(InputError, match=r"q: the mask has 16 bits, .* 17 entries"):
        unpack_masks(packed, w | {"q": torch.zeros(17)})
    with pytest.raises(InputError, match="another model: v is in one of both"):
        unpack_masks(packed, w | {"v": torch.zeros(1)})


@pytest.mark.parametrize("optimiser", ["SGD", "Adam"])
def test_nothing_grows_back_if_weights_gradients_and_moments_are_masked(optimiser):
    torch.manual_seed(0)
    layer = torch.nn.Linear(6, 5)
    x, y = torch.randn(20, 6), torch.randn(20, 5)
    more = {"momentum": 0.9} if optimiser == "SGD" else {}
    steps = getattr(torch.optim, optimiser)(layer.parameters(), lr=0.1, **more)

    def step(masks):
        steps.zero_grad()
        (layer(x) - y).square().mean().backward()
        apply_masks_({"weight": layer.weight.grad}, masks)
        steps.step()
        apply_masks_({"weight": layer.weight}, masks)

    w = {"weight": layer.weight.detach()}
    step(all_remain(w))
    masks = prune_magnitude(w, all_remain(w), 12)
    apply_masks_({"weight": layer.weight}, masks)
    for name in ("momentum_buffer", "exp_avg", "exp_avg_sq"):
        if name in (state := steps.state[layer.weight]):
            apply_masks_({"weight": state[name]}, masks)
    for _ in range(3):
        step(masks)
        assert (layer.weight[~masks["weight"]] == 0).all()
        for value in steps.state[layer.weight].values():
            if value.shape == layer.weight.shape:
                assert (value[~masks["weight"]] == 0).all()
    assert (layer.weight[masks["weight"]] != 0).all()
