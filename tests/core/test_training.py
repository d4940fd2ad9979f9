"""The loop, the stream, the schedule, and that a killed run ends the same."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from functools import partial
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from ontogeny.errors import InputError
from ontogeny.models import IGNORED, LanguageModel
from ontogeny.training.callbacks import KeepWeights, LossCurve
from ontogeny.training.first_epoch import train_first_epoch
from ontogeny.training.language_model import prepare_run, train_language_model
from ontogeny.training.loop import Callback, Run
from ontogeny.training.recipe import Recipe
from ontogeny.training.schedule import Stall
from ontogeny.training.state import DIGEST, SaveState, deliver, restore
from ontogeny.training.stream import Stream, StreamLoss, mean_loss_nats
from ontogeny.training.weights import load_weights

TYPES = 20
RECIPE = Recipe(embedding=8, hidden=8, batch=4, window=5, epochs=3, learning_rate=2.0)


def text(words, seed=0):
    return np.random.default_rng(seed).zipf(1.6, words) % TYPES


def splits():
    return {"train": text(403), "valid": text(90, 1), "test": text(90, 2)}


def train(folder, recipe=RECIPE, seed=1, **kwargs):
    return train_language_model(
        recipe,
        splits(),
        types=TYPES,
        start=1,
        seed=seed,
        folder=folder,
        device="cpu",
        **kwargs,
    )


@pytest.mark.parametrize("words", [1, 39, 40, 41, 1403])
@pytest.mark.parametrize(("batch", "window"), [(1, 7), (40, 35), (8, 3)])
def test_stream_predicts_every_word_once_from_the_one_before(words, batch, window):
    ids = text(words) + 2
    stream = Stream(ids, start=1, batch=batch, window=window)
    before = np.concatenate([[1], ids[:-1]])
    seen = []
    for part in stream:
        for name in ("inputs", "targets"):
            assert getattr(part, name).shape == (len(part.inputs), batch)
        predicted = part.targets != IGNORED
        positions = part.positions[predicted].numpy()
        seen += positions.tolist()
        assert (part.targets[predicted].numpy() == ids[positions]).all()
        assert (part.inputs[predicted].numpy() == before[positions]).all()
    assert sorted(seen) == list(range(words))


def test_state_carried_over_windows_gives_the_loss_of_one_long_window():
    torch.manual_seed(0)
    model = LanguageModel(TYPES, embedding=8, hidden=8).double()
    long, short = (
        Stream(text(60), start=1, batch=2, window=window) for window in (30, 7)
    )
    assert mean_loss_nats(model, short) == pytest.approx(mean_loss_nats(model, long))


def test_mean_loss_counts_every_word_and_leaves_the_mode():
    model = LanguageModel(TYPES, embedding=8, hidden=8, dropout=0.5)
    model.decoder.weight.data.zero_()
    model.train()
    loss = mean_loss_nats(model, Stream(text(61), start=1, batch=4, window=5))
    assert loss == pytest.approx(np.log(TYPES))
    assert model.training


class Recorder(Callback):
    """Notes when it is called."""

    def __init__(self):
        self.calls = []

    def at_start(self, run):
        self.calls.append(("at_start", run.step))

    def before_forward(self, run, batch):
        self.calls.append(("before_forward", batch))

    def after_backward(self, run):
        self.calls.append(("after_backward", run.model.weight.grad.item()))

    def after_step(self, run):
        self.calls.append(("after_step", run.step))

    def after_epoch(self, run):
        self.calls.append(("after_epoch", run.epoch))


class Slope:
    """Loss w · batch, so that the gradient is the batch."""

    def __call__(self, model, batch, step):
        return {"a": model.weight.sum() * batch, "b": model.weight.sum() * 0}

    def start_epoch(self):
        pass

    def state_dict(self):
        return {}

    def load_state_dict(self, state):
        pass


def slope_run(callbacks, batches=(1.0, 3.0), **kwargs):
    model = torch.nn.Linear(1, 1, bias=False)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.5)
    return Run(model, Slope(), batches, optimiser, callbacks=callbacks, **kwargs)


def test_callbacks_come_in_order_and_see_unclipped_gradients():
    recorder = Recorder()
    run = slope_run([recorder], epochs=1, clip_norm=0.25)
    before = run.model.weight.item()
    run.train()
    assert recorder.calls == [
        ("at_start", 0),
        *[("before_forward", 1.0), ("after_backward", 1.0), ("after_step", 1)],
        *[("before_forward", 3.0), ("after_backward", 3.0), ("after_step", 2)],
        ("after_epoch", 1),
    ]
    # Each gradient was clipped to 0.25, and the learning rate is 0.5.
    assert run.model.weight.item() == pytest.approx(before - 2 * 0.5 * 0.25)


@pytest.mark.parametrize("losses", [[9, 5, 4, 6, 4, 3, 3]])
def test_learning_rate_is_divided_when_the_best_is_not_beaten(losses):
    values = iter(losses)
    curve = LossCurve({"valid": lambda model: next(values)}, terms=["a", "b"])
    slope_run([curve], epochs=len(losses) - 1, schedule=Stall(4)).train()
    rescaled = [row["rescaled"] for row in curve.rows]
    assert rescaled == [False, False, False, True, True, False, True]
    rates = [row["learning_rate"] for row in curve.rows]
    assert rates == pytest.approx([0.5] * 4 + [0.125] + [0.5 / 16] * 2)


def test_a_loss_of_several_terms_has_a_column_for_each_and_their_sum():
    curve = LossCurve({"valid": lambda model: 1.0}, terms=["b", "a"])
    run = slope_run([curve], epochs=2)
    weight = run.model.weight.item()
    run.train()
    rows = pd.DataFrame(curve.rows)
    assert list(rows)[4:7] == ["train_b", "train_a", "train_total"]
    assert "train_loss_nats" not in rows
    assert rows.iloc[0, 4:7].isna().all()
    # w falls by 0.5 · batch: the terms are w · 1 and (w − 0.5) · 3.
    assert rows["train_a"][1] == pytest.approx((4 * weight - 1.5) / 2, rel=1e-5)
    assert rows["train_b"].tolist()[1:] == [0, 0]
    assert (rows["train_total"] == rows["train_a"] + rows["train_b"])[1:].all()


def test_a_curve_is_told_the_terms_there_are():
    with pytest.raises(ValueError, match=r"\['a', 'b'\], not"):
        slope_run([LossCurve({"valid": lambda model: 1.0})], epochs=1).train()


@pytest.mark.parametrize(
    ("epochs", "steps", "names"),
    [
        (None, (), "epoch0 epoch1 epoch2 epoch3"),
        ([0, 2], (), "epoch0 epoch2"),
        ([-1], [1, 4], "epoch3 step1 step4"),
        ([], [6, 7], "step6"),
    ],
)
def test_chosen_weights_are_kept(tmp_path, epochs, steps, names):
    run = slope_run([KeepWeights(tmp_path, epochs, steps)], epochs=3)
    start = run.model.weight.item()
    run.train()
    assert sorted(path.stem for path in tmp_path.glob("*.safetensors")) == names.split()
    for step in (1, 4):
        if step in steps:
            fresh = torch.nn.Linear(1, 1, bias=False)
            found = load_weights(fresh, tmp_path / f"step{step}.safetensors")
            assert found == ((step - 1) // 2, step)  # of whole epochs before
            fall = 0.5 * (4 * (step // 2) + step % 2)
            assert fresh.weight.item() == pytest.approx(start - fall)


def test_a_recipe_that_waits_for_a_stall_needs_a_curve(tmp_path):
    model = RECIPE.model(TYPES)
    with pytest.raises(ValueError, match="without a LossCurve"):
        prepare_run(RECIPE, model, StreamLoss(), [], [], tmp_path, save_every_s=1)


def test_curve_and_weights_of_every_epoch(tmp_path):
    curve = train(tmp_path)
    assert curve["epoch"].tolist() == [0, 1, 2, 3]
    assert curve["step"].tolist() == [0, 21, 42, 63]
    assert curve["valid_loss_nats"].iloc[-1] < curve["valid_loss_nats"].iloc[0]
    np.testing.assert_allclose(
        curve["test_perplexity"], np.exp(curve["test_loss_nats"])
    )
    for epoch, expected in zip(curve["epoch"], curve["test_loss_nats"], strict=True):
        model = RECIPE.model(TYPES)
        model.load_state_dict(load_file(tmp_path / f"epoch{epoch}.safetensors"))
        stream = Stream(splits()["test"], start=1, batch=4, window=5)
        assert mean_loss_nats(model, stream) == pytest.approx(expected, rel=1e-6)


def digests(folder):
    files = sorted(folder.glob("*.safetensors"))
    assert len(files) == RECIPE.epochs + 1
    return [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]


def test_same_seed_same_bytes_and_another_seed_others(tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        train(tmp_path / name, seed=seed)
    a, b, c = (digests(tmp_path / name) for name in "abc")
    assert a == b
    assert all(x != y for x, y in zip(a, c, strict=True))


def test_the_first_epoch_again_has_the_same_steps(tmp_path):
    """As if they had been kept the first time, which changes no weight."""
    train(tmp_path / "whole", replace(RECIPE, keep_steps=(1, 4, 20)), identity="a")
    own = {"types": TYPES, "start": 1, "seed": 1, "device": "cpu", "identity": "a"}
    again = partial(train_first_epoch, RECIPE, splits=splits(), **own)
    again((1, 4, 20), folder=tmp_path / "b")
    for name in ("epoch0", "step1", "step4", "step20", "epoch1"):
        one, two = (tmp_path / f / f"{name}.safetensors" for f in ("whole", "b"))
        assert one.read_bytes() == two.read_bytes()
    with pytest.raises(InputError, match=r"has 21 steps, .*: leave out 21, 30\."):
        again((4, 21, 30), folder=tmp_path / "d")
    assert not (tmp_path / "d").exists()


def language_model_run(epochs=2):
    torch.manual_seed(3)
    model = LanguageModel(TYPES, embedding=8, hidden=8, dropout=0.5)
    stream = Stream(text(203), start=1, batch=4, window=5)
    optimiser = torch.optim.SGD(model.parameters(), lr=2.0)
    curve = LossCurve({"valid": lambda model: mean_loss_nats(model, stream)})
    callbacks, schedule = [curve], Stall(4)
    return Run(
        model, StreamLoss(), stream, optimiser, epochs, 0.25, callbacks, schedule
    )


class Stop(Callback):
    """Take the run's state at a step, and leave."""

    def __init__(self, step):
        self.step = step

    def after_step(self, run):
        if run.step == self.step:
            run.callbacks = run.callbacks[:-1]
            self.state = run.state_dict()
            raise KeyboardInterrupt


