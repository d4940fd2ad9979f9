"""What the figures of predefined sparseness share."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ontogeny.plots.parts import note_below, say
from ontogeny.plots.style import WIDTH_INCHES, Look

NOTHING = "not trained in this run"


def grid(count: int) -> tuple[Figure, list[Axes]]:
    """Panels in rows of two, each as wide as a column of the paper."""
    rows, columns = -(-count // 2), min(2, count)
    size = WIDTH_INCHES * columns, 0.6 + 2.4 * rows
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in panels[count:]:
        axes.remove()
    return figure, list(panels[:count])


def nothing(figure: Figure, axes: Axes, note: str) -> Figure:
    """A figure that says that it has nothing to show."""
    axes.set(xticks=[], yticks=[])
    say(axes, NOTHING)
    note_below(figure, note)
    return figure


def handle(label: str, look: Look) -> Line2D:
    """What stands for a series in a legend."""
    return Line2D(
        [],
        [],
        color=look.color,
        marker=look.marker,
        ls=look.linestyle or "none",
        markerfacecolor=look.color if look.filled else "white",
        label=label,
    )
