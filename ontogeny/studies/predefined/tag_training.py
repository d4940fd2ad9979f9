"""Train a tagger, resumably, and ask what it has learned."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from scipy.stats import mode
from sklearn.metrics import accuracy_score, f1_score
from torch import Tensor
from torch.nn import functional

from ontogeny.models import IGNORED
from ontogeny.studies.predefined.sentences import (
    UNKNOWN,
    Batch,
    Split,
    Treebank,
    batches,
    in_order,
)
from ontogeny.studies.predefined.tagger import TagModel, ranks
from ontogeny.studies.predefined.taggers import Tagger
from ontogeny.training.batches import Shuffled
from ontogeny.training.devices import choose_device
from ontogeny.training.language_model import prepare_run
from ontogeny.training.loop import Callback, Run
from ontogeny.training.recipe import Recipe

READ_AT_ONCE = 200
"""Sentences of a batch that is read without learning."""


class Tagged(NamedTuple):
    """What a tagger has learned.

    Attributes:
        summary: One row: kind, width, hidden, order, blocks, embedding_parameters,
            parameters, and for dev and test accuracy, macro_f1 (of scikit-learn) and
            commonest (accuracy of always telling the part's commonest tag);
            untrained, accuracy on the dev part before training.
        sentences: split, sentence, words, correct; and rare_words, rare_correct, of
            the known words whose training count is below the median of the split's
            known words.
        curve: epoch, step, train_loss_nats, dev_accuracy.
    """

    summary: pd.DataFrame
    sentences: pd.DataFrame
    curve: pd.DataFrame


class TagLoss:
    """Mean cross-entropy of a batch's words, in nats.

    Args:
        once: Whether training has a word once, shape (types,).
        unknown: "half": such words are `UNKNOWN` every other time; "never".
    """

    def __init__(self, once: Tensor, unknown: str) -> None:
        self.once, self.unknown = once, unknown

    def __call__(self, model: TagModel, batch: Batch, step: int) -> dict[str, Tensor]:
        """Return `{"loss_nats": mean}`."""
        words = batch.words
        if self.unknown == "half":
            drawn = torch.rand(words.shape, device=words.device) < 0.5
            words = words.masked_fill(self.once[words] & drawn, UNKNOWN)
        scores = model(words, batch.lengths)
        mean = functional.cross_entropy(
            scores.flatten(0, 1), batch.tags.flatten(), ignore_index=IGNORED
        )
        return {"loss_nats": mean}

    def start_epoch(self) -> None:
        """Nothing is carried."""

    def state_dict(self) -> dict[str, Any]:
        """Nothing is carried."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Nothing is carried."""


class TagCurve(Callback):
    """The training loss and the accuracy on the dev part, after every epoch."""

    def __init__(self, dev: Split) -> None:
        self.dev = dev
        self.rows: list[dict[str, Any]] = []

    def at_start(self, run: Run) -> None:
        self.after_epoch(run)

    def after_epoch(self, run: Run) -> None:
        steps = len(run.batches)
        loss = run.terms_sum.get("loss_nats", math.nan) / steps
        gold, guessed = answers(run.model, self.dev)
        row = {"epoch": run.epoch, "step": run.step, "train_loss_nats": loss}
        row["dev_accuracy"] = float(
            accuracy_score(np.concatenate(gold), np.concatenate(guessed))
        )
        self.rows.append(row)

    def state_dict(self) -> dict[str, Any]:
        return {"rows": self.rows}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.rows = state["rows"]


def tag_recipe(study: Mapping[str, Any]) -> Recipe:
    """How taggers are trained: Adam, constant rate, the last epoch kept."""
    return Recipe(
        batch=study["batch"],
        epochs=study["epochs"],
        optimiser="adam",
        learning_rate=study["learning_rate"],
        schedule="constant",
        clip_norm=None,
        dropout=study["dropout"],
        keep_epochs=[-1],
    )


def train_tagger(
    tagger: Tagger,
    treebank: Treebank,
    study: Mapping[str, Any],
    *,
    seed: int,
    folder: Path,
    device: str = "auto",
    save_every_s: float = 60.0,
    identity: str = "",
) -> Tagged:
    """Train, keep the last weights, and score dev and test part.

    Args:
        tagger: Which.
        treebank: Read by `read_tagged`.
        study: Section `predefined.pos` of the config.
        seed: Of initialisation, dropout, order of batches and random order of words.
        folder: Where weights and state are kept.
        device: "cpu", "cuda" or "auto".
        save_every_s: Seconds between two savings of the state within an epoch.
        identity: See `prepare_run`.

    Source: 002 §4.2; schedule and sizes as in the authors' code.
    """
    torch.manual_seed(seed)
    where = choose_device(device)
    model = TagModel(
        treebank.types,
        len(treebank.classes),
        tagger,
        dimensions=study["dimensions"],
        dropout=study["dropout"],
        weight_drop=study["weight_drop"],
        order=ranks(treebank.types, tagger.order, seed),
    ).to(where)
    once = torch.from_numpy(treebank.counts == 1).to(where)
    train = batches(treebank.splits["train"], study["batch"], seed=seed)
    curve = TagCurve(treebank.splits["dev"])
    run = prepare_run(
        tag_recipe(study),
        model,
        TagLoss(once, study["unknown"]),
        Shuffled([batch.to(where) for batch in train], seed),
        [curve],
        folder,
        save_every_s=save_every_s,
        identity=identity,
    )
    fuse(run.optimiser)
    run.train()
    return _asked(model, tagger, treebank, pd.DataFrame(curve.rows))


def fuse(optimiser: torch.optim.Optimizer) -> None:
    """Have Adam step in one pass over its numbers, a third of the time of several."""
    for group in optimiser.param_groups:
        group |= {"fused": True, "foreach": False}


@torch.no_grad()
def answers(
    model: torch.nn.Module, split: Split
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Tags of all sentences, the right ones and the model's, where a word has one."""
    training = model.training
    model.eval()
    device = next(model.parameters()).device
    guessed: list[np.ndarray] = [np.empty(0)] * len(split.words)
    for chosen, batch in in_order(split, READ_AT_ONCE):
        there = batch.to(device)
        found = model(there.words, there.lengths).argmax(dim=2).cpu().numpy()
        for column, at in enumerate(chosen):
            guessed[at] = found[: len(split.words[at]), column]
    model.train(training)
    has = [tags != IGNORED for tags in split.tags]
    gold = [tags[is_] for tags, is_ in zip(split.tags, has, strict=True)]
    return gold, [tags[is_] for tags, is_ in zip(guessed, has, strict=True)]


def _asked(
    model: TagModel, tagger: Tagger, treebank: Treebank, curve: pd.DataFrame
) -> Tagged:
    row: dict[str, Any] = {
        **tagger._asdict(),
        "embedding_parameters": _count(model.embedding),
        "parameters": _count(model),
        "untrained": float(curve["dev_accuracy"].iloc[0]),
    }
    tables = []
    for name in ("dev", "test"):
        split = treebank.splits[name]
        gold, guessed = answers(model, split)
        every, found = np.concatenate(gold), np.concatenate(guessed)
        row[f"{name}_accuracy"] = float(accuracy_score(every, found))
        row[f"{name}_commonest"] = float((every == mode(every).mode).mean())
        # Of the classes that the split has.
        row[f"{name}_macro_f1"] = float(
            f1_score(every, found, average="macro", labels=np.unique(every))
        )
        tables.append(_by_sentence(name, split, gold, guessed))
    return Tagged(pd.DataFrame([row]), pd.concat(tables, ignore_index=True), curve)


def _by_sentence(
    name: str, split: Split, gold: list[np.ndarray], guessed: list[np.ndarray]
) -> pd.DataFrame:
    counts = [
        count[tags != IGNORED]
        for count, tags in zip(split.counts, split.tags, strict=True)
    ]
    every = np.concatenate(counts)
    # ASSUME: the median over the split's words, not over types, half of which are
    # seen once; words that training lacks have no vector of their own.
    median = np.median(every[every > 0]) if (every > 0).any() else 0
    rare = [(count > 0) & (count < median) for count in counts]
    right = [one == other for one, other in zip(gold, guessed, strict=True)]
    return pd.DataFrame(
        {
            "split": name,
            "sentence": np.arange(len(gold)),
            "words": [len(one) for one in gold],
            "correct": [int(one.sum()) for one in right],
            "rare_words": [int(one.sum()) for one in rare],
            "rare_correct": [
                int((one & other).sum()) for one, other in zip(rare, right, strict=True)
            ],
        }
    )


def _count(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())