@pytest.mark.parametrize("step", [1, 5, 10, 11, 12, 21])
def test_run_resumed_from_any_step_ends_the_same(step):
    uninterrupted = language_model_run()
    uninterrupted.train()

    killed = language_model_run()
    killed.callbacks = [*killed.callbacks, stop := Stop(step)]
    with pytest.raises(KeyboardInterrupt):
        killed.train()
    torch.manual_seed(99)  # what another process would have drawn meanwhile
    resumed = language_model_run()
    resumed.load_state_dict(stop.state)
    resumed.train()

    assert resumed.step == uninterrupted.step == 22
    # The untrained row's training loss is NaN, which equals nothing.
    assert str(resumed.callbacks[0].rows) == str(uninterrupted.callbacks[0].rows)
    for name, weight in uninterrupted.model.state_dict().items():
        assert torch.equal(resumed.model.state_dict()[name], weight)


TRAINING = """
    import sys
    from pathlib import Path
    import torch
    sys.path.insert(0, sys.argv[2])
    from test_training import train
    torch.set_num_threads(1)
    train(Path(sys.argv[1]), save_every_s=0)
"""


def killed_training(folder, savings):
    """Run the training in a process of its own, killed after some savings."""
    code = textwrap.dedent(TRAINING)
    here = os.path.dirname(__file__)
    process = subprocess.Popen([sys.executable, "-c", code, str(folder), here])
    state, seen, last = folder / "state.pt", 0, None
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        now = state.stat().st_mtime_ns if state.exists() else None
        seen, last = seen + (now != last), now
        if savings is not None and seen >= savings:
            process.send_signal(signal.SIGKILL)
        time.sleep(0.0005)
    return process.wait()


