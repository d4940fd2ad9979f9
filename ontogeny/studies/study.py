"""What a study is: the same few modules in every folder of `ontogeny/studies/`.

============== =============================================================
module         holds
============== =============================================================
`about`        `STUDY`, a `Study`: what people read; imports nothing heavy
`settings`     `Section`, its part of the config: `check` beside the rest, `datasets`
`inputs`       `read(files, params)`: the tables that were measured
`figures`      `tabulate(inputs, params)`: the table behind each figure
`plots`        `FIGURES`: from a table to a picture, by the figure's name
`claims`       `CLAIMS`, and `judge(inputs, params)`: the table of verdicts
`cost`         `needs(plan)` and `stages(plan)`, for the estimate
============== =============================================================

`files` and `params` are a job's: files by the names that the study's rules give
them, params that only the study and its rules know of.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType


@dataclass(frozen=True)
class Figure:
    """One figure.

    Attributes:
        name: Of its files, such as "fig3a".
        shows: What it shows, for the report's list.
        look: What to look at, in a sentence or two.
        number: In the paper, or where in it; "–": the paper has none such.
        heading: How its caption begins; "": by its number.
    """

    name: str
    shows: str
    look: str
    number: str = ""
    heading: str = ""

    @property
    def label(self) -> str:
        """Its number; without one of its own, that of its name.

        >>> Figure("fig3a", "a correlation", "Does it rise?").label
        '3a'
        """
        return self.number or self.name.removeprefix("fig")

    @property
    def title(self) -> str:
        """How its caption begins.

        >>> Figure("fig3a", "a correlation", "Does it rise?").title
        'Figure 3a'
        """
        return self.heading or f"Figure {self.label}"


def over_first_epoch(figures: tuple[Figure, ...], *names: str) -> tuple[Figure, ...]:
    """Second forms of some figures: over the steps of the first epoch.

    Args:
        figures: Of a study.
        names: Of those.

    >>> figures = (Figure("fig3a", "a correlation", "Does it rise?"),)
    >>> over_first_epoch(figures, "fig3a")[0].name
    'early3a'
    """
    return tuple(
        Figure(
            f"early{figure.name.removeprefix('fig')}",
            f"{figure.shows}: within the first epoch",
            f"As {figure.title[0].lower()}{figure.title[1:]}, but over the optimiser "
            "steps of the first epoch, of the first seed's model: from which step on "
            "does anything move? Step 0 is the untrained model, the last one the "
            "epoch's end.",
            f"{figure.label} (steps)",
            f"{figure.title} over the steps of the first epoch (not in the paper)",
        )
        for figure in figures
        if figure.name in names
    )


@dataclass(frozen=True)
class Page:
    """A table that the report shows as a page of its own.

    Attributes:
        name: Of the page.
        file: Its Markdown, under `results/<corpus>/`.
        title: For the report's list.
        holds: What it holds, for that list.
        look: What it says, in a sentence or two.
    """

    name: str
    file: str
    title: str
    holds: str
    look: str


@dataclass(frozen=True)
class Study:
    """A study, as people and the workflow's rules know it.

    Attributes:
        name: Of its folder, its target and its section of the config.
        category: Its heading in the report.
        source: Paper and section, in reStructuredText.
        summary: What its figures are of, after the source; ends a sentence.
        figures: In the paper's order.
        tables: Other files that `tabulate` makes, under `results/<corpus>/`, by name.
        pages: Of these, those that the report shows.
        reads_corpus: Whether it is about the corpus, and so also about its control
            language; False for one that makes its own text.
        of_shuffled: Whether it can be asked of a corpus whose words are shuffled.
        sections: Of the config, whose keys a caption names.
        early: Second forms of some figures (`over_first_epoch`).
    """

    name: str
    category: str
    source: str
    summary: str
    figures: tuple[Figure, ...]
    sections: tuple[str, ...]
    tables: tuple[tuple[str, str], ...] = ()
    pages: tuple[Page, ...] = ()
    reads_corpus: bool = True
    of_shuffled: bool = False
    early: tuple[Figure, ...] = ()

    def asked(self, *, early: bool) -> tuple[Figure, ...]:
        """Its figures, and those over the first epoch's steps where asked for."""
        return self.figures + self.early * early


def module(study: str, part: str) -> ModuleType:
    """One module of a study, imported by name.

    By name, so that no script names a study: of whose code a job's result is made is
    said by its rule (`ontogeny.running.digest`).

    >>> module("lm", "about").STUDY.figures[0].name
    'curve'
    """
    return import_module(f"ontogeny.studies.{study}.{part}")
