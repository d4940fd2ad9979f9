"""Figures with a panel per site and a colour per tagset (thesis ch. 4)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ontogeny.plots.curves import NOTE_CHARACTERS_WIDE, SIMILARITY, finish, line, panels
from ontogeny.plots.parts import (
    epochs_axis,
    legend_above,
    note_below,
    rescaling_handle,
    rescalings,
    say,
    seeds_band,
)
from ontogeny.plots.style import BLUE, INK, ORANGE, Look, house

PURPLE, GREEN = "#CC78BC", "#029E73"
TITLES = {
    "embedding": r"embedding $h^e$",
    "lstm1": r"first LSTM $h^1$",
    "lstm2": r"second LSTM $h^2$",
}
# Lightness tells the five apart in grey too; markers help.
TAGSETS = {
    "upos": ("UPOS", Look(INK, "o")),
    "xpos": ("XPOS", Look(BLUE, "s")),
    "sem_coarse": ("SEM (coarse)", Look(GREEN, "^")),
    "sem_fine": ("SEM (fine)", Look(ORANGE, "v")),
    "topic": ("topic", Look(PURPLE, "D")),
}
COMMON = "articles"


@house()
def by_tagset(
    table: pd.DataFrame, note: str = "", *, label: str = SIMILARITY
) -> Figure:
    """A panel per site, a colour per tagset (figures 6 to 11).

    Solid: true labels; dotted: shuffled ones; dashed: on the tag model's own
    domain, with true labels. Bands: from the lowest to the highest seed, of the
    solid lines.

    Args:
        table: As `figure2`'s, with site, tagset, shuffled and, of similarities,
            domain.
        note: Small text under the figure.
        label: Of the vertical axis.
    """
    figure, drawn = panels(len(TITLES))
    own = "domain" in table and bool((table["domain"] != COMMON).any())
    for axes, (site, title) in zip(drawn, TITLES.items(), strict=True):
        axes.set_title(title, fontsize="medium")
        here = table[table["site"] == site]
        _tagset_lines(axes, here)
        rescalings(axes, table)
        if here["value"].isna().all():
            say(axes, "not measured")
    drawn[0].set_ylabel(label)
    absent = [
        name for key, (name, _) in TAGSETS.items() if key not in set(table["tagset"])
    ]
    sentences = [f"Not in this run: {', '.join(absent)}."] if absent else []
    return finish(
        figure, drawn, table, _tagset_handles(table, own=own), note, *sentences
    )


@house()
def stabilisation(table: pd.DataFrame, note: str = "") -> Figure:
    """When similarity to each tag model stabilises, by layer and seed.

    Points: the first epoch from which on the curve stays within 0.02 of its
    end; bars: 95 % intervals over sentences; a triangle: not before the end.

    Args:
        table: Columns seed, site, tagset, epoch, low, high, last.
        note: Small text under the figure.
    """
    figure, drawn = panels(len(TITLES), height_inches=2.5)
    present = [key for key in TAGSETS if key in set(table["tagset"])]
    seeds = list(dict.fromkeys(table["seed"]))
    for axes, (site, title) in zip(drawn, TITLES.items(), strict=True):
        axes.set_title(title, fontsize="medium")
        here = table[table["site"] == site]
        for row in here.to_dict("records"):
            place = seeds.index(row["seed"]) - (len(seeds) - 1) / 2
            height = present.index(row["tagset"]) + 0.5 * place / len(seeds)
            _stable_point(axes, row, height)
        axes.set_ylim(len(present) - 0.4, -0.6)
        axes.set_yticks(range(len(present)), [TAGSETS[key][0] for key in present])
        last = int(table["last"].max()) if len(table) else 1
        epochs_axis(axes, range(1, last + 1))
        axes.set_xlabel("epoch of stabilisation")
        if here.empty:
            say(axes, "not measured")
    for axes in drawn[1:]:
        axes.tick_params(labelleft=False)
    handles = [
        Line2D(
            [],
            [],
            color=INK,
            marker="o",
            lw=1.1,
            label="epoch, 95 % interval over sentences",
        ),
        Line2D(
            [],
            [],
            color=INK,
            marker=">",
            mfc="white",
            ls="",
            label="not before the last epoch",
        ),
    ]
    legend_above(figure, handles, 2)
    seeds_sentence = (
        f"From top to bottom in each row: seeds {', '.join(map(str, seeds))}."
        if len(seeds) > 1
        else ""
    )
    note_below(figure, note, seeds_sentence, characters=NOTE_CHARACTERS_WIDE)
    return figure


def _tagset_lines(axes: Axes, here: pd.DataFrame) -> None:
    for tagset, (_, look) in TAGSETS.items():
        rows = here[here["tagset"] == tagset]
        domain = rows["domain"] if "domain" in rows else pd.Series(COMMON, rows.index)
        common, shuffled = domain == COMMON, rows["shuffled"].astype(bool)
        for which, style in (
            (rows[common & shuffled], ":"),
            (rows[~common & ~shuffled], "--"),
        ):
            which = which.sort_values("epoch")
            axes.plot(which["epoch"], which["value"], color=look.color, linestyle=style)
        if (common & ~shuffled).any():
            line(axes, rows[common & ~shuffled], tagset, look)


def _tagset_handles(table: pd.DataFrame, *, own: bool) -> list[Artist]:
    handles: list[Artist] = [
        Line2D([], [], color=look.color, marker=look.marker, label=name)
        for key, (name, look) in TAGSETS.items()
        if key in set(table["tagset"])
    ]
    handles.append(Line2D([], [], color=INK, ls=":", label="shuffled labels"))
    if own:
        handles.append(Line2D([], [], color=INK, ls="--", label="own domain"))
    if (table["rescaled"] > 0).any():
        label = "step size rescaled"
        if table["rescaled"].between(0, 1, inclusive="neither").any():
            label += " (height: share of seeds)"
        handles.append(rescaling_handle(label))
    return [*handles, *seeds_band(table)]


def _stable_point(axes: Axes, row: dict[Any, Any], height: float) -> None:
    if np.isnan(row["epoch"]):
        return
    color = TAGSETS[row["tagset"]][1].color
    at_end = row["epoch"] >= row["last"]
    axes.plot([row["low"], row["high"]], [height, height], color=color, lw=1.1)
    axes.plot(
        [row["epoch"]],
        [height],
        color=color,
        marker=">" if at_end else "o",
        markerfacecolor="white" if at_end else color,
    )
