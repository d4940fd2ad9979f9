"""What is told of each study: by itself, and by its own rules."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from ontogeny.studies.names import NAMES, load


@dataclass(frozen=True)
class StudyFiles:
    """What the rules of a study say of it, beside its `about`.

    Attributes:
        tabulated: Files that its figures are made of, by name.
        params: With which they are read and tabulated, and claims judged.
        judged: Files that its claims are judged by; None: those of its figures.
        judged_params: Params of these alone.
        asked: What its target asks for beside figures, pages and claims.
        note: What stands under a figure, of wildcards; None: corpus, split, seeds.
    """

    tabulated: dict
    params: dict
    judged: dict | None = None
    judged_params: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)
    note: Callable | None = None


# A study's own rules enter what is asked of it here.
FILES = {}

ABOUT = {study: load(study) for study in [*NAMES, "lm"]}
MADE = [ABOUT[study] for study in STUDIES]
LABELS = {
    study: {
        # The report sorts them as text: a blank as wide as a digit puts 7a before 10.
        figure.name: {
            "figure": re.sub(r"^(?!\d\d)", "\N{FIGURE SPACE}", figure.label),
            "shows": figure.shows,
        }
        for figure in about.asked(early=True)
    }
    for study, about in ABOUT.items()
}
CAPTIONS = {
    study: {
        figure.name: {
            "title": figure.title,
            "of": about.source + about.summary,
            "look": figure.look,
            "sections": list(about.sections),
        }
        for figure in about.asked(early=True)
    }
    for study, about in ABOUT.items()
}

PAGES = {
    "claims": {
        "file": "claims.md",
        "labels": {"page": "every claim", "holds": "criterion, statistic, verdict"},
        "look": "Every claim of the papers with its criterion, which was fixed "
        "beforehand, the statistic that was measured, its 95 % bootstrap interval and "
        "the verdict, on the text and on a control without structure. Look "
        "at the verdict's reason first: *undecided* often means too little text.",
    },
    "steps": {
        "file": "corpus/steps.md",
        "labels": {"page": "corpus", "holds": "what was read and kept"},
        "look": "How many documents, sentences and words were read and kept. When "
        "little was kept, lower ``corpus.min_count``.",
    },
    **{
        page.name: {
            "file": page.file,
            "labels": {"page": page.title, "holds": page.holds},
            "look": page.look,
        }
        for about in MADE
        for page in about.pages
    },
}
if not STUDIES_OF_LANGUAGE:
    del PAGES["steps"]


def modules(study, *parts):
    """Modules of a study, for the digest of a script that imports them by name."""
    return [f"ontogeny.studies.{study}.{part}" for part in parts]


PLOT_CODE = {
    study: core_digest("plot_figure.py", *modules(study, "plots")) for study in ABOUT
}


def category(wildcards):
    """Under which heading the report has a figure."""
    return ABOUT[wildcards.study].category


def markdown_of_page(wildcards):
    """The Markdown that a page of the report is made from."""
    return f"results/{wildcards.corpus}/{PAGES[wildcards.page]['file']}"


def seeds_of(figure):
    """Of which language models a figure is: of early steps there is one."""
    return SETTINGS.seeds[:1] if figure.startswith("early") else SETTINGS.seeds


def note(wildcards):
    """What stands under a figure: corpus, split, seeds, or as its study says."""
    own = FILES[wildcards.study].note if wildcards.study in FILES else None
    if own:
        return own(wildcards)
    split = SETTINGS.measuring.splits[0]
    seeds = named(seeds_of(wildcards.figure))
    return f"{wildcards.corpus}, {split} split, {seeds}"
