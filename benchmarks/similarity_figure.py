"""Cost of a similarity against tokens and units, from `benchmarks.similarity`."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.figure import LAYOUT, SHADES
from benchmarks.similarity import SHOWN_TOKENS, SHOWN_WIDTHS
from ontogeny.disk.files import read_table

LINES = {"first pair": "-", "another pair": "--", "decomposition": ":"}
NAMES = {
    "first pair": "a pair, from its vectors",
    "another pair": "another pair of the same views",
    "decomposition": "of the first: after the sums",
}


def draw(folder: Path) -> Path:
    """Draw `similarity-cost.svg` from the table in a folder, beside it."""
    cost = read_table(folder / "similarity_cost.parquet")
    table = cost.groupby(["what", "units", "n"])["seconds"].median().reset_index()
    with mpl.rc_context(LAYOUT):
        figure = Figure(figsize=(8, 3.4), layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True)
        _by_tokens(left, table)
        _by_units(right, table[table["n"] == SHOWN_TOKENS])
        path = folder / "similarity-cost.svg"
        figure.savefig(path, metadata={"Date": None})
    return path


def _by_tokens(axes: Axes, table: pd.DataFrame) -> None:
    for color, units in zip(SHADES, SHOWN_WIDTHS, strict=True):
        for what in ("first pair", "another pair"):
            rows = table[(table["units"] == units) & (table["what"] == what)]
            label = f"{units:,} units" if what == "first pair" else None
            line = {"color": color, "linestyle": LINES[what], "label": label}
            axes.plot(rows["n"], rows["seconds"], marker="o", markersize=3, **line)
    axes.set(title="Against tokens", xlabel="tokens", ylabel="seconds")
    _logarithmic(axes)


def _by_units(axes: Axes, table: pd.DataFrame) -> None:
    for what, linestyle in LINES.items():
        rows = table[table["what"] == what]
        line = {"color": "0.3", "linestyle": linestyle, "label": NAMES[what]}
        axes.plot(rows["units"], rows["seconds"], marker="o", markersize=3, **line)
    axes.set(title=f"Against units, {SHOWN_TOKENS:,} tokens", xlabel="units of a view")
    _logarithmic(axes)
    ticks = sorted(table["units"].unique())
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    axes.minorticks_off()


def _logarithmic(axes: Axes) -> None:
    axes.set(xscale="log", yscale="log")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.legend()
