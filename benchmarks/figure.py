"""Cost against size, drawn from the tables of `benchmarks.training`."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.disk.files import read_table
from ontogeny.models.loss import ROWS

NAMES = {"ours": "Ontogeny", "peer": "standard recipe"}
STYLES = {"ours": ("#0072B2", "o"), "peer": ("#D55E00", "s")}
SHADES = ("#56B4E9", "#0072B2", "#00344F")
LAYOUT = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": "medium",
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "ontogeny",
}


def draw(folder: Path) -> Path:
    """Draw `cost.svg` from the tables in a folder, beside them."""
    step = read_table(folder / "training_step.parquet")
    chunks = read_table(folder / "training_chunks.parquet")
    with mpl.rc_context(LAYOUT):
        figure = Figure(figsize=(8, 3.4), layout="constrained")
        left, right = figure.subplots(1, 2)
        _steps(left, step)
        _chunks(right, chunks)
        path = folder / "cost.svg"
        figure.savefig(path, metadata={"Date": None})
    return path


def _steps(axes: Axes, step: pd.DataFrame) -> None:
    for contestant, rows in step.groupby("contestant"):
        color, marker = STYLES[contestant]
        median = rows["median_ms"]
        spread = [
            median - rows["lower_quartile_ms"],
            rows["upper_quartile_ms"] - median,
        ]
        axes.errorbar(
            rows["types"],
            median,
            yerr=spread,
            color=color,
            marker=marker,
            capsize=2,
            label=NAMES[contestant],
        )
    axes.set(
        xscale="log",
        yscale="log",
        title="A training step of 1,400 tokens",
        xlabel="words in the vocabulary",
        ylabel="median of a step (ms)",
    )
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.legend()


def _chunks(axes: Axes, chunks: pd.DataFrame) -> None:
    for color, (types, rows) in zip(SHADES, chunks.groupby("types"), strict=True):
        axes.plot(
            rows["rows"],
            rows["relative_to_best"],
            color=color,
            marker="o",
            label=f"{types:,} words",
        )
    axes.axvline(ROWS, color="0.6", linestyle=":", zorder=0)
    axes.annotate(
        f" {ROWS} chosen", (ROWS, 1), xycoords=("data", "axes fraction"), va="top"
    )
    axes.set(
        xscale="log",
        title="Output layer and loss by chunk",
        xlabel="rows per chunk (of 1,400)",
        ylabel="time relative to the best",
    )
    ticks = sorted(chunks["rows"].unique())
    axes.set_xticks(ticks, [f"{t:,}" for t in ticks], rotation=45)
    axes.minorticks_off()
    axes.set_ylim(bottom=0.95)
    axes.legend()
