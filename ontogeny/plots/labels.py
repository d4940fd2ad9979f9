"""Names beside points, where they cover nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

from ontogeny.plots.style import SMALL_POINTS

# Offset from the point, in points, and alignment.
Place = tuple[tuple[int, int], str, str]

# Right, left, above, below, then the corners.
PLACES: list[Place] = [
    ((4, 0), "left", "center"),
    ((-4, 0), "right", "center"),
    ((0, 4), "center", "bottom"),
    ((0, -4), "center", "top"),
    ((3, 3), "left", "bottom"),
    ((-3, 3), "right", "bottom"),
    ((3, -3), "left", "top"),
    ((-3, -3), "right", "top"),
]
# Kept free around a name.
FREE_PIXELS = 1.5
# A point nearer than this to another gets no name: whose would it be?
ALONE_PIXELS = 8.0


def label_points(
    figure: Figure, axes: Axes, wanted: pd.DataFrame, points: pd.DataFrame
) -> list[Annotation]:
    """Name points, each where its name covers no point and no other name.

    A name with no such place is left out.

    Args:
        figure: Complete but for the names.
        axes: With all points drawn.
        wanted: Points to name, the most important first; columns word, count
            (x) and concentration (y).
        points: All points, with the last two.

    Returns:
        The names that found a place.
    """
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw_without_rendering()
    at = axes.transData.transform(points[["count", "concentration"]].to_numpy())
    taken: list[Bbox] = []
    placed = []
    columns = (wanted[name] for name in ("word", "count", "concentration"))
    for word, x, y in zip(*columns, strict=True):
        distances = np.hypot(*(at - axes.transData.transform((x, y))).T)
        if (distances < ALONE_PIXELS).sum() > 1:
            continue
        for place in PLACES:
            name = _beside(axes, word, (x, y), place)
            box = name.get_window_extent(renderer).padded(FREE_PIXELS)
            if _is_free(box, axes.bbox, at, taken):
                taken.append(box)
                placed.append(name)
                break
            name.remove()
    return placed


def _beside(
    axes: Axes, word: str, point: tuple[float, float], place: Place
) -> Annotation:
    offset, horizontal, vertical = place
    name = axes.annotate(
        word,
        point,
        xytext=offset,
        textcoords="offset points",
        ha=horizontal,
        va=vertical,
        fontsize=SMALL_POINTS,
        parse_math=False,
    )
    name.set_in_layout(False)
    return name


def _is_free(box: Bbox, panel: Bbox, points: np.ndarray, taken: list[Bbox]) -> bool:
    inside = panel.x0 <= box.x0 and box.x1 <= panel.x1
    inside = inside and panel.y0 <= box.y0 and box.y1 <= panel.y1
    covered = (points >= box.min).all(axis=1) & (points <= box.max).all(axis=1)
    return bool(inside and not covered.any() and box.count_overlaps(taken) == 0)
