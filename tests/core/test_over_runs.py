"""Claims over several runs: their mean, how sure it is, and what it is judged by."""

from statistics import NormalDist

import numpy as np
import pytest
from scipy import stats

from ontogeny.claims.adjusting import FALSE_DISCOVERIES
from ontogeny.claims.controls import control_finding
from ontogeny.claims.intervals import Statistic, extreme, magnitude
from ontogeny.claims.judge import judge
from ontogeny.claims.over_runs import MOST, Spread, not_together, together
from ontogeny.claims.regions import Region, above, at_least, below, within
from ontogeny.claims.report import to_markdown
from ontogeny.claims.verdicts import Claim, Gated

RESAMPLES = 200


def runs(rng, number, *, mean=0.0, between=1.0, items=1.0, own=0.5, region=None):
    """A number of several runs whose items are the same.

    Args:
        rng: What is drawn by.
        number: Of runs.
        mean: Over all runs and items there could be.
        between: Standard deviation of runs.
        items: Of what items do to all runs alike.
        own: Of what they do to each run.
        region: What is asked.
    """
    shared = rng.normal(scale=items)
    estimates = (
        mean + shared + rng.normal(scale=between, size=number)
        + rng.normal(scale=own, size=number)
    )  # fmt: skip
    drawn = rng.normal(scale=items, size=RESAMPLES) + rng.normal(
        scale=own, size=(number, RESAMPLES)
    )
    return [
        Statistic("x", value, value + more, region or above(0))
        for value, more in zip(estimates, drawn, strict=True)
    ]


def share_in(trials, number, seed=0, shared=True, **how):
    rng = np.random.default_rng(seed)
    found = (together(runs(rng, number, **how), shared=shared) for _ in range(trials))
    return np.mean([mean.states[0] == "in" for mean in found])


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("number", "most"), [(3, 0.04), (5, 0.03), (10, 0.03)]
)  # fmt: skip
@pytest.mark.parametrize(
    ("between", "items", "own"),
    [(1, 1, 0.5), (1, 0.2, 0.2), (0.3, 1, 0.3), (1, 0, 1), (0.2, 0.2, 1)],
)
def test_few_are_found_where_there_is_nothing(number, most, between, items, own):
    """At the boundary an interval lies beyond it in 2.5 % of the cases, about."""
    trials = 2000
    found = share_in(trials, number, between=between, items=items, own=own)
    assert found <= most + 2 * np.sqrt(most * (1 - most) / trials)


@pytest.mark.thorough
@pytest.mark.parametrize(("number", "most"), [(3, 0.04), (5, 0.03), (10, 0.03)])
@pytest.mark.parametrize(
    ("between", "own"), [(1, 0.2), (1, 1), (0.2, 1), (0, 1), (1, 0)]
)
def test_few_are_found_where_each_run_has_items_of_its_own(number, most, between, own):
    """As scaffolds, whose texts differ by seed."""
    trials, how = 2000, {"between": between, "items": 0, "own": own, "shared": False}
    found = share_in(trials, number, **how)
    assert found <= most + 2 * np.sqrt(most * (1 - most) / trials)


@pytest.mark.thorough
def test_more_runs_decide_more_often_and_more_than_each_by_itself():
    """Today's rule asks each run: it gets harder to meet as runs are added."""
    how = {"mean": 2.0, "between": 1.0, "items": 0.5, "own": 0.3}
    shares = [share_in(600, number, **how) for number in (3, 5, 10)]
    assert shares[0] < shares[1] < shares[2]
    rng = np.random.default_rng(0)
    each = []
    for _ in range(600):
        numbers = runs(rng, 10, **how)
        each.append(all(n.region.state(*n.interval()) == "in" for n in numbers))
    assert shares[2] > np.mean(each) + 0.2


