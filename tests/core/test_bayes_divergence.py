"""The divergence of a weight from the log-uniform prior, and its approximations."""

from math import exp, inf, isinf, sqrt

import pytest
import torch
from scipy.integrate import quad
from scipy.special import dawsn

from ontogeny.bayes import kl_nats

GRID = torch.linspace(-8, 8, 65, dtype=torch.float64)
WIDE = torch.linspace(-60, 60, 241, dtype=torch.float64)


def by_dawson(log_alpha):
    """∫₀^(1/√α) √2 D(t/√2) dt, D Dawson's: the KL without a pole to integrate over."""
    reach = exp(-0.5 * log_alpha)
    return quad(lambda t: sqrt(2) * dawsn(t / sqrt(2)), 0, reach, epsabs=1e-12)[0]


def test_the_exact_form_is_what_dawsons_integral_gives():
    found = kl_nats(GRID, "exact")
    torch.testing.assert_close(
        found,
        GRID.new_tensor([by_dawson(a) for a in GRID.tolist()]),
        rtol=0,
        atol=1e-10,
    )


@pytest.mark.parametrize("log_alpha", [-1.0, 0.0, 3.0])
def test_the_exact_form_is_what_draws_give(log_alpha):
    torch.manual_seed(0)
    epsilon = torch.randn(1_000_000, dtype=torch.float64)
    logs = (1 + exp(0.5 * log_alpha) * epsilon).abs().log()
    constant = 0.5 * (0.5772156649 + 0.6931471806) - 0.5 * log_alpha
    exact = kl_nats(torch.tensor([log_alpha], dtype=torch.float64), "exact").item()
    assert (logs.mean() + constant).item() == pytest.approx(exact, abs=0.006)


def test_molchanovs_is_within_a_hundredth_of_the_exact_form():
    assert (kl_nats(GRID) - kl_nats(GRID, "exact")).abs().max() < 0.01


def test_tipt0ps_is_molchanovs_less_a_near_constant():
    difference = kl_nats(GRID) - kl_nats(GRID, "tipt0p")
    assert (difference - 0.67).abs().max() < 0.04


@pytest.mark.parametrize(
    ("form", "limit"), [("molchanov", 0.0), ("exact", 0.0), ("tipt0p", -0.67)]
)
def test_it_falls_to_its_limit(form, limit):
    values = kl_nats(WIDE, form)
    assert (values.diff() <= 1e-11).all()
    ends = kl_nats(torch.tensor([60.0, inf, -inf], dtype=torch.float64), form).tolist()
    assert ends[:2] == pytest.approx([limit, limit], abs=1e-9)
    assert isinf(ends[2])
    assert form == "tipt0p" or (values >= -1e-11).all()


@pytest.mark.parametrize("form", ["molchanov", "tipt0p"])
def test_its_gradient_is_finite_and_falls_nowhere_short(form):
    log_alpha = torch.tensor([-1e4, -60, -8, 0, 8, 60, 1e4, inf], requires_grad=True)
    kl_nats(log_alpha, form).sum().backward()
    assert log_alpha.grad.isfinite().all()
    assert (log_alpha.grad <= 0).all()
    inside = GRID.clone().requires_grad_()
    assert torch.autograd.gradcheck(lambda a: kl_nats(a, form), inside)


def test_a_shape_is_kept_and_nothing_is_clipped():
    log_alpha = torch.tensor([[-20.0, -9.0], [9.0, 20.0]])
    for form in ("molchanov", "tipt0p", "exact"):
        values = kl_nats(log_alpha, form)
        assert values.shape == (2, 2)
        assert values.dtype == torch.float32
        assert values[0, 0] > values[0, 1] + 5


@pytest.mark.parametrize(
    ("log_alpha", "form", "says"),
    [
        (torch.zeros(1), "exakt", "molchanov, tipt0p, exact"),
        (torch.zeros(1, dtype=torch.int64), "molchanov", "floating point"),
    ],
)
def test_what_it_cannot_take(log_alpha, form, says):
    with pytest.raises(ValueError, match=says):
        kl_nats(log_alpha, form)
