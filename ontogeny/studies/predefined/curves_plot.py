"""Perplexity of dense and sparse language models by epoch: a figure of our own."""

from __future__ import annotations

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullLocator, StrMethodFormatter

from ontogeny.plots.parts import epochs_axis, legend_above, note_below
from ontogeny.plots.style import BLUE, FAINT, INK, ORANGE, Look, house
from ontogeny.studies.predefined.plot_parts import grid, handle, nothing

NETWORKS = {
    "dense": ("dense", Look(INK, "s")),
    "sparse": ("sparse", Look(BLUE, "o")),
    "reduced": ("dense, reduced", Look(FAINT, "D")),
    "sparse_lstm": ("sparse LSTMs", Look(BLUE, "o")),
    "sparse_both": ("sparse LSTMs, embedding", Look(ORANGE, "v")),
}
PANELS = {
    "lm": "language model",
    "plain": "the same without dropout",
    "recite": "reciting",
    "awd": "AWD-LSTM, then finetuned",
}
TICKS = (1, 1.5, 2, 3, 5, 7)
"""Of each power of ten."""


@house()
def curves(table: pd.DataFrame, note: str = "") -> Figure:
    """Perplexity by epoch, of training and test text, a panel for each task.

    Args:
        table: Of `figures`.
        note: Small text under the figure.
    """
    shown = table[table["epoch"] > 0]
    panel, variant = _placed(shown)
    shown = shown.assign(epoch=_in_a_row(shown))
    tasks = [name for name in PANELS if name in set(panel)]
    figure, panels = grid(max(1, len(tasks)))
    panels[0].set_ylabel("perplexity")
    if not tasks:
        return nothing(figure, panels[0], note)
    for axes, task in zip(panels, tasks, strict=True):
        here = shown[panel == task]
        for name, (_, look) in NETWORKS.items():
            own = here[variant[panel == task] == name]
            _curve(axes, own[own["quantity"].isin(["test", "recited"])], look, "-")
            if task != "recite":
                _curve(axes, own[own["quantity"] == "train"], look, ":")
        axes.set_title(PANELS[task], fontsize=7.5)
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=TICKS))
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
        axes.yaxis.set_minor_locator(NullLocator())
        epochs_axis(axes, here["epoch"])
        axes.set_xlabel("epoch")
    there = set(variant)
    handles: list[Artist] = [
        handle(label, look) for name, (label, look) in NETWORKS.items() if name in there
    ]
    handles += [
        Line2D([], [], color=INK, ls="-", label="test text; the text that is recited"),
        Line2D([], [], color=INK, ls=":", label="training text, while learning"),
    ]
    legend_above(figure, handles, 1 if len(panels) == 1 else 2)
    bands = table["seeds"].max() > 1
    about = "Bands: from the lowest to the highest seed." if bands else ""
    note_below(figure, note, about)
    return figure


def _placed(table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The panel of each row, and its model's name there."""
    variant = table["variant"].astype(str)
    plain = variant.str.endswith("_plain")
    panel = table["task"].astype(str).where(~plain, "plain")
    return panel, variant.str.removesuffix("_plain")


def _in_a_row(table: pd.DataFrame) -> pd.Series:
    """Epochs of each row, those of finetuning counted on."""
    first = table["stage"] == "trained"
    last = table["epoch"].where(first).groupby(table["task"]).transform("max")
    return table["epoch"].where(first, table["epoch"] + last)


def _curve(axes: Axes, rows: pd.DataFrame, look: Look, style: str) -> None:
    for _, stage in rows.groupby("stage", sort=False):
        stage = stage.sort_values("epoch")
        if (stage["seeds"] > 1).any():
            axes.fill_between(
                stage["epoch"],
                stage["value_min"],
                stage["value_max"],
                color=look.color,
                alpha=0.18,
                linewidth=0,
            )
        every = max(1, len(stage) // 8)
        axes.plot(
            stage["epoch"],
            stage["value"],
            color=look.color,
            linestyle=style,
            # A line of one point is none.
            marker=look.marker if style == "-" else "." if len(stage) == 1 else None,
            markevery=every,
        )
