"""Train a model on a scaffold corpus; every epoch's weights are kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from ontogeny.training.devices import choose_device
from ontogeny.training.language_model import prepare_run
from ontogeny.training.recipe import Recipe, check_columns
from ontogeny.training.stream import Stream, StreamLoss


def train_on_scaffolds(
    recipe: Recipe,
    ids: np.ndarray,
    *,
    types: int,
    seed: int,
    folder: Path,
    device: str = "auto",
    save_every_s: float = 60.0,
    identity: str = "",
) -> None:
    """Train at a constant learning rate, keeping the weights of every epoch.

    Weights go to `folder/epoch{epoch}.safetensors`. Called again after a kill,
    it goes on and ends with the same bytes.

    Args:
        recipe: Sizes and optimiser.
        ids: The training text, shape (tokens,).
        types: Size of the vocabulary.
        seed: Of initialisation.
        folder: Where weights and state are kept meanwhile.
        device: "cpu", "cuda" or "auto".
        save_every_s: Seconds between two savings of the state within an epoch.
        identity: See `prepare_run`.

    Raises:
        InputError: If the text is too short for so many columns.

    Source: thesis ch. 5 §4.1.
    """
    check_columns("scaffold.model.batch", recipe.batch, len(ids))
    torch.manual_seed(seed)
    where = choose_device(device)
    model = recipe.model(types).to(where)
    # The text has no marks; the first word is read as if word 0 stood before it.
    stream = Stream(
        ids, start=0, batch=recipe.batch, window=recipe.window, device=where
    )
    recipe = replace(recipe, schedule="constant")
    train = model, StreamLoss(), stream
    run = prepare_run(
        recipe, *train, [], folder, save_every_s=save_every_s, identity=identity
    )
    run.train()
