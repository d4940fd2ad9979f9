"""The fused output layer and loss against PyTorch's own, step by step."""

import pytest
import torch
from torch.nn.functional import cross_entropy, linear

from ontogeny.measures.concentration import concentration
from ontogeny.models import IGNORED, LanguageModel, output_loss

STEPS, HIDDEN, VOCAB = 11, 5, 30


def case(scale=1.0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(0)

    def normal(*shape):
        values = torch.randn(*shape, generator=generator, dtype=torch.float64)
        return (scale * values).to(dtype).requires_grad_()

    targets = torch.randint(VOCAB, (STEPS,), generator=generator)
    targets[3] = IGNORED
    return normal(STEPS, HIDDEN), normal(VOCAB, HIDDEN), normal(VOCAB), targets


def plain(hidden, weight, bias, targets):
    logits = linear(hidden, weight, bias)
    logits.retain_grad()
    nats = cross_entropy(logits, targets, reduction="none", ignore_index=IGNORED)
    return logits, nats


@pytest.mark.parametrize("rows", [1, 4, 11, 100])
def test_loss_and_gradients_equal_pytorchs_for_any_chunk(rows):
    *tensors, targets = case()
    ours = output_loss(*tensors, targets, rows=rows)
    gradients = torch.autograd.grad(3 * ours.total_nats, tensors)
    _, nats = plain(*tensors, targets)
    expected = torch.autograd.grad(3 * nats.sum(), tensors)

    torch.testing.assert_close(ours.nats, nats.detach(), rtol=0, atol=1e-12)
    assert ours.total_nats.item() == pytest.approx(nats.sum().item(), abs=1e-12)
    for gradient, of_pytorch in zip(gradients, expected, strict=True):
        torch.testing.assert_close(gradient, of_pytorch, rtol=0, atol=1e-12)


def test_gradients_pass_gradcheck():
    *tensors, targets = case()
    assert torch.autograd.gradcheck(
        lambda h, w, b: output_loss(h, w, b, targets, rows=4).total_nats, tensors
    )


def test_logits_statistics_equal_those_of_pytorchs_gradient():
    *tensors, targets = case()
    ours = output_loss(*tensors, targets, statistics=True, rows=4)
    logits, nats = plain(*tensors, targets)
    nats.sum().backward()
    expected = concentration(logits.grad)
    torch.testing.assert_close(ours.concentration, expected, equal_nan=True)
    torch.testing.assert_close(ours.l1, logits.grad.abs().sum(-1))
    assert torch.isnan(ours.concentration[3])
    assert ours.l1[3] == 0


def test_statistics_survive_a_model_that_is_almost_certain():
    """In float32, 1 − p would round to 0; its gradient's shape is still defined."""
    hidden, bias = torch.ones(1, 1), torch.tensor([40.0, 1.0, 0.0])
    ours = output_loss(
        hidden, torch.zeros(3, 1), bias, torch.tensor([0]), statistics=True
    )
    e = torch.tensor([1.0, 0.0], dtype=torch.float64).exp()
    q = (e.sum() / (torch.tensor(40.0, dtype=torch.float64).exp() + e.sum())).item()
    expected = ((e / e.sum()).square().sum() + 1).sqrt() / 2
    assert ours.nats.item() == pytest.approx(q, rel=1e-5)
    assert ours.l1.item() == pytest.approx(2 * q, rel=1e-5)
    assert ours.concentration.item() == pytest.approx(expected.item(), rel=1e-6)


def test_extreme_logits_stay_finite():
    *tensors, targets = case(scale=30.0, dtype=torch.float32)
    ours = output_loss(*tensors, targets, rows=4)
    gradients = torch.autograd.grad(ours.total_nats, tensors)
    assert all(torch.isfinite(g).all() for g in gradients)
    *doubles, _ = case(scale=30.0)
    _, nats = plain(*doubles, targets)
    assert ours.total_nats.item() == pytest.approx(nats.sum().item(), rel=1e-5)


def test_only_needed_gradients_are_formed():
    hidden, weight, bias, targets = case()
    total = output_loss(hidden, weight.detach(), bias.detach(), targets).total_nats
    total.backward()
    assert hidden.grad is not None
    assert weight.grad is None


def test_no_gradient_is_formed_where_none_is_wanted(monkeypatch):
    *tensors, targets = case()
    formed = []
    monkeypatch.setattr(torch, "zeros_like", lambda like: formed.append(like))
    with torch.no_grad():
        ours = output_loss(*tensors, targets)
    assert not formed
    assert not ours.total_nats.requires_grad


def test_statistics_are_not_computed_unasked():
    *tensors, targets = case()
    ours = output_loss(*tensors, targets)
    assert ours.concentration is None
    assert ours.l1 is None


def test_short_products_are_near_exact_ones_in_value_and_gradient():
    torch.manual_seed(0)
    shapes = (60, 16), (40, 16), (40,)
    exact = [torch.randn(shape, requires_grad=True) for shape in shapes]
    short = [tensor.detach().clone().requires_grad_() for tensor in exact]
    targets = torch.randint(-1, 40, (60,))
    losses = [
        output_loss(*tensors, targets, rows=25, products=products).total_nats
        for tensors, products in ((exact, torch.float32), (short, torch.bfloat16))
    ]
    for loss in losses:
        loss.backward()
    assert losses[0].item() == pytest.approx(losses[1].item(), rel=0.01)
    for a, b in zip(exact, short, strict=True):
        assert (
            torch.nn.functional.cosine_similarity(a.grad.flatten(), b.grad.flatten(), 0)
            > 0.999
        )
        assert b.grad.dtype == torch.float32


def test_a_model_is_measured_in_full_precision():
    torch.manual_seed(0)
    full, short = (LanguageModel(9, precision=p) for p in ("float32", "bfloat16"))
    short.load_state_dict(full.state_dict())
    output, targets = torch.randn(4, 1, 200), torch.tensor([[1], [2], [3], [4]])
    trained, measured = (
        [m.train(mode).loss(output, targets).total_nats.item() for m in (full, short)]
        for mode in (True, False)
    )
    assert trained[0] != trained[1]
    assert measured[0] == measured[1]
