"""Matched samples, against all pairs of ranges one by one."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ontogeny.measures.matching import matched_samples


def ranges(counts, classes, name, size):
    """Sorted counts of every contiguous range of one class."""
    own = sorted(counts[classes == name], reverse=True)
    return [np.array(own[i : i + size]) for i in range(len(own) - size + 1)]


def differences(a, b):
    """How unlike two ranges are: ratios of means and of standard deviations."""
    mean = abs(np.log(a.mean() / b.mean()))
    if a.std() == 0 or b.std() == 0:
        return mean, np.inf
    return mean, abs(np.log(a.std() / b.std()))


def brute_force(counts, classes, size, tolerance):
    pairs = list(
        product(
            ranges(counts, classes, "open", size),
            ranges(counts, classes, "closed", size),
        )
    )
    unlike = [differences(*pair) for pair in pairs]
    limit = max(tolerance, min(mean for mean, _ in unlike)) + 1e-9
    tied = [k for k, (mean, _) in enumerate(unlike) if mean <= limit]
    limit = max(tolerance, min(unlike[k][1] for k in tied)) + 1e-9
    return [pairs[k] for k in tied if unlike[k][1] <= limit]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=14),
    st.lists(st.integers(1, 60), min_size=1, max_size=14),
    st.integers(1, 5),
    st.sampled_from([0.0, 0.01, 0.3]),
)
def test_the_pair_is_the_best_of_all(opens, closeds, size, tolerance):
    counts = np.array(opens + closeds)
    classes = np.array(["open"] * len(opens) + ["closed"] * len(closeds))
    matched = matched_samples(counts, classes, size=size, tolerance=tolerance)
    assert matched.size == min(size, len(opens), len(closeds))
    best = brute_force(counts, classes, matched.size, tolerance)
    chosen = tuple(counts[s.indices] for s in (matched.open, matched.closed))
    assert any((chosen[0] == a).all() and (chosen[1] == b).all() for a, b in best)
    assert chosen[0].mean() == max(a.mean() for a, _ in best)


def zipfian(opens=900, closeds=160, seed=0):
    rng = np.random.default_rng(seed)
    frequent = np.sort(rng.pareto(0.6, closeds))[::-1] * 60 + 20
    rare = np.sort(rng.pareto(0.9, opens))[::-1] * 15 + 10
    counts = np.concatenate([rare, frequent]).astype(int)
    return counts, np.array(["open"] * opens + ["closed"] * closeds)


def test_a_zipfian_vocabulary_matches_closely():
    counts, classes = zipfian()
    matched = matched_samples(counts, classes)
    assert (matched.size, matched.requested) == (120, 120)
    best = brute_force(counts, classes, 120, 0.01)
    assert matched.open.mean == max(a.mean() for a, _ in best)
    assert (matched.open.mean, matched.closed.mean) in [
        (a.mean(), b.mean()) for a, b in best
    ]
    assert matched.open.mean < np.sort(counts[classes == "open"])[-120:].mean()


def test_each_sample_is_one_range_of_its_class():
    counts, classes = zipfian(seed=1)
    shuffled = np.random.default_rng(0).permutation(len(counts))
    counts, classes = counts[shuffled], classes[shuffled]
    matched = matched_samples(counts, classes, size=50)
    for name, sample in (("open", matched.open), ("closed", matched.closed)):
        assert set(classes[sample.indices]) == {name}
        assert len(set(sample.indices.tolist())) == 50
        chosen = counts[sample.indices]
        assert (np.diff(chosen) <= 0).all()
        own = counts[classes == name]
        assert ((own > chosen[-1]) & (own < chosen[0])).sum() <= 50
        assert sample.mean == pytest.approx(np.mean(chosen))
        assert sample.sd == pytest.approx(np.std(chosen))


def test_of_equal_means_the_closer_spread_is_taken():
    closed = [50, 40, 30]
    opens = [70, 40, 10, 5, 4, 3]
    classes = np.array(["closed"] * 3 + ["open"] * 6)
    spread_out = matched_samples(np.array(closed + opens), classes, size=3)
    assert spread_out.open.indices.tolist() == [3, 4, 5]
    alike = np.array([*closed, 51, 39, 30, 30, 30, 30])
    assert matched_samples(alike, classes, size=3).open.indices.tolist() == [3, 4, 5]


def test_ranges_of_equal_counts_are_the_last_resort():
    """Nothing correlates with a constant frequency, however well it matches."""
    counts = np.array([30, 25, 7, 7, 31, 24, 7, 7])
    classes = np.array(["open"] * 4 + ["closed"] * 4)
    matched = matched_samples(counts, classes, size=2)
    assert matched.open.indices.tolist() == [0, 1]
    flat = matched_samples(np.full(8, 7), classes, size=2)
    assert (flat.open.sd, flat.closed.sd, flat.size) == (0.0, 0.0, 2)


def test_a_small_class_makes_both_samples_small_and_says_so():
    counts, classes = zipfian(closeds=33)
    matched = matched_samples(counts, classes)
    assert (matched.requested, matched.size) == (120, 33)
    assert len(matched.open.indices) == len(matched.closed.indices) == 33


def test_without_a_class_the_samples_are_empty():
    matched = matched_samples(np.array([3, 2]), np.array(["open", ""]))
    assert matched.size == len(matched.open.indices) == len(matched.closed.indices) == 0
    assert np.isnan([matched.open.mean, matched.closed.sd]).all()


@pytest.mark.parametrize(
    ("counts", "classes", "size"),
    [
        (np.ones(3), np.array(["open", "closed"]), 1),
        (np.array([1, 0]), np.array(["open", "closed"]), 1),
        (np.array([1, 1]), np.array(["open", "closed"]), 0),
    ],
)
def test_what_cannot_be_matched_is_refused(counts, classes, size):
    with pytest.raises(ValueError):
        matched_samples(counts, classes, size=size)
