"""AWD-LSTM, dense or sparse: SGD, then averaged SGD, then once more (finetune)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import torch

from ontogeny.corpus.filtering import START
from ontogeny.studies.predefined.averaging import AveragedSGD, AverageWhenStalled
from ontogeny.studies.predefined.keeping import KeepBest
from ontogeny.studies.predefined.language_model import Drops, PredefinedModel, size
from ontogeny.studies.predefined.lm_training import BEST, Trained, measure
from ontogeny.studies.predefined.losses import Text
from ontogeny.studies.predefined.networks import Network
from ontogeny.studies.predefined.varied import (
    TERMS,
    RegularisedLoss,
    ScaleRate,
    VariedStream,
)
from ontogeny.training.callbacks import LossCurve, Progress
from ontogeny.training.devices import choose_device
from ontogeny.training.loop import Run
from ontogeny.training.recipe import Recipe, check_columns
from ontogeny.training.state import SaveState, restore
from ontogeny.training.stream import Stream, mean_loss_nats
from ontogeny.training.weights import load_weights

STAGES = ("trained", "finetuned")
READ_AT_ONCE = 10
"""Columns and ten times as many steps of a window that is read without learning: the
code's batch for validation."""


def awd_recipe(training: Mapping[str, Any]) -> Recipe:
    """What of the training a `Recipe` can say, for its identity."""
    names = ("batch", "window", "learning_rate", "clip_norm", "weight_decay")
    own = {name: training[name] for name in names}
    return Recipe(**own, optimiser="asgd", schedule="constant")


def train_awd(
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
    """Train in two stages, and measure the best weights of each.

    SGD at a constant rate, averaged from when validation lags; *finetune* begins with
    the best weights and averages at once. ASSUME: both last as long as they are told
    to, and the best epoch on the validation split is judged.

    Args:
        network: Which.
        texts: By split.
        training: Section `predefined.awd` of the config, without sizes.
        types: Size of the vocabulary, ids by frequency.
        seed: Of initialisation, dropout and lengths of windows.
        folder: Where weights and state are kept.
        device: "cpu", "cuda" or "auto".
        save_every_s: Seconds between two savings of the state within an epoch.
        identity: Which weights and state are marked with.

    Raises:
        InputError: If the training split is too short for so many columns.

    Source: Merity et al. (2018), whose settings 002 keeps (§3, table 1).
    """
    check_columns("predefined.awd.batch", training["batch"], len(texts["train"].ids))
    torch.manual_seed(seed)
    where = choose_device(device)
    drops = Drops(
        words=training["dropout_words"],
        input=training["dropout_input"],
        hidden=training["dropout_hidden"],
        output=training["dropout_output"],
        weights=training["weight_drop"],
        locked=True,
    )
    model = PredefinedModel(types, network, drops).to(where)
    steps = READ_AT_ONCE * training["window"]
    streams = {
        split: Stream(
            text.ids, start=START, batch=READ_AT_ONCE, window=steps, device=where
        )
        for split, text in texts.items()
    }
    varied = VariedStream(
        texts["train"].ids,
        start=START,
        batch=training["batch"],
        window=training["window"],
        seed=seed,
        device=where,
    )
    epochs = {"trained": training["epochs"], "finetuned": training["finetune_epochs"]}
    rows, tables, curves = [], [], []
    for stage in [stage for stage in STAGES if epochs[stage]]:
        own = folder if stage == "trained" else folder / stage
        curve = LossCurve(
            {
                split: partial(mean_loss_nats, stream=streams[split])
                for split in ("valid", "test")
            },
            terms=TERMS,
        )
        run = _run(model, varied, training, curve, own, stage, epochs[stage])
        run.identity = identity
        run.callbacks = [
            *run.callbacks,
            SaveState(own / "state.pt", every_s=save_every_s),
        ]
        restore(run, own / "state.pt")
        run.train()
        epoch, _ = load_weights(model, own / BEST)
        row = {"types": types, **size(model)._asdict(), "epoch": epoch}
        rows.append(row | {"epochs": run.epoch, "stage": stage})
        tables.append(measure(model, texts, streams, stage))
        curves.append(pd.DataFrame(curve.rows).assign(stage=stage))
    return Trained(
        *(pd.concat(part, ignore_index=True) for part in
          ([pd.DataFrame(rows)], tables, curves))
    )  # fmt: skip


def _run(
    model: PredefinedModel,
    batches: VariedStream,
    training: Mapping[str, Any],
    curve: LossCurve,
    folder: Path,
    stage: str,
    epochs: int,
) -> Run:
    """A stage's run, at its beginning; its state is not yet saved."""
    optimiser = AveragedSGD(
        model.parameters(), training["learning_rate"], training["weight_decay"]
    )
    if stage == "finetuned":
        optimiser.average()
    return Run(
        model,
        RegularisedLoss(training["alpha"], training["beta"]),
        batches,
        optimiser,
        epochs=epochs,
        clip_norm=training["clip_norm"],
        callbacks=[
            ScaleRate(training["window"]),
            curve,
            KeepBest(folder / BEST, curve),
            AverageWhenStalled(curve, training["patience"]),
            Progress(),
        ],
    )
