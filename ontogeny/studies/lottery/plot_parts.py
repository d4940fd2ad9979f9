"""What the figures of lottery tickets share: looks, panels, axes and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

from ontogeny.plots.curves import NOTE_CHARACTERS_WIDE
from ontogeny.plots.parts import NOTE_CHARACTERS, note_below, say
from ontogeny.plots.style import BLUE, FAINT, INK, ORANGE, WIDTH_INCHES, Look

WIDE = 2 * WIDTH_INCHES
TITLE_POINTS = 7.5
CHAINS = {
    "magnitude": ("magnitude", Look(BLUE, "o")),
    "random": ("random", Look(ORANGE, "^", "--")),
    "unpruned": ("unpruned: only retrained", Look(INK, "s", ":", filled=False)),
    "shuffled": ("shuffled within matrices", Look("#029e73", "v", "-.")),
    "rewound": ("magnitude, weights rewound", Look("#a65a9e", "D", "--", filled=False)),
}
"""What chains are called, and how they look."""
ANOTHER_LOOK = Look(FAINT, "", "--")
MARKERS = "osD^vP"
"""Of layers."""
PRUNINGS_LABEL = "prunings / % of prunable weights"
NOT_MEASURED = "not measured in this run"


def sequential(count: int) -> list[str]:
    """So many colours from dark to light, the last not too light for a line.

    >>> len(set(sequential(9)))
    9
    """
    shades = matplotlib.colormaps["viridis"](np.linspace(0.0, 0.82, max(2, count)))
    return [to_hex(shade) for shade in shades[:count]]


def layer_looks(layers: Sequence[int]) -> dict[int, Look]:
    """How each layer looks: the later, the lighter."""
    colours = sequential(len(layers))
    return {
        layer: Look(colour, MARKERS[place % len(MARKERS)])
        for place, (layer, colour) in enumerate(zip(layers, colours, strict=True))
    }


def handle(label: str, look: Look) -> Line2D:
    """What stands for a series in a legend."""
    return Line2D(
        [],
        [],
        color=look.color,
        marker=look.marker or None,
        ls=look.linestyle,
        markerfacecolor=look.color if look.filled else "white",
        label=label,
    )


def panels(
    rows: int,
    columns: int,
    height_inches: float,
    *,
    share_y: Literal["row", "all", "none"] = "none",
) -> tuple[Figure, np.ndarray]:
    """An empty figure, as wide as one column for a single panel, else as two.

    Args:
        rows: Of panels.
        columns: Of panels.
        height_inches: Of the whole figure.
        share_y: As in `Figure.subplots`.
    """
    size = WIDTH_INCHES if columns == 1 else WIDE, height_inches
    figure = Figure(figsize=size, layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False, sharey=share_y)


def finish(figure: Figure, note: str, *sentences: str) -> Figure:
    """What stands below, in lines as long as the figure is wide."""
    wide = figure.get_figwidth() > WIDTH_INCHES
    characters = NOTE_CHARACTERS_WIDE if wide else NOTE_CHARACTERS
    note_below(figure, note, *sentences, characters=characters)
    return figure


def nothing(note: str, sentence: str = NOT_MEASURED) -> Figure:
    """A figure that says why it has nothing to show."""
    figure, grid = panels(1, 1, 1.8)
    axes = grid[0, 0]
    axes.set(xticks=[], yticks=[])
    say(axes, sentence)
    return finish(figure, note)


def series(axes: Axes, rows: pd.DataFrame, look: Look, x: str = "prunings") -> None:
    """A line with a marker at each point, and the band from `low` to `high`.

    Args:
        axes: To draw on.
        rows: Columns value, low, high, and the one of x.
        look: Of the line.
        x: Column along x.
    """
    rows = rows.sort_values(x).astype(dict.fromkeys(("low", "high"), float))
    band = rows["low"], rows["high"]
    axes.fill_between(rows[x], *band, color=look.color, alpha=0.15, lw=0)
    axes.plot(
        rows[x],
        rows["value"],
        color=look.color,
        marker=look.marker,
        linestyle=look.linestyle,
        markerfacecolor=look.color if look.filled else "white",
    )


def level(axes: Axes, rows: pd.DataFrame, look: Look) -> None:
    """A horizontal line for each row's value: a null that knows no prunings."""
    for value in rows["value"]:
        axes.axhline(
            value, color=look.color, linestyle=look.linestyle, lw=0.8, zorder=0.5
        )


def prunings_axis(axes: Axes, rows: pd.DataFrame, last: int) -> None:
    """Whole prunings along x; under each the sparsity, where it is known.

    Args:
        axes: With its lines.
        rows: Columns prunings and sparsity.
        last: Prunings at its end, the same in panels side by side.
    """
    sparsity = rows.groupby("prunings")["sparsity"].max().sort_index()
    known = sparsity.notna().all()
    at = [int(k) for k in sparsity.index]
    labels = [
        f"{k}\n{100 * share:.0f}" if known else f"{k}"
        for k, share in zip(at, sparsity, strict=True)
    ]
    axes.set_xticks(at, labels)
    axes.set_xlabel(PRUNINGS_LABEL if known else "prunings")
    margin = 0.04 * max(1, last)
    axes.set_xlim(-margin, max(1, last) + margin)


def percent_axis(axis: Axis) -> None:
    """Shares written in percent, without the sign that the label has."""
    axis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=""))


def bands(table: pd.DataFrame, over: str) -> str:
    """What bands are: over seeds where there are several, else over `over`.

    Args:
        table: Columns seeds and low.
        over: What was drawn again in the bootstrap.
    """
    if table["seeds"].max() > 1:
        return "Means over seeds; bands: the least to the most of the seeds."
    known = table["low"].notna().any()
    return f"Bands: 95 % intervals over {over}; one seed." if known else "One seed."


def chain_handles(table: pd.DataFrame) -> list[Artist]:
    """A legend's entries for the chains that a table has."""
    there = set(table["chain"])
    return [handle(*CHAINS[chain]) for chain in CHAINS if chain in there]
