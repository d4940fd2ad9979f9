"""Smaller LSTMs: exact, of any kind that is taken, and refused where none can be."""

import copy
import gc
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn.utils import prune, rnn

from ontogeny.pruning.shrinking import shrink
from ontogeny.pruning.skipping import SkippingLSTM
from ontogeny.pruning.stacked import StackedLSTM
from ontogeny.pruning.structure import count, gate_structure

ROOT = Path(__file__).parents[2]


def drawn(low, high):
    return int(torch.randint(low, high, ()))


@torch.no_grad()
def sparse(lstm, reader, *, removed=0.4, cut=0.3, constant=0.3):
    """Neurons without readers, gates that read nothing, and single zeros."""
    for number in range(lstm.num_layers):
        w_x = getattr(lstm, f"weight_ih_l{number}")
        w_h = getattr(lstm, f"weight_hh_l{number}")
        above = getattr(lstm, f"weight_ih_l{number + 1}", None)
        if above is None:
            above = reader.weight if isinstance(reader, nn.Linear) else reader.weight_ih_l0  # fmt: skip
        dead = torch.rand(lstm.hidden_size) < removed
        w_h[:, dead] = 0
        above[:, dead] = 0
        still = torch.rand(4 * lstm.hidden_size) < constant
        w_x[still] = 0
        w_h[still] = 0
        for weight in (w_x, w_h, above):
            weight.mul_(torch.rand(weight.shape) > cut)


def made(seed, **options):
    """An LSTM and a reader of sizes and kinds drawn at random, float64."""
    torch.manual_seed(seed)
    layers, hidden = drawn(1, 4), drawn(1, 9)
    own = {"bias": drawn(0, 2) == 1, "batch_first": drawn(0, 2) == 1} | options
    lstm = nn.LSTM(drawn(1, 6), hidden, layers, **own)
    reader = (
        nn.Linear(hidden, drawn(1, 6), bias=drawn(0, 2) == 1)
        if drawn(0, 3)
        else nn.LSTM(hidden, drawn(1, 6), drawn(1, 3), batch_first=lstm.batch_first)
    )
    sparse(lstm, reader, removed=float(torch.rand(())))
    return lstm.double(), reader.double()


def read(reader, x):
    return reader(x)[0] if isinstance(reader, nn.LSTM) else reader(x)


def narrow(smaller, state, kept):
    """A state of the old LSTM for the new one, of one layer or more."""
    if isinstance(smaller, StackedLSTM):
        return smaller.narrow(state)
    return tuple(part[..., kept[0]] for part in state)


@pytest.mark.parametrize("skip_constant", [False, True])
@pytest.mark.parametrize("seed", range(40))
def test_outputs_and_states_are_the_same(seed, skip_constant):
    lstm, reader = made(seed)
    remaining = [gate_structure(lstm, reader, layer=n)[1] for n in range(lstm.num_layers)]  # fmt: skip
    smaller, its_reader = shrink(lstm, reader, skip_constant=skip_constant)
    kept = [
        one.nonzero().flatten() if one.any() else torch.tensor([0]) for one in remaining
    ]
    shape = (3, 11) if lstm.batch_first else (11, 3)
    state = other = None
    for _ in range(3):  # windows, the state carried
        x = torch.randn(*shape, lstm.input_size, dtype=torch.float64)
        output, state = lstm(x, state)
        its_output, other = smaller(x, other)
        torch.testing.assert_close(
            read(its_reader, its_output), read(reader, output), rtol=0, atol=1e-12
        )
        if remaining[-1].any():
            torch.testing.assert_close(its_output, output[..., kept[-1]], rtol=0, atol=1e-12)  # fmt: skip
        if all(one.any() for one in remaining):
            expected = narrow(smaller, state, kept)
            torch.testing.assert_close(other, expected, rtol=0, atol=1e-12)
    if isinstance(smaller, StackedLSTM):
        assert all(map(torch.equal, smaller.kept, kept))
    # A state that was carried by the old one goes on in the new one.
    x = torch.randn(*shape, lstm.input_size, dtype=torch.float64)
    other = smaller(x, narrow(smaller, state, kept))[0]
    torch.testing.assert_close(
        read(its_reader, other), read(reader, lstm(x, state)[0]), rtol=0, atol=1e-12
    )


