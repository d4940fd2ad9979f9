"""What the report says beside each figure and page."""

import re
from pathlib import Path
from types import SimpleNamespace

import jinja2
import pytest
import yaml

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "workflow" / "report"
TITLES = yaml.safe_load((REPORT / "titles.yaml").read_text())
CONFIG = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
PAPERS = {
    "lm": "Saphra & Lopez 2019, §2",
    "sparsity": "*Sparsity Emerges Naturally in Neural Language Models*",
    "svcca": "*Understanding Learning Dynamics of Language Models with SVCCA*",
    "interdependence": "*LSTMs Compose—and Learn—Bottom-Up*",
    "scaffold": "*LSTMs Compose—and Learn—Bottom-Up*",
}
FIGURES = [(study, figure) for study in PAPERS for figure in TITLES[study]]


def caption(name, **wildcards):
    """A caption as Snakemake renders it, but that nothing may be missing."""
    job = SimpleNamespace(
        wildcards=SimpleNamespace(corpus="mini", **wildcards),
        params=SimpleNamespace(note="what the rule notes"),
        input=["table.parquet"],
        config=CONFIG,
    )
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    template = (REPORT / f"{name}.rst").read_text(encoding="utf-8")
    return environment.from_string(template).render(snakemake=job)


def test_every_study_has_a_paper():
    assert set(TITLES) - {"pages"} == set(PAPERS)


@pytest.mark.parametrize(("study", "figure"), FIGURES)
def test_a_caption_says_what_the_figure_is_of_and_what_to_look_at(study, figure):
    text = caption(study, figure=figure)
    assert PAPERS[study] in text
    numbered = re.fullmatch(r"fig(\d+[ab]?)", figure)
    assert not numbered or f"Figure {numbered[1]}" in text
    look = re.search(r"\*\*What to look at\.\*\* (.+)", text)
    assert len(look[1]) > 30
    assert "**Run.** what the rule notes" in text
    # Every parameter of the study, and of the model that it measures.
    section = "lm" if study == "lm" else study
    keys = [
        key for key, value in CONFIG[section].items() if not isinstance(value, dict)
    ]
    assert all(f"``{section}.{key}: {CONFIG[section][key]}``" in text for key in keys)
    assert ".hidden: " in text
    assert "``results/mini/config.yaml``" in text
    assert "``table.parquet``" in text


@pytest.mark.parametrize("page", TITLES["pages"])
def test_a_page_says_what_it_holds(page):
    text = caption("pages", page=page)
    assert len(text.splitlines()[0]) > 30
    assert "Made from ``table.parquet``" in text


def test_the_note_beside_a_figure_names_corpus_and_seeds():
    rules = "\n".join(path.read_text() for path in (ROOT / "rules").glob("*.smk"))
    notes = re.findall(r"^def (\w*note)\(wildcards\):\n((?: .*\n|\n)+)", rules, re.M)
    assert {name for name, _ in notes} == set(re.findall(r" note=(\w+),", rules))
    for _, body in notes:
        assert "named(" in body
        assert "wildcards.corpus" in body or "Generated texts" in body
