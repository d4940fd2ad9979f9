"""Perplexity against what a network costs, and by the strength of its penalty."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import (
    EngFormatter,
    LogLocator,
    MaxNLocator,
    NullLocator,
    StrMethodFormatter,
)

from ontogeny.plots.curves import NOTE_CHARACTERS_WIDE
from ontogeny.plots.parts import legend_above, note_below, say
from ontogeny.plots.style import (
    BLUE,
    FAINT,
    INK,
    ORANGE,
    SMALL_POINTS,
    WIDTH_INCHES,
    Look,
    house,
    panel,
)
from ontogeny.studies.structured.fronts import COSTS

GREEN, PINK = "#029e73", "#cc78bc"
OF_TASK = (INK, ORANGE, BLUE, PINK, GREEN, "#949494")
OF_VARIANT = {
    "dense": ("o", True),
    "narrow": ("o", False),
    "w": ("v", True),
    "wn": ("s", True),
    "wgn": ("D", True),
    "wgn-lstm": ("D", False),
    "mask": ("X", True),
}
OTHERS = "P*<>hp"
"""Markers of variants that this study does not know."""

FINE, COARSE = (1, 1.5, 2, 3, 5, 7), (1, 2, 5)
"""Where a decade has ticks."""

NARROW, WIDE = 3, 10
"""Largest by smallest, below which an axis has ticks at equal distances, and from which
it has few in a decade."""

AXES = {
    "parameters": "parameters that are not 0",
    "operations": "multiply–adds per token",
    "milliseconds_1": "ms per token, batch 1",
    "milliseconds_20": "ms per token, batch 20",
}


def looks(table: pd.DataFrame) -> list[Look]:
    """A look for each row of the front's table: colour by task, marker by variant."""
    tasks = list(dict.fromkeys(zip(table["framework"], table["task"], strict=True)))
    found, unknown = [], iter(OTHERS * len(table))
    for row in table.to_dict("records"):
        place = tasks.index((row["framework"], row["task"]))
        marker, filled = OF_VARIANT.get(row["variant"], ("", True))
        color = OF_TASK[place % len(OF_TASK)]
        found.append(Look(color, marker or next(unknown), "", filled))
    return found


@house()
def front(table: pd.DataFrame, note: str = "") -> Figure:
    """Test perplexity against parameters, multiply–adds and time, four panels.

    Args:
        table: Of `ontogeny.studies.structured.fronts.front_table`.
        note: Small text under the figure.
    """
    figure = Figure(figsize=(2 * WIDTH_INCHES, 4.9), layout="constrained")
    panels = figure.subplots(2, 2, sharey=True)
    shown = looks(table)
    for axes, cost in zip(panels.flat, COSTS, strict=True):
        for row, look in zip(table.to_dict("records"), shown, strict=True):
            value = row["test_perplexity"]
            apart = [
                [value - row["test_perplexity_min"]],
                [row["test_perplexity_max"] - value],
            ]
            axes.errorbar(
                [row[cost]],
                [value],
                yerr=apart if row["seeds"] > 1 else None,
                color=look.color,
                marker=look.marker,
                markerfacecolor=look.color if look.filled else "white",
                markersize=5,
                linestyle="",
                elinewidth=0.8,
            )
        axes.set_xscale("log")
        axes.set_xlabel(AXES[cost])
        own = cost.startswith("milliseconds")
        low, high = table[cost].min(), table[cost].max()
        if high < NARROW * low:
            axes.xaxis.set_major_locator(MaxNLocator(4))  # of a decade none may show
        else:
            subs = FINE if own and high < WIDE * low else COARSE
            axes.xaxis.set_major_locator(LogLocator(subs=subs))
        axes.xaxis.set_minor_locator(NullLocator())
        shown_as = StrMethodFormatter("{x:g}") if own else EngFormatter(sep="")
        axes.xaxis.set_major_formatter(shown_as)
        axes.grid(color=FAINT, alpha=0.25, linewidth=0.4)
        if table[cost].isna().all():
            say(axes, "not measured")
    for axes in panels[:, 0]:
        axes.set_ylabel("test perplexity")
    if table.empty:
        say(panels[0][0], "no word language model was measured")
    handles = [
        Line2D(
            [],
            [],
            color=look.color,
            marker=look.marker,
            markerfacecolor=look.color if look.filled else "white",
            markersize=5,
            linestyle="",
            label=row["label"],
        )
        for row, look in zip(table.to_dict("records"), shown, strict=True)
    ]
    legend_above(figure, handles, 3)
    about = (
        "Of a sparse network parameters are its weights that are not 0 and the biases "
        "of what remains; "
        "multiply–adds (LSTMs and output layer) and time are those of the smaller "
        "dense network that is left, on one thread. Means over seeds; bars: lowest to "
        "highest seed."
    )
    note_below(figure, note, about, characters=NOTE_CHARACTERS_WIDE)
    return figure


LEVELS = {"wn": ("W+N", Look(ORANGE, "s", "--")), "wgn": ("W+G+N", Look(BLUE, "D"))}


@house()
def sweep(table: pd.DataFrame, note: str = "") -> Figure:
    """Test perplexity by remaining neurons, a line for each task and level.

    Args:
        table: Of `ontogeny.studies.structured.fronts.sweep_table`.
        note: Small text under the figure.
    """
    figure, axes = panel(3.0)
    axes.set_xlabel("neurons that remain, of all LSTMs")
    axes.set_ylabel("test perplexity")
    handles = []
    several = table["task"].nunique() > 1
    tasks = list(table["task"].unique())
    for (task, title, level), rows in table.groupby(
        ["task", "title", "level"], sort=False
    ):
        name, look = LEVELS[str(level)]
        filled = tasks.index(task) % 2 == 0
        rows = rows.sort_values("neurons")
        named = f"{title}, {name}" if several else name
        (drawn,) = axes.plot(
            rows["neurons"],
            rows["test_perplexity"],
            color=look.color,
            linestyle=look.linestyle,
            marker=look.marker,
            markerfacecolor=look.color if filled else "white",
            label=named,
        )
        handles.append(drawn)
        for row in rows.to_dict("records"):
            axes.annotate(
                f"{row['factor']:g}",
                (row["neurons"], row["test_perplexity"]),
                xytext=(0, 5),
                textcoords="offset points",
                ha="center",
                fontsize=SMALL_POINTS,
                color=INK,
            )
    if table.empty:
        say(axes, "no network was pruned")
        axes.set(xticks=[], yticks=[])
    else:
        legend_above(figure, handles, 2)
        axes.margins(0.1, 0.15)
    about = (
        "Numbers: times the level's own λ₁. λ is chosen where validation perplexities "
        "of both levels are alike."
    )
    note_below(figure, note, about)
    return figure
