"""What views score that have nothing in common, behind curves of similarity."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ontogeny.plots.style import FAINT, INK, Look
from ontogeny.studies.svcca.names import COMMON

# Hatched, for the bands over seeds are grey, too.
BAND_LOOK: dict[str, Any] = {"facecolor": "none", "edgecolor": FAINT, "linewidth": 0.5}
HATCHES = {True: "////////", False: r"\\\\\\"}
"""Of curves on the common corpus and on tag models' own domains."""
MOVED = (
    "when one is moved by a third and by two thirds of the text, or of two embeddings "
    "its words permuted"
)
LINES = f"Dotted: the null, what the same two views score {MOVED}."
BAND = f"Hatched: the nulls of these curves, what two views score {MOVED}."
CALIBRATED = (
    "Calibrated: (score − null) / (1 − null). The null is what the same two views "
    f"score {MOVED}."
)


def null_line(axes: Axes, rows: pd.DataFrame, look: Look) -> None:
    """The null of a line, thin and finely dotted, in its colour."""
    rows = rows.sort_values("epoch")
    axes.plot(
        rows["epoch"],
        rows["null"],
        color=look.color,
        ls=(0, (1, 2)),
        lw=0.8,
        zorder=1,
        label="_null",
    )


def null_line_handle() -> Artist:
    """What stands for these in a legend."""
    return Line2D([], [], color=INK, ls=(0, (1, 2)), lw=0.8, label="null")


def null_bands(axes: Axes, rows: pd.DataFrame) -> None:
    """Hatched bands from the lowest to the highest null of a panel's curves.

    One of those on the common corpus, one of those on tag models' own domains: what
    views of other texts score by chance differs by more than their similarities.

    Args:
        axes: Of the panel.
        rows: Of what is drawn there, with domain and null.
    """
    for common, some in rows.groupby(rows["domain"] == COMMON):
        ends = some.groupby("epoch")["null"].agg(["min", "max"]).reset_index()
        axes.fill_between(
            ends["epoch"],
            ends["min"],
            ends["max"],
            zorder=0.2,
            hatch=HATCHES[bool(common)],
            **BAND_LOOK,
        )


def null_band_handles(rows: pd.DataFrame) -> list[Artist]:
    """What stands for these in a legend."""
    elsewhere = rows["domain"].ne(COMMON).any()
    labels = {True: "null", **({False: "null, own domain"} if elsewhere else {})}
    return [
        Patch(label=label, hatch=HATCHES[common], **BAND_LOOK)
        for common, label in labels.items()
    ]
