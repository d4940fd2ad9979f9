"""That a GPU gives the same bytes again, and the processor's numbers."""

from hashlib import sha256

import numpy as np
import pytest
import torch

from ontogeny.models import IGNORED, LanguageModel, output_loss
from ontogeny.sparsity import concentration, gini, hoyer
from ontogeny.training.devices import choose_device
from ontogeny.training.language_model import train_language_model
from ontogeny.training.recipe import Recipe

pytestmark = pytest.mark.gpu

TYPES = 500
RECIPE = Recipe(embedding=32, hidden=32, dropout=0.2, batch=8, epochs=3)


def train(folder):
    """Train with dropout; the curve, and a digest of every epoch's weights."""
    rng = np.random.default_rng(0)
    ids = rng.integers(0, TYPES, 12_000).astype(np.int32)
    parts = np.split(ids, [8_000, 10_000])
    splits = dict(zip(("train", "valid", "test"), parts, strict=True))
    curve = train_language_model(
        RECIPE, splits, types=TYPES, start=0, seed=1, folder=folder, device="cuda",
        save_every_s=0.0,
    )  # fmt: skip
    weights = sorted(folder.glob("*.safetensors"))
    assert len(weights) == RECIPE.epochs + 1
    return curve, [sha256(path.read_bytes()).hexdigest() for path in weights]


def test_a_training_gives_the_same_bytes_again(device, tmp_path):
    (curve, weights), (again, same) = (train(tmp_path / name) for name in "ab")
    assert weights == same
    assert curve.equals(again)
    assert len(set(weights)) == len(weights)


def test_a_training_broken_off_ends_with_the_same_bytes(device, tmp_path, monkeypatch):
    curve, weights = train(tmp_path / "whole")
    step, left = torch.optim.SGD.step, [40]  # within the second epoch of 29 steps

    def break_off(self, *arguments, **options):
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt
        return step(self, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(torch.optim.SGD, "step", break_off)
        with pytest.raises(KeyboardInterrupt):
            train(tmp_path / "broken")
    torch.rand(9, device=device)  # the state must bring the random numbers back
    resumed, same = train(tmp_path / "broken")
    assert weights == same
    assert curve.equals(resumed)


@pytest.mark.parametrize("products", [None, torch.bfloat16])
def test_the_output_layer_agrees_with_float64_on_the_processor(device, products):
    torch.manual_seed(0)
    hidden, weight, bias = (
        torch.randn(99, 20),
        torch.randn(TYPES, 20),
        torch.randn(TYPES),
    )
    targets = torch.randint(TYPES, (99,))
    targets[::7] = IGNORED
    exact = [part.double().requires_grad_() for part in (hidden, weight, bias)]
    logits = torch.nn.functional.linear(*exact)
    expected = torch.nn.functional.cross_entropy(
        logits, targets, reduction="sum", ignore_index=IGNORED
    )
    ours = [part.to(device).requires_grad_() for part in (hidden, weight, bias)]
    found = output_loss(*ours, targets.to(device), rows=40, products=products)
    tolerance = 1e-5 if products is None else 5e-2
    close = {"rtol": tolerance, "atol": tolerance, "check_dtype": False}
    torch.testing.assert_close(found.total_nats.cpu(), expected.detach(), **close)
    for mine, reference in zip(
        torch.autograd.grad(found.total_nats, ours),
        torch.autograd.grad(expected, exact),
        strict=True,
    ):
        scale = reference.abs().max()
        torch.testing.assert_close(mine.cpu() / scale, reference / scale, **close)


def test_gradients_reach_every_site_in_evaluation_mode(device):
    """cuDNN's layers run backwards in training mode alone."""
    torch.manual_seed(0)
    model = LanguageModel(TYPES, embedding=8, hidden=8).to(device).eval()
    ids, seen = torch.randint(TYPES, (2, 5, 3), device=device), {}

    def keep(site, activation):
        activation.retain_grad()
        return seen.setdefault(site, activation)

    output, _ = model(ids[0], at_site=keep)
    model.loss(output, ids[1]).total_nats.backward()
    assert list(seen) == list(model.sites)
    assert all(activation.grad.abs().sum() > 0 for activation in seen.values())
    repeated, _ = model(ids[0])
    assert torch.equal(output, repeated)  # no dropout


def test_a_job_takes_a_gpu_and_deterministic_kernels(device):
    assert device.type == "cuda"
    assert choose_device("auto") == device
    assert torch.cuda.current_device() == device.index
    assert torch.are_deterministic_algorithms_enabled()


@pytest.mark.parametrize("measure", [concentration, hoyer, gini])
def test_the_gpu_is_not_waited_for(device, measure):
    v = torch.randn(5, 9, device=device)
    measure(v)
    torch.cuda.set_sync_debug_mode("error")
    try:
        measured = measure(v)
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert measured.is_cuda
    torch.testing.assert_close(measured.cpu(), measure(v.cpu()))
