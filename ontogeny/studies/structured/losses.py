"""What networks of 004 minimise: of streams, of segments, of texts, and with KL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from ontogeny.models import IGNORED
from ontogeny.studies.structured.evaluating import class_nats, told_classes
from ontogeny.training.stream import StreamLoss, Window


class SumOverTime(StreamLoss):
    """Cross-entropy summed over a window's steps, its mean over the columns.

    It is what λ, learning rate and clipping of 004 are relative to: with the mean over
    steps, of T steps, the same training has T times the learning rate, and λ and the
    clipping norm divided by T.

    ASSUME: the last window, which is shorter, is read too; the public code of Wen et
    al. (2018) drops it.
    """

    def __call__(self, model: Any, batch: Window, step: int) -> dict[str, Tensor]:
        """Return `{"loss_nats": sum over time}`."""
        predicted = (batch.targets != IGNORED).sum()
        mean = super().__call__(model, batch, step)["loss_nats"]
        return {"loss_nats": mean * predicted / batch.targets.shape[1]}


class SegmentLoss:
    """Mean cross-entropy of segments, each read from a zero state.

    A batch has `inputs` and `targets`, int64, shape (time, batch).
    """

    def __call__(self, model: Any, batch: Any, step: int) -> dict[str, Tensor]:
        """Return `{"loss_nats": mean}`."""
        output, _ = model(batch.inputs)
        total = model.loss(output, batch.targets).total_nats
        return {"loss_nats": total / batch.targets.numel()}

    def start_epoch(self) -> None:
        """Nothing is carried."""

    def state_dict(self) -> dict[str, Any]:
        """Nothing is carried."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Nothing is carried."""


class TextLoss(SegmentLoss):
    """Mean cross-entropy of texts' classes.

    A batch has `inputs`, shape (time, texts), `last` and `labels`, shape (texts,).
    """

    def __call__(self, model: Any, batch: Any, step: int) -> dict[str, Tensor]:
        """Return `{"loss_nats": mean}`."""
        logits = model.logits(batch.inputs, batch.last)
        return {"loss_nats": class_nats(logits, batch.labels).mean()}


class WithDivergence:
    """A loss and the KL divergence of the weights, both by prediction: minus the ELBO.

    Args:
        loss: Mean over predictions.
        divergence: From a model to its KL divergence in nats.
        predictions: N of the training split, which the divergence is divided by:
            words of a language model, texts of a classifier.
        steps: Over which the divergence's weight rises from 0 to 1; 0: it is 1.

    Source: Lobacheva et al. (2020), eq. 2.
    """

    def __init__(
        self,
        loss: Any,
        divergence: Callable[[Any], Tensor],
        predictions: int,
        steps: float = 0,
    ) -> None:
        self.loss = loss
        self.divergence = divergence
        self.predictions = predictions
        self.steps = steps
        self.carries_state = getattr(loss, "carries_state", False)

    def __call__(self, model: Any, batch: Any, step: int) -> dict[str, Tensor]:
        """Return loss_nats and kl_nats, the latter as it is weighted."""
        weight = min(1.0, (step + 1) / self.steps) if self.steps else 1.0
        kl = self.divergence(model) * (weight / self.predictions)
        return {**self.loss(model, batch, step), "kl_nats": kl}

    def start_epoch(self) -> None:
        """As the loss does."""
        self.loss.start_epoch()

    def state_dict(self) -> dict[str, Any]:
        """The loss's."""
        return self.loss.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The loss's."""
        self.loss.load_state_dict(state)


@torch.no_grad()
def mean_segment_nats(model: Any, batches: Any) -> float:
    """Mean cross-entropy of all predictions of some segments, in evaluation mode."""
    total, predictions = 0.0, 0
    with evaluating(model):
        for batch in batches:
            output, _ = model(batch.inputs)
            total += model.loss(output, batch.targets).nats.double().sum().item()
            predictions += batch.targets.numel()
    return total / predictions


@torch.no_grad()
def mean_text_nats(model: Any, batches: Any) -> float:
    """Mean cross-entropy of some texts' classes, in evaluation mode."""
    total, texts = 0.0, 0
    with evaluating(model):
        for batch in batches:
            logits = model.logits(batch.inputs, batch.last)
            total += class_nats(logits, batch.labels).double().sum().item()
            texts += len(batch.labels)
    return total / texts


@torch.no_grad()
def accuracy(model: Any, batches: Any) -> float:
    """Share of some texts whose class is told, in evaluation mode."""
    right, texts = 0, 0
    with evaluating(model):
        for batch in batches:
            told = told_classes(model.logits(batch.inputs, batch.last))
            right += int((told == batch.labels).sum())
            texts += len(batch.labels)
    return right / texts


@contextmanager
def evaluating(model: Any) -> Iterator[None]:
    """Evaluation mode for a while."""
    training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(training)