@pytest.mark.parametrize("skip_constant", [False, True])
def test_a_thousand_steps_in_float32(skip_constant):
    torch.manual_seed(0)
    lstm, reader = nn.LSTM(40, 60, 2), nn.Linear(60, 50)
    sparse(lstm, reader, removed=0.6)
    smaller, its_reader = shrink(lstm, reader, skip_constant=skip_constant)
    x = torch.randn(1000, 4, 40)
    state = other = None
    with torch.no_grad():
        for window in x.split(100):
            output, state = lstm(window, state)
            its_output, other = smaller(window, other)
            expected = reader(output)
            apart = (its_reader(its_output) - expected).abs().max()
            assert apart <= 1e-5 * expected.abs().max()


@pytest.mark.parametrize("seed", range(10))
def test_sizes_and_products_are_those_that_are_counted(seed):
    lstm, reader = made(100 + seed)
    left = count(lstm, reader)
    smaller, its_reader = shrink(lstm, reader)
    skipping, _ = shrink(lstm, reader, skip_constant=True)
    if 0 in left.neurons:
        return
    stack = smaller.layers if isinstance(smaller, StackedLSTM) else [smaller]
    assert tuple(layer.hidden_size for layer in stack) == left.neurons
    products = sum(w.numel() for layer in stack for name, w in layer.named_parameters() if "weight" in name)  # fmt: skip
    assert products == left.operations_shrunk
    live = skipping.layers if isinstance(skipping, StackedLSTM) else [skipping]
    assert sum(layer.multiply_adds for layer in live) == left.operations_skipped
    again = count(stack[0], its_reader) if len(stack) == 1 else None
    assert again is None or again.operations == left.operations_shrunk


def test_one_layer_gives_an_lstm_and_more_a_stack():
    one, _ = shrink(nn.LSTM(3, 4), nn.Linear(4, 2))
    assert type(one) is nn.LSTM
    two, _ = shrink(nn.LSTM(3, 4, 2, dropout=0.3), nn.Linear(4, 2))
    assert type(two) is StackedLSTM
    assert two.dropout == 0.3
    assert [type(layer) for layer in two.layers] == [nn.LSTM] * 2
    assert all(kept.dtype == torch.int64 for kept in two.kept)
    skipping, _ = shrink(nn.LSTM(3, 4), nn.Linear(4, 2), skip_constant=True)
    assert type(skipping) is SkippingLSTM


def test_what_is_given_stays_as_it_is():
    lstm, reader = made(7)
    before = [copy.deepcopy(module.state_dict()) for module in (lstm, reader)]
    generator = torch.get_rng_state()
    smaller, its_reader = shrink(lstm, reader)
    assert torch.equal(generator, torch.get_rng_state())
    with torch.no_grad():
        for weight in (*smaller.parameters(), *its_reader.parameters()):
            weight.add_(1)
    for module, old in zip((lstm, reader), before, strict=True):
        for name, weight in module.state_dict().items():
            assert torch.equal(weight, old[name])


@pytest.mark.parametrize("layers", [1, 2])
def test_type_mode_and_what_is_frozen_are_kept(layers):
    lstm, reader = nn.LSTM(3, 4, layers).bfloat16().eval(), nn.Linear(4, 2).bfloat16()
    lstm.bias_hh_l0.requires_grad_(False)
    reader.weight.requires_grad_(False)
    smaller, its_reader = shrink(lstm, reader)
    first = smaller if layers == 1 else smaller.layers[0]
    assert first.weight_ih_l0.dtype == its_reader.weight.dtype == torch.bfloat16
    assert not smaller.training
    assert not first.training
    assert its_reader.training
    assert not first.bias_hh_l0.requires_grad
    assert first.bias_ih_l0.requires_grad
    assert not its_reader.weight.requires_grad
    assert its_reader.bias.requires_grad


