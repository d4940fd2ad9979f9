"""Sparse variational dropout of whole networks: both ways of drawing z, and runs."""

import numpy as np
import pytest
import torch

from ontogeny.bayes import gaussians, total_kl_nats
from ontogeny.studies.structured.bayes_training import (
    Posterior,
    make_bayesian,
    train_bayesian,
)
from ontogeny.studies.structured.dynamics import (
    draw_passages,
    lag_gradients,
    unit_dynamics,
)
from ontogeny.studies.structured.evaluating import (
    Words,
    language_losses,
    text_losses,
)
from ontogeny.studies.structured.losses import (
    TextLoss,
    WithDivergence,
    accuracy,
    mean_segment_nats,
)
from ontogeny.studies.structured.material import material_of
from ontogeny.studies.structured.networks import Sizes
from ontogeny.studies.structured.texts import Text
from ontogeny.tasks.batches import Segments
from ontogeny.training.recipe import Recipe
from ontogeny.training.stream import Stream, StreamLoss

SIZES = {
    "words": Sizes("words", 20, 20, 6, 5, 2),
    "characters": Sizes("characters", 12, 12, None, 5, 1),
    "texts": Sizes("texts", 20, 2, 6, 5, 1),
}


def network(kind="words", level="wgn", z="sequence"):
    torch.manual_seed(0)
    return make_bayesian(SIZES[kind], Posterior(level, z)).double()


def scales_of(model):
    return [*model.scales.values()] + [
        z for layer in model.layers for z in layer.scales.values()
    ]


@pytest.mark.parametrize(
    ("kind", "level", "scales"),
    [
        ("words", "w", 0),
        ("words", "wn", 1 + 2),
        ("words", "wgn", 1 + 2 * 5),
        ("characters", "wn", 1),
        ("characters", "wgn", 5),
        ("texts", "w", 1),
        ("texts", "wgn", 2 + 5),
    ],
)
def test_scales_are_those_of_the_level(kind, level, scales):
    assert len(scales_of(network(kind, level))) == scales


@pytest.mark.parametrize("kind", ["words", "characters"])
def test_fused_is_the_loop_where_all_sequences_share_z(kind, monkeypatch):
    """Over two windows with carried state: the draws of both are the same."""
    fused, loop = network(kind, z="minibatch"), network(kind, z="sequence")
    types = SIZES[kind].types
    windows = torch.randint(
        types, (2, 7, 3), generator=torch.Generator().manual_seed(1)
    )
    torch.manual_seed(2)
    fixed = {}
    for window in range(2):
        for number, weight in enumerate(gaussians(fused)):
            noise = torch.randn(weight.shape, dtype=torch.float64)
            drawn = weight.mean + noise * weight.log_deviation.exp()
            fixed[window, number] = drawn.detach()
    outputs = []
    for model in (fused, loop):
        model.train()
        numbers = {id(weight): n for n, weight in enumerate(gaussians(model))}
        state, found = None, []
        for window in range(2):
            of = {k: fixed[window, n] for k, n in numbers.items()}
            kind_of = type(next(gaussians(model)))
            monkeypatch.setattr(kind_of, "forward", lambda self, of=of: of[id(self)])
            monkeypatch.setattr(
                kind_of,
                "draws",
                lambda self, n, of=of: of[id(self)].expand(n, -1),
            )
            monkeypatch.setattr(
                kind_of, "rows", lambda self, ids, of=of: of[id(self)][ids]
            )
            output, state = model(windows[window], state)
            found.append(output)
        outputs.append(torch.cat(found))
        monkeypatch.undo()
    torch.testing.assert_close(*outputs)


def test_each_sequence_has_draws_of_its_own():
    model = network("words", "wgn", "sequence").train()
    with torch.no_grad():
        for weight in gaussians(model):
            # Only scales are drawn.
            if len(weight.shape) == 2:
                weight.log_deviation.fill_(-50)
        words = torch.full((4, 3), 2)
        output, _ = model(words)
        assert not torch.allclose(output[:, 0], output[:, 1])
        shared, _ = network("words", "wgn", "minibatch").train()(words)
        assert torch.allclose(shared[:, 0], shared[:, 1])


