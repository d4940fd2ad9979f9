"""Names that only a task of the paper's sizes may bear."""

from __future__ import annotations

from typing import Any

OF_PAPER: dict[str, dict[str, Any]] = {
    "small": {"embedding": 200, "hidden": 200, "layers": 2, "epochs": 20},
    "large": {"embedding": 1500, "hidden": 1500, "layers": 2, "epochs": 55},
    "imdb": {"embedding": 300, "hidden": 128, "layers": 1, "epochs": 800},
    "agnews": {"embedding": 300, "hidden": 512, "layers": 1, "epochs": 150},
    "char": {"embedding": None, "hidden": 1000, "layers": 1, "epochs": 250},
    "word": {"embedding": 200, "hidden": 200, "layers": 2, "epochs": 50},
}
"""Settings of Lobacheva et al. (2020), tables 1 and 2, by the names that claims use."""


def check_paper_name(name: str, task: Any) -> None:
    """Check that a task which bears a name of the paper's has its sizes and epochs.

    Raises:
        ValueError: If it has not.
    """
    for key, value in OF_PAPER.get(name, {}).items():
        if getattr(task, key) != value:
            raise ValueError(
                f"tasks.{name}.{key}: {name} is the paper's setting, with {value}; "
                "give a task of other sizes another name"
            )
