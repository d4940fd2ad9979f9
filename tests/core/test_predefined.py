"""Layers that are sparse before they learn: sizes, twins, memory."""

import copy
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn

from ontogeny.predefined import (
    SparseEmbedding,
    SparseLSTM,
    block_sizes,
    embedding_alpha,
    embedding_rows,
    input_segments,
    reductions,
)

AWD = (400, 1150, 1150, 400)
WIDER = (400, 1725, 1725, 400)


def count(module):
    return sum(p.numel() for p in module.parameters())


def on_meta(kind, *sizes, **options):
    return kind(*sizes, device="meta", **options)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


# --- sizes ---


def test_the_papers_middle_layer_has_the_parameters_of_the_dense_one():
    dense = on_meta(nn.LSTM, 1150, 1150)
    sparse = on_meta(SparseLSTM, 1725, 1725, blocks=3, density=0.555)
    assert abs(count(sparse) / count(dense) - 1) < 1e-3
    assert round(count(dense) / 1e6) == 11
    assert round(count(on_meta(nn.LSTM, 1725, 1725)) / 1e6) == 24


def test_equal_parameters_at_twenty_sizes():
    rng = np.random.default_rng(0)
    for _ in range(20):
        i, h = rng.integers(60, 900, size=2).tolist()
        a, b = rng.uniform(0.5, 1, size=2)
        blocks, density = reductions(i, h, a, b)
        if density == 1:
            continue
        sparse = on_meta(SparseLSTM, i, h, blocks=blocks, density=density)
        dense = 4 * (a * i * b * h + (b * h) ** 2 + 2 * b * h)
        # An input column a block.
        assert abs(count(sparse) - dense) <= 4 * h


def test_the_papers_whole_models():
    def whole(sizes, make):
        pairs = pairwise(sizes)
        return 10_000 * sizes[0] + 10_000 + sum(count(make(*pair)) for pair in pairs)

    def sparse(i, h):
        a, b = (AWD[WIDER.index(size)] / size for size in (i, h))
        return on_meta(SparseLSTM.from_reductions, i, h, a, b)

    dense = whole(AWD, lambda *pair: on_meta(nn.LSTM, *pair))
    assert dense / 1e6 == pytest.approx(24.22, abs=0.005)
    assert whole(WIDER, sparse) / 1e6 == pytest.approx(23.82, abs=0.005)
    assert round(whole(WIDER, lambda *p: on_meta(nn.LSTM, *p)) / 1e6) == 46


@pytest.mark.parametrize(
    ("sizes", "reduced", "expected"),
    [((400, 1725), (1, 2 / 3), (3, 1.0)), ((1725, 1725), (2 / 3, 2 / 3), (3, 0.555)),
     ((300, 200), (2 / 3, 1), (2, 1.0)), ((100, 200), (1, 0.5), (4, 0.49)),
     ((64, 64), (1, 1), (1, 1.0))],
)  # fmt: skip
def test_reductions_as_the_authors_code_has_them(sizes, reduced, expected):
    blocks, density = reductions(*sizes, *reduced)
    assert (blocks, round(density, 3)) == expected


def test_more_blocks_than_the_least_may_be_asked_for():
    assert reductions(200, 300, 1, 2 / 3)[0] == 2
    assert reductions(200, 300, 1, 2 / 3, blocks=3) == (3, pytest.approx(0.83))
    with pytest.raises(ValueError, match="need 2 to 300, found 1"):
        reductions(200, 300, 1, 2 / 3, blocks=1)


@pytest.mark.parametrize("wrong", [(0, 1), (1, 1.5), (0.01, 0.01)])
def test_reductions_that_leave_nothing_are_refused(wrong):
    with pytest.raises(ValueError, match="reduc"):
        reductions(20, 20, *wrong)


