"""Chains of tickets: what each prunes, where it goes on, and that kills change nothing."""

import os
import random
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from fractions import Fraction
from functools import partial

import pandas as pd
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from ontogeny.errors import InputError
from ontogeny.pruning import remaining
from ontogeny.studies.lottery.chains import (
    KINDS,
    Chain,
    train_chain,
    train_dense,
)
from ontogeny.studies.lottery.retraining import Rewinding, Training, check_rewinding
from ontogeny.studies.lottery.tickets import read_about, read_ticket
from ontogeny.training.batches import Shuffled
from ontogeny.training.callbacks import LossCurve
from ontogeny.training.loop import Callback
from ontogeny.training.recipe import Recipe

PRUNABLE = ("0.weight", "3.weight")
EPOCHS, RETRAINED, STEPS = 5, 2, 4
RATES = (Fraction(1, 5), Fraction(1, 5), Fraction(9, 25))
RECIPE = Recipe(
    optimiser="adam",
    schedule="inverse_sqrt",
    learning_rate=0.05,
    warmup=6,
    epochs=EPOCHS,
    clip_norm=1.0,
)


class SquaredError:
    """Loss of (number, x, y); notes what it sees, and dies before a step if told to."""

    def __init__(self, seen, die_at=None):
        self.seen, self.die_at = seen, die_at

    def __call__(self, model, batch, step):
        if self.die_at is not None and len(self.seen) == self.die_at:
            raise KeyboardInterrupt
        number, x, y = batch
        self.seen.append(number)
        return {"loss_nats": (model(x) - y).square().mean()}

    def start_epoch(self):
        """Nothing is carried."""

    def state_dict(self):
        return {}

    def load_state_dict(self, state):
        """Nothing is carried."""


def make_model():
    return nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Dropout(0.3), nn.Linear(6, 2))


def make_setting():
    """A training, and the list of batches that it has seen."""
    draws = torch.Generator().manual_seed(0)
    x = torch.randn(STEPS, 8, 4, generator=draws)
    y = torch.randn(STEPS, 8, 2, generator=draws)
    seen = []

    @torch.no_grad()
    def error(model):
        model.eval()
        return float((model(x[0]) - y[0]).square().mean())

    training = Training(
        recipe=RECIPE,
        model=make_model,
        prunable=PRUNABLE,
        loss=partial(SquaredError, seen),
        batches=Shuffled([(n, x[n], y[n]) for n in range(STEPS)], seed=3),
        curve=lambda: (LossCurve({"valid": error}), []),
        seed=1,
        device=torch.device("cpu"),
        save_every_s=0,
    )
    return training, seen


@pytest.fixture(scope="module")
def setting():
    return make_setting()


@pytest.fixture(scope="module")
def dense(setting, tmp_path_factory):
    """LTH0: its folder, its curve, and the batches seen."""
    training, seen = setting
    folder = tmp_path_factory.mktemp("dense")
    curve = train_dense(training, Rewinding(RETRAINED), folder)
    return folder, curve, list(seen)


@pytest.fixture(scope="module")
def chains(setting, dense, tmp_path_factory):
    """Of each kind its folder, curve and the batches seen."""
    training, seen = setting
    found = {}
    for kind in KINDS:
        folder, other = tmp_path_factory.mktemp(kind), []
        if kind == "shuffled":
            like = found["magnitude"][0]
            other = [like / f"ticket{k}.safetensors" for k in (1, 2, 3)]
        seen.clear()
        call = Rewinding(RETRAINED), Chain(kind, RATES), dense[0], folder
        curve = train_chain(training, *call, other=other)
        found[kind] = folder, curve, list(seen)
    return found


def ticket(folder, k):
    return read_ticket(folder / f"ticket{k}.safetensors", PRUNABLE)


@pytest.mark.parametrize("kind", KINDS)
def test_masks_are_nested_and_exact_and_nothing_grows_back(chains, kind):
    folder = chains[kind][0]
    left, before = 36, None
    for k, rate in enumerate(RATES, 1):
        found = ticket(folder, k)
        left -= 0 if kind == "unpruned" else rate.numerator * left // rate.denominator
        assert remaining(found.masks) == left
        for name in PRUNABLE:
            mask = found.masks[name]
            assert (found.weights[name][~mask] == 0).all()
            assert (found.weights[name][mask] != 0).all()
            assert before is None or not (mask & ~before[name]).any()
        before = found.masks


