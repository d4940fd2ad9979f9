"""Numbers on text beside those of a text without structure."""

import numpy as np
import pandas as pd
import pytest

from ontogeny.claims.controls import (
    SHUFFLED,
    Number,
    beside_control,
    beside_finding,
    control_finding,
    difference,
)
from ontogeny.claims.intervals import Statistic
from ontogeny.claims.judge import judge
from ontogeny.claims.regions import above, at_most, within
from ontogeny.claims.report import to_markdown
from ontogeny.claims.verdicts import Claim, Gated

SPREAD = np.linspace(-0.1, 0.1, 81)


def claims(region, *, structure=True, of_text=False):
    def measure(run):
        if run.get("gate"):
            raise Gated("nothing was learned")
        return [Statistic("x", run["x"], run["x"] + SPREAD, region)]

    said = "X1", "it rises", "A paper", "§1", region.text
    return [Claim(*said, measure, structure, of_text)]


def judged(values, region=above(0), *, gate=False, **claim):  # noqa: B008
    runs = {(seed, "test"): {"x": x, "gate": gate} for seed, x in enumerate(values)}
    free = {at: {**run, "gate": False} for at, run in runs.items()}
    return judge(claims(region, **claim), runs, ungated=free)


def beside(text, control, **claim):
    return beside_control(judged(text, **claim), judged(control, **claim))


def test_of_symmetric_intervals_variances_are_added():
    found = difference(Number(5, 2, 8), Number(1, -3, 5))
    assert found == pytest.approx((4, -1, 9))


def test_the_difference_covers_what_it_should():
    rng = np.random.default_rng(5)
    # Of skewed estimates, whose intervals are exact: exponential means of 30.
    n, trials, truth = 30, 2_000, 3.0
    quantiles = np.quantile(rng.gamma(n, 1 / n, 200_000), [0.025, 0.975])
    one = truth * rng.gamma(n, 1 / n, trials)
    two = rng.gamma(n, 1 / n, trials)
    held = 0
    for a, b in zip(one, two, strict=True):
        sides = [Number(x, x / quantiles[1], x / quantiles[0]) for x in (a, b)]
        _, low, high = difference(*sides)
        held += low <= truth - 1 <= high
    assert 0.93 < held / trials < 0.97


@pytest.mark.parametrize(
    ("text", "control", "found"),
    [
        ([1.0], [0.5], "beyond the control's"),
        ([1.0], [0.95], "open beside the control's"),
        ([1.0], [1.5], "not beyond the control's"),
        # Each with each: the third pair is open.
        ([1.0, 1.1], [0.5, 1.0], "open beside the control's"),
        # Of three runs or more means are compared, and runs may differ.
        ([1.0, 1.4, 1.2], [0.3, 0.5, 0.2], "beyond the control's"),
        ([1.0, 3.0, -1.0], [0.3, 0.5, 0.2], "open beside the control's"),
        # One run of the control beside the mean of three.
        ([1.0, 1.1, 1.05], [0.3], "beyond the control's"),
    ],
)
def test_text_lies_beyond_its_control_where_the_difference_does(text, control, found):
    rows = beside(text, control)
    assert set(rows["beside"]) == {found}
    apart = np.mean(text) - np.mean(control)
    assert rows["difference"].tolist() == pytest.approx([apart])


def test_a_claim_below_a_bound_must_lie_below_its_control():
    low = {"region": at_most(0.5)}
    assert set(beside([0.1], [0.9], **low)["beside"]) == {"beyond the control's"}
    assert set(beside([0.9], [0.1], **low)["beside"]) == {"not beyond the control's"}


@pytest.mark.parametrize(
    "claim", [{"region": within(2)}, {"structure": False}, {"of_text": True}]
)
def test_a_band_what_needs_no_structure_and_counts_of_the_text_are_not_compared(claim):
    assert beside([1.0], [0.5], **claim).empty


def test_a_gated_number_of_the_control_counts():
    control = judged([0.5, 0.4], gate=True)
    assert set(control["verdict"]) == {"not run"}
    assert control["estimate"].tolist() == [0.5, 0.4]
    assert set(control["ungated"]) == {"reproduced (x 0.45)"}
    rows = beside_control(judged([1.0, 1.1]), control)
    assert set(rows["beside"]) == {"beyond the control's"}


@pytest.mark.parametrize("lacking", [[np.nan], [0.1, np.nan], [0.1, 0.1, np.nan]])
def test_a_claim_that_was_not_run_is_not_compared(lacking):
    assert beside_control(judged([1.0]), judged(lacking)).empty
    assert beside_control(judged(lacking), judged([0.0])).empty
    gated = judged(lacking, gate=True)
    assert "nan" not in gated["ungated"].iloc[0]
    assert beside_control(judged([1.0]), gated).empty


def test_a_run_that_learned_nothing_keeps_no_claim_from_being_compared():
    runs = {(seed, "test"): {"x": x} for seed, x in enumerate([1.0, 1.1, 1.05, 9.0])}
    text = judge(claims(above(0)), runs, not_judged={3: "untrained"})
    assert set(text["verdict"]) == {"reproduced"}
    found = beside_control(text, judged([0.3]))
    assert found["difference"].tolist() == pytest.approx([0.75])


def test_a_claim_or_split_that_the_control_lacks_is_not_compared():
    assert beside_control(judged([1.0]), judged([1.0]).assign(claim="X2")).empty
    text, control = judged([1.0]), judged([0.5]).assign(split="train")
    assert beside_control(text, control).empty
    # Another split does not stand for the first.
    both = pd.concat([text, text.assign(split="train")], ignore_index=True)
    page = to_markdown(both, control)
    assert "not compared: X1" in page
    assert "beyond the control's |" not in page


def test_the_page_says_which_claims_lie_beyond():
    text, control = judged([1.0]), judged([0.5])
    page = to_markdown(text, control, kind=SHUFFLED)
    assert "| verdict (shuffled text) | text − control |" in page
    assert "x: 0.500 [0.366, 0.634]<br>beyond the control's |" in page
    assert "**X1 (test) came out `reproduced` on the shuffled text**" in page
    rows = beside_control(text, control)
    said = beside_finding(text, rows, SHUFFLED)
    assert said in page
    assert said.endswith("set beside the shuffled text: beyond the control's: X1.")
    none = beside_finding(judged([-1.0]), rows, SHUFFLED)
    assert none == "No claim about structure is reproduced on the text."
    lone = beside_finding(text, rows[:0], SHUFFLED)
    assert lone.endswith("not compared: X1.")


def test_on_a_shuffled_text_a_reproduced_claim_is_a_finding():
    control = judged([1.0])
    assert "WARNING" not in control_finding(control, SHUFFLED)
    assert "stand anywhere" in control_finding(control, SHUFFLED)
    assert "has no classes" in control_finding(control)
    counted = judged([1.0], of_text=True)
    assert control_finding(counted, SHUFFLED).startswith("No claim")
    assert "WARNING" in control_finding(counted)
    assert pd.api.types.is_integer_dtype(control["side"])
