"""Contextual decomposition: exactness, bounds, and the rule by its definition."""

import numpy as np
import pytest
import torch
from torch import nn

from ontogeny.measures.decomposition import pairwise as pairwise_module
from ontogeny.measures.decomposition.contextual import (
    decompose,
    decompose_stack,
    relevant_logits,
)
from ontogeny.measures.decomposition.interdependence import interdependence
from ontogeny.measures.decomposition.pairwise import (
    pairs_within,
    pairwise_interdependence,
)
from ontogeny.models import LanguageModel


@pytest.fixture
def lstm():
    torch.manual_seed(0)
    model = nn.LSTM(5, 4).double()
    with torch.no_grad():  # far from linear, so that mistakes show
        for weight in model.parameters():
            weight.mul_(2)
    return model


def inputs(*shape):
    generator = torch.Generator().manual_seed(1)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def by_definition(lstm, x, focus, *, owns_bias=None, state=None):
    """Scalar loops over the formulas of methods.md, one unit and gate at a time."""
    w, v = lstm.weight_ih_l0.detach().numpy(), lstm.weight_hh_l0.detach().numpy()
    b = (lstm.bias_ih_l0 + lstm.bias_hh_l0).detach().numpy()
    hidden = v.shape[1]
    sigma = lambda z: 1 / (1 + np.exp(-z))  # noqa: E731
    owns_bias = focus if owns_bias is None else owns_bias

    def shapley(f, first, second, bias):
        one = f(first + bias) - f(bias)
        return 0.5 * (one + f(first + second + bias) - f(second + bias))

    rel_h, rel_c = np.zeros(hidden), np.zeros(hidden)
    irr_h, irr_c = (
        (np.zeros(hidden), np.zeros(hidden)) if state is None else map(np.array, state)
    )
    out = []
    for t, x_t in enumerate(np.asarray(x)):
        rel = v @ rel_h + (w @ x_t if focus[t] else 0)
        irr = v @ irr_h + (0 if focus[t] else w @ x_t)
        new = np.zeros((4, hidden))
        for j in range(hidden):
            rows = dict(zip("ifgo", range(j, 4 * hidden, hidden), strict=True))
            value = {}
            for gate, f in (("i", sigma), ("f", sigma), ("g", np.tanh)):
                r, s, bias = rel[rows[gate]], irr[rows[gate]], b[rows[gate]]
                value[gate] = (
                    shapley(f, r, s, bias),
                    shapley(f, s, r, bias),
                    f(bias),
                )
            (i_r, i_s, i_b), (f_r, f_s, f_b), (g_r, g_s, g_b) = (
                value[gate] for gate in "ifg"
            )
            c_r = i_r * g_r + i_r * g_b + i_b * g_r + (f_r + f_b) * rel_c[j]
            c_s = (
                i_r * g_s + i_s * g_r + i_s * g_s + i_s * g_b + i_b * g_s
                + f_s * rel_c[j] + (f_r + f_s + f_b) * irr_c[j]
            )  # fmt: skip
            if owns_bias[t]:
                c_r += i_b * g_b
            else:
                c_s += i_b * g_b
            o = sigma(rel[rows["o"]] + irr[rows["o"]] + b[rows["o"]])
            new[:, j] = (
                o * shapley(np.tanh, c_r, c_s, 0), c_r,
                o * shapley(np.tanh, c_s, c_r, 0), c_s,
            )  # fmt: skip
        rel_h, rel_c, irr_h, irr_c = new
        out.append((rel_h, irr_h))
    return tuple(torch.tensor(np.array(part)) for part in zip(*out, strict=True))


FOCI = ["0000000", "1111111", "1000000", "0000001", "0110100", "1010101"]


def mask(text):
    return torch.tensor([letter == "1" for letter in text])


@pytest.mark.parametrize("focus", FOCI)
def test_decomposition_is_exact_and_as_defined(lstm, focus):
    x = inputs(7, 5)
    parts = decompose(lstm, x, mask(focus))
    assert torch.allclose(sum(parts), lstm(x)[0], atol=1e-12, rtol=0)
    for part, expected in zip(parts, by_definition(lstm, x, mask(focus)), strict=True):
        assert torch.allclose(part, expected, atol=1e-13, rtol=0)


def test_full_focus_gives_all_and_empty_focus_nothing(lstm):
    x = inputs(7, 5)
    everything, rest = decompose(lstm, x, mask("1" * 7))
    assert torch.allclose(everything, lstm(x)[0], atol=1e-14)
    assert rest.abs().max() < 1e-15
    nothing, _ = decompose(lstm, x, mask("0" * 7))
    assert nothing.abs().max() == 0


