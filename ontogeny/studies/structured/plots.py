"""Figures of structured sparsification, from the tables of `figures`.

Source: Lobacheva et al. (2020), figures 4 to 7.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ontogeny.plots.curves import NOTE_CHARACTERS_WIDE
from ontogeny.plots.parts import legend_above, note_below, say
from ontogeny.plots.style import BLUE, FAINT, INK, ORANGE, WIDTH_INCHES, Look, house
from ontogeny.studies.structured.front_plots import front, sweep
from ontogeny.studies.structured.gate_plots import gates
from ontogeny.studies.structured.grids import MEDIAN
from ontogeny.studies.structured.heatmaps import grids, structures
from ontogeny.studies.structured.structures import SHORT, WHOLE

GREEN, PINK = "#029e73", "#cc78bc"
"""More of seaborn's palette "colorblind"."""

FIXED = {SHORT: Look(ORANGE, "s", "--"), WHOLE: Look(BLUE, "o", "-")}
MORE = [Look(INK, "^", "-."), Look(GREEN, "D", ":"), Look(PINK, "v")]
OTHER = Look(FAINT, "")

FEW = 20
"""Neurons of a panel, up to which each line is drawn strongly and no median."""

DECADES = 6
"""How far below the largest gradient the axis reaches."""


@house()
def figure5(table: pd.DataFrame, note: str = "") -> Figure:
    """Norm of the gradient of each neuron by the lag of the input.

    Args:
        table: Of `ontogeny.studies.structured.grids.lag_table`.
        note: Small text under the figure.
    """
    panels = [rows for _, rows in table.groupby("panel")]
    lines = -(-len(panels) // 2)
    size = (2 * WIDTH_INCHES, 0.9 + 2.1 * lines)
    figure = Figure(figsize=size, layout="constrained")
    looks = structure_looks(table)
    for place, rows in enumerate(panels, 1):
        axes = figure.add_subplot(lines, 2, place)
        axes.set_title(str(rows["title"].iloc[0]), loc="left", fontsize=7.5)
        axes.set_xlabel("lag of the input (steps)")
        axes.set_ylabel("norm of the gradient")
        message = rows["message"].iloc[0]
        if message:
            say(axes, str(message))
            axes.set(xticks=[], yticks=[])
        else:
            _lags(axes, rows, looks)
    drawn = [
        Line2D([], [], color=look.color, ls=look.linestyle, label=name)
        for name, look in looks.items()
    ]
    if drawn:
        legend_above(figure, drawn, len(drawn))
    about = (
        "Thin: each neuron of the last LSTM, averaged over positions; thick, where "
        "there are many: median of a structure. A structure names the gates that are "
        "not constant. What is below "
        f"10$^{{-{DECADES}}}$ of a panel's largest is not shown."
    )
    note_below(figure, note, about, characters=NOTE_CHARACTERS_WIDE)
    return figure


def structure_looks(table: pd.DataFrame) -> dict[str, Look]:
    """A look for each of the commonest structures, and one for all others.

    Args:
        table: See `figure5`.
    """
    units = table[(table["message"] == "") & (table["unit"] != MEDIAN)]
    one = units.drop_duplicates(["panel", "unit"])
    shares = one.groupby("panel")["structure"].value_counts(normalize=True)
    # Of the panel where it is commonest: a classifier has few neurons.
    most = shares.groupby(level="structure").max().sort_values(ascending=False)
    looks = {name: look for name, look in FIXED.items() if name in most}
    others = [str(name) for name in most.index if name not in FIXED]
    looks |= dict(zip(others, MORE, strict=False))
    return looks | ({"other": OTHER} if len(others) > len(MORE) else {})


def _lags(axes: Axes, rows: pd.DataFrame, looks: dict[str, Look]) -> None:
    few = rows.loc[rows["unit"] != MEDIAN, "unit"].nunique() <= FEW
    # The rarest on top.
    order = rows["structure"].value_counts().index
    for structure in order:
        own = rows[rows["structure"] == structure]
        look = looks.get(str(structure), OTHER)
        table = own.pivot(index="lag", columns="unit", values="norm")
        table = table.where(table > 0)
        thin = table.drop(columns=MEDIAN)
        lines = [np.column_stack([thin.index, thin[unit]]) for unit in thin]
        width, alpha = (0.9, 0.8) if few else (0.5, 0.35)
        drawn = LineCollection(
            lines,
            colors=look.color,
            linestyles=look.linestyle,
            linewidths=width,
            alpha=alpha,
        )
        axes.add_collection(drawn)
        if look is not OTHER and not few:
            axes.plot(
                table.index,
                table[MEDIAN],
                color=look.color,
                linestyle=look.linestyle,
                linewidth=1.6,
            )
    axes.set_yscale("log")
    known = rows.loc[rows["norm"] > 0, "norm"]
    if len(known):
        largest, least = known.max(), known.min()
        low = min(max(0.8 * least, largest / 10**DECADES), largest / 100)
        axes.set_ylim(low, 1.3 * largest)
    axes.set_xlim(0, max(1, rows["lag"].max()))


FIGURES: dict[str, Callable[..., Figure]] = {
    "fig4": grids,
    "fig5": figure5,
    "fig6": grids,
    "fig7": grids,
    "structures": structures,
    "gates": gates,
    "front": front,
    "sweep": sweep,
}
