"""What the report says beside each figure and page."""

import re
from pathlib import Path
from types import SimpleNamespace

import jinja2
import pytest
import yaml

from ontogeny.studies.names import NAMES, load
from ontogeny.studies.svcca.names import WITHIN

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "workflow" / "report"
CONFIG = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
ABOUT = {study: load(study) for study in [*NAMES, "lm"]}
FIGURES = [(study, f) for study, about in ABOUT.items() for f in about.figures]


def rendered(name, **params):
    """A caption as Snakemake renders it, but that nothing may be missing."""
    job = SimpleNamespace(
        wildcards=SimpleNamespace(corpus="mini"),
        params=SimpleNamespace(note="what the rule notes", **params),
        input=["table.parquet"],
        config=CONFIG,
    )
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    template = (REPORT / f"{name}.rst").read_text(encoding="utf-8")
    return environment.from_string(template).render(snakemake=job)


@pytest.mark.parametrize(
    ("study", "figure"), FIGURES, ids=lambda part: getattr(part, "name", part)
)
def test_a_caption_says_what_the_figure_is_of_and_what_to_look_at(study, figure):
    about = ABOUT[study]
    told = {"title": figure.title, "of": about.source + about.summary}
    told |= {"look": figure.look, "sections": list(about.sections)}
    text = rendered("figure", caption=told)
    assert about.source in text
    numbered = re.fullmatch(r"fig(\d+[ab]?)", figure.name)
    assert not numbered or text.strip().startswith(f"Figure {numbered[1]}: ")
    assert len(re.search(r"\*\*What to look at\.\*\* (.+)", text)[1]) > 30
    assert "**Run.** what the rule notes" in text
    # Every parameter of the study, and of the model that it measures.
    keys = [
        (section, key)
        for section in about.sections
        for key, value in CONFIG.get(section, {}).items()
        if not isinstance(value, dict)
    ]
    assert all(f"``{at}.{key}: {CONFIG[at][key]}``" in text for at, key in keys)
    assert "``results/mini/config.yaml``" in text
    assert "``table.parquet``" in text


def test_what_is_stable_is_said_with_the_number_that_decides():
    (figure,) = (f for f in ABOUT["svcca"].figures if f.name == "stabilisation")
    assert f"within {WITHIN} of its end" in figure.look


@pytest.mark.parametrize("page", [p for about in ABOUT.values() for p in about.pages])
def test_a_page_says_what_it_holds(page):
    text = rendered("pages", look=page.look)
    assert len(text.splitlines()[0]) > 30
    assert "Made from ``table.parquet``" in text


def test_the_note_beside_a_figure_names_corpus_and_seeds():
    rules = "\n".join(path.read_text() for path in (ROOT / "rules").glob("*.smk"))
    notes = re.findall(r"^def (\w*note)\(wildcards\):\n((?: .*\n|\n)+)", rules, re.M)
    assert {name for name, _ in notes} == set(re.findall(r" note=(\w+),", rules))
    for _, body in notes:
        assert "named(" in body
        assert "wildcards.corpus" in body or "Generated texts" in body
