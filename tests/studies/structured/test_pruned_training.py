"""Training that prunes: the paper's loss against ours, what a run leaves, and its twin."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from ontogeny.pruning import penalty
from ontogeny.studies.structured.losses import SumOverTime
from ontogeny.studies.structured.networks import Sizes, make_network
from ontogeny.studies.structured.pruned import Pruning, layer_weights, make_pruned
from ontogeny.studies.structured.pruned_training import GroupLasso, train_pruned
from ontogeny.training.loop import Run
from ontogeny.training.recipe import Recipe
from ontogeny.training.stream import Stream, StreamLoss

SIZES = Sizes("words", 30, 30, 8, 6, 2, bound=0.1)
PRUNING = Pruning("wgn", 0.02, 1e-3, 2e-3)
RECIPE = Recipe(
    batch=4,
    window=5,
    epochs=2,
    learning_rate=1.0,
    schedule="after_epochs",
    divide_after=[1],
    divide_by=2,
    clip_norm=0.5,
    keep_epochs=[-1],
)


def words(n, seed=0):
    return np.random.default_rng(seed).integers(0, 30, n).astype(np.int32)


def trained(loss, scale, clip_norm):
    """Weights after two epochs on full windows alone."""
    torch.manual_seed(0)
    pruning = replace(
        PRUNING,
        lambda_group=PRUNING.lambda_group / scale,
        lambda_l1=PRUNING.lambda_l1 / scale,
        threshold=max(PRUNING.threshold, 2 * PRUNING.lambda_l1),
    )
    model = make_pruned(SIZES, PRUNING).double()
    stream = Stream(words(100), start=0, batch=4, window=5)
    run = Run(
        model,
        loss,
        stream,
        torch.optim.SGD(model.parameters(), lr=1.0 * scale),
        epochs=2,
        clip_norm=clip_norm and clip_norm / scale,
        callbacks=[GroupLasso(pruning)],
    )
    run.train()
    return model.state_dict()


# PyTorch's clipping adds 1e-6 to the norm, whatever its scale.
@pytest.mark.parametrize(("clip_norm", "tolerance"), [(None, 1e-11), (0.5, 1e-5)])
def test_both_forms_of_the_loss_give_the_same_weights(clip_norm, tolerance):
    over_time = trained(SumOverTime(), 1, clip_norm)
    over_words = trained(StreamLoss(), 5, clip_norm)
    for name, weight in over_time.items():
        torch.testing.assert_close(weight, over_words[name], rtol=0, atol=tolerance)
    cut = over_time["layers.0.recurrent.values"]
    assert 0 < (cut == 0).float().mean() < 1


def test_the_gradient_is_that_of_the_penalty():
    torch.manual_seed(1)
    model = make_pruned(SIZES, PRUNING).double()
    stream = Stream(words(40), start=0, batch=4, window=5)
    loss = SumOverTime()(model, stream[0], 0)["loss_nats"]
    loss.backward()
    run = Run(model, SumOverTime(), stream, torch.optim.SGD(model.parameters(), 1.0), 1)
    before = [p.grad.clone() for p in model.parameters()]
    GroupLasso(PRUNING).after_backward(run)
    added = [p.grad - old for p, old in zip(model.parameters(), before, strict=True)]
    plain = model.plain()
    total = penalty(
        plain.lstm,
        plain.output,
        groups="wgn",
        lambda_group=PRUNING.lambda_group,
        lambda_l1=PRUNING.lambda_l1,
    )
    total.backward()
    expected = {
        "output.values": plain.output.weight.grad,
        **{
            f"layers.{layer}.{ours}.values": getattr(plain.lstm, f"weight_{theirs}_l{layer}").grad
            for layer in (0, 1)
            for ours, theirs in (("inputs", "ih"), ("recurrent", "hh"))
        },
    }  # fmt: skip
    names = [name for name, _ in model.named_parameters()]
    for name, gradient in zip(names, added, strict=True):
        wanted = expected.get(name, torch.zeros_like(gradient))
        torch.testing.assert_close(gradient, wanted)


def run_in(folder, **changes):
    splits = {"train": words(400), "valid": words(90, 1), "test": words(80, 2)}
    own = {"start": 0, "seed": 3, "folder": folder} | changes
    return train_pruned(RECIPE, SIZES, PRUNING, splits, **own)


def test_a_run_leaves_its_curve_and_weights(tmp_path):
    curve = run_in(tmp_path)
    assert {p.name for p in tmp_path.glob("*.safetensors")} == {
        "best.safetensors",
        "epoch2.safetensors",
    }
    assert curve["epoch"].tolist() == [0, 1, 2]
    last = curve.iloc[-1]
    assert 0 <= last["neurons_1"] <= 6
    assert last["gates_1"] <= 4 * last["neurons_1"]
    assert last["compression"] >= curve["compression"][0] == 1
    assert abs(curve["train_loss_nats"][1] - np.log(30)) < 0.3
    assert abs(curve["valid_loss_nats"][0] - np.log(30)) < 0.3


def test_a_resumed_run_ends_with_the_same_bytes(tmp_path):
    class Killed(Exception):
        pass

    def killed(self, run):
        if run.step == 25:
            raise Killed
        original(self, run)

    run_in(tmp_path / "whole")
    original = GroupLasso.after_step
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(GroupLasso, "after_step", killed)
        with pytest.raises(Killed):
            run_in(tmp_path / "killed", save_every_s=0)
    run_in(tmp_path / "killed")
    for name in ("epoch2", "best"):
        one, two = (
            tmp_path / which / f"{name}.safetensors" for which in ("whole", "killed")
        )
        assert one.read_bytes() == two.read_bytes()


def test_variants_of_a_seed_begin_alike():
    torch.manual_seed(0)
    dense = make_network(SIZES).state_dict()
    torch.manual_seed(0)
    masked = make_pruned(SIZES, Pruning(), density={"output": 0.5}).state_dict()
    for name, weight in dense.items():
        if name != "output.values":
            assert torch.equal(weight, masked[name])
    kept = masked["output.mask"]
    assert torch.equal(masked["output.values"], dense["output.values"] * kept)
    assert 0.3 < kept.float().mean() < 0.7


def test_the_cut_lets_weights_return():
    torch.manual_seed(0)
    model = make_pruned(SIZES, PRUNING)
    weights = layer_weights(model, "data")[0].recurrent
    stream = Stream(words(40), start=0, batch=4, window=5)
    run = Run(model, SumOverTime(), stream, torch.optim.SGD(model.parameters(), 1.0), 1)
    lasso = GroupLasso(PRUNING)
    weights[0, 0] = 1e-3
    lasso.after_step(run)
    assert weights[0, 0] == 0
    weights[0, 0] = 0.1
    lasso.after_step(run)
    assert weights[0, 0] == pytest.approx(0.1)


def test_weights_read_as_zero_are_kept(tmp_path):
    splits = {split: words(120, 1) for split in ("train", "valid", "test")}
    pruning = replace(PRUNING, reading="forward", threshold=0.03)
    train_pruned(RECIPE, SIZES, pruning, splits, start=0, seed=1, folder=tmp_path)
    kept = load_file(tmp_path / "epoch2.safetensors")["layers.0.recurrent.values"]
    assert ((kept != 0) & (kept.abs() < 0.03)).any()
