"""Figures of interdependence in English, from the tables of `figures`.

Source: Saphra & Lopez (2020), arXiv:2010.04650; thesis ch. 5, figures 3 and 4.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from ontogeny.plots.curves import NOTE_CHARACTERS_WIDE
from ontogeny.plots.parts import (
    epochs_axis,
    legend_above,
    marked,
    note_below,
    say,
    seeds_band,
)
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

MEAN = "mean interdependence\n(DI, ratio of norms)"
OF_LINE = {
    "open–open": Look(ORANGE, "^"),
    "closed–closed": Look(BLUE, "s", "-."),
    "mixed": Look(INK, "o", "--", False),
}
# Of all distances together, and of at most so many others.
ALL = Look(INK, "o")
SOME = [
    Look("#332288", "s", "-."),
    Look("#882255", "D", ":"),
    Look(BLUE, "v", "--"),
    Look(ORANGE, "^", (0, (6, 1.5, 1, 1.5))),  # type: ignore[arg-type]
    Look("#88CCEE", "P", "-"),
]
INTERVAL = "95 % interval over sentences"
COLUMNS = 5
PANEL_INCHES = 1.35


@house()
def figure3(table: pd.DataFrame, note: str = "") -> Figure:
    """Mean interdependence of word pairs by their distance in the text.

    Args:
        table: Of `figures.figure3`.
        note: Small text under the figure.
    """
    rows = means(table)
    figure, axes = panel(2.5)
    axes.set_ylabel(MEAN)
    axes.set_xlabel("distance $r-l$ (words)")
    if rows["value"].isna().all():
        return _empty(figure, axes, rows, note)
    draw(axes, rows, "distance", Look(INK, "o"))
    _whole(axes, rows["distance"])
    legend_above(figure, [_handle("pairs of any class", Look(INK, "o")),
                          *_extras(rows)], 2)  # fmt: skip
    known = rows[rows["value"].notna()]
    fewest, most = known["pairs"].min(), known["pairs"].max()
    number = f"{fewest:,} to {most:,}" if fewest < most else f"{most:,}"
    counts = f"Pairs at a distance: {number}, {_sentences(rows)}."
    note_below(figure, note, counts)
    return figure


@house()
def figure4(table: pd.DataFrame, note: str = "") -> Figure:
    """Mean interdependence by distance in the tree: a panel per distance, three lines.

    Ranges of the vertical axes differ, their scale is the same.

    Args:
        table: Of `figures.figure4`.
        note: Small text under the figure.
    """
    rows = means(table)
    distances = sorted(set(rows["distance"]))
    figure, drawn = _grid(len(distances))
    known = rows[rows["value"].notna()]
    for axes, distance in zip(drawn, distances, strict=True):
        axes.set_title(f"$r-l={distance}$", fontsize="medium")
        here = rows[rows["distance"] == distance]
        for line, look in OF_LINE.items():
            draw(axes, here[here["line"] == line], "tree_distance", look)
        if here["value"].isna().all():
            axes.set_yticks([])
            say(axes, f"fewer than\n{_min_pairs(rows)} pairs")
        _whole(axes, known["tree_distance"])
    _same_scale([axes for axes in drawn if len(axes.get_yticks())])
    figure.supylabel("mean interdependence (DI, ratio of norms)", fontsize="medium")
    for axes in drawn[-min(COLUMNS, len(drawn)) :]:
        axes.set_xlabel("distance in\ntree (edges)")
    present = set(known["line"])
    handles = [_handle(k, look) for k, look in OF_LINE.items() if k in present]
    legend_above(figure, [*handles, *_extras(rows)], 5 if len(drawn) > 2 else 2)
    axes_differ = "Vertical axes: ranges differ, the scale is the same. "
    sentences = (
        axes_differ * (len(drawn) > 1)
        + f"A mean needs {_min_pairs(rows)} pairs; {_sentences(rows)}."
    )
    wide = len(drawn) > 2
    characters = {"characters": NOTE_CHARACTERS_WIDE} if wide else {}
    note_below(figure, note, sentences, **characters)
    return figure


@house()
def epochs(table: pd.DataFrame, note: str = "") -> Figure:
    """Interdependence by epoch: its mean, and how it follows syntactic distance.

    Args:
        table: Of `ontogeny.studies.interdependence.epochs.by_epoch`.
        note: Small text under the figure.
    """
    rows = means(table)
    figure = Figure(figsize=(2 * WIDTH_INCHES, 2.7), layout="constrained")
    drawn = figure.subplots(1, len(QUANTITIES))
    looks = _of_distances(rows)
    for axes, (quantity, label) in zip(drawn, QUANTITIES.items(), strict=True):
        axes.set_ylabel(label)
        here = rows[rows["quantity"] == quantity]
        for distance, look in looks.items():
            draw(axes, here[here["distance"] == distance], "epoch", look,
                 bars=distance == 0)  # fmt: skip
        if here["value"].isna().all():
            axes.set_yticks([])
            say(axes, f"fewer than\n{_min_pairs(rows)} pairs")
        elif quantity != "mean":
            axes.axhline(0, color=FAINT, linewidth=0.6, zorder=0.5)
        epochs_axis(axes, rows["epoch"])
    handles = [
        _handle(f"$r-l={distance}$" if distance else "all (slope: pooled)", look)
        for distance, look in looks.items()
    ]
    legend_above(figure, [*handles, *_extras(rows[rows["distance"] == 0])], 5)
    sentence = (
        f"Slopes and correlations: pairs of open and closed words; a value needs "
        f"{_min_pairs(rows)} pairs; {_sentences(rows)}."
    )
    note_below(figure, note, sentence, characters=NOTE_CHARACTERS_WIDE)
    return figure


QUANTITIES = {
    "mean": MEAN,
    "slope": "slope of DI\n(per edge)",
    "spearman": "Spearman’s ρ of DI\nand distance in tree",
}

FIGURES: dict[str, Callable[..., Figure]] = {
    "fig3": figure3,
    "fig4": figure4,
    "epochs": epochs,
}


def means(table: pd.DataFrame) -> pd.DataFrame:
    """The rows that are drawn: means over seeds."""
    return table[table["seed"].isna()]


def draw(
    axes: Axes, rows: pd.DataFrame, x: str, look: Look, *, bars: bool = True
) -> None:
    """A line with its range over seeds as a band, and intervals as bars.

    Gaps stay gaps.

    Args:
        axes: To draw on.
        rows: One per point, as `ontogeny.studies.interdependence.tables` has them.
        x: Column along the horizontal axis.
        look: Of the line.
        bars: Whether intervals and bands are drawn.
    """
    rows = rows.sort_values(x)
    if rows["value"].isna().all():
        return
    if bars and (rows["seeds"] > 1).any():
        low, high = rows["value_min"], rows["value_max"]
        axes.fill_between(rows[x], low, high, color=look.color, alpha=0.18, linewidth=0)
    known = rows[rows["low"].notna()]
    if bars and len(known):
        axes.vlines(
            known[x], known["low"], known["high"], colors=look.color, linewidths=0.8
        )
    axes.plot(
        rows[x],
        rows["value"],
        markevery=marked(rows["value"].to_numpy()),
        **_style(look),
    )


def _style(look: Look) -> dict[str, Any]:
    fill = look.color if look.filled else "white"
    return {
        "color": look.color,
        "linestyle": look.linestyle,
        "marker": look.marker,
        "markerfacecolor": fill,
    }


def _handle(label: str, look: Look) -> Line2D:
    return Line2D([], [], label=label, **_style(look))


def _extras(rows: pd.DataFrame) -> list[Artist]:
    """What stands for bars and bands in a legend."""
    found: list[Artist] = []
    if rows["low"].notna().any():
        found.append(
            Line2D([], [], color=FAINT, marker="|", ms=8, ls="", label=INTERVAL)
        )
    return [*found, *seeds_band(rows)]


def _of_distances(rows: pd.DataFrame) -> dict[int, Look]:
    """All distances together (0), and some of them from first to last."""
    known = rows[rows["value"].notna() & (rows["distance"] > 0)]
    each = sorted(map(int, set(known["distance"])))
    at = np.linspace(0, len(each) - 1, min(len(SOME), len(each)))
    chosen = [each[place] for place in at.round().astype(int)]
    return {0: ALL} | dict(zip(chosen, SOME, strict=False))


def _grid(count: int) -> tuple[Figure, list[Axes]]:
    """A panel per distance, at most five side by side."""
    columns = min(COLUMNS, max(1, count))
    lines = -(-max(1, count) // columns)
    width = WIDTH_INCHES * (2 if columns > 2 else 1)
    height = 1.2 + PANEL_INCHES * lines
    figure = Figure(figsize=(width, height), layout="constrained")
    grid = figure.subplots(lines, columns, squeeze=False).ravel()
    for axes in grid[count:]:
        axes.remove()
    return figure, list(grid[:count])


def _same_scale(panels: list[Axes]) -> None:
    """As much of the quantity per inch in every panel, each around its own lines."""
    limits = [axes.get_ylim() for axes in panels]
    span = max((high - low for low, high in limits), default=1.0)
    for axes, (low, high) in zip(panels, limits, strict=True):
        # A ratio of norms has no values below zero to make room for.
        bottom = max(0, (low + high) / 2 - span / 2)
        axes.set_ylim(bottom, bottom + span)
        axes.yaxis.set_major_locator(MaxNLocator(4))
        axes.tick_params(axis="y", labelsize=SMALL_POINTS)


def _whole(axes: Axes, values: pd.Series) -> None:
    """Whole numbers along x, from 1 to the largest."""
    last = int(values.max()) if len(values) else 1
    axes.set_xlim(0.6, last + 0.4)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))


def _min_pairs(rows: pd.DataFrame) -> str:
    return f"{rows['min_pairs'].max():,}"


def _sentences(rows: pd.DataFrame) -> str:
    return f"{rows['sentences'].max():,} sentences"


def _empty(figure: Figure, axes: Axes, rows: pd.DataFrame, note: str) -> Figure:
    """A figure of nothing, which says why."""
    axes.set(xticks=[], yticks=[])
    say(axes, f"fewer than {_min_pairs(rows)} pairs at any distance")
    note_below(figure, note)
    return figure
