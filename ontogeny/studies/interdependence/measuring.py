"""Interdependence of a treebank's word pairs, at one or more epochs of a model."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from ontogeny.errors import InputError
from ontogeny.measures.decomposition.contextual import decompose
from ontogeny.measures.decomposition.pairwise import pairwise_interdependence, partners
from ontogeny.models import LanguageModel
from ontogeny.studies.interdependence.pairs import Trees
from ontogeny.training.devices import choose_device
from ontogeny.training.recipe import Recipe
from ontogeny.training.weights import load_weights

logger = logging.getLogger(__name__)

# Words, padding included, that are decomposed side by side: 40 MB for 400 units.
_WORDS = 2048

_CHECKED_SENTENCES = 200
"""Of which the decomposition's error is measured, evenly over the treebank."""


class Measured(NamedTuple):
    """What `measure_trees` finds.

    Attributes:
        pairs: One row per epoch and pair of known words: epoch, the columns of
            `Trees.pairs`, interdependence (float32).
        errors: One row per epoch: epoch, sentences, words, unknown_words,
            pairs, pairs_left_out (one word unknown),
            mean_error_logits, largest_error_logits (see `logits_errors`).
    """

    pairs: pd.DataFrame
    errors: pd.DataFrame


def choose_epochs(curve: pd.DataFrame, which: str) -> list[int]:
    """Epochs of a training by name: "all", or "best" by validation loss.

    >>> curve = pd.DataFrame({"epoch": [0, 1, 2], "valid_loss_nats": [0.5, 2.0, 1.0]})
    >>> choose_epochs(curve, "best"), choose_epochs(curve, "all")
    ([2], [0, 1, 2])
    """
    if which == "all":
        return curve["epoch"].tolist()
    trained = curve[curve["epoch"] > 0]  # the untrained model is no candidate
    return [int(trained["epoch"].iloc[trained["valid_loss_nats"].to_numpy().argmin()])]


def measure_trees(
    recipe: Recipe,
    types: int,
    weights: Sequence[str | Path],
    trees: Trees,
    *,
    window: int,
    device: str = "auto",
) -> Measured:
    """Measure every pair of known words; each sentence from a zero state.

    Args:
        recipe: Of the model: one layer.
        types: Size of its vocabulary.
        weights: Checkpoints to measure.
        trees: The treebank.
        window: Largest distance of a pair, as the trees were read with.
        device: "cpu", "cuda" or "auto".

    Raises:
        InputError: If no pair is of known words, or a checkpoint is damaged.

    Source: thesis ch. 5 §3.
    """
    known = trees.pairs["known"].to_numpy()
    if not known.any():
        raise InputError(
            "The treebank has no pair of words that the model knows: are they of one "
            "language, and tokenised alike?"
        )
    model = cast(LanguageModel, recipe.model(types)).to(choose_device(device)).eval()
    kept = trees.pairs[known].drop(columns="known").reset_index(drop=True)
    pairs, errors = [], []
    for path in weights:
        epoch, _ = load_weights(model, path)
        logger.info("Measuring epoch %d.", epoch)
        values = _interdependence(model, trees, window)[known]
        table = kept.assign(interdependence=values)
        table.insert(0, "epoch", np.int32(epoch))
        pairs.append(table)
        error = logits_errors(model, trees)
        errors.append({
            "epoch": epoch, **_counts(trees),
            "mean_error_logits": error.mean(), "largest_error_logits": error.max(),
        })  # fmt: skip
    return Measured(pd.concat(pairs, ignore_index=True), pd.DataFrame(errors))


def _counts(trees: Trees) -> dict[str, int]:
    return {
        "sentences": len(trees.lengths),
        "words": len(trees.ids),
        "unknown_words": int((~trees.known).sum()),
        "pairs": len(trees.pairs),
        "pairs_left_out": int((~trees.pairs["known"]).sum()),
    }


def _interdependence(model: LanguageModel, trees: Trees, window: int) -> np.ndarray:
    """Of all pairs, in the order of `trees.pairs`, float32."""
    words = np.append(0, np.cumsum(trees.lengths))
    before = np.append(0, np.cumsum(partners(trees.lengths, window)))
    first, last = before[words[:-1]], before[words[1:]]
    values = np.empty(before[-1], dtype=np.float32)
    for batch, inputs in _batches(model, trees):
        _, _, found = pairwise_interdependence(
            model.only_lstm, inputs, window, lengths=trees.lengths[batch]
        )
        at = np.concatenate([np.arange(first[s], last[s]) for s in batch])
        values[at] = found.float().cpu().numpy()
    return values


def _batches(
    model: LanguageModel, trees: Trees, only: np.ndarray | None = None
) -> Iterator[tuple[np.ndarray, Tensor]]:
    """Sentences of like length side by side, and their padded embeddings."""
    first = np.cumsum(trees.lengths) - trees.lengths
    sentences = np.arange(len(trees.lengths)) if only is None else only
    sentences = sentences[np.argsort(trees.lengths[sentences], kind="stable")]
    while len(sentences):
        longest = trees.lengths[sentences]
        fits = longest * np.arange(1, len(sentences) + 1) <= _WORDS
        batch = sentences[: max(1, int(fits.sum()))]
        sentences = sentences[len(batch) :]
        steps = np.arange(trees.lengths[batch].max())
        at = np.minimum(first[batch][:, None] + steps, len(trees.ids) - 1)
        words = torch.from_numpy(trees.ids[at]).to(model.decoder.weight.device)
        with torch.no_grad():
            yield batch, model.embedding(words)


@torch.no_grad()
def logits_errors(model: LanguageModel, trees: Trees) -> np.ndarray:
    """‖(v_β + v_rest) − v‖₂ / ‖v‖₂ at the logits of some sentences' ends.

    v are the model's own logits at the last word; β, in focus, is every other
    word. In the model's own precision, from its own matrix products.

    Args:
        model: One layer.
        trees: A treebank.

    Returns:
        One relative error a sentence, in no particular order.

    Source: thesis ch. 5 §2.1, footnote 2.
    """
    lstm = model.only_lstm
    evenly = np.linspace(0, len(trees.lengths) - 1, _CHECKED_SENTENCES).round()
    errors = []
    for batch, inputs in _batches(model, trees, np.unique(evenly.astype(int))):
        focus = torch.arange(inputs.shape[1], device=inputs.device) % 2 == 0
        last = torch.from_numpy(trees.lengths[batch] - 1).to(inputs.device)
        rows = torch.arange(len(batch), device=inputs.device)
        own = lstm(inputs.transpose(0, 1))[0].transpose(0, 1)[rows, last]
        parts = [part[rows, last] for part in decompose(lstm, inputs, focus)]
        expected = model.decoder(own)
        weight = model.decoder.weight
        found = parts[0] @ weight.T + parts[1] @ weight.T + model.decoder.bias
        errors.append((found - expected).norm(dim=1) / expected.norm(dim=1))
    return torch.cat(errors).double().cpu().numpy()
