"""What README and the studies' pages say of verdicts is what the claims pages say."""

import re
from collections import Counter
from pathlib import Path

import pytest
from pages import maker

from ontogeny.studies.names import NAMES

ROOT = Path(__file__).parents[2]
tables = maker(ROOT / "docs" / "publish.py").tables
README = (ROOT / "README.md").read_text(encoding="utf-8")
STUDIES = sorted((ROOT / "docs" / "studies").glob("*.md"))
VERDICTS = ("reproduced", "not reproduced", "undecided", "not run")
PAGE = r"\((?:docs/studies/)?(claims/[\w-]+\.md)\)"
COUNTS = re.compile(rf"^\| all claims.*\| \[([^\]]+)\]{PAGE} \|$", re.M)
SENTENCE = re.compile(
    rf"Of the (\d+) claims[^:]*:\s([^.]+?)\.\s\[Every\sclaim\]{PAGE}", re.S
)
ID = re.compile(r"[A-Z]\d+b?")


def read_page(name):
    """The verdict of each claim, on the first split of a claims page that asks it."""
    found = {}
    text = (ROOT / "docs" / "studies" / name).read_text(encoding="utf-8")
    for head, _, *rows in tables(text):
        columns = [n for n, cell in enumerate(head) if cell.startswith("verdict")]
        for row in rows:
            assert row[0] not in found, f"{row[0]} stands twice"
            asked = (row[n] for n in columns if row[n] != "–")
            found[row[0]] = re.split(r":| \(", next(asked))[0]
    return found


def read_counts(text):
    """ "8 reproduced, 4 not, 3 not run" as counts by verdict."""
    told = Counter()
    for part in re.sub(r" \(.*\)", "", text).split(", "):
        number, verdict = re.match(r"(\d+) ([a-z ]+[a-z])", part).groups()
        told["not reproduced" if verdict == "not" else verdict] += int(number)
    return told


def read_sentence(text):
    """ "K1, K3 reproduced; K2b not" as verdict by claim."""
    told = {}
    for group, verdict in re.findall(
        r"((?:[A-Z]\d+b?(?:, )?)+) (not reproduced|not run|not|\w+)", text
    ):
        for claim in ID.findall(group):
            assert claim not in told, f"{claim} stands twice"
            told[claim] = "not reproduced" if verdict == "not" else verdict
    return told


def wrong_in_readme(text):
    """What README's tables say of claims against their pages, one phrase each."""
    wrong = []
    for _, _, *rows in tables(text):
        *rows, last = rows
        counted = COUNTS.search("| " + " | ".join(last) + " |")
        if not counted:
            continue
        page = read_page(counted[2])
        told = read_sentence("; ".join(row[2] for row in rows))
        wrong += [
            f"{claim}: {told.get(claim)}, {counted[2]} has {page.get(claim)}"
            for claim in sorted(page.keys() | told.keys())
            if page.get(claim) != told.get(claim)
        ]
        if read_counts(counted[1]) != Counter(page.values()):
            wrong.append(f"{counted[1]}: {counted[2]} has {Counter(page.values())}")
    return wrong


def wrong_adjusted(text):
    """What README's counts of adjusted verdicts say, against the claims pages."""
    wrong = []
    for told, page in COUNTS.findall(text):
        own = (ROOT / "docs" / "studies" / page).read_text(encoding="utf-8")
        asked = re.search(r"^- .*; adjusted for (\d+) [^:]*: (.*)$", own, re.M)
        said = re.search(r"\(adjusted, of (\d+): (.*)\)", told)
        if bool(asked) != bool(said) or (
            asked
            and (asked[1], read_counts(asked[2])) != (said[1], read_counts(said[2]))
        ):
            wrong.append(page)
    return wrong


def test_readme_s_adjusted_counts_are_those_of_the_claims_pages():
    assert wrong_adjusted(README) == []


def test_every_study_has_its_table_in_readme():
    pages = [page for _, page in COUNTS.findall(README)]
    told = [Path(page).stem.partition("-")[0] for page in pages]
    assert told == [
        name for name in NAMES if ROOT / f"docs/studies/{name}.md" in STUDIES
    ]


def test_claims_pages_know_four_verdicts():
    for path in (ROOT / "docs" / "studies" / "claims").glob("*.md"):
        assert set(read_page(f"claims/{path.name}").values()) <= set(VERDICTS)


def test_readme_s_verdicts_are_those_of_the_claims_pages():
    assert wrong_in_readme(README) == []


@pytest.mark.parametrize(
    ("said", "planted", "told"),
    [
        ("S1 reproduced", "S1 undecided", "S1: undecided"),
        ("K1, K3 reproduced; K2 not", "K1, K2, K3 reproduced", "K2: reproduced"),
        ("V28 reproduced; V29 not", "V28 reproduced", "V29: None"),
        ("V17, V17b", "V17", "V17b: None"),
        ("S27 not run", "S27 not reproduced", "S27: not reproduced"),
        ("[2 reproduced, 8 not]", "[3 reproduced, 7 not]", "3 reproduced, 7 not"),
    ],
)
def test_a_wrong_verdict_would_be_told(said, planted, told):
    assert README.count(said) == 1
    (wrong,) = wrong_in_readme(README.replace(said, planted))
    assert wrong.startswith(told)


def test_readme_s_count_for_the_built_in_corpus():
    told, last, page = re.search(
        rf"\[(\d+) of (\d+), D1–D7 and second readings\]{PAGE} are reproduced", README
    ).groups()
    verdicts = list(read_page(page).values())
    assert (int(told), int(last)) == (verdicts.count("reproduced"), len(verdicts))


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_a_study_s_page_counts_as_its_claims_pages_do(path):
    found = SENTENCE.findall(path.read_text(encoding="utf-8"))
    assert found
    for number, counts, page in found:
        verdicts = Counter(read_page(page).values())
        assert read_counts(" ".join(counts.split())) == verdicts
        assert int(number) == verdicts.total()