@pytest.mark.thorough
def test_training_killed_three_times_ends_with_the_same_bytes(tmp_path):
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    train(tmp_path / "whole")
    torch.set_num_threads(threads)
    for savings in (3, 9, 17):
        assert killed_training(tmp_path / "killed", savings) == -signal.SIGKILL
    assert killed_training(tmp_path / "killed", None) == 0
    assert digests(tmp_path / "killed") == digests(tmp_path / "whole")
    assert not list((tmp_path / "killed").glob("*.tmp"))


def test_nan_loss_names_epoch_and_step_and_keeps_the_last_good_state(tmp_path):
    folder = tmp_path / "diverging"
    with pytest.raises(InputError, match=r"epoch 1, step \d+ .*last good state"):
        train(folder, Recipe(**{**vars(RECIPE), "learning_rate": 1e38}))
    data = (folder / "state.pt").read_bytes()[DIGEST:]
    state = torch.load(BytesIO(data), weights_only=True)
    assert all(torch.isfinite(weight).all() for weight in state["model"].values())


LOUD = Recipe(**{**vars(RECIPE), "learning_rate": 1e5, "epochs": 1})


def test_a_model_that_ends_no_better_than_untrained_is_warned_of(tmp_path, caplog):
    curve = train(tmp_path / "loud", LOUD)
    first, last = curve["valid_loss_nats"]
    assert last > 710 > first
    assert curve["valid_perplexity"].iloc[-1] == np.inf
    (warning,) = (r for r in caplog.records if r.levelname == "WARNING")
    assert "ends no better than untrained: validation loss " in warning.getMessage()
    caplog.clear()
    train(tmp_path / "loud", LOUD)  # taken up again, it is as bad
    assert [r.levelname for r in caplog.records] == ["WARNING"]
    caplog.clear()
    train(tmp_path / "usual")
    assert not caplog.records


