"""Figures of predefined sparseness, from the tables of `figures`.

Source: 002, figures 1 to 3; `curves` is our own.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator, StrMethodFormatter

from ontogeny.plots.parts import legend_above, note_below
from ontogeny.plots.style import (
    BLUE,
    FAINT,
    INK,
    ORANGE,
    SMALL_POINTS,
    WIDTH_INCHES,
    Look,
    house,
)
from ontogeny.studies.predefined.curves_plot import curves
from ontogeny.studies.predefined.plot_parts import grid, handle, nothing

SHADES = LinearSegmentedColormap.from_list("trained", ["#f1f1f1", BLUE])
TAGGERS = {
    "dense": ("dense, $k'$ dimensions", Look(INK, "s", "--", filled=False)),
    "sparse": ("sparse, frequent words whole", Look(BLUE, "o")),
    "down": ("sparse, rare words whole", Look(ORANGE, "v", "")),
    "random": ("sparse, any words whole", Look(FAINT, "D", "")),
    "blocks": ("sparse, the authors' blocks", Look("#029e73", "X", "")),
}


@house()
def figure1(table: pd.DataFrame, note: str = "") -> Figure:
    """Where the middle layer of the sparse AWD-LSTM has weights.

    Args:
        table: Of `figures`.
        note: Small text under the figure.
    """
    figure = Figure(figsize=(WIDTH_INCHES, 2.2), layout="constrained")
    names = {"W_hh": r"$\mathbf{W}_{hh}$", "W_hi": r"$\mathbf{W}_{hi}$"}
    panels = figure.subplots(1, 2)
    for axes, (name, title) in zip(panels, names.items(), strict=True):
        rows = table[table["matrix"] == name]
        shares = rows.pivot(index="row", columns="column", values="trained")
        _heatmap(axes, shares, marks=3)
        axes.set_title(title, fontsize=7.5)
        axes.set_xlabel("unit" if name == "W_hh" else "input")
    panels[0].set_ylabel("unit")
    about = "Shaded: weights of one gate. Three blocks of 575 units, each reading "
    note_below(figure, note, f"{about}0.555 of the input.")
    return figure


@house()
def figure2(table: pd.DataFrame, note: str = "") -> Figure:
    """Where sparse embeddings of several densities have weights.

    Args:
        table: Of `figures`.
        note: Small text under the figure.
    """
    figure = Figure(figsize=(WIDTH_INCHES, 2.6), layout="constrained")
    densities = sorted(set(table["density"]))
    panels = np.atleast_1d(figure.subplots(1, len(densities)))
    for axes, density in zip(panels, densities, strict=True):
        rows = table[table["density"] == density]
        _heatmap(axes, rows.pivot(index="word", columns="dimension", values="trained"))
        axes.set_title(rf"$\delta_E$ = {density:g}", fontsize=7.5)
        axes.tick_params(labelleft=axes is panels[0])
        axes.set_xlabel("dimension")
    panels[0].set_ylabel("word, the most frequent first")
    about = "Shaded: entries that are trained, of 44,000 words and 20 dimensions."
    note_below(figure, note, about)
    return figure


@house()
def figure3(table: pd.DataFrame, note: str = "") -> Figure:
    """Test accuracy by embedding parameters, a panel for each size of LSTM.

    Args:
        table: Of `figures`.
        note: Small text under the figure.
    """
    sizes = sorted(set(table["hidden"].dropna()))
    figure, panels = grid(max(1, len(sizes)))
    panels[0].set_ylabel("accuracy on the test part (%)")
    if table.empty:
        return nothing(figure, panels[0], note)
    for axes, hidden in zip(panels, sizes, strict=True):
        rows = table[table["hidden"] == hidden]
        for name, (_, look) in TAGGERS.items():
            _points(axes, rows[_series(rows) == name], look)
        axes.set_title(f"LSTMs of {hidden:g} units a direction", fontsize=7.5)
        axes.set_xscale("log")
        known = sorted(set(rows.loc[rows["kind"] == "dense", "embedding_parameters"]))
        axes.xaxis.set_major_locator(FixedLocator(known))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
        axes.tick_params(axis="x", rotation=60)
        axes.set_xlabel("parameters of the embedding")
    there = set(_series(table))
    handles = [
        handle(label, look) for name, (label, look) in TAGGERS.items() if name in there
    ]
    legend_above(figure, handles, 2 if len(panels) == 1 else 3)
    several = table["seeds"].max() > 1
    about = "Means over seeds; bars: standard deviation." if several else "One seed."
    note_below(figure, note, about)
    return figure


FIGURES = {"fig1": figure1, "fig2": figure2, "fig3": figure3, "curves": curves}


def _heatmap(axes: Axes, shares: pd.DataFrame, marks: int = 2) -> None:
    """Shares between 0 and 1; one tick more than `marks`, as index and columns say."""
    # Here, for it takes a second to load.
    import seaborn

    ticks = {"xticklabels": False, "yticklabels": False}
    seaborn.heatmap(
        shares,
        ax=axes,
        cmap=SHADES,
        vmin=0,
        vmax=1,
        cbar=False,
        rasterized=True,
        **ticks,
    )
    for axis, names in ((axes.xaxis, shares.columns), (axes.yaxis, shares.index)):
        values = names.to_numpy(dtype=float)
        step = values[1] - values[0]
        end = values[-1] + step
        at = [end * number / marks for number in range(marks + 1)]
        axis.set_ticks([mark / step for mark in at])
        axis.set_ticklabels([f"{mark:,.0f}" for mark in at])
    axes.tick_params(labelsize=SMALL_POINTS)
    axes.set(xlabel="", ylabel="")
    for spine in axes.spines.values():
        spine.set_visible(True)


def _series(rows: pd.DataFrame) -> pd.Series:
    """Which of `TAGGERS` each row is."""
    found = rows["kind"].where(rows["order"] == "up", rows["order"])
    return found.where(rows["blocks"] == 0, "blocks")


def _points(axes: Axes, rows: pd.DataFrame, look: Look) -> None:
    if rows.empty:
        return
    rows = rows.sort_values("embedding_parameters")
    axes.errorbar(
        rows["embedding_parameters"],
        rows["accuracy_percent"],
        rows["stdev"].fillna(0),
        color=look.color,
        marker=look.marker,
        linestyle=look.linestyle or "none",
        markerfacecolor=look.color if look.filled else "white",
        elinewidth=0.7,
    )