# Worked out by hand with the authors' formulas; figures of parameters are those of
# figure 1 and of nn.LSTM(400, 1150), nn.LSTM(1150, 1150) and nn.LSTM(1150, 400).
PAPERS_LAYERS = [
    # inputs, units; shares that the dense layer has; N, γ and that before it is capped;
    # units of a block; segments; weights of the sparse and of the dense layer
    ((400, 1725), (1, 2 / 3), (3, 1.0, 1.1442), [575] * 3, [(0, 400)] * 3,
     6_741_300, 7_139_200),
    ((1725, 1725), (2 / 3, 2 / 3), (3, 0.5552, 0.5552), [575] * 3,
     [(0, 957), (383, 1341), (767, 1725)], 10_589_200, 10_589_200),
    ((1725, 400), (2 / 3, 1), (2, 0.7826, 0.7826), [200] * 2,
     [(0, 1350), (375, 1725)], 2_483_200, 2_483_200),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sizes", "reduced", "known", "units", "segments", "weights", "dense"),
    PAPERS_LAYERS,
)
def test_the_papers_layers_are_those_of_the_authors_formulas(
    sizes, reduced, known, units, segments, weights, dense
):
    (i, h), (a_i, a_o) = sizes, reduced
    # X = a_i a_o i + a_o² h + 2 a_o − 2 and γ = (X − h / N) / i, before it is capped.
    left = a_i * a_o * i + a_o**2 * h + 2 * a_o - 2
    assert (left - h / known[0]) / i == pytest.approx(known[2], abs=5e-5)
    lstm = on_meta(SparseLSTM.from_reductions, i, h, a_i, a_o)
    assert (len(lstm.blocks), round(lstm.density, 4)) == known[:2]
    assert [block.hidden_size for block in lstm.blocks] == units
    assert lstm.input_segments == segments
    assert [block.input_size for block in lstm.blocks] == [b - a for a, b in segments]
    assert count(lstm) == weights
    reduced_size = round(a_i * i), round(a_o * h)
    assert count(on_meta(nn.LSTM, *reduced_size)) == dense


def test_the_default_layers_of_a_language_model_on_a_cpu():
    # Settled: dense 200 → 200 → 200, sparse 200 → 300 → 200.
    for sizes, reduced, blocks, density, segments in (
        ((200, 300), (1, 2 / 3), 3, 0.83, [(0, 166), (17, 183), (34, 200)]),
        ((300, 200), (2 / 3, 1), 2, 1.0, [(0, 300), (0, 300)]),
    ):
        lstm = SparseLSTM.from_reductions(*sizes, *reduced, blocks=blocks)
        assert lstm.density == pytest.approx(density)
        assert lstm.input_segments == segments
        assert count(lstm) == 321_600 == 4 * (200 * 200 + 200 * 200 + 2 * 200)


@pytest.mark.parametrize(("inputs", "blocks"), [(10, 1), (10, 3), (97, 7), (400, 5)])
@pytest.mark.parametrize("density", [0.34, 0.555, 1.0])
def test_every_input_is_read_and_shares_overlap_evenly(inputs, blocks, density):
    if blocks == 1 and density < 1:
        with pytest.raises(ValueError, match="1/1 to 1"):
            input_segments(inputs, blocks, density)
        return
    segments = input_segments(inputs, blocks, density)
    assert segments[0][0] == 0
    assert segments[-1][1] == inputs
    assert set().union(*(range(*one) for one in segments)) == set(range(inputs))
    lengths = [end - begin for begin, end in segments]
    assert max(lengths) - min(lengths) <= 1
    begins = np.diff([begin for begin, _ in segments])
    assert blocks == 1 or begins.max() - begins.min() <= 1


@pytest.mark.parametrize(("blocks", "density"), [(0, 1), (11, 1), (3, 0.3), (2, 1.1)])
def test_segments_that_cannot_be_are_refused(blocks, density):
    with pytest.raises(ValueError, match=r"blocks|density"):
        input_segments(10, blocks, density)


def test_blocks_differ_by_a_unit_at_most():
    assert block_sizes(11, 4) == [2, 3, 3, 3]
    with pytest.raises(ValueError, match="1 to 2"):
        block_sizes(2, 3)


