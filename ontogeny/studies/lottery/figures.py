"""The table behind each figure of lottery tickets, tables A1 to A3, and their pages."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ontogeny.studies.lottery.beside_nulls import beside_nulls
from ontogeny.studies.lottery.heatmap_tables import squares
from ontogeny.studies.lottery.inputs import Inputs
from ontogeny.studies.lottery.line_tables import (
    alignment,
    drift,
    layer_lines,
    module_lines,
    quality_table,
)
from ontogeny.studies.lottery.names import SHOWN
from ontogeny.studies.lottery.probe_control import without_structure
from ontogeny.studies.lottery.probe_pages import LINEAR, MLP, beside_paper
from ontogeny.studies.lottery.probe_pages import to_markdown as probes_to_markdown
from ontogeny.studies.lottery.probe_tables import (
    best_scores,
    group_layers,
    knowledge,
    selectivity,
    task_layers,
)
from ontogeny.studies.lottery.probed import Probed
from ontogeny.studies.lottery.spread_tables import (
    category_table,
    match_shares,
    variance_shares,
)
from ontogeny.studies.lottery.tables import table_a1, to_markdown


def tabulate(inputs: Inputs, params: Any) -> dict[str, pd.DataFrame | str]:
    """The tables behind all figures, tables A1 to A3, similarities; their pages.

    Args:
        inputs: Of all runs.
        params: seeds, runs, measured, prunings_at_once, layers, chains; none is asked
            for here, for the tables say what there is.
    """
    layers, maps = inputs.layers, inputs.attention
    full: dict[str, Any] = {"chains": ["magnitude"], "shown": SHOWN}
    a1, similarities = table_a1(inputs), beside_nulls(inputs)
    return {
        "bleu": quality_table(inputs),
        **tabulate_probes(Probed.of(inputs), without_structure(inputs)),
        "fig4": layer_lines(inputs, "NeuronSim", "decoder"),
        "fig5": squares(layers, ["encoder"]),
        "fig6": squares(maps, ["encoder_self"]),
        "figa1": module_lines(inputs.modules, ("fc",)),
        "figa2": module_lines(inputs.modules, ("self", "cross")),
        "figa4": match_shares(inputs.matches),
        "figa5": layer_lines(inputs, "LayerSim", "decoder"),
        "figa6": squares(layers, ["decoder"]),
        "figa7": variance_shares(inputs.variances),
        "figa8": squares(maps, ["cross", "decoder_self"]),
        "figa9": squares(layers, ["encoder", "decoder"], **full),
        "figa10": squares(maps, ["encoder_self", "cross"], **full),
        "figa11": squares(maps, ["decoder_self"], **full),
        "drift": drift(inputs),
        "alignment": alignment(inputs),
        "categories": category_table(inputs.categories),
        "table_a1": a1,
        "similarities": similarities,
        "tables": to_markdown(inputs, a1, similarities),
    }


def tabulate_probes(
    probed: Probed, control: pd.DataFrame
) -> dict[str, pd.DataFrame | str]:
    """Of these, what is told of probes.

    Args:
        probed: What was probed.
        control: Of `without_structure`.
    """
    linear, mlp = (best_scores(probed, probe) for probe in ("linear", "mlp"))
    a2, a3 = beside_paper(linear, LINEAR), beside_paper(mlp, MLP)
    known, selective = knowledge(probed), selectivity(probed)
    return {
        "fig1": linear,
        "fig2": mlp,
        "fig3": group_layers(probed, ("syntax", "semantics")),
        "figa3": task_layers(probed, "pos"),
        "knowledge": known,
        "selectivity": selective,
        "table_a2": a2,
        "table_a3": a3,
        "probes": probes_to_markdown(probed, a2, a3, known, selective, control),
    }
