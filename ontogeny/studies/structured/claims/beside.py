"""What the paper's own table has, to stand beside a number of ours.

Some of its sentences its tables contradict. Claims are judged by the sentence; a
number that agrees with the table, and not with it, is noted so.
"""

from __future__ import annotations

from ontogeny.studies.structured.claims.run import TaskRun
from ontogeny.studies.structured.paper import PRINTED, TITLES


def in_table(run: TaskRun, what: str, more: str, less: str, ours: float) -> str:
    """A note on neurons, gates, compression or quality of two networks.

    Args:
        run: Whose task is the paper's setting, or stands for it.
        what: A field of `Printed`.
        more: Variant of which the sentence has more.
        less: Variant of which it has less.
        ours: Our difference, the first less the second.
    """
    rows = PRINTED[run.task.role]
    both = [getattr(rows[name], what) for name in (more, less)]
    shown = [
        " – ".join(map(str, one)) if isinstance(one, tuple) else f"{one:,g}"
        for one in both
    ]
    told = f"table, {TITLES[run.task.role]}: {shown[0]} and {shown[1]}"
    theirs = _number(both[0]) - _number(both[1])
    if theirs < 0 and ours < 0:
        return f"{told}: agrees with the paper's table, not with its sentence"
    return told


def _number(printed: float | tuple) -> float:
    """Neurons and gates of all layers; of quality the last, which is test."""
    if not isinstance(printed, tuple):
        return printed
    return float(printed[-1]) if isinstance(printed[0], str) else float(sum(printed))
