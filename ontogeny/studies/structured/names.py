"""Variants of a task by name: what is made sparse, and how."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LEVELS = {"dense": "–", "w": "W", "wn": "W+N", "wgn": "W+G+N"}
"""What of a network a variant makes sparse: weights, gates, neurons."""

BEYOND = {
    "narrow": "dense, fewer units",
    "mask": "fixed random mask",
    "wgn-lstm": "W+G+N, ℓ₁ and cut on LSTMs only",
}
"""Variants of ours: what the sparse ones are compared with."""

TAKES_SIZES = ("narrow", "mask")
"""Variants that take their sizes from what W+G+N has left."""

PATTERN = re.compile(r"(dense|w|wn|wgn)(?:-(lstm|\d+(?:\.\d+)?))?|narrow|mask")


@dataclass(frozen=True)
class Variant:
    """One training of a task.

    Attributes:
        name: As in the config.
        level: One of `LEVELS`, or of `BEYOND` where it is of no level.
        factor: Of λ₁.
        on_output: Whether ℓ₁ and cut reach the output matrix.
    """

    name: str
    level: str
    factor: float = 1.0
    on_output: bool = True


def variant(name: str) -> Variant:
    """What a variant is.

    Raises:
        ValueError: If there is none of that name.

    >>> variant("wn-0.7").factor, variant("wgn-lstm").on_output, variant("mask").level
    (0.7, False, 'mask')
    """
    found = PATTERN.fullmatch(name)
    if not found or (name.startswith("dense-") or name.startswith("w-")):
        raise ValueError(
            f"{name} is no variant: there are {', '.join([*LEVELS, *BEYOND])}, and "
            "such as wgn-0.7, with 0.7 times its λ₁"
        )
    level, how = found.groups()
    if level is None:
        return Variant(name, name)
    if how == "lstm":
        return Variant(name, level, on_output=False)
    return Variant(name, level, float(how or 1))


def training_jobs(tasks: Mapping[str, Any]) -> dict[str, tuple[str, list[str]]]:
    """By a name that a rule can end in, the task and variants of each training job.

    Args:
        tasks: By name, their sections of the config.

    >>> from types import SimpleNamespace
    >>> imdb = SimpleNamespace(together=False, variants=["dense", "wgn"])
    >>> training_jobs({"imdb-small": imdb})["imdb_small_wgn"]
    ('imdb-small', ['wgn'])
    """
    jobs: dict[str, tuple[str, list[str]]] = {}
    for name, task in tasks.items():
        if task.together:
            jobs[identifier(name)] = name, task.variants
        else:
            jobs |= {identifier(f"{name}_{v}"): (name, [v]) for v in task.variants}
    return jobs


def identifier(name: str) -> str:
    """A name that a rule can end in.

    >>> identifier("char-256")
    'char_256'
    """
    return re.sub(r"\W", "_", name)
