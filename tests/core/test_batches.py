"""Batches shuffled by seed and epoch."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from test_schedule import Notes, recipe_of, run_of

from ontogeny.errors import InputError
from ontogeny.training.batches import Shuffled
from ontogeny.training.documents import DocumentLoss, DocumentStream
from ontogeny.training.loop import Run
from ontogeny.training.stream import Stream, StreamLoss

seeds, epochs = st.integers(0, 2**32 - 1), st.integers(0, 1000)


@given(st.integers(1, 50), seeds, epochs)
def test_each_batch_comes_once_in_an_order_of_seed_and_epoch_alone(n, seed, epoch):
    batches = Shuffled(range(n), seed)
    for other in range(3):
        batches.of_epoch(other)
    order = list(batches.of_epoch(epoch))
    assert sorted(order) == list(range(n))
    assert order == list(Shuffled(range(n), seed).of_epoch(epoch))
    assert len(batches) == len(batches.of_epoch(epoch)) == n


@given(seeds, epochs)
def test_epochs_and_seeds_have_other_orders(seed, epoch):
    order = list(Shuffled(range(100), seed).of_epoch(epoch))
    assert order != list(Shuffled(range(100), seed).of_epoch(epoch + 1))
    assert order != list(Shuffled(range(100), seed + 1).of_epoch(epoch))


@pytest.mark.parametrize("step", [1, 5, 6, 14])
def test_a_run_killed_within_an_epoch_sees_the_rest_of_it(step):
    recipe = recipe_of("adam", "constant")
    batches = Shuffled([torch.full((3, 2), float(n)) for n in range(5)], seed=3)
    whole = run_of(recipe, batches=batches)
    whole.train()
    killed = run_of(recipe, notes=Notes(leave_after=step), batches=batches)
    with pytest.raises(KeyboardInterrupt):
        killed.train()
    resumed = run_of(recipe, batches=batches)
    resumed.load_state_dict(killed.callbacks[1].state)
    resumed.train()
    assert torch.equal(resumed.model.weight, whole.model.weight)
    fixed = run_of(recipe, batches=list(batches.of_epoch(0)))
    fixed.train()
    assert not torch.equal(fixed.model.weight, whole.model.weight)


def test_a_carried_state_refuses_another_order():
    ids = np.arange(20)
    for stream in (
        Stream(ids, start=0, batch=2, window=3),
        DocumentStream(ids, ids, ids // 5, batch=2, window=3),
    ):
        with pytest.raises(InputError, match="Stream cannot be shuffled: a state is"):
            Shuffled(stream, seed=1)
    for loss in (StreamLoss(), DocumentLoss()):
        with pytest.raises(InputError, match="Loss cannot be shuffled: a state is"):
            Run(torch.nn.Linear(1, 1), loss, Shuffled([1, 2], 0), None, epochs=1)
