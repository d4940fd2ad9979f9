"""Gates of an LSTM, how they vary, and how far back units hear."""

import pytest
import torch
from torch import nn

from ontogeny.measures.gates import GateSpread, gate_values, spread_while_reading
from ontogeny.measures.lag_gradients import (
    cell_states,
    gradients_by_lag,
    gradients_of_last,
)
from ontogeny.models.gated import GatedLanguageModel
from ontogeny.models.gated_layer import GATES
from ontogeny.studies.structured.networks import Sizes, make_network


@pytest.fixture
def lstm():
    torch.manual_seed(0)
    return nn.LSTM(3, 5).double()


def test_gates_make_the_output(lstm):
    x = torch.randn(7, 2, 3).double()
    gates, output, _ = gate_values(lstm, x)
    made = gates[3] * torch.tanh(cell_states(gates))
    torch.testing.assert_close(made, output)


def test_gates_go_on_from_a_state(lstm):
    x = torch.randn(8, 2, 3).double()
    whole, _, _ = gate_values(lstm, x)
    first, _, state = gate_values(lstm, x[:3])
    second, _, _ = gate_values(lstm, x[3:], state)
    torch.testing.assert_close(torch.cat([first, second], 1), whole)


def test_other_lstms_are_refused():
    for kind in (nn.LSTM(2, 3, 2), nn.LSTM(2, 3, bidirectional=True)):
        with pytest.raises(ValueError, match="one layer and direction"):
            gate_values(kind, torch.zeros(1, 1, 2))


def test_spread_is_the_standard_deviation(lstm):
    x = 3 * torch.randn(9, 4, 3).double()
    gates, _, _ = gate_values(lstm, x)
    seen = GateSpread()
    for window in gates.split(2, 1):
        seen.add(window)
    ranged = torch.stack([*gates[:2], (gates[2] + 1) / 2, gates[3]])
    torch.testing.assert_close(seen.spread(), ranged.flatten(1, 2).std(1, correction=0))
    assert seen.tokens == 36


def test_a_constant_gate_has_no_spread(lstm):
    with torch.no_grad():
        lstm.weight_ih_l0[6] = 0
        lstm.weight_hh_l0[6] = 0
    seen = GateSpread()
    seen.add(gate_values(lstm, torch.randn(9, 4, 3).double())[0])
    assert seen.spread()[1, 1] < 1e-12
    assert (seen.spread()[0] > 1e-3).all()


def test_spread_is_read_of_every_lstm_of_a_model():
    """As of each layer by itself, carried state and named arguments included."""

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.idle = nn.LSTM(2, 2)
            self.below, self.above = nn.LSTM(3, 4), nn.LSTM(4, 2, bias=False)
            self.both_ways = nn.LSTM(2, 2, bidirectional=True)
            self.dropout = nn.Dropout(0.5)

        def forward(self, x):
            first, state = self.below(x)
            first, _ = self.below(self.dropout(first)[..., :3], state)
            return self.both_ways(self.above(input=first, hx=None)[0])

    torch.manual_seed(1)
    model = Model().double()
    x = torch.randn(6, 2, 3).double()
    found = spread_while_reading(model, [x[:, :1], x[:, 1:]])
    assert list(found) == ["below", "above"]
    assert model.training
    gates, once, state = gate_values(model.below, x)
    again, twice, _ = gate_values(model.below, once[..., :3], state)
    top, _, _ = gate_values(model.above, twice)
    for name, seen in (("below", torch.cat([gates, again], 1)), ("above", top)):
        expected = GateSpread()
        expected.add(seen)
        torch.testing.assert_close(found[name].spread(), expected.spread())
        assert found[name].tokens == expected.tokens
    assert not model.below._forward_hooks


@pytest.mark.parametrize("source", [0, 4])
def test_gradients_by_lag_are_autograds(lstm, source):
    x = torch.randn(12, 2, 3).double().requires_grad_()
    output, _ = lstm(x)
    found = gradients_by_lag(lstm, x.detach(), torch.tensor([[source, 1]]), 6)
    for lag in range(7):
        for unit in range(5):
            (d_x,) = torch.autograd.grad(
                output[source + lag, 1, unit], x, retain_graph=True
            )
            torch.testing.assert_close(found[0, lag, unit], d_x[source, 1].norm())


def test_both_directions_of_derivatives_agree(lstm):
    x = torch.randn(9, 3, 3).double()
    last = torch.tensor([8, 5, 2])
    backward = gradients_of_last(lstm, x, last, 4)
    for text, end in enumerate(last.tolist()):
        for lag in range(5):
            if lag > end:
                assert backward[text, lag].isnan().all()
                continue
            source = torch.tensor([[end - lag, text]])
            padded = torch.cat([x, torch.zeros(4, 3, 3)])
            forward = gradients_by_lag(lstm, padded, source, lag)[0, lag]
            torch.testing.assert_close(backward[text, lag], forward)


def test_a_gated_networks_gates_are_sites():
    torch.manual_seed(0)
    sizes = Sizes("words", 11, 11, 4, 3, 2, bound=0.5)
    model = make_network(sizes).double()
    assert isinstance(model, GatedLanguageModel)
    words = torch.randint(11, (6, 2))
    seen = {}
    with torch.no_grad():
        model(words, at_site=lambda name, value: seen.setdefault(name, value))
    assert list(seen) == list(model.sites)
    embedding, lstm, _, _ = model.plain()
    first = nn.LSTM(4, 3).double()
    first.load_state_dict(
        {k: v for k, v in lstm.state_dict().items() if k.endswith("l0")}
    )
    gates, output, _ = gate_values(first, embedding(words))
    torch.testing.assert_close(output.detach(), seen["lstm1"])
    for gate, values in zip(GATES, gates, strict=True):
        torch.testing.assert_close(values.detach(), seen[f"lstm1.{gate}"])
