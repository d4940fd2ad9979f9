"""Curves over epochs with bands over seeds, in one panel or several."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.plots.parts import (
    NOTE_CHARACTERS,
    epochs_axis,
    legend_above,
    note_below,
)
from ontogeny.plots.style import WIDTH_INCHES

# So few that capitals and digits fit too.
NOTE_CHARACTERS_WIDE = 136
MOST_IN_TWO_ROWS = 10
"""Entries of a legend."""
SIMILARITY = "similarity\n(canonical correlation)"


def panels(
    count: int, height_inches: float = 2.9, *, rows: int = 1
) -> tuple[Figure, list[Axes]]:
    """An empty figure: one panel of a column's width, or several across two.

    Args:
        count: Panels of a row.
        height_inches: Of the figure.
        rows: Of panels; all share a vertical axis, those of a column an axis of epochs.

    Returns:
        The figure and its panels, row by row.
    """
    width = WIDTH_INCHES * min(2, count)
    figure = Figure(figsize=(width, height_inches), layout="constrained")
    grid = figure.subplots(rows, count, sharex="col", sharey=True, squeeze=False)
    return figure, list(grid.flat)


def finish(
    figure: Figure,
    panels: Sequence[Axes],
    table: pd.DataFrame,
    handles: Sequence[Artist],
    note: str,
    *sentences: str,
) -> Figure:
    """Axes of epochs, a legend above, and what stands below.

    Args:
        figure: To finish.
        panels: Its panels.
        table: What is drawn: epoch, seeds, rescaled.
        handles: Of the legend.
        note: Small text under the figure.
        sentences: Paragraphs above the note.
    """
    for axes in panels:
        epochs_axis(axes, table["epoch"])
    wide = figure.get_figwidth() > WIDTH_INCHES
    rows = 2 if len(handles) <= MOST_IN_TWO_ROWS else 3
    legend_above(figure, handles, max(4, -(-len(handles) // rows)) if wide else 2)
    characters = NOTE_CHARACTERS_WIDE if wide else NOTE_CHARACTERS
    note_below(figure, note, *sentences, characters=characters)
    return figure


def shares_axis(axes: Axes) -> None:
    """Limits of an axis of similarities or accuracies, once these are drawn.

    Within 0 and 1, and at least 0.2 apart: small changes shall look small.
    """
    low, high = axes.get_ylim()
    middle = min(max((low + high) / 2, 0.1), 0.9)
    low, high = min(low, middle - 0.1), max(high, middle + 0.1)
    axes.set_ylim(max(low, -0.02), min(high, 1.02))
