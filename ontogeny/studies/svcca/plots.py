"""Figures of the SVCCA study, from the tables of `ontogeny.studies.svcca.figures`.

Source: Saphra & Lopez (2019), NAACL; thesis ch. 4, figures 2 to 11.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from ontogeny.plots.curves import SIMILARITY, finish, panels, shares_axis
from ontogeny.plots.parts import (
    TOO_LARGE_PERPLEXITY,
    line,
    note_below,
    rescalings,
    say,
    seeds_band,
)
from ontogeny.plots.steps import over_steps
from ontogeny.plots.style import BLUE, INK, ORANGE, Look, house
from ontogeny.statistics.learning import perplexity
from ontogeny.studies.svcca.calibrated_plot import calibrated
from ontogeny.studies.svcca.counts import directions_kept, tokens_compared
from ontogeny.studies.svcca.decodable_plot import decodable
from ontogeny.studies.svcca.nulls_plot import LINES, null_line, null_line_handle
from ontogeny.studies.svcca.stabilisation_plot import stabilisation
from ontogeny.studies.svcca.tagset_plots import OF_SITE, PLACES, by_tagset

PAIRS = {
    ("embedding", "h1"): (r"$h^e$ – $h^1$", Look(ORANGE, "^")),
    ("h1", "h2"): (r"$h^1$ – $h^2$", Look(BLUE, "s")),
    ("embedding", "h2"): (r"$h^e$ – $h^2$", Look(INK, "o", "--", False)),
}


@house()
def figure2(table: pd.DataFrame, note: str = "") -> Figure:
    """Test loss of the language model by epoch; dashed lines: rescalings.

    The right axis reads the same curve as perplexity; a model that has diverged
    has none. The untrained epoch 0, where the loss is about the logarithm of the
    number of words, is left out.

    Args:
        table: Columns epoch, value, value_min, value_max, seeds, rescaled.
        note: Small text under the figure.
    """
    trained = table[table["epoch"] > 0]
    figure, (axes,) = panels(1)
    axes.set_ylabel("test loss (nats per word)")
    if trained["value"].isna().all():
        return _empty(figure, axes, "no epoch was trained and measured", note)
    drawn = line(axes, trained, "language model", Look(INK, "o"))
    if perplexity(axes.get_ylim()[1]) < TOO_LARGE_PERPLEXITY:
        right = axes.secondary_yaxis("right", functions=(np.exp, _nats))
        right.spines["right"].set_visible(True)
        right.set_ylabel("perplexity")
    handles = [drawn, *rescalings(axes, trained), *seeds_band(trained)]
    finish(figure, [axes], trained, handles, note)
    axes.set_xlabel("epoch")
    return figure


def _by_site(table: pd.DataFrame, note: str, *, absent: str = "") -> Figure:
    """One panel, a line per site (figures 3 and 4)."""
    return _one_panel(
        table,
        [
            (PLACES[site], look, table[table["site"] == site])
            for site, look in OF_SITE.items()
        ],
        note,
        absent,
    )


@house()
def figure3(table: pd.DataFrame, note: str = "") -> Figure:
    """Similarity of each site to its own final state, beside its null.

    Args:
        table: As `figure2`'s, with site, other_site and null.
        note: Small text under the figure.
    """
    return _by_site(table, note)


@house()
def figure4(table: pd.DataFrame, note: str = "") -> Figure:
    """Similarity of each site to the final state of another seed.

    Args:
        table: As `figure3`'s; empty where there is one seed, and the figure
            says so.
        note: Small text under the figure.
    """
    return _by_site(table, note, absent="one seed: there is no other to compare with")


@house()
def figure5(table: pd.DataFrame, note: str = "") -> Figure:
    """Similarity of the sites of one model to each other.

    Args:
        table: As `figure3`'s.
        note: Small text under the figure.
    """
    lines = [
        (
            label,
            look,
            table[(table["site"] == site) & (table["other_site"] == other)],
        )
        for (site, other), (label, look) in PAIRS.items()
    ]
    return _one_panel(table, lines, note, "")


FIGURES: dict[str, Callable[..., Figure]] = {
    "fig2": figure2,
    "fig3": figure3,
    "fig4": figure4,
    "fig5": figure5,
    "fig6": partial(by_tagset, label="accuracy on the tag of $t$"),
    "fig7": partial(by_tagset, label="accuracy on the tag of $t+1$"),
    "fig8": by_tagset,
    "fig9": by_tagset,
    "fig10": by_tagset,
    "fig11": by_tagset,
    "calibrated": calibrated,
    "stabilisation": stabilisation,
    "decodable": decodable,
}
FIGURES |= {
    name.replace("fig", "early"): over_steps(FIGURES[name])
    for name in ("fig3", "fig4", "fig5", "fig6", "fig7", "fig8", "fig9")
}


def _one_panel(
    table: pd.DataFrame,
    lines: Iterable[tuple[str, Look, pd.DataFrame]],
    note: str,
    absent: str,
) -> Figure:
    figure, (axes,) = panels(1)
    axes.set_ylabel(SIMILARITY)
    if table["value"].isna().all():
        return _empty(figure, axes, absent or "not measured", note)
    drawn: list[Artist] = []
    for label, look, rows in lines:
        if rows["value"].notna().any():
            drawn.append(line(axes, rows, label, look))
            null_line(axes, rows, look)
    shares_axis(axes)
    kept = directions_kept(table, PLACES)
    handles = [*drawn, null_line_handle()]
    handles += [*rescalings(axes, table), *seeds_band(table)]
    return finish(
        figure, [axes], table, handles, note, LINES, tokens_compared(table), kept
    )


def _empty(figure: Figure, axes: Axes, sentence: str, note: str) -> Figure:
    """A figure of nothing, which says why."""
    axes.set(xticks=[], yticks=[])
    say(axes, sentence)
    note_below(figure, note)
    return figure


def _nats(perplexities: ArrayLike) -> np.ndarray:
    # Matplotlib asks for 0 too, before the axis has its limits.
    with np.errstate(divide="ignore"):
        return np.log(perplexities)
