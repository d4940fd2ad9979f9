"""Gate structures as heatmaps: figures 4, 6, 7, and all structures counted.

Source: Lobacheva et al. (2020), figures 4, 6 and 7.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from ontogeny.plots.curves import NOTE_CHARACTERS_WIDE
from ontogeny.plots.parts import legend_above, note_below, say
from ontogeny.plots.style import BLUE, FAINT, INK, SMALL_POINTS, WIDTH_INCHES, house
from ontogeny.studies.structured.grids import MOST
from ontogeny.studies.structured.roles import label
from ontogeny.studies.structured.structures import GATES, STRUCTURES

WIDE = 2 * WIDTH_INCHES
NARROW_COLUMNS = 15
"""Of a panel that fits into half of the figure's width."""

VALUE_POINTS = 5
LABEL_POINTS = 5.5
ROW_INCHES = 1.5
LINE = {"linewidths": 0.5, "linecolor": FAINT}


@house()
def grids(table: pd.DataFrame, note: str = "") -> Figure:
    """Gates of remaining neurons: white with its value where constant, else blue.

    Args:
        table: Of `ontogeny.studies.structured.grids.grid_table`.
        note: Small text under the figure.
    """
    panels = [rows for _, rows in table.groupby("panel")]
    places = list(_places([rows["column"].max() + 1 for rows in panels]))
    height = 0.7 + ROW_INCHES * (places[-1][0] + 1)
    figure = Figure(figsize=(WIDE, height), layout="constrained")
    grid = figure.add_gridspec(places[-1][0] + 1, 2)
    for rows, (line, columns) in zip(panels, places, strict=True):
        axes = figure.add_subplot(grid[line, columns])
        _grid(axes, rows)
    handles = [
        Patch(facecolor=BLUE, edgecolor=FAINT, label="depends on what is read"),
        Patch(facecolor="white", edgecolor=FAINT, label="constant, with its value"),
    ]
    legend_above(figure, handles, 2)
    about = (
        "A column is a neuron, a row one of its gates; neurons are ordered by which "
        "gates are constant, which stands under them (- for a constant one). i, f and "
        "o lie between 0 and 1, g between −1 and 1."
    )
    note_below(figure, note, about, characters=NOTE_CHARACTERS_WIDE)
    return figure


def _places(columns: list[int]) -> Iterator[tuple[int, slice]]:
    """Row and columns of each panel: two in a row, those of many neurons alone.

    >>> [(row, where.start) for row, where in _places([4, 15, 20, 3])]
    [(0, 0), (0, 1), (1, 0), (2, 0)]
    """
    row, used = 0, 0
    for count in columns:
        wide = count > NARROW_COLUMNS
        if used == 2 or (wide and used):
            row, used = row + 1, 0
        yield row, slice(0, 2) if wide else slice(used, used + 1)
        used = 2 if wide else used + 1


def _grid(axes: Axes, rows: pd.DataFrame) -> None:
    # Imported where it is needed: it takes a second, and other figures do without.
    import seaborn

    first = rows.iloc[0]
    axes.set_title(str(first["title"]), loc="left", fontsize=7)
    if first["message"]:
        _say_nothing(axes, str(first["message"]))
        return
    live = ~rows.pivot(index="gate", columns="column", values="constant").astype(bool)
    values = rows.pivot(index="gate", columns="column", values="value")
    live, values = live.loc[list(GATES)], values.loc[list(GATES)]
    seaborn.heatmap(
        live.astype(float),
        ax=axes,
        annot=values.map(_short),
        fmt="",
        cmap=ListedColormap(["white", BLUE]),
        vmin=0,
        vmax=1,
        cbar=False,
        square=True,
        annot_kws={"fontsize": VALUE_POINTS, "color": INK},
        **LINE,
    )
    # Cells of all panels are alike.
    columns = live.shape[1]
    axes.set_xlim(0, NARROW_COLUMNS if columns <= NARROW_COLUMNS else MOST)
    axes.set_anchor("W")
    axes.set(xlabel="", ylabel="")
    axes.tick_params(length=0)
    axes.set_yticks(np.arange(4) + 0.5, list(GATES), rotation=0)
    _structures_below(axes, rows)
    left = int(first["neurons"])
    some = f", {columns} of them shown" if columns < left else ""
    told = f"{left:,} of {first['hidden']:,} neurons remain{some}"
    axes.set_title(f"{first['title']}\n{told}", loc="left", fontsize=7)


