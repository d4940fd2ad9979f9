"""Figures of the study of scaffolds, from the tables of `figures`.

Solid: models trained with unfamiliar scaffolds; dashed: with familiar ones. The
colour and the marker tell the scaffold's length k. Lines are means over seeds.

Source: thesis ch. 5, figures 7 to 12.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator, StrMethodFormatter

from ontogeny.plots.parts import (
    epochs_axis,
    intervals_over,
    legend_above,
    marked,
    note_below,
    say,
)
from ontogeny.plots.style import INK, Look, house, panel

MARKERS = "osD^vPX"
# From dark to light; the lightest still stands out from white.
DARKEST, LIGHTEST = 0.0, 0.78
PROBABILITY = (-0.02, 1.02)
STYLES = {"unfamiliar": ("-", True), "familiar": ("--", False)}
QUANTITIES = {
    "probability_open": (r"from $\alpha$ alone", "-", True),
    "probability_scaffold": ("from the scaffold alone", ":", False),
}
BESIDE = 1.08
"""Of points at one number of occurrences, of one length to the next."""


def looks(lengths: Iterable[int]) -> dict[int, Look]:
    """A colour and a marker for each length, longer ones darker.

    >>> [look.marker for look in looks([2, 4]).values()]
    ['o', 's']
    """
    known = sorted(set(lengths))
    shades = np.linspace(DARKEST, LIGHTEST, len(known))[::-1]
    colours = matplotlib.colormaps["viridis"](shades)
    return {
        k: Look(to_hex(colour), MARKERS[place % len(MARKERS)])
        for place, (k, colour) in enumerate(zip(known, colours, strict=True))
    }


@house()
def by_epoch(
    table: pd.DataFrame,
    note: str = "",
    *,
    label: str,
    limits: tuple[float, float] | None = None,
) -> Figure:
    """A quantity by epoch, a line for each k and setting (figures 7, 8, 10).

    Args:
        table: Of `ontogeny.studies.scaffold.figures`.
        note: Small text under the figure.
        label: Of the vertical axis.
        limits: Of the vertical axis; figures 7a and 7b have the same.
    """
    figure, axes = panel(3.0)
    _lines(axes, table, "epoch")
    epochs_axis(axes, table["epoch"])
    if limits:
        axes.set_ylim(limits)
    else:
        # As much room above as below: the limits were fitted before 0 was there.
        top = axes.get_ylim()[1]
        axes.set_ylim(min(0, axes.get_ylim()[0]), top + 0.04 * abs(top))
    return _finish(figure, axes, table, note, label, _rule(table))


@house()
def figure9(table: pd.DataFrame, note: str = "") -> Figure:
    """P(ω) with α and the first i scaffold words in focus, of the longest scaffolds.

    Args:
        table: Of `ontogeny.studies.scaffold.figures`.
        note: Small text under the figure.
    """
    figure, axes = panel(2.8)
    _lines(axes, table, "position")
    axes.set_ylim(PROBABILITY)
    _whole(axes, r"scaffold words in focus with $\alpha$, $i$")
    label = r"mean $P(\omega)$ from these, in-domain"
    about = (
        "Of what these contribute by the decomposition, not the model's own "
        r"$P(\omega)$, which figure 7a has. "
    )
    return _finish(figure, axes, table, note, label, about + _at(table))


@house()
def figure11(table: pd.DataFrame, note: str = "") -> Figure:
    """P(ω) from α alone and from the scaffold alone, by occurrences n and k.

    Args:
        table: Of `ontogeny.studies.scaffold.figures`.
        note: Small text under the figure.
    """
    figure, axes = panel(3.2)
    shown = looks(table["length"])
    for quantity, (_, style, filled) in QUANTITIES.items():
        for length, look in shown.items():
            here = (table["quantity"] == quantity) & (table["length"] == length)
            drawn = look._replace(linestyle=style, filled=filled)
            rows = table[here]
            if not _is_curve(table):  # side by side, for they may be equal
                aside = BESIDE ** (list(shown).index(length) - (len(shown) - 1) / 2)
                rows = rows.assign(occurrences=rows["occurrences"] * aside)
            _line(axes, rows, "occurrences", drawn)
    axes.set(xscale="log", yscale="log")
    if len(table) and not _is_curve(table):  # with room, or they would be far apart
        axes.set_xlim(table["occurrences"].min() / 2, 2 * table["occurrences"].max())
    axes.xaxis.set_major_locator(FixedLocator(sorted(set(table["occurrences"]))))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.set_xlabel("occurrences of the rule in training, $n$")
    kinds = [
        Line2D(
            [], [], color=INK, ls=style * _is_curve(table), marker="o", label=label,
            markerfacecolor=INK if filled else "white",
        )
        for label, style, filled in QUANTITIES.values()
    ]  # fmt: skip
    label = r"mean $P(\omega)$, out-domain"
    about = "Models trained with unfamiliar scaffolds, " + _at(table, occurrences=False)
    return _finish(figure, axes, table, note, label, about, kinds=kinds)


@house()
def figure12(table: pd.DataFrame, note: str = "") -> Figure:
    """Size of the recurrent gradient at each scaffold word, by k and setting.

    Args:
        table: Of `ontogeny.studies.scaffold.figures`.
        note: Small text under the figure.
    """
    figure, axes = panel(3.0)
    _lines(axes, table, "position")
    axes.set_yscale("log")
    _whole(axes, "scaffold word, $d$")
    label = r"mean $\ell_2$ of the gradient, in-domain (nats)"
    about = (
        r"Gradient of $-\log P(\omega)$ with respect to $h$: larger where $\omega$ is "
        "not learned. "
    )
    about += _at(table)
    return _finish(figure, axes, table, note, label, about)


FIGURES: dict[str, Callable[..., Figure]] = {
    "fig7a": partial(
        by_epoch, label=r"mean $P(\omega)$, in-domain", limits=PROBABILITY
    ),
    "fig7b": partial(
        by_epoch, label=r"mean $P(\omega)$, out-domain", limits=PROBABILITY
    ),
    "fig8": partial(
        by_epoch, label=r"mean $P(\omega)$ from $\alpha$ alone, out-domain"
    ),
    "fig9": figure9,
    "fig10": partial(by_epoch, label=r"mean DI($\alpha$, scaffold), in-domain"),
    "fig11": figure11,
    "fig12": figure12,
}


def _lines(axes: Axes, table: pd.DataFrame, x: str) -> None:
    """A line for each setting and length."""
    shown = looks(table["length"])
    for setting, (style, filled) in STYLES.items():
        for length, look in shown.items():
            here = (table["setting"] == setting) & (table["length"] == length)
            drawn = look._replace(linestyle=style, filled=filled)
            _line(axes, table[here], x, drawn)


def _line(axes: Axes, rows: pd.DataFrame, x: str, look: Look) -> None:
    """The mean over seeds, in the band of the seeds' intervals."""
    rows = rows[rows["seed"].isna()].sort_values(x)
    if rows.empty:
        return
    low, high = rows["low"], rows["high"]
    if curve := x != "occurrences" or _is_curve(rows):
        axes.fill_between(rows[x], low, high, color=look.color, alpha=0.18, linewidth=0)
    else:  # two numbers of occurrences are no curve
        axes.vlines(rows[x], low, high, colors=look.color)
    axes.plot(
        rows[x],
        rows["mean"],
        color=look.color,
        linestyle=look.linestyle if curve else "",
        marker=look.marker,
        markerfacecolor=look.color if look.filled else "white",
        markevery=marked(rows["mean"].to_numpy()),
    )


