"""Group lasso on PyTorch's modules: groups by hand, gradients, conditions, refusals."""

import math

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations, prune

from ontogeny.pruning.conditions import group_sizes, unmet_conditions
from ontogeny.pruning.groups import (
    group_norms,
    penalty,
    penalty_gradient_,
    threshold_,
)
from ontogeny.pruning.layers import GROUPS

SETTINGS = {"lambda_group": 0.3, "lambda_l1": 0.01}


def made(layers=2, *, inputs=3, hidden=4, reader="linear", seed=0, **options):
    torch.manual_seed(seed)
    lstm = nn.LSTM(inputs, hidden, layers, **options).double()
    if reader == "linear":
        return lstm, nn.Linear(hidden, 6).double()
    return lstm, nn.LSTM(hidden, 5, 2).double()


def reads(lstm, reader, layer):
    if layer < lstm.num_layers - 1:
        return getattr(lstm, f"weight_ih_l{layer + 1}")
    return reader.weight if isinstance(reader, nn.Linear) else reader.weight_ih_l0


@pytest.mark.parametrize("reader", ["linear", "lstm"])
@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize("layer", [0, 1])
def test_norms_are_those_of_rows_and_columns(reader, batch_first, layer):
    lstm, reader = made(reader=reader, batch_first=batch_first)
    w_x = getattr(lstm, f"weight_ih_l{layer}")
    w_h = getattr(lstm, f"weight_hh_l{layer}")
    above = reads(lstm, reader, layer)
    found = group_norms(lstm, reader, groups="wgn", layer=layer)
    assert found.shape == (4, 5)
    for k in range(4):
        for q in range(4):
            row = torch.cat([w_x[q * 4 + k], w_h[q * 4 + k]])
            assert found[k, q].item() == pytest.approx(row.norm().item())
        column = torch.cat([w_h[:, k], above[:, k]])
        assert found[k, 4].item() == pytest.approx(column.norm().item())
    own = sum(w_h[q * 4 + torch.arange(4), torch.arange(4)] ** 2 for q in range(4))
    twice = group_norms(lstm, reader, groups="iss_code", layer=layer)
    once = group_norms(lstm, reader, groups="iss", layer=layer)
    torch.testing.assert_close(twice, (found**2).sum(1).sqrt())
    torch.testing.assert_close(once, ((found**2).sum(1) - own).sqrt())


def test_norms_are_differentiable_also_at_0():
    lstm, reader = made(1)
    with torch.no_grad():
        lstm.weight_hh_l0[:, 1] = 0
        reader.weight[:, 1] = 0
    norms = group_norms(lstm, reader, groups="wgn")
    assert norms[1, 4] == 0
    norms.sum().backward()
    assert not reader.weight.grad[:, 1].any()
    assert reader.weight.grad.isfinite().all()
    assert reader.weight.grad[:, 0].any()


@pytest.mark.parametrize("groups", GROUPS)
@pytest.mark.parametrize("layers", [1, 2])
def test_the_penalty_is_the_sum_of_norms_and_sizes(groups, layers):
    lstm, reader = made(layers)
    norms = [group_norms(lstm, reader, groups=groups, layer=n) for n in range(layers)]
    names = [name for name, _ in lstm.named_parameters() if "weight" in name]
    sizes = sum(getattr(lstm, name).abs().sum() for name in names)
    for on_output in (True, False):
        total = penalty(lstm, reader, groups=groups, l1_on_output=on_output, **SETTINGS)
        expected = 0.3 * sum((n**2 + 1e-8).sqrt().sum() for n in norms) + 0.01 * (
            sizes + on_output * reader.weight.abs().sum()
        )
        torch.testing.assert_close(total, expected)