def test_dropout_is_between_the_layers_and_nowhere_else():
    torch.manual_seed(0)
    lstm, reader = nn.LSTM(3, 6, 2, dropout=1.0).double(), nn.Linear(6, 2).double()
    with torch.no_grad():
        for weight in (lstm.weight_hh_l0, lstm.weight_ih_l1):
            weight[:, 2:4] = 0
    smaller, its_reader = shrink(lstm, reader)
    x = torch.randn(5, 2, 3, dtype=torch.float64)
    dropped = reader(lstm(x)[0])
    torch.testing.assert_close(its_reader(smaller(x)[0]), dropped)
    lstm.eval(), smaller.eval()
    assert not torch.allclose(reader(lstm(x)[0]), dropped)
    torch.testing.assert_close(its_reader(smaller(x)[0]), reader(lstm(x)[0]))
    # In training a share is dropped, packed or not, and the rest scaled.
    half = StackedLSTM(3, [4, 4], dropout=0.5)
    for inputs in (torch.ones(200, 1, 40), rnn.pack_sequence([torch.ones(200, 40)])):
        kept = half._drop(inputs)
        kept = kept.data if isinstance(kept, rnn.PackedSequence) else kept
        assert set(kept.unique().tolist()) == {0, 2}
        assert 0.45 < (kept == 0).float().mean() < 0.55


def test_unbatched_and_packed_input():
    torch.manual_seed(0)
    for layers in (1, 2):
        lstm, reader = nn.LSTM(3, 6, layers).double(), nn.Linear(6, 2).double()
        sparse(lstm, reader)
        smaller, its_reader = shrink(lstm, reader)
        skipping, _ = shrink(lstm, reader, skip_constant=True)
        x = torch.randn(5, 3, dtype=torch.float64)
        output, state = lstm(x)
        for other in (smaller, skipping):
            its, after = other(x)
            torch.testing.assert_close(its_reader(its), reader(output))
            if layers == 2:
                torch.testing.assert_close(after, other.narrow(state))
        packed = rnn.pack_sequence([x, x[:3]])
        its, _ = smaller(packed)
        expected = reader(lstm(packed)[0].data)
        torch.testing.assert_close(its_reader(its.data), expected)


@pytest.mark.parametrize("skip_constant", [False, True])
@pytest.mark.parametrize("layers", [1, 2])
def test_everything_pruned_leaves_a_unit_of_zeros(layers, skip_constant):
    lstm, reader = nn.LSTM(3, 4, layers), nn.Linear(4, 2)
    with torch.no_grad():
        for weight in (*lstm.parameters(), reader.weight):
            weight.zero_()
        lstm.bias_ih_l0.fill_(1)
    assert count(lstm, reader).neurons == (0,) * layers
    smaller, its_reader = shrink(lstm, reader, skip_constant=skip_constant)
    assert its_reader.weight.shape == (2, 1)
    x = torch.randn(5, 2, 3)
    output, _ = smaller(x)
    assert not output.any()
    assert torch.equal(its_reader(output), reader(lstm(x)[0]))
    # In the middle of a stack alone.
    lstm, reader = nn.LSTM(3, 4, 3).double(), nn.Linear(4, 2).double()
    with torch.no_grad():
        lstm.weight_hh_l1.zero_(), lstm.weight_ih_l2.zero_()
    smaller, its_reader = shrink(lstm, reader, skip_constant=skip_constant)
    x = x.double()
    torch.testing.assert_close(its_reader(smaller(x)[0]), reader(lstm(x)[0]))


