"""What people give instead of a plain array: taken, warned of, or refused."""

import re
import textwrap
import warnings
from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch

from ontogeny.errors import InputError
from ontogeny.similarity import (
    CrossMoments,
    Moments,
    Rows,
    attention_rows,
    compare,
    linear_cka,
    neuron_similarity,
    spectrum,
)
from ontogeny.sparsity import (
    concentration,
    frequency_correlation,
    gini,
    hoyer,
    matched_samples,
    percentile_interval,
    weighted_pearson,
)
from ontogeny.statistics.arrays import as_array

RNG = np.random.default_rng(0)
A, B = RNG.standard_normal((60, 5)), RNG.standard_normal((60, 4))


def frame(a):
    return pd.DataFrame(a, columns=[f"unit {n}" for n in range(a.shape[1])])


def matrix(a):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        return np.matrix(a)


def unmasked(a):
    return np.ma.masked_array(a, mask=False)


@pytest.mark.parametrize("kind", [frame, matrix, unmasked])
@pytest.mark.parametrize("measure", [linear_cka, neuron_similarity])
def test_other_tables_are_the_arrays_that_they_hold(kind, measure):
    # A frame lies the other way round in memory, where sums round otherwise.
    same = partial(pytest.approx, rel=1e-12)
    assert measure(kind(A), kind(B)) == same(measure(A, B))
    assert compare(kind(A), B).score == same(compare(A, B).score)
    assert spectrum(kind(A)).variances == same(spectrum(A).variances)
    moments, cross = Moments(5), CrossMoments(5, 4)
    moments.update(kind(A))
    cross.update(kind(A), kind(B))
    assert moments.n == cross.n == 60
    assert Moments.of(kind(A)).mean == pytest.approx(A.mean(0))


@pytest.mark.parametrize("kind", [frame, matrix, unmasked])
@pytest.mark.parametrize("measure", [concentration, gini, hoyer])
def test_vectors_too(kind, measure):
    np.testing.assert_array_equal(measure(kind(A)), measure(A))


def test_a_mask_is_not_lost_without_a_word():
    masked = np.ma.masked_array(A, mask=np.arange(60)[:, None] == [0] * 5)
    calls = [
        lambda: compare(masked, B),
        lambda: linear_cka(B, masked),
        lambda: spectrum(masked),
        lambda: Rows(masked),
        lambda: Moments(5).update(masked),
        lambda: CrossMoments(5, 4).update(masked, B),
        lambda: concentration(masked),
        lambda: gini(masked),
        lambda: attention_rows(masked[None, None], np.ones((1, 60, 5), bool)),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="5 of 300 entries are masked"):
            call()


def test_what_is_no_table_is_left_to_who_refuses_it():
    assert as_array([1.0]) == [1.0]
    tensor = torch.ones(2)
    assert as_array(tensor) is tensor
    with pytest.raises(ValueError, match="need vectors of shape"):
        compare([[1.0], [2.0]], A)


