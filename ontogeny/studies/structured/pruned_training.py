"""Train a language model that loses weights, gates and neurons by group lasso."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import torch

from ontogeny.pruning.conditions import group_sizes, unmet_conditions
from ontogeny.pruning.layers import add_penalty_gradient_, threshold_layers_
from ontogeny.studies.structured.epochs import Counts, KeepBest
from ontogeny.studies.structured.losses import SumOverTime
from ontogeny.studies.structured.networks import Sizes
from ontogeny.studies.structured.pruned import Pruning, layer_weights, make_pruned
from ontogeny.training.callbacks import LossCurve
from ontogeny.training.devices import choose_device
from ontogeny.training.language_model import prepare_run
from ontogeny.training.loop import Callback, Run
from ontogeny.training.recipe import Recipe, check_columns
from ontogeny.training.schedule import make_schedule
from ontogeny.training.stream import Stream, mean_loss_nats

logger = logging.getLogger(__name__)


class GroupLasso(Callback):
    """Penalties' gradient before clipping, and the cut after every step."""

    def __init__(self, pruning: Pruning) -> None:
        self.pruning = pruning

    def after_backward(self, run: Run) -> None:
        its = self.pruning
        trained, gradients = (
            layer_weights(run.model, which) for which in ("data", "grad")
        )
        add_penalty_gradient_(
            trained,
            gradients,
            groups=its.groups,
            lambda_group=its.lambda_group,
            lambda_l1=its.lambda_l1,
            l1_on_output=its.on_output,
        )

    def after_step(self, run: Run) -> None:
        its = self.pruning
        if its.reading == "assign":
            layers = layer_weights(run.model, "data")
            threshold_layers_(layers, its.cut, output=its.on_output)


def train_pruned(
    recipe: Recipe,
    sizes: Sizes,
    pruning: Pruning,
    splits: Mapping[str, np.ndarray],
    *,
    start: int,
    seed: int,
    folder: Path,
    density: Mapping[str, float] | None = None,
    device: str = "auto",
    save_every_s: float = 60.0,
    identity: str = "",
) -> pd.DataFrame:
    """Train, keep weights and those that validate best, and return the curve.

    Args:
        recipe: Of the training; its sizes are not read.
        sizes: Of the network.
        pruning: Penalties and cut.
        splits: Word ids of the splits "train", "valid", "test".
        start: Id fed before a stream's first word.
        seed: Of initialisation and dropout: variants of one seed begin alike.
        folder: Where weights and state are kept meanwhile.
        density: See `make_pruned`.
        device: "cpu", "cuda" or "auto".
        save_every_s: Seconds between two savings of the state within an epoch.
        identity: See `prepare_run`.

    Returns:
        See `LossCurve`, train_loss_nats per word; and the columns of `Counts`.

    Source: Lobacheva et al. (2020), "Implementation of the idea in pruning".
    """
    check_columns("structured.tasks", recipe.batch, len(splits["train"]))
    for sentence in cannot_die(recipe, sizes, pruning):
        logger.warning("%s", sentence)
    torch.manual_seed(seed)
    where = choose_device(device)
    model = make_pruned(sizes, pruning, density=density, precision=recipe.precision)
    model = model.to(where)
    streams = {
        split: Stream(
            ids, start=start, batch=recipe.batch, window=recipe.window, device=where
        )
        for split, ids in splits.items()
    }
    measure = cast(Any, mean_loss_nats)
    curve = LossCurve(
        {split: partial(measure, stream=streams[split]) for split in ("valid", "test")}
    )
    lasso = [GroupLasso(pruning)] if pruning.groups else []
    run = prepare_run(
        recipe,
        model,
        SumOverTime(),
        streams["train"],
        [*lasso, curve, Counts(curve), KeepBest(curve, folder)],
        folder,
        save_every_s=save_every_s,
        identity=identity,
    )
    run.train()
    rows = pd.DataFrame(curve.rows)
    # From the mean over windows of a column's sum to the mean over words.
    words = len(splits["train"])
    rows["train_loss_nats"] *= len(streams["train"]) * recipe.batch / words
    return rows


def cannot_die(recipe: Recipe, sizes: Sizes, pruning: Pruning) -> list[str]:
    """Why, under these settings, groups cannot die or not wholly; [] if they can.

    Args:
        recipe: Says the learning rates.
        sizes: Of the network.
        pruning: Penalties and cut.
    """
    if not (pruning.groups and pruning.lambda_group):
        return []
    hidden = sizes.hidden
    inputs = [sizes.embedding or sizes.types, *[hidden] * (sizes.layers - 1)]
    readers = [*[4 * hidden] * (sizes.layers - 1), sizes.classes]
    groups = [
        size
        for of_input, of_reader in zip(inputs, readers, strict=True)
        for size in group_sizes(pruning.groups, of_input, hidden, of_reader)
    ]
    schedule = make_schedule(recipe, 1)
    return unmet_conditions(
        groups,
        lambda_group=pruning.lambda_group,
        threshold=pruning.cut,
        first_rate=recipe.learning_rate,
        last_rate=schedule.rate(recipe.epochs) or recipe.learning_rate,
    )
