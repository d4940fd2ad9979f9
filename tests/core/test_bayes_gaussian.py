"""Weights that are drawn: moments, gradients, cut, and the state of the draws."""

from math import inf

import pytest
import torch
from torch.nn import functional as F

from ontogeny.bayes import Gaussian, fused, gaussian, kl_nats, sample_output
from ontogeny.bayes.divergence import FORMS
from ontogeny.bayes.fused import KL, Draw, sum_kl

DOUBLE = torch.float64


def weight(*shape, dtype=DOUBLE, **options):
    """A weight with means of size 1 and log α from −14 to 10."""
    torch.manual_seed(1)
    one = Gaussian(torch.randn(shape, dtype=dtype), **options)
    with torch.no_grad():
        one.log_deviation.uniform_(-7, 5)
    return one


def seeded(function):
    """The function, with the same draws at each call."""

    def call(*arguments):
        torch.manual_seed(3)
        return function(*arguments)

    return call


def test_it_starts_as_it_should():
    one = Gaussian(torch.ones(3, 2).T)
    assert one.log_deviation.tolist() == [[-3.0] * 3] * 2
    assert one.mean.is_contiguous()
    assert (one.threshold, one.is_local, one.uncut) == (0.05, False, False)
    assert one.shape == (2, 3)


def test_draws_have_the_moments_that_they_are_said_to_have():
    torch.manual_seed(0)
    one = Gaussian(torch.full((300_000,), 2.0), log_deviation=-1.0)
    values = one()
    error = (values - 2) / one.log_deviation.exp()
    assert error.mean().item() == pytest.approx(0, abs=0.01)
    assert error.std().item() == pytest.approx(1, abs=0.01)
    assert (error**4).mean().item() == pytest.approx(3, abs=0.1)
    again = (one() - 2) / one.log_deviation.exp()
    assert (error * again).mean().abs() < 0.01


def test_draws_are_repeated_by_a_seed_and_by_a_state():
    one = weight(40, 30, dtype=torch.float32)
    torch.manual_seed(5)
    first, state = one(), torch.get_rng_state()
    second = one()
    torch.manual_seed(5)
    assert torch.equal(one(), first)
    torch.set_rng_state(state)
    assert torch.equal(one(), second)
    assert not torch.equal(first, second)


def test_evaluation_draws_nothing():
    one, z = weight(40, 30, local=True).eval(), weight(7).eval()
    x, bias = torch.randn(5, 4, 30, dtype=DOUBLE), torch.zeros(40, dtype=DOUBLE)
    state = torch.get_rng_state()
    assert torch.equal(one(), one())
    assert torch.equal(one.project(x, bias), F.linear(x, one(), bias))
    ids = torch.tensor([[3, 3], [0, 39]])
    assert torch.equal(one.rows(ids), one()[ids])
    assert torch.equal(z.draws(3), z().expand(3, 7))
    assert torch.equal(torch.get_rng_state(), state)


def test_gradients_of_a_draw():
    one = weight(6, 5)
    draw = seeded(Draw.apply)
    assert torch.autograd.gradcheck(draw, (one.mean, one.log_deviation))


@pytest.mark.parametrize("piece", [16, 64, 100_000])
@pytest.mark.parametrize("form", ["molchanov", "tipt0p"])
@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(DOUBLE, 1e-11), (torch.float32, 1e-3)]
)
def test_the_kl_is_that_of_its_formula(monkeypatch, piece, form, dtype, tolerance):
    monkeypatch.setattr(fused, "PIECE", piece)
    one = weight(23, 41, dtype=dtype, form=form)
    reference = kl_nats(one.log_alpha.clamp(-8, 8), form).sum()
    expected = torch.autograd.grad(reference, [one.mean, one.log_deviation])
    found = one.kl_nats()
    assert found.item() == pytest.approx(reference.item(), rel=1e-6)
    for a, b in zip(
        torch.autograd.grad(3 * found, [one.mean, one.log_deviation]),
        expected,
        strict=True,
    ):
        torch.testing.assert_close(a, 3 * b, rtol=tolerance, atol=1e-6)
    assert (expected[1] == 0).sum() > 50


