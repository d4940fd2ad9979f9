"""What a run has found comes to the pages as it is, and changes are told."""

from pathlib import Path

import numpy as np
import pytest
from pages import maker

from ontogeny.claims.controls import LANGUAGE, SHUFFLED
from ontogeny.claims.intervals import Statistic
from ontogeny.claims.judge import judge
from ontogeny.claims.regions import above
from ontogeny.claims.report import to_markdown
from ontogeny.claims.verdicts import Claim
from ontogeny.disk.files import write_table, write_text

DOCS = Path(__file__).parents[2] / "docs"  # read from the claims of "ontogeny"

SPREAD = np.linspace(-1, 1, 41)

README = """\
| spread | target | run |
|---|---|---|
| 1: how far | `fig1.pdf` | X1, X2 reproduced |
| 2: how near | – | X3 reproduced |
| not in the paper | – | – |
| all claims | `claims.md` | [3 reproduced](docs/studies/claims/spread-mine.md) |

| other | target | run |
|---|---|---|
| 1: how far | `fig1.pdf` | X1 reproduced |
| all claims | `claims.md` | [1 reproduced](docs/studies/claims/other-mine.md) |
"""
STUDY = "Of the 3 claims: 3 reproduced (all).\n[Every claim](claims/spread-mine.md).\n"
HEAD = "# Claims of ours\n\nMade by the workflow: three seeds."
PAGE = f"""\
{HEAD}

An old legend.

| id | claim | criterion | statistic (test) | verdict (test) |
| --- | --- | --- | --- | --- |
| X1 | it is | \\|x\\| > 0 | x: 1 | reproduced (adjusted: undecided) |
| X2 | it is | x > 0 | x: 1 | undecided |
"""


@pytest.fixture(scope="module")
def docs():
    return maker(DOCS / "publish.py")


def verdicts(seeds):
    def measure(values):
        return lambda run: [
            Statistic("x", values + run, values + run + SPREAD, above(0))
        ]

    claims = [
        Claim(f"X{n}", "it is", "A paper", "§1", "> 0", measure(value))
        for n, value in enumerate((-3.0, 5.0, 0.0), start=1)
    ]
    return judge(claims, {(seed, "test"): seed / 10 for seed in range(seeds)})


@pytest.fixture
def place(tmp_path):
    root = tmp_path / "repository"
    write_text(README, root / "README.md")
    write_text(STUDY, root / "docs/studies/spread.md")
    write_text(PAGE, root / "docs/studies/claims/spread-mine.md")
    write_text(PAGE, root / "docs/studies/claims/spread-other.md")
    for name in ("fig1", "fig2"):
        write_text("old", root / f"docs/figures/mine/spread/{name}.svg")
    run = tmp_path / "results/mine"
    write_text("control: false\n", run / "config.yaml")
    write_text("new", run / "figures/spread/fig1.svg")
    write_table(verdicts(1), run / "spread/claims.parquet")
    return run, root


def test_pages_say_what_the_run_found(docs, place):
    run, root = place
    told = docs.publish(run, root)
    page = (root / "docs/studies/claims/spread-mine.md").read_text()
    made = to_markdown(verdicts(1))
    assert page == f"{HEAD}\n\n{made.removeprefix('# Claims').lstrip()}"
    assert (root / "docs/studies/claims/spread-other.md").read_text() == PAGE
    first, second = (root / "README.md").read_text().split("\n\n")
    assert "| X2 reproduced; X1 not |\n" in first
    assert "| X3 undecided |\n" in first
    assert "| – | – |\n" in first
    assert "[1 reproduced, 1 not, 1 undecided](docs/studies/claims/spread-" in first
    assert second == README.split("\n\n")[1]
    text = (root / "docs/studies/spread.md").read_text()
    assert text.startswith("Of the 3 claims: 1 reproduced, 1 not, 1 undecided (all).\n")
    figures = root / "docs/figures/mine/spread"
    assert (figures / "fig1.svg").read_text() == "new\n"
    assert (figures / "fig2.svg").read_text() == "old\n"
    assert told == [
        "spread-mine.md, of seeds 0, says of itself: "
        '"Made by the workflow: three seeds."',
        "X1, test: reproduced, now not reproduced.",
        "X2, test: undecided, now reproduced.",
        "X3, test: not there, now undecided.",
        f"fig2.svg stays as it is: there is no {run}/figures/spread/fig2.svg.",
    ]


def test_a_second_time_nothing_changes(docs, place):
    run, root = place
    docs.publish(run, root)
    before = {path: path.read_bytes() for path in root.rglob("*.*") if path.is_file()}
    assert [line for line in docs.publish(run, root) if ", now " in line] == []
    assert {path: path.read_bytes() for path in before} == before


def test_verdicts_adjusted_for_their_number_are_counted_too(docs, place):
    run, root = place
    write_table(verdicts(3), run / "spread/claims.parquet")
    docs.publish(run, root)
    found = verdicts(3).drop_duplicates("claim")
    assert found["adjusted"].ne("").all()
    assert (
        f"(adjusted, of {len(found)}: {docs.counted(found['adjusted'])})](docs"
        in (root / "README.md").read_text().split("\n\n")[0]
    )


@pytest.mark.parametrize(
    ("control", "kind"), [("true", LANGUAGE), ("shuffled", SHUFFLED)]
)
def test_a_control_stands_beside(docs, place, control, kind):
    run, root = place
    write_text(f"control: {control}\n", run / "config.yaml")
    write_table(verdicts(1), run.with_name("mine_control") / "spread/claims.parquet")
    docs.publish(run, root)
    page = (root / "docs/studies/claims/spread-mine.md").read_text()
    assert f"verdict ({kind})" in page


def test_a_study_that_was_not_run_keeps_its_page(docs, place):
    run, root = place
    (run / "spread/claims.parquet").unlink()
    told = docs.publish(run, root)
    assert told[0] == (
        f"spread-mine.md stays as it is: there is no {run}/spread/claims.parquet."
    )
    assert (root / "README.md").read_text() == README


def test_a_claim_that_the_run_has_not_leaves_all_as_it_was(docs, place):
    run, root = place
    (root / "README.md").write_text(README.replace("X3", "X9"))
    with pytest.raises(KeyError, match="X9"):
        docs.publish(run, root)
    assert (root / "docs/studies/claims/spread-mine.md").read_text() == PAGE
