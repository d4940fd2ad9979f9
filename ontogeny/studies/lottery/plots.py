"""Figures of lottery tickets, from the tables of `figures`.

Source: 003, figures 1 to 6 and A1 to A11; `bleu`, `drift`, `alignment`, `categories`,
`knowledge` and `selectivity` are our own.
"""

from __future__ import annotations

from ontogeny.studies.lottery import (
    heatmaps,
    line_plots,
    probe_maps,
    probe_plots,
    spread_plots,
)

FIGURES = {
    "bleu": line_plots.quality,
    "fig1": probe_maps.best,
    "fig2": probe_maps.best,
    "fig3": probe_maps.groups,
    "fig4": line_plots.layers,
    "fig5": heatmaps.layer_maps,
    "fig6": heatmaps.attention_maps,
    "figa1": line_plots.modules,
    "figa2": line_plots.modules,
    "figa3": probe_maps.one_task,
    "figa4": spread_plots.matches,
    "figa5": line_plots.layers,
    "figa6": heatmaps.layer_maps,
    "figa7": spread_plots.variances,
    "figa8": heatmaps.attention_maps,
    "figa9": heatmaps.all_layers,
    "figa10": heatmaps.all_attention,
    "figa11": heatmaps.all_attention,
    "drift": line_plots.drift,
    "alignment": line_plots.alignment,
    "categories": spread_plots.categories,
    "knowledge": probe_plots.knowledge,
    "selectivity": probe_plots.selectivity,
}
