"""That weights are drawn on a GPU, and their KL is the processor's."""

import copy

import pytest
import torch

from ontogeny.bayes import Gaussian, add_kl_gradient_

pytestmark = pytest.mark.gpu


def test_a_kl_and_its_gradient_are_the_processors(device):
    torch.manual_seed(0)
    here = Gaussian(torch.randn(301, 70))
    with torch.no_grad():
        here.log_deviation.uniform_(-7, 5)
        here.mean[0] = 0
    there = copy.deepcopy(here).to(device)
    total = add_kl_gradient_(here, 0.5)
    assert add_kl_gradient_(there, 0.5).item() == pytest.approx(total.item(), rel=1e-5)
    for a, b in zip(here.parameters(), there.parameters(), strict=True):
        torch.testing.assert_close(b.grad.cpu(), a.grad, rtol=1e-3, atol=1e-5)


def test_draws_are_those_of_the_seed(device):
    weight = Gaussian(torch.ones(200_000), log_deviation=0.0).to(device)
    torch.manual_seed(1)
    first = weight()
    torch.manual_seed(1)
    assert torch.equal(weight(), first)
    assert (first - 1).mean().abs() < 0.02
    assert (first.std() - 1).abs() < 0.02
