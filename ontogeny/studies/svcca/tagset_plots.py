"""Figures with a panel per site and a colour per tagset (thesis ch. 4)."""

from __future__ import annotations

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ontogeny.plots.curves import SIMILARITY, finish, panels, shares_axis
from ontogeny.plots.parts import line, rescaling_handle, rescalings, say, seeds_band
from ontogeny.plots.style import BLUE, INK, ORANGE, Look, house
from ontogeny.studies.svcca import names
from ontogeny.studies.svcca.counts import (
    directions_kept,
    fewest_directions,
    not_learned,
    tokens_compared,
    tokens_labelled,
)
from ontogeny.studies.svcca.names import COMMON
from ontogeny.studies.svcca.nulls_plot import BAND, null_band_handles, null_bands

WINE, SKY = "#882255", "#88CCEE"
PLACES = {"embedding": r"$h^e$", "h1": r"$h^1$", "h2": r"$h^2$"}
OF_SITE = {
    "embedding": Look(ORANGE, "^"),
    "h1": Look(BLUE, "s"),
    "h2": Look(INK, "o"),
}
TITLES = {
    "embedding": f"embedding {PLACES['embedding']}",
    "h1": f"first layer {PLACES['h1']}",
    "h2": f"second layer {PLACES['h2']}",
}
# Lightness tells the five apart in grey too, and where there are no markers.
_LOOKS = {
    "upos": Look(INK, "o"),
    "xpos": Look(BLUE, "s"),
    "sem_coarse": Look(SKY, "^"),
    "sem_fine": Look(ORANGE, "v"),
    "topic": Look(WINE, "D"),
}
FAINTLY = 0.35
"""Of curves of a tagset that was not learned."""
TAGSETS = {key: (name, _LOOKS[key]) for key, name in names.TAGSETS.items()}


@house()
def by_tagset(
    table: pd.DataFrame, note: str = "", *, label: str = SIMILARITY
) -> Figure:
    """A panel per site, a colour per tagset (figures 6 to 11).

    Solid: true labels; dotted: shuffled ones; dashed: on the tag model's own
    domain, with true labels. Bands: from the lowest to the highest seed, of the
    solid lines; hatched, of similarities, from the lowest to the highest null, of
    those on the common corpus and on own domains by themselves.

    Args:
        table: As `figure2`'s, with site, tagset, shuffled and, of similarities,
            domain and null.
        note: Small text under the figure.
        label: Of the vertical axis.
    """
    figure, drawn = panels(len(TITLES))
    for axes, (site, title) in zip(drawn, TITLES.items(), strict=True):
        axes.set_title(title, fontsize="medium")
        here = table[table["site"] == site]
        if "null" in table:
            null_bands(axes, here[_is_drawn(here)])
        tagset_lines(axes, here)
        rescalings(axes, table)
        if here["value"].isna().all():
            say(axes, "not measured")
    shares_axis(drawn[0])
    drawn[0].set_ylabel(label)
    told = tagset_notes(table, BAND if "null" in table else "")
    return finish(figure, drawn, table, tagset_handles(table), note, *told)


def _is_drawn(rows: pd.DataFrame) -> pd.Series:
    """Shuffled labels are of the common corpus alone."""
    return ~(rows["shuffled"].astype(bool) & rows["domain"].ne(COMMON))


def tagset_lines(axes: Axes, here: pd.DataFrame) -> None:
    """The lines of a panel, see `by_tagset`."""
    for tagset, (_, look) in TAGSETS.items():
        rows = here[here["tagset"] == tagset]
        alpha = FAINTLY if "learned" in rows and not rows["learned"].all() else 1.0
        domain = rows["domain"] if "domain" in rows else pd.Series(COMMON, rows.index)
        common, shuffled = domain == COMMON, rows["shuffled"].astype(bool)
        for which, style in (
            (rows[common & shuffled], ":"),
            (rows[~common & ~shuffled], "--"),
        ):
            which = which.sort_values("epoch")
            axes.plot(
                which["epoch"],
                which["value"],
                color=look.color,
                linestyle=style,
                alpha=alpha,
            )
        if (common & ~shuffled).any():
            line(axes, rows[common & ~shuffled], tagset, look).set_alpha(alpha)


def tagset_notes(table: pd.DataFrame, meaning: str) -> list[str]:
    """What stands below: which tagsets are there, and of how much curves are made.

    Args:
        table: See `by_tagset`.
        meaning: Of what is drawn, a sentence.
    """
    tagsets = names.TAGSETS
    known = _known(table)
    absent = [name for key, name in tagsets.items() if key not in known]
    return [
        f"Not in this run: {', '.join(absent)}." if absent else "",
        tokens_compared(table)
        if "domain" in table
        else tokens_labelled(table, tagsets),
        meaning,
        directions_kept(table, PLACES),
        fewest_directions(table, PLACES, tagsets),
        not_learned(table, tagsets),
    ]


def _known(table: pd.DataFrame) -> set[str]:
    return set(table.loc[table["value"].notna(), "tagset"])


def tagset_handles(table: pd.DataFrame) -> list[Artist]:
    """What stands for these, and for what else is drawn there, in a legend."""
    table = table[table["tagset"].isin(_known(table))]
    handles: list[Artist] = [
        Line2D([], [], color=look.color, marker=look.marker, label=name)
        for key, (name, look) in TAGSETS.items()
        if key in set(table["tagset"])
    ]
    if table["shuffled"].any():
        handles.append(Line2D([], [], color=INK, ls=":", label="shuffled labels"))
    if "domain" in table and (table["domain"] != COMMON).any():
        handles.append(Line2D([], [], color=INK, ls="--", label="own domain"))
    if "null" in table:
        handles += null_band_handles(table)
    if (table["rescaled"] > 0).any():
        label = "step size rescaled"
        if table["rescaled"].between(0, 1, inclusive="neither").any():
            label += " (height: share of seeds)"
        handles.append(rescaling_handle(label))
    return [*handles, *seeds_band(table)]
