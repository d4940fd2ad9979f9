"""From what the config says of a variant to its training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pandas as pd

from ontogeny.studies.structured.networks import Sizes
from ontogeny.studies.structured.pruned import Pruning, left_of
from ontogeny.studies.structured.pruned_training import train_pruned
from ontogeny.training.recipe import Recipe


def train_variant(
    settings: Mapping[str, Any],
    *,
    splits: Mapping[str, np.ndarray],
    types: int,
    variant: str,
    pruned: str,
    **run: Any,
) -> pd.DataFrame:
    """`train_pruned` by what the config says of a variant.

    Args:
        settings: See `ontogeny.studies.structured.settings.Task.of`.
        splits: See `train_pruned`.
        types: Size of the vocabulary.
        variant: Its name; "narrow" and "mask" take their sizes from `pruned`.
        pruned: Weights that W+G+N ended with.
        **run: The rest of `train_pruned`'s arguments.
    """
    sizes, density = sizes_of(settings, types), None
    if variant in ("narrow", "mask"):
        hidden, density = left_of(sizes, pruned)
    if variant == "narrow":
        sizes, density = replace(sizes, hidden=hidden), None
    pruning = Pruning(**settings["pruning"])
    return train_pruned(
        recipe_of(settings), sizes, pruning, splits, density=density, **run
    )


def sizes_of(settings: Mapping[str, Any], types: int) -> Sizes:
    """The network's sizes in a variant's settings.

    Args:
        settings: See `train_variant`.
        types: Size of the vocabulary.
    """
    keys = ("kind", "embedding", "hidden", "layers", "dropout", "bound")
    return Sizes(types=types, classes=types, **{key: settings[key] for key in keys})


def recipe_of(settings: Mapping[str, Any]) -> Recipe:
    """The training's recipe in a variant's settings.

    Args:
        settings: See `train_variant`.
    """
    keys = {field.name for field in fields(Recipe)} & set(settings)
    return Recipe(
        **{key: settings[key] for key in keys},
        schedule="after_epochs" if settings["divide_after"] else "constant",
    )
