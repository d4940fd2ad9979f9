"""What a task's networks learn from: streams of words, segments, labelled texts."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

import torch

from ontogeny.studies.structured.bayes_training import Material
from ontogeny.studies.structured.losses import (
    SegmentLoss,
    TextLoss,
    accuracy,
    mean_segment_nats,
    mean_text_nats,
)
from ontogeny.studies.structured.texts import HELD_OUT, Text
from ontogeny.tasks.batches import Segments, TextBatches
from ontogeny.training.recipe import check_columns
from ontogeny.training.stream import Stream, StreamLoss, mean_loss_nats


def material_of(
    text: Text, device: torch.device, *, batch: int, window: int, seed: int
) -> Material:
    """Batches, loss and validation of a text.

    Args:
        text: Encoded.
        device: Where batches are.
        batch: Columns, segments or texts side by side.
        window: Steps of a window, symbols of a segment; of texts nothing.
        seed: Of the order of segments and texts.
    """
    if text.kind == "words":
        return _of_words(text, device, batch, window)
    if text.kind == "characters":
        return _of_segments(text, device, batch, window, seed)
    return _of_texts(text, device, batch, seed)


def _of_words(text: Text, device: torch.device, batch: int, window: int) -> Material:
    check_columns("structured.tasks", batch, len(text.ids["train"]))
    streams = {
        split: Stream(ids, start=text.start, batch=batch, window=window, device=device)
        for split, ids in text.ids.items()
    }
    measure = cast(Any, mean_loss_nats)
    validation: dict[str, Any] = {
        s: partial(measure, stream=streams[s]) for s in HELD_OUT
    }
    words = len(text.ids["train"])
    return Material(streams["train"], StreamLoss(), validation, words, {})


def _of_segments(
    text: Text, device: torch.device, batch: int, length: int, seed: int
) -> Material:
    own: dict[str, Any] = {"length": length, "batch": batch, "device": device}
    train = Segments(text.ids["train"], seed=seed, **own)
    validation: dict[str, Any] = {
        split: partial(
            mean_segment_nats, batches=Segments(text.ids[split], **own).in_order()
        )
        for split in HELD_OUT
    }
    return Material(train, SegmentLoss(), validation, train.predictions, {})


def _of_texts(text: Text, device: torch.device, batch: int, seed: int) -> Material:
    batches = {
        split: TextBatches(
            text.ids[split], text.labels[split], batch=batch, seed=seed, device=device
        )
        for split in ("train", *HELD_OUT)
    }
    validation: dict[str, Any] = {}
    scores: dict[str, Any] = {}
    for split in HELD_OUT:
        held = batches[split].in_order()
        validation[split] = partial(mean_text_nats, batches=held)
        scores[f"{split}_accuracy"] = partial(accuracy, batches=held)
    train, texts = batches["train"], len(text.labels["train"])
    return Material(train, TextLoss(), validation, texts, scores)
