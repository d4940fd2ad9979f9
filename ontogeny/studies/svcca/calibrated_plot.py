"""Similarity to tag models less what chance gives (a figure that the thesis lacks)."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from ontogeny.measures.similarity.null import MOST_NULL
from ontogeny.plots.curves import finish, panels
from ontogeny.plots.parts import rescalings, say
from ontogeny.plots.style import FAINT, house
from ontogeny.studies.svcca.nulls_plot import CALIBRATED
from ontogeny.studies.svcca.tagset_plots import (
    TITLES,
    tagset_handles,
    tagset_lines,
    tagset_notes,
)

DIRECTIONS = {"target": "target tag models", "input": "input tag models"}
LABEL = "calibrated similarity"


@house()
def calibrated(table: pd.DataFrame, note: str = "") -> Figure:
    """Calibrated similarity to tag models, on the common corpus.

    Looks are those of figures 8 and 9: a column per site, a colour per tagset, solid
    for true labels and dotted for shuffled ones. A row is for the models of target and
    one for those of input tags.

    Args:
        table: As `figure2`'s, with site, tagset, direction, shuffled, domain, learned
            and null, which is not drawn.
        note: Small text under the figure.
    """
    figure, drawn = panels(len(TITLES), 4.6, rows=len(DIRECTIONS))
    places = [(direction, site) for direction in DIRECTIONS for site in TITLES]
    for axes, (direction, site) in zip(drawn, places, strict=True):
        here = table[(table["direction"] == direction) & (table["site"] == site)]
        if direction == next(iter(DIRECTIONS)):
            axes.set_title(TITLES[site], fontsize="medium")
        axes.set_ylabel(f"{LABEL}\n{DIRECTIONS[direction]}")
        axes.axhline(0, color=FAINT, lw=0.8, zorder=0.5)
        tagset_lines(axes, here)
        rescalings(axes, table)
        if here["value"].isna().all():
            say(axes, "not measured" if here.empty else f"nulls above {MOST_NULL}")
    handles = tagset_handles(table.drop(columns="null"))
    finish(figure, drawn, table, handles, note, *tagset_notes(table, CALIBRATED))
    for axes in drawn:
        axes.label_outer()
    return figure
