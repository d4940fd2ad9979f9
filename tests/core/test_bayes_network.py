"""All drawn weights of a network: KL, its gradient, the cut; and what is learned."""

import copy

import pytest
import torch
from pages import blocks
from torch import nn
from torch.nn import functional as F

from ontogeny.bayes import (
    Gaussian,
    add_kl_gradient_,
    gaussian,
    gaussians,
    low_snr_share,
    total_kl_nats,
    uncut,
)


def network():
    torch.manual_seed(0)
    return nn.ModuleDict(
        {
            "matrix": Gaussian(torch.randn(7, 9, dtype=torch.float64)),
            "plain": nn.Linear(2, 2),
            "z": Gaussian(torch.ones(5, dtype=torch.float64)),
        }
    )


def test_a_networks_kl_is_the_sum_of_its_weights():
    model = network()
    assert len(list(gaussians(model))) == 2
    expected = model["matrix"].kl_nats() + model["z"].kl_nats()
    torch.testing.assert_close(total_kl_nats(model), expected)


@pytest.mark.parametrize("had", [True, False])
def test_the_gradient_that_is_added_is_that_of_a_term_of_the_loss(had):
    model = network()
    twin = copy.deepcopy(model)
    loss = 0.25 * total_kl_nats(twin)
    if had:
        loss = loss + sum(one().square().sum() for one in gaussians(twin.train()))
        torch.manual_seed(1)
        loss = 0.25 * total_kl_nats(twin)
        for each in (twin, model):
            torch.manual_seed(1)
            sum(one().square().sum() for one in gaussians(each)).backward()
    loss.backward()
    total = add_kl_gradient_(model, 0.25)
    assert not total.requires_grad
    torch.testing.assert_close(0.25 * total, loss.detach())
    for a, b in zip(model.parameters(), twin.parameters(), strict=True):
        assert (a.grad is None) == (b.grad is None)
        if a.grad is not None:
            torch.testing.assert_close(a.grad, b.grad)


def test_the_share_of_noise_is_that_of_matrices():
    model = network()
    with torch.no_grad():
        model["z"].mean.zero_()
        model["matrix"].mean[:, :3] = 1e-4
        model["matrix"].mean[:, 3:] = 1.0
    assert low_snr_share(model) == pytest.approx(1 / 3)


def test_means_are_read_uncut_for_a_while():
    model = network().eval()
    with torch.no_grad():
        model["z"].mean.fill_(1e-4)
    model["matrix"].uncut = True
    with uncut(model):
        assert torch.equal(model["z"](), model["z"].mean)
    assert not model["z"]().any()
    assert model["matrix"].uncut


@pytest.mark.parametrize(
    "function", [total_kl_nats, low_snr_share, lambda m: add_kl_gradient_(m, 1.0)]
)
def test_a_network_that_draws_nothing_is_refused(function):
    with pytest.raises(ValueError, match="Gaussian"):
        function(nn.Linear(1, 1))


def regression(truth, rows, deviation):
    """Inputs, orthonormal but for their size, and outputs y = x · truth + noise.

    The noise is orthogonal to all inputs: least squares finds the truth.
    """
    torch.manual_seed(0)
    x = torch.linalg.qr(torch.randn(rows, len(truth))).Q * rows**0.5
    noise = deviation * torch.randn(rows)
    return x, x @ truth + noise - x @ (x.T @ noise) / rows


@pytest.mark.parametrize(("local", "closed"), [(False, True), (True, False)])
def test_a_regression_keeps_the_inputs_that_matter(local, closed):
    truth, deviation, steps = torch.zeros(20), 0.5, 800
    truth[:5] = torch.tensor([1.2, -1.0, 0.8, -0.7, 0.6])
    x, y = regression(truth, 400, deviation)
    layer = gaussian(local=local)(0.1 * torch.randn(1, 20))
    optimiser = torch.optim.Adam(layer.parameters(), lr=0.02)
    rate = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.01, steps)
    for _ in range(steps):
        optimiser.zero_grad()
        output = layer.project(x, torch.zeros(1))[:, 0]
        error = (output - y).square().sum() / (2 * deviation**2)
        if closed:
            error.backward()
            add_kl_gradient_(layer, 1.0)
        else:
            (error + total_kl_nats(layer)).backward()
        optimiser.step()
        rate.step()
    layer.eval()
    assert torch.equal(layer.keep()[0], truth != 0)
    assert (layer()[0] - truth).abs().max() < 0.02
    # Of a weight that matters, σ nears least squares', 0.5 / √400, from 0.05.
    assert layer.log_deviation[0, :5].exp().tolist() == pytest.approx(
        [0.025] * 5, rel=0.5
    )


def test_the_pages_example_runs(root):
    x, y = regression(torch.tensor([2.0, 0, 0, 0]), 100, 0.5)
    names = {"x": x, "y": y[:, None]}
    (code,) = blocks(root / "docs" / "bayes.md", "python")
    exec(code, names)
    layer = names["layer"]
    assert (layer.weight != 0).tolist() == [[True, False, False, False]]
    torch.testing.assert_close(layer(x), F.linear(x, names["weight"](), layer.bias))
