"""The encoder–decoder Transformer: attention, sites, maps, padding, places of weights."""

import math
from collections import Counter

import pytest
import torch
from safetensors.torch import load, save
from torch import nn
from torch.nn import functional as F

from benchmarks.transformer_step import Peer
from ontogeny.errors import InputError
from ontogeny.models.attention import MultiHeadAttention
from ontogeny.models.dropout import Dropout
from ontogeny.models.transformer import END, PAD, START, EncoderDecoder, sinusoids

TYPES = 11
SIZES = {"layers": 2, "d": 8, "heads": 2, "inner": 12}
NORMS = ["post", "pre"]


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def made(norm="pre", **sizes):
    """A model in float64, in evaluation, whose biases and norms are not as at the start."""
    model = EncoderDecoder(TYPES, **{**SIZES, **sizes}, norm=norm).double().eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 1:
                parameter.add_(torch.randn_like(parameter), alpha=0.3)
    return model


def texts(*lengths, start=None):
    """Ids, padded, that end in `</s>`, or begin with another."""
    rows = []
    for length in lengths:
        ids = torch.randint(4, TYPES, (length,))
        ids[-1 if start is None else 0] = END if start is None else start
        rows.append(ids)
    return nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=PAD)


def recorded(model, source, target):
    """Sites, maps and output of a pass, by name, in the order met."""
    sites, maps = {}, {}
    output = model(
        source,
        target,
        at_site=lambda name, x: sites.setdefault(name, x),
        at_map=lambda name, x: maps.setdefault(name, x),
    )
    return sites, maps, output


# Attention


def by_the_formula(attention, x, memory, seen):
    """Head by head; `seen` says which keys a query may look at."""
    size = x.shape[-1] // attention.heads
    heads = []
    for head in range(attention.heads):
        rows = slice(head * size, (head + 1) * size)
        q, k, v = (
            of @ layer.weight[rows].T + layer.bias[rows]
            for of, layer in (
                (x, attention.q),
                (memory, attention.k),
                (memory, attention.v),
            )
        )
        e = (q @ k.transpose(1, 2) / math.sqrt(size)).exp() * seen
        heads.append(e / e.sum(-1, keepdim=True) @ v)
    return torch.cat(heads, -1) @ attention.o.weight.T + attention.o.bias


@pytest.mark.parametrize(
    ("dtype", "error"), [(torch.float32, 1e-6), (torch.float64, 1e-12)]
)
@pytest.mark.parametrize("case", ["self", "cross", "causal", "hidden"])
def test_both_paths_of_attention_are_the_formula(dtype, error, case):
    attention = MultiHeadAttention(12, heads=3).to(dtype)
    x = torch.randn(2, 5, 12, dtype=dtype)
    memory = torch.randn(2, 7, 12, dtype=dtype) if case in ("cross", "hidden") else None
    read = x if memory is None else memory
    seen = torch.ones(2, 5, read.shape[1], dtype=dtype)
    hidden = None
    if case == "causal":
        seen = seen.tril()
    if case == "hidden":
        seen[1, :, 4:] = 0
        hidden = seen[:, None, :1].log()
    options = {"hidden": hidden, "causal": case == "causal"}
    fused = attention(x, memory, **options)
    maps = []
    explicit = attention(x, memory, **options, at_map=lambda a: maps.append(a) or a)
    formula = by_the_formula(attention, x, read, seen)
    torch.testing.assert_close(fused, explicit, rtol=0, atol=error)
    torch.testing.assert_close(fused, formula, rtol=0, atol=error)
    (found,) = maps
    assert found.shape == (2, 3, 5, read.shape[1])
    torch.testing.assert_close(found.sum(-1), torch.ones_like(found[..., 0]))
    assert (found[(seen == 0)[:, None].expand_as(found)] == 0).all()


def test_what_is_returned_of_a_map_is_attended_by():
    attention = MultiHeadAttention(4, heads=2).double()
    x = torch.randn(1, 3, 4, dtype=torch.float64)
    first = torch.zeros(1, 2, 3, 3, dtype=torch.float64)
    first[..., 0] = 1
    found = attention(x, at_map=lambda _: first)
    expected = attention.o(attention.v(x[:, :1])).expand(1, 3, 4)
    torch.testing.assert_close(found, expected)


