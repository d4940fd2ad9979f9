"""From what the config says of a variant to its training by variational dropout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
import torch

from ontogeny.studies.structured.bayes_training import Posterior, train_bayesian
from ontogeny.studies.structured.encoded import read_text
from ontogeny.studies.structured.material import material_of
from ontogeny.studies.structured.recipes import recipe_of, sizes_of
from ontogeny.studies.structured.texts import Text


def read(files: Any, variants: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What `train_variant` reads, of a job's files.

    Args:
        files: See `ontogeny.studies.structured.encoded.read_text`.
        variants: Their settings.
    """
    return {"text": read_text(files, variants)}


def train_variant(
    settings: Mapping[str, Any],
    *,
    text: Text,
    variant: str,
    pruned: str,
    seed: int,
    **run: Any,
) -> pd.DataFrame:
    """`train_bayesian` by what the config says of a variant.

    Args:
        settings: See `ontogeny.studies.structured.task.Task.of`.
        text: What is learned from.
        variant: Its name; the settings say all of it.
        pruned: Nothing here takes its sizes from another variant.
        seed: Of the training and of the order of batches.
        **run: The rest of `train_bayesian`'s arguments.
    """
    sizes = replace(sizes_of(settings, text.types), classes=text.classes)
    make = partial(
        material_of,
        text,
        batch=settings["batch"],
        window=settings["window"],
        seed=seed,
    )
    vectors = None if text.vectors is None else torch.from_numpy(text.vectors)
    posterior = Posterior(**settings["posterior"])
    recipe = replace(recipe_of(settings), optimiser="adam")
    return train_bayesian(
        recipe, sizes, posterior, make, seed=seed, vectors=vectors, **run
    )
