"""Names that only a task of the paper's own text, sizes and recipe may bear."""

from __future__ import annotations

from typing import Any

_PRUNED = {"kind": "words", "text": "official", "layers": 2, "batch": 20}
_TEXTS = {"kind": "texts", "embedding": 300, "layers": 1, "batch": 128}

OF_PAPER: dict[str, dict[str, Any]] = {
    "small": {
        **_PRUNED,
        **{"embedding": 200, "hidden": 200, "window": 20, "epochs": 20},
        "learning_rate": 1,
    },
    "large": {
        **_PRUNED,
        **{"embedding": 1500, "hidden": 1500, "window": 35, "epochs": 55},
        "learning_rate": 1,
    },
    "imdb": {
        **_TEXTS,
        **{"dataset": "imdb", "hidden": 128, "window": 200, "epochs": 800},
        **{"vocabulary": 20_000, "learning_rate": 5e-4},
    },
    "agnews": {
        **_TEXTS,
        **{"hidden": 512, "window": 100, "epochs": 150},
        **{"vocabulary": 20_000, "learning_rate": 5e-4},
    },
    "char": {
        **{"kind": "characters", "dataset": "ptb", "embedding": None, "layers": 1},
        **{"hidden": 1000, "batch": 64, "window": 100, "epochs": 250},
        "learning_rate": 2e-3,
    },
    "word": {
        **_PRUNED,
        **{"embedding": 200, "hidden": 200, "batch": 32, "window": 35, "epochs": 50},
        "learning_rate": 2e-3,
    },
}
"""Settings of Lobacheva et al. (2020), tables 1 and 2, by the names that claims use."""

ON_PTB = ("small", "large", "word")
"""Of these, those whose text is the corpus's own data set, Penn Treebank."""


def check_paper_name(name: str, task: Any, dataset: str | None) -> None:
    """Check that a task which bears a name of the paper's is the paper's.

    Args:
        name: Of the task.
        task: Its section of the config.
        dataset: Of the corpus.

    Raises:
        ValueError: If its text, sizes or recipe are others.
    """
    wanted = OF_PAPER.get(name, {})
    found = {key: getattr(task, key) for key in wanted}
    if name in ON_PTB:
        wanted, found = {**wanted, "corpus": "ptb"}, {**found, "corpus": dataset}
    for key, value in wanted.items():
        if found[key] != value:
            raise ValueError(
                f"structured.tasks.{name}: the name is of the paper's setting, whose "
                f"{key} is {value}, and here it is {found[key]}: give another name"
            )
