"""The documentation's pages: their examples, commands and links."""

import doctest
import re
import shlex
from pathlib import Path

import pytest
from pages import blocks

from ontogeny import cli

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("config/*.md"), *DOCS.rglob("*.md")])


def named(pages):
    return [pytest.param(page, id=str(page.relative_to(ROOT))) for page in pages]


@pytest.mark.parametrize(
    ("page", "least"),
    [
        ("similarity", 20),
        ("decomposition", 5),
        ("shrinking", 30),
        ("translation", 40),
        ("probing", 20),
    ],
)
def test_a_pages_examples_run(page, least):
    path = DOCS / f"{page}.md"
    text = re.sub(r"^```.*$", "", path.read_text(encoding="utf-8"), flags=re.M)
    examples = doctest.DocTestParser().get_doctest(text, {}, path.name, None, 0)
    assert len(examples.examples) >= least
    flags = doctest.NORMALIZE_WHITESPACE
    report = []
    found = doctest.DocTestRunner(optionflags=flags).run(examples, out=report.append)
    assert not found.failed, "".join(report)


def commands(page, program):
    """The calls of a program on a page, in blocks and in sentences."""
    text = page.read_text(encoding="utf-8")
    shown = [line for block in blocks(page, "") for line in block.splitlines()]
    told = re.findall(rf"(?<!`)`({program} [^`]+)`", text)
    for call in [*shown, *told]:
        if call.startswith(f"{program} "):
            yield shlex.split(call, comments=True)[1:]


PAGES_THAT_CALL = [page for page in PAGES if any(commands(page, "snakemake"))]


@pytest.mark.parametrize("page", named(PAGES_THAT_CALL))
def test_snakemake_takes_a_pages_commands_as_they_are_meant(page):
    from snakemake.cli import get_argument_parser

    for words in commands(page, "snakemake"):
        try:
            found = get_argument_parser().parse_args(words)
        except (SystemExit, ValueError) as error:  # a target taken for a value
            pytest.fail(f"{shlex.join(words)}: {error}")
        # These take every word that follows, targets too.
        assert all(path.suffix == ".yaml" for path in found.configfile or [])
        assert all("=" in value for value in found.config or [])


def test_ontogeny_takes_the_pages_commands():
    calls = [words for page in PAGES for words in commands(page, "ontogeny")]
    assert len(calls) >= 5
    for words in calls:
        cli._parser().parse_args(words)


def headings(page):
    """What the headings of a page are linked as."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", named(PAGES))
def test_a_pages_links_lead_somewhere(page):
    links = re.findall(r"\]\((?!https?:)([^)]+)\)", page.read_text(encoding="utf-8"))
    for link in links:
        path, _, heading = link.partition("#")
        there = page.parent / path if path else page
        assert there.exists(), link
        assert not heading or heading in headings(there), link
