"""The house style, and figures as files that depend on the figure alone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ontogeny.files import whole

# Okabe and Ito's colours, told apart by colour-blind readers; taken in an order
# that also steps from dark to light, for print in grey.
BLUE, VERMILION, GREEN, ORANGE, SKY, GREY = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#E69F00",
    "#56B4E9",
    "#999999",
)
BLACK = "#000000"

RC = {
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 10,
    "axes.labelsize": 9,
    "figure.dpi": 150,
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same everywhere
    "font.size": 8.5,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "lines.linewidth": 1.5,
    "lines.markersize": 4,
    "pdf.fonttype": 42,
    "savefig.dpi": 200,
    "svg.fonttype": "path",
    "svg.hashsalt": "ontogeny",
}

# Dates and versions of libraries would make equal figures differ in bytes.
_METADATA = {
    "pdf": {"CreationDate": None, "Producer": None, "Creator": None},
    "svg": {"Date": None, "Creator": None},
    "png": {"Software": None},
}


def save(figure: Figure, paths: Iterable[str | Path]) -> None:
    """Write a figure to files of the formats that their suffixes name.

    Equal figures give equal bytes; each file is written whole or not at all.

    Args:
        figure: From a function of this package.
        paths: Ending in .pdf, .svg or .png.
    """
    for path in map(Path, paths):
        form = path.suffix.removeprefix(".")
        with mpl.rc_context(RC), whole(path) as temporary:
            figure.savefig(
                temporary, format=form, metadata=_METADATA[form], bbox_inches="tight"
            )


def panel(width_in: float = 6.4, height_in: float = 3.9) -> tuple[Figure, Axes]:
    """A figure with one panel, that no global state knows of."""
    figure = Figure(figsize=(width_in, height_in))
    return figure, figure.add_subplot()


def legend_beside(axes: Axes, **kwargs) -> None:
    """A legend to the right of the panel, where it covers no data."""
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), **kwargs)


def epochs_axis(axes: Axes, epochs: Iterable[int]) -> None:
    """Whole epochs on the x axis; 0 is the untrained model."""
    epochs = list(epochs)
    axes.set_xlabel("epoch (0: untrained)")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    if epochs:
        axes.set_xlim(min(epochs) - 0.2, max(epochs) + 0.2)


def rescalings(axes: Axes, epochs: Iterable[int]) -> None:
    """Dashed vertical lines where the optimiser rescaled the step size."""
    for number, epoch in enumerate(epochs):
        axes.axvline(
            epoch,
            color=GREY,
            linestyle=(0, (4, 3)),
            linewidth=0.8,
            zorder=0,
            label="step size rescaled" if number == 0 else None,
        )


def under(figure: Figure, text: str) -> None:
    """A line of small print below the figure."""
    if text:
        figure.text(0.01, -0.02, text, ha="left", va="top", fontsize=7, color="#444444")


def say(axes: Axes, text: str) -> None:
    """Say in the panel why there is nothing to see."""
    axes.text(
        0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", wrap=True
    )