def test_murdoch_leaves_the_last_bias_product_out(lstm):
    x, focus = inputs(7, 5), mask("0111000")
    parts = decompose(lstm, x, focus, rule="murdoch")
    expected = by_definition(lstm, x, focus, owns_bias=mask("0110000"))
    for part, other in zip(parts, expected, strict=True):
        assert torch.allclose(part, other, atol=1e-13, rtol=0)
    assert not torch.allclose(parts[0], decompose(lstm, x, focus)[0], atol=1e-3)


def test_a_carried_state_is_irrelevant(lstm):
    x, state = inputs(4, 5), (inputs(1, 4), inputs(1, 4) + 1)
    parts = decompose(lstm, x, mask("0101"), state=state)
    assert torch.allclose(sum(parts), lstm(x, state)[0], atol=1e-12)
    flat = [part[0].numpy() for part in state]
    expected = by_definition(lstm, x, mask("0101"), state=flat)
    assert torch.allclose(parts[0], expected[0], atol=1e-13)
    assert decompose(lstm, x, mask("0000"), state=state)[0].abs().max() == 0


def test_a_batch_equals_its_sequences(lstm):
    x, focus = inputs(3, 7, 5), torch.stack([mask(f) for f in FOCI[1:4]])
    together = decompose(lstm, x, focus)
    for row in range(3):
        alone = decompose(lstm, x[row], focus[row])
        for part, other in zip(together, alone, strict=True):
            assert torch.allclose(part[row], other, atol=1e-14)
    shared = decompose(lstm, x, focus[0])
    assert torch.allclose(shared[0][0], together[0][0])


def test_a_change_outside_the_focus_does_not_reach_relevant_before_it(lstm):
    x = inputs(7, 5)
    changed = x.clone()
    changed[5] += 1
    one, other = (decompose(lstm, y, mask("0110000"))[0] for y in (x, changed))
    assert torch.equal(one[:5], other[:5])
    assert not torch.equal(one[5:], other[5:])


@pytest.mark.parametrize("focus", FOCI)
def test_a_stack_is_exact(focus):
    torch.manual_seed(0)
    stack = nn.LSTM(5, 4, num_layers=3).double()
    x = inputs(7, 5)
    state = inputs(3, 1, 4), inputs(3, 1, 4)
    relevant, irrelevant = decompose_stack(stack, x, mask(focus))
    assert torch.allclose(relevant + irrelevant, stack(x)[0], atol=1e-12)
    carried = decompose_stack(stack, x, mask(focus), state=state)
    own = stack(x[:, None], state)[0][:, 0]
    assert torch.allclose(sum(carried), own, atol=1e-12)
    if "1" not in focus:
        assert relevant.abs().max() == 0


def test_a_stack_of_single_layers_is_the_model_of_ours():
    torch.manual_seed(0)
    model = LanguageModel(9, embedding=5, hidden=4).double().eval()
    words = torch.arange(6)[:, None]
    x = model.embedding(words)[:, 0]
    parts = decompose_stack(list(model.lstms), x, mask("011000"))
    assert torch.allclose(sum(parts), model(words)[0][:, 0], atol=1e-12)


def test_interdependence_is_its_formula_and_symmetric(lstm):
    x, a, b = inputs(7, 5), mask("0100000"), mask("0001100")
    h, h_a, h_b = (decompose(lstm, x, f)[0][4] for f in (a | b, a, b))
    expected = (h - h_a - h_b).norm() / h.norm()
    assert interdependence(lstm, x, a, b) == pytest.approx(expected.item(), rel=1e-12)
    assert interdependence(lstm, x, b, a) == pytest.approx(expected.item(), rel=1e-12)
    batch = interdependence(lstm, torch.stack([x, x + 1]), a, b)
    assert batch.shape == (2,)
    assert batch[0] == pytest.approx(expected.item())


@pytest.mark.parametrize("window", [1, 3, 20])
def test_shared_prefixes_equal_the_definition(lstm, window, monkeypatch):
    monkeypatch.setattr(pairwise_module, "LEFT_WORDS", 3)  # more than one block
    x, lengths = inputs(4, 6, 5), [6, 1, 4, 2]
    state = inputs(1, 4, 4), inputs(1, 4, 4)
    left, right, values = pairwise_interdependence(
        lstm, x, window, lengths=lengths, state=state
    )
    sentence, *_ = pairs_within(lengths, window)
    expected_pairs = [
        (s, a, b)
        for s, length in enumerate(lengths)
        for a in range(length)
        for b in range(a + 1, min(length, a + window + 1))
    ]
    found = zip(sentence.tolist(), left.tolist(), right.tolist(), strict=True)
    assert list(found) == expected_pairs
    steps = torch.arange(6)
    for value, (s, a, b) in zip(values, expected_pairs, strict=True):
        one = interdependence(
            lstm,
            x[s][: b + 1],
            steps[: b + 1] == a,
            steps[: b + 1] == b,
            state=[part[:, s] for part in state],
        )
        assert value.item() == pytest.approx(one.item(), rel=1e-12)