@pytest.mark.parametrize("measure", [compare, linear_cka, neuron_similarity])
def test_fewer_tokens_than_units_are_warned_of(measure):
    with pytest.warns(UserWarning, match="5 tokens of 60 units: .* transposed"):
        measure(A.T, B.T[[0, 1, 2, 3, 0]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", ".*CKA is too high")  # 60 of 5
        measure(A, B)


@pytest.mark.filterwarnings("ignore:.* tokens of .* units")
@pytest.mark.parametrize("debiased", [False, True])
def test_a_wide_view_is_compared_as_its_moments_are(debiased):
    a, b = RNG.standard_normal((2, 12, 40))
    b = np.hstack([b[:, :7], a[:, :3]])
    cross = CrossMoments(40, 10)
    cross.update(a, b)
    both = Moments.of(a), Moments.of(b)
    expected = linear_cka(*both, cross=cross, debiased=debiased)
    assert linear_cka(a, b, debiased=debiased) == pytest.approx(expected, abs=1e-10)
    for preset in ("svcca", "svcca_amplitude"):
        by_moments = compare(*both, preset, cross=cross)
        by_arrays = compare(a, b, preset)
        assert by_arrays.kept_a == by_moments.kept_a
        assert by_arrays.score == pytest.approx(by_moments.score, abs=1e-8)


@pytest.mark.filterwarnings("ignore:.* tokens of .* units")
def test_a_view_of_very_many_units_needs_no_matrix_of_them():
    a = RNG.standard_normal((20, 30_000)).astype(np.float32)  # 7 GB in float64
    assert linear_cka(a, a) == pytest.approx(1)
    assert compare(a, a).score == pytest.approx(1)


@pytest.mark.parametrize("seed", range(4))
def test_tokens_that_are_equally_far_apart_share_nothing_debiased(seed):
    rng = np.random.default_rng(seed)
    a, _ = np.linalg.qr(rng.standard_normal((8, 8)))
    for view in (a, (3 * a + 1).astype(np.float32)):
        assert linear_cka(view, rng.standard_normal((8, 3)), debiased=True) == 0
        assert linear_cka(view, view, debiased=True) == 0
    assert linear_cka(a, a) == pytest.approx(1)


def test_half_precision_is_summed_in_double():
    half = torch.from_numpy(A).half()
    assert linear_cka(half, A) == pytest.approx(linear_cka(A, A), abs=1e-3)
    large = torch.full((70_000, 1), 1.0, dtype=torch.float16)
    large[0] = 3.0
    assert spectrum(large).variances[0] == pytest.approx(4 / 70_000, rel=1e-3)


@pytest.mark.parametrize("kind", ["Float64", "Int64"])
def test_numbers_that_may_be_missing_are_numbers(kind):
    table = pd.DataFrame(np.arange(40).reshape(10, 4) ** 2 % 17).astype(kind)
    assert linear_cka(table, B[:10]) == pytest.approx(
        linear_cka(table.to_numpy(float), B[:10])
    )
    table.iloc[3, 1] = pd.NA
    with pytest.raises(InputError, match="NaN"):
        linear_cka(table, B[:10])


def test_words_that_are_masked_are_no_words():
    values = np.ma.masked_array(A[:, 0], A[:, 1] > 0)
    for call in (
        lambda: frequency_correlation(values, np.arange(1, 61)),
        lambda: weighted_pearson(np.ones((1, 60)), values[:, None], A[:, 2]),
        lambda: percentile_interval(values),
        lambda: matched_samples(values, np.repeat(["open", "closed"], 30), size=3),
    ):
        with pytest.raises(ValueError, match="entries are masked"):
            call()


def test_counts_of_small_types_are_counted_as_they_are():
    counts = np.arange(1, 61)
    expected = frequency_correlation(A[:, 0], counts)
    for kind in (np.uint8, np.float16, np.int64):
        assert frequency_correlation(A[:, 0], counts.astype(kind)) == expected


@pytest.mark.parametrize("measure", [concentration, gini, hoyer])
@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16])
def test_half_precision_holds_a_vocabulary(measure, kind):
    logits = torch.rand(2, 128_256, generator=torch.Generator().manual_seed(0)) + 0.2
    found = measure(logits.to(kind))
    assert found.dtype == kind
    torch.testing.assert_close(
        found.float(), measure(logits.to(kind).float()), rtol=0.01, atol=1e-4
    )


def test_cross_moments_of_other_vectors_are_refused():
    cross = CrossMoments(5, 4)
    cross.update(5 * A, B)
    with pytest.raises(ValueError, match="other vectors than the moments"):
        compare(Moments.of(A), Moments.of(B), cross=cross)
    # The same by another way of adding up is the same.
    cross, a = CrossMoments(5, 4), Moments(5)
    for rows in (slice(0, 7), slice(7, 60)):
        cross.update(A[rows] + 1e6, B[rows])
    for rows in (slice(0, 50), slice(50, 60)):
        a.update(A[rows] + 1e6)
    compare(a, Moments.of(B), cross=cross)


@pytest.mark.parametrize("n", [0, 1])
def test_too_few_tokens_are_told_in_one_sentence(n):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for measure in (compare, linear_cka):
            with pytest.raises(InputError, match=f"^{n} tokens have no correlation"):
                measure(A[:n], B[:n])


def test_the_decomposition_s_example_runs():
    import ontogeny.decomposition as face

    example = re.search(r"(?:^    .*\n|^\n)+", face.__doc__, re.M)[0]
    exec(textwrap.dedent(example), {})