@pytest.mark.parametrize("own", [0.0, 1.0])
def test_the_variance_is_that_of_the_mean(own):
    rng = np.random.default_rng(1)
    spreads = [Spread.of(runs(rng, 4, items=0.7, own=own)) for _ in range(3000)]
    seen = np.var([spread.mean for spread in spreads])
    told = np.mean([spread.variance() for spread in spreads])
    assert told == pytest.approx(seen, rel=0.07)


@pytest.mark.parametrize("between", [0.0, 0.5])
def test_of_items_of_its_own_a_run_s_are_in_what_differs_between_runs(between):
    rng = np.random.default_rng(1)
    spreads = [
        Spread.of(runs(rng, 4, between=between, items=0, own=1.0), shared=False)
        for _ in range(3000)
    ]
    np.testing.assert_allclose([spread.freedom() for spread in spreads], 3)
    told = np.mean([spread.variance() for spread in spreads])
    assert told == pytest.approx((between**2 + 1) / 4, rel=0.05)


def test_agreement_of_whole_numbers_is_no_surer_than_their_items():
    """Epochs, say: all runs need one more, and might have needed none."""
    drawn = np.array([1.0] * 60 + [0.0] * 40)
    numbers = [Statistic("n", 1.0, drawn, above(0)) for _ in range(3)]
    found = together(numbers, shared=False)
    assert (found.states[0], found.note) == ("open", "")
    assert found.p_in > 0.025
    certain = [Statistic("n", 1.0, np.ones(100), above(0)) for _ in range(3)]
    assert together(certain, shared=False).note == "count"


def test_without_items_it_is_a_t_test():
    values = np.random.default_rng(0).normal(size=5)
    spread = Spread.of([Statistic("x", v, np.empty(0), above(0)) for v in values])
    assert spread.freedom() == pytest.approx(4)
    test = stats.ttest_1samp(values, 0.0)
    np.testing.assert_allclose(spread.interval(), test.confidence_interval(0.95))
    sides = [spread.beyond(0, above=above) for above in (True, False)]
    assert 2 * min(sides) == pytest.approx(test.pvalue)


def test_without_differences_between_runs_items_alone_decide():
    drawn = np.random.default_rng(0).normal(size=400)
    numbers = [Statistic("x", 2.0, 2 + drawn, above(0)) for _ in range(4)]
    spread = Spread.of(numbers)
    assert spread.variance() == pytest.approx(drawn.var())
    half = NormalDist().inv_cdf(0.975) * drawn.std()
    np.testing.assert_allclose(spread.interval(), (2 - half, 2 + half), rtol=1e-6)


@pytest.mark.parametrize("value", [4.0, 0.1, 0.7, 0.95, 0.99])
@pytest.mark.parametrize("number", [3, 5, 7])
def test_a_count_on_which_all_agree_is_judged_by_itself(value, number):
    numbers = [
        Statistic("n", value, np.empty(0), at_least(value)) for _ in range(number)
    ]
    found = together(numbers)
    assert (found.states[0], found.note) == ("in", "count")
    assert (found.p_in, found.p_out, found.low, found.high) == (0, 1, value, value)


@pytest.mark.parametrize(
    ("pick", "region", "expected"),
    [(max, above(2.5), "in"), (max, below(2.5), "out"), (min, below(1.5), "in"),
     (min, above(1.5), "out"), (max, below(4.0), "in"), (min, above(0.0), "in")],
)  # fmt: skip
def test_an_extreme_is_taken_of_the_means(pick, region, expected):
    """Which component is the extreme one differs between runs; their means decide."""
    rng = np.random.default_rng(0)

    def run(_):
        parts = [
            Statistic(f"at {v}", v + d, v + d + rng.normal(scale=0.1, size=50), region)
            for v, d in zip((1.0, 3.0), rng.normal(scale=0.2, size=2), strict=True)
        ]
        return extreme("extreme", pick, parts, region)

    found = together([run(n) for n in range(8)])
    assert found.states[0] == expected
    assert min(found.p_in, found.p_out) < 0.025
    assert (found.p_in < found.p_out) == (expected == "in")
    assert found.estimate == pytest.approx(3 if pick is max else 1, abs=0.2)