def test_no_map_is_formed_unless_it_is_wanted(monkeypatch):
    model, source, target = made(), texts(4, 3), texts(5, 2, start=START)
    fused = []
    real = F.scaled_dot_product_attention

    def spy(*arguments, **options):
        fused.append(arguments)
        return real(*arguments, **options)

    monkeypatch.setattr(F, "scaled_dot_product_attention", spy)
    model(source, target, at_site=lambda name, x: x)
    assert len(fused) == 3 * SIZES["layers"]
    fused.clear()
    recorded(model, source, target)
    assert not fused


# The whole model


@pytest.mark.parametrize("norm", NORMS)
def test_outputs_and_gradients_are_those_of_pytorchs_transformer(norm):
    model = made(norm)
    peer = Peer(model, dropout=0.1).eval()
    source, target = texts(6, 4, 5), texts(3, 7, 2, start=START)
    weights = torch.randn(3, 7, SIZES["d"], dtype=torch.float64)
    weights[target == PAD] = 0
    for network in (model, peer.train()):
        for module in network.modules():
            if isinstance(module, nn.Dropout):
                module.p = 0.0
        (network(source, target) * weights).sum().backward()
    torch.testing.assert_close(
        (model(source, target) * weights), peer(source, target) * weights
    )
    torch.testing.assert_close(model.embedding.weight.grad, peer.embedding.weight.grad)
    ours = model.encoder[0].self_attention
    theirs = peer.transformer.encoder.layers[0].self_attn.in_proj_weight.grad
    torch.testing.assert_close(
        torch.cat([part.weight.grad for part in (ours.q, ours.k, ours.v)]), theirs
    )
    torch.testing.assert_close(
        model.decoder[1].fc1.weight.grad,
        peer.transformer.decoder.layers[1].linear1.weight.grad,
    )


@pytest.mark.parametrize("norm", NORMS)
def test_neither_padding_nor_other_sentences_change_what_is_visible(norm):
    model = made(norm)
    lengths = [(6, 3), (2, 7), (4, 4)]
    source = texts(*(s for s, _ in lengths))
    target = texts(*(t for _, t in lengths), start=START)
    wider = [F.pad(ids, (0, 300)) for ids in (source, target)]
    for sites, maps, output in (
        recorded(model, source, target),
        recorded(model, *wider),
    ):
        for row, (s, t) in enumerate(lengths):
            alone = recorded(
                model, source[row : row + 1, :s], target[row : row + 1, :t]
            )
            steps = {"source": s, "encoder": s, "target": t, "decoder": t}
            pairs = [(output[row, :t], alone[2][0])]
            for name, x in sites.items():
                pairs.append((x[row, : steps[name.rstrip("12")]], alone[0][name][0]))
            for name, x in maps.items():
                queries, keys = alone[1][name].shape[-2:]
                pairs.append((x[row, :, :queries, :keys], alone[1][name][0]))
                assert (x[row, :, :queries, keys:] == 0).all()
            for found, expected in pairs:
                torch.testing.assert_close(found, expected, rtol=0, atol=1e-12)


def test_the_decoder_sees_nothing_later_and_all_of_the_source():
    model, source, target = made(), texts(4), texts(6, start=START)
    output = model(source, target)
    changed = target.clone()
    changed[0, 3] = 4 if changed[0, 3] != 4 else 5
    moved = (model(source, changed) - output).abs().amax(-1)[0]
    assert (moved[:3] == 0).all()
    assert (moved[3:] > 1e-6).all()
    source[0, -2] = 4 if source[0, -2] != 4 else 5
    assert ((model(source, target) - output).abs().amax(-1) > 1e-6).all()


@pytest.mark.parametrize("norm", NORMS)
def test_sites_and_maps_are_met_by_their_names(norm):
    model, source, target = made(norm), texts(4, 3), texts(5, 2, start=START)
    sites, maps, output = recorded(model, source, target)
    assert list(sites) == list(model.sites)
    assert maps.keys() == model.maps.keys()
    steps = {"s": 4, "e": 4, "t": 5, "d": 5}
    for name, shape in model.sites.items():
        assert sites[name].shape == (2, steps[name[0]], *shape)
    cells = {"encoder_self": (4, 4), "cross": (5, 4), "decoder_self": (5, 5)}
    for name, shape in model.maps.items():
        assert maps[name].shape == (2, *shape, *cells[name.rstrip("12")])
    assert sites["decoder2"].equal(output)
    torch.testing.assert_close(sites["encoder2"], model.encode(source))


