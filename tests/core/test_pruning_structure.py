"""Counting what is left: small networks by hand, and definitions at random."""

from functools import partial
from math import inf

import pytest
import torch
from torch import nn
from torch.nn.utils import prune

from ontogeny.pruning.conditions import unmet_conditions
from ontogeny.pruning.groups import threshold_
from ontogeny.pruning.shrinking import shrink
from ontogeny.pruning.structure import count, gate_structure


def ones(layers=1, *, inputs=2, hidden=3, outputs=4, reader=None):
    lstm = nn.LSTM(inputs, hidden, layers)
    reader = reader or nn.Linear(hidden, outputs)
    with torch.no_grad():
        for weight in (*lstm.parameters(), *reader.parameters()):
            weight.fill_(1)
    return lstm, reader


@torch.no_grad()
def remove(lstm, reader, layer, unit):
    """Zero what reads a unit."""
    getattr(lstm, f"weight_hh_l{layer}")[:, unit] = 0
    above = f"weight_ih_l{layer + 1}"
    if layer < lstm.num_layers - 1:
        getattr(lstm, above)[:, unit] = 0
    elif isinstance(reader, nn.LSTM):
        reader.weight_ih_l0[:, unit] = 0
    else:
        reader.weight[:, unit] = 0


def test_a_whole_network():
    lstm, reader = ones(2)
    left = count(lstm, reader, others=[torch.ones(5, 2)])
    assert left.neurons == (3, 3)
    assert left.gates == (12, 12)
    assert left.weights == left.nonzero == 12 * (2 + 3 + 3 + 3) + 12 + 10
    assert left.compression == 1
    assert left.operations == left.operations_shrunk == left.operations_skipped == 132
    assert left.operations_output == left.operations_output_shrunk == 12
    assert str(left) == "neurons 3–3, gates 12–12, compression 1.00"


def test_rows_and_columns_of_removed_neurons_are_zero():
    lstm, reader = ones(2)
    remove(lstm, reader, 0, 1)
    left = count(lstm, reader)
    # Layer 1 loses 4 rows of 5 and a column of 8 in the rest; layer 2 a column of 12.
    assert left.nonzero == left.weights - (20 + 8 + 12)
    assert left.neurons == (2, 3)
    assert left.gates == (8, 12)
    assert left.operations_shrunk == 8 * (2 + 2) + 12 * (2 + 3)


def test_a_gate_is_constant_over_what_remains():
    lstm, reader = ones(1)
    with torch.no_grad():
        # The forget gate of unit 0 reads unit 1 alone, which is read by no one else.
        lstm.weight_ih_l0[3] = 0
        lstm.weight_hh_l0[3] = torch.tensor([0.0, 1.0, 0.0])
    structure, remaining = gate_structure(lstm, reader)
    assert remaining.all()
    assert structure.all()
    remove(lstm, reader, 0, 1)
    structure, remaining = gate_structure(lstm, reader)
    assert remaining.tolist() == [True, False, True]
    assert structure.tolist() == [[True, False, True, True], [False] * 4, [True] * 4]
    assert count(lstm, reader).operations_skipped == 7 * (2 + 2)


def test_a_gate_that_reads_removed_neurons_of_the_layer_below_is_constant():
    lstm, reader = ones(2)
    remove(lstm, reader, 0, 2)
    with torch.no_grad():
        lstm.weight_ih_l1[0, :2] = 0
        lstm.weight_hh_l1[0] = 0
    structure, _ = gate_structure(lstm, reader, layer=1)
    assert structure[0].tolist() == [False, True, True, True]


def test_a_neuron_with_constant_gates_remains():
    lstm, reader = ones(1)
    with torch.no_grad():
        lstm.weight_ih_l0[2::3] = 0
        lstm.weight_hh_l0[2::3] = 0
    structure, remaining = gate_structure(lstm, reader)
    assert remaining.all()
    assert structure[2].tolist() == [False] * 4


def test_one_pass():
    """A neuron that a removed one alone reads remains."""
    lstm, reader = ones(1)
    remove(lstm, reader, 0, 0)
    remove(lstm, reader, 0, 1)
    with torch.no_grad():
        lstm.weight_hh_l0[0, 1] = 1
    assert gate_structure(lstm, reader)[1].tolist() == [False, True, True]


def test_an_lstm_that_reads_counts_its_first_matrix():
    reader = nn.LSTM(3, 2, 2)
    lstm, reader = ones(1, reader=reader)
    remove(lstm, reader, 0, 0)
    left = count(lstm, reader)
    assert left.weights == 12 * 5 + 8 * 3
    assert left.nonzero == 8 * 4 + 8 * 2
    assert left.operations_output == 24
    assert left.operations_output_shrunk == 16


def test_inputs_without_reader_or_without_values_count_in_neither():
    lstm, reader = ones(1, inputs=3)
    embedding = torch.ones(5, 3)
    with torch.no_grad():
        lstm.weight_ih_l0[:, 0] = 0
        embedding[:, 1] = 0
        embedding[2] = 0  # a word that is cut
    left = count(lstm, reader, others=[embedding, torch.tensor([0.0, 1.0])])
    assert left.weights == 36 + 36 + 12 + 15 + 2
    assert left.nonzero == 12 + 36 + 12 + 4 + 1
    assert count(lstm, reader).nonzero == 24 + 36 + 12