def test_what_is_padding_does_not_matter(lstm):
    x = inputs(2, 6, 5)
    other = x.clone()
    other[0, 3:] = 100
    one, two = (
        pairwise_interdependence(lstm, y, 4, lengths=[3, 6])[2] for y in (x, other)
    )
    assert torch.equal(one, two)


def test_numpy_in_numpy_out(lstm):
    x = inputs(4, 5).numpy()
    relevant, _ = decompose(lstm, x, np.array([True, False, False, True]))
    left, _, values = pairwise_interdependence(lstm, x, 2)
    assert {type(a) for a in (relevant, left, values)} == {np.ndarray}
    assert relevant.dtype == values.dtype == np.float64
    di = interdependence(lstm, x, np.arange(4) == 0, np.arange(4) == 1)
    assert di == pytest.approx(values[0])


def test_float32_stays_near_float64(lstm):
    x = inputs(2, 20, 5)
    exact = pairwise_interdependence(lstm, x, 10)[2]
    short = pairwise_interdependence(nn.LSTM.float(lstm), x.float(), 10)[2]
    assert short.dtype == torch.float32
    # Absolute: a difference of nearly equal vectors has no relative accuracy.
    assert (short - exact).abs().max() < 1e-5


def test_a_sentence_of_one_word_has_no_pair(lstm):
    left, right, values = pairwise_interdependence(lstm, inputs(1, 5), 10)
    assert len(left) == len(right) == len(values) == 0


def test_relevant_logits_leave_the_bias_out():
    decoder = nn.Linear(4, 3)
    h = torch.randn(2, 4)
    plain = relevant_logits(h, decoder)
    assert torch.allclose(plain, decoder(h) - decoder.bias)
    assert torch.allclose(relevant_logits(h, decoder, bias=True), decoder(h))
    assert isinstance(relevant_logits(h.numpy(), decoder), np.ndarray)


def nan_weights():
    broken = nn.LSTM(5, 4)
    with torch.no_grad():
        broken.weight_hh_l0[0, 0] = torch.nan
    return broken


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (nn.LSTM(5, 4, bidirectional=True), "bidirectional"),
        (nn.LSTM(5, 4, proj_size=2), "projected"),
        (nn.GRU(5, 4), "not GRU"),
        (nan_weights(), "recurrent weights are NaN"),
    ],
)
def test_an_lstm_that_is_not_meant_is_refused(broken, message):
    x = torch.randn(3, 5)
    with pytest.raises(ValueError, match=message):
        decompose(broken, x, mask("010"))
    with pytest.raises(ValueError, match=message):
        pairwise_interdependence(broken, x, 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m, x: decompose(m, x, mask("01")), "focus has shape"),
        (lambda m, x: decompose(m, x, torch.tensor([0, 1, 0])), "boolean mask"),
        (lambda m, x: decompose(m, x, mask("010"), rule="other"), "unknown rule"),
        (lambda m, x: decompose(m, x, mask("101"), rule="murdoch"), "contiguous"),
        (lambda m, x: decompose(m, x[:, :3], mask("010")), "reads 5 units"),
        (lambda m, x: decompose(m, x / 0, mask("010")), "finite"),
        (lambda m, x: decompose(m, x[0], mask("010")), "must be"),
        (lambda m, x: interdependence(m, x, mask("010"), mask("110")), "share"),
        (lambda m, x: interdependence(m, x, mask("010"), mask("000")), "empty"),
        (lambda m, x: pairwise_interdependence(m, x, 0), "at least 1"),
        (lambda m, x: pairwise_interdependence(m, x, 2, rule="murdoch"), "inclusive"),
        (lambda m, x: pairwise_interdependence(m, x, 2, lengths=[4]), "lengths"),
        (lambda m, x: relevant_logits(x, nn.Linear(4, 2)), "reads 4"),
        (
            lambda m, x: decompose(m, x, mask("010"), state=(inputs(1, 3),) * 2),
            "state",
        ),
    ],
)
def test_bad_input_is_told(lstm, call, message):
    with pytest.raises(ValueError, match=message):
        call(lstm, inputs(3, 5))
