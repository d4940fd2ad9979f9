"""Train the study's language models by a recipe, and ask what they lose."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import torch

from ontogeny.corpus.filtering import START
from ontogeny.studies.predefined.keeping import KeepBest, KeepLast, UntilFlat
from ontogeny.studies.predefined.language_model import Drops, PredefinedModel, size
from ontogeny.studies.predefined.losses import Text, sentence_losses
from ontogeny.studies.predefined.networks import Network
from ontogeny.training.callbacks import LossCurve
from ontogeny.training.devices import choose_device
from ontogeny.training.language_model import prepare_run
from ontogeny.training.recipe import Recipe, check_columns
from ontogeny.training.stream import Stream, StreamLoss, mean_loss_nats
from ontogeny.training.weights import load_weights

BEST = "best.safetensors"


class Trained(NamedTuple):
    """What has become of a language model.

    Attributes:
        summary: One row: types, those of `Size`, epoch (whose weights are judged),
            epochs (that were trained), stage.
        quality: stage, split, group (sentence or line), nats (sum), predictions.
        curve: Of `LossCurve`, and stage.
    """

    summary: pd.DataFrame
    quality: pd.DataFrame
    curve: pd.DataFrame


def lm_recipe(training: Mapping[str, Any], *, dropout: bool) -> Recipe:
    """A recipe of the config's `predefined.lm` or `predefined.recite`.

    Args:
        training: That section, without sizes. With `optimiser` it recites: the rate is
            constant; without, it is divided when validation stalls, as in study 000.
        dropout: Whether there is any.
    """
    names = ("batch", "window", "epochs", "learning_rate", "clip_norm", "precision")
    own = {name: training[name] for name in names}
    own["dropout"] = training["dropout"] if dropout else 0.0
    if optimiser := training.get("optimiser"):
        own |= {"optimiser": optimiser, "schedule": "constant"}
    return Recipe(**own, keep_epochs=[])


def train_network(
    network: Network,
    texts: Mapping[str, Text],
    training: Mapping[str, Any],
    *,
    types: int,
    seed: int,
    folder: Path,
    device: str = "auto",
    save_every_s: float = 60.0,
    identity: str = "",
) -> Trained:
    """Train, keep the best weights in `folder/best.safetensors`, and measure them.

    A language model's best epoch is that of the lowest validation loss. One that
    recites is judged by its training text, and ends where that is flat. Of one without
    dropout, of which P12 asks how well it fits that text, the last epoch is kept:
    validation would choose one that has not yet fitted it.

    Args:
        network: Which.
        texts: By split.
        training: See `lm_recipe`.
        types: Size of the vocabulary, ids by frequency.
        seed: Of initialisation and dropout.
        folder: Where weights and state are kept.
        device: "cpu", "cuda" or "auto".
        save_every_s: Seconds between two savings of the state within an epoch.
        identity: See `prepare_run`.

    Raises:
        InputError: If the training split is too short for so many columns.
    """
    recipe = lm_recipe(training, dropout=network.dropout)
    check_columns("batch", recipe.batch, len(texts["train"].ids))
    torch.manual_seed(seed)
    where = choose_device(device)
    drops = Drops(input=recipe.dropout, hidden=recipe.dropout, output=recipe.dropout)
    model = PredefinedModel(types, network, drops, precision=recipe.precision)
    model = model.to(where)
    streams = {
        split: Stream(
            text.ids,
            start=START,
            batch=recipe.batch,
            window=recipe.window,
            device=where,
        )
        for split, text in texts.items()
    }
    recites = "optimiser" in training
    measured = {"recited": "train"} if recites else {"valid": "valid", "test": "test"}
    losses = {
        name: partial(mean_loss_nats, stream=streams[split])
        for name, split in measured.items()
    }
    curve = LossCurve(losses, judge=next(iter(losses)))
    keep = KeepBest if recites or network.dropout else KeepLast
    best, flat = keep(folder / BEST, curve), UntilFlat(curve)
    run = prepare_run(
        recipe,
        model,
        StreamLoss(),
        streams["train"],
        [curve, best, *([flat] if recites else [])],
        folder,
        save_every_s=save_every_s,
        identity=identity,
    )
    if recites:
        flat.end(run)
    run.train()
    epoch, _ = load_weights(model, folder / BEST)
    summary = {"types": types, **size(model)._asdict(), "epoch": epoch}
    summary |= {"epochs": run.epoch, "stage": "trained"}
    asked = ["train"] if recites else ["train", "valid", "test"]
    quality = measure(model, {split: texts[split] for split in asked}, streams)
    return Trained(
        pd.DataFrame([summary]),
        quality,
        pd.DataFrame(curve.rows).assign(stage="trained"),
    )


def measure(
    model: PredefinedModel,
    texts: Mapping[str, Text],
    streams: Mapping[str, Stream],
    stage: str = "trained",
) -> pd.DataFrame:
    """What a model loses on every sentence of some splits: `Trained.quality`."""
    tables = [
        sentence_losses(model, text, streams[split]).assign(split=split)
        for split, text in texts.items()
    ]
    table = pd.concat(tables, ignore_index=True).assign(stage=stage)
    return table[["stage", "split", "group", "nats", "predictions"]]
