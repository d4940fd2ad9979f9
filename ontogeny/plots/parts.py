"""What several figures share: epochs, rescalings, legends, notes, sentences."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from ontogeny.plots.style import FAINT, SMALL_POINTS, Look

EPOCH_LABEL = "epoch (0: untrained)"

# Markers along a line, at most about this many.
MARKERS = 12
NOTE_CHARACTERS = 68
# Of a model that has diverged: an axis of these would show nothing else.
TOO_LARGE_PERPLEXITY = 1e100


def line(
    axes: Axes, rows: pd.DataFrame, label: str, look: Look, *, value: str = "value"
) -> Line2D:
    """A curve over epochs, with the range over seeds as a band.

    Gaps stay gaps.

    Args:
        axes: To draw on.
        rows: One per epoch, with columns epoch, seeds, and value, value_min and
            value_max or what stands for them.
        label: For the legend.
        look: Of the line.
        value: Name of the column drawn; those of the range begin with it.
    """
    rows = rows.sort_values("epoch")
    if (rows["seeds"] > 1).any():
        axes.fill_between(
            rows["epoch"],
            rows[f"{value}_min"],
            rows[f"{value}_max"],
            color=look.color,
            alpha=0.18,
            linewidth=0,
        )
    (drawn,) = axes.plot(
        rows["epoch"],
        rows[value],
        label=label,
        color=look.color,
        linestyle=look.linestyle,
        marker=look.marker,
        markerfacecolor=look.color if look.filled else "white",
        markevery=marked(rows[value].to_numpy()),
    )
    return drawn


def interval(axes: Axes, rows: pd.DataFrame, look: Look) -> None:
    """A light band from `low` to `high` over epochs, behind all lines.

    Args:
        axes: To draw on.
        rows: One per epoch, with columns epoch, low and high.
        look: Of the line that the band belongs to.
    """
    rows = rows.sort_values("epoch")
    axes.fill_between(
        rows["epoch"],
        rows["low"],
        rows["high"],
        color=look.color,
        alpha=0.1,
        linewidth=0,
        zorder=0.3,
    )


def marked(values: np.ndarray) -> list[int]:
    """Which points of a line get a marker: some, and all without a neighbour.

    >>> marked(np.array([0.1, np.nan, 0.3, 0.4]))
    [0, 1, 2, 3]
    >>> marked(np.where(np.arange(50) == 1, np.nan, 0.5))[:4]
    [0, 4, 8, 12]
    """
    every = max(1, len(values) // MARKERS)
    regular = np.arange(len(values)) % every == 0
    return np.flatnonzero(regular | alone(values)).tolist()


def alone(values: np.ndarray) -> np.ndarray:
    """Which points have no neighbour to draw a line to.

    >>> alone(np.array([0.1, np.nan, 0.3, 0.4])).tolist()
    [True, False, False, False]
    """
    known = np.isfinite(np.concatenate([[np.nan], values, [np.nan]]))
    return known[1:-1] & ~known[:-2] & ~known[2:]


def epochs_axis(axes: Axes, epochs: Iterable[int]) -> None:
    """Whole epochs along x, from the first to the last."""
    known = sorted(set(epochs)) or [0, 1]
    margin = max(0.3, 0.02 * (known[-1] - known[0]))
    axes.set_xlim(known[0] - margin, known[-1] + margin)
    axes.xaxis.set_major_locator(
        MaxNLocator(integer=True, min_n_ticks=1, steps=[1, 2, 5, 10])
    )
    axes.set_xlabel(EPOCH_LABEL)


def rescalings(axes: Axes, table: pd.DataFrame) -> list[Artist]:
    """Vertical dashed lines after whose epoch the step size was divided.

    Each is as high as the share of seeds, of the panel's height.

    Args:
        axes: To draw on.
        table: With columns epoch and rescaled (0 to 1).

    Returns:
        What stands for them in a legend; nothing if there are none.
    """
    lines = table.loc[table["rescaled"] > 0, ["epoch", "rescaled"]].drop_duplicates()
    if lines.empty:
        return []
    axes.vlines(
        lines["epoch"],
        0,
        lines["rescaled"],
        transform=axes.get_xaxis_transform(),
        colors=FAINT,
        linestyles="dashed",
        linewidths=0.7,
        zorder=0.4,
    )
    label = "step size rescaled"
    if (lines["rescaled"] < 1).any():
        label += "\n(height: share of seeds)"
    return [rescaling_handle(label)]


def rescaling_handle(label: str) -> Line2D:
    """What stands for the rescalings in a legend."""
    return Line2D([], [], color=FAINT, ls="dashed", lw=0.7, label=label)


def intervals_over(what: str, table: pd.DataFrame) -> str:
    """What the bands from `low` to `high` are, to end a sentence.

    Args:
        what: Was drawn again in the bootstrap, e.g. words.
        table: With a column seeds.
    """
    several = table["seeds"].max() > 1
    ends = ", from the lowest to the highest seed's end" if several else ""
    return f"95\u00a0% intervals over {what}{ends}."


def seeds_band(table: pd.DataFrame) -> list[Artist]:
    """What stands for the bands in a legend; nothing if there is one seed."""
    if not (table["seeds"] > 1).any():
        return []
    return [Patch(color=FAINT, alpha=0.3, lw=0, label="lowest to highest seed")]


def legend_above(
    figure: Figure, handles: Sequence[Artist], columns: int, **look: float
) -> None:
    """A legend above the panel, filled column by column."""
    figure.legend(
        handles=list(handles),
        loc="outside upper center",
        ncols=max(1, columns),
        **look,
    )


def note_below(
    figure: Figure, note: str, *sentences: str, characters: int = NOTE_CHARACTERS
) -> None:
    """Small text under the panel: a paragraph per sentence, then the note.

    Args:
        figure: To write under.
        note: Verbatim.
        sentences: With symbols between dollar signs.
        characters: On a line, at most.
    """
    paragraphs = [
        textwrap.fill(text, characters, break_long_words=False, break_on_hyphens=False)
        for text in (*sentences, note.replace("$", r"\$"))
        if text
    ]
    if paragraphs:
        figure.supxlabel(
            "\n".join(paragraphs), x=0.01, ha="left", fontsize=SMALL_POINTS
        )


def say(axes: Axes, sentence: str) -> None:
    """A sentence in the middle of an empty panel."""
    axes.text(
        0.5,
        0.5,
        sentence,
        transform=axes.transAxes,
        ha="center",
        va="center",
        linespacing=1.5,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 4},
    )
