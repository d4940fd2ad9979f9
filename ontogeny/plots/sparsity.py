"""Figures 2 to 5 of the sparsity paper, and its checks (Saphra & Lopez, 2019).

Each function draws a table of `ontogeny.sparsity.figures`; `note` is small
print below the figure, such as corpus, split and seeds.
"""

from __future__ import annotations

from collections.abc import Callable

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.plots import style
from ontogeny.sparsity.tables import MIN_WORDS

SYMBOLS = {
    ("activation", "embedding"): r"$h^e$",
    ("activation", "lstm1"): r"$h^1$",
    ("activation", "lstm2"): r"$h^2$",
    ("gradient", "embedding"): r"$\bar{h}^e$",
    ("gradient", "lstm1"): r"$\bar{h}^1$",
    ("gradient", "lstm2"): r"$\bar{h}^2$",
    ("gradient", "logits"): r"$\bar{x}$",
}
SITE_STYLES = {
    "embedding": (style.ORANGE, "o"),
    "lstm1": (style.GREEN, "s"),
    "lstm2": (style.BLUE, "^"),
}
QUANTITY_LINES = {"activation": "-", "gradient": "--"}
CLASS_STYLES = {
    "open": (style.ORANGE, "o"),
    "closed": (style.BLUE, "s"),
    "neither": (style.GREY, "x"),
}
MOST_LABELS = 45
"""More words than this and figure 2 names only some."""


def figure2(table: pd.DataFrame, *, note: str = "") -> Figure:
    """Mean χ(h̄²) of each frequent target word at every epoch, as a heat map.

    Words are sorted from the most frequent (bottom) to the least (top).
    """
    with mpl.rc_context(style.RC):
        figure, axes = style.panel(6.4, 4.6)
        axes.set_title(r"Mean sparsity $\chi(\bar{h}^2)$ of frequent target words")
        style.epochs_axis(axes, table["epoch"])
        if table.empty:
            style.say(axes, "no word is frequent enough for this figure")
            axes.set_yticks([])
        else:
            _heat_map(figure, axes, table)
        style.under(figure, note)
    return figure


