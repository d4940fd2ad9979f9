"""Sums of views: streaming, merging, counting, subsets; what is refused."""

import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
import torch
from safetensors.numpy import load, save

from ontogeny.errors import InputError
from ontogeny.measures.similarity.moments import CrossMoments, Moments
from ontogeny.measures.similarity.rows import Rows

N, A, B, G = 500, 7, 4, 5
rng = np.random.default_rng(0)
VIEW_A = rng.standard_normal((N, A)) @ rng.standard_normal((A, A)) + 3
VIEW_B = VIEW_A[:, :B] ** 2 + rng.standard_normal((N, B))
SENTENCE_GROUPS = rng.integers(G, size=N)


def pair(a=VIEW_A, b=VIEW_B, **layout):
    """Moments of both views and of the pair, in one update each."""
    moments = (
        Moments(a.shape[1], groups=G),
        Moments(b.shape[1], groups=G),
        CrossMoments(a.shape[1], b.shape[1], groups=G),
    )
    moments[0].update(a, **layout)
    moments[1].update(b, **layout)
    moments[2].update(a, b, **layout)
    return moments


def same(first, second):
    """Whether two moments hold the same sums, whatever their shifts, to 1e-9."""
    shifts = [np.zeros_like(shift) for shift in first.shifts]
    one, two = (m.sums.shifted(*shifts).matrix for m in (first, second))
    np.testing.assert_allclose(one, two, rtol=1e-9, atol=1e-9 * np.abs(one).max())
    np.testing.assert_array_equal(first.counts, second.counts)
    np.testing.assert_allclose(first.covariance, second.covariance, rtol=1e-9)


def test_sums_are_those_of_the_definition():
    a, _, cross = pair(groups=SENTENCE_GROUPS)
    np.testing.assert_array_equal(a.counts, np.bincount(SENTENCE_GROUPS))
    np.testing.assert_allclose(a.mean, VIEW_A.mean(axis=0))
    np.testing.assert_allclose(a.covariance, np.cov(VIEW_A.T, bias=True))
    centred = VIEW_A - VIEW_A.mean(axis=0), VIEW_B - VIEW_B.mean(axis=0)
    np.testing.assert_allclose(cross.covariance, centred[0].T @ centred[1] / N)
    at_zero = cross.sums.shifted(np.zeros(A), np.zeros(B)).matrix
    squares = (VIEW_A**2).sum(axis=1), (VIEW_B**2).sum(axis=1)
    for g, rows in enumerate(np.arange(G)[:, None] == SENTENCE_GROUPS):
        one, two = (
            np.column_stack([view, np.ones(N), q])[rows]
            for view, q in zip((VIEW_A, VIEW_B), squares, strict=True)
        )
        np.testing.assert_allclose(at_zero[g], one.T @ two, rtol=1e-9)


@pytest.mark.parametrize("cuts", [[0, N], [0, 1, 2, 17, 300, N], [0, 0, 499, N]])
def test_a_stream_of_blocks_gives_what_one_pass_gives(cuts):
    whole, streamed = pair(groups=SENTENCE_GROUPS), pair(groups=SENTENCE_GROUPS[:0], a=VIEW_A[:0], b=VIEW_B[:0])  # fmt: skip
    for start, stop in pairwise(cuts):
        at = slice(start, stop)
        streamed[0].update(VIEW_A[at], groups=SENTENCE_GROUPS[at])
        streamed[1].update(VIEW_B[at], groups=SENTENCE_GROUPS[at])
        streamed[2].update(VIEW_A[at], VIEW_B[at], groups=SENTENCE_GROUPS[at])
    for one, two in zip(whole, streamed, strict=True):
        same(one, two)


def test_large_blocks_are_cut_without_a_trace(monkeypatch):
    whole = pair(groups=SENTENCE_GROUPS)
    monkeypatch.setattr("ontogeny.measures.similarity.rows._ROWS_BY_GROUP", 7)
    for one, two in zip(whole, pair(groups=SENTENCE_GROUPS), strict=True):
        same(one, two)