def test_the_kls_gradient_is_that_of_its_differences():
    one = weight(4, 3)
    at = one.mean.detach(), one.log_deviation.detach()
    form = FORMS["molchanov"]
    found = torch.autograd.grad(one.kl_nats(), [one.mean, one.log_deviation])
    for which in (0, 1):
        for place in range(12):
            ends = []
            for step in (1e-6, -1e-6):
                moved = [part.clone() for part in at]
                moved[which].view(-1)[place] += step * at[which].view(-1)[place].abs()
                ends.append(
                    (moved[which].view(-1)[place], sum_kl(*moved, form, scale=None))
                )
            slope = (ends[0][1] - ends[1][1]) / (ends[0][0] - ends[1][0])
            assert found[which].view(-1)[place].item() == pytest.approx(
                slope.item(), rel=1e-4, abs=1e-5
            )


def test_a_mean_of_zero_has_a_kl_and_gradients():
    one = Gaussian(torch.tensor([0.0, 1.0]))
    with torch.no_grad():
        one.log_deviation[1] = inf
    total = one.kl_nats()
    total.backward()
    assert total.item() == pytest.approx(
        2 * kl_nats(torch.tensor(8.0)).item(), rel=1e-3
    )
    assert one.mean.grad.tolist() == [0, 0]
    assert one.log_deviation.grad.tolist() == [0, 0]


def test_a_kl_serves_one_backward_pass():
    total = weight(3).kl_nats()
    total.backward(retain_graph=True)
    with pytest.raises(RuntimeError, match="anew"):
        total.backward()


def test_without_gradients_the_kl_is_the_same():
    one = weight(30, 3)
    with torch.no_grad():
        assert one.kl_nats() == KL.apply(one.mean, one.log_deviation, one.form)
        assert not one.kl_nats().requires_grad


@pytest.mark.parametrize("dtype", [torch.float32, DOUBLE])
def test_the_cut_is_below_the_threshold_and_not_at_it(dtype):
    one = Gaussian(
        torch.tensor([0.5, 0.4999, -0.5, 0.0, 9.0], dtype=dtype), threshold=0.25
    )
    with torch.no_grad():
        one.log_deviation.zero_()
    assert one.keep().tolist() == [True, False, True, False, True]
    assert one.eval()().tolist() == [0.5, 0, -0.5, 0, 9]
    one.uncut = True
    assert torch.equal(one(), one.mean)


def test_the_cut_is_by_the_ratio_that_is_not_clipped():
    one = Gaussian(torch.full((1,), 1e-25), threshold=1e-12)  # μ² is 0 in float32
    with torch.no_grad():
        one.log_deviation.copy_(one.mean.log() + 13.0)  # log α = 26, μ²/σ² = 5e-12
        assert one.keep().item()
        one.log_deviation.add_(1.0)  # 7e-13
        assert not one.keep().item()
    assert Gaussian(torch.zeros(1), threshold=0.0).keep().item()


def test_gradients_in_evaluation_are_those_of_what_is_kept():
    one = Gaussian(torch.tensor([1.0, 1e-3])).eval()
    one().sum().backward()
    assert one.mean.grad.tolist() == [1.0, 0.0]


def test_rows_are_drawn_once_for_each_that_is_read():
    one = weight(10, 4)
    torch.manual_seed(2)
    values = one.rows(torch.tensor([[7, 1, 7], [1, 2, 7]]))
    assert values.shape == (2, 3, 4)
    assert torch.equal(values[0, 0], values[0, 2])
    assert torch.equal(values[0, 1], values[1, 0])
    values.sum().backward()
    assert one.mean.grad.sum(1).tolist() == [0, 8, 4, 0, 0, 0, 0, 12, 0, 0]
    epsilon = (values[1, 1] - one.mean[2]).detach()
    torch.testing.assert_close(one.log_deviation.grad[2], epsilon)


