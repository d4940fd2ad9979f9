"""The table behind each figure of predefined sparseness, and tables 1 to 3.

Source: 002, figures 1 to 3 and table 1; `curves`, tables 2 and 3 are of our own form.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from ontogeny.predefined import block_sizes, embedding_rows, input_segments
from ontogeny.statistics.learning import perplexity
from ontogeny.statistics.over_seeds import over_seeds
from ontogeny.studies.predefined.inputs import Inputs
from ontogeny.studies.predefined.networks import MIDDLE
from ontogeny.studies.predefined.tables import table1, table2, table3, to_markdown

PAPER_BLOCKS, PAPER_DENSITY = 3, 0.555
CELL = 25
"""Units of a cell of figure 1."""
WORDS, DIMENSIONS, ROWS = 44_000, 20, 100
"""Of figure 2: vocabulary, dimensions, and in how many rows the words are shown."""
DENSITIES = (0.1, 0.25, 0.5, 0.8)

QUANTITIES = {
    "train": "train_loss_nats",
    "valid": "valid_loss_nats",
    "test": "test_loss_nats",
    "recited": "recited_loss_nats",
}


def tabulate(inputs: Inputs, params: Any) -> dict[str, pd.DataFrame | str]:
    """The tables behind figures 1 to 3 and `curves`, tables 1 to 3, and their page.

    Args:
        inputs: Of all runs.
        params: as_in_paper, whether AWD-LSTM was trained so.
    """
    tables = {
        "table1": table1(inputs, paper=params.as_in_paper),
        "table2": table2(inputs),
        "table3": table3(inputs),
    }
    return {
        "fig1": lstm_weights(),
        "fig2": embedding_weights(),
        "fig3": accuracies(inputs),
        "curves": curves(inputs),
        **tables,
        "tables": to_markdown(**tables),
    }


def lstm_weights() -> pd.DataFrame:
    """Where the sparse middle layer of the paper's AWD-LSTM has weights (figure 1).

    Returns:
        Columns matrix (W_hh, W_hi), row and column (first unit of a cell of 25 × 25),
        trained (share of it); of one gate, for the others are alike.
    """
    units = MIDDLE[1]
    ends = np.cumsum([0, *block_sizes(units, PAPER_BLOCKS)])
    blocks = list(pairwise(ends))
    segments = input_segments(units, PAPER_BLOCKS, PAPER_DENSITY)
    tables = []
    for name, columns in (("W_hh", blocks), ("W_hi", segments)):
        mask = np.zeros((units, units))
        for (top, bottom), (left, right) in zip(blocks, columns, strict=True):
            mask[top:bottom, left:right] = 1
        cells = units // CELL
        share = mask.reshape(cells, CELL, cells, CELL).mean(axis=(1, 3))
        row, column = np.indices(share.shape) * CELL
        tables.append(
            pd.DataFrame(
                {
                    "matrix": name,
                    "row": row.ravel(),
                    "column": column.ravel(),
                    "trained": share.ravel(),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def embedding_weights() -> pd.DataFrame:
    """Where sparse embeddings of several densities have weights (figure 2).

    Returns:
        Columns density, word (rank of the first of 440), dimension (from 0), trained
        (share of them).
    """
    step = WORDS // ROWS
    word, dimension = np.meshgrid(
        np.arange(0, WORDS, step), np.arange(DIMENSIONS), indexing="ij"
    )
    tables = []
    for density in DENSITIES:
        rows = embedding_rows(WORDS, DIMENSIONS, density)
        share = np.clip((rows[dimension] - word) / step, 0, 1)
        tables.append(
            pd.DataFrame(
                {
                    "density": density,
                    "word": word.ravel(),
                    "dimension": dimension.ravel(),
                    "trained": share.ravel(),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def accuracies(inputs: Inputs) -> pd.DataFrame:
    """Test accuracy by embedding parameters (figure 3).

    Returns:
        Columns variant, hidden, kind, order, blocks, width, embedding_parameters,
        parameters, accuracy_percent (mean over seeds), stdev (of seeds; NaN of one),
        seeds.
    """
    columns = ["variant", "hidden", "kind", "order", "blocks", "width"]
    columns += ["embedding_parameters", "parameters"]
    found = [*columns, "accuracy_percent", "stdev", "seeds"]
    if inputs.taggers.empty:
        return pd.DataFrame(columns=found).astype(float)
    table = inputs.taggers.assign(percent=100 * inputs.taggers["test_accuracy"])
    grouped = table.groupby(columns, sort=False)["percent"]
    return grouped.agg(["mean", "std", "count"]).reset_index().set_axis(found, axis=1)


def curves(inputs: Inputs) -> pd.DataFrame:
    """Perplexity of the language models by epoch.

    Returns:
        Columns task, variant, stage, quantity (train: in training mode, mean over the
        epoch; valid; test; recited: the training text, in evaluation mode), epoch,
        value (mean over seeds), value_min, value_max, seeds.
    """
    keys = ["task", "variant", "stage", "quantity", "epoch"]
    rows = []
    for (task, variant, seed), table in inputs.curves.items():
        for quantity, column in QUANTITIES.items():
            if column not in table:
                continue
            known = table[table[column].notna()]
            rows.append(
                pd.DataFrame(
                    {
                        "task": task,
                        "variant": variant,
                        "stage": known["stage"],
                        "quantity": quantity,
                        "epoch": known["epoch"],
                        "value": known[column].map(perplexity),
                        "seed": seed,
                    }
                )
            )
    if not rows:
        columns = [*keys, "value", "value_min", "value_max", "seeds"]
        return pd.DataFrame(columns=columns).astype(float)
    table = pd.concat(rows, ignore_index=True)
    return over_seeds(table, keys, mean=["value"], spread=["value"])
