"""Learning curves."""

from __future__ import annotations

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from ontogeny.plots import style

SPLITS = {"valid": (style.SKY, 3.0), "test": (style.BLACK, 0.9)}
DASHES = ["-", "--", ":", "-."]


def curve(table: pd.DataFrame, *, note: str = "") -> Figure:
    """Perplexity of each seed by epoch, logarithmic; dashes tell the seed.

    Args:
        table: Columns seed, epoch, rescaled, valid_perplexity, test_perplexity.
        note: Small print below the figure.
    """
    with mpl.rc_context(style.RC):
        figure, axes = style.panel()
        for at, (seed, rows) in enumerate(table.groupby("seed")):
            for split, (colour, width) in SPLITS.items():
                axes.plot(
                    rows["epoch"],
                    rows[f"{split}_perplexity"],
                    color=colour,
                    linewidth=width,
                    linestyle=DASHES[at % len(DASHES)],
                    label=f"{split}, seed {seed}",
                )
        axes.set_yscale("log")
        axes.set_ylabel("perplexity (logarithmic)")
        style.epochs_axis(axes, table["epoch"])
        rescaled = table["rescaled"].astype(bool)
        style.rescalings(axes, sorted(table.loc[rescaled, "epoch"].unique()))
        style.legend_beside(axes)
        style.under(figure, note)
    return figure