def _heat_map(figure: Figure, axes: Axes, table: pd.DataFrame) -> None:
    grid = table.pivot(index="rank", columns="epoch", values="concentration")
    words = table.drop_duplicates("rank").set_index("rank").loc[grid.index]
    image = axes.pcolormesh(
        grid.columns, np.arange(len(grid)), grid.to_numpy(), cmap="cividis"
    )
    bar = figure.colorbar(image, ax=axes)
    bar.set_label(r"$\chi(\bar{h}^2)=\|\bar{h}^2\|_2/\|\bar{h}^2\|_1$ (dimensionless)")
    named = np.arange(0, len(grid), -(-len(grid) // MOST_LABELS))
    axes.set_yticks(named, words["word"].iloc[named], fontsize=6)
    some = "" if len(named) == len(grid) else f", {len(named)} of them named"
    least = words["count"].min()
    axes.set_ylabel(
        f"{len(grid)} words met {least:,} times or more{some}\nless frequent  →"
        if least
        else ""
    )
    axes.set_xlim(grid.columns.min() - 0.5, grid.columns.max() + 0.5)
    style.rescalings(axes, _rescaled(table))


def figure3a(table: pd.DataFrame, *, note: str = "") -> Figure:
    """ρ←: correlation of χ with the *target* word's frequency, by layer."""
    title = "Sparsity of the layers and frequency of the target word"
    return _figure3(table, title, r"$\rho_{\leftarrow}$", note)


def figure3b(table: pd.DataFrame, *, note: str = "") -> Figure:
    """ρ→: correlation of χ with the *input* word's frequency, by layer."""
    title = "Sparsity of the layers and frequency of the input word"
    return _figure3(table, title, r"$\rho_{\rightarrow}$", note)


def _figure3(table: pd.DataFrame, title: str, symbol: str, note: str) -> Figure:
    with mpl.rc_context(style.RC):
        figure, axes = style.panel()
        axes.set_title(title)
        for (quantity, site), label in SYMBOLS.items():
            rows = table[(table["quantity"] == quantity) & (table["site"] == site)]
            if len(rows):
                colour, marker = SITE_STYLES[site]
                line = QUANTITY_LINES[quantity]
                kind = "activation" if quantity == "activation" else "gradient"
                _line(axes, rows, f"{label}  {kind}", colour, marker, line)
        _correlation_axes(axes, table, symbol)
        style.legend_beside(axes)
        style.under(figure, _small_print(table, note))
    return figure


def figure4(table: pd.DataFrame, *, note: str = "") -> Figure:
    """ρ←(h̄²) over open and closed classes, and over matched samples of them."""
    styles = {
        "open": (style.ORANGE, "o", "-"),
        "closed": (style.BLUE, "s", "-"),
        "open matched": (style.ORANGE, "o", "--"),
        "closed matched": (style.BLUE, "s", "--"),
    }
    with mpl.rc_context(style.RC):
        figure, axes = style.panel()
        axes.set_title(r"$\rho_{\leftarrow}(\bar{h}^2)$ by word class")
        remarks = []
        for subset, (colour, marker, line) in styles.items():
            rows = table[table["subset"] == subset]
            if rows.empty:
                continue
            first = rows.iloc[0]
            label, remark = _subset_words(subset, first)
            remarks += remark
            _line(axes, rows, label, colour, marker, line)
        _correlation_axes(axes, table, r"$\rho_{\leftarrow}(\bar{h}^2)$")
        style.legend_beside(axes)
        style.under(figure, "\n".join([_small_print(table, note), *remarks]))
    return figure


def _subset_words(subset: str, first: pd.Series) -> tuple[str, list[str]]:
    """Legend entry of a class, and what is to be said about a matched sample."""
    words = f"{first['subset_words']:,} words"
    if pd.isna(first["requested_words"]):
        return f"{subset} ({words})", []
    requested = int(first["requested_words"])
    if first["subset_words"] < requested:
        words = f"{first['subset_words']:,} of {requested:,} words: a class has no more"
    remark = (
        f"{subset}: {first['subset_words']:,} words met "
        f"{first['mean_count']:,.0f} ± {first['sd_count']:,.0f} times in training"
    )
    return f"{subset.replace(' ', ', ')}\n({words})", [remark]


def figure5(table: pd.DataFrame, *, note: str = "") -> Figure:
    """Mean χ(h̄²) of each word after the last epoch, against its frequency."""
    with mpl.rc_context(style.RC):
        figure, axes = style.panel()
        last = f" after epoch {table['epoch'].iloc[0]}" if len(table) else ""
        axes.set_title(r"Mean sparsity $\chi(\bar{h}^2)$ of target words" + last)
        for name in ("neither", "open", "closed"):
            rows = table[table["word_class"] == name]
            colour, marker = CLASS_STYLES[name]
            filled = {} if marker == "x" else {"edgecolors": "black"}
            axes.scatter(
                rows["count"],
                rows["concentration"],
                s=14,
                c=colour,
                marker=marker,
                linewidths=0.7 if marker == "x" else 0.3,
                label=f"{name} ({len(rows):,} words)",
                **filled,
            )
        if table.empty:
            style.say(axes, "no word is frequent enough for this figure")
        axes.set_xscale("log")
        axes.set_xlabel("occurrences in the training split")
        axes.set_ylabel(r"mean $\chi(\bar{h}^2)$ (dimensionless)")
        style.legend_beside(axes, title="word class")
        style.under(figure, note)
    return figure


def checks(table: pd.DataFrame, *, note: str = "") -> Figure:
    """§4: is ρ←(h̄²) explained by small gradients, or by sparse logits?"""
    lines = {
        ("concentration", "lstm2"): (r"$\chi(\bar{h}^2)$", style.BLUE, "^", "--"),
        ("l1", "lstm2"): (r"$\|\bar{h}^2\|_1$", style.VERMILION, "v", "-"),
        ("concentration", "logits"): (r"$\chi(\bar{x})$", style.SKY, "D", "-."),
    }
    with mpl.rc_context(style.RC):
        figure, axes = style.panel()
        axes.set_title("What could explain concentrated gradients (§4)")
        for (measure, site), (label, *look) in lines.items():
            rows = table[(table["measure"] == measure) & (table["site"] == site)]
            if len(rows):
                _line(axes, rows, label, *look)
        _correlation_axes(axes, table, "correlation with target frequency")
        axes.axhline(
            -0.1, color="black", linewidth=0.7, linestyle=":", label="−0.1 (the paper)"
        )
        style.legend_beside(axes)
        style.under(figure, _small_print(table, note))
    return figure


def _line(
    axes: Axes, rows: pd.DataFrame, label: str, colour: str, marker: str, line: str
) -> None:
    """Mean over seeds as a line, their range as a band; a gap where it is NaN."""
    if rows["pearson"].isna().all():
        label = f"{label}\ntoo few words: {rows['words'].max()} of {MIN_WORDS}"
    axes.plot(
        rows["epoch"],
        rows["pearson"],
        color=colour,
        marker=marker,
        linestyle=line,
        markerfacecolor=colour if line == "-" else "white",
        markevery=max(1, len(rows) // 12),
        label=label,
    )
    axes.fill_between(
        rows["epoch"],
        rows["pearson_min"],
        rows["pearson_max"],
        color=colour,
        alpha=0.18,
        linewidth=0,
    )


def _correlation_axes(axes: Axes, table: pd.DataFrame, symbol: str) -> None:
    style.epochs_axis(axes, table["epoch"])
    axes.set_ylabel(f"{symbol} (Pearson's r)")
    axes.axhline(0, color="black", linewidth=0.6, zorder=0)
    style.rescalings(axes, _rescaled(table))
    if table["pearson"].isna().all():
        words = table["words"].max() if len(table) else 0
        style.say(
            axes, f"too few words for a correlation: {words} of at least {MIN_WORDS}"
        )
        axes.set_ylim(-1, 1)


def _rescaled(table: pd.DataFrame) -> list[int]:
    return sorted(table.loc[table["rescaled"] > 0, "epoch"].unique())


def _small_print(table: pd.DataFrame, note: str) -> str:
    several = len(table) and table["seeds"].max() > 1
    return f"{note}; bands: lowest to highest seed" if several else note


FIGURES: dict[str, Callable[..., Figure]] = {
    "fig2": figure2,
    "fig3a": figure3a,
    "fig3b": figure3b,
    "fig4": figure4,
    "fig5": figure5,
    "checks": checks,
}
