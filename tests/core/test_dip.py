"""The dip against linear programs, for every place of the mode, and known answers."""

import numpy as np
import pytest
from scipy.optimize import linprog

from ontogeny.statistics.dip import dip, dip_p


def by_programs(values):
    """The least t so that some G with one mode lies within t of the sample's F.

    G is given by its values at the sample's points: convex before the mode, concave
    behind it, and it may jump there.
    """
    x, counts = np.unique(values, return_counts=True)
    upper = np.cumsum(counts) / len(values)
    lower = upper - counts / len(values)
    return min(_program(x, lower, upper, mode) for mode in range(len(x)))


def _program(x, lower, upper, mode):
    left, right = mode + 1, len(x) - mode
    size = left + right + 1
    rows, bounds = [], []

    def ask(coefficients, bound=0.0):
        row = np.zeros(size)
        for at, value in coefficients:
            row[at] += value
        rows.append(row)
        bounds.append(bound)

    def near(at, value):
        ask([(at, 1), (size - 1, -1)], value)
        ask([(at, -1), (size - 1, -1)], -value)

    for at in range(left):
        near(at, lower[at])
        if at < mode:
            near(at, upper[at])
    for at in range(mode, len(x)):
        near(left + at - mode, upper[at])
        if at > mode:
            near(left + at - mode, lower[at])
    for at in range(1, left + right):
        ask([(at - 1, 1), (at, -1)])  # rising, over the jump as well
    widths = np.diff(x)

    def bends(at, first, sign):
        before, behind = widths[at - 1], widths[at]
        slopes = [
            (first - 1, -1 / before), (first, 1 / before + 1 / behind),
            (first + 1, -1 / behind),
        ]  # fmt: skip
        ask([(place, sign * value) for place, value in slopes])

    for at in range(1, mode):
        bends(at, at, 1)
    for at in range(mode + 1, len(x) - 1):
        bends(at, left + at - mode, -1)
    goal = np.zeros(size)
    goal[-1] = 1
    found = linprog(goal, A_ub=np.array(rows), b_ub=bounds, bounds=[(0, 1)] * size)
    return found.fun


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", ["uniform", "two humps", "ties"])
def test_it_is_the_least_distance_to_one_mode(kind, seed):
    rng = np.random.default_rng(seed)
    n = 9 + 3 * seed
    values = {
        "uniform": rng.uniform(size=n),
        "two humps": np.concatenate([rng.normal(size=n), rng.normal(6, 1, n)]),
        "ties": rng.integers(0, 6, n).astype(float),
    }[kind]
    assert dip(values) == pytest.approx(by_programs(values), abs=1e-9)


def test_known_answers():
    assert dip(np.arange(8)) == pytest.approx(1 / 16)
    assert dip(np.array([3.0])) == 0.5
    assert dip(np.repeat([0, 1], 50)) == pytest.approx(0.25)


def test_it_knows_no_place_scale_or_order():
    values = np.random.default_rng(0).normal(size=40)
    for other in (values[::-1], 3 * values - 7, -values):
        assert dip(other) == pytest.approx(dip(values))


def test_two_humps_are_found_and_one_is_not():
    rng = np.random.default_rng(0)
    shares = [dip_p(rng.normal(size=60)) for _ in range(30)]
    # The uniform is the least favourable: one hump looks like two less often.
    assert np.mean(np.array(shares) < 0.05) < 0.1
    humps = np.concatenate([rng.normal(size=30), rng.normal(7, 1, 30)])
    assert dip_p(humps) < 0.01


@pytest.mark.parametrize("values", [[], [1.0, np.nan]])
def test_nothing_has_no_dip(values):
    with pytest.raises(ValueError, match="finite value"):
        dip(np.array(values))
