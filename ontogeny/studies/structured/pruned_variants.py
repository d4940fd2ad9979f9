"""From what the config says of a variant to its training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ontogeny.corpus.encoding import load_splits
from ontogeny.corpus.filtering import START
from ontogeny.disk.files import read_table
from ontogeny.studies.structured.names import TAKES_SIZES
from ontogeny.studies.structured.pruned import Pruning, left_of
from ontogeny.studies.structured.pruned_training import train_pruned
from ontogeny.studies.structured.recipes import recipe_of, sizes_of


def read(files: Any, variants: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What `train_variant` reads, of a job's files.

    Args:
        files: train, valid, test, vocabulary.
        variants: Their settings.
    """
    types = len(read_table(files.vocabulary))
    return {"splits": load_splits(files), "types": types, "start": START}


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
        settings: See `ontogeny.studies.structured.task.Task.of`.
        splits: See `train_pruned`.
        types: Size of the vocabulary.
        variant: Its name; "narrow" and "mask" take their sizes from `pruned`.
        pruned: Weights that W+G+N ended with.
        **run: The rest of `train_pruned`'s arguments.
    """
    sizes, density = sizes_of(settings, types), None
    if variant in TAKES_SIZES:
        left_by = Pruning(**settings["pruned_by"])
        hidden, density = left_of(sizes, left_by, pruned)
    if variant == "narrow":
        sizes, density = replace(sizes, hidden=hidden), None
    pruning = Pruning(**settings["pruning"])
    return train_pruned(
        recipe_of(settings), sizes, pruning, splits, density=density, **run
    )
