"""The tables behind the figures of structured sparsification, and tables 1 and 2.

Whatever a figure draws or says is a column; plotting computes nothing.

Source: Lobacheva et al. (2020), tables 1 and 2, figures 4 to 7.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from ontogeny.studies.structured.dense_gates import dense_gate_table
from ontogeny.studies.structured.fronts import front_table, sweep_table
from ontogeny.studies.structured.grids import grid_table, lag_table
from ontogeny.studies.structured.inputs import Inputs
from ontogeny.studies.structured.roles import tasks_of
from ontogeny.studies.structured.structures import structure_table
from ontogeny.studies.structured.tables import result_page, result_table

BAYES = ("imdb", "agnews", "char", "word")
# The paper shows those whose structures are most visible.
BAYES_W = ("imdb", "word")
PRUNED = ("small", "large")


def tabulate(inputs: Inputs, params: Any) -> dict[str, pd.DataFrame | str]:
    """The tables behind all figures, and tables 1 and 2, also as pages.

    Args:
        inputs: Of all tasks and seeds.
        params: tasks.

    Returns:
        By name: fig4 to fig7, structures, gates, front, sweep; table1, table2 and, as
        Markdown, table1_md, table2_md.
    """
    tasks = tasks_of(params)
    table1 = result_table(inputs, tasks, "pruning")
    table2 = result_table(inputs, tasks, "bayes")
    return {
        "fig4": grid_table(inputs, tasks, "wgn", BAYES),
        "fig5": lag_table(inputs, tasks),
        "fig6": grid_table(inputs, tasks, "w", BAYES_W),
        "fig7": grid_table(inputs, tasks, "wgn", PRUNED),
        "structures": structure_table(inputs, tasks),
        "gates": dense_gate_table(inputs, tasks),
        "front": front_table(inputs, tasks),
        "sweep": sweep_table(inputs, tasks),
        "table1": table1,
        "table1_md": result_page(table1, tasks, "pruning"),
        "table2": table2,
        "table2_md": result_page(table2, tasks, "bayes"),
    }