def test_scales_are_drawn_for_each_sequence():
    z = Gaussian(torch.ones(50), log_deviation=-1.0)
    values = z.draws(4000)
    assert values.shape == (4000, 50)
    assert (values.mean(0) - 1).abs().max() < 0.03
    assert (values.std(0) / z.log_deviation.exp() - 1).abs().max() < 0.06
    assert torch.corrcoef(values[:, :2].T)[0, 1].abs() < 0.06
    assert z().shape == (50,)
    small = weight(5)
    arguments = small.mean, small.log_deviation
    take = seeded(lambda m, s: Draw.apply(m.expand(3, 5), s.expand(3, 5)))
    assert torch.autograd.gradcheck(take, arguments)


def test_an_output_has_the_moments_of_its_weights():
    torch.manual_seed(0)
    mean, log_deviation = (
        torch.randn(3, 8, dtype=DOUBLE),
        torch.randn(3, 8, dtype=DOUBLE),
    )
    x, bias = torch.randn(8, dtype=DOUBLE), torch.randn(3, dtype=DOUBLE)
    drawn = sample_output(x.expand(100_000, 8), mean, log_deviation, bias)
    variance = (2 * log_deviation).exp() @ x.square()
    z = (drawn.mean(0) - mean @ x - bias) / (variance / 100_000).sqrt()
    assert z.abs().max() < 4
    assert (drawn.var(0) / variance - 1).abs().max() < 0.03
    assert (torch.corrcoef(drawn.T) - torch.eye(3)).abs().max() < 0.02


def test_an_outputs_noise_is_shared_over_time_and_by_no_two_sequences():
    one = weight(3, 8, local=True)
    x = torch.randn(1, 1, 8, dtype=DOUBLE).expand(5, 4, 8)
    drawn = one.project(x, torch.zeros(3, dtype=DOUBLE))
    assert drawn.shape == (5, 4, 3)
    assert torch.equal(drawn, drawn[:1].expand_as(drawn))
    assert len(drawn[0].flatten().unique()) == 12
    rows = one.project(x[0], torch.zeros(3, dtype=DOUBLE))
    assert rows.shape == (4, 3)


def test_an_output_of_no_input_has_a_gradient():
    one = weight(3, 8, local=True)
    x = torch.zeros(2, 8, dtype=DOUBLE, requires_grad=True)
    one.project(x, torch.zeros(3, dtype=DOUBLE)).sum().backward()
    assert x.grad.isfinite().all()
    assert one.log_deviation.grad.isfinite().all()


def test_gradients_of_an_output_that_is_drawn():
    one = weight(3, 4)
    x = torch.randn(2, 5, 4, dtype=DOUBLE, requires_grad=True)
    bias = torch.zeros(3, dtype=DOUBLE, requires_grad=True)
    arguments = x, one.mean, one.log_deviation, bias
    assert torch.autograd.gradcheck(seeded(sample_output), arguments)


def test_a_weight_that_is_not_local_is_drawn_itself():
    one = weight(3, 8)
    x = torch.randn(2, 8, dtype=DOUBLE)
    project = seeded(lambda: one.project(x, torch.zeros(3, dtype=DOUBLE)))
    torch.testing.assert_close(project(), x @ seeded(one)().T)


def test_a_maker_passes_everything_on():
    one = gaussian(log_deviation=-2, threshold=0.1, form="tipt0p", local=True)(
        torch.ones(1)
    )
    assert one.log_deviation.item() == -2
    assert (one.threshold, one.form, one.is_local) == (0.1, FORMS["tipt0p"], True)


@pytest.mark.parametrize("options", [{"threshold": -1.0}, {"form": "exact"}])
def test_what_it_cannot_take(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        Gaussian(torch.ones(1), **options)
