"""When similarity to each tag model stabilises (a figure that the thesis lacks)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ontogeny.plots.curves import NOTE_CHARACTERS_WIDE, panels
from ontogeny.plots.parts import epochs_axis, legend_above, note_below, say
from ontogeny.plots.style import INK, house
from ontogeny.studies.svcca import names
from ontogeny.studies.svcca.counts import not_learned
from ontogeny.studies.svcca.names import WITHIN
from ontogeny.studies.svcca.tagset_plots import FAINTLY, TAGSETS, TITLES

# Of a row's height, taken up by its seeds and their mean curve.
SPREAD = 0.6


@house()
def stabilisation(table: pd.DataFrame, note: str = "") -> Figure:
    """When similarity to each tag model stabilises, by layer and seed.

    Points: the first epoch from which on the curve stays within 0.02 of its
    end; bars: 95 % intervals over sentences; a hollow triangle: not before the
    end. Large: the mean curve over seeds, or the only seed; small: each seed.

    Args:
        table: Of `ontogeny.studies.svcca.stabilisation`.
        note: Small text under the figure.
    """
    figure, drawn = panels(len(TITLES), height_inches=2.9)
    present = [key for key in TAGSETS if key in set(table["tagset"])]
    curves = _from_top(table["seed"])
    for axes, (site, title) in zip(drawn, TITLES.items(), strict=True):
        axes.set_title(title, fontsize="medium")
        here = table[table["site"] == site]
        for row in here.to_dict("records"):
            place = curves[row["seed"]] if pd.notna(row["seed"]) else curves[None]
            _point(axes, row, present.index(row["tagset"]) + place, len(curves))
        axes.set_ylim(max(len(present), 1) - 0.4, -0.6)
        axes.set_yticks(range(len(present)), [TAGSETS[key][0] for key in present])
        last = int(table["last"].max()) if len(table) else 1
        epochs_axis(axes, range(1, last + 1))
        axes.set_xlabel("stable from epoch")
        if here["epoch"].isna().all():
            say(axes, "not measured")
    for axes in drawn[1:]:
        axes.tick_params(labelleft=False)
    legend_above(figure, _handles(table, len(curves)), 4)
    sentence = f"Stable: within {WITHIN} of the similarity after the last epoch."
    if len(table):
        sentence += f" Common corpus: {table['articles'].max()} articles."
    sentences = sentence, _seeds(curves), not_learned(table, names.TAGSETS)
    note_below(figure, note, *sentences, characters=NOTE_CHARACTERS_WIDE)
    return figure


def _from_top(seeds: Iterable[Any]) -> dict[Any, float]:
    """Where in a row each seed stands, and below all the mean curve (None)."""
    known = dict.fromkeys(None if pd.isna(seed) else seed for seed in seeds)
    order = [*(seed for seed in known if seed is not None)]
    order += [None] * (None in known)
    middle = (len(order) - 1) / 2
    return {seed: SPREAD * (at - middle) / len(order) for at, seed in enumerate(order)}


def _point(axes: Axes, row: dict[Any, Any], height: float, curves: int) -> None:
    if np.isnan(row["epoch"]):
        return
    color = TAGSETS[row["tagset"]][1].color
    alpha = 1.0 if row["learned"] else FAINTLY
    at_end = row["epoch"] >= row["last"]
    large = pd.isna(row["seed"]) or curves == 1
    axes.plot(
        [row["low"], row["high"]],
        [height, height],
        color=color,
        alpha=alpha,
        linewidth=2.2 if large else 0.9,
        solid_capstyle="butt",
    )
    axes.plot(
        [row["epoch"]],
        [height],
        color=color,
        alpha=alpha,
        marker=">" if at_end else "o",
        markersize=5 if large else 3,
        markerfacecolor="white" if at_end else color,
    )


def _handles(table: pd.DataFrame, curves: int) -> list[Artist]:
    def handle(label: str, **look: Any) -> Artist:
        return Line2D([], [], color=INK, label=label, **look)

    known = table[table["epoch"].notna()]
    if known.empty:
        return []
    interval = ", 95 % interval over sentences" if known["low"].notna().any() else ""
    bar = {"marker": "o"} if interval else {"marker": "o", "ls": ""}
    of = "mean curve over seeds" if curves > 1 else "epoch"
    handles = [handle(of + interval, lw=2.2, ms=5, **bar)]
    if curves > 1:
        handles.append(handle("one seed", lw=0.9, ms=3, **bar))
    if (known["epoch"] >= known["last"]).any():
        handles.append(handle("not before the end", marker=">", mfc="white", ls=""))
    return handles


def _seeds(curves: dict[Any, float]) -> str:
    seeds = [f"{seed:g}" for seed in curves if seed is not None]
    if len(seeds) < 2:
        return ""
    return f"From top to bottom in each row: seeds {', '.join(seeds)}, mean curve."
