"""Figures of probes as heatmaps: z and scores by task, layer and sparsity."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ontogeny.plots.style import INK, WIDTH_INCHES, house
from ontogeny.studies.lottery.names import WITH_NULL
from ontogeny.studies.lottery.plot_parts import (
    CHAINS,
    PRUNINGS_LABEL,
    WIDE,
    finish,
    nothing,
)
from ontogeny.studies.lottery.probe_cells import (
    PALE_INK,
    SCORE_LABEL,
    Z_LABEL,
    Panel,
    draw,
    ticks,
)

CELLS = (
    "z: standard deviations from a task's mean over the magnitude chain's models "
    "and layers"
)
WIDE_TASKS = 9
"""So many tasks need two columns."""


@house()
def best(table: pd.DataFrame, note: str = "") -> Figure:
    """Each model's best layer, task by task (figures 1 and 2).

    Args:
        table: Of `probe_tables.best_scores`.
        note: Small text under the figure.
    """
    chains = _chains(table)
    if not chains:
        return nothing(note)
    titles = list(dict.fromkeys(table["title"]))
    lines = []
    for value, label in (("value", Z_LABEL), ("score", SCORE_LABEL)):
        for chain in chains if label == Z_LABEL else chains[:1]:
            rows = table[table["chain"].eq(chain)]
            if chain != chains[0]:
                rows = rows[rows["prunings"].gt(0)]
            if len(rows):
                lines.append(_panel(rows, ("prunings", "title"), value, label, chain))
    lines = [panel._replace(values=panel.values[titles]) for panel in lines]
    width = WIDE if len(titles) >= WIDE_TASKS else WIDTH_INCHES
    counts = [len(panel.values) for panel in lines]
    height = 0.19 * sum(counts) + 0.25 * len(counts) + 1.5
    figure = Figure(figsize=(width, height), layout="constrained")
    grid = figure.subplots(len(lines), 1, squeeze=False, height_ratios=counts)
    points = 72 * (width - 1.35) / len(titles)
    told = draw(figure, grid, [[panel] for panel in lines], points)
    sparsity = _sparsity(table)
    of = table.drop_duplicates("title").set_index("title").loc[titles]
    parts = of["group"].to_numpy()
    for axes, panel in zip(grid[:, 0], lines, strict=True):
        models = panel.values.index
        ticks(axes.yaxis, [_model(k, sparsity[panel.chain, k]) for k in models])
        for place in np.flatnonzero(parts[1:] != parts[:-1]) + 1:
            axes.axvline(place, color="white", linewidth=2)
            axes.axvline(place, color=INK, linewidth=0.6)
    ticks(grid[-1, 0].xaxis, titles)
    for text, pale in zip(grid[-1, 0].get_xticklabels(), of["pale"], strict=True):
        text.set(rotation=40, ha="right", va="top", rotation_mode="anchor")
        text.set_color(PALE_INK if pale else INK)
    linear = table["probe"].iloc[0] == "linear"
    about = "MLP, last layer."
    if linear:
        about = "Linear probe; each model's best layer, chosen on the validation part."
    if chains[1:]:
        about += " Unpruned: retrained as often as LTHk."
    cells = CELLS if linear else CELLS.removesuffix(" and layers")
    return finish(figure, note, about, *_ends(table, told, cells))


@house()
def groups(table: pd.DataFrame, note: str = "") -> Figure:
    """Mean z over syntactic and semantic tasks, layer by layer (figure 3).

    Args:
        table: Of `probe_tables.group_layers`.
        note: Small text under the figure.
    """
    chains = _chains(table)
    if not chains:
        return nothing(note)
    names = sorted(set(table["group"]), reverse=True)  # syntax first
    lines = [
        [
            _panel(
                table[table["group"].eq(group) & table["chain"].eq(chain)],
                ("layer", "prunings"),
                "value",
                Z_LABEL,
                chain,
                f"{group}, ",
            )
            for chain in chains
        ]
        for group in names
    ]
    figure, told = _by_layer(table, lines)
    of = table.drop_duplicates("group").set_index("group")
    counted = [
        f"{of['tasks'][group]:.3g} task{'' if of['tasks'][group] == 1 else 's'} "
        f"({group})"
        for group in names
    ]
    about = f"Mean z over {' and '.join(counted)}."
    left = ", ".join(text for group in names if (text := str(of["left_out"][group])))
    if left:
        about += f" Below the noise floor and left out: {left}."
    return finish(figure, note, about, *_ends(table, told))


@house()
def one_task(table: pd.DataFrame, note: str = "") -> Figure:
    """One task's z and score, layer by layer (figure A3).

    Args:
        table: Of `probe_tables.task_layers`.
        note: Small text under the figure.
    """
    chains = _chains(table)
    if not chains:
        return nothing(note)
    title = table["title"].iloc[0]
    lines = [
        [
            _panel(
                table[table["chain"].eq(chain)],
                ("layer", "prunings"),
                value,
                label,
                chain,
                f"{title}: {label}, ",
            )
            for chain in chains
        ]
        for value, label in (("value", Z_LABEL), ("score", SCORE_LABEL))
    ]
    figure, told = _by_layer(table, lines)
    unit, floor = (float(table[name].iloc[0]) for name in ("spread", "floor"))
    about = f"Linear probe. One z: {unit:.4f} of the score."
    if np.isfinite(floor):
        about += f" Noise floor: {floor:.4f}."
    return finish(figure, note, about, *_ends(table, told))


def _chains(table: pd.DataFrame) -> list[str]:
    return [chain for chain in WITH_NULL if table["chain"].eq(chain).any()]


def _panel(
    rows: pd.DataFrame,
    by: tuple[str, str],
    value: str,
    label: str,
    chain: str,
    before: str = "",
) -> Panel:
    """Rows as a square of one by the other of two columns."""
    values, pale = (
        rows.assign(**{value: rows[value].astype(float), "pale": _flag(rows, label)})
        .pivot(index=by[0], columns=by[1], values=name)
        .sort_index()
        for name in (value, "pale")
    )
    title = f"{before}{CHAINS[chain][0]}"
    if not before:
        title = f"{label}, {title}"
    return Panel(title, values, pale.eq(True), label, chain)


def _flag(rows: pd.DataFrame, label: str) -> pd.Series:
    """Whether cells are pale: scores are what they are."""
    if label == Z_LABEL and "pale" in rows:
        return rows["pale"].astype(bool)
    return pd.Series(False, rows.index)


def _by_layer(
    table: pd.DataFrame, lines: Sequence[Sequence[Panel]]
) -> tuple[Figure, set[str]]:
    """Layers from top to bottom, models from left to right."""
    columns = len(lines[0])
    width = WIDTH_INCHES if columns == 1 else WIDE
    layers, shown = table["layer"].nunique(), table["prunings"].nunique()
    height = len(lines) * (0.24 * layers + 0.65) + 0.75
    figure = Figure(figsize=(width, height), layout="constrained")
    grid = figure.subplots(len(lines), columns, squeeze=False)
    told = draw(figure, grid, lines, 72 * (width - 1.2) / columns / shown)
    sparsity = _sparsity(table)
    for place, (row, panels) in enumerate(zip(grid, lines, strict=True)):
        for axes, panel in zip(row, panels, strict=True):
            models = panel.values.columns
            shares = [sparsity[panel.chain, int(k)] for k in models]
            known = bool(np.isfinite(shares).all())
            ticks(
                axes.xaxis,
                [
                    f"{k}\n{100 * share:.0f}" if known else f"{k}"
                    for k, share in zip(models, shares, strict=True)
                ],
            )
            ticks(axes.yaxis, [str(layer) for layer in panel.values.index])
            if place == len(lines) - 1:
                axes.set_xlabel(PRUNINGS_LABEL if known else "prunings")
        row[0].set_ylabel("layer")
    return figure, told


def _sparsity(table: pd.DataFrame) -> dict[tuple[str, int], float]:
    known = table.drop_duplicates(["chain", "prunings"])
    models = zip(known["chain"], known["prunings"], strict=True)
    return dict(zip(models, known["sparsity"].astype(float), strict=True))


def _model(prunings: int, sparsity: float) -> str:
    """LTHk, and what share of its weights it has lost.

    >>> _model(8, 0.832), _model(8, 0.0), _model(8, float("nan"))
    ('LTH8, 83 %', 'LTH8', 'LTH8')
    """
    return f"LTH{prunings}" + (f", {100 * sparsity:.0f} %" if sparsity > 0 else "")


def _ends(table: pd.DataFrame, told: set[str], cells: str = CELLS) -> list[str]:
    """Sentences that end what is told: of cells, seeds and data."""
    seeds = "Means over seeds." if table["seeds"].max() > 1 else "One seed."
    about = f"{cells}. {' '.join([*sorted(told), seeds])}"
    return [about, str(table["data"].iloc[0])]
