"""Figures of probes as lines and points: what models know, and what probes do.

Not in the paper: its scores have neither intervals nor anything beside them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ontogeny.plots.parts import legend_above
from ontogeny.plots.style import FAINT, ORANGE, SMALL_POINTS, Look, house
from ontogeny.studies.lottery.names import DENSE, UNTRAINED, WITH_NULL
from ontogeny.studies.lottery.plot_parts import (
    ANOTHER_LOOK,
    CHAINS,
    TITLE_POINTS,
    WIDE,
    bands,
    finish,
    handle,
    level,
    nothing,
    series,
)

STATIC = "embedding"
LEVELS = {
    STATIC: ("LTH0's embedding, without context", ANOTHER_LOOK),
    UNTRAINED: ("untrained model", Look(ORANGE, "", "-.")),
}
QUANTITIES = {"score": "score", "compression": "compression"}
COLUMNS = 6
"""Panels side by side."""
PANEL_INCHES = 0.98
POINTS = 2.0
"""Of markers and ticks in panels as small as these."""
MODELS = {
    DENSE: ("LTH0", Look(ORANGE, "D")),
    "magnitude": ("LTH{k}, magnitude", CHAINS["magnitude"][1]),
    "unpruned": ("LTH{k}, unpruned: only retrained", CHAINS["unpruned"][1]),
}
BESIDE = {
    "score": "score, and control score (×)",
    "selectivity": "score − control score",
    "beyond_form": "score − score of form alone",
}
ROW_INCHES = 0.23


@house()
def knowledge(table: pd.DataFrame, note: str = "") -> Figure:
    """Scores and code lengths by prunings, a panel for each task.

    Args:
        table: Of `probe_tables.knowledge`.
        note: Small text under the figure.
    """
    chains = table[table["chain"].isin(WITH_NULL)]
    if chains.empty:
        return nothing(note)
    blocks = [name for name in QUANTITIES if chains["quantity"].eq(name).any()]
    titles = list(dict.fromkeys(table["title"]))
    rows = -(-len(titles) // COLUMNS)
    height = len(blocks) * rows * PANEL_INCHES + 1.3
    figure = Figure(figsize=(WIDE, height), layout="constrained")
    grid = figure.subplots(len(blocks) * rows, min(COLUMNS, len(titles)), squeeze=False)
    last = int(chains["prunings"].max())
    for block, quantity in enumerate(blocks):
        of = table[table["quantity"].eq(quantity)]
        places = grid[block * rows : (block + 1) * rows]
        for place, axes in enumerate(places.ravel()):
            if place >= len(titles):
                axes.remove()
                continue
            _course(axes, of[of["title"].eq(titles[place])], last)
            axes.set_title(titles[place], fontsize=TITLE_POINTS, pad=2)
            below = place + places.shape[1] < len(titles)
            axes.tick_params(labelbottom=not below)
            axes.set_xlabel("" if below else "prunings")
        for row in places:
            row[0].set_ylabel(QUANTITIES[quantity])
    handles = [
        handle(*CHAINS[chain]) for chain in WITH_NULL if chain in set(chains["chain"])
    ]
    there = set(table["chain"])
    handles += [handle(*look) for chain, look in LEVELS.items() if chain in there]
    legend_above(figure, handles, len(handles))
    ends = chains[chains["chain"].eq("magnitude") & chains["prunings"].eq(last)]
    lost = ends["sparsity"].max()
    told = [
        "Score: linear probe, each model's best layer."
        + (
            " Compression: bits of a uniform code / bits of the online code, last "
            "layer; without an interval."
            if "compression" in blocks
            else ""
        )
        + (
            f" LTH{last} has lost {100 * lost:.0f} % of its prunable weights."
            if lost > 0
            else ""
        )
    ]
    told.append(bands(chains, "test sentences (Coref: documents)"))
    return finish(figure, note, *told, str(table["data"].iloc[0]))


def _course(axes: Axes, rows: pd.DataFrame, last: int) -> None:
    """One task's chains and levels."""
    for chain, (_, look) in LEVELS.items():
        level(axes, rows[rows["chain"].eq(chain)], look)
    for chain in reversed(WITH_NULL):
        own = rows[rows["chain"].eq(chain)]
        if len(own):
            series(axes, own, CHAINS[chain][1])
    for line in axes.lines:
        line.set_markersize(POINTS)
        line.set_linewidth(0.8)
    axes.set_xlim(-0.06 * last, 1.06 * last)
    axes.set_xticks(sorted({0, last // 2, last}))
    axes.yaxis.set_major_locator(MaxNLocator(3))
    axes.tick_params(labelsize=SMALL_POINTS - 1, length=2, pad=1.5)


@house()
def selectivity(table: pd.DataFrame, note: str = "") -> Figure:
    """Scores beside control labels and beside form alone, a line for each task.

    Args:
        table: Of `probe_tables.selectivity`.
        note: Small text under the figure.
    """
    drawn = table[table["chain"].isin(tuple(MODELS))]
    if drawn.empty:
        return nothing(note)
    shown = [name for name in BESIDE if drawn["quantity"].eq(name).any()]
    few = drawn.drop_duplicates("title").set_index("title")["few_types"].astype(bool)
    titles = list(few.index)
    size = (WIDE, ROW_INCHES * len(titles) + 1.5)
    figure = Figure(figsize=size, layout="constrained")
    grid = figure.subplots(1, len(shown), squeeze=False, sharey=True)[0]
    models = [chain for chain in MODELS if drawn["chain"].eq(chain).any()]
    for axes, quantity in zip(grid, shown, strict=True):
        for place, chain in enumerate(models):
            shift = 0.24 * (place - (len(models) - 1) / 2)
            own = drawn[drawn["chain"].eq(chain)]
            look = MODELS[chain][1]
            _row(axes, own[own["quantity"].eq(quantity)], titles, look, shift)
            if quantity == "score":
                control = own[own["quantity"].eq("control")]
                _row(axes, control, titles, look._replace(marker="x"), shift)
        if quantity != "score":
            axes.axvline(0, color=FAINT, lw=0.6, zorder=0.5)
        axes.set_xlabel(BESIDE[quantity])
        axes.grid(axis="y", color=FAINT, alpha=0.25, lw=0.5)
        axes.tick_params(axis="y", length=0)
    names = [title + ("*" if few[title] else "") for title in titles]
    grid[0].set_yticks(range(len(titles)), names, fontsize=SMALL_POINTS)
    grid[0].set_ylim(len(titles) - 0.5, -0.5)
    ends = drawn.groupby("chain")["prunings"].max()
    handles = [
        handle(MODELS[chain][0].format(k=ends[chain]), MODELS[chain][1])
        for chain in models
    ]
    for one in handles:
        one.set_linestyle("none")
    legend_above(figure, handles, len(handles))
    return finish(figure, note, *_told(drawn, shown, bool(few.any())))


def _row(
    axes: Axes, rows: pd.DataFrame, titles: list[str], look: Look, shift: float
) -> None:
    """Points with their intervals, one for each task."""
    own = rows.set_index("title").reindex(titles)
    own = own.astype(dict.fromkeys(("value", "low", "high"), float))
    at = np.arange(len(titles)) + shift
    axes.hlines(at, own["low"], own["high"], color=look.color, lw=0.7)
    axes.plot(
        own["value"],
        at,
        color=look.color,
        marker=look.marker,
        linestyle="none",
        markerfacecolor=look.color if look.filled else "white",
    )


def _told(drawn: pd.DataFrame, shown: Sequence[str], few: bool) -> list[str]:
    several = drawn["seeds"].max() > 1
    spread = "least to most of the seeds" if several else "95 % intervals, one seed"
    sentences = [
        "Control labels are drawn for each word type (pair of types) from those of the "
        "training part. Scores beside them are of words or pairs (EF: r), linear "
        f"probes trained to convergence, last layer. Lines: {spread}."
    ]
    if "beyond_form" in shown:
        sentences.append(
            "Form alone: a logistic baseline on word types, place, distance and "
            "sentence length; beside it the task's own score at the best layer."
        )
    if few:
        sentences.append(
            "* Fewer than ten word types to a label: control labels say little."
        )
    return [" ".join(sentences), str(drawn["data"].iloc[0])]