@pytest.mark.parametrize("kind", ["words", "characters", "texts"])
@pytest.mark.parametrize("level", ["w", "wgn"])
def test_evaluation_is_the_plain_network(kind, level):
    model = network(kind, level).eval()
    with torch.no_grad():
        for weight in gaussians(model):
            weight.mean.add_(0.3 * torch.randn(weight.shape))
            weight.log_deviation.uniform_(-4, 0)
        plain = model.plain()
        words = torch.randint(SIZES[kind].types, (6, 4))
        output, _ = model(words)
        if plain.embedding is None:
            x = torch.nn.functional.one_hot(words, SIZES[kind].types).double()
        else:
            x = plain.embedding(words)
        logits = plain.output(plain.lstm(x)[0])
        expected = model.output.project(output, model.output_bias)
    torch.testing.assert_close(logits, expected)
    assert (plain.lstm.weight_hh_l0 == 0).any()


def test_a_word_is_read_if_it_reaches_the_lstm():
    plain = network("words", "wgn").eval().plain()
    with torch.no_grad():
        plain.embedding.weight.fill_(1)
        plain.lstm.weight_ih_l0.fill_(1)
        plain.embedding.weight[3] = 0
        plain.embedding.weight[4, 1:] = 0
        assert plain.words_read.sum() == 19
        plain.lstm.weight_ih_l0[:, 0] = 0
        assert plain.words_read.tolist() == [n not in (3, 4) for n in range(20)]
        plain.lstm.weight_ih_l0.zero_()
        assert not plain.words_read.any()


def test_gradients_and_moves_are_of_sites_with_their_z():
    model = network("words", "wgn").eval()
    with torch.no_grad():
        for weight in gaussians(model):
            weight.mean.add_(0.5 * torch.randn(weight.shape))
    plain, lags = model.plain(), 3
    ids = np.random.default_rng(0).integers(0, 20, 200)
    passages = draw_passages(ids, 4, 25)
    structure, units = np.ones((5, 4), bool), np.arange(5)

    def read(ids):
        seen = {}
        model(ids, at_site=lambda name, value: seen.setdefault(name, value))
        return seen["lstm2"]

    other = passages.ids.clone()
    other[len(other) - 1 - passages.lags, range(4)] = passages.others
    with torch.no_grad():
        moved = (read(passages.ids)[-1] - read(other)[-1]).abs().mean(0)
    found = unit_dynamics(plain, passages, structure, units)
    np.testing.assert_allclose(found["moved"], moved, atol=1e-12)

    leaves = []

    def cut(name, value):
        if name == "lstm1":
            leaves.append(value.detach().requires_grad_())
            return leaves[-1]
        return value

    output, _ = model(passages.ids, at_site=cut)
    table = lag_gradients(plain, passages, units, lags)
    for unit in units:
        norms = [
            torch.autograd.grad(output[2 * lags, p, unit], leaves, retain_graph=True)[0][lags, p].norm()
            for p in range(4)
        ]  # fmt: skip
        row = table[(table["unit"] == unit) & (table["lag"] == lags)]
        assert row["norm"].item() == pytest.approx(torch.stack(norms).mean().item())


def test_the_bound_counts_the_divergence_by_prediction():
    model = network()
    stream = Stream(np.arange(20, dtype=np.int32), start=0, batch=2, window=5)
    loss = WithDivergence(StreamLoss(), total_kl_nats, 20, steps=4)
    assert loss.carries_state
    total = total_kl_nats(model).item()
    for step, share in ((0, 0.25), (1, 0.5), (9, 1.0)):
        terms = loss(model, stream[0], step)
        assert terms["kl_nats"].item() == pytest.approx(share * total / 20)
    assert set(terms) == {"loss_nats", "kl_nats"}


