"""Claims: regions, states, verdicts, the table and its text."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from docutils.core import publish_parts
from pages import maker

from ontogeny.claims.controls import control_finding
from ontogeny.claims.intervals import Statistic, extreme, magnitude
from ontogeny.claims.judge import COLUMNS, judge
from ontogeny.claims.regions import above, at_least, at_most, below, between, within
from ontogeny.claims.report import scoreboard, to_landing_page, to_markdown
from ontogeny.claims.verdicts import Claim, Lacks, conjunction, verdict

tables = maker(Path(__file__).parents[2] / "docs" / "publish.py").tables
STATES = ("in", "out", "open", "not run")
SPREAD = np.linspace(-1, 1, 41)


def number(part, value, region, note="", spread=0.1):
    return Statistic(part, value, value + spread * SPREAD, region, note)


def claim(id="X1", *, measure=None, paper="A paper", structure=False):
    """A claim whose runs are plain numbers: the number is above 0."""
    rises = measure or (lambda x: [number("x", x, above(0))])
    return Claim(id, f"{id} rises", paper, "§1", "|x| > 0", rises, structure)


def verdicts(table):
    return dict(zip(table["claim"], table["verdict"], strict=True))


@pytest.mark.parametrize("seeds", [1, 2, 3])
def test_verdict_over_every_combination_of_states(seeds):
    for states in itertools.product(STATES, repeat=seeds):
        expected = "undecided"
        if "not run" in states:
            expected = "not run"
        elif all(s == "in" for s in states):
            expected = "reproduced"
        elif all(s == "out" for s in states):
            expected = "not reproduced"
        assert verdict(states) == expected


@pytest.mark.parametrize("parts", [1, 2, 3])
def test_conjunction_over_every_combination_of_states(parts):
    for states in itertools.product(STATES, repeat=parts):
        expected = "in" if all(s == "in" for s in states) else "open"
        if "out" in states:
            expected = "out"
        if "not run" in states:
            expected = "not run"
        assert conjunction(states) == expected


@pytest.mark.parametrize("derive", [verdict, conjunction])
def test_nothing_yields_no_verdict(derive):
    with pytest.raises(ValueError):
        derive([])


@pytest.mark.parametrize(
    ("region", "low", "high", "state"),
    [
        (above(0), 0, 1, "open"),
        (above(0), -1, 0, "out"),
        (above(0), 0, 0, "out"),
        (at_least(0.5), 0.5, 1, "in"),
        (at_least(0.5), 0, 0.5, "open"),
        (at_least(0.5), 0, 0.49, "out"),
        (below(0.1), 0, 0.1, "open"),
        (below(0.1), 0.1, 1, "out"),
        (at_most(0), -1, 0, "in"),
        (at_most(0), 0, 1, "open"),
        (within(0.1), -0.09, 0.09, "in"),
        (within(0.1), -0.3, 0.3, "open"),
        (within(0.1), 0.05, 0.3, "open"),
        (within(0.1), 0.1, 0.3, "out"),
        (within(0.1), -0.3, -0.1, "out"),
        (between(2, 4), 2, 4, "in"),
        (between(2, 4), 1, 2, "open"),
        (between(2, 4), 4.1, 5, "out"),
    ],
)
def test_states_at_and_around_the_bounds(region, low, high, state):
    assert region.state(low, high) == state


@pytest.mark.parametrize(("low", "high"), [(1, 0), (np.nan, 1), (0, np.nan)])
def test_no_state_without_an_interval(low, high):
    with pytest.raises(ValueError, match="no interval"):
        above(0).state(low, high)


def test_a_region_and_its_mirror_image_have_mirrored_states():
    for low, high in itertools.combinations_with_replacement([-2, -1, 0, 1, 2], 2):
        assert above(1).state(low, high) == below(-1).state(-high, -low)
        assert within(1).state(low, high) == within(1).state(-high, -low)


def test_interval_holds_95_percent_of_the_resamples():
    drawn = np.random.default_rng(0).normal(size=4000)
    low, high = Statistic("x", 0.0, drawn, above(0)).interval()
    assert np.mean((drawn >= low) & (drawn <= high)) == pytest.approx(0.95, abs=1e-3)
    assert np.mean(drawn < low) == pytest.approx(np.mean(drawn > high), abs=1e-3)


CENTRES = (-0.3, -0.06, 0.0, 0.05, 0.1, 0.12, 0.3)


@pytest.mark.parametrize("spread", [0.01, 0.05, 0.1])
def test_the_largest_is_below_a_bound_as_all_numbers_are(spread):
    for values in itertools.product(CENTRES, repeat=3):
        parts = [number("x", value, below(0.1), spread=spread) for value in values]
        states = [below(0.1).state(*part.interval()) for part in parts]
        largest = extreme("largest", max, parts, below(0.1))
        assert below(0.1).state(*largest.interval()) == conjunction(states)
        assert largest.estimate == max(values)
        # The smallest of the mirrored numbers is its mirror image.
        mirrored = [number("x", -value, above(-0.1), spread=spread) for value in values]
        smallest = extreme("smallest", min, mirrored, above(-0.1))
        assert smallest.interval() == pytest.approx(
            tuple(-end for end in reversed(largest.interval()))
        )


@pytest.mark.parametrize("spread", [0.01, 0.05, 0.1, 0.3])
def test_magnitude_asks_what_within_asks(spread):
    for value in CENTRES:
        signed = number("x", value, within(0.1), spread=spread)
        low, high = magnitude(signed).interval()
        assert 0 <= low <= abs(value) <= high
        # An interval that reaches beyond both ends is no longer to one side.
        expected = within(0.1).state(*signed.interval())
        assert below(0.1).state(low, high) == expected


def test_an_undefined_number_has_no_magnitude_and_no_extreme():
    gone = Statistic("x", 0.5, np.full(100, np.nan), below(1))
    for derived in (
        magnitude(gone),
        extreme("largest", max, [number("y", 0.1, below(1)), gone], below(1)),
    ):
        assert derived.undefined()
        table = judge([claim(measure=lambda run, d=derived: [d])], {(0, "test"): None})
        assert verdicts(table) == {"X1": "not run"}


@pytest.mark.parametrize(("undefined", "runs"), [(0, True), (1, True), (2, False)])
def test_more_than_one_percent_of_undefined_resamples_yields_no_verdict(
    undefined, runs
):
    drawn = np.linspace(1, 2, 100)
    drawn[:undefined] = np.nan
    one = claim(measure=lambda run: [Statistic("x", 1.5, drawn, above(0))])
    table = judge([one], {(0, "test"): None})
    assert verdicts(table) == {"X1": "reproduced" if runs else "not run"}
    assert ("undefined in 2 of 100" in table["reason"][0]) is not runs


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_an_undefined_estimate_yields_no_verdict_whatever_the_other_parts(value):
    def measure(run):
        drawn = np.linspace(1, 2, 100)
        return [number("y", run, above(0)), Statistic("x", value, drawn, above(0))]

    for other in (1.0, -1.0):
        table = judge([claim(measure=measure)], {(0, "test"): other})
        assert set(table["verdict"]) == {"not run"}
        assert set(table["reason"]) == {"x is undefined"}
        assert table["state"].tolist() == ["in" if other > 0 else "out", "not run"]


def test_a_seed_that_disagrees_turns_reproduced_into_undecided():
    agree = {(0, "test"): 1.0, (1, "test"): 2.0}
    assert verdicts(judge([claim()], agree)) == {"X1": "reproduced"}
    for value in (-1.0, 0.05):
        table = judge([claim()], {**agree, (2, "test"): value})
        assert verdicts(table) == {"X1": "undecided"}


def test_splits_are_judged_apart():
    runs = {(0, "test"): 1.0, (0, "train"): -1.0, (1, "test"): 1.0, (1, "train"): -2.0}
    by_split = judge([claim()], runs).groupby("split")["verdict"].unique()
    assert list(by_split["test"]) == ["reproduced"]
    assert list(by_split["train"]) == ["not reproduced"]


def test_a_seed_that_lacks_something_leaves_no_verdict_and_is_named():
    def measure(run):
        if run is None:
            raise Lacks("no rescaling")
        return [number("x", run, above(0))]

    table = judge([claim(measure=measure)], {(0, "test"): 1.0, (7, "test"): None})
    assert set(table["verdict"]) == {"not run"}
    assert set(table["reason"]) == {"seed 7: no rescaling"}
    assert table["state"].tolist() == ["in", "not run"]


def test_a_bug_in_a_measure_is_not_a_verdict():
    def measure(run):
        raise KeyError("bug")

    with pytest.raises(KeyError):
        judge([claim(measure=measure)], {(0, "test"): 1.0})


def test_an_unjudged_scale_measures_nothing():
    def measure(run):
        raise AssertionError("measured")

    table = judge([claim(measure=measure)], {(0, "test"): 1.0}, judged=False)
    assert verdicts(table) == {"X1": "not run"}
    assert "scale" in table["reason"][0]


@pytest.mark.parametrize("others", [{}, {(1, "test"): 1.0}])
def test_a_seed_that_is_not_to_be_judged_is_not_measured_and_leaves_no_verdict(others):
    def measure(run):
        assert run is not None, "measured"
        return [number("x", run, above(0))]

    runs = {(7, "test"): None, (7, "train"): None} | others
    table = judge([claim(measure=measure)], runs, not_judged={7: "learned nothing"})
    assert set(table["verdict"]) == {"not run"}
    by_split = table.groupby("split")["reason"].unique()
    assert list(by_split["train"]) == ["learned nothing"]
    assert list(by_split["test"]) == ["seed 7: " * bool(others) + "learned nothing"]
    states = table[table["split"] == "test"].set_index("seed")["state"]
    assert states.to_dict() == {7: "not run"} | {seed: "in" for seed, _ in others}


def test_the_table_has_one_row_per_claim_split_seed_and_part():
    def two(run):
        return [number("a", run, above(0)), number("b", -run, above(0))]

    runs = {(s, split): 1.0 for s in (0, 1) for split in ("test", "train")}
    table = judge([claim("X1"), claim("X2", measure=two)], runs)
    assert list(table.columns) == COLUMNS
    assert len(table) == 4 + 8
    assert not table.duplicated(["claim", "split", "seed", "part"]).any()
    assert table["claim"].drop_duplicates().tolist() == ["X1", "X2"]
    # One part of X2 is in, the other out: the claim is out.
    assert set(table.loc[table["claim"] == "X2", "seed_state"]) == {"out"}


def test_judging_nothing_and_judging_twice_are_errors():
    with pytest.raises(ValueError, match="no run"):
        judge([claim()], {})
    with pytest.raises(ValueError, match="same id: X1"):
        judge([claim(), claim()], {(0, "test"): 1.0})


def test_markdown_has_a_well_formed_table_per_paper():
    claims = [claim("X1"), claim("X2"), claim("Y1", paper="Another paper")]
    runs = {(s, split): 1.0 + s for s in (0, 1) for split in ("test", "train")}
    table = judge(claims, runs)
    text = to_markdown(table, control=table)
    first, second = tables(text)
    for rows in (first, second):
        assert {len(row) for row in rows} == {len(rows[0])}
        assert set(rows[1]) == {"---"}
        assert rows[0][-2:] == ["verdict (control language)", "text − control"]
    assert [row[0] for row in first[2:]] == ["X1", "X2"]
    assert [row[0] for row in second[2:]] == ["Y1"]
    # Mean over seeds, lowest low, highest high; the criterion's bars survive.
    shown = "x: 1.500 [0.905, 2.095]<br>2 runs: 1.000, 2.000 (each in)"
    assert first[2][2:5] == ["\\|x\\| > 0", shown, "reproduced"]
    assert text.count("\n## ") == 3
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_the_landing_page_counts_verdicts_per_paper_and_is_valid():
    claims = [claim("X1"), claim("X2"), claim("Y1", paper="Another paper")]
    table = judge(claims, {(s, "test"): 1.0 + s for s in (0, 1)})
    text = to_landing_page(table, table, name="mine")
    assert text.startswith("mine: how the papers' claims came out\n=====")
    assert "**A paper**: test: 2 reproduced; of each of 2 runs." in text
    assert "**Another paper**: test: 1 reproduced; of each of 2 runs." in text
    parts = publish_parts(text, writer="html", settings_overrides={"halt_level": 2})
    assert "<strong>Another paper</strong>" in parts["html_body"]


@pytest.mark.parametrize(
    ("seeds", "of_each", "told"),
    [
        (1, [], "; of one run\n"),
        (2, [], "; of each of 2 runs\n"),
        (3, [], "; of the mean over 3 runs; adjusted for 2 claims"),
        (3, ["X2"], "; 1 of the mean over 3 runs, 1 of each of 3 runs; adjusted"),
        (3, ["X1", "X2"], "; of each of 3 runs\n"),
    ],
)
def test_a_paper_s_score_says_of_which_runs_it_is(seeds, of_each, told):
    runs = {(seed, "test"): 1.0 + seed / 10 for seed in range(seeds)}
    table = judge([claim("X1"), claim("X2")], runs, of_each=of_each)
    assert f"0 not run{told}" in to_markdown(table)
    nothing = judge([claim("X1")], runs, judged=False)
    assert "1 not run\n" in to_markdown(nothing)


def test_markdown_says_why_nothing_was_run_and_prints_notes():
    noted = claim("X2", measure=lambda x: [number("x", x, above(0), "at epoch 7")])
    table = judge([noted], {(0, "test"): 1.0, (3, "test"): 1.0})
    assert to_markdown(table).count("at epoch 7") == 1
    assert "seed" not in tables(to_markdown(table))[0][2][3]
    table.loc[1, "note"] = "at epoch 8"
    assert "seed 0: at epoch 7<br>seed 3: at epoch 8" in to_markdown(table)
    unjudged = judge([noted], {(0, "test"): 1.0}, judged=False)
    (rows,) = tables(to_markdown(unjudged))
    assert rows[2][3] == "–"
    assert rows[2][4].startswith("not run: ")


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.5, "0.500"), (0.00042, "0.00042"), (1e-17, "0.000"), (227e6, "227,000,000")],
)
def test_markdown_shows_digits_of_small_and_large_numbers(value, shown):
    one = claim(measure=lambda x: [number("x", x, above(0), spread=0)])
    text = to_markdown(judge([one], {(0, "test"): value}))
    assert f"x: {shown} [{shown}, {shown}]" in text


def test_scoreboard_counts_every_claim_once_per_split():
    claims = [claim(f"X{n}") for n in range(3)]
    runs = {(0, "test"): 1.0, (1, "test"): 1.0, (0, "train"): -1.0, (1, "train"): 1.0}
    counts = scoreboard(judge(claims, runs))
    assert counts.sum(axis=1).tolist() == [3, 3]
    assert counts.loc[("A paper", "test"), "reproduced"] == 3
    assert counts.loc[("A paper", "train"), "undecided"] == 3
    assert "- test: 3 reproduced, 0 not reproduced, 0 undecided, 0 not run" in (
        to_markdown(judge(claims, runs))
    )


@pytest.mark.parametrize(
    ("structure", "value", "warns"),
    [(True, 1.0, True), (True, -1.0, False), (True, 0.0, False), (False, 1.0, False)],
)
def test_a_structural_claim_reproduced_on_the_control_is_said_loudly(
    structure, value, warns
):
    control = judge([claim(structure=structure), claim("X2")], {(0, "test"): value})
    text = to_markdown(control, control=control)
    assert ("**WARNING: X1 (test)" in text) is warns
    assert control_finding(control) in text
    if structure and not warns:
        assert "None of the 1 claims" in text


def test_a_control_that_ran_no_structural_claim_is_no_test():
    one = claim(structure=True)
    control = judge([one], {(0, "test"): 1.0}, judged=False)
    assert "has not been made" in control_finding(control)
    partly = judge([one, claim("X2", structure=True)], {(0, "test"): -1.0})
    partly.loc[partly["claim"] == "X2", "verdict"] = "not run"
    assert "not run: X2." in control_finding(partly)
