"""Learning curves."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator

from ontogeny.plots.parts import (
    TOO_LARGE_PERPLEXITY,
    alone,
    epochs_axis,
    legend_above,
    note_below,
    rescaling_handle,
    say,
)
from ontogeny.plots.style import BLUE, FAINT, INK, ORANGE, house, panel

# Splits often coincide: each line is thinner than the one it lies on.
SPLITS = {
    "train": ("training", ORANGE, 0.9),
    "valid": ("validation", BLUE, 2.4),
    "test": ("test", INK, 0.8),
}
DASHES: list[str | tuple] = ["-", (0, (4, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1, 1.5))]


@house()
def curve(table: pd.DataFrame, note: str = "") -> Figure:
    """Perplexity by epoch, on a logarithmic axis: every split and seed.

    Colour and thickness tell the split, dashes the seed; vertical dashed lines
    are epochs after which the step size was rescaled, each seed's at its level
    of the panel (the first seed's lowest). At epoch 0 a model knows nothing:
    its perplexity is about the number of words. That of a model that has
    diverged is not drawn but told.

    Args:
        table: Columns seed, epoch, rescaled and, of the splits to draw,
            train_perplexity, valid_perplexity, test_perplexity.
        note: Small text under the figure.
    """
    figure, axes = panel(2.8)
    axes.set_ylabel("perplexity (logarithmic)")
    splits = [name for name in SPLITS if f"{name}_perplexity" in table]
    values = table[[f"{name}_perplexity" for name in splits]]
    seeds = dict.fromkeys(table["seed"])
    epochs_axis(axes, table["epoch"])
    if not values.notna().any(axis=None):
        axes.set(xticks=[], yticks=[])
        say(axes, "no epoch was measured")
        note_below(figure, note)
        return figure
    for at, seed in enumerate(seeds):
        rows = table[table["seed"] == seed].sort_values("epoch")
        _seed(axes, rows, splits, _dashes(at))
        _rescaled(axes, rows, at / len(seeds), (at + 1) / len(seeds))
    _perplexities_axis(axes)
    handles = _legend(splits, list(seeds), rescaled=bool(table["rescaled"].any()))
    legend_above(figure, handles, 3)
    note_below(figure, note, *_too_large(table, splits))
    return figure


def _seed(
    axes: Axes, rows: pd.DataFrame, splits: list[str], dashes: str | tuple
) -> None:
    for name in splits:
        label, colour, width = SPLITS[name]
        perplexities = rows[f"{name}_perplexity"].to_numpy()
        drawn = np.where(perplexities < TOO_LARGE_PERPLEXITY, perplexities, np.nan)
        (points,) = np.nonzero(alone(drawn))
        axes.plot(
            rows["epoch"],
            drawn,
            marker="o" if len(points) else "",
            markevery=points.tolist(),
            label=label,
            color=colour,
            linewidth=width,
            linestyle=dashes,
        )


def _too_large(table: pd.DataFrame, splits: list[str]) -> list[str]:
    """Where a perplexity is too large to be drawn, in a sentence if anywhere."""
    values = table[[f"{name}_perplexity" for name in splits]]
    lost = table[(values >= TOO_LARGE_PERPLEXITY).any(axis=1)]
    where = [
        f"seed {seed} at epoch {', '.join(map(str, sorted(rows['epoch'])))}"
        for seed, rows in lost.groupby("seed", sort=False)
    ]
    return [f"Too large to be drawn: {'; '.join(where)}."] * bool(where)


def _rescaled(axes: Axes, rows: pd.DataFrame, bottom: float, top: float) -> None:
    """One seed's rescalings, at its level of the panel: together, full height."""
    axes.vlines(
        rows.loc[rows["rescaled"].astype(bool), "epoch"],
        bottom,
        top,
        transform=axes.get_xaxis_transform(),
        colors=FAINT,
        linestyles="dashed",
        linewidths=0.7,
        zorder=0.4,
    )


def _perplexities_axis(axes: Axes) -> None:
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    few: list[float] = [1, 2, 5] if high > 20 * low else [1, 1.5, 2, 3, 4, 5, 7]
    few = [1] if high > 1e4 * low else few
    axes.yaxis.set_major_locator(LogLocator(subs=few, numticks=10))
    axes.yaxis.set_major_formatter(FuncFormatter(_tick))
    axes.yaxis.minorticks_off()


def _legend(splits: list[str], seeds: list, *, rescaled: bool) -> list[Artist]:
    handles: list[Artist] = [
        Line2D([], [], color=colour, linewidth=width, label=label)
        for label, colour, width in (SPLITS[name] for name in splits)
    ]
    if len(seeds) > 1:
        handles += [
            Line2D([], [], color=INK, lw=0.8, ls=_dashes(at), label=f"seed {seed}")
            for at, seed in enumerate(seeds)
        ]
    if rescaled:
        levels = "\n(first seed: lowest part)" if len(seeds) > 1 else ""
        handles.append(rescaling_handle(f"step size rescaled{levels}"))
    return handles


def _tick(perplexity: float, _: int) -> str:
    return f"{perplexity:,.0f}" if 1 <= perplexity < 1e6 else f"{perplexity:.1e}"


def _dashes(at: int) -> str | tuple:
    return DASHES[at % len(DASHES)]


FIGURES = {"curve": curve}
