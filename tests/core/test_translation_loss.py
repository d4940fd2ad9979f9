"""Cross-entropy of translations: smoothed against PyTorch's own, and what is told."""

from types import SimpleNamespace

import pytest
import torch
from torch.nn import functional as F

from ontogeny.models.transformer import END, START, EncoderDecoder
from ontogeny.training.loop import Run
from ontogeny.translation.loss import TranslationLoss, mean_target_nats, target_nats

TYPES = 12


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def small(**sizes):
    sizes = {"layers": 1, "d": 8, "heads": 2, "inner": 8, "dropout": 0.5, **sizes}
    return EncoderDecoder(TYPES, **sizes, norm="pre")


def batch(*lengths, steps=6):
    """Pairs whose target is the source, of given lengths without `</s>`."""
    source = torch.zeros(len(lengths), steps, dtype=torch.long)
    for row, length in zip(source, lengths, strict=True):
        row[:length] = torch.randint(4, TYPES, (length,))
        row[length] = END
    read = source.roll(1, dims=1).masked_fill(source == 0, 0)
    read[:, 0] = START
    return SimpleNamespace(source=source, target_in=read, target_out=source)


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.6])
def test_loss_and_gradients_are_pytorchs(smoothing):
    output = torch.randn(3, 5, 4, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(TYPES, 4, dtype=torch.float64, requires_grad=True)
    targets = torch.randint(1, TYPES, (3, 5))
    targets[0, 2:] = targets[2, 4:] = 0
    expected = F.cross_entropy(
        (output @ weight.T).flatten(0, 1),
        targets.flatten(),
        ignore_index=0,
        label_smoothing=smoothing,
    )
    found = target_nats(output, weight, targets, smoothing)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-12)
    for ours, theirs in zip(
        torch.autograd.grad(3 * found, (output, weight)),
        torch.autograd.grad(3 * expected, (output, weight)),
        strict=True,
    ):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)
        if ours.shape == output.shape:
            assert not ours[targets == 0].any()


def test_the_term_is_that_of_the_model_and_its_gradient_reaches_all_weights():
    model, one = small().double(), batch(5, 3, 4)
    terms = TranslationLoss(0.2)(model.eval(), one, 0)
    logits = model.logits(model(one.source, one.target_in)).flatten(0, 1)
    expected = F.cross_entropy(
        logits, one.target_out.flatten(), ignore_index=0, label_smoothing=0.2
    )
    assert list(terms) == ["loss_nats"]
    torch.testing.assert_close(terms["loss_nats"], expected)
    terms["loss_nats"].backward()
    assert all(weight.grad.any() for weight in model.parameters())


@pytest.mark.parametrize("mode", [True, False])
def test_validation_is_the_mean_over_subwords_whatever_the_batches(mode):
    model = small().double().train(mode)
    many = batch(5, 1, 1)
    parts = [
        SimpleNamespace(**{k: v[rows] for k, v in vars(many).items()})
        for rows in (slice(0, 1), slice(1, 3))
    ]
    whole, split = (mean_target_nats(model, batches) for batches in ([many], parts))
    assert model.training is mode
    model.eval()
    logits = model.logits(model(many.source, many.target_in)).flatten(0, 1)
    expected = F.cross_entropy(logits, many.target_out.flatten(), ignore_index=0)
    assert whole == pytest.approx(expected.item(), abs=1e-12)
    assert split == pytest.approx(whole, abs=1e-12)


def test_a_model_learns_to_copy():
    """Which needs all of it: positions, cross attention, the causal mask."""
    model = small(d=32, heads=4, inner=64, dropout=0.0)
    batches = [batch(*[5] * 12) for _ in range(80)]
    adam = torch.optim.Adam(model.parameters(), lr=5e-3)
    Run(model, TranslationLoss(), batches, adam, epochs=2).train()
    unseen = [batch(*[5] * 50)]
    assert mean_target_nats(model, unseen) < 0.5
