"""Train a language model by a recipe, resumably; the same for other models' runs."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import nn

from ontogeny.statistics.learning import unlearned
from ontogeny.training.batches import ByEpoch
from ontogeny.training.callbacks import KeepWeights, LossCurve, Progress
from ontogeny.training.devices import choose_device
from ontogeny.training.loop import Callback, Loss, Run
from ontogeny.training.optimisers import make_optimiser
from ontogeny.training.recipe import Recipe, check_columns
from ontogeny.training.schedule import make_schedule
from ontogeny.training.state import SaveState, restore
from ontogeny.training.stream import Stream, StreamLoss, mean_loss_nats

logger = logging.getLogger(__name__)


def train_language_model(
    recipe: Recipe,
    splits: dict[str, np.ndarray],
    *,
    types: int,
    start: int,
    seed: int,
    folder: Path,
    device: str = "auto",
    save_every_s: float = 60.0,
    identity: str = "",
) -> pd.DataFrame:
    """Train, keep the weights of every epoch, and return the curve.

    Weights go to `folder/epoch{epoch}.safetensors`, the state of the run to
    `folder/state.pt`. Called again after a kill, it goes on from there and
    ends with the same bytes. A warning is logged if the model ends no better than
    it began.

    Args:
        recipe: Sizes and schedule.
        splits: Word ids of the splits "train", "valid", "test".
        types: Size of the vocabulary.
        start: Id fed before a stream's first word.
        seed: Of initialisation and dropout.
        folder: Where weights and state are kept meanwhile.
        device: "cpu", "cuda" or "auto".
        save_every_s: Seconds between two savings of the state within an epoch.
        identity: Name of data, recipe and seed (`Recipe.identity`), which weights and
            state are marked with; "": none.

    Returns:
        One row per epoch, from 0 (see `LossCurve`).

    Raises:
        InputError: If the training split is too short for so many columns.
    """
    check_columns("lm.batch", recipe.batch, len(splits["train"]))
    torch.manual_seed(seed)
    where = choose_device(device)
    model = recipe.model(types).to(where)
    streams = {
        split: Stream(
            ids, start=start, batch=recipe.batch, window=recipe.window, device=where
        )
        for split, ids in splits.items()
    }
    curve = LossCurve(
        {
            split: partial(mean_loss_nats, stream=streams[split])
            for split in ("valid", "test")
        }
    )
    train = model, StreamLoss(), streams["train"]
    run = prepare_run(
        recipe, *train, [curve], folder, save_every_s=save_every_s, identity=identity
    )
    run.train()
    rows = pd.DataFrame(curve.rows)
    if evidence := unlearned(rows):
        logger.warning(
            "The model %s. No claim is judged on it: lower the learning rate.",
            evidence,
        )
    return rows


def prepare_run(
    recipe: Recipe,
    model: nn.Module,
    loss: Loss,
    batches: Sequence[Any] | ByEpoch,
    callbacks: Sequence[Callback],
    folder: Path,
    *,
    save_every_s: float,
    identity: str = "",
) -> Run:
    """A run by a recipe, where its state left it if any did.

    Args:
        recipe: Says optimiser, schedule, clipping and which weights are kept.
        model: Trained in place.
        loss: See `Run`.
        batches: See `Run`.
        callbacks: Called after weights are kept and before the state is saved; for
            "stall" there is a `LossCurve` among them.
        folder: Where weights and state are kept.
        save_every_s: Seconds between two savings of the state within an epoch.
        identity: Name of data, recipe and seed (`Recipe.identity`), which weights and
            state are marked with; "": none.

    Raises:
        InputError: If the recipe names what there is not, or the state is another's.
    """
    measured = any(isinstance(callback, LossCurve) for callback in callbacks)
    if recipe.schedule == "stall" and not measured:
        raise ValueError("without a LossCurve nothing tells that validation stalls")
    state = folder / "state.pt"
    run = Run(
        model,
        loss,
        batches,
        make_optimiser(recipe, model.parameters()),
        epochs=recipe.epochs,
        clip_norm=recipe.clip_norm,
        callbacks=[
            KeepWeights(folder, recipe.keep_epochs, recipe.keep_steps),
            *callbacks,
            Progress(),
            SaveState(state, every_s=save_every_s),
        ],
        schedule=make_schedule(recipe, len(batches)),
        identity=identity,
    )
    restore(run, state)
    return run
