"""Figures of the sparsity paper, from the tables of `figures`.

Source: Saphra & Lopez (2019), arXiv:1908.01817, figures 2 to 5 and §4.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from matplotlib.figure import Figure

from ontogeny.plots.parts import (
    interval,
    intervals_over,
    legend_above,
    line,
    note_below,
    rescalings,
    seeds_band,
)
from ontogeny.plots.steps import over_steps
from ontogeny.plots.style import BLUE, INK, ORANGE, Look, house, panel
from ontogeny.studies.sparsity.correlation_axes import (
    correlation_axes,
    missing_lines,
    most_words,
)
from ontogeny.studies.sparsity.word_plots import figure2, figure5

__all__ = [
    "FIGURES",
    "checks",
    "figure2",
    "figure3a",
    "figure3b",
    "figure4",
    "figure5",
]

# Solid and filled: activations; dashed and hollow: gradients.
LAYERS = {
    ("activation", "embedding"): (r"$h^e$", Look(ORANGE, "^")),
    ("gradient", "embedding"): (r"$\bar{h}^e$", Look(ORANGE, "^", "--", False)),
    ("activation", "h1"): (r"$h^1$", Look(BLUE, "s")),
    ("gradient", "h1"): (r"$\bar{h}^1$", Look(BLUE, "s", "--", False)),
    ("activation", "h2"): (r"$h^2$", Look(INK, "o")),
    ("gradient", "h2"): (r"$\bar{h}^2$", Look(INK, "o", "--", False)),
}

# Solid and filled: every word of the class; dashed and hollow: a sample.
SUBSETS = {
    "open": ("open", Look(BLUE, "o")),
    "closed": ("closed", Look(INK, "s")),
    "open matched": ("open, matched", Look(BLUE, "o", "--", False)),
    "closed matched": ("closed, matched", Look(INK, "s", "--", False)),
}

CHECKS = {
    ("concentration", "h2"): (r"$\chi(\bar{h}^2)$", Look(INK, "o")),
    ("l1", "h2"): (r"$\|\bar{h}^2\|_1$", Look(BLUE, "s", "--", False)),
    ("concentration", "logits"): (r"$\chi(\bar{x})$", Look(ORANGE, "^", "-.")),
}
BOUND = -0.1


def figure3a(table: pd.DataFrame, note: str = "") -> Figure:
    """ρ← by epoch: concentration of every layer and the target's frequency.

    Solid lines are activations hᵉ h¹ h², dashed ones gradients h̄ᵉ h̄¹ h̄²; light
    bands are 95 % intervals over words, darker ones reach from the lowest to the
    highest seed; vertical dashed lines are epochs
    after which the step size was rescaled. Too few words: a sentence instead.

    Args:
        table: Of `figures.figure3`; columns quantity, site, epoch,
            pearson, pearson_min, pearson_max, low, high, words, seeds, rescaled.
        note: Small text under the figure.

    Source: figure 3a.
    """
    return _layers(table, note, r"\rho_{\leftarrow}", "target")


def figure3b(table: pd.DataFrame, note: str = "") -> Figure:
    """ρ→ by epoch: concentration of every layer and the input's frequency.

    Drawn as `figure3a`, from the same columns.

    Source: figure 3b.
    """
    return _layers(table, note, r"\rho_{\rightarrow}", "input")


@house()
def figure4(table: pd.DataFrame, note: str = "") -> Figure:
    """ρ←(h̄²) by epoch for open and closed classes, and for matched samples.

    Solid lines are all words of a class, dashed ones the samples alike in
    frequency; light bands are 95 % intervals over words. The legend has the number of
    words correlated, the text below the samples' counts, and says so if they are
    smaller than asked for.

    Args:
        table: Of `figures.figure4`; columns as in `figure3a`, with
            subset, subset_words, requested_words, mean_count and sd_count.
        note: Small text under the figure.

    Source: figure 4.
    """
    figure, axes = panel(3.2)
    lines, series = [], {}
    for subset, (name, look) in SUBSETS.items():
        rows = series[name] = table[table["subset"] == subset]
        interval(axes, rows, look)
        label = f"{name} ({_number_of_words(rows)})"
        lines.append(line(axes, rows, label, look, value="pearson"))
    extra = [*rescalings(axes, table), *seeds_band(table)]
    symbol = r"$\rho_{\leftarrow}(\bar{h}^2)$"
    label = f"{symbol}: Pearson correlation\n" r"of $\chi$ and target frequency"
    correlation_axes(axes, table, label)
    legend_above(figure, [*lines[:2], *extra[:1], *lines[2:], *extra[1:]], 2)
    light = f"Light bands: {intervals_over('words', table)}"
    light *= bool(table["low"].notna().any())
    note_below(figure, note, light, *missing_lines(series), *_samples(table))
    return figure


@house()
def checks(table: pd.DataFrame, note: str = "") -> Figure:
    """What could explain ρ←(h̄²), by epoch: the gradient's size, the logits'.

    Correlations with target frequency of χ(h̄²), ‖h̄²‖₁ and χ(x̄), with the
    paper's bound on the second: it stays above −0.1.

    Args:
        table: Of `figures.checks`; columns as in `figure3a`, with
            measure.
        note: Small text under the figure.

    Source: §4, "Potential Explanations".
    """
    figure, axes = panel(2.8)
    lines, series = [], {}
    for (measure, site), (name, look) in CHECKS.items():
        rows = (table["measure"] == measure) & (table["site"] == site)
        series[name] = table[rows]
        lines.append(line(axes, series[name], name, look, value="pearson"))
    bound = axes.axhline(
        BOUND,
        color=BLUE,
        linewidth=0.7,
        linestyle=":",
        label=rf"paper: $\|\bar{{h}}^2\|_1$ above $-${-BOUND}",
    )
    extra = [bound, *rescalings(axes, table), *seeds_band(table)]
    correlation_axes(axes, table, "Pearson correlation with\ntarget word frequency")
    legend_above(figure, [*lines, *extra], 2)
    note_below(figure, note, *missing_lines(series))
    return figure


@house()
def _layers(table: pd.DataFrame, note: str, symbol: str, role: str) -> Figure:
    figure, axes = panel(2.8)
    lines, series = [], {}
    for (quantity, site), (name, look) in LAYERS.items():
        rows = (table["quantity"] == quantity) & (table["site"] == site)
        series[name] = table[rows]
        interval(axes, series[name], look)
        lines.append(line(axes, series[name], name, look, value="pearson"))
    extra = [*rescalings(axes, table), *seeds_band(table)]
    label = f"${symbol}$: Pearson correlation\n" rf"of $\chi$ and {role} frequency"
    correlation_axes(axes, table, label)
    legend_above(figure, [*lines, *extra], (len(lines) + len(extra) + 1) // 2)
    kinds = "Solid: activations; dashed: gradients."
    if table["low"].notna().any():
        kinds += f" Light bands: {intervals_over('words', table)}"
    note_below(figure, note, kinds, *missing_lines(series))
    return figure


def _number_of_words(rows: pd.DataFrame) -> str:
    words = most_words(rows)
    requested = rows["requested_words"].max()
    if pd.notna(requested) and words < requested:
        return f"{words:,} of {int(requested):,} words"
    return f"{words:,} words"


def _samples(table: pd.DataFrame) -> list[str]:
    """How alike the matched samples are, and whether they are smaller than asked."""
    samples = table[table["requested_words"].notna()].drop_duplicates("subset")
    if samples.empty or (samples["subset_words"] == 0).any():
        return ["No matched samples: a class has no words."]
    columns = (samples[name] for name in ("subset", "mean_count", "sd_count"))
    alike = ", ".join(
        f"{subset.removesuffix(' matched')} {mean:,.0f} ± {sd:,.0f}"
        for subset, mean, sd in zip(*columns, strict=True)
    )
    sentences = [f"Matched samples, training counts (mean ± sd): {alike}."]
    first = samples.iloc[0]
    if first["subset_words"] < first["requested_words"]:
        sentences.append(
            f"{int(first['requested_words']):,} words were asked for in each; "
            f"the smaller class has {first['subset_words']:,}."
        )
    return sentences


FIGURES: dict[str, Callable[..., Figure]] = {
    "fig2": figure2,
    "fig3a": figure3a,
    "fig3b": figure3b,
    "fig4": figure4,
    "fig5": figure5,
    "checks": checks,
    "early3a": over_steps(figure3a),
    "early3b": over_steps(figure3b),
    "early4": over_steps(figure4),
}
