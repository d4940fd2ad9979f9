"""Heatmaps of z and of scores: cells, what is written in them, and their shades."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ontogeny.plots.style import SMALL_POINTS
from ontogeny.studies.lottery.heatmaps import BLANK, SHADES
from ontogeny.studies.lottery.plot_parts import TITLE_POINTS

Z_LABEL, SCORE_LABEL = "z", "score"
PALE_INK, HATCH = "#595959", "////"
PALE = "Hatched: one z is below the noise floor."


class Panel(NamedTuple):
    """One heatmap of a figure.

    Attributes:
        title: Above it.
        values: What is drawn and written.
        pale: Which cells are hatched, of the same shape.
        label: Of the shades.
        chain: Whose models they are.
    """

    title: str
    values: pd.DataFrame
    pale: pd.DataFrame
    label: str
    chain: str


def draw(
    figure: Figure,
    grid: np.ndarray,
    lines: Sequence[Sequence[Panel]],
    points: float,
) -> set[str]:
    """Heatmaps, with a scale of shades for z and one for scores.

    Returns:
        What must be told of them.
    """
    told = set()
    for label in dict.fromkeys(panel.label for line in lines for panel in line):
        own = [
            (axes, panel)
            for row, line in zip(grid, lines, strict=True)
            for axes, panel in zip(row, line, strict=True)
            if panel.label == label
        ]
        norm = _scale([panel for _, panel in own], label)
        for axes, panel in own:
            told |= _map(axes, panel, norm, points)
        bar = figure.colorbar(
            ScalarMappable(norm, SHADES), ax=[axes for axes, _ in own], aspect=18,
            pad=0.01, fraction=0.04,
        )  # fmt: skip
        bar.set_label(label)
        bar.outline.set_visible(False)
    return told


def _scale(panels: Sequence[Panel], label: str) -> Normalize:
    """From the least to the most that is drawn, in half units of z or twentieths."""
    step = 0.5 if label == Z_LABEL else 0.05
    every = np.concatenate([panel.values.to_numpy(float).ravel() for panel in panels])
    every = every[np.isfinite(every)]
    if not len(every):
        return Normalize(0, 1)
    low = np.floor(every.min() / step) * step
    return Normalize(low, max(np.ceil(every.max() / step) * step, low + step))


def _map(axes: Axes, panel: Panel, norm: Normalize, points: float) -> set[str]:
    """One heatmap."""
    # Here, for it takes a second to load.
    import seaborn

    write: Callable[[float], str] = tenth if panel.label == Z_LABEL else thousandth
    size = min(SMALL_POINTS, points / 2.6)
    values, pale = panel.values, panel.pale.reindex_like(panel.values).eq(True)
    seaborn.heatmap(
        values.mask(pale),
        ax=axes,
        cmap=SHADES,
        vmin=norm.vmin,
        vmax=norm.vmax,
        cbar=False,
        annot=values.mask(pale).map(write).to_numpy(),
        fmt="",
        annot_kws={"fontsize": size},
        xticklabels=False,
        yticklabels=False,
    )
    axes.set(xlabel="", ylabel="", facecolor="#d9d9d9")
    axes.set_title(panel.title, fontsize=TITLE_POINTS)
    for spine in axes.spines.values():
        spine.set_visible(True)
    drawn = values.to_numpy(float)
    hatched = pale & values.notna()
    for row, column in np.argwhere(hatched.to_numpy()):
        axes.add_patch(
            Rectangle(
                (column, row), 1, 1, facecolor="white", edgecolor="#d0d0d0",
                hatch=HATCH, lw=0,
            )
        )  # fmt: skip
        axes.text(
            column + 0.5, row + 0.5, write(drawn[row, column]), ha="center",
            va="center", fontsize=size, color=PALE_INK,
        )  # fmt: skip
    told = {PALE} if hatched.any(axis=None) else set()
    return told | ({BLANK} if values.isna().any(axis=None) else set())


def ticks(axis: Axis, names: Sequence[str]) -> None:
    """A name in the middle of each cell."""
    axis.set_ticks(list(np.arange(len(names)) + 0.5), names)
    axis.set_tick_params(labelsize=SMALL_POINTS, length=0, rotation=0)


def tenth(value: float) -> str:
    """One digit after the point.

    >>> tenth(-1.23), tenth(-0.04), tenth(float("nan"))
    ('−1.2', '0.0', '')
    """
    if np.isnan(value):
        return ""
    return f"{round(value, 1) + 0.0:.1f}".replace("-", "−")


def thousandth(value: float) -> str:
    """Three digits after the point, as narrow as they may be.

    >>> thousandth(0.8581), thousandth(1.0), thousandth(-0.02)
    ('.858', '1', '−.020')
    """
    if np.isnan(value):
        return ""
    shown = f"{value:.3f}".replace("-", "−")
    return "1" if shown == "1.000" else shown.replace("0.", ".", 1)