def test_magnitude_takes_the_least_of_the_last_ticket(dense, chains):
    weights = ticket(dense[0], 0).weights
    both = torch.cat([weights[name].abs().flatten() for name in PRUNABLE])
    cut = both.sort().values[36 // 5]
    masks = ticket(chains["magnitude"][0], 1).masks
    for name in PRUNABLE:
        assert torch.equal(masks[name], weights[name].abs() >= cut)


def test_shuffled_prunes_as_many_in_each_tensor_but_others(chains):
    differ = []
    for k in (1, 2, 3):
        ours, theirs = (
            ticket(chains[kind][0], k).masks for kind in ("shuffled", "magnitude")
        )
        assert all(ours[name].sum() == theirs[name].sum() for name in PRUNABLE)
        differ += [not torch.equal(ours[name], theirs[name]) for name in PRUNABLE]
    assert any(differ)


@pytest.mark.parametrize("kind", KINDS)
def test_retraining_repeats_the_last_epochs_batches_and_rates(dense, chains, kind):
    _, curve, seen = chains[kind]
    _, whole, seen_by_dense = dense
    assert seen == seen_by_dense[-RETRAINED * STEPS :] * len(RATES)
    last = whole.iloc[-RETRAINED:]
    for k in (1, 2, 3):
        own = curve[(curve["iteration"] == k) & (curve["epoch"] > 0)]
        assert list(own["learning_rate"]) == list(last["learning_rate"])
        assert list(own["schedule_step"]) == list(last["schedule_step"])
    assert list(curve["iteration"].unique()) == [1, 2, 3]


def test_a_chain_goes_on_from_the_last_ticket(dense, chains):
    """Where nothing is pruned, its loss before retraining is the last one's."""
    curve = chains["unpruned"][1].set_index(["iteration", "epoch"])["valid_loss_nats"]
    ends = [
        dense[1]["valid_loss_nats"].iloc[-1],
        curve[1, RETRAINED],
        curve[2, RETRAINED],
    ]
    assert [curve[k, 0] for k in (1, 2, 3)] == pytest.approx(ends)
    pruned = chains["magnitude"][1].set_index(["iteration", "epoch"])
    assert pruned["valid_loss_nats"][1, 0] != pytest.approx(ends[0])


def test_moments_and_steps_go_on(chains):
    """Adam's steps count from the dense model's, and what is pruned has no moments."""
    for k in (1, 2):
        found = load_file(chains["random"][0] / f"moments{k}.safetensors")
        masks = ticket(chains["random"][0], k).masks
        for name in PRUNABLE:
            assert found[f"{name}.step"] == (EPOCHS + k * RETRAINED) * STEPS
            for kind in ("exp_avg", "exp_avg_sq"):
                moment = found[f"{name}.{kind}"]
                assert (moment[~masks[name]] == 0).all()
                assert (moment[masks[name]] != 0).any()


def test_steps_count_over_all_iterations(dense, chains):
    curve = chains["random"][1]
    expected = [
        EPOCHS * STEPS + n * STEPS for k in range(3) for n in range(2 * k, 2 * k + 3)
    ]
    assert curve["step"].tolist() == expected
    assert dense[1]["step"].tolist() == [n * STEPS for n in range(EPOCHS + 1)]
    for k in (1, 2):
        about = read_about(chains["random"][0] / f"ticket{k}.safetensors")
        assert about == {
            "iteration": k, "epoch": 2, "step": (EPOCHS + 2 * k) * STEPS
        }  # fmt: skip


def test_a_state_of_another_chain_is_refused(setting, dense, tmp_path):
    training, _ = setting
    rewinding = Rewinding(RETRAINED)
    train_chain(training, rewinding, Chain("magnitude", RATES[:1]), dense[0], tmp_path)
    for chain in (Chain("random", RATES[:1]), Chain("magnitude", RATES[2:])):
        with pytest.raises(InputError, match="state"):
            train_chain(training, rewinding, chain, dense[0], tmp_path)


def test_a_lost_ticket_is_written_again(setting, dense, chains, tmp_path):
    training, _ = setting
    call = Rewinding(RETRAINED), Chain("random", RATES[:1]), dense[0], tmp_path
    train_chain(training, *call)
    (tmp_path / "ticket1.safetensors").unlink()
    train_chain(training, *call)
    whole = (chains["random"][0] / "ticket1.safetensors").read_bytes()
    assert (tmp_path / "ticket1.safetensors").read_bytes() == whole


def test_what_does_not_fit_the_dense_model_is_refused(setting, dense, tmp_path):
    training, _ = setting
    for rewinding, chain, words in [
        (Rewinding(1, "weights"), Chain("random", RATES), "is of epoch 3, and weights"),
        (Rewinding(RETRAINED), Chain("random", ()), "at least one pruning"),
        (Rewinding(RETRAINED), Chain("shuffled", RATES), "needs as many tickets"),
    ]:
        with pytest.raises(InputError, match=words):
            train_chain(training, rewinding, chain, dense[0], tmp_path)


def test_moments_of_half_a_model_are_refused(setting, dense, chains, tmp_path):
    training, _ = setting
    folder = tmp_path / "dense"
    shutil.copytree(dense[0], folder)
    found = load_file(folder / "moments0.safetensors")
    half = {name: value for name, value in found.items() if not name.startswith("3.")}
    save_file(half, folder / "moments0.safetensors")
    call = Rewinding(RETRAINED), Chain("random", RATES), folder, tmp_path
    with pytest.raises(InputError, match=r"moments0\.safetensors is of another"):
        train_chain(training, *call)


def test_weights_can_be_rewound_instead(setting, dense, tmp_path):
    training, _ = setting
    first = []

    class Look(Callback):
        def at_start(self, run):
            first.append({n: w.clone() for n, w in run.model.state_dict().items()})

    looking = replace(training, curve=lambda: (training.curve()[0], [Look()]))
    call = Rewinding(RETRAINED, "weights"), Chain("magnitude", RATES[:2])
    train_chain(looking, *call, dense[0], tmp_path)
    for k in (1, 2):
        masks = ticket(tmp_path, k).masks
        for name, weight in ticket(dense[0], "_rewound").weights.items():
            expected = weight * masks[name] if name in masks else weight
            assert torch.equal(first[k - 1][name], expected)
        moments = load_file(tmp_path / f"moments{k}.safetensors")
        assert moments["0.weight.step"] == EPOCHS * STEPS


@pytest.mark.parametrize("die_at", [0, 3, RETRAINED * STEPS, RETRAINED * STEPS + 5])
def test_a_killed_chain_ends_with_the_same_bytes(
    setting, dense, chains, tmp_path, die_at
):
    training, _ = setting
    call = Rewinding(RETRAINED), Chain("random", RATES), dense[0], tmp_path
    with pytest.raises(KeyboardInterrupt):
        train_chain(replace(training, loss=partial(SquaredError, [], die_at)), *call)
    curve = train_chain(training, *call)
    folder, undisturbed, _ = chains["random"]
    pd.testing.assert_frame_equal(curve, undisturbed)
    for k in (1, 2, 3):
        for name in (f"ticket{k}.safetensors", f"moments{k}.safetensors"):
            assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


CHAIN = """
    import sys
    from pathlib import Path
    sys.path.insert(0, sys.argv[3])
    from test_chains import RATES, RETRAINED, Chain, Rewinding, make_setting, train_chain
    training, _ = make_setting()
    chain = Rewinding(RETRAINED), Chain("magnitude", RATES)
    train_chain(training, *chain, Path(sys.argv[1]), Path(sys.argv[2]))
"""


def killed_chain(dense, folder, savings, wait_s):
    """Train in a process of its own, killed so long after so many savings of states."""
    code, here = textwrap.dedent(CHAIN), os.path.dirname(__file__)
    process = subprocess.Popen([sys.executable, "-c", code, dense, folder, here])
    seen, last = 0, set()
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        now = {(path, path.stat().st_mtime_ns) for path in folder.rglob("state.pt")}
        seen, last = seen + bool(now - last), now
        if savings is not None and seen >= savings:
            time.sleep(wait_s)
            process.send_signal(signal.SIGKILL)
        time.sleep(0.0005)
    return process.wait()


@pytest.mark.thorough
def test_a_chain_killed_at_drawn_moments_ends_with_the_same_bytes(
    dense, chains, tmp_path
):
    draws = random.Random(8)
    # Some thirty savings in all; a killed chain begins with what was saved.
    for _ in range(4):
        when = draws.randint(1, 9), draws.uniform(0, 0.004)
        assert killed_chain(dense[0], tmp_path, *when) == -signal.SIGKILL
    assert killed_chain(dense[0], tmp_path, None, 0) == 0
    folder = chains["magnitude"][0]
    for k in (1, 2, 3):
        for name in (f"ticket{k}.safetensors", f"moments{k}.safetensors"):
            assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_what_cannot_be_rewound_is_refused():
    for epochs in (0, EPOCHS):
        with pytest.raises(InputError, match="retrain_epochs: must be between 1 and 4"):
            check_rewinding(RECIPE, Rewinding(epochs), STEPS)
    with pytest.raises(InputError, match="6 steps end after step 4"):
        check_rewinding(RECIPE, Rewinding(4), STEPS)


def test_a_ticket_of_another_model_is_refused(chains):
    path = chains["random"][0] / "ticket1.safetensors"
    with pytest.raises(InputError, match=r"ticket1\.safetensors is of another model"):
        read_ticket(path, ["5.weight"])
    with pytest.raises(InputError, match=r"ticket1\.safetensors: the masks are of"):
        read_ticket(path, PRUNABLE[:1])


def test_a_mask_of_another_model_of_the_same_sizes_is_refused(chains, tmp_path):
    """Its bits are as many; what they say is pruned is not."""
    first, other = (
        chains[kind][0] / "ticket1.safetensors" for kind in ("random", "magnitude")
    )
    mixed = load_file(first)
    mixed |= {n: t for n, t in load_file(other).items() if n.startswith("mask.")}
    path = tmp_path / "ticket1.safetensors"
    save_file(mixed, path)
    with pytest.raises(InputError, match=r"0\.weight is not 0 where its mask says"):
        read_ticket(path, PRUNABLE)


def test_another_chain_is_refused(setting, dense, tmp_path):
    with pytest.raises(InputError, match="magnitude, random, unpruned or shuffled"):
        train_chain(setting[0], Rewinding(1), Chain("best", RATES), dense[0], tmp_path)