def test_a_magnitude_is_of_the_mean_not_the_mean_of_magnitudes():
    values = (-0.1, 0.1, -0.12, 0.11)
    numbers = [
        magnitude(Statistic("x", v, v + np.linspace(-0.01, 0.01, 41), below(0.25)))
        for v in values
    ]
    found = together(numbers)
    assert found.estimate == pytest.approx(0.0025)
    assert found.low == 0
    assert found.states[0] == "in"


def test_a_band_needs_both_sides():
    rng = np.random.default_rng(0)
    inside = together(runs(rng, 6, between=0.05, items=0, own=0, region=within(0.5)))
    assert inside.states[0] == "in"
    assert inside.p_in < 0.001 < inside.p_out
    beyond = runs(rng, 6, mean=2, between=0.05, items=0, own=0, region=within(0.5))
    assert together(beyond).states[0] == "out"
    assert together(beyond).p_out < 0.001


def test_how_many_runs_would_decide():
    numbers = runs(np.random.default_rng(3), 3, mean=1.5, items=0.2, own=0.1)
    found = together(numbers)
    assert found.states[0] == "open"
    spread = Spread.of(numbers)
    for more, state in enumerate(found.states):
        at = Spread(spread.mean, spread.between, spread.items, 3 + more)
        assert above(0).state(*at.interval()) == state
    assert len(found.states) == MOST - 3 + 1
    assert found.states[-1] == "in"


def test_one_part_that_is_out_decides_a_claim():
    """The other part would never be decided."""
    values = np.array([0.3, -0.4, -1.0])

    def measure(run):
        still = Statistic("still", [1e-3, 1.0, -1.0][run], np.empty(0), above(0))
        return [Statistic("x", values[run], np.empty(0), above(0)), still]

    claim = Claim("X1", "it rises", "A paper", "§1", "> 0", measure)
    (told,) = judge([claim], {(n, "test"): n for n in range(3)})[
        "runs_to_decide"
    ].unique()
    spread = Spread(values.mean(), values.var(ddof=1), 0.0, told)
    assert above(0).state(*spread.interval()) == "out"
    before = Spread(values.mean(), values.var(ddof=1), 0.0, told - 1)
    assert above(0).state(*before.interval()) == "open"


class NeverOut(Region):
    """As of attention that is asked beside: it can keep a claim open, no more."""

    def state(self, low, high):
        found = super().state(low, high)
        return "open" if found == "out" else found


def test_what_decides_nothing_has_no_p():
    """Or it would be found among many claims, and make way for others."""
    values = (-2.0, -2.1, -1.9)
    region = NeverOut("> 0", low=0)
    found = together([Statistic("x", v, np.empty(0), region) for v in values])
    assert (found.states[0], found.p_in, found.p_out) == ("open", 1.0, 1.0)
    plain = together([Statistic("x", v, np.empty(0), above(0)) for v in values])
    assert plain.p_out < 0.01


def picked(names, region=None):
    parts = [Statistic(name, 1.0, np.empty(0), above(0)) for name in names]
    return extreme("largest", max, parts, region or above(0))


@pytest.mark.parametrize(
    ("numbers", "reason"),
    [
        ([picked("ab"), picked("ab")], ""),
        ([picked("ab"), picked("ac")], "other things in each run"),
        ([picked("ab"), picked("ab", above(0.1))], "other things in each run"),
        ([picked("aa"), picked("aa")], "picked by each run for itself"),
        ([Statistic("x", 1.0, np.empty(0), above(0), ends=(0.0, 4.0))] * 2, "picked"),
        ([Statistic("x", 1.0, np.zeros(n), above(0)) for n in (5, 6)], "other things"),
        ([picked("a"), Statistic("x", np.nan, np.empty(0), above(0))], "undefined"),
    ],
)
def test_what_cannot_be_put_together_says_why(numbers, reason):
    told = not_together(numbers)
    assert reason in told
    assert bool(reason) == bool(told)