@pytest.mark.parametrize("layers", [1, 2])
def test_an_lstm_that_pytorch_pruned(layers):
    torch.manual_seed(0)
    lstm, reader = nn.LSTM(5, 12, layers).double(), nn.Linear(12, 4).double()
    for module, name in [*((lstm, f"weight_{kind}_l{n}") for n in range(layers) for kind in ("ih", "hh")), (reader, "weight")]:  # fmt: skip
        prune.l1_unstructured(module, name, amount=0.4)
    columns = torch.arange(12) % 3 == 0
    for module, name in [(lstm, f"weight_hh_l{n}") for n in range(layers)] + [(lstm, "weight_ih_l1")] * (layers == 2) + [(reader, "weight")]:  # fmt: skip
        mask = getattr(module, f"{name}_mask").clone()
        mask[:, columns] = 0
        prune.custom_from_mask(module, name, mask)
    x = torch.randn(20, 3, 5, dtype=torch.float64)
    lstm(x)
    with torch.no_grad():  # a step: what the last pass read is stale
        for weight in (*lstm.parameters(), *reader.parameters()):
            weight.mul_(1.1)
    smaller, its_reader = shrink(lstm, reader)
    assert its_reader.in_features == 8
    assert not any("_orig" in name for name, _ in smaller.named_parameters())
    assert not list(its_reader.named_buffers())
    assert type(its_reader.weight) is nn.Parameter
    assert its_reader.weight.requires_grad
    assert hasattr(lstm, "weight_hh_l0_orig")
    expected = reader(lstm(x)[0])
    torch.testing.assert_close(its_reader(smaller(x)[0]), expected, rtol=0, atol=1e-12)
    smaller(x)[0].sum().backward()  # and it trains
    copy.deepcopy(smaller)


def test_saliency_pruning_of_pytorch_is_not_exact():
    """What torch.ao makes smaller is another network; ours is what was masked."""
    pruner = pytest.importorskip("torch.ao.pruning._experimental.pruner.lstm_saliency_pruner")  # fmt: skip

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm, self.linear = nn.LSTM(8, 12), nn.Linear(12, 4)

        def forward(self, x):
            output, _ = self.lstm(x)
            return self.linear(output)

    torch.manual_seed(0)
    model, x = Model(), torch.randn(10, 3, 8)
    its = pruner.LSTMSaliencyPruner({"sparsity_level": 0.5})
    names = ("lstm.weight_ih_l0", "lstm.weight_hh_l0")
    its.prepare(model, [{"tensor_fqn": name} for name in names])
    its.enable_mask_update = True
    its.step()
    masked = model(x).detach()
    plain = nn.LSTM(8, 12)
    plain.load_state_dict({
        name: getattr(model.lstm, name).detach() for name in plain.state_dict()
    })  # fmt: skip
    ours, reader = shrink(plain, copy.deepcopy(model.linear))
    torch.testing.assert_close(reader(ours(x)[0]), masked)
    pruned = its.prune()
    assert pruned.lstm.hidden_size == 6
    apart = (pruned(x) - masked).abs().max()
    assert apart > 0.01 * masked.abs().max()


@pytest.mark.parametrize(
    ("lstm", "reader", "message"),
    [
        (nn.GRU(3, 4), nn.Linear(4, 6), "lstm: must be an nn.LSTM, found GRU"),
        (nn.LSTM(3, 4, bidirectional=True), nn.Linear(8, 6), "lstm: is bidirectional"),
        (nn.LSTM(3, 4, proj_size=2), nn.Linear(2, 6), "lstm: has a projection"),
        (nn.LSTM(3, 4), nn.LSTM(4, 6, bidirectional=True), "reader: is bidirectional"),
        (nn.LSTM(3, 4), nn.LSTM(4, 6, proj_size=2), "reader: has a projection"),
        (nn.LSTM(3, 4), nn.Linear(5, 6), "reader: reads 5 units, but the LSTM has 4"),
        (nn.LSTM(3, 4), nn.Conv1d(4, 6, 1), "found Conv1d"),
    ],
)
def test_what_it_cannot_take_is_refused_in_a_sentence(lstm, reader, message):
    with pytest.raises(ValueError, match=message) as error:
        shrink(lstm, reader)
    assert "\n" not in str(error.value)


def test_a_tied_reader_is_refused_until_it_is_untied():
    embedding, lstm, reader = nn.Embedding(6, 4), nn.LSTM(4, 4), nn.Linear(4, 6)
    reader.weight = embedding.weight
    with pytest.raises(ValueError, match=r"its weight is an embedding's too.*: untie"):
        shrink(lstm, reader)
    reader.weight = nn.Parameter(reader.weight.clone())
    shrink(lstm, reader)
    # Nor does one that is gone stand in the way.
    reader.weight = embedding.weight
    embedding.itself = embedding
    del embedding
    shrink(lstm, reader)
    gc.collect()


