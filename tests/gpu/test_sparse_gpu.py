"""That sparse networks are trained, counted and repeated on a GPU as on a processor."""

from functools import partial

import numpy as np
import pytest
import torch

from ontogeny.studies.structured.bayes_training import (
    Material,
    Posterior,
    train_bayesian,
)
from ontogeny.studies.structured.networks import Sizes
from ontogeny.studies.structured.pruned import Pruning
from ontogeny.studies.structured.pruned_training import train_pruned
from ontogeny.training.recipe import Recipe
from ontogeny.training.stream import Stream, StreamLoss, mean_loss_nats

pytestmark = pytest.mark.gpu

SIZES = Sizes("words", 30, 30, 8, 6, 2, bound=0.1)
RECIPE = Recipe(
    batch=4, window=5, epochs=2, learning_rate=1.0, clip_norm=0.5, keep_epochs=[-1]
)
COUNTED = ["neurons_1", "gates_1", "neurons_2", "gates_2", "words_remaining"]
PRUNED = {
    "dense": Pruning(),
    "wgn": Pruning("wgn", 0.02, 1e-3, 2e-3),
}


def words(n, seed=0):
    return np.random.default_rng(seed).integers(0, 30, n).astype(np.int32)


def prune(folder, device, variant):
    splits = {"train": words(400), "valid": words(90, 1), "test": words(80, 2)}
    own = {"start": 0, "seed": 3, "folder": folder, "device": device}
    return train_pruned(RECIPE, SIZES, PRUNED[variant], splits, **own)


def draw(folder, device, level):
    def material(where):
        streams = [
            Stream(words(n, n), start=0, batch=4, window=5, device=where)
            for n in (400, 90)
        ]
        measure = partial(mean_loss_nats, stream=streams[1])
        return Material(streams[0], StreamLoss(), {"valid": measure}, 400, {})

    own = {"seed": 3, "folder": folder, "device": device}
    return train_bayesian(RECIPE, SIZES, Posterior(level), material, **own)


@pytest.mark.parametrize(
    ("train", "variant"), [(prune, "dense"), (prune, "wgn"), (draw, "wgn")]
)
def test_a_training_counts_and_repeats_itself(device, tmp_path, train, variant):
    first, again = (train(tmp_path / n, device.type, variant) for n in "ab")
    assert first.equals(again)
    for name in ("best.safetensors", "epoch2.safetensors"):
        assert (tmp_path / "a" / name).read_bytes() == (
            tmp_path / "b" / name
        ).read_bytes()
    here = train(tmp_path / "here", "cpu", variant)
    assert here.columns.tolist() == first.columns.tolist()
    # Before the first step: what is counted of the same weights, and their loss.
    assert first[COUNTED].iloc[0].tolist() == here[COUNTED].iloc[0].tolist()
    assert first["valid_loss_nats"][0] == pytest.approx(
        here["valid_loss_nats"][0], rel=1e-4
    )


@pytest.mark.parametrize("variant", list(PRUNED))
def test_losses_of_pruning_are_the_processors(device, tmp_path, variant):
    there, here = (
        prune(tmp_path / where, where, variant)["valid_loss_nats"].tolist()
        for where in (device.type, "cpu")
    )
    assert there == pytest.approx(here, rel=2e-3)
    assert torch.isfinite(torch.tensor(here)).all()