@pytest.mark.parametrize("groups", GROUPS)
@pytest.mark.parametrize("reader", ["linear", "lstm"])
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("on_output", [True, False])
def test_the_closed_form_adds_the_gradient_of_the_penalty(
    groups, reader, layers, on_output
):
    lstm, reader = made(layers, reader=reader)
    with torch.no_grad():
        lstm.weight_hh_l0[:, 2] = 0  # whole groups
        lstm.weight_ih_l0[5:9] = 0
    lstm.bias_ih_l0.grad = torch.ones_like(lstm.bias_ih_l0)
    settings = SETTINGS | {"groups": groups, "l1_on_output": on_output}
    penalty(lstm, reader, **settings).backward()
    both = [*lstm.parameters(), *reader.parameters()]
    expected = [None if p.grad is None else p.grad.clone() for p in both]
    penalty_gradient_(lstm, reader, **settings)
    for parameter, gradient in zip(both, expected, strict=True):
        if gradient is None or parameter.dim() == 1:
            assert gradient is parameter.grad or (parameter.grad == 1).all()
        else:
            torch.testing.assert_close(parameter.grad, 2 * gradient)


def test_frozen_weights_get_no_gradient():
    lstm, reader = made(1)
    lstm.weight_ih_l0.requires_grad_(False)
    penalty_gradient_(lstm, reader, groups="wgn", **SETTINGS)
    assert lstm.weight_ih_l0.grad is None
    assert lstm.weight_hh_l0.grad is not None


def test_the_cut_reaches_all_weights_and_no_bias():
    lstm, reader = made(2)
    biases = [lstm.bias_hh_l1.clone(), reader.bias.clone()]
    threshold_(lstm, reader, 0.2)
    for weight in (lstm.weight_ih_l1, lstm.weight_hh_l0, reader.weight):
        assert 0 < (weight == 0).double().mean() < 1
        assert (weight[weight != 0].abs() >= 0.2).all()
    assert torch.equal(biases[0], lstm.bias_hh_l1)
    assert torch.equal(biases[1], reader.bias)
    other = made(1)[1]
    threshold_(made(1)[0], other, 0.2, output=False)
    assert (other.weight != 0).all()


def test_masked_weights_are_read_fresh_and_cut_behind_the_mask():
    lstm, reader = made(1)
    prune.random_unstructured(lstm, "weight_hh_l0", amount=0.5)
    with torch.no_grad():
        lstm.weight_hh_l0_orig.mul_(2)  # the module's own attribute is stale now
    fresh = lstm.weight_hh_l0_orig * lstm.weight_hh_l0_mask
    found = group_norms(lstm, reader, groups="wgn")[:, 4]
    expected = torch.cat([fresh, reader.weight]).norm(dim=0)
    torch.testing.assert_close(found, expected)
    threshold_(lstm, reader, 0.3)
    assert (lstm.weight_hh_l0_orig[lstm.weight_hh_l0_orig != 0].abs() >= 0.3).all()
    penalty(lstm, reader, groups="wgn", **SETTINGS).backward()
    assert not lstm.weight_hh_l0_orig.grad[lstm.weight_hh_l0_mask == 0].any()


def test_weights_of_other_weights_are_refused_where_they_cannot_be_changed():
    lstm, reader = made(1)
    parametrizations.weight_norm(lstm, "weight_hh_l0")
    assert group_norms(lstm, reader, groups="iss").shape == (4,)
    with pytest.raises(ValueError, match="weight_hh_l0: is computed from other"):
        threshold_(lstm, reader, 0.1)
    masked, reader = made(1)
    prune.random_unstructured(masked, "weight_ih_l0", amount=0.5)
    with pytest.raises(ValueError, match=r"add penalty\(…\) to the loss"):
        penalty_gradient_(masked, reader, groups="wgn", **SETTINGS)