def _is_curve(table: pd.DataFrame) -> bool:
    """Whether there are more than two numbers of occurrences."""
    return table["occurrences"].nunique() > 2


def _finish(
    figure: Figure,
    axes: Axes,
    table: pd.DataFrame,
    note: str,
    label: str,
    about: str,
    *,
    kinds: list[Line2D] | None = None,
) -> Figure:
    """Labels, a legend above, notes below."""
    axes.set_ylabel(label)
    if table.empty:
        axes.set(xscale="linear", yscale="linear", xticks=[], yticks=[])
        say(axes, "not measured")
        note_below(figure, note)
        return figure
    joined = "-" if kinds is None or _is_curve(table) else ""
    handles: list[Artist] = [
        Line2D(
            [], [], color=look.color, ls=joined, marker=look.marker, label=f"$k$ = {k}"
        )
        for k, look in looks(table["length"]).items()
    ]
    settings = [
        _handle(setting, style)
        for setting, (style, _) in STYLES.items()
        if setting in set(table["setting"])
    ]
    handles += kinds or settings
    legend_above(figure, handles, -(-len(handles) // (2 if len(handles) < 8 else 3)))
    drawn = "Bands" if joined else "Bars"
    bands = f"{drawn}: {intervals_over('scaffolds', table)}"
    note_below(figure, note, f"{about} {bands}")
    return figure


def _handle(label: str, style: str) -> Line2D:
    """What stands for a style of line, whatever its colour."""
    return Line2D([], [], color=INK, ls=style, label=label)


def _whole(axes: Axes, label: str) -> None:
    """Whole numbers of words along x."""
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.set_xlabel(label)


def _rule(table: pd.DataFrame) -> str:
    """How often the rule stands in the training text."""
    known = [f"{n:,}" for n in sorted(set(table["occurrences"]))]
    return f"$k$ scaffold words; the rule stands {', '.join(known)} times in each text."


def _at(table: pd.DataFrame, *, occurrences: bool = True) -> str:
    """After which epoch, and how often the rule stands in the text."""
    epochs = ", ".join(str(epoch) for epoch in sorted(set(table["epoch"])))
    after = f"after epoch {epochs}."
    return f"{after.capitalize()} {_rule(table)}" if occurrences else after
