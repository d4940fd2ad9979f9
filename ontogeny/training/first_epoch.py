"""A language model's first epoch once more, to keep what its training went through.

Training is deterministic on a processor, so that these steps are those that the model
took before. A GPU adds in no fixed order: there they are those of a sister run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ontogeny.errors import InputError
from ontogeny.training.language_model import train_language_model
from ontogeny.training.recipe import Recipe
from ontogeny.training.stream import Stream


def check_early_steps(recipe: Recipe, steps: Sequence[int], ids: np.ndarray) -> None:
    """Check that steps end before the first epoch does.

    Args:
        recipe: Of the training.
        steps: Optimiser steps, rising.
        ids: Words of the training split.

    Raises:
        InputError: If some do not.

    >>> check_early_steps(Recipe(batch=2, window=5), [1, 9], np.arange(100))
    >>> check_early_steps(Recipe(batch=2, window=5), [1, 10, 12], np.arange(100))
    Traceback (most recent call last):
        ...
    ontogeny.errors.InputError: lm.early_steps: the first epoch has 10 steps, after \
the last of which it is measured anyway: leave out 10, 12.
    """
    stream = Stream(ids, start=0, batch=recipe.batch, window=recipe.window)
    if late := [step for step in steps if step >= len(stream)]:
        raise InputError(
            f"lm.early_steps: the first epoch has {len(stream):,} steps, after the "
            "last of which it is measured anyway: leave out "
            f"{', '.join(f'{step:,}' for step in late)}."
        )


def train_first_epoch(
    recipe: Recipe, steps: Sequence[int], splits: dict[str, np.ndarray], **training: Any
) -> None:
    """Train for an epoch; keep the weights before it, after some steps, after it.

    Args:
        recipe: Of the whole training.
        steps: Optimiser steps, rising.
        splits: See `train_language_model`.
        training: See `train_language_model`.

    Raises:
        InputError: If a step is not within the first epoch.
    """
    check_early_steps(recipe, steps, splits["train"])
    short = replace(recipe, epochs=1, keep_steps=steps)
    train_language_model(short, splits, **training)