@pytest.mark.parametrize(
    ("lstm", "reader", "message"),
    [
        (nn.GRU(3, 4), nn.Linear(4, 6), "lstm: must be an nn.LSTM, found GRU"),
        (nn.LSTM(3, 4, bidirectional=True), nn.Linear(8, 6), "lstm: is bidirectional"),
        (nn.LSTM(3, 4, proj_size=2), nn.Linear(2, 6), "lstm: has a projection"),
        (nn.LSTM(3, 4), nn.LSTM(4, 6, bidirectional=True), "reader: is bidirectional"),
        (nn.LSTM(3, 4), nn.Linear(5, 6), "reader: reads 5 units, but the LSTM has 4"),
        (nn.LSTM(3, 4), nn.Embedding(4, 6), "found Embedding"),
    ],
)
def test_modules_that_do_not_fit_are_refused(lstm, reader, message):
    for call in (
        lambda: group_norms(lstm, reader, groups="wgn"),
        lambda: penalty(lstm, reader, groups="wgn", **SETTINGS),
        lambda: penalty_gradient_(lstm, reader, groups="wgn", **SETTINGS),
        lambda: threshold_(lstm, reader, 0.1),
    ):
        with pytest.raises(ValueError, match=message):
            call()


@pytest.mark.parametrize(("layer", "message"), [(None, "2 layers"), (2, "found 2"), (-1, "found -1")])  # fmt: skip
def test_a_layer_must_be_named_and_there(layer, message):
    lstm, reader = made(2)
    with pytest.raises(ValueError, match=rf"one of 0 … 1,.*{message}"):
        group_norms(lstm, reader, groups="wgn", layer=layer)


def test_other_groups_are_refused():
    with pytest.raises(ValueError, match="one of wgn, iss, iss_code, found 'iss2'"):
        penalty(*made(), groups="iss2", **SETTINGS)
    with pytest.raises(ValueError, match="found 'iss2'"):
        group_sizes("iss2", 1, 1, 1)


# Methods: the small language model of 2 × 200 units and 10,000 words.
@pytest.mark.parametrize(
    ("groups", "readers", "expected"),
    [
        ("wgn", 800, [400, 1600]),
        ("wgn", 10_000, [400, 10_800]),
        ("iss", 800, [3196]),
        ("iss", 10_000, [12_396]),
    ],
)
def test_sizes_of_groups(groups, readers, expected):
    assert sorted(set(group_sizes(groups, 200, 200, readers))) == expected


def small(groups="wgn"):
    return group_sizes(groups, 200, 200, 800) + group_sizes(groups, 200, 200, 10_000)


@pytest.mark.parametrize(("groups", "lambda_group"), [("wgn", 0.0017), ("iss", 0.002)])
def test_the_papers_settings_are_sound(groups, lambda_group):
    rates = {"first_rate": 1.0, "last_rate": 0.6**16}
    settings = {"lambda_group": lambda_group, "threshold": 1e-4}
    assert unmet_conditions(small(groups), **settings, **rates) == []


@pytest.mark.parametrize("seed", range(20))
def test_the_numbers_that_are_said_would_do(seed):
    torch.manual_seed(seed)
    drawn = (10 ** (torch.rand(4) * 3 - 4)).tolist()
    given = dict(zip(("lambda_group", "threshold", "first_rate", "last_rate"), drawn, strict=True))  # fmt: skip
    for sentence in unmet_conditions(small(), **given):
        said = sentence.split("threshold of at least ")[1].split(" or a λ₁ of at most ")
        kind = sentence[:12]
        for name, number in zip(("threshold", "lambda_group"), said, strict=True):
            better = unmet_conditions(small(), **(given | {name: float(number)}))
            assert kind not in [other[:12] for other in better]
            almost = {"threshold": 0.9, "lambda_group": 1.12}[name] * float(number)
            worse = unmet_conditions(small(), **(given | {name: almost}))
            assert kind in [other[:12] for other in worse]


def test_a_last_rate_that_just_does_is_taken():
    for threshold in (1e-4, 3e-4, 5e-4, 7e-4):
        found = unmet_conditions([400], lambda_group=0.003, threshold=threshold, first_rate=threshold / 0.003 * math.sqrt(400), last_rate=threshold / 0.003)  # fmt: skip
        assert found == []