@pytest.mark.parametrize("dimensions", [1, 2, 5, 20, 400])
@pytest.mark.parametrize("density", [0.01, 0.05, 0.0501, 0.1, 0.25, 0.5, 0.9, 1.0])
def test_alpha_is_there_just_where_it_can_be(dimensions, density):
    if not 1 / dimensions < density <= 1 and density != 1:
        with pytest.raises(ValueError, match=f"1/{dimensions}"):
            embedding_alpha(dimensions, density)
        return
    alpha = embedding_alpha(dimensions, density)
    assert 0 < alpha <= 1
    total = np.sum(alpha ** np.arange(dimensions))
    assert total == pytest.approx(density * dimensions, abs=1e-6)


@pytest.mark.parametrize("density", [0, -1, 1.01])
def test_a_density_outside_is_refused(density):
    with pytest.raises(ValueError, match="density"):
        embedding_alpha(20, density)


@pytest.mark.parametrize("blocks", [None, 10, 20, 7])
@pytest.mark.parametrize("words", [60, 1000, 44_000])
@pytest.mark.parametrize("density", [0.16, 0.25, 0.5, 0.83, 1.0])
def test_an_embedding_has_the_share_that_it_should(words, density, blocks):
    rows = embedding_rows(words, 20, density, blocks=blocks)
    assert rows.dtype == np.int64
    assert rows.shape == (20,)
    assert (np.diff(rows) <= 0).all()
    assert rows[0] == words
    assert rows[-1] >= 0
    off = abs(rows.sum() / (20 * words) - density)
    # Rounding: half a word a dimension; with blocks, of the last block.
    assert off < (1 / (2 * words) if blocks is None else 1 / words) + 1e-6


def test_rows_follow_the_formula():
    alpha = embedding_alpha(20, 0.25)
    expected = [int(alpha**j * 44_000 + 0.5) for j in range(20)]
    assert embedding_rows(44_000, 20, 0.25).tolist() == expected


def test_blocks_that_cannot_be_are_refused():
    for blocks, density in ((0, 0.5), (21, 0.5), (2, 0.4)):
        with pytest.raises(ValueError, match=r"blocks|density"):
            embedding_rows(100, 20, density, blocks=blocks)


# --- LSTM ---

SIZES = [(10, 6, 3, 0.5), (7, 7, 2, 0.8), (9, 11, 4, 0.4), (5, 4, 1, 1.0)]


def twins(i, h, blocks, density, dtype, **options):
    sparse = SparseLSTM(i, h, blocks=blocks, density=density, dtype=dtype, **options)
    return sparse, sparse.dense()


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize(
    ("dtype", "error"), [(torch.float32, 1e-6), (torch.float64, 1e-12)]
)
def test_blocks_are_a_masked_dense_layer(sizes, dtype, error):
    sparse, dense = twins(*sizes, dtype)
    x = torch.randn(6, 3, sizes[0], dtype=dtype)
    state = tuple(torch.randn(1, 3, sizes[1], dtype=dtype) for _ in range(2))
    inputs = [x.clone().requires_grad_() for _ in range(2)]
    found = []
    for lstm, at in zip((sparse, dense), inputs, strict=True):
        output, (h, c) = lstm(at, state)
        (output.square().sum() + h.sum() + c.square().sum()).backward()
        found.append((output, h, c, at.grad))
    for one, other in zip(*found, strict=True):
        assert (one - other).abs().max() <= error * max(1, other.abs().max())
    # The gradients, too, where there are weights.
    copied = copy.deepcopy(sparse)
    for own, p in zip(copied.parameters(), sparse.parameters(), strict=True):
        own.data = p.grad
    for mask, name in zip(
        sparse.masks(), ("weight_ih_l0", "weight_hh_l0"), strict=True
    ):
        expected = getattr(dense, name).grad * mask
        assert torch.allclose(
            getattr(copied.dense(), name), expected, rtol=0, atol=10 * error
        )


@pytest.mark.parametrize("sizes", SIZES)
def test_parameters_are_those_of_the_formula(sizes):
    i, h, blocks, density = sizes
    sparse = SparseLSTM(i, h, blocks=blocks, density=density)
    of_input, recurrent = sparse.masks()
    assert count(sparse) == int(of_input.sum() + recurrent.sum()) + 8 * h
    units = block_sizes(h, blocks)
    lengths = [end - begin for begin, end in sparse.input_segments]
    expected = sum(4 * u * (n + u + 2) for u, n in zip(units, lengths, strict=True))
    assert count(sparse) == expected


