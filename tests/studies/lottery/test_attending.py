"""What is counted of attention maps, against loops over their cells."""

import numpy as np
import pytest
import torch

from ontogeny.studies.lottery.attending import (
    Attending,
    alignment_of,
    guess_by_position,
)
from ontogeny.studies.lottery.names import NO_LAYER
from ontogeny.translation.batches import PairBatch

HEADS = 2


@pytest.fixture
def batch():
    source = torch.tensor([[5, 6, 7, 2], [8, 2, 0, 0]])
    target = torch.tensor([[1, 5, 6], [1, 9, 0]])
    return PairBatch(source, target, target, torch.tensor([3, 4]))


@pytest.fixture
def groups():
    return np.array([-1, -1, -1, 7, 30])


def test_peaks_are_counted_by_group_without_padding(batch, groups):
    found = Attending(8, groups, {})
    alpha = torch.zeros(2, HEADS, 4, 4)
    alpha[0, 0, 0, 1] = 0.96  # the first query
    alpha[0, 1, 2, 0] = 0.951
    alpha[0, 0, 1, 0] = 0.95  # not above
    alpha[1, 1, 1, 1] = 1.0
    alpha[1, 0, 3, 0] = 1.0  # a query of padding
    found(0, batch, "encoder_self2", alpha)
    table = found.peaked().set_index("group")
    assert (table["prunings"].unique(), table["layer"].unique()) == ([8], [2])
    columns = ["queries", "peaked", "first_queries", "first_peaked"]
    # Of an encoder the first position sees all others.
    assert table.loc[7, columns].tolist() == [8, 2, 0, 0]
    assert table.loc[30, columns].tolist() == [4, 1, 0, 0]
    assert table[columns].sum().tolist() == [12, 3, 0, 0]


def test_the_first_query_of_a_decoder_is_counted_apart(batch, groups):
    found = Attending(8, groups, {})
    alpha = torch.zeros(2, HEADS, 3, 3)
    alpha[:, :, 0, 0] = 1.0
    alpha[0, 1, 2, 1] = 0.99
    found(0, batch, "decoder_self1", alpha)
    table = found.peaked().set_index("group")
    columns = ["queries", "peaked", "first_queries", "first_peaked"]
    assert table.loc[7, columns].tolist() == [6, 3, 2, 2]
    assert table.loc[30, columns].tolist() == [4, 2, 2, 2]


def test_a_target_word_is_aligned_by_the_position_that_predicts_it(batch, groups):
    # Source words: 5 6 | 7, then </s>; target words: 5 | 6.
    own = alignment_of(np.array([0, 0, 1]), np.array([0, 1]), [(1, 0), (0, 1)])
    other = alignment_of(np.array([0]), np.array([0]), [])
    found = Attending(0, groups, {3: own, 4: other})
    alpha = torch.zeros(2, HEADS, 3, 4)
    # The first word is predicted at <s>: word 1 has the largest weight there, and in
    # the other head the two parts of word 0 do together.
    alpha[0, 0, 0] = torch.tensor([0.1, 0.1, 0.8, 0.0])
    alpha[0, 1, 0] = torch.tensor([0.3, 0.3, 0.35, 0.05])
    # The second at the first word; </s> is no word.
    alpha[0, 0, 1] = torch.tensor([0.1, 0.1, 0.1, 0.7])
    alpha[0, 1, 1] = torch.tensor([0.5, 0.5, 0.0, 0.0])
    found(0, batch, "cross1", alpha)
    found(0, batch, "decoder_self1", torch.zeros(2, HEADS, 3, 3))
    table = found.alignment().groupby(["layer", "head"])[["words", "right"]].sum()
    assert table.index.tolist() == [(1, 0), (1, 1), (1, 2)]
    # Mean of heads: 0.575 for word 1 at <s>; 0.6 for word 0 then.
    assert table["right"].tolist() == [2, 1, 1]
    assert (table["words"] == 2).all()


def test_of_several_links_the_first_counts_and_none_is_none():
    own = alignment_of(np.array([0, 1]), np.array([0, 1, 1, 2]), [(1, 0), (0, 0)])
    assert own.gold.tolist() == [1, -1, -1]
    assert own.first.tolist() == [0, 1, 3]


def test_a_guess_by_position_is_right_where_order_is_kept(groups):
    kept = alignment_of(np.arange(4), np.arange(4), [(n, n) for n in range(4)])
    turned = alignment_of(np.arange(4), np.arange(4), [(3 - n, n) for n in range(4)])
    table = guess_by_position({3: kept, 4: turned}, groups).set_index("group")
    assert table.loc[7, ["words", "right"]].tolist() == [4, 4]
    assert table.loc[30, ["words", "right"]].tolist() == [4, 0]
    assert (table["layer"] == NO_LAYER).all()


def test_without_alignments_the_table_has_no_row(batch, groups):
    found = Attending(0, groups, {})
    found(0, batch, "cross1", torch.zeros(2, HEADS, 3, 4))
    assert found.alignment().empty