@pytest.mark.parametrize("loss", [5.0, 709.0, 1e5])
def test_a_perplexity_is_exact_or_infinite_and_short_in_the_log(loss, caplog):
    caplog.set_level("INFO")
    values = iter([6.0, loss])
    curve = LossCurve({"valid": lambda model: next(values)}, terms=["a", "b"])
    slope_run([curve], epochs=1).train()
    with np.errstate(over="ignore"):
        assert curve.rows[-1]["valid_perplexity"] == pytest.approx(np.exp(loss))
    assert max(map(len, caplog.messages)) < 50


def test_a_batch_larger_than_the_text_is_told_before_any_step(tmp_path):
    message = (
        r"^lm\.batch: 202 columns leave fewer than two words each of 403: lower it"
    )
    with pytest.raises(InputError, match=message):
        train(tmp_path, Recipe(**{**vars(RECIPE), "batch": 202}))
    assert not list(tmp_path.iterdir())
    train(tmp_path, Recipe(**{**vars(RECIPE), "batch": 201, "epochs": 1}))


def test_a_short_training_says_how_long_it_is(tmp_path, caplog):
    caplog.set_level("INFO")
    train(tmp_path)
    assert "Training: 3 epochs of 21 steps." in caplog.messages


DAMAGED = (
    r"{}, kept by an interrupted training, is damaged: delete .* from the beginning"
)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """The bytes of a state file."""
    run = language_model_run()
    path = tmp_path_factory.mktemp("saved") / "state.pt"
    run.callbacks = [*run.callbacks, SaveState(path)]
    run.train()
    return path.read_bytes()