@pytest.mark.parametrize("norm", NORMS)
def test_a_site_is_what_the_next_block_reads(norm):
    """What is returned at a site replaces all that came before it."""
    model = made(norm)
    pairs = [(texts(4, 3), texts(5, 2, start=START)) for _ in range(2)]
    (sites, _, output), (_, _, other) = (recorded(model, *pair) for pair in pairs)
    assert (output - other).abs().amax() > 1e-2
    (_, target), (strange_source, strange_target) = pairs
    for name in model.sites:
        shown = {name: sites[name]}
        read = target
        if name[0] in "td":
            shown["encoder2"], read = sites["encoder2"], strange_target
        found = model(strange_source, read, at_site=lambda n, x, s=shown: s.get(n, x))
        torch.testing.assert_close(found, output, rtol=0, atol=1e-12)


def test_the_last_sites_lie_after_the_last_norm():
    for norm in NORMS:
        model = EncoderDecoder(TYPES, **SIZES, norm=norm).double().eval()
        sites, _, _ = recorded(model, texts(5), texts(4, start=START))
        for name, x in sites.items():
            normed = name[-1] == "2" or (norm == "post" and name[-1] == "1")
            assert torch.allclose(x.mean(-1), torch.zeros(1).double()) == normed


def test_source_and_target_are_embedding_and_position():
    model = made()
    source = texts(4)
    sites, _, _ = recorded(model, source, source)
    for unit in range(8):
        rate = 10_000 ** (-(unit - unit % 2) / 8)
        wave = math.cos if unit % 2 else math.sin
        for step in range(4):
            entry = model.embedding.weight[source[0, step], unit].item()
            expected = entry * math.sqrt(8) + wave(step * rate)
            for name in ("source", "target"):
                assert sites[name][0, step, unit].item() == pytest.approx(expected)


def test_positions_are_the_same_however_many_are_asked_for():
    assert sinusoids(1024, 6, torch.float64)[:256].equal(
        sinusoids(256, 6, torch.float64)
    )
    model = made()
    long = texts(700)
    x = recorded(model, long, long)[0]["source"]
    torch.testing.assert_close(
        x[0], model.embedding(long[0]) * 8**0.5 + sinusoids(700, 8, torch.float64)
    )


# Weights


def test_weights_begin_as_they_should():
    model = EncoderDecoder(2_000, layers=1, d=64, heads=4, inner=128)
    assert model.embedding.weight.std().item() == pytest.approx(1 / 8, rel=0.02)
    for name, weight in model.named_parameters():
        if name.endswith("bias"):
            assert not weight.any()
        elif name in model.prunable:
            bound = math.sqrt(6 / sum(weight.shape))
            assert 0.98 * bound < weight.abs().max() <= bound


@pytest.mark.parametrize("norm", NORMS)
def test_prunable_are_all_matrices_but_the_embedding(norm):
    model = made(norm)
    matrices = [n for n, p in model.named_parameters() if p.ndim == 2]
    assert [n for n in matrices if n != "embedding.weight"] == list(model.prunable)
    assert list(made(norm).prunable) == list(model.prunable)
    places = list(model.prunable.values())
    assert len(set(places)) == len(places)
    attention, linear = {"q", "k", "v", "o"}, {"fc1", "fc2"}
    for stack, kinds in {
        "encoder": {"self", "fc"},
        "decoder": {"self", "cross", "fc"},
    }.items():
        for layer in (1, 2):
            here = [p for p in places if (p.stack, p.layer) == (stack, layer)]
            assert {p.kind for p in here} == kinds
            for kind in kinds:
                expected = linear if kind == "fc" else attention
                assert {p.matrix for p in here if p.kind == kind} == expected
    for name, place in model.prunable.items():
        block = getattr(model, place.stack)[place.layer - 1]
        owner = (
            block if place.kind == "fc" else getattr(block, f"{place.kind}_attention")
        )
        assert getattr(owner, place.matrix).weight is model.get_parameter(name)


def test_the_papers_sizes_give_its_share_outside_the_embedding():
    """0.840 of 32.8 k subwords' model (table A1)."""
    with torch.device("meta"):
        model = EncoderDecoder(32_768)
    prunable = sum(model.get_parameter(name).numel() for name in model.prunable)
    every = sum(parameter.numel() for parameter in model.parameters())
    assert prunable / every == pytest.approx(0.840, abs=0.002)


