"""Cost of a word pair against words, units and window, sentences side by side."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks.decomposition import MS_A_PAIR, UNITS, WORDS
from benchmarks.figure import LAYOUT
from ontogeny.disk.files import read_table

TITLES = {
    "words": f"{UNITS} units, every pair",
    "units": f"{WORDS} words, every pair",
    "window": f"40 words, {UNITS} units",
}
NAMES = {"words": "words of the sentence", "units": "units", "window": "window (words)"}


def draw(folder: Path) -> Path:
    """Draw `decomposition-cost.svg` from the table in a folder, beside it."""
    cost = read_table(folder / "decomposition_cost.parquet")
    with mpl.rc_context(LAYOUT):
        figure = Figure(figsize=(8, 2.8), layout="constrained")
        for axes, (against, title) in zip(
            figure.subplots(1, 3, sharey=True), TITLES.items(), strict=True
        ):
            rows = cost[cost["against"] == against]
            axes.plot(rows[against], rows["ms_a_pair"], color="#0072B2", marker="o")
            axes.axhline(MS_A_PAIR, color="0.6", linestyle=":", zorder=0)
            axes.set(xscale="log", yscale="log", title=title, xlabel=NAMES[against])
            axes.set_xticks(rows[against], [f"{size:,}" for size in rows[against]])
            axes.minorticks_off()
        first = figure.axes[0]
        first.set_ylabel("time of a pair (ms)")
        first.annotate(
            f"limit {MS_A_PAIR:g} ms",
            (0, MS_A_PAIR),
            xycoords=("axes fraction", "data"),
            xytext=(3, 2),
            textcoords="offset points",
        )
        first.set_yticks([0.005, 0.01, 0.02, 0.05, 0.1, 0.2])
        first.yaxis.set_major_formatter("{x:g}")
        path = folder / "decomposition-cost.svg"
        figure.savefig(path, metadata={"Date": None})
    return path