RECIPE = Recipe(
    optimiser="adam",
    schedule="constant",
    learning_rate=0.02,
    batch=8,
    window=10,
    epochs=12,
    clip_norm=None,
    keep_epochs=[-1],
)


def texts(n, seed):
    """Texts of two classes, told by which of two words is in them."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n)
    ids = [
        [*rng.integers(4, 20, 5), 2 + label, *rng.integers(4, 20, 3)]
        for label in labels
    ]
    return ids, labels


def text_of_classes():
    parts = {
        split: texts(n, n) for split, n in (("train", 320), ("valid", 60), ("test", 64))
    }
    return Text(
        "texts",
        20,
        2,
        {split: ids for split, (ids, _) in parts.items()},
        {split: labels for split, (_, labels) in parts.items()},
    )


def trained(kind, posterior, text, folder, **changes):
    def material(device):
        return material_of(text, device, batch=8, window=10, seed=1)

    own = {"seed": 1, "folder": folder} | changes
    return train_bayesian(RECIPE, SIZES[kind], posterior, material, **own)


def test_a_classifier_finds_the_words_that_tell(tmp_path):
    # Of so few texts the divergence outweighs all at once, if it may.
    posterior = Posterior("wgn", "minibatch", kl_epochs=40)
    curve = trained("texts", posterior, text_of_classes(), tmp_path)
    last = curve.iloc[-1]
    assert last["test_accuracy"] > 0.95
    assert last["compression"] > 1
    assert {"train_loss_nats", "train_kl_nats", "train_total"} <= set(curve)
    assert curve["train_total"][3] == pytest.approx(
        curve["train_loss_nats"][3] + curve["train_kl_nats"][3]
    )
    assert (tmp_path / "best.safetensors").exists()


def test_characters_are_read_by_segments(tmp_path):
    ids = np.tile(np.arange(12), 60)
    text = Text(
        "characters", 12, 12, dict.fromkeys(("train", "valid", "test"), ids), segment=10
    )
    curve = trained("characters", Posterior(), text, tmp_path)
    assert curve["valid_loss_nats"].iloc[-1] < 0.5 < curve["valid_loss_nats"][0]
    assert curve["train_loss_nats"][1:].notna().all()


def test_a_resumed_run_ends_with_the_same_bytes(tmp_path, monkeypatch):
    class Killed(Exception):
        pass

    text, posterior = text_of_classes(), Posterior("wgn", "sequence")
    trained("texts", posterior, text, tmp_path / "whole")
    call = TextLoss.__call__

    def killed(self, model, batch, step):
        if step == 77:
            raise Killed
        return call(self, model, batch, step)

    monkeypatch.setattr(TextLoss, "__call__", killed)
    with pytest.raises(Killed):
        trained("texts", posterior, text, tmp_path / "killed", save_every_s=0)
    monkeypatch.undo()
    trained("texts", posterior, text, tmp_path / "killed")
    one, two = (tmp_path / w / "epoch12.safetensors" for w in ("whole", "killed"))
    assert one.read_bytes() == two.read_bytes()


def test_losses_in_evaluation_are_those_of_the_plain_network():
    model = network("characters").eval()
    ids = np.random.default_rng(0).integers(0, 12, 95)
    text = Text("characters", 12, 12, {"valid": ids}, segment=10)
    batches = Segments(ids, length=10, batch=4).in_order()
    table = language_losses(model.plain(), Words(ids, ids, 0, text.segment))
    mean = table["nats"].sum() / table["predictions"].sum()
    assert mean_segment_nats(model, batches) == pytest.approx(mean)

    model, text = network("texts"), text_of_classes()
    rows = text_losses(model.eval().plain(), text.in_order("test"))
    assert accuracy(model, text.in_order("test")) == pytest.approx(
        rows["correct"].mean()
    )
