"""Gates of the language model that studies 000 and 001 share: of all its LSTMs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ontogeny.measures.gates import spread_while_reading
from ontogeny.studies.structured.measuring import spread_table
from ontogeny.studies.structured.texts import gate_block
from ontogeny.training.recipe import Recipe
from ontogeny.training.weights import load_weights


def spreads_by_epoch(
    recipe: Recipe, weights: Sequence[str], ids: np.ndarray, types: int
) -> pd.DataFrame:
    """Spread of every gate at every epoch, on the same tokens.

    Args:
        recipe: Of the training, which says the model.
        weights: A checkpoint of each epoch.
        ids: Of the words that are read, shape (words,).
        types: Size of the vocabulary.

    Returns:
        Columns epoch, layer (from 1), gate, unit, spread; without a row where the model
        has no LSTM that can be read.
    """
    model, block, found = recipe.model(types), gate_block(ids), []
    for path in weights:
        epoch, _ = load_weights(model, path)
        table = spread_table(spread_while_reading(model, [block]).values())
        table.insert(0, "epoch", epoch)
        found.append(table)
    return pd.concat(found, ignore_index=True)
