"""What `ontogeny doctor` says, a line each."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Finding(NamedTuple):
    """One line of the report.

    Attributes:
        level: "ok"; "note", which one should know; "problem", which keeps
            something from working; "next", what to do now.
        text: A phrase, or a sentence that says what to do.
    """

    level: Literal["ok", "note", "problem", "next"]
    text: str


def gb(size: float) -> str:
    """Bytes as a report has them.

    >>> gb(1_540_000_000)
    '1.5 GB'
    """
    return f"{size / 1e9:.1f} GB"