def test_merged_shards_give_what_one_pass_gives():
    shards = [
        pair(VIEW_A[at], VIEW_B[at], groups=SENTENCE_GROUPS[at])
        for at in (slice(0, 90), slice(90, 91), slice(91, N))
    ]
    empty = Moments(A, groups=G), Moments(B, groups=G), CrossMoments(A, B, groups=G)
    for parts, whole in zip(
        zip(empty, *shards, strict=True), pair(groups=SENTENCE_GROUPS), strict=True
    ):
        merged, *others = parts
        for other in others:
            merged.merge(other)
        same(whole, merged)
        merged.merge(type(merged).from_state(parts[0].state()))
        assert merged.n == 2 * N


def test_merging_leaves_the_other_as_it_was():
    first, second = Moments.of(VIEW_A[:50]), Moments.of(VIEW_A[50:])
    before = second.state()["matrix"]
    empty = Moments(A)
    empty.merge(second)
    empty.merge(first)
    np.testing.assert_array_equal(second.state()["matrix"], before)


@pytest.mark.parametrize("by_group", [False, True])
def test_counts_stand_for_repeated_rows(by_group):
    words, table = SENTENCE_GROUPS * 0 + np.arange(N) % 60, VIEW_A[:60]
    counts = np.zeros((G, 60), dtype=int)
    np.add.at(counts, (SENTENCE_GROUPS, words), 1)
    if by_group:
        layout, repeated = {"counts": counts}, SENTENCE_GROUPS
    else:
        layout, repeated = {"counts": counts.sum(axis=0)}, None
    for one, two in zip(
        pair(table, VIEW_B[:60], **layout),
        pair(table[words], VIEW_B[:60][words], groups=repeated),
        strict=True,
    ):
        same(one, two)


def test_counts_and_groups_go_together():
    counts = rng.integers(4, size=N)
    for one, two in zip(
        pair(groups=SENTENCE_GROUPS, counts=counts),
        pair(
            np.repeat(VIEW_A, counts, axis=0),
            np.repeat(VIEW_B, counts, axis=0),
            groups=np.repeat(SENTENCE_GROUPS, counts),
        ),
        strict=True,
    ):
        same(one, two)


def test_a_subset_is_one_pass_over_its_groups():
    chosen = [4, 1]
    rows = np.isin(SENTENCE_GROUPS, chosen)
    renumbered = np.where(SENTENCE_GROUPS == 4, 0, 1)[rows]
    alone = Moments(A, groups=2)
    alone.update(VIEW_A[rows], groups=renumbered)
    cross = CrossMoments(A, B, groups=2)
    cross.update(VIEW_A[rows], VIEW_B[rows], groups=renumbered)
    whole = pair(groups=SENTENCE_GROUPS)
    same(alone, whole[0].subset(chosen))
    same(cross, whole[2].subset(chosen))
    for bad in ([0, 0], [-1], []):
        with pytest.raises(ValueError):
            whole[0].subset(bad)


def test_a_large_mean_costs_no_digits():
    spread = rng.standard_normal((N, 3))
    far = Moments(3)
    for block in np.array_split(spread + 1e4, 5):
        far.update(block)
    np.testing.assert_allclose(far.covariance, np.cov(spread.T, bias=True), atol=1e-11)
    np.testing.assert_allclose(far.mean, spread.mean(axis=0) + 1e4, rtol=1e-14)


