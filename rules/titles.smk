"""What the report says beside its figures, and which pages it has."""

import re

import yaml

TITLES = yaml.safe_load(ours("workflow/report/titles.yaml").read_text())
# The report sorts them as text: a blank as wide as a digit puts 7a before 10.
for title in [title for study in TITLES.values() for title in study.values()]:
    if "figure" in title and not re.match(r"\d\d", title["figure"]):
        title["figure"] = f"\N{FIGURE SPACE}{title['figure']}"

PAGES = {"claims": "claims.md"}
if STUDIES_OF_LANGUAGE:
    PAGES["steps"] = "corpus/steps.md"
if "svcca" in STUDIES:
    PAGES["table2"] = "figures/svcca/table2.md"
if "interdependence" in STUDIES:
    PAGES["models"] = "figures/interdependence/models.md"


def markdown_of_page(wildcards):
    """The Markdown that a page of the report is made from."""
    return f"results/{wildcards.corpus}/{PAGES[wildcards.page]}"
