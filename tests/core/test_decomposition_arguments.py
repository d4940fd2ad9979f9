"""Contextual decomposition: what it is given is read as meant, or refused."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from ontogeny.measures.decomposition.contextual import (
    decompose,
    decompose_stack,
    relevant_logits,
)
from ontogeny.measures.decomposition.interdependence import interdependence
from ontogeny.measures.decomposition.pairwise import (
    pairs_within,
    pairwise_interdependence,
    partners,
)

ROOT = Path(__file__).parents[2]
STEPS = torch.arange(6)
FOCUS = STEPS < 2


def inputs(*shape):
    generator = torch.Generator().manual_seed(1)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def double(*sizes, **options):
    torch.manual_seed(0)
    return nn.LSTM(*sizes, **options).double()


ONE_LAYER = {
    "decompose": lambda m, x: decompose(m, x, FOCUS),
    "interdependence": lambda m, x: interdependence(m, x, STEPS == 1, STEPS == 3),
    "pairwise": lambda m, x: pairwise_interdependence(m, x, 2),
}
STACKED = {
    "stack": lambda m, x: decompose_stack(m, x, FOCUS),
    "list": lambda m, x: decompose_stack([m], x, FOCUS),
}
WITH_STATE = {
    "decompose": lambda m, x, s: decompose(m, x, FOCUS, state=s),
    "interdependence": lambda m, x, s: interdependence(
        m, x, STEPS == 1, STEPS == 3, state=s
    ),
    "pairwise": lambda m, x, s: pairwise_interdependence(m, x, 2, state=s),
}


def each(calls):
    return pytest.mark.parametrize("call", calls.values(), ids=calls)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@each(ONE_LAYER | STACKED)
def test_half_precision_is_refused(call, dtype):
    name = str(dtype).removeprefix("torch.")
    message = rf"the LSTM's weights are {name}: use lstm\.float\(\)"
    with pytest.raises(ValueError, match=message):
        call(nn.LSTM(5, 4).to(dtype), inputs(6, 5))


def test_half_precision_of_a_decoder_is_refused():
    with pytest.raises(ValueError, match=r"use decoder\.float\(\)"):
        relevant_logits(inputs(6, 4), nn.Linear(4, 3).bfloat16())


@each(ONE_LAYER | STACKED)
def test_autocast_is_refused_as_it_is_half_precision(call):
    with (
        torch.autocast("cpu", dtype=torch.bfloat16),
        pytest.raises(ValueError, match="autocast"),
    ):
        call(nn.LSTM(5, 4), inputs(6, 5))


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ([inputs(4, 2).T, inputs(4, 2).T], None),
        ([inputs(2, 4)[None]] * 2, None),
        ([inputs(4, 2)] * 2, r"\(1, 2, 4\) each, found \(4, 2\) and \(4, 2\)"),
        ([inputs(2, 4), inputs(4, 2)], r"found \(2, 4\) and \(4, 2\)"),
        ([inputs(2, 1, 4)] * 2, "the state must be h and c of shape"),
        ([inputs(8)] * 2, "the state must be h and c of shape"),
        ([inputs(2, 4), inputs(2, 4) / 0], "the state must be finite"),
        ([inputs(2, 4) * torch.nan, inputs(2, 4)], "the state must be finite"),
        ([inputs(2, 4)], r"a pair \(h, c\) of tensors, found a sequence of 1"),
        ([inputs(2, 4)] * 3, "found a sequence of 3"),
        (7, "found int"),
        ([None, None], "found NoneType"),
    ],
)
@each(WITH_STATE)
def test_a_state_must_fit(call, state, message):
    lstm, x = double(5, 4), inputs(2, 6, 5)
    if message is None:
        call(lstm, x, state)
        return
    with pytest.raises(ValueError, match=message):
        call(lstm, x, state)


@pytest.mark.parametrize("shape", [(4,), (1, 4), (1, 1, 4)])
def test_the_state_of_one_sequence_may_lack_its_axes(shape):
    lstm, x, flat = double(5, 4), inputs(6, 5), (inputs(4), inputs(4) + 1)
    parts = decompose(lstm, x, FOCUS, state=[part.reshape(shape) for part in flat])
    own = lstm(x, tuple(part[None] for part in flat))[0]
    assert torch.allclose(sum(parts), own, atol=1e-12)


def stack_and_list():
    stack = double(5, 4, num_layers=2)
    single = [nn.LSTM(5, 4).double(), nn.LSTM(4, 4).double()]
    with torch.no_grad():
        for layer, lstm in enumerate(single):
            for name, weight in lstm.named_parameters():
                weight.copy_(getattr(stack, name.replace("l0", f"l{layer}")))
    return stack, single


@pytest.mark.parametrize("batch", [1, 2, 3])
@pytest.mark.parametrize("kind", [tuple, np.asarray])
def test_a_stacks_state_is_read_alike_in_either_form(batch, kind):
    stack, single = stack_and_list()
    x = inputs(batch, 6, 5)
    h, c = inputs(2, batch, 4), inputs(2, batch, 4) + 1
    own = stack(x.transpose(0, 1), (h, c))[0].transpose(0, 1)
    as_torch = (h, c) if kind is tuple else (h.numpy(), c.numpy())
    for lstm in (stack, single, nn.ModuleList(single)):
        for state in (as_torch, [(h[0], c[0]), (h[1], c[1])]):
            parts = decompose_stack(lstm, x, FOCUS, state=state)
            assert torch.allclose(sum(parts), own, atol=1e-12)


def test_layers_of_different_widths_take_a_pair_each():
    single = [double(5, 4), double(4, 3)]
    x, state = inputs(6, 5), [(inputs(1, 4),) * 2, (inputs(1, 3),) * 2]
    parts = decompose_stack(single, x, FOCUS, state=state)
    own = single[1](single[0](x, state[0])[0], state[1])[0]
    assert torch.allclose(sum(parts), own, atol=1e-12)


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize(
    ("state", "message"),
    [
        ((inputs(3, 1, 4),) * 2, r"\(2, batch, hidden\) each.*found \(3, 1, 4\)"),
        ([(inputs(1, 4),) * 2] * 3, "found a sequence of 3"),
        ([(inputs(1, 4),) * 2], "found a sequence of 1"),
        ([(inputs(1, 4),), (inputs(1, 4),) * 2], "state of layer 1 .* pair"),
        ([(inputs(1, 4),) * 2, (inputs(1, 3),) * 2], r"state of layer 2 .*\(1, 3\)"),
        ((inputs(2, 1, 4).tolist(),) * 2, "other than tensors"),
        (7, "found int"),
        ([1, 2], "found int"),
    ],
)
def test_a_stacks_state_must_fit(which, state, message):
    with pytest.raises(ValueError, match=message):
        decompose_stack(stack_and_list()[which], inputs(6, 5), FOCUS, state=state)


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (nn.GRU(5, 4), "not GRU"),
        (None, "not NoneType"),
        ([nn.LSTM(5, 4), nn.GRU(4, 4)], "not GRU"),
        ([], "no LSTM in the list"),
        ([nn.LSTM(5, 4), nn.LSTM(3, 4)], "layer 2 reads 3 units, layer 1 gives 4"),
        ([nn.LSTM(5, 4), double(4, 4)], "layer 1 is of torch.float32"),
        ([nn.LSTM(5, 4, num_layers=2)], "each must have one"),
        (nn.LSTM(5, 4, num_layers=2, dropout=0.5), r"call \.eval\(\)"),
    ],
)
def test_a_stack_that_is_none_is_refused(layers, message):
    with pytest.raises(ValueError, match=message):
        decompose_stack(layers, inputs(6, 5), FOCUS)


def test_dropout_at_rest_is_no_obstacle():
    stack = double(5, 4, num_layers=2, dropout=0.5).eval()
    parts = decompose_stack(stack, inputs(6, 5), FOCUS)
    assert torch.allclose(sum(parts), stack(inputs(6, 5))[0], atol=1e-12)


@each(ONE_LAYER)
def test_advice_for_several_layers_is_of_use(call, request):
    advice = "use decompose_stack"
    if "decompose" not in request.node.callspec.id:
        advice = "interdependence is defined here for one layer only"
    with pytest.raises(ValueError, match=f"this LSTM has 2 layers: {advice}"):
        call(double(5, 4, num_layers=2), inputs(6, 5))


NO_WINDOWS = [
    0, -1, 1.5, 2.0, np.inf, np.nan, "3", None, [1, 2], True, np.True_,
    torch.tensor(3), np.array([3]),
]  # fmt: skip


@pytest.mark.parametrize("window", NO_WINDOWS, ids=repr)
def test_a_window_is_a_whole_number(window):
    message = "the window must be a whole number of at least 1, found "
    for call in (
        lambda: pairwise_interdependence(double(5, 4), inputs(6, 5), window),
        lambda: partners([1, 3], window),
        lambda: pairs_within([1, 3], window),
    ):
        with pytest.raises(ValueError, match=message):
            call()


def test_a_window_may_be_numpys():
    _, _, values = pairwise_interdependence(double(5, 4), inputs(6, 5), np.int32(2))
    assert len(values) == 9
    assert partners([1, 3], np.uint8(2)).tolist() == [0, 2, 1, 0]


@pytest.mark.parametrize("none", [[], (), np.array([]), torch.tensor([])], ids=repr)
def test_no_sentence_has_no_pair(none):
    for array in (partners(none, 2), *pairs_within(none, 2)):
        assert array.shape == (0,)
        assert array.dtype == np.int64


def test_lengths_may_be_of_any_whole_type():
    lengths = [1, 3]
    for same in (np.uint8(lengths), torch.tensor(lengths), pd.Series(lengths, [5, 6])):
        assert [a.tolist() for a in pairs_within(same, 2)] == [
            [1, 1, 1], [0, 0, 1], [1, 2, 2],
        ]  # fmt: skip


@pytest.mark.parametrize("lengths", [[1.5], [-1], 3, ["a"], None, [[1], [1, 2]]])
def test_lengths_are_whole_numbers(lengths):
    for call in (partners, pairs_within):
        with pytest.raises(ValueError, match="lengths must be whole numbers from 0"):
            call(lengths, 2)


@pytest.mark.parametrize("padding", [torch.nan, torch.inf, 1e300])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_padding_is_not_looked_at(padding, dtype):
    lstm, x = double(5, 4).to(dtype), inputs(3, 6, 5)
    x[0, 3:] = x[2, 1:] = 0
    other = x.clone()
    other[0, 3:] = other[2, 1:] = padding
    before = other.clone()
    one, two = (
        pairwise_interdependence(lstm, y, 4, lengths=[3, 6, 1])[2] for y in (x, other)
    )
    assert torch.equal(one, two)
    assert torch.equal(other.nan_to_num(), before.nan_to_num())  # the caller's own
    other[1, 5, 0] = padding if dtype == torch.float32 else torch.nan
    with pytest.raises(ValueError, match="inputs must be finite"):
        pairwise_interdependence(lstm, other, 4, lengths=[3, 6, 1])


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


VIEWS = {
    "backwards": lambda a: a[::-1].copy()[::-1],
    "read only": read_only,
    "big endian": lambda a: a.astype(a.dtype.newbyteorder(">")),
    "by column": np.asfortranarray,
}


@each(VIEWS)
def test_any_numpy_array_is_read(call):
    lstm, x, focus = double(5, 4), inputs(6, 5).numpy(), FOCUS.numpy()
    state = [inputs(1, 1, 4).numpy()] * 2
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for view in (call, lambda a: a):
            given = view(x), view(focus)
            of_state = [view(part) for part in state]
            relevant, _ = decompose(lstm, *given, state=of_state)
            *_, pairs = pairwise_interdependence(lstm, view(x), 2, state=of_state)
            one = interdependence(lstm, *given, ~view(focus))
            logits = relevant_logits(view(relevant), nn.Linear(4, 3).double())
            found.append((relevant, pairs, one))
            assert type(logits) is np.ndarray
    # Another layout in memory may be summed in another order.
    for part, same in zip(*found, strict=True):
        np.testing.assert_allclose(part, same, rtol=1e-10, atol=1e-15)


STRANGE = [
    None,
    "words",
    ["a", "b"],
    np.array(["a"]),
    np.array([None] * 6),
    {},
    [[1], 2],
]


@pytest.mark.parametrize("strange", STRANGE, ids=repr)
def test_what_is_no_array_is_refused(strange):
    lstm, x = double(5, 4), inputs(6, 5)
    for call in (ONE_LAYER | STACKED).values():
        with pytest.raises(ValueError, match="inputs must be"):
            call(lstm, strange)
    for call in (
        lambda: decompose(lstm, x, strange),
        lambda: decompose_stack(lstm, x, strange),
        lambda: interdependence(lstm, x, strange, FOCUS),
        lambda: interdependence(lstm, x, FOCUS, strange),
    ):
        with pytest.raises(ValueError, match="a focus is a boolean mask, found"):
            call()
    with pytest.raises(ValueError, match="a relevant part must be"):
        relevant_logits(strange, nn.Linear(4, 3))


def test_the_figure_names_its_limit(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT)
    from benchmarks.decomposition_figure import draw

    sizes = [(5, 400, 5, "words"), (20, 50, 20, "units"), (40, 400, 2, "window")]
    table = pd.DataFrame(sizes, columns=["words", "units", "window", "against"])
    table.assign(ms_a_pair=0.005).to_parquet(tmp_path / "decomposition_cost.parquet")
    drawn = draw(tmp_path).read_text()
    assert "limit 0.15 ms" in drawn
    assert ">0.005<" in drawn