@pytest.mark.parametrize("at", [0, 31, 32, 0.3, 0.6, 0.9, -1])
def test_any_flipped_bit_of_a_state_is_an_error_with_a_remedy(tmp_path, saved, at):
    path, data = tmp_path / "state.pt", bytearray(saved)
    data[int(at * len(data)) if isinstance(at, float) else at] ^= 4
    path.write_bytes(data)
    with pytest.raises(InputError, match=DAMAGED.format("state.pt")):
        restore(language_model_run(), path)


@pytest.mark.parametrize("size", [0, 10, 32, -100])
def test_a_cut_state_is_an_error_with_a_remedy(tmp_path, saved, size):
    (tmp_path / "state.pt").write_bytes(saved[:size])
    with pytest.raises(InputError, match=DAMAGED.format("state.pt")):
        restore(language_model_run(), tmp_path / "state.pt")


def test_damaged_weights_of_a_state_are_never_delivered(tmp_path):
    train(tmp_path / "state")
    kept = tmp_path / "state" / "epoch1.safetensors"
    data = bytearray(kept.read_bytes())
    data[-9] ^= 1
    kept.write_bytes(data)
    with pytest.raises(InputError, match=DAMAGED.format("epoch1.safetensors")):
        deliver(tmp_path / "state", [tmp_path / "out" / "epoch1.safetensors"])
    assert not (tmp_path / "out").exists()
    assert (tmp_path / "state" / "state.pt").exists()


def test_no_state_means_a_new_run(tmp_path):
    assert restore(language_model_run(), tmp_path / "none.pt") is False


def test_weights_and_states_say_whose_they_are(tmp_path):
    path = tmp_path / "epoch1.safetensors"
    short = Recipe(**{**vars(RECIPE), "epochs": 1})
    train(tmp_path, short)
    model, plain = RECIPE.model(TYPES), load_file(path)
    assert load_weights(model, path) == (1, 21)
    with pytest.raises(InputError, match=f"of a training with other data.* {tmp_path}"):
        train(tmp_path, short, identity="ab")
    (tmp_path / "state.pt").unlink()
    train(tmp_path, short, identity="ab")
    with safe_open(path, framework="pt") as file:
        (about,) = map(json.loads, file.metadata().values())
    assert about == {"epoch": 1, "step": 21, "identity": "ab"}
    assert load_weights(model, path) == (1, 21)
    assert all(torch.equal(weight, plain[k]) for k, weight in load_file(path).items())
    with pytest.raises(InputError, match="another recipe or seed: delete"):
        train(tmp_path, RECIPE, identity="cd")
    train(tmp_path, RECIPE, identity="ab")  # goes on
    assert len(digests(tmp_path)) == 4


@pytest.mark.parametrize("linked", [True, False])
def test_delivered_files_are_whole_and_new_with_and_without_links(
    tmp_path, monkeypatch, linked
):
    def refuse(*_):
        raise OSError("another disk")

    if not linked:
        monkeypatch.setattr(os, "link", refuse)
    folder, out = tmp_path / "state", tmp_path / "out" / "epoch0.safetensors"
    folder.mkdir()
    (folder / out.name).write_bytes(b"weights")
    os.utime(folder / out.name, (0, 0))
    for _ in range(2):
        deliver(folder, [out])
        assert out.read_bytes() == b"weights"
        assert out.stat().st_mtime > time.time() - 60
        assert os.path.samefile(out, folder / out.name) == linked
    assert [path.name for path in out.parent.iterdir()] == [out.name]
