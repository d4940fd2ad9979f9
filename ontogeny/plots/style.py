"""The look of every figure, and its files.

Figures are as wide as a column of a two-column paper, to be included unscaled.
Colours are told apart by readers with any colour vision, and by lightness alone
in print without colour; markers and dashes differ too. The look does not depend
on a person's own matplotlib settings, and pyplot's state is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.disk.files import whole

WIDTH_INCHES = 3.5
DOTS_PER_INCH = 300

INK = "#1a1a1a"
# The first two of seaborn's palette "colorblind". Not asked of seaborn, whose import
# costs each job that plots a second; a test asks it.
BLUE, ORANGE = "#0173b2", "#de8f05"
FAINT = "#8c8c8c"

SMALL_POINTS = 6.5

HOUSE: dict[str, Any] = {
    # Of seaborn's style "ticks", what is not matplotlib's own.
    **dict.fromkeys(("axes.labelcolor", "axes.edgecolor", "text.color"), ".15"),
    **dict.fromkeys(("xtick.color", "ytick.color"), ".15"),
    "axes.axisbelow": True,
    "lines.solid_capstyle": "round",
    "patch.edgecolor": "w",
    "patch.force_edgecolor": True,
    # DejaVu comes with matplotlib, so the bytes are the same on any machine.
    "font.family": ["DejaVu Sans"],
    "mathtext.fontset": "dejavusans",
    "font.size": 7.5,
    "axes.labelsize": 7.5,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": SMALL_POINTS,
    "legend.frameon": False,
    "legend.handlelength": 2.6,
    "legend.columnspacing": 1.2,
    "legend.handletextpad": 0.5,
    "legend.labelspacing": 0.35,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "lines.linewidth": 1.1,
    "lines.markersize": 3.2,
    "lines.markeredgewidth": 0.8,
    "savefig.dpi": DOTS_PER_INCH,
    # Type 42 keeps text in a PDF searchable; an SVG must not need the font.
    "pdf.fonttype": 42,
    "svg.fonttype": "path",
    "svg.hashsalt": "ontogeny",
}

CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What no XML may hold."""

# Without dates, program names and versions, equal figures are equal files.
METADATA: dict[str, dict[str, None]] = {
    "pdf": {"Creator": None, "Producer": None, "CreationDate": None},
    "svg": {"Creator": None, "Date": None},
    "png": {"Software": None},
}


class Look(NamedTuple):
    """How a series is drawn.

    Attributes:
        color: Hexadecimal.
        marker: As in `Axes.plot`.
        linestyle: As in `Axes.plot`.
        filled: Whether the markers are.
    """

    color: str
    marker: str
    linestyle: str = "-"
    filled: bool = True


@contextmanager
def house() -> Iterator[None]:
    """Draw in the house style inside this context, or in the function decorated.

    >>> import matplotlib
    >>> before = matplotlib.rcParams["font.size"]
    >>> with house():
    ...     matplotlib.rcParams["axes.spines.top"]
    False
    >>> matplotlib.rcParams["font.size"] == before
    True
    """
    with matplotlib.style.context(HOUSE, after_reset=True):
        yield


def panel(height_inches: float = 2.6) -> tuple[Figure, Axes]:
    """An empty figure of one column's width with one pair of axes."""
    figure = Figure(figsize=(WIDTH_INCHES, height_inches), layout="constrained")
    return figure, figure.add_subplot()


def save(
    figure: Figure, paths: Mapping[str, str | Path] | Iterable[str | Path]
) -> None:
    """Write a figure to every path, in the format its suffix names.

    Each file is written whole or not at all; equal figures give equal bytes.

    Args:
        figure: Of this package, or any other.
        paths: Files, or a mapping whose values are; .pdf, .svg or .png.

    Raises:
        ValueError: If a suffix is none of these; nothing is written then.
        InputError: If the disk is full.
    """
    paths = paths.values() if isinstance(paths, Mapping) else paths
    formats = {Path(path): Path(path).suffix.removeprefix(".") for path in paths}
    for path, name in formats.items():
        if name not in METADATA:
            raise ValueError(f"{path}: figures are written as .pdf, .svg or .png")
    with house():
        for path, name in formats.items():
            with whole(path) as temporary:
                figure.savefig(temporary, format=name, metadata=METADATA[name])
                if name == "svg":
                    _make_well_formed(temporary)


def _make_well_formed(path: Path) -> None:
    """Take characters out of an SVG file that XML cannot hold.

    Matplotlib writes a text as it stands into a comment beside its outline, and a word
    of a corpus may have any.
    """
    text = path.read_text(encoding="utf-8")
    if CONTROLS.search(text):
        path.write_text(CONTROLS.sub("\ufffd", text), encoding="utf-8", newline="")
