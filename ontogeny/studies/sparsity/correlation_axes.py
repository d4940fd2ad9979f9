"""Panels of correlations over epochs, and what is said where there are none."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from ontogeny.plots.parts import epochs_axis, say
from ontogeny.plots.style import FAINT
from ontogeny.studies.sparsity.tables import MIN_WORDS


def correlation_axes(axes: Axes, table: pd.DataFrame, label: str) -> None:
    """Label and limit the axes of correlations by epoch, once these are drawn.

    If the table holds none at all, a sentence in the panel says why.
    """
    axes.axhline(0, color=FAINT, linewidth=0.6, zorder=0.5)
    axes.set_ylabel(label)
    epochs_axis(axes, table["epoch"])
    if table["pearson"].notna().any():
        low, high = axes.get_ylim()
        axes.set_ylim(max(-1.03, min(low, -0.12)), min(1.03, max(high, 0.12)))
        return
    axes.set_ylim(-1, 1)
    words = most_words(table)
    say(
        axes,
        f"too few words for a correlation:\n{words:,} of at least {MIN_WORDS}"
        if words < MIN_WORDS
        else "no correlation is defined:\nthe measure is the same for all words",
    )


def missing_lines(series: Mapping[str, pd.DataFrame]) -> list[str]:
    """Which lines of a figure are missing and why, if not all are.

    Args:
        series: By label, the rows of a line.
    """
    missing = {k: rows for k, rows in series.items() if rows["pearson"].isna().all()}
    if len(missing) == len(series):
        return []
    few = [
        f"{label} ({most_words(rows):,})"
        for label, rows in missing.items()
        if most_words(rows) < MIN_WORDS
    ]
    alike = [k for k, rows in missing.items() if most_words(rows) >= MIN_WORDS]
    sentences = []
    if few:
        listed = "; ".join(few)
        sentences.append(f"Fewer than {MIN_WORDS} words, no correlation: {listed}.")
    if alike:
        sentences.append(f"The same for all words, no correlation: {'; '.join(alike)}.")
    return sentences


def most_words(rows: pd.DataFrame) -> int:
    """The number of words behind these correlations, at the epoch with most."""
    return int(rows["words"].max()) if len(rows) else 0
