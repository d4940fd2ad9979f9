"""What units do, and losses by group, against autograd, hand-made units and one pass."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from ontogeny.errors import InputError
from ontogeny.models.gated import Plain
from ontogeny.studies.structured.dynamics import (
    Passages,
    draw_passages,
    lag_gradients,
    single_layers,
    unit_dynamics,
)
from ontogeny.studies.structured.evaluating import (
    Words,
    class_nats,
    language_losses,
    told_classes,
)
from ontogeny.studies.structured.measuring import gate_spreads, structure_table
from ontogeny.studies.structured.networks import Sizes, make_network

TYPES = 23


def network(layers=2, hidden=4, seed=0):
    torch.manual_seed(seed)
    sizes = Sizes("words", TYPES, TYPES, 5, hidden, layers, bound=0.6)
    return make_network(sizes).double().plain()


def words(n, seed=0):
    return np.random.default_rng(seed).integers(0, TYPES, n).astype(np.int32)


def test_losses_are_those_of_one_pass():
    net, ids = network(), words(457)
    table = language_losses(net, Words(ids, np.arange(457) // 10, start=3))
    fed = torch.from_numpy(np.concatenate([[3], ids[:-1]]).astype(np.int64))
    columns = -(-457 // 20)
    nats = []
    with torch.no_grad():
        for first in range(0, 457, columns):
            piece = fed[first : first + columns, None]
            logits = net.output(net.lstm(net.embedding(piece))[0][:, 0])
            wanted = torch.from_numpy(ids[first : first + columns].astype(np.int64))
            nats.append(F.cross_entropy(logits, wanted, reduction="none"))
    nats = torch.cat(nats).numpy()
    assert table["nats"].sum() == pytest.approx(nats.sum())
    assert table["nats"][7] == pytest.approx(nats[70:80].sum())
    assert table["predictions"].tolist() == [10] * 45 + [7]


def test_segments_start_from_zero_and_predict_all_but_the_first():
    net, ids = network(1), words(65)
    table = language_losses(net, Words(ids, np.zeros(65), 0, segment=20))
    assert len(table) == 3
    assert table["predictions"].tolist() == [19] * 3
    second = torch.from_numpy(ids[20:40].astype(np.int64))
    with torch.no_grad():
        logits = net.output(net.lstm(net.embedding(second[:-1, None]))[0][:, 0])
    expected = F.cross_entropy(logits, second[1:], reduction="sum")
    assert table["nats"][1] == pytest.approx(float(expected))


def test_one_logit_is_two_classes():
    one = torch.tensor([[0.3], [-2.0]], dtype=torch.float64)
    two = torch.cat([torch.zeros_like(one), one], 1)
    labels = torch.tensor([1, 1])
    torch.testing.assert_close(class_nats(one, labels), class_nats(two, labels))
    assert told_classes(one).tolist() == told_classes(two).tolist() == [1, 0]


def test_lag_gradients_are_means_of_autograds():
    net, lags = network(), 4
    passages = draw_passages(words(300), 6, 20)
    found = lag_gradients(net, passages, np.array([1, 3]), lags)
    first, last = (layer.lstm for layer in single_layers(net))
    with torch.no_grad():
        x = first(net.embedding(passages.ids))[0]
    x.requires_grad_()
    output, _ = last(x)
    for unit in (1, 3):
        for lag in range(lags + 1):
            norms = []
            for passage in range(6):
                (d_x,) = torch.autograd.grad(
                    output[lags + lag, passage, unit], x, retain_graph=True
                )
                norms.append(float(d_x[lags, passage].norm()))
            row = found[(found["unit"] == unit) & (found["lag"] == lag)]
            assert row["norm"].item() == pytest.approx(np.mean(norms))
            assert row["positions"].item() == 6


def only_output_gate_lives(net, sign):
    """Let i, f and g of the last layer's first unit be constant."""
    with torch.no_grad():
        hidden = net.lstm.hidden_size
        for gate, bias in ((0, 2.0), (1, 4.0), (2, sign * 3.0)):
            row = gate * hidden
            for name in ("weight_ih", "weight_hh"):
                getattr(net.lstm, f"{name}_l1")[row] = 0
            net.lstm.bias_ih_l1[row] = bias


@pytest.mark.parametrize("sign", [1, -1])
def test_a_unit_whose_output_gate_alone_lives_is_a_vanilla_one(sign):
    net = network()
    only_output_gate_lives(net, sign)
    structure = structure_table(net)
    last = structure[structure["layer"] == 2]
    assert last.iloc[0][list("ifgo")].tolist() == [False, False, False, True]
    assert last.iloc[0]["value_g"] == pytest.approx(np.tanh(sign * 3))
    assert last.iloc[1][["value_i", "value_g"]].isna().all()
    passages = draw_passages(words(500), 8, 60)
    live = last[list("ifgo")].to_numpy()
    found = unit_dynamics(net, passages, live, np.arange(4))
    assert found["monotone"][0] == 1
    assert found["saturation"][0] > 0.99
    assert found["vanilla_gap"][0] < 0.02
    # c of a constant g has a sign to go to; of a live one it has not.
    assert found["monotone"][1:].isna().all()


def test_moved_is_the_distance_after_one_word_is_replaced():
    net = network()
    passages = draw_passages(words(500), 3, 25)
    found = unit_dynamics(net, passages, np.ones((4, 4), bool), np.arange(4))
    other = passages.ids.clone()
    for passage, lag in enumerate(passages.lags.tolist()):
        assert 20 <= lag <= 25
        other[len(other) - 1 - lag, passage] = passages.others[passage]
    with torch.no_grad():
        ends = [net.lstm(net.embedding(ids))[0][-1] for ids in (passages.ids, other)]
    expected = (ends[0] - ends[1]).abs().mean(0)
    np.testing.assert_allclose(found["moved"], expected)
    same = Passages(
        passages.ids, passages.ids[-1 - passages.lags, range(3)], passages.lags
    )
    unmoved = unit_dynamics(net, same, np.ones((4, 4), bool), np.arange(4))
    assert (unmoved["moved"] == 0).all()


def test_a_short_text_has_no_passage():
    with pytest.raises(InputError, match=r"passage of 201 words, .* has 50"):
        draw_passages(words(50), 3, 100)


def test_spreads_are_of_each_layer_and_padding_counts_nothing():
    net = network()
    only_output_gate_lives(net, 1)
    ids = torch.from_numpy(words(60).astype(np.int64)).view(12, 5)
    whole = gate_spreads(net, [(ids[:8], None)])
    counted = torch.arange(12)[:, None].expand(12, 5) < 8
    padded = gate_spreads(net, [(ids, counted)])
    np.testing.assert_allclose(whole["spread"], padded["spread"])
    constant = whole[(whole["layer"] == 2) & (whole["unit"] == 0)].set_index("gate")
    assert (constant["spread"][["i", "f", "g"]] < 1e-12).all()
    assert constant["spread"]["o"] > 1e-3
    assert isinstance(net, Plain)
    assert isinstance(net.lstm, nn.LSTM)
