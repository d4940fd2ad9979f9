"""Batches of segments and texts: nothing lost, nothing mixed, the same after a resume."""

import numpy as np
import pytest
import torch

from ontogeny.errors import InputError
from ontogeny.tasks.batches import Segments, TextBatches
from ontogeny.training.batches import ByEpoch


def symbols(segments):
    return torch.cat([torch.cat([b.inputs, b.targets[-1:]]) for b in segments], 1).T


def test_segments_are_contiguous_and_disjoint_in_every_epoch():
    segments = Segments(np.arange(1003), length=10, batch=7, seed=3)
    assert isinstance(segments, ByEpoch)
    offsets = set()
    for epoch in range(20):
        batches = segments.of_epoch(epoch)
        assert len(batches) == len(segments)
        found = symbols(batches)
        assert (found.diff(dim=1) == 1).all()
        assert len(found.unique()) == found.numel() == 990
        offsets.add(int(found.min()))
        for batch in batches:
            assert torch.equal(batch.inputs[1:], batch.targets[:-1])
    assert len(offsets) > 5
    assert max(offsets) < 10


def test_an_epoch_is_the_same_again_and_not_as_another():
    one, two = (Segments(np.arange(500), length=9, batch=8, seed=1) for _ in range(2))
    assert torch.equal(symbols(one.of_epoch(4)), symbols(two.of_epoch(4)))
    assert not torch.equal(symbols(one.of_epoch(4)), symbols(one.of_epoch(5)))
    other = Segments(np.arange(500), length=9, batch=8, seed=2)
    assert not torch.equal(symbols(one.of_epoch(4)), symbols(other.of_epoch(4)))


def test_segments_in_order_are_the_text():
    segments = Segments(np.arange(95), length=10, batch=4)
    found = symbols(segments.in_order())
    assert found.flatten().tolist() == list(range(90))
    assert segments.predictions == 8 * 9


def test_too_short_a_text_is_refused():
    with pytest.raises(InputError, match="19 symbols is no two segments of 10"):
        Segments(np.arange(19), length=10, batch=4)


TEXTS = [[3], [4, 5, 6], [7, 8], [9, 9, 9, 9], [1, 2]]
LABELS = np.array([0, 1, 0, 1, 1])


def test_texts_come_whole_with_their_labels():
    batches = TextBatches(TEXTS, LABELS, batch=2, seed=0)
    assert isinstance(batches, ByEpoch)
    orders = []
    for epoch in range(6):
        found = {}
        for batch in batches.of_epoch(epoch):
            for column, text in enumerate(batch.texts.tolist()):
                end = int(batch.last[column]) + 1
                found[text] = batch.inputs[:end, column].tolist()
                assert not batch.inputs[end:, column].any()
                assert batch.labels[column] == LABELS[text]
        assert [found[text] for text in range(5)] == TEXTS
        orders.append(tuple(found))
    assert len(set(orders)) > 1


def test_what_cannot_be_classified_is_refused():
    with pytest.raises(ValueError, match="text 1 is empty"):
        TextBatches([[1], []], np.array([0, 1]), batch=2)
    with pytest.raises(ValueError, match="1 texts and 2 labels"):
        TextBatches([[1]], np.array([0, 1]), batch=2)
