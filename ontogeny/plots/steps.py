"""Figures over epochs in their second form: over the steps of the first one."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import wraps

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from ontogeny.plots.style import house

STEP_LABEL = "step (0: untrained)"
CLOSEST = 1.3
"""How many times the step before another is, for both to have a label."""
LINEAR = 0.4
"""Of a decade: from step 0, which a logarithm has no place for, to step 1."""


def over_steps(draw: Callable[..., Figure]) -> Callable[..., Figure]:
    """The same figure over steps, from a table with `step` instead of `epoch`.

    Args:
        draw: Of a figure over epochs, from its table and a note.
    """

    @house()
    @wraps(draw)
    def over(table: pd.DataFrame, note: str = "") -> Figure:
        figure = draw(table.assign(epoch=table["step"]), note)
        for axes in figure.axes:
            steps_axis(axes, sorted(set(table["step"])))
        return figure

    return over


def steps_axis(axes: Axes, steps: Sequence[int]) -> None:
    """A logarithmic axis of steps, with step 0 left of where it is broken."""
    steps = list(steps) or [0, 1]
    axes.set_xscale("symlog", linthresh=1, linscale=LINEAR)
    axes.set_xlim(-0.12, steps[-1] * 1.25)
    axes.xaxis.set_major_locator(FixedLocator(steps))
    axes.xaxis.set_minor_locator(NullLocator())
    later = [*steps[1:], math.inf]
    labels = [
        f"{step:,}" if after >= CLOSEST * step else ""
        for step, after in zip(steps, later, strict=True)
    ]
    axes.set_xticklabels(labels, rotation=45, ha="right")
    axes.set_xlabel(STEP_LABEL)
    if steps[0] == 0:
        axes.text(
            0.5, 0, "//", transform=axes.get_xaxis_transform(), ha="center", va="center"
        )
