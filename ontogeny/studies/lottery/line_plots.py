"""Figures of lines over prunings: quality, drift, layers, modules, alignment."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.plots.parts import legend_above
from ontogeny.plots.style import FAINT, INK, Look, house
from ontogeny.studies.lottery.plot_parts import (
    ANOTHER_LOOK,
    CHAINS,
    TITLE_POINTS,
    bands,
    chain_handles,
    finish,
    handle,
    layer_looks,
    level,
    nothing,
    panels,
    percent_axis,
    prunings_axis,
    series,
)

SHOWN = ("magnitude", "unpruned", "random")
"""Chains that have a panel of their own."""
SENTENCES = "groups of sentences"
STACKS = ("encoder", "decoder")
MODULES = {
    ("encoder", "fc"): "encoder, linear layers",
    ("decoder", "fc"): "decoder, linear layers",
    ("encoder", "self"): "encoder self-attention",
    ("decoder", "cross"): "encoder–decoder attention",
    ("decoder", "self"): "decoder self-attention",
}


@house()
def quality(table: pd.DataFrame, note: str = "") -> Figure:
    """BLEU and validation loss of all chains.

    Args:
        table: Of `line_tables.quality_table`.
        note: Small text under the figure.
    """
    if table.empty:
        return nothing(note)
    tests = [test for test in table["test"].unique() if test]
    labels = {
        "bleu": "BLEU, " + "".join(tests).replace("_", " "),
        "valid_loss_nats": "validation loss (nats)",
    }
    figure, grid = panels(1, 2, 2.9)
    for axes, (quantity, label) in zip(grid[0], labels.items(), strict=True):
        own = table[table["quantity"].eq(quantity)]
        _chains(axes, own)
        level(axes, own[own["chain"].eq("another")], ANOTHER_LOOK)
        prunings_axis(axes, table, table["prunings"].max())
        axes.set_ylabel(label)
    handles = chain_handles(table)
    if table["chain"].eq("another").any():
        handles.append(handle("LTH0 of another seed", ANOTHER_LOOK))
    legend_above(figure, handles, len(handles) if len(handles) < 5 else 3)
    sentence = "The unpruned chain is at 0 % throughout. "
    has = "unpruned" in set(table["chain"])
    about = bands(table, "pairs of the test text, of BLEU")
    return finish(figure, note, (sentence if has else "") + about)


def _chains(axes: Axes, rows: pd.DataFrame) -> None:
    for chain, (_, look) in CHAINS.items():
        own = rows[rows["chain"].eq(chain)]
        if len(own):
            series(axes, own, look)


@house()
def layers(table: pd.DataFrame, note: str = "") -> Figure:
    """A panel for each chain, a line for each layer: likeness to LTH0.

    Args:
        table: Of `line_tables.layer_lines`.
        note: Small text under the figure.
    """
    shown = [chain for chain in SHOWN if table["chain"].eq(chain).any()]
    if not shown:
        return nothing(note)
    looks = layer_looks(sorted(set(table["layer"])))
    another = table[table["chain"].eq("another")]
    last = table.loc[table["chain"].isin(shown), "prunings"].max()
    figure, grid = panels(1, len(shown), 2.9, share_y="all")
    for axes, chain in zip(grid[0], shown, strict=True):
        rows = table[table["chain"].eq(chain)]
        for layer, look in looks.items():
            series(axes, rows[rows["layer"].eq(layer)], look)
            null = another[another["layer"].eq(layer)]
            level(axes, null, look._replace(linestyle="--"))
        prunings_axis(axes, rows, last)
        axes.set_title(CHAINS[chain][0], fontsize=TITLE_POINTS)
    measure, stack = table["measure"].iloc[0], table["stack"].iloc[0]
    grid[0, 0].set_ylabel(f"{measure} with LTH0, {stack}")
    handles = [handle(f"layer {layer}", look) for layer, look in looks.items()]
    if len(another):
        handles.append(handle("LTH0 of another seed", ANOTHER_LOOK))
    legend_above(figure, handles, 2 if len(shown) == 1 else 7)
    told = table[table["chain"].isin(shown) & table["prunings"].gt(0)]
    return finish(figure, note, bands(told, SENTENCES))


@house()
def modules(table: pd.DataFrame, note: str = "") -> Figure:
    """A panel for each kind of module, a line for each layer: what is pruned of it.

    Args:
        table: Of `line_tables.module_lines`.
        note: Small text under the figure.
    """
    if table.empty:
        return nothing(note, "no chain is pruned by magnitude")
    pairs = list(zip(table["stack"], table["kind"], strict=True))
    shown = [place for place in MODULES if place in pairs]
    looks = layer_looks(sorted(set(table["layer"])))
    figure, grid = panels(1, len(shown), 3.0, share_y="all")
    for axes, place in zip(grid[0], shown, strict=True):
        rows = table[[pair == place for pair in pairs]]
        for layer, look in looks.items():
            series(axes, rows[rows["layer"].eq(layer)], look, x="sparsity")
        axes.axline((0, 0), slope=1, color=FAINT, linestyle="--", lw=0.8, zorder=0.5)
        axes.set_title(MODULES[place], fontsize=TITLE_POINTS)
        axes.set_xlabel("of all prunable weights (%)")
        percent_axis(axes.xaxis)
    percent_axis(grid[0, 0].yaxis)
    grid[0, 0].set_ylabel("pruned (%)")
    handles = [handle(f"layer {layer}", look) for layer, look in looks.items()]
    handles.append(handle("all alike", ANOTHER_LOOK))
    legend_above(figure, handles, 7)
    about = "Magnitude chain, from LTH0 to its last model. Embeddings are not pruned."
    several = table["seeds"].max() > 1
    return finish(figure, note, f"{about} {bands(table, '') if several else ''}")


@house()
def drift(table: pd.DataFrame, note: str = "") -> Figure:
    """A line for each chain: mean likeness of layers to LTH0's.

    Args:
        table: Of `line_tables.drift`.
        note: Small text under the figure.
    """
    chains = table[table["chain"].isin(CHAINS)]
    if chains.empty:
        return nothing(note)
    figure, grid = panels(2, 2, 4.4, share_y="row")
    for row, measure in zip(grid, ("LayerSim", "NeuronSim"), strict=True):
        for axes, stack in zip(row, STACKS, strict=True):
            own = table[table["measure"].eq(measure) & table["stack"].eq(stack)]
            _chains(axes, own)
            level(axes, own[own["chain"].eq("another")], ANOTHER_LOOK)
            axes.set_title(stack, fontsize=TITLE_POINTS)
            prunings_axis(axes, chains, chains["prunings"].max())
        row[0].set_ylabel(f"{measure} with LTH0,\nmean over layers")
    for axes in grid[0]:
        axes.set_xlabel("")
    handles = chain_handles(table)
    if table["chain"].eq("another").any():
        handles.append(handle("LTH0 of another seed", ANOTHER_LOOK))
    legend_above(figure, handles, len(handles) if len(handles) < 5 else 3)
    told = bands(chains[chains["prunings"].gt(0)], SENTENCES)
    return finish(figure, note, told)


@house()
def alignment(table: pd.DataFrame, note: str = "") -> Figure:
    """How often attention is largest at the word translated.

    Args:
        table: Of `line_tables.alignment`.
        note: Small text under the figure.
    """
    shown = [chain for chain in SHOWN[:2] if table["chain"].eq(chain).any()]
    if not shown:
        return nothing(
            note, "The text has no gold alignment:\nonly a generated corpus knows it."
        )
    looks = layer_looks(sorted({layer for layer in table["layer"] if layer}))
    heads = list(dict.fromkeys(table["heads"]))[::-1]
    last = table.loc[table["chain"].isin(shown), "prunings"].max()
    figure, grid = panels(len(heads), len(shown), 0.9 + 1.8 * len(heads), share_y="all")
    nulls = (
        ("untrained", "untrained model", Look(INK, "", ":")),
        ("diagonal", "guess by position", ANOTHER_LOOK),
    )
    for row, which in zip(grid, heads, strict=True):
        for axes, chain in zip(row, shown, strict=True):
            own = table[table["heads"].eq(which)]
            rows = own[own["chain"].eq(chain)]
            for layer, look in looks.items():
                series(axes, rows[rows["layer"].eq(layer)], look)
                null = own[own["chain"].eq("untrained") & own["layer"].eq(layer)]
                level(axes, null, look._replace(linestyle=":"))
            level(axes, own[own["chain"].eq("diagonal")], ANOTHER_LOOK)
            prunings_axis(axes, rows, last)
            axes.set_title(f"{CHAINS[chain][0]}; {which}", fontsize=TITLE_POINTS)
        row[0].set_ylabel("words (%)")
        percent_axis(row[0].yaxis)
    for axes in grid[:-1].ravel():
        axes.set_xlabel("")
    handles = [handle(f"layer {layer}", look) for layer, look in looks.items()]
    there = set(table["chain"])
    handles += [handle(label, look) for chain, label, look in nulls if chain in there]
    legend_above(figure, handles, 2 if len(shown) == 1 else 5)
    about = (
        "Target words for which encoder–decoder attention, as the word is predicted, "
        "is largest at the word that it translates. The best head is each model's "
        "own, chosen on these words."
    )
    told = table[table["chain"].isin(shown)]
    return finish(figure, note, about, bands(told, SENTENCES))
