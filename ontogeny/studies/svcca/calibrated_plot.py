"""Similarity to tag models less what chance gives (a figure that the thesis lacks)."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from ontogeny.plots.curves import finish, panels
from ontogeny.plots.parts import rescalings, say
from ontogeny.plots.style import FAINT, house
from ontogeny.studies.svcca.counts import not_learned, tokens_compared
from ontogeny.studies.svcca.names import TAGSETS
from ontogeny.studies.svcca.tagset_plots import TITLES, tagset_handles, tagset_lines

DIRECTIONS = {"target": "target tag models", "input": "input tag models"}
LABEL = "calibrated similarity"
FORMULA = (
    "Calibrated: (score − null) / (1 − null), 0 where two views have no more in common "
    "than the same two moved against each other, 1 where they are equal."
)


@house()
def calibrated(table: pd.DataFrame, note: str = "") -> Figure:
    """Calibrated similarity to tag models, on the common corpus.

    Looks are those of figures 8 and 9: a column per site, a colour per tagset, solid
    for true labels and dotted for shuffled ones. A row is for the models of target and
    one for those of input tags.

    Args:
        table: As `figure2`'s, with site, tagset, direction, shuffled, domain, learned.
        note: Small text under the figure.
    """
    figure, drawn = panels(len(TITLES), 4.6, rows=len(DIRECTIONS))
    places = [(direction, site) for direction in DIRECTIONS for site in TITLES]
    for axes, (direction, site) in zip(drawn, places, strict=True):
        here = table[(table["direction"] == direction) & (table["site"] == site)]
        axes.axhline(0, color=FAINT, lw=0.8, zorder=0.5)
        tagset_lines(axes, here)
        rescalings(axes, table)
        if here["value"].isna().all():
            say(axes, "not measured")
    handles = tagset_handles(table[table["value"].notna()])
    told = (FORMULA, tokens_compared(table), not_learned(table, TAGSETS))
    finish(figure, drawn, table, handles, note, *told)
    for axes, (direction, site) in zip(drawn, places, strict=True):
        if direction == "target":
            axes.set(title=TITLES[site], xlabel="")
            axes.title.set_fontsize("medium")
        if site == next(iter(TITLES)):
            axes.set_ylabel(f"{LABEL}\n{DIRECTIONS[direction]}")
    return figure