# Judged


def rises(id="X1", paper="A paper", **more):
    def measure(run):
        return [Statistic(part, v, v + run["spread"], above(0))
                for part, v in run["values"].items()]  # fmt: skip

    return Claim(id, "it rises", paper, "§1", "> 0", measure, **more)


def run(value, spread=0.05, **values):
    return {
        "values": {"x": value, **values},
        "spread": spread * np.random.default_rng(0).normal(size=100),
    }


def test_three_runs_are_judged_by_their_mean():
    values = (0.5, 0.6, -0.01, 0.55, 0.52, 0.58, 0.61)
    table = judge([rises()], {(n, "test"): run(v) for n, v in enumerate(values)})
    assert set(table["verdict"]) == {"reproduced"}
    assert set(table["runs"]) == {7}
    mean = table[table["seed"].isna()].iloc[0]
    assert mean["estimate"] == pytest.approx(np.mean(values))
    assert mean["low"] > 0
    assert table["p"].nunique() == 1
    # Of the first two each must hold.
    two = judge([rises()], {(n, "test"): run(v) for n, v in enumerate(values[1:3])})
    assert set(two["verdict"]) == {"undecided"}
    assert two["p"].isna().all()
    assert set(two["adjusted"]) == {""}


def test_all_parts_must_hold_of_the_means():
    runs = {(n, "test"): run(1 + n / 10, y=-1 - n / 10) for n in range(4)}
    table = judge([rises()], runs)
    assert set(table["verdict"]) == {"not reproduced"}
    states = table[table["seed"].isna()].set_index("part")["state"]
    assert states.to_dict() == {"x": "in", "y": "out"}


def test_a_run_that_learned_nothing_does_not_count_among_several():
    runs = {(n, "test"): run(1 + n / 10) for n in range(4)}
    table = judge([rises()], runs, not_judged={3: "it learned nothing"})
    assert set(table["runs"]) == {3}
    assert set(table["verdict"]) == {"reproduced"}
    assert set(table["reason"]) == {"seed 3: it learned nothing"}
    two = judge([rises()], runs, not_judged=dict.fromkeys((1, 2, 3), "nothing"))
    assert set(two["verdict"]) == {"not run"}


def test_parts_that_differ_between_runs_leave_no_verdict():
    runs = {(n, "test"): run(1.0, **({"y": 1.0} if n else {})) for n in range(3)}
    table = judge([rises()], runs)
    assert set(table["verdict"]) == {"not run"}
    assert "other parts" in table["reason"].iloc[0]


def test_many_claims_are_adjusted_together():
    rng = np.random.default_rng(0)
    claims = [rises(f"X{n}") for n in range(12)]
    spreads = [0.01 if n < 4 else 0.1 for n in range(12)]
    values = [rng.normal(0.3 if n < 4 else 0, s, size=4) for n, s in enumerate(spreads)]
    values[4] = values[5] = np.array([0.25, 0.05, 0.3, 0.2])  # p = 0.03

    def measured(number):
        def measure(run):
            value = values[number][run]
            return [Statistic("x", value, np.empty(0), above(0))]

        return measure

    claims = [
        Claim(c.id, c.sentence, c.paper, c.source, c.criterion, measured(n))
        for n, c in enumerate(claims)
    ]
    table = judge(claims, {(n, split): n for n in range(4) for split in "ab"})
    first = table[table["split"] == "a"].drop_duplicates("claim").set_index("claim")
    p = first["p"].to_numpy()
    # Benjamini and Yekutieli, by hand.
    order = np.argsort(p)
    harmonic = np.sum(1 / np.arange(1, 13))
    limits = FALSE_DISCOVERIES * np.arange(1, 13) / (12 * harmonic)
    below = np.flatnonzero(p[order] <= limits)
    rejected = set(first.index[order[: below.max() + 1]]) if len(below) else set()
    assert 0 < len(rejected) < np.sum(first["verdict"].ne("undecided"))
    for id, row in first.iterrows():
        expected = row["verdict"] if id in rejected else "undecided"
        assert row["adjusted"] == expected
    assert set(table.loc[table["split"] == "b", "adjusted"]) == {""}


