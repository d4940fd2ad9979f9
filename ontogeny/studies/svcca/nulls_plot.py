"""What views score that have nothing in common, behind curves of similarity."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ontogeny.plots.style import FAINT, INK, Look

# Hatched, for the bands over seeds are grey, too.
BAND_LOOK: dict[str, Any] = {
    "facecolor": "none",
    "edgecolor": FAINT,
    "hatch": "////////",
    "linewidth": 0.5,
}
LINES = (
    "Dotted: the null, what the same two views score when one is moved by a third and "
    "by two thirds of the text, or of two embeddings its words permuted."
)
BAND = (
    "Hatched: the nulls of all these, what two views score when one is moved by a "
    "third and by two thirds of the text, or of two embeddings its words permuted."
)


def null_line(axes: Axes, rows: pd.DataFrame, look: Look) -> None:
    """The null of a line, thin and finely dotted, in its colour."""
    rows = rows.sort_values("epoch")
    axes.plot(
        rows["epoch"],
        rows["null"],
        color=look.color,
        ls=(0, (1, 2)),
        lw=0.8,
        zorder=1,
        label="_null",
    )


def null_line_handle() -> Artist:
    """What stands for these in a legend."""
    return Line2D([], [], color=INK, ls=(0, (1, 2)), lw=0.8, label="null")


def null_band(axes: Axes, rows: pd.DataFrame) -> None:
    """A hatched band from the lowest to the highest null of a panel's curves."""
    ends = rows.groupby("epoch")["null"].agg(["min", "max"]).reset_index()
    axes.fill_between(
        ends["epoch"],
        ends["min"],
        ends["max"],
        zorder=0.2,
        **BAND_LOOK,
    )


def null_band_handle() -> Artist:
    """What stands for it in a legend."""
    return Patch(label="null", **BAND_LOOK)
