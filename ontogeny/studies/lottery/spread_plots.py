"""Figures of how neurons, directions and categories are spread."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from ontogeny.plots.parts import legend_above
from ontogeny.plots.style import FAINT, INK, SMALL_POINTS, Look, house
from ontogeny.studies.lottery.names import WITH_NULL
from ontogeny.studies.lottery.plot_parts import (
    CHAINS,
    TITLE_POINTS,
    WIDE,
    chain_handles,
    finish,
    handle,
    nothing,
    panels,
    percent_axis,
    sequential,
)

STACKS = ("encoder", "decoder")
HEIGHT = 0.9
"""Of a ridge's highest bin, in distances between ridges."""
KINDS = {
    "frequency": "rank of the subword\nby frequency",
    "xpos": "part of speech (XPOS)",
    "sem": "semantic tag",
}


def _there(table: pd.DataFrame) -> list[str]:
    return [chain for chain in WITH_NULL if table["chain"].eq(chain).any()]


@house()
def matches(table: pd.DataFrame, note: str = "") -> Figure:
    """A histogram for each model: its neurons' largest correlations with LTH0's.

    Args:
        table: Of `spread_tables.match_shares`.
        note: Small text under the figure.
    """
    chains = _there(table)
    if not chains:
        return nothing(note)
    table = table[table["chain"].isin(chains)]
    prunings = sorted(set(table["prunings"]))
    height = 0.9 + 2 * (0.5 + 0.17 * len(prunings))
    figure, grid = panels(2, len(chains), height, share_y="all")
    for row, stack in zip(grid, STACKS, strict=True):
        for axes, chain in zip(row, chains, strict=True):
            own = table[table["chain"].eq(chain) & table["stack"].eq(stack)]
            _ridges(axes, own, prunings)
            axes.set_title(f"{stack}, {CHAINS[chain][0]}", fontsize=TITLE_POINTS)
        row[0].set_yticks(range(len(prunings)), [f"LTH{k}" for k in prunings])
        row[0].set_ylim(len(prunings) - 0.5, -HEIGHT - 0.1)
    for axes in grid[-1]:
        axes.set_xlabel("largest correlation with a neuron of LTH0")
    several = table["seeds"].max() > 1
    about = (
        "Share of a stack's neurons in bins of 0.01, all layers together; each model "
        "is drawn as high as its own highest bin."
        + (" Means over seeds." if several else " One seed.")
    )
    return finish(figure, note, about)


def _ridges(axes: Axes, rows: pd.DataFrame, prunings: list[int]) -> None:
    for place, (k, colour) in enumerate(
        zip(prunings, sequential(len(prunings)), strict=True)
    ):
        own = rows[rows["prunings"].eq(k)].sort_values("low")
        if own.empty:
            continue
        edges = [*own["low"], own["high"].iloc[-1]]
        heights = (place - HEIGHT * own["share"] / own["share"].max()).to_numpy()
        axes.stairs(
            heights,
            edges,
            baseline=place,
            zorder=place + 1,
            fill=True,
            facecolor=to_rgba(colour, 0.45),
            edgecolor=colour,
            linewidth=0.8,
        )
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


@house()
def variances(table: pd.DataFrame, note: str = "") -> Figure:
    """Share of variance by number of directions, last layers.

    Args:
        table: Of `spread_tables.variance_shares`.
        note: Small text under the figure.
    """
    own = table[table["centred"].astype(bool)] if len(table) else table
    drawn = own[own["chain"].isin(("dense", "magnitude"))]
    null = own[own["chain"].eq("unpruned")]
    if drawn.empty:
        return nothing(note)
    prunings = sorted(set(drawn["prunings"]))
    looks = dict(zip(prunings, sequential(len(prunings)), strict=True))
    figure, grid = panels(1, 2, 3.0, share_y="all")
    last = null["prunings"].max() if len(null) else 0
    for axes, stack in zip(grid[0], STACKS, strict=True):
        rows = drawn[drawn["stack"].eq(stack)]
        for k, colour in looks.items():
            one = rows[rows["prunings"].eq(k)]
            axes.plot(one["number"], one["value"], color=colour)
        one = null[null["stack"].eq(stack) & null["prunings"].eq(last)]
        axes.plot(one["number"], one["value"], color=INK, linestyle="--", zorder=3)
        axes.axhline(0.8, color=FAINT, lw=0.6, linestyle=":")
        axes.set_title(f"last {stack} layer", fontsize=TITLE_POINTS)
        axes.set_xlabel("number of directions")
        axes.set_xlim(left=0, right=_until(rows))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    grid[0, 0].set_ylim(0, 1.02)
    grid[0, 0].set_ylabel("variance (%)")
    percent_axis(grid[0, 0].yaxis)
    handles = [handle(f"LTH{k}", Look(colour, "")) for k, colour in looks.items()]
    if len(null):
        handles.append(handle("unpruned", Look(INK, "", "--")))
    legend_above(figure, handles, 5 if len(handles) > 6 else 6)
    about = (
        "Cumulative, of centred activations, the directions of most variance first; "
        "dotted: 80 %."
        + (f" Dashed: as often retrained as LTH{last}, never pruned." if last else "")
        + (" Means over seeds." if own["seeds"].max() > 1 else " One seed.")
    )
    return finish(figure, note, about)


