"""Figures 2 and 5 of the sparsity paper: χ(h̄²) word by word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from ontogeny.plots.labels import label_points
from ontogeny.plots.parts import EPOCH_LABEL, legend_above, note_below, say
from ontogeny.plots.style import (
    BLUE,
    FAINT,
    INK,
    ORANGE,
    SMALL_POINTS,
    Look,
    house,
    panel,
)

CHI = r"mean $\chi(\bar{h}^2)$ (dimensionless)"

# Perceptually uniform, the same for any colour vision, and lighter = sparser.
COLOURS = colormaps["viridis"].with_extremes(bad=(1, 1, 1, 0))
# Seen through the map where a word was not met: no colour could be mistaken.
UNMET: dict[str, Any] = {"facecolor": "white", "edgecolor": FAINT, "hatch": "//////"}

# Height of a row with a label; with more rows than fit, only some have one.
ROW_INCHES = 0.098
MOST_ROWS = 55
LONGEST_LABEL = 16
EPOCH_LABELS = 11
BRIGHT = 5

CLASSES = {
    "open": Look(BLUE, "o", filled=False),
    "closed": Look(INK, "s"),
    "neither": Look(ORANGE, "x"),
}
LABELLED_PER_CLASS = 5


@house()
def figure2(table: pd.DataFrame, note: str = "") -> Figure:
    """Mean χ(h̄²) of frequent target words (y) by epoch (x), as colour.

    The most frequent word is at the bottom; triangles above the panel are
    epochs after which the step size was rescaled (hollow: in some seeds); a
    word that was not met is hatched.

    Args:
        table: Of `figures.figure2`; columns word, rank, count, epoch,
            concentration and rescaled.
        note: Small text under the figure.

    Source: figure 2.
    """
    words = table.drop_duplicates("rank")
    rows = min(len(words), MOST_ROWS) * ROW_INCHES
    figure, axes = panel(max(2.4, rows + 1.1))
    axes.set_xlabel(EPOCH_LABEL)
    if table["concentration"].isna().all():
        axes.set(xticks=[], yticks=[], ylabel="target words")
        frequent = "is frequent enough" if words.empty else "was met"
        say(axes, f"no target word {frequent}")
        note_below(figure, note)
        return figure
    image = _heat_map(axes, table)
    bar = figure.colorbar(image, ax=axes, label=CHI, aspect=35, pad=0.02)
    bar.outline.set_visible(False)
    every = _word_labels(axes, words, _brightest(table))
    handles = _rescaled_above(axes, table)
    if table["concentration"].isna().any():
        axes.patch.set(linewidth=0, **UNMET)
        handles.append(Patch(label="not met as a target", linewidth=0, **UNMET))
    if handles:
        legend_above(figure, handles, 2)
    some = f"One word in {every} is labelled, and bright rows."
    some *= every > 1
    note_below(figure, note, _frequencies(words), some)
    return figure


@house()
def figure5(table: pd.DataFrame, note: str = "") -> Figure:
    """Mean χ(h̄²) (y) and training count (x, logarithmic) after the last epoch.

    One point per word, by class: open, closed, neither. The most frequent
    words of each class are named where their names cover nothing.

    Args:
        table: Of `figures.figure5`; columns word, count, word_class,
            epoch and concentration.
        note: Small text under the figure.

    Source: figure 5.
    """
    figure, axes = panel(2.8)
    axes.set_xlabel("occurrences in training (logarithmic)")
    axes.set_ylabel(CHI)
    if table.empty:
        axes.set(xticks=[], yticks=[])
        say(axes, "no target word is frequent enough")
        note_below(figure, note)
        return figure
    handles = [
        _points(axes, table[table["word_class"] == name], name, look)
        for name, look in CLASSES.items()
    ]
    _counts_axis(axes, table["count"])
    legend_above(figure, handles, len(handles), handlelength=1)
    note_below(
        figure, note, f"After epoch {table['epoch'].iloc[0]}; in brackets: words."
    )
    by_rank = table.sort_values("rank")
    frequent = by_rank.groupby("word_class", sort=False).head(LABELLED_PER_CLASS)
    # The most frequent of all, which make Pearson's r, find a place first.
    label_points(figure, axes, frequent.sort_values("rank"), table)
    return figure


def _counts_axis(axes: Axes, counts: pd.Series) -> None:
    axes.set_xscale("log")
    wide = counts.max() > 50 * counts.min()
    axes.xaxis.set_major_locator(LogLocator(subs=(1,) if wide else (1, 2, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda count, _: f"{count:,.0f}"))
    axes.xaxis.set_minor_locator(LogLocator(subs=range(2, 10)))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.margins(0.06)


def _heat_map(axes: Axes, table: pd.DataFrame) -> AxesImage:
    grid = table.pivot(index="rank", columns="epoch", values="concentration")
    image = axes.imshow(
        np.ma.masked_invalid(grid.to_numpy(dtype=float)),
        aspect="auto",
        origin="lower",
        interpolation="nearest",
        cmap=COLOURS,
    )
    epochs = grid.columns.to_numpy()
    every = -(-len(epochs) // EPOCH_LABELS)
    axes.set_xticks(range(0, len(epochs), every), epochs[::every])
    return image


def _word_labels(axes: Axes, words: pd.DataFrame, brightest: Sequence[int]) -> int:
    """Name the rows, the brightest too; return of how many words one is named."""
    every = -(-len(words) // MOST_ROWS)  # rows in a label's height
    moved: dict[int, int] = {}
    for row in sorted(brightest):
        moved[row] = max(row, every + max(moved.values(), default=-every))
    rows = [row for row, place in moved.items() if row == place]
    for row in range(0, len(words), every):
        if all(abs(row - other) >= every for other in (*moved.values(), *rows)):
            rows.append(row)
    names = words["word"].map(_short)
    text: dict[str, Any] = {"size": SMALL_POINTS - 0.5, "parse_math": False}
    axes.set_yticks(rows, names.iloc[rows], **text)
    axes.tick_params(axis="y", length=2)
    for row, place in moved.items():
        if row != place:  # a label that another has pushed up, and whose it is
            axes.annotate(
                names.iloc[row],
                (0, row),
                (-8, place),
                ("axes fraction", "data"),
                ("axes points", "data"),
                {
                    "arrowstyle": "-",
                    "color": INK,
                    "lw": 0.4,
                    "shrinkA": 0,
                    "shrinkB": 0,
                },
                annotation_clip=False,
                ha="right",
                va="center",
                **text,
            )
    axes.set_ylabel(f"{len(words):,} target words,\nmost frequent at the bottom")
    return every


def _brightest(table: pd.DataFrame) -> list[int]:
    """Rows of the words whose mean over epochs is largest."""
    means = table.groupby("rank")["concentration"].mean().reset_index(drop=True)
    return means.nlargest(BRIGHT).index.tolist()


def _rescaled_above(axes: Axes, table: pd.DataFrame) -> list[Artist]:
    shares = table.drop_duplicates("epoch")["rescaled"].to_numpy()
    handles: list[Artist] = []
    for at, colour, label in (
        (shares == 1, FAINT, "step size rescaled"),
        ((shares > 0) & (shares < 1), "white", "rescaled in some seeds"),
    ):
        if at.any():
            look: dict[str, Any] = {
                "marker": "v",
                "ms": 3.5,
                "mfc": colour,
                "mec": FAINT,
                "mew": 0.7,
                "ls": "",
            }
            x = np.flatnonzero(at)
            axes.plot(
                x,
                np.full(len(x), 1.012),
                transform=axes.get_xaxis_transform(),
                clip_on=False,
                **look,
            )
            handles.append(Line2D([], [], label=label, **look))
    return handles


def _frequencies(words: pd.DataFrame) -> str:
    most, least = words["count"].iloc[0], words["count"].iloc[-1]
    return f"From {most:,} (bottom) to {least:,} (top) occurrences in training."


def _short(word: str) -> str:
    if not any(map(str.isalnum, word)):
        return f"“{word}”"  # else a dot that nobody sees
    if len(word) <= LONGEST_LABEL:
        return word
    return word[: LONGEST_LABEL - 1] + "…"


def _points(axes: Axes, rows: pd.DataFrame, name: str, look: Look) -> Artist:
    face = look.color if look.filled else "none"
    paint: dict[str, Any] = {"facecolors": face, "edgecolors": look.color}
    if look.marker == "x":
        paint = {"c": look.color}
    return axes.scatter(
        rows["count"],
        rows["concentration"],
        s=11,
        marker=look.marker,
        linewidths=0.7,
        label=f"{name} ({len(rows):,})",
        zorder=3 if look.filled and look.marker != "x" else 2,
        **paint,
    )