def test_inputs_that_removed_neurons_read_have_no_reader():
    lstm, reader = ones(1)
    with torch.no_grad():
        lstm.weight_ih_l0[:, 0] = 0
        lstm.weight_ih_l0[0::3, 0] = 1
    remove(lstm, reader, 0, 0)
    left = count(lstm, reader, others=[torch.ones(5, 2)])
    assert left.nonzero == 8 * 1 + 8 * 2 + 2 * 4 + 5


def test_everything_pruned_is_a_result():
    lstm, reader = ones(2)
    with torch.no_grad():
        for weight in (*lstm.parameters(), reader.weight):
            weight.zero_()
    left = count(lstm, reader, others=[torch.ones(5, 2)])
    assert left.neurons == left.gates == (0, 0)
    assert left.nonzero == 0
    assert left.compression == inf
    assert left.operations_shrunk == left.operations_skipped == 0
    assert str(left) == "neurons 0–0, gates 0–0, compression all"


def test_masks_count_as_zeros():
    lstm, reader = ones(1)
    prune.random_structured(lstm, "weight_hh_l0", amount=1, dim=1)
    removed = (lstm.weight_hh_l0_mask == 0).all(0)
    with torch.no_grad():
        reader.weight[:, removed] = 0
    assert torch.equal(gate_structure(lstm, reader)[1], ~removed)
    assert count(lstm, reader).neurons == (2,)


@pytest.mark.parametrize("seed", range(30))
def test_counts_are_those_of_the_network_with_its_neurons_zeroed(seed):
    torch.manual_seed(seed)
    layers, hidden = int(torch.randint(1, 4, ())), int(torch.randint(1, 7, ()))
    lstm, reader = ones(layers, hidden=hidden)
    kept = float(torch.rand(()) ** 2)
    names = [name for name, _ in lstm.named_parameters() if "weight" in name]
    with torch.no_grad():
        for weight in (*(getattr(lstm, name) for name in names), reader.weight):
            weight.mul_(torch.rand(weight.shape) < kept)
    left = count(lstm, reader)
    remaining = [gate_structure(lstm, reader, layer=n)[1] for n in range(layers)]
    live = [gate_structure(lstm, reader, layer=n)[0] for n in range(layers)]
    assert left.neurons == tuple(int(one.sum()) for one in remaining)
    assert left.gates == tuple(int(one.sum()) for one in live)
    with torch.no_grad():  # step 3 of counting: zero them
        for number, one in enumerate(remaining):
            getattr(lstm, f"weight_ih_l{number}")[~one.repeat(4)] = 0
            getattr(lstm, f"weight_hh_l{number}")[~one.repeat(4)] = 0
    whole = [*(getattr(lstm, name) for name in names), reader.weight]
    assert left.nonzero == sum(int((weight != 0).sum()) for weight in whole)
    for number, one in enumerate(live):
        rows = torch.cat([getattr(lstm, f"weight_{kind}_l{number}") for kind in ("ih", "hh")], 1)  # fmt: skip
        assert torch.equal((rows != 0).any(1).view(4, -1).T & remaining[number][:, None], one)  # fmt: skip


@pytest.mark.parametrize("layer", [None, 2, -1])
def test_a_layer_must_be_named_and_there(layer):
    with pytest.raises(ValueError, match="one of 0 … 1"):
        gate_structure(*ones(2), layer=layer)


def test_only_lstms_are_counted():
    with pytest.raises(ValueError, match="bidirectional"):
        count(nn.LSTM(2, 3, bidirectional=True), nn.Linear(6, 2))


@pytest.mark.parametrize("name", ["weight_ih_l0", "weight_hh_l1"])
def test_nothing_is_said_of_weights_that_are_not_finite(name):
    lstm, reader = ones(2)
    with torch.no_grad():
        getattr(lstm, name)[0, 0] = torch.nan
    for ask in (count, partial(gate_structure, layer=0), shrink):
        with pytest.raises(
            ValueError, match=r"1 weights of layer . and its reader are"
        ):
            ask(lstm, reader)


@pytest.mark.parametrize("value", [-1.0, torch.nan, torch.inf])
def test_a_cut_is_a_size(value):
    with pytest.raises(ValueError, match="value must not be negative, nor infinite"):
        threshold_(*ones(), value)


@pytest.mark.parametrize(
    "wrong", [{"sizes": []}, {"lambda_group": -0.1}, {"threshold": torch.nan}]
)
def test_conditions_are_asked_of_positive_numbers(wrong):
    asked = {"sizes": [64], "lambda_group": 0.1, "threshold": 0.1}
    with pytest.raises(ValueError, match="must be positive and finite, found"):
        unmet_conditions(**asked | wrong, first_rate=1.0, last_rate=0.1)