def _until(rows: pd.DataFrame) -> int:
    """Directions after which next to nothing is left of the variance."""
    return max([2, *rows.loc[rows["value"] < 0.995, "number"]])


@house()
def categories(table: pd.DataFrame, note: str = "") -> Figure:
    """LayerSim of LTH0 and the sparsest model on words of one category.

    Args:
        table: Of `spread_tables.category_table`.
        note: Small text under the figure.
    """
    drawn = table[table["drawn"].astype(bool)]
    if drawn.empty:
        return nothing(note, "no category was measured in this run")
    kinds = [kind for kind in KINDS if drawn["by"].eq(kind).any()]
    chains = _there(drawn)
    named = {
        kind: _order(drawn[drawn["by"].eq(kind)], kind, chains[0]) for kind in kinds
    }
    longest = max(map(len, named.values()))
    figure, grid = panels(1, len(kinds), 1.5 + 0.15 * max(6, longest))
    if len(kinds) == 1:
        figure.set_figwidth(WIDE)
    for axes, kind in zip(grid[0], kinds, strict=True):
        _category(axes, drawn[drawn["by"].eq(kind)], named[kind], chains)
        axes.set_title(KINDS[kind], fontsize=TITLE_POINTS)
        axes.set_xlabel("debiased CKA")
    judged = bool(drawn["judged"].astype(bool).all())
    legend: list[Line2D] = chain_handles(drawn)  # type: ignore[assignment]
    for one in legend:
        one.set_linestyle("none")
    legend_above(figure, legend, 2)
    return finish(figure, note, *_told(table, drawn, kinds, judged))


def _order(rows: pd.DataFrame, kind: str, chain: str) -> list[str]:
    """Categories from the top: by rank, or by likeness in the first chain."""
    rows = rows[rows["chain"].eq(chain)]
    by = "number" if kind == "frequency" else "value"
    rows = rows.sort_values(by, ascending=kind == "frequency")
    return [str(category) for category in rows["category"]]


def _category(
    axes: Axes, rows: pd.DataFrame, named: list[str], chains: list[str]
) -> None:
    for place, chain in enumerate(chains):
        look = CHAINS[chain][1]
        own = rows[rows["chain"].eq(chain)].set_index("category").reindex(named)
        own = own.astype(dict.fromkeys(("value", "low", "high"), float))
        shift = 0.28 * (place - (len(chains) - 1) / 2)
        at = [row + shift for row in range(len(named))]
        axes.hlines(at, own["low"], own["high"], color=look.color, lw=0.8)
        axes.plot(
            own["value"],
            at,
            color=look.color,
            marker=look.marker,
            linestyle="none",
            markerfacecolor=look.color if look.filled else "white",
        )
    axes.set_yticks(range(len(named)), named, fontsize=SMALL_POINTS)
    axes.set_ylim(len(named) - 0.5, -0.5)
    axes.grid(axis="y", color=FAINT, alpha=0.25, lw=0.5)
    axes.tick_params(axis="y", length=0)
    left, right = axes.get_xlim()
    axes.set_xlim(right=min(right, 1 + 0.03 * (1 - left)))


def _told(
    table: pd.DataFrame, drawn: pd.DataFrame, kinds: list[str], judged: bool
) -> list[str]:
    ends = drawn.groupby("chain", sort=False)["prunings"].max()
    models = " and ".join(f"LTH{k} ({chain})" for chain, k in ends.items())
    several = drawn["seeds"].max() > 1
    spread = "least to most of the seeds" if several else "95 % intervals"
    about = f"Last encoder layer of LTH0 and of {models}, on equally many tokens of "
    sentences = [f"{about}each category. Lines: {spread}."]
    for kind in kinds:
        own = table[table["by"].eq(kind)]
        shown = drawn.loc[drawn["by"].eq(kind), "category"].nunique()
        every, enough = own["categories"].max(), own["enough"].max()
        name = KINDS[kind][0].upper() + KINDS[kind][1:].replace("\n", " ")
        if shown < max(enough, every * (not enough)):
            of = f"{enough} with enough tokens" if enough else f"{every}"
            sentences.append(f"{name}: the most and the least alike, {shown} of {of}.")
        elif shown < every:
            sentences.append(f"{name}: the {shown} of {every} with enough tokens.")
    if not judged:
        sentences.append("Some categories have too few tokens to be judged.")
    return sentences
