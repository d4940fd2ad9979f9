"""Train one tag model by the language model's loop and schedule, resumably."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch

from ontogeny.disk.files import write_bytes
from ontogeny.errors import InputError
from ontogeny.models import IGNORED
from ontogeny.studies.svcca.tag_model import TagModel
from ontogeny.training.callbacks import LossCurve, weights_path
from ontogeny.training.devices import choose_device
from ontogeny.training.documents import DocumentLoss, DocumentStates, DocumentStream
from ontogeny.training.language_model import prepare_run
from ontogeny.training.loop import Callback, Run
from ontogeny.training.recipe import Recipe
from ontogeny.training.state import kept


class LabelledTokens(NamedTuple):
    """A split of a text, with one label per token.

    Attributes:
        ids: Word ids, shape (tokens,).
        labels: `IGNORED` where a token has none, shape (tokens,).
        sentences: Number of each token's sentence, shape (tokens,).
    """

    ids: np.ndarray
    labels: np.ndarray
    sentences: np.ndarray

    def stream(self, recipe: Recipe, device: torch.device | str) -> DocumentStream:
        """The windows in which a model reads it.

        ASSUME: each sentence from a zero state; the thesis does not say. With
        the state carried through an article, *topic* is learned by heart from
        its first words and kept, which tells nothing of its later ones.
        """
        return DocumentStream(
            *self, batch=recipe.batch, window=recipe.window, device=device
        )


class Rescalings(Callback):
    """End the run with the epoch after which the step size was divided often enough.

    Args:
        curve: Says when it was; called before this.
        limit: How often.
    """

    def __init__(self, curve: LossCurve, limit: int) -> None:
        self.curve = curve
        self.limit = limit

    def after_epoch(self, run: Run) -> None:
        if sum(row["rescaled"] for row in self.curve.rows) >= self.limit:
            run.epochs = run.epoch


class Score(NamedTuple):
    """What a tag model says of every token of a split.

    Attributes:
        correct: Whether its likeliest tag is the label, shape (tokens,); False
            where a token has none.
        nats: −log p(label), shape (tokens,); 0 where a token has none.
    """

    correct: np.ndarray
    nats: np.ndarray


def train_tag_model(
    recipe: Recipe,
    splits: Mapping[str, LabelledTokens],
    *,
    types: int,
    classes: int,
    rescalings: int,
    seed: int,
    folder: Path,
    device: str = "auto",
    save_every_s: float = 60.0,
    identity: str = "",
) -> pd.DataFrame:
    """Train to the last epoch or rescaling; the best validation epoch is final.

    The final weights go to `folder/{folder's name}.safetensors`. Called again after a
    kill, it goes on and ends with the same bytes.
    ASSUME: the language model's optimiser, schedule and sizes; the thesis gives
    none for taggers.

    Args:
        recipe: The language model's, with the number of epochs at most.
        splits: "train" and "valid".
        types: Size of the vocabulary.
        classes: Number of tags.
        rescalings: Divisions of the learning rate after which training ends.
        seed: Of initialisation and dropout.
        folder: Where weights and state are kept meanwhile.
        device: "cpu", "cuda" or "auto".
        save_every_s: Seconds between two savings of the state within an epoch.
        identity: See `prepare_run`.

    Returns:
        One row per epoch, from 0 (see `LossCurve`), and `final`, true for one.

    Raises:
        InputError: If the loss becomes NaN or infinite.
    """
    torch.manual_seed(seed)
    where = choose_device(device)
    model = tag_model(recipe, types, classes).to(where)
    streams = {name: split.stream(recipe, where) for name, split in splits.items()}
    valid = partial(_mean_nats, split=splits["valid"], stream=streams["valid"])
    curve = LossCurve({"valid": valid})
    enough = Rescalings(curve, rescalings)
    train = model, DocumentLoss(), streams["train"]
    callbacks = [curve, enough]
    run = prepare_run(
        recipe, *train, callbacks, folder, save_every_s=save_every_s, identity=identity
    )
    enough.after_epoch(run)  # it may have been killed having ended
    run.train()
    return _keep_best(pd.DataFrame(curve.rows), folder)


def _keep_best(rows: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """Make the best validation epoch final; the untrained epoch 0 is no candidate."""
    final = 1 + int(rows["valid_loss_nats"].iloc[1:].to_numpy().argmin())
    best = kept(weights_path(folder, int(rows["epoch"].iloc[final])))
    write_bytes(best.read_bytes(), folder / f"{folder.name}.safetensors")
    return rows.assign(final=rows.index == final)


def tag_model(recipe: Recipe, types: int, classes: int) -> TagModel:
    """An untrained tag model of a language model's sizes."""
    return TagModel(
        types,
        classes,
        embedding=recipe.embedding,
        hidden=recipe.hidden,
        dropout=recipe.dropout,
    )


@torch.no_grad()
def score(model: TagModel, stream: DocumentStream, tokens: int) -> Score:
    """Score a tag model on a split, in evaluation mode.

    Args:
        model: Trained.
        stream: Of the split.
        tokens: Of the split.

    Raises:
        InputError: If a probability is not finite.
    """
    training = model.training
    model.eval()
    states = DocumentStates()
    correct = np.zeros(tokens, dtype=bool)
    nats = np.zeros(tokens, dtype=np.float32)
    for window in stream:
        output, state = model(window.inputs, states.before(window))
        states.after(window, state)
        labelled = window.targets != IGNORED
        logits = model.decoder(output[labelled])
        labels = window.targets[labelled]
        at = window.positions[labelled].cpu().numpy()
        correct[at] = (logits.argmax(-1) == labels).cpu().numpy()
        losses = torch.nn.functional.cross_entropy(logits, labels, reduction="none")
        nats[at] = losses.cpu().numpy()
    model.train(training)
    if not np.isfinite(nats).all():
        raise InputError(
            "The tag model's loss is NaN or infinite: lower lm.learning_rate or "
            "lm.clip_norm."
        )
    return Score(correct, nats)


def _mean_nats(model: TagModel, split: LabelledTokens, stream: DocumentStream) -> float:
    nats = score(model, stream, len(split.ids)).nats
    return float(nats.sum(dtype=float) / np.sum(split.labels != IGNORED))