def test_weights_are_kept_once_each_and_nothing_else():
    model = made()
    kept = load(save(model.state_dict()))
    assert kept.keys() == {name for name, _ in model.named_parameters()}
    tied = Counter(name for name, x in kept.items() if TYPES in x.shape)
    assert list(tied) == ["embedding.weight"]
    other = made()
    other.load_state_dict(kept)
    source, target = texts(4), texts(3, start=START)
    assert other.logits(other(source, target)).equal(
        model.logits(model(source, target))
    )


@pytest.mark.parametrize(
    "sizes",
    [{"heads": 3}, {"heads": 0}, {"norm": "both"}, {"layers": 0}, {"dropout": 1}],
)
def test_sizes_that_do_not_fit_are_told(sizes):
    with pytest.raises(InputError, match=f"^{next(iter(sizes))}: "):
        EncoderDecoder(TYPES, **{**SIZES, **sizes})


# Dropout


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_dropout_drops_the_share_and_keeps_the_mean(share, dtype):
    x = torch.ones(401, 1001, dtype=dtype, requires_grad=True)
    y = Dropout(share)(x)
    dropped = (y == 0).double().mean().item()
    assert dropped == pytest.approx(share, abs=4 * math.sqrt(share / x.numel()))
    assert y.dtype == dtype
    assert y[y != 0].unique().item() == pytest.approx(1 / (1 - share), rel=1e-4)
    y.sum().backward()
    assert x.grad.equal(y.detach())


def test_units_are_dropped_independently_of_their_neighbours():
    kept = (Dropout(0.5)(torch.ones(400_001)) != 0).double() - 0.5
    for apart in (1, 2, 3, 4, 8):
        assert abs((kept[apart:] * kept[:-apart]).mean().item()) < 0.002
    for place in range(4):
        assert abs(kept[place::4].mean().item()) < 0.006


def test_dropout_is_of_the_seed_and_of_training():
    dropout, x = Dropout(0.3), torch.randn(5, 7)
    draws = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        draws.append(dropout(x))
    assert draws[0].equal(draws[1])
    assert not draws[0].equal(draws[2])
    assert dropout.eval()(x) is x or dropout(x).equal(x)


def test_embeddings_and_sublayers_are_dropped_and_nothing_else(monkeypatch):
    model = EncoderDecoder(TYPES, **SIZES, dropout=0.2)
    shapes = []
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.register_forward_hook(lambda m, x, y: shapes.append(tuple(y.shape)))
    monkeypatch.setattr(F, "dropout", None)  # nor by another way
    model(texts(4, 3), texts(5, 1, start=START))  # padding is not among them
    assert Counter(shapes) == {(4 + 3, 8): 1 + 2 * 2, (5 + 1, 8): 1 + 2 * 3}
    assert all(
        m.dropout == 0 for m in model.modules() if isinstance(m, MultiHeadAttention)
    )


# Step by step


@pytest.mark.parametrize("norm", NORMS)
def test_steps_with_a_cache_are_the_whole_pass(norm):
    """Also of several hypotheses a sentence, which part, and of fewer sentences."""
    model, source = made(norm), texts(5, 3, 4)
    target = torch.randint(4, TYPES, (3, 2, 6))
    target[..., 0] = START
    with torch.no_grad():
        whole = torch.stack([model(source, target[:, one]) for one in (0, 1)], 1)
        cache = model.cache(source)
        for step in range(4):
            output, cache = model.decode_step(target[..., step], cache)
            torch.testing.assert_close(output, whole[:, :, step], rtol=0, atol=1e-12)
        # Sentences 1 and 3 go on, each with three of what were two hypotheses.
        rows, parents = torch.tensor([0, 2]), torch.tensor([[1, 1, 0], [0, 1, 0]])
        cache = cache.select(rows, parents)
        texts_ = target[rows].gather(1, parents[..., None].expand(-1, -1, 6))
        for step in (4, 5):
            texts_[..., step] = torch.randint(4, TYPES, (2, 3))
            output, cache = model.decode_step(texts_[..., step], cache)
            for one in range(3):
                full = model(source[rows], texts_[:, one])[:, step]
                torch.testing.assert_close(output[:, one], full, rtol=0, atol=1e-12)
