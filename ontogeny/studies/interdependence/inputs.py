"""The tables that figures and claims of interdependence are made of."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from ontogeny.disk.files import read_by_seed

DRAWN = [
    "epoch",
    "sentence",
    "distance",
    "tree_distance",
    "left_class",
    "right_class",
    "interdependence",
]
"""The columns of pairs that figures need: words' frequencies are left out."""


class Inputs(NamedTuple):
    """What was measured, by seed.

    Attributes:
        pairs: Of the model's best epoch.
        errors: Of `measuring`, of that epoch.
        curves: Of the models' training.
        epochs: Pairs at every epoch; None where nothing asks for them.
    """

    pairs: dict[int, pd.DataFrame]
    errors: dict[int, pd.DataFrame]
    curves: dict[int, pd.DataFrame]
    epochs: dict[int, pd.DataFrame] | None = None


def read(files: Any, params: Any) -> Inputs:
    """Read what was measured.

    Args:
        files: pairs, errors and curves and, for figures, epochs: a file per seed.
        params: seeds of the models, in the files' order.

    Raises:
        InputError: If a file is missing or damaged.
    """
    epochs = files.get("epochs")
    return Inputs(
        read_by_seed(files.pairs, params.seeds, DRAWN if epochs else None),
        read_by_seed(files.errors, params.seeds),
        read_by_seed(files.curves, params.seeds),
        read_by_seed(epochs, params.seeds, DRAWN) if epochs else None,
    )
