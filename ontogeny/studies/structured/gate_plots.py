"""Gates of the dense network while it learns, beside what W+G+N makes constant."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator, StrMethodFormatter

from ontogeny.plots.curves import NOTE_CHARACTERS_WIDE
from ontogeny.plots.parts import epochs_axis, legend_above, line, note_below, say
from ontogeny.plots.style import BLUE, FAINT, INK, ORANGE, WIDTH_INCHES, Look, house

GREEN = "#029e73"
OF_GATE = {
    "i": Look(ORANGE, "^"),
    "f": Look(GREEN, "v"),
    "g": Look(BLUE, "s"),
    "o": Look(INK, "o"),
}
DASHES = ["-", "--", ":"]
"""Of LSTM 1, 2 and all later ones."""

LABELS = (
    "spread of gates\n(standard deviation)",
    "share of gates that\nhardly move",
    "r of shares,\ndense and W+G+N",
    "area under the curve,\nunits of W+G+N",
)
CONSTANT = (0.005, 0.01, 0.02)
"""Spreads below which a gate hardly moves, by three readings."""


@house()
def gates(table: pd.DataFrame, note: str = "") -> Figure:
    """Four panels for each task: spread, constant gates, and two agreements.

    Args:
        table: Of `ontogeny.studies.structured.dense_gates.dense_gate_table`.
        note: Small text under the figure.
    """
    tasks = [rows for _, rows in table.groupby("task", sort=False)]
    lines = max(1, len(tasks))
    size = (2 * WIDTH_INCHES, 1.5 + 1.6 * lines)
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(lines, 4, squeeze=False)
    if not tasks:
        say(panels[0][1], "no dense network's gates were measured")
    for row, rows in zip(panels, tasks, strict=False):
        _task(list(row), rows)
    legend_above(figure, _handles(table), 4)
    about = (
        "Spread: standard deviation over validation tokens of σ(a), or of ½ (tanh a + "
        "1) for g; median of a layer's units. Hardly moving: below 0.01 (dashed line "
        "on the left; thin: below 0.005 and 0.02). r: shares of live gates by layer "
        "and gate, dense at each epoch and W+G+N at its end; no point where all are "
        "alike. Area under the curve: how well a unit's spread tells whether W+G+N "
        "leaves its gate live. Thin grey lines: as the untrained network has it."
    )
    note_below(figure, note, about, characters=NOTE_CHARACTERS_WIDE)
    return figure


def _task(panels: list[Axes], rows: pd.DataFrame) -> None:
    panels[0].set_title(str(rows["title"].iloc[0]), loc="left", fontsize=7.5)
    for axes, quantity in zip(panels, ("spread", "constant"), strict=False):
        own = rows[rows["quantity"] == quantity]
        for (layer, gate), curve in own.groupby(["layer", "gate"]):
            dash = DASHES[min(int(str(layer)), len(DASHES)) - 1]
            look = OF_GATE[str(gate)]._replace(linestyle=dash)
            _mean(axes, curve, look)
            if quantity == "constant":
                ends = curve.sort_values("epoch")[["low", "high"]]
                axes.plot(
                    sorted(curve["epoch"]), ends, color=look.color, lw=0.4, alpha=0.5
                )
    strict, constant, loose = CONSTANT
    panels[0].set_yscale("log")
    panels[0].yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    panels[0].yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    panels[0].yaxis.set_minor_locator(NullLocator())
    panels[0].axhspan(strict, loose, color=FAINT, alpha=0.15, lw=0)
    panels[0].axhline(constant, color=FAINT, linewidth=0.8, linestyle="--")
    panels[1].set_ylim(-0.03, 1.03)
    _agreement(panels[2], rows[rows["quantity"] == "agreement"])
    _units(panels[3], rows)
    for axes, label in zip(panels, LABELS, strict=True):
        axes.set_ylabel(label)
        epochs_axis(axes, rows["epoch"])
        axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.set_xlabel("epoch")


def _mean(axes: Axes, curve: pd.DataFrame, look: Look) -> None:
    """A line without a band."""
    line(
        axes, curve.assign(value_min=curve["value"], value_max=curve["value"]), "", look
    )


def _curve(axes: Axes, curve: pd.DataFrame, look: Look, alpha: float) -> None:
    curve = curve.sort_values("epoch")
    axes.fill_between(
        curve["epoch"], curve["low"], curve["high"], color=look.color, alpha=alpha, lw=0
    )
    line(
        axes, curve.assign(value_min=curve["value"], value_max=curve["value"]), "", look
    )


def _agreement(axes: Axes, rows: pd.DataFrame) -> None:
    if rows["value"].isna().all():
        say(axes, "nothing to\ncompare with")
        axes.set(yticks=[])
        return
    rows = rows.sort_values("epoch")
    axes.fill_between(
        rows["epoch"], rows["low"], rows["high"], color=FAINT, alpha=0.25, lw=0
    )
    _mean(axes, rows, _OWN)
    _untrained(axes, rows)
    axes.set_ylim(-1.05, 1.05)


_OWN, _OTHERS = Look(BLUE, "o"), Look(ORANGE, "s", ":")


def _units(axes: Axes, rows: pd.DataFrame) -> None:
    found = rows[rows["quantity"].isin(["auc", "auc_other"])]
    if found["value"].isna().all():
        say(axes, "nothing to\ncompare with")
        axes.set(yticks=[])
        return
    for quantity, look in (("auc", _OWN), ("auc_other", _OTHERS)):
        own = found[found["quantity"] == quantity]
        if len(own):
            _curve(axes, own, look, alpha=0.18)
    _untrained(axes, found[found["quantity"] == "auc"])
    axes.axhline(0.5, color=FAINT, linewidth=0.6, linestyle=":")
    axes.set_ylim(min(0.4, axes.get_ylim()[0]), 1.03)


def _untrained(axes: Axes, rows: pd.DataFrame) -> None:
    first = rows.loc[rows["epoch"] == 0, "value"]
    if len(first) and first.notna().all():
        axes.axhline(first.iloc[0], color=FAINT, linewidth=0.6)


def _handles(table: pd.DataFrame) -> list:
    handles: list = [
        Line2D([], [], color=look.color, marker=look.marker, label=f"gate {gate}")
        for gate, look in OF_GATE.items()
    ]
    layers = sorted({int(layer) for layer in table["layer"] if layer})
    if len(layers) > 1:
        handles += [
            Line2D([], [], color=INK, ls=dash, label=f"LSTM {layer}")
            for layer, dash in zip(layers, DASHES, strict=False)
        ]
    handles += [
        Line2D([], [], color=_OWN.color, marker=_OWN.marker, label="agreement"),
        Line2D(
            [],
            [],
            color=_OTHERS.color,
            marker=_OTHERS.marker,
            linestyle=":",
            label="with another seed's units",
        ),
        Patch(color=FAINT, alpha=0.25, lw=0, label="shuffled gates"),
    ]
    return handles