def test_states_are_carried_as_nn_lstm_carries_them():
    sparse = SparseLSTM(10, 6, blocks=3, density=0.5)
    x = torch.randn(8, 2, 10)
    whole, end = sparse(x)
    first, state = sparse(x[:3])
    second, last = sparse(x[3:], state)
    assert torch.allclose(whole, torch.cat([first, second]), atol=1e-6)
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(end, last, strict=True))


def test_the_other_shapes_of_nn_lstm():
    x = torch.randn(8, 2, 10)
    one = SparseLSTM(10, 6, blocks=3, density=0.5, batch_first=True)
    other = SparseLSTM(10, 6, blocks=3, density=0.5)
    other.load_state_dict(one.state_dict())
    expected, (h, _) = other(x)
    assert torch.allclose(one(x.transpose(0, 1))[0].transpose(0, 1), expected)
    unbatched, (h_one, _) = other(x[:, 0])
    assert torch.allclose(unbatched, expected[:, 0], atol=1e-6)
    assert h_one.shape == (1, 6)
    assert torch.allclose(h_one, h[:, 0], atol=1e-6)
    assert "blocks=3" in repr(one)
    no_bias, dense = twins(10, 6, 3, 0.5, torch.float32, bias=False)
    assert torch.allclose(no_bias(x)[0], dense(x)[0], atol=1e-6)


def test_an_input_of_another_width_is_refused():
    with pytest.raises(ValueError, match="must be 10 long, found 9"):
        SparseLSTM(10, 6, blocks=3, density=0.5)(torch.zeros(3, 1, 9))


# --- embedding ---


@pytest.mark.parametrize("blocks", [None, 4])
def test_an_embedding_is_its_matrix_with_zeros(blocks):
    embedding = SparseEmbedding(50, 8, 0.4, blocks=blocks)
    ids = torch.randint(50, (5, 3))
    weight = embedding.weight
    assert torch.equal(embedding(ids), weight[ids])
    trained = torch.arange(50)[:, None] < embedding.rows
    assert torch.equal(weight != 0, trained)
    assert count(embedding) == trained.sum()
    assert len(embedding) == 50
    assert "density=0.4" in repr(embedding)


def test_gradients_reach_what_is_trained_and_nothing_else():
    embedding = SparseEmbedding(50, 8, 0.4)
    dense = nn.Embedding.from_pretrained(embedding.weight.detach(), freeze=False)
    ids, factor = torch.randint(50, (20,)), torch.randn(20, 8)
    for one in (embedding, dense):
        (one(ids) * factor).sum().backward()
    trained = torch.arange(50)[:, None] < embedding.rows
    expected = dense.weight.grad.T[trained.T]
    assert torch.allclose(embedding.values.grad, expected)
    embedding.values.grad = None
    (embedding.weight[ids] * factor).sum().backward()
    assert torch.allclose(embedding.values.grad, expected)


@pytest.mark.parametrize("ids", [[50], [-1]])
def test_words_that_are_not_there_are_refused(ids):
    with pytest.raises(IndexError, match="0 to 49"):
        SparseEmbedding(50, 8, 0.4)(torch.tensor(ids))


def test_the_layers_need_no_more_than_torch(root):
    import subprocess
    import sys

    code = (
        "import sys; import ontogeny.predefined; "
        "bad = {'pandas', 'pydantic', 'scipy', 'snakemake'} & set(sys.modules); "
        "sys.exit(str(bad) if bad else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=root).returncode == 0


def test_the_page_s_examples_run(root):
    import doctest
    import re

    torch.manual_seed(0)
    text = (root / "docs" / "predefined.md").read_text(encoding="utf-8")
    text = re.sub(r"^```.*$", "", text, flags=re.M)
    examples = doctest.DocTestParser().get_doctest(text, {}, "predefined.md", None, 0)
    assert len(examples.examples) >= 9
    report = []
    flags = doctest.NORMALIZE_WHITESPACE
    runner = doctest.DocTestRunner(optionflags=flags)
    assert not runner.run(examples, out=report.append).failed, "".join(report)
