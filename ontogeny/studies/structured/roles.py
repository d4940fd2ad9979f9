"""Tasks and the settings of the paper that they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ontogeny.studies.structured.names import BEYOND, LEVELS, variant
from ontogeny.studies.structured.paper import PRINTED, TITLES

LARGE = 1500
"""Units of a layer from which on a pruned language model is the paper's large one."""

OF_AGNEWS = ("agnews", "ud-genres")
"""Tasks that stand for AGNews: its own, and the substitute for it."""


@dataclass(frozen=True)
class Task:
    """What is known of a task without a look at its results.

    Attributes:
        name: As in the config.
        framework: "pruning" or "bayes".
        kind: "words", "characters" or "texts".
        variants: Trained.
        layers: How many LSTMs.
        hidden: Units of each.
        epochs: Trained.
    """

    name: str
    framework: str
    kind: str
    variants: tuple[str, ...]
    layers: int
    hidden: int
    epochs: int

    @property
    def role(self) -> str:
        """The paper's setting that it is, or stands for.

        >>> Task("word-25", "bayes", "words", ("dense",), 2, 200, 25).role
        'word'
        """
        if self.framework == "pruning":
            return "large" if self.hidden >= LARGE else "small"
        if self.kind == "texts":
            return "agnews" if self.name.startswith(OF_AGNEWS) else "imdb"
        return "char" if self.kind == "characters" else "word"

    @property
    def of_paper(self) -> bool:
        """Whether it has the paper's sizes and epochs, as its name then says."""
        return self.name in PRINTED

    @property
    def title(self) -> str:
        """For people: its name, and the paper's where it bears that."""
        return TITLES[self.name] if self.of_paper else self.name

    @property
    def full_title(self) -> str:
        """The same with its framework, where one figure shows both.

        >>> Task("word", "bayes", "words", ("dense",), 2, 200, 50).full_title
        'Word PTB (small), Bayes'
        """
        return f"{self.title}, {FRAMEWORKS[self.framework]}"


FRAMEWORKS = {"bayes": "Bayes", "pruning": "pruning"}
"""For people."""


def tasks_of(params: Any) -> dict[str, Task]:
    """The config's tasks by name, in its order.

    Args:
        params: tasks, by name framework, kind, variants, layers, hidden and epochs.
    """
    return {name: _task(name, told) for name, told in params.tasks.items()}


def _task(name: str, told: Mapping[str, Any]) -> Task:
    sizes = (int(told[key]) for key in ("layers", "hidden", "epochs"))
    variants = tuple(told["variants"])
    return Task(name, told["framework"], told["kind"], variants, *sizes)


def label(name: str, framework: str = "") -> str:
    """A variant for people.

    Args:
        name: As in the config.
        framework: Of its task, to be named before what is made sparse.

    >>> label("wgn"), label("wn-0.7"), label("narrow"), label("w", "bayes")
    ('W+G+N', 'W+N, 0.7 λ₁', 'dense, fewer units', 'Bayes W')
    """
    if name in BEYOND:
        return BEYOND[name]
    if name == "dense":
        return "dense"
    found = variant(name)
    times = "" if found.factor == 1 else f", {found.factor:g} λ₁"
    before = f"{FRAMEWORKS[framework]} " if framework else ""
    return f"{before}{LEVELS[found.level]}{times}"


def is_sweep(name: str) -> bool:
    """Whether a variant is there to choose λ by, such as wgn-0.7.

    >>> is_sweep("wgn-0.7"), is_sweep("wgn-lstm"), is_sweep("wgn")
    (True, False, False)
    """
    return name not in LEVELS and name not in BEYOND
