"""Figures of layers beside layers: likeness of activations and of attention."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from ontogeny.plots.style import INK, SMALL_POINTS, WIDTH_INCHES, house
from ontogeny.studies.lottery.plot_parts import (
    CHAINS,
    TITLE_POINTS,
    WIDE,
    finish,
    nothing,
)

SHADES = "Blues"
"""Grows darker throughout, for any colour vision and in grey."""
LETTERS = {"magnitude": "s", "unpruned": "u"}
KINDS = {
    "encoder_self": "encoder self-attention",
    "cross": "encoder–decoder attention",
    "decoder_self": "decoder self-attention",
}
VALUE_POINTS = 5.0
MODELS = {
    "magnitude": "s: LTH{k}, pruned by magnitude",
    "unpruned": "u: as often retrained as LTH{k}, never pruned",
}
ADJUSTED = "Adjusted: after uniform attention was taken off."
NULLS = "Untrained models and another seed: tables.md."
BLANK = "Grey: not measured."
BLOCKS = "Within a block layers run from the first to the last."
NARROW_POINTS = 11
"""Cells that have no room for a layer's name."""


class Panel(NamedTuple):
    """One square of a figure."""

    title: str
    rows: pd.DataFrame


@house()
def layer_maps(table: pd.DataFrame, note: str = "") -> Figure:
    """Layers of LTH0 and the sparsest model, chain by chain (figures 5 and A6).

    Args:
        table: Of `heatmap_tables.squares`.
        note: Small text under the figure.
    """
    panels = [
        Panel(CHAINS[str(chain)][0], rows)
        for chain, rows in table.groupby("chain", sort=False)
    ]
    return _figure([panels], "LayerSim (linear CKA)", note, _who(table))


@house()
def attention_maps(table: pd.DataFrame, note: str = "") -> Figure:
    """As `layer_maps`, of attention, plain and adjusted (figures 6 and A8).

    Args:
        table: Of `heatmap_tables.squares`.
        note: Small text under the figure.
    """
    chains, kinds = table["chain"].unique(), _kinds(table)
    several = len(kinds) > 1
    lines = []
    for adjusted in (False, True):
        own = table[table["adjusted"].astype(bool).eq(adjusted)]
        lines.append(
            [
                Panel(
                    (f"{KINDS[kind]}\n" if several else "")
                    + ("adjusted, " if adjusted else "")
                    + chain,
                    own[own["kind"].eq(kind) & own["chain"].eq(chain)],
                )
                for kind in kinds
                for chain in chains
            ]
        )
    beside = f"{ADJUSTED} {NULLS}"
    return _figure(lines, "AttentionSim (linear CKA)", note, _who(table), beside)


@house()
def all_layers(table: pd.DataFrame, note: str = "") -> Figure:
    """All layers of several models (figure A9).

    Args:
        table: Of `heatmap_tables.squares`.
        note: Small text under the figure.
    """
    panels = [
        Panel(stack, table[table["stack"].eq(stack)])
        for stack in sorted(set(table["stack"]), reverse=True)
    ]
    return _figure([panels], "LayerSim (linear CKA)", note, _blocks(table))


@house()
def all_attention(table: pd.DataFrame, note: str = "") -> Figure:
    """All layers' attention of several models, plain and adjusted (A10 and A11).

    Args:
        table: Of `heatmap_tables.squares`.
        note: Small text under the figure.
    """
    kinds = _kinds(table)
    lines = [
        [
            Panel(
                KINDS[kind] + (", adjusted" if adjusted else ""),
                table[
                    table["kind"].eq(kind) & table["adjusted"].astype(bool).eq(adjusted)
                ],
            )
            for kind in kinds
        ]
        for adjusted in (False, True)
    ]
    if len(kinds) == 1:
        lines = [[line[0] for line in lines]]
    label = "AttentionSim (linear CKA)"
    return _figure(lines, label, note, _blocks(table), ADJUSTED)


def _kinds(table: pd.DataFrame) -> list[str]:
    there = set(table["kind"])
    return [kind for kind in KINDS if kind in there]


def _who(table: pd.DataFrame) -> str:
    """What the letters of layers stand for."""
    ends = table.groupby("chain", sort=False)["prunings_a"].max()
    told = [MODELS[str(chain)].format(k=k) for chain, k in ends.items()]
    return f"{'; '.join(['d: LTH0', *told])}.{_seeds(table)}"