def test_a_weight_that_a_hook_computes_is_refused():
    lstm, reader = nn.LSTM(3, 4), nn.Linear(4, 6)
    raw = lstm._parameters.pop("weight_hh_l0")  # as weight drop does
    lstm.weight_hh_l0 = raw * 2
    with pytest.raises(ValueError, match="weight_hh_l0: a hook computes it"):
        shrink(lstm, reader)


def test_a_state_must_fit():
    smaller, _ = shrink(nn.LSTM(3, 4, 2), nn.Linear(4, 6))
    x, h = torch.randn(5, 2, 3), torch.zeros(2, 2, 4)
    for state in ((h, h), [(h[:1], h[:1])]):
        with pytest.raises(ValueError, match=r"one \(h, c\) for each of 2 layers"):
            smaller(x, state)
    with pytest.raises(ValueError, match=r"of 2 layers, found \(3, 2, 4\) and"):
        smaller.narrow((torch.zeros(3, 2, 4), torch.zeros(3, 2, 4)))
    smaller(x, smaller.narrow((h, h)))


@pytest.mark.parametrize("options", [{"num_layers": 2}, {"bidirectional": True}, {"proj_size": 2}])  # fmt: skip
def test_constant_gates_are_left_out_of_single_layers(options):
    with pytest.raises(ValueError, match="lstm: must be of one layer"):
        SkippingLSTM(nn.LSTM(3, 4, **options))


def test_all_gates_constant():
    lstm = nn.LSTM(3, 4).double()
    with torch.no_grad():
        lstm.weight_ih_l0.zero_(), lstm.weight_hh_l0.zero_()
    skipping, x = SkippingLSTM(lstm), torch.randn(5, 2, 3).double()
    assert skipping.multiply_adds == 0
    torch.testing.assert_close(skipping(x), lstm(x))


ALONE = """
import importlib.abc, sys, warnings

class Nothing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        first, *rest = name.split(".")
        ours = first == "ontogeny" and rest[:1] not in ([], ["pruning"])
        if ours or first in OTHERS:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

OTHERS = "numpy scipy pandas pyarrow pydantic sklearn matplotlib yaml tqdm seaborn array_api_compat".split()
sys.meta_path.insert(0, Nothing())
warnings.simplefilter("ignore")  # torch's own, that it misses numpy
import torch
from safetensors.torch import load_file
from torch import nn
from ontogeny import pruning

file = load_file(sys.argv[1])
smaller = pruning.StackedLSTM(3, [len(file["kept_0"]), len(file["kept_1"])])
x, output = file.pop("x"), file.pop("output")
smaller.load_state_dict(file)
assert torch.allclose(smaller(x)[0], output)

lstm, reader, settings = nn.LSTM(3, 4), nn.Linear(4, 2), dict(groups="wgn", lambda_group=0.1, lambda_l1=0.1)
pruning.penalty(lstm, reader, **settings).backward()
pruning.penalty_gradient_(lstm, reader, **settings)
pruning.threshold_(lstm, reader, 0.4)
pruning.gate_structure(lstm, reader), pruning.group_norms(lstm, reader, groups="iss"), pruning.count(lstm, reader)
pruning.shrink(lstm, reader), pruning.shrink(lstm, reader, skip_constant=True)
sizes = pruning.group_sizes("wgn", 3, 4, 2)
pruning.unmet_conditions(sizes, lambda_group=1, threshold=1, first_rate=1, last_rate=1)
assert not [name for name in sys.modules if name.startswith("ontogeny.") and "pruning" not in name]
"""


def test_torch_alone_is_needed(tmp_path):
    """Where nothing else is installed, of ours or of others; safetensors to load."""
    lstm, reader = nn.LSTM(3, 4, 2), nn.Linear(4, 2)
    sparse(lstm, reader)
    smaller, _ = shrink(lstm, reader)
    x = torch.randn(5, 2, 3)
    path = tmp_path / "lstm.safetensors"
    save_file(smaller.state_dict() | {"x": x, "output": smaller(x)[0].detach()}, path)
    found = subprocess.run(
        [sys.executable, "-c", ALONE, path],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr


def test_the_package_has_its_names():
    from ontogeny import pruning

    for name in pruning.__all__:
        assert getattr(pruning, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'grow'"):
        pruning.grow  # noqa: B018
