"""Numbers that a run has with every other: how sure their mean is."""

from itertools import permutations

import numpy as np
import pytest

from ontogeny.claims.deletion import pseudo_values
from ontogeny.claims.intervals import Statistic, extreme
from ontogeny.claims.judge import judge
from ontogeny.claims.over_runs import Spread, together
from ontogeny.claims.regions import above
from ontogeny.claims.verdicts import Claim, Lacks

RESAMPLES = 100


def pairs(rng, number, *, mean=0.0, runs=1.0, noise=0.5, items=0.0, both_ways=False):
    """d_ij = a_i + a_j + noise of ordered pairs, and resamples whose items all share.

    Args:
        rng: What is drawn by.
        number: Runs.
        mean, runs, noise, items: Mean, and scales of what is drawn.
        both_ways: Whether the noise of a pair is that of the pair turned round.

    Returns:
        By pair, shape (1 + resamples,).
    """
    a = rng.normal(scale=runs, size=number)
    sample = rng.normal(scale=items)
    drawn = sample + rng.normal(scale=items, size=RESAMPLES)
    shared = np.concatenate([[sample], drawn])
    of_pair = rng.normal(scale=noise, size=(number, number))
    if both_ways:
        of_pair = np.triu(of_pair) + np.triu(of_pair).T
    return {
        (i, j): mean + a[i] + a[j] + of_pair[i, j] + shared
        for i, j in permutations(range(number), 2)
    }


def of_runs(found, runs):
    """What each of some runs says: the mean over its pairs with the others."""
    means = (np.mean([found[i, j] for j in runs if j != i], axis=0) for i in runs)
    return [Statistic("x", m[0], m[1:], above(0)) for m in means]


def both(found):
    """Numbers of all runs, and of all but each."""
    runs = sorted({i for i, _ in found})
    deleted = [of_runs(found, [j for j in runs if j != i]) for i in runs]
    return of_runs(found, runs), deleted


def variances(trials, number, **how):
    """Of the mean: as seen; by s²/S; by leaving out runs."""
    rng = np.random.default_rng(0)
    found = [both(pairs(rng, number, **how)) for _ in range(trials)]
    alone = [Spread.of(numbers) for numbers, _ in found]
    left = [Spread.of(pseudo_values(*one)) for one in found]
    told = [np.mean([spread.variance() for spread in of]) for of in (alone, left)]
    return np.var([spread.mean for spread in alone]), *told


@pytest.mark.parametrize("number", [3, 5, 10])
def test_runs_that_enter_every_number_are_told_by_leaving_them_out(number):
    seen, alone, left = variances(1500, number, noise=0)
    assert left == pytest.approx(seen, rel=0.1)
    # Each run's number has hardly more of its own run than of the others.
    assert alone == pytest.approx(seen * ((number - 2) / (2 * (number - 1))) ** 2, 0.1)


@pytest.mark.parametrize("number", [3, 5])
@pytest.mark.parametrize(
    "how",
    [
        {"noise": 1.0},
        {"noise": 1.0, "both_ways": True},
        {"runs": 0.0, "both_ways": True},
        {"items": 1.0},
        {"runs": 0.0},
    ],
)
def test_it_is_never_too_sure(number, how):
    seen, _, left = variances(1500, number, **how)
    assert left > 0.9 * seen


def share_in(trials, number, *, leaving=True, **how):
    rng = np.random.default_rng(1)
    found = 0
    for _ in range(trials):
        numbers, deleted = both(pairs(rng, number, **how))
        means = pseudo_values(numbers, deleted) if leaving else numbers
        found += together(means).states[0] == "in"
    return found / trials


@pytest.mark.thorough
@pytest.mark.parametrize(("number", "most"), [(3, 0.04), (5, 0.03), (10, 0.03)])
@pytest.mark.parametrize(
    "how",
    [
        {"noise": 0.0},
        {"noise": 1.0},
        {"noise": 1.0, "both_ways": True},
        {"runs": 0.0},
        {"runs": 0.0, "both_ways": True},
        {"items": 1.0},
        {"runs": 0.3, "items": 1.0, "noise": 0.3},
    ],
)
def test_few_are_found_where_there_is_nothing(number, most, how):
    trials = 2000
    found = share_in(trials, number, **how)
    assert found <= most + 2 * np.sqrt(most * (1 - most) / trials)


@pytest.mark.thorough
def test_the_variance_of_runs_numbers_would_find_much_more():
    assert share_in(1000, 3, noise=0.1, leaving=False) > 0.15
    assert share_in(1000, 5, noise=0.1, leaving=False) > 0.1


def test_more_is_found_where_there_is_something_and_more_by_more_runs():
    power = [share_in(200, number, mean=4.0) for number in (3, 5, 10)]
    assert power[0] < power[1] < power[2]


def test_the_mean_stays_where_it_is():
    numbers, deleted = both(pairs(np.random.default_rng(0), 4, items=1.0))
    found = pseudo_values(numbers, deleted)
    for draws in ("estimate", "resamples"):
        old, new = (
            np.mean([getattr(n, draws) for n in of], 0) for of in (numbers, found)
        )
        np.testing.assert_allclose(old, new)


def test_an_extreme_s_components_are_each_told_so():
    rng = np.random.default_rng(0)
    low, high = (both(pairs(rng, 4, mean=m)) for m in (1.0, 5.0))

    def largest(one, other):
        named = [Statistic(n, s.estimate, s.resamples, above(0))
                 for n, s in zip("ab", (one, other), strict=True)]  # fmt: skip
        return extreme("largest", max, named, above(0))

    whole = [
        list(map(largest, *of))
        for of in [(low[0], high[0]), *zip(low[1], high[1], strict=True)]
    ]
    found = pseudo_values(whole[0], whole[1:])
    for place, own in enumerate((low, high)):
        expected = [number.estimate for number in pseudo_values(*own)]
        told = [number.of[place].estimate for number in found]
        np.testing.assert_allclose(told, expected)


def claim(measure):
    return Claim("X1", "it is alike", "A paper", "§1", "> 0", measure)


def test_claims_of_pairs_are_judged_by_leaving_out_runs():
    found = pairs(np.random.default_rng(3), 4, mean=3.0)

    def run(runs):
        return {(i, "test"): (i, runs) for i in runs}

    def measure(of):
        i, runs = of
        draws = np.mean([found[i, j] for j in runs if j != i], axis=0)
        return [Statistic("x", draws[0], draws[1:], above(0))]

    runs = range(4)
    deleted = {i: run([j for j in runs if j != i]) for i in runs}
    one = claim(measure)
    table = judge([one], run(runs), without={"X1": deleted})
    mean = table[table["seed"].isna()].iloc[0]
    spread = Spread.of(pseudo_values(*both(found)))
    np.testing.assert_allclose((mean["low"], mean["high"]), spread.interval())
    narrower = judge([one], run(runs)).query("seed.isna()").iloc[0]
    assert narrower["low"] > mean["low"]
    # What every run says is told as it was.
    assert table["estimate"].iloc[0] == of_runs(found, runs)[0].estimate


def test_what_fewer_runs_lack_leaves_no_verdict():
    def measure(of):
        if len(of) < 3:
            raise Lacks("needs three")
        return [Statistic("x", 1.0, np.empty(0), above(0))]

    runs = {(i, "test"): (0, 1, 2) for i in range(3)}
    deleted = {i: {(j, "test"): (0, 1) for j in range(3) if j != i} for i in range(3)}
    table = judge([claim(measure)], runs, without={"X1": deleted})
    assert set(table["verdict"]) == {"not run"}
    assert "of fewer runs" in table["reason"].iloc[0]