def test_other_claims_ask_every_run():
    runs = {(n, "test"): run(v) for n, v in enumerate((0.9, 0.8, -0.5, 1.0, 0.9))}
    table = judge([rises()], runs, of_each=["X1"])
    assert set(table["verdict"]) == {"undecided"}
    assert table["p"].isna().all()
    assert table["seed"].notna().all()


def test_the_page_tells_means_runs_and_what_would_decide():
    runs = {(n, "test"): run(v) for n, v in enumerate((0.1, 0.9, -0.2))}
    page = to_markdown(judge([rises()], runs))
    assert "mean over 3 runs: 0.100 (in), 0.900 (in), -0.200 (out)" in page
    assert "is judged by its interval alone" in page
    assert "runs would decide" in page
    assert "adjusted for 1 claim of 3 runs or more: 1 undecided" in page
    noted = judge([rises()], runs)
    noted["note"] = noted["seed"].map(lambda seed: f"of {seed}")
    read = noted.astype({"seed": float})  # as from Parquet
    assert "seed 1: of 1<br>seed 2: of 2" in to_markdown(read)
    few = to_markdown(judge([rises()], {(1, "test"): run(0.5)}))
    assert "about the\nmean over runs" not in few


def test_items_are_shared_unless_a_claim_says_they_are_not():
    runs = {(n, "test"): run(v, 0.5) for n, v in enumerate((0.2, 0.3, 0.25))}
    both = [rises("X1"), rises("X2")]
    table = judge(both, runs, own_items=["X2"])
    mean = table[table["seed"].isna()].set_index("claim")
    assert mean["state"].to_dict() == {"X1": "open", "X2": "in"}
    test = stats.ttest_1samp((0.2, 0.3, 0.25), 0.0)
    assert mean.loc["X2", "p"] == pytest.approx(test.pvalue)


# Gates


def gated(run):
    if run["gate"]:
        raise Gated("nothing was learned")
    return [Statistic("x", run["x"], np.empty(0), above(0))]


def test_a_gated_claim_is_told_without_its_gate():
    claim = Claim("X1", "it rises", "A paper", "§1", "> 0", gated, True)
    own = {(n, "test"): {"x": 0.5 + n, "gate": n > 0} for n in range(2)}
    free = {at: {**run, "gate": False} for at, run in own.items()}
    table = judge([claim], own, ungated=free)
    assert set(table["verdict"]) == {"not run"}
    # Of all runs, those of which no gate kept it as well.
    assert set(table["ungated"]) == {"reproduced (x 1)"}
    free[0, "test"]["x"] = -5
    assert set(judge([claim], own, ungated=free)["ungated"]) == {"undecided (x -1.75)"}
    assert set(judge([claim], own)["ungated"]) == {""}
    without = judge([claim], {at: {**run, "gate": False} for at, run in own.items()})
    assert set(without["ungated"]) == {""}


def test_the_page_tells_what_gates_hide():
    claim = Claim("X1", "it rises", "A paper", "§1", "> 0", gated, True)
    plain = rises("X2", needs_structure=True)
    own = {(1, "test"): {"x": 0.5, "gate": True, **run(-0.5)}}
    free = {at: {**one, "gate": False} for at, one in own.items()}
    control = judge([claim, plain], own, ungated=free)
    page = to_markdown(control, control)
    assert "not run; without its gate reproduced (x 0.5)" in page
    assert "Without gates, which were made after such results had been seen, X1" in page
    assert "X2 would have" not in control_finding(control)