def _short(value: float) -> str:
    """Two digits after the point, as narrow as they may be.

    >>> _short(0.973), _short(-0.5), _short(1.0), _short(float("nan")), _short(0.001)
    ('.97', '−.50', '1.0', '', '.00')
    """
    if np.isnan(value):
        return ""
    shown = f"{abs(value):.2f}"
    shown = "1.0" if shown == "1.00" else shown.removeprefix("0")
    return f"−{shown}" if value < 0 and shown != ".00" else shown


def _structures_below(axes: Axes, rows: pd.DataFrame) -> None:
    """Each structure's name under the middle of its columns, and lines between."""
    columns = rows.drop_duplicates("column").sort_values("column")
    groups = columns.groupby("structure", sort=False)["column"]
    middles, names = groups.mean() + 0.5, [str(name) for name in groups.groups]
    axes.set_xticks(
        middles, names, rotation=0, fontsize=LABEL_POINTS, family="monospace"
    )
    for begin in groups.min():
        if begin:
            axes.axvline(begin, color=INK, linewidth=1)


def _say_nothing(axes: Axes, message: str) -> None:
    say(axes, message)
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(visible=True, color=FAINT, linestyle=":")


@house()
def structures(table: pd.DataFrame, note: str = "") -> Figure:
    """How many remaining neurons have each of the 16 structures.

    Args:
        table: Of `ontogeny.studies.structured.structures.structure_table`.
        note: Small text under the figure.
    """
    keys = ["task", "title", "framework", "variant", "layer"]
    groups = list(table.groupby(keys, sort=False))
    height = 1.6 + 0.19 * max(3, len(groups))
    figure = Figure(figsize=(WIDE, height), layout="constrained")
    axes = figure.add_subplot()
    if groups:
        _counts(axes, groups)
    else:
        _say_nothing(axes, "no sparse network was trained")
    several = len(table) and table["seeds"].max() > 1
    about = (
        "Letters are the gates that are not constant; the shade is the share of the "
        "neurons that remain, whose number is in brackets."
        + (" Counts are means over seeds." if several else "")
    )
    note_below(figure, note, about, characters=NOTE_CHARACTERS_WIDE)
    return figure


def _counts(axes: Axes, groups: list) -> None:
    import seaborn

    counts = np.array(
        [
            rows.set_index("structure").loc[list(STRUCTURES), "count"]
            for _, rows in groups
        ]
    )
    neurons = np.array([rows["neurons"].iloc[0] for _, rows in groups])
    layers = {task: 0 for (task, *_), _ in groups}
    for (task, *_, layer), _ in groups:
        layers[task] = max(layers[task], layer)
    names = [
        f"{title}, {label(variant, framework)}"
        + (f", LSTM {layer}" if layers[task] > 1 else "")
        + f" ({left:g})"
        for ((task, title, framework, variant, layer), _), left in zip(
            groups, neurons, strict=True
        )
    ]
    with np.errstate(invalid="ignore"):
        shares = np.nan_to_num(counts / neurons[:, None])
    seaborn.heatmap(
        shares,
        ax=axes,
        annot=np.array(
            [[f"{one:.3g}" if one else "" for one in row] for row in counts]
        ),
        fmt="",
        cmap="Blues",
        vmin=0,
        vmax=1,
        annot_kws={"fontsize": SMALL_POINTS},
        cbar_kws={"label": "share of those that remain", "pad": 0.01, "aspect": 50},
        **LINE,
    )
    axes.tick_params(length=0)
    axes.set_yticks(np.arange(len(names)) + 0.5, names, rotation=0, fontsize=6.5)
    middles = np.arange(len(STRUCTURES)) + 0.5
    axes.set_xticks(middles, STRUCTURES, rotation=0, family="monospace", fontsize=6.5)
    tasks = [task for (task, *_), _ in groups]
    for row in range(1, len(tasks)):
        if tasks[row] != tasks[row - 1]:
            axes.axhline(row, color=INK, linewidth=1)
    for row in np.flatnonzero(neurons == 0).tolist():
        axes.text(
            len(STRUCTURES) / 2,
            row + 0.5,
            "no neuron remains",
            ha="center",
            va="center",
            fontsize=SMALL_POINTS,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )
