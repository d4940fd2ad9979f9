"""Verdicts that are planted on control languages are counted as such."""

import math

import pandas as pd
import pytest
import yaml

from benchmarks import false_verdicts as false_verdicts_of
from benchmarks.false_verdicts import ALL, ANY, config, false_verdicts, to_markdown
from ontogeny.disk.files import write_table
from ontogeny.settings import read_settings

PLANTED = [
    # language, claim, needs_structure, verdict, ungated, adjusted
    (1, "X1", True, "reproduced", "", "reproduced"),
    (2, "X1", True, "reproduced", "", "undecided"),
    (3, "X1", True, "not reproduced", "", "not reproduced"),
    (1, "X2", True, "not run", "reproduced (x 1; y 2)", ""),
    (2, "X2", True, "undecided", "", ""),
    (3, "X2", True, "not run", "not run: no word of x: none", ""),
    (1, "X3", True, "not run", "", ""),
    (1, "X4", False, "reproduced", "", "reproduced"),
]


@pytest.fixture
def counts():
    columns = ["language", "claim", "needs_structure", "verdict", "ungated", "adjusted"]
    planted = pd.DataFrame(PLANTED, columns=columns).assign(sentence="it rises")
    # A claim has a row for each number of each seed.
    return false_verdicts(pd.concat([planted, planted], ignore_index=True))


@pytest.mark.parametrize(
    ("claim", "reading", "run", "reproduced"),
    [
        ("X1", "as judged", 3, 2),
        ("X1", "without gates", 3, 2),
        ("X1", "adjusted", 3, 1),
        ("X2", "as judged", 1, 0),
        ("X2", "without gates", 2, 1),
        ("X2", "adjusted", 0, 0),
        ("X3", "as judged", 0, 0),
        (ALL, "as judged", 4, 2),
        (ALL, "without gates", 5, 3),
        (ALL, "adjusted", 3, 1),
        (ANY, "as judged", 3, 2),
        (ANY, "adjusted", 3, 1),
    ],
)
def test_verdicts_are_counted_by_reading(counts, claim, reading, run, reproduced):
    row = counts.set_index(["claim", "reading"]).loc[(claim, reading)]
    assert (row["run"], row["reproduced"]) == (run, reproduced)
    if run:
        assert 0 <= row["low"] <= reproduced / run <= row["high"] <= 1
    else:
        assert math.isnan(row["low"])


def test_claims_without_structure_are_not_counted(counts):
    assert "X4" not in set(counts["claim"])


def test_the_interval_is_clopper_and_pearsons(counts):
    row = counts.set_index(["claim", "reading"]).loc[("X2", "as judged")]
    # Of none of n: 1 − (α/2)^(1/n).
    assert (row["low"], row["high"]) == (0, pytest.approx(1 - 0.025))


def test_a_line_a_claim_is_written(counts):
    lines = to_markdown(counts).splitlines()
    assert [line.split("|")[1].strip() for line in lines[2:]] == [
        *("X1", "X2", "X3"), ALL, ANY,
    ]  # fmt: skip
    assert "2 of 3 (9–99 %)" in lines[2]
    assert lines[4].count("–") == 3


def test_languages_differ_by_their_seed_alone():
    one, two = config(1), config(2)
    read_settings(yaml.safe_load(yaml.safe_dump(one)))
    assert one["corpus"].pop("language_seed") != two["corpus"].pop("language_seed")
    assert one.pop("name") != two.pop("name")
    assert one == two


def test_the_workflow_is_asked_what_is_stale_of_a_language(tmp_path, monkeypatch):
    called = []
    monkeypatch.setattr(
        false_verdicts_of.subprocess, "run", lambda command, **_: called.append(command)
    )
    for study in false_verdicts_of.STUDIES:
        path = tmp_path / f"results/language4_control/{study}/claims.parquet"
        write_table(pd.DataFrame({"claim": [study]}), path)
    for _ in range(2):
        found = false_verdicts_of.verdicts_on(4, tmp_path, cores=1)
        assert set(found["language"]) == {4}
        assert found["claim"].tolist() == list(false_verdicts_of.STUDIES)
    assert len(called) == 2
    assert called[0][-3:] == [
        f"results/language4_control/{study}/claims.parquet"
        for study in false_verdicts_of.STUDIES
    ]