def test_rows_made_once_serve_many_sums():
    rows_a, rows_b = (
        Rows(VIEW_A, groups=SENTENCE_GROUPS),
        Rows(VIEW_B, groups=SENTENCE_GROUPS),
    )
    other = Rows(VIEW_B, groups=SENTENCE_GROUPS, origin=np.full(B, 9.0))
    whole = pair(groups=SENTENCE_GROUPS)
    for second in (rows_b, other):
        cross, moments = CrossMoments(A, B, groups=G), Moments(B, groups=G)
        cross.update(rows_a, second)
        moments.update(second)
        same(whole[2], cross)
        same(whole[1], moments)
    mixed = CrossMoments(A, B, groups=G)
    far = Rows(VIEW_B[:9], groups=SENTENCE_GROUPS[:9], origin=np.ones(B))
    mixed.update(Rows(VIEW_A[:9], groups=SENTENCE_GROUPS[:9]), far)
    mixed.update(VIEW_A[9:], VIEW_B[9:], groups=SENTENCE_GROUPS[9:])
    same(whole[2], mixed)


def test_rows_move_to_the_sums_shift_once():
    rows = Rows(VIEW_A[9:])
    sums = [Moments.of(VIEW_A[:9]) for _ in range(2)]
    sums[0].update(rows)
    moved = rows.vectors
    sums[1].update(rows)
    assert rows.vectors is moved
    for moments in sums:
        same(Moments.of(VIEW_A), moments)


@pytest.mark.parametrize(
    "kind",
    [
        torch.tensor,
        lambda v: torch.tensor(v, requires_grad=True),
        np.asfortranarray,
        lambda v: np.repeat(v, 2, axis=1)[:, ::2],
    ],
)
def test_kinds_of_blocks(kind):
    same(
        Moments.of(VIEW_A, groups=SENTENCE_GROUPS),
        Moments.of(kind(VIEW_A), groups=SENTENCE_GROUPS),
    )


def test_small_types_are_summed_in_float64():
    whole = (VIEW_A * 4).round()
    exact = Moments.of(whole)
    for kind in (np.float32, np.int64, np.float16):
        same(exact, Moments.of(whole.astype(kind)))
    for dtype in (torch.float32, torch.bfloat16, torch.float16):
        same(exact, Moments.of(torch.tensor(whole.astype(int)).to(dtype)))


@pytest.mark.parametrize("fingerprint", [None, "", "mini, 5 k tokens"])
def test_a_stored_state_comes_back_exactly(fingerprint):
    moments = Moments.of(VIEW_A, groups=SENTENCE_GROUPS, fingerprint=fingerprint)
    cross = CrossMoments(A, B, groups=G, fingerprint=fingerprint)
    empty = CrossMoments(A, B)
    cross.update(VIEW_A, VIEW_B, groups=SENTENCE_GROUPS)
    for one in (moments, cross, empty):
        two = type(one).from_state(load(save(one.state())))
        assert two.fingerprint == one.fingerprint
        assert (two.n, two.groups) == (one.n, one.groups)
        for name, array in one.state().items():
            np.testing.assert_array_equal(array, two.state()[name])


def test_nan_and_infinity_are_counted_and_nothing_is_added(monkeypatch):
    monkeypatch.setattr("ontogeny.measures.similarity.rows._ROWS", 10)
    bad = VIEW_A.copy()
    bad[[100, 3], 0], bad[N - 1] = np.nan, -np.inf
    moments, cross = Moments(A), CrossMoments(A, A)
    text = f"2 of 3,500 entries are NaN and {A} infinite"
    for kind in (np.asarray, torch.tensor):
        with pytest.raises(InputError, match=text):
            moments.update(kind(bad))
        with pytest.raises(InputError, match=text):
            cross.update(VIEW_A, kind(bad))
        with pytest.raises(InputError, match=text):
            Rows(kind(bad))
    assert moments.n == cross.n == 0
    large = Moments.of(np.full((2, 1), 60000, dtype=np.float16))
    assert large.mean.tolist() == [60000.0]