def _blocks(table: pd.DataFrame) -> str:
    shown = sorted({*table["prunings_a"], *table["prunings_b"]})
    # Two are told by letters, more by their names (`_names`).
    who = "Magnitude chain"
    if len(shown) == 2:
        who = f"d: LTH0; {MODELS['magnitude'].format(k=shown[-1])}"
    return f"{who}.{_seeds(table)} Unpruned: figures 5, 6, A6 and A8."


def _seeds(table: pd.DataFrame) -> str:
    if table.empty:
        return ""
    return " Means over seeds." if table["seeds"].max() > 1 else " One seed."


def _figure(
    lines: Sequence[Sequence[Panel]], label: str, note: str, *sentences: str
) -> Figure:
    """Panels in a grid with one scale of shades."""
    columns = len(lines[0]) if lines else 0
    if not columns:
        return nothing(note)
    width = WIDTH_INCHES if columns == 1 else WIDE
    side = min(2.75, (width - 0.75) / columns - 0.2)
    height = len(lines) * (side + 0.45) + 0.55
    figure = Figure(figsize=(width, height), layout="constrained")
    grid = figure.subplots(len(lines), columns, squeeze=False)
    told = {""}
    for row, panels in zip(grid, lines, strict=True):
        for axes, panel in zip(row, panels, strict=True):
            told |= _square(axes, panel, side)
    scale = ScalarMappable(Normalize(0, 1), SHADES)
    bar = figure.colorbar(scale, ax=grid, aspect=30, pad=0.01, fraction=0.03)
    bar.set_label(label)
    bar.outline.set_visible(False)
    return finish(figure, note, *sentences, " ".join(sorted(told)).strip())


def _square(axes: Axes, panel: Panel, side: float) -> set[str]:
    """One heatmap; what must be told of it below."""
    # Here, for it takes a second to load.
    import seaborn

    axes.set_title(panel.title, fontsize=TITLE_POINTS)
    if panel.rows.empty:
        axes.set(xticks=[], yticks=[], facecolor="#d9d9d9", aspect="equal")
        return {BLANK}
    values = panel.rows.pivot(
        index=["prunings_a", "layer_a"],
        columns=["prunings_b", "layer_b"],
        values="value",
    )
    places = values.index.union(values.columns).sort_values()
    values = values.reindex(index=places, columns=places)
    points = side * 72 / len(places)
    fits = points >= 2.1 * VALUE_POINTS
    seaborn.heatmap(
        values,
        ax=axes,
        cmap=SHADES,
        vmin=0,
        vmax=1,
        cbar=False,
        square=True,
        annot=values.map(_short).to_numpy() if fits else None,
        fmt="",
        annot_kws={"fontsize": min(SMALL_POINTS, points / 2.1)},
        xticklabels=False,
        yticklabels=False,
    )
    axes.set(xlabel="", ylabel="", facecolor="#d9d9d9")
    for spine in axes.spines.values():
        spine.set_visible(True)
    told = {BLANK} if values.isna().to_numpy().any() else set()
    letter = LETTERS.get(str(panel.rows["chain"].iloc[0]), "s")
    if _names(axes, list(places), letter, narrow=points < NARROW_POINTS):
        told.add(BLOCKS)
    return told


def _names(
    axes: Axes, places: list[tuple[int, int]], letter: str, *, narrow: bool
) -> bool:
    """Layers along both sides; models, where these are many or layers are narrow.

    Returns:
        Whether models are named.
    """
    models = [k for k, _ in places]
    starts = [place for place, k in enumerate(models) if k not in models[:place]]
    for start in starts[1:]:
        for color, width in (("white", 1.5), (INK, 0.5)):
            axes.axhline(start, color=color, linewidth=width)
            axes.axvline(start, color=color, linewidth=width)
    many = len(starts) > 2
    at: np.ndarray
    if many or narrow:
        ends = [*starts[1:], len(places)]
        at = (np.array(starts) + np.array(ends)) / 2
        of_pair = ["d", letter]
        names = [f"LTH{models[start]}" for start in starts] if many else of_pair
    else:
        at = np.arange(len(places)) + 0.5
        names = [f"{letter if k else 'd'}{layer}" for k, layer in places]
    axes.set_xticks(at, names[: len(at)], rotation=0)
    axes.set_yticks(at, names[: len(at)], rotation=90 if many else 0, va="center")
    axes.tick_params(labelsize=SMALL_POINTS, length=0)
    return many or narrow


def _short(value: float) -> str:
    """Two digits after the point, as narrow as they may be.

    >>> _short(0.973), _short(1.0), _short(float("nan"))
    ('.97', '1', '')
    """
    if np.isnan(value):
        return ""
    shown = f"{value:.2f}"
    return "1" if shown == "1.00" else shown.removeprefix("0")
