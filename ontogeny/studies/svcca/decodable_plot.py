"""When tasks of probes can be decoded from a language model (not in the thesis)."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from ontogeny.plots.curves import NOTE_CHARACTERS_WIDE, panels
from ontogeny.plots.parts import (
    EPOCH_LABEL,
    epochs_axis,
    legend_above,
    line,
    note_below,
    say,
    seeds_band,
)
from ontogeny.plots.style import FAINT, SMALL_POINTS, WIDTH_INCHES, house
from ontogeny.studies.svcca.tagset_plots import OF_SITE, PLACES

COLUMNS = 4
PANEL_INCHES = 1.35
LEAST_RANGE = 0.1
"""Of an axis of scores."""
METRICS = {
    "accuracy": "accuracy",
    "span_f1": r"span $F_1$",
    "class_f1": r"$F_1$",
    "pearson": r"$r$",
}
FORM = Line2D([], [], color=FAINT, ls="-.", lw=1.0, label="form alone")


@house()
def decodable(table: pd.DataFrame, note: str = "") -> Figure:
    """Scores of linear probes by epoch: a panel for each task, a line for each site.

    Dash-dotted: what word types, places and lengths give without a model. Bands: from
    the lowest to the highest seed.

    Args:
        table: As `figure2`'s, with task, title, metric, data, form, items,
            unknown and site. Rescalings are not drawn: not every epoch is asked.
        note: Small text under the figure.
    """
    tasks = [rows for _, rows in table.groupby("task", sort=False)]
    if not tasks:
        figure, (axes,) = panels(1)
        axes.set(xticks=[], yticks=[])
        say(axes, "no task was asked: svcca.probes")
        note_below(figure, note)
        return figure
    columns = min(COLUMNS, len(tasks))
    rows = -(-len(tasks) // columns)
    size = 2 * WIDTH_INCHES, rows * PANEL_INCHES + 1.4
    figure = Figure(figsize=size, layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for place, axes in enumerate(grid):
        if place >= len(tasks):
            axes.remove()
            continue
        _panel(axes, tasks[place])
        lowest = place + columns >= len(tasks)
        axes.set_xlabel(EPOCH_LABEL if lowest else "", fontsize=SMALL_POINTS)
    handles = [
        Line2D([], [], color=look.color, marker=look.marker, label=PLACES[site])
        for site, look in OF_SITE.items()
    ]
    legend = [*handles, FORM, *seeds_band(table)]
    legend_above(figure, legend, len(legend))
    note_below(figure, note, *_told(table), characters=NOTE_CHARACTERS_WIDE)
    return figure


def _panel(axes: Axes, rows: pd.DataFrame) -> None:
    """One task."""
    first = rows.iloc[0]
    axes.axhline(first["form"], color=FAINT, ls="-.", lw=1.0, zorder=0.5)
    for site, look in OF_SITE.items():
        own = rows[rows["site"].eq(site)]
        if len(own):
            drawn = line(axes, own, site, look)
            drawn.set_markersize(2.5)
    epochs_axis(axes, rows["epoch"])
    low, high = axes.get_ylim()
    if high - low < LEAST_RANGE:  # small changes shall look small
        low = max((low + high - LEAST_RANGE) / 2, min(low, 0.0))
        axes.set_ylim(low, low + LEAST_RANGE)
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.tick_params(labelsize=SMALL_POINTS)
    title = f"{first['title']}: {METRICS[first['metric']]}"
    axes.set_title(title, fontsize=SMALL_POINTS + 0.5, pad=3)


def _told(table: pd.DataFrame) -> list[str]:
    """What was asked, of which data."""
    tasks = table.drop_duplicates("task")
    data = "; ".join(
        f"{row['title']}: {row['data']} ({row['items']:,} items)"
        for row in tasks.to_dict("records")
    )
    lost = 100 * tasks["unknown"].sum() / tasks["items"].sum()
    return [
        "Linear probes trained to convergence, test part. Form alone: a logistic model "
        "(values: ridge) of word types, place, distance and sentence length. Axes "
        f"differ from panel to panel. {lost:.0f} % of the items are of words that the "
        "model reads as <unk>.",
        f"Tasks: {data}.",
    ]