def test_other_tokens_are_refused():
    one, two = (Moments.of(VIEW_A, fingerprint=name) for name in ("text", "other"))
    with pytest.raises(InputError, match=r"fingerprints text and other"):
        one.merge(two)
    one.merge(Moments.of(VIEW_A))
    assert one.n == 2 * N
    with pytest.raises(InputError, match=r"500 and 499 tokens"):
        CrossMoments(A, B).update(VIEW_A, VIEW_B[1:])


@pytest.mark.parametrize(
    "update",
    [
        {"block": VIEW_B},
        {"block": VIEW_A[0]},
        {"block": VIEW_A[:, :0]},
        {"block": VIEW_A.tolist()},
        {"block": VIEW_A.astype(complex)},
        {"block": VIEW_A.astype(str)},
        {"block": torch.tensor(VIEW_A).to(torch.complex64)},
        {"block": VIEW_A, "groups": SENTENCE_GROUPS[1:]},
        {"block": VIEW_A, "groups": SENTENCE_GROUPS + 1},
        {"block": VIEW_A, "groups": SENTENCE_GROUPS - 1},
        {"block": VIEW_A, "groups": SENTENCE_GROUPS * 1.0},
        {"block": VIEW_A, "counts": SENTENCE_GROUPS[1:]},
        {"block": VIEW_A, "counts": SENTENCE_GROUPS / 2},
        {"block": VIEW_A, "counts": np.ones((G + 1, N), dtype=int)},
        {
            "block": VIEW_A,
            "counts": np.ones((G, N), dtype=int),
            "groups": SENTENCE_GROUPS,
        },
        {"block": Rows(VIEW_A), "groups": SENTENCE_GROUPS},
        {"block": Rows(VIEW_A, groups=SENTENCE_GROUPS + 1)},
    ],
)
def test_what_does_not_fit_is_refused(update):
    moments = Moments(A, groups=G)
    with pytest.raises(ValueError):
        moments.update(**update)
    assert moments.n == 0


def test_pairs_that_do_not_fit_are_refused():
    cross = CrossMoments(A, B, groups=G)
    with pytest.raises(ValueError, match="different groups"):
        cross.update(
            Rows(VIEW_A, groups=SENTENCE_GROUPS),
            Rows(VIEW_B, groups=SENTENCE_GROUPS[::-1]),
        )
    with pytest.raises(ValueError, match="different groups"):
        cross.update(Rows(VIEW_A, groups=SENTENCE_GROUPS), Rows(VIEW_B))
    with pytest.raises(ValueError, match="do not fit"):
        cross.update(VIEW_B, VIEW_A)
    with pytest.raises(ValueError, match="do not fit"):
        cross.merge(CrossMoments(B, A, groups=G))
    with pytest.raises(ValueError, match="1 or more"):
        Moments(0)


def test_no_torch_is_loaded():
    code = "import sys, ontogeny.measures.similarity; print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


@pytest.mark.parametrize("mean", [0.0, 1000.0])
def test_products_in_single_precision_are_right_to_a_millionth(mean):
    """Also where the mean is large: what is subtracted is known to the last digit."""
    rng = np.random.default_rng(0)
    a = mean + rng.normal(size=(5_000, 6))
    b = a[:, :4] + rng.normal(size=(5_000, 4))
    exact, single = CrossMoments(6, 4), CrossMoments(6, 4)
    exact.update(a, b)
    for start in range(0, len(a), 2_000):
        at, (shift_a, shift_b) = slice(start, start + 2_000), single.shifts
        rows = (
            Rows(view[at], origin=shift, dtype=np.float32)
            for view, shift in ((a, shift_a), (b, shift_b))
        )
        single.update(*rows)
    assert single.total.matrix.dtype == np.float64
    np.testing.assert_allclose(single.covariance, exact.covariance, atol=2e-6)
    assert all((shift == shift.astype(np.float32)).all() for shift in single.shifts)
    for view in ("shift_a", "shift_b"):  # the means
        found, expected = (getattr(one.total, view) for one in (single, exact))
        np.testing.assert_allclose(found, expected, rtol=0, atol=2e-6)
