"""Losses of a network on every word, segment or text of a split, by group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from torch.nn import functional as F

from ontogeny.models import IGNORED
from ontogeny.models.gated import Plain
from ontogeny.models.loss import output_loss
from ontogeny.training.stream import Stream

COLUMNS, STEPS = 20, 100
"""Of a stream that is measured; the sums do not depend on them."""


def embed(network: Plain, ids: Tensor) -> Tensor:
    """What the first LSTM reads, of word ids of any shape."""
    if network.embedding is not None:
        return network.embedding(ids)
    return F.one_hot(ids, network.lstm.input_size).to(network.output.weight.dtype)


class Words(NamedTuple):
    """A split of a language model's text.

    Attributes:
        ids: Of its words or characters, int32, shape (n,).
        groups: Of each, the sentence or line that the bootstrap draws, shape (n,).
        start: Id fed before the first.
        segment: Read from a zero state by segments of so many; None: as one stream.
    """

    ids: np.ndarray
    groups: np.ndarray
    start: int
    segment: int | None = None


@torch.no_grad()
def language_losses(network: Plain, words: Words) -> pd.DataFrame:
    """Nats and predictions of each group: columns group, nats, predictions, correct.

    A stream's groups are those of its words; a segment is a group of its own, whose
    first symbol is read but not predicted.
    """
    if words.segment:
        return _by_segment(network, words.ids, words.segment)
    nats = np.zeros(len(words.ids))
    for where, loss in _stream(network, words):
        nats[where] = loss
    names, index = np.unique(words.groups, return_inverse=True)
    return _rows(names, np.bincount(index, nats), np.bincount(index))


def _stream(network: Plain, words: Words) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    stream = Stream(words.ids, start=words.start, batch=COLUMNS, window=STEPS)
    state = None
    for window in stream:
        output, state = network.lstm(embed(network, window.inputs), state)
        nats = _nats(network, output, window.targets)
        predicted = window.targets != IGNORED
        yield window.positions[predicted].numpy(), nats[predicted].double().numpy()


def _by_segment(network: Plain, ids: np.ndarray, length: int) -> pd.DataFrame:
    # ASSUME: what is left over after the last whole segment is not read.
    segments = torch.from_numpy(ids[: len(ids) // length * length].astype(np.int64))
    nats = []
    for batch in segments.view(-1, length).split(64):
        output, _ = network.lstm(embed(network, batch[:, :-1].T))
        nats.append(_nats(network, output, batch[:, 1:].T).double().sum(0))
    total = torch.cat(nats).numpy()
    return _rows(np.arange(len(total)), total, np.full(len(total), length - 1))


def _nats(network: Plain, output: Tensor, targets: Tensor) -> Tensor:
    loss = output_loss(
        output.flatten(0, 1),
        network.output.weight,
        network.output.bias,
        targets.flatten(),
    )
    return loss.nats.view(targets.shape)


@torch.no_grad()
def text_losses(network: Plain, batches: Iterable[Any]) -> pd.DataFrame:
    """Nats of each text, and whether its class is told: columns as above.

    Args:
        network: A classifier.
        batches: Of texts in order, see `ontogeny.tasks.batches`.
    """
    found = []
    for batch in batches:
        output, _ = network.lstm(embed(network, batch.inputs))
        texts = torch.arange(len(batch.last))
        logits = network.output(output[batch.last, texts])
        nats = class_nats(logits, batch.labels)
        rows = _rows(batch.texts.numpy(), nats.double().numpy(), np.ones(len(texts)))
        rows["correct"] = (told_classes(logits) == batch.labels).double().numpy()
        found.append(rows)
    return pd.concat(found, ignore_index=True)


def class_nats(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy of each text, shape (texts,).

    Args:
        logits: Of every class, or of the second of two, shape (texts, classes or 1).
        labels: int64, shape (texts,).
    """
    if logits.shape[1] == 1:
        return F.binary_cross_entropy_with_logits(
            logits[:, 0], labels.to(logits.dtype), reduction="none"
        )
    return F.cross_entropy(logits, labels, reduction="none")


def told_classes(logits: Tensor) -> Tensor:
    """The likeliest class of each text, int64, shape (texts,).

    Args:
        logits: See `class_nats`.
    """
    if logits.shape[1] == 1:
        return (logits[:, 0] > 0).long()
    return logits.argmax(1)


def _rows(group: np.ndarray, nats: np.ndarray, predictions: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "group": group.astype(np.int64),
            "nats": nats,
            "predictions": predictions.astype(np.int64),
            "correct": np.nan,
        }
    )
