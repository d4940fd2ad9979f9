"""Probes side by side: what they answer, and how they learn."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ontogeny.measures.probing.items import Feed, Items, Standard, by_probe
from ontogeny.measures.probing.recipes import ProbeRecipe
from ontogeny.models import IGNORED

_BETAS, _EPSILON = (0.9, 0.999), 1e-8

LEAST_GAIN = 1e-3
"""By what share a validation loss must fall to be lower."""


class Probes:
    """Probes, each of one view.

    Attributes:
        views: View of each, int64, shape (probes,).
        outputs: Classes, or 1 for values.
        epochs: At which each was best, int64, shape (probes,).
    """

    def __init__(
        self,
        weights: list[Tensor],
        views: Tensor,
        standard: Standard,
        epochs: Tensor,
    ) -> None:
        self._weights, self._standard = weights, standard
        self.views, self.epochs = views, epochs
        self.outputs = weights[-1].shape[-1]

    def scores(self, items: Items | Feed) -> Iterator[tuple[slice, Tensor]]:
        """Logits, or values, a block of items at a time.

        Yields:
            Which items; of shape (probes, outputs, items).

        Raises:
            InputError: If a vector is NaN or infinite.
        """
        with torch.no_grad():
            for block, read in items.blocks(self._standard):
                yield block, _forward(_of(read, self.views), self._weights)[-1]

    def predict(self, items: Items | Feed) -> NDArray:
        """Each probe's answers, shape (probes, items): classes, or values."""
        parts = [
            scores.argmax(1) if self.outputs > 1 else scores[:, 0]
            for _, scores in self.scores(items)
        ]
        return torch.cat(parts, 1).cpu().numpy()

    def nats(self, items: Items | Feed) -> NDArray[np.float64]:
        """Loss of each item, shape (probes, items): −log p(label), or smooth ℓ₁.

        It is 0 where a label is `IGNORED`.
        """
        labels = by_probe(items.labels, len(self.epochs))
        parts = [
            losses(scores, labels[:, block])[0] for block, scores in self.scores(items)
        ]
        return torch.cat(parts, 1).double().cpu().numpy()


class Learning:
    """Probes in training: those that still learn, and the best weights of all.

    Attributes:
        best: Weights of each probe's best epoch.
        epochs: These.
        active: Probes that still learn.
    """

    def __init__(self, weights: list[Tensor], own: Tensor, recipe: ProbeRecipe) -> None:
        self._own, self._recipe = own.clone(), recipe
        self._read = int(own.max()) + 1
        self.best = [part.clone() for part in weights]
        self.epochs = torch.zeros(len(own), dtype=torch.int64, device=own.device)
        self.active = torch.arange(len(own), device=own.device)
        self._score = torch.full(
            (len(own),), -torch.inf, dtype=torch.float64, device=own.device
        )
        self._weights = [part.clone() for part in weights]
        # Adam's moments; steps are counted for all at once.
        self._first = [torch.zeros_like(part) for part in weights]
        self._second = [torch.zeros_like(part) for part in weights]
        self._steps = 0

    def probes(self) -> Probes:
        """Those that still learn, as they are now."""
        own = self._own[self.active]
        return Probes(self._weights, own, None, self.epochs[self.active])

    def narrow(self) -> Tensor | None:
        """Views that are still read; from then on probes read these alone.

        None: as many as before.
        """
        used, own = torch.unique(self._own[self.active], return_inverse=True)
        if len(used) == self._read:
            return None
        self._read = len(used)
        self._own[self.active] = own
        return used

    def step(
        self, read: list[Tensor], labels: Tensor, share: Tensor, done: float
    ) -> None:
        """One step of Adam.

        Args:
            read: Of the batch; see `Feed.read`.
            labels: Of those that still learn, shape (active, items).
            share: What each item counts, likewise.
            done: Share of all steps that are behind.
        """
        read = _of(read, self._own[self.active])
        layers = _forward(read, self._weights)
        _, slopes = losses(layers[-1], labels)
        # A batch may lack any label of a probe.
        slopes *= (share / share.sum(1, keepdim=True).clamp(min=1))[:, None]
        gradients = _backward(read, layers, self._weights, slopes)
        rate = self._recipe.learning_rate
        rate *= 1 - 0.99 * done if self._recipe.falling else 1
        self._steps += 1
        unbiased = [1 - beta**self._steps for beta in _BETAS]
        parts = zip(self._weights, gradients, self._first, self._second, strict=True)
        for weight, gradient, first, second in parts:
            first.lerp_(gradient, 1 - _BETAS[0])
            second.mul_(_BETAS[1]).addcmul_(gradient, gradient, value=1 - _BETAS[1])
            root = (second / unbiased[1]).sqrt_().add_(_EPSILON)
            weight.addcdiv_(first, root, value=-rate / unbiased[0])

    def keep(self, scores: Tensor, epoch: int) -> Tensor | None:
        """Keep what is best so far; those that have waited too long learn no more.

        Returns:
            Which of those that learned still do, bool; None: all.
        """
        best = self._score[self.active]
        # A loss that falls by less than a thousandth has converged.
        least = LEAST_GAIN * best.abs() if self._recipe.by_loss else 0.0
        better = scores > torch.where(best.isfinite(), best + least, best)
        now = self.active[better]
        self._score[now], self.epochs[now] = scores[better], epoch
        for kept, weight in zip(self.best, self._weights, strict=True):
            kept[now] = weight[better]
        learns = epoch - self.epochs[self.active] < self._recipe.patience
        if bool(learns.all()):
            return None
        self.active = self.active[learns]
        for parts in (self._weights, self._first, self._second):
            parts[:] = [part[learns] for part in parts]
        return learns


def _forward(read: list[Tensor], weights: list[Tensor]) -> list[Tensor]:
    """Each layer's outputs, shape (probes, units or outputs, items).

    Units come before items: matrices of few rows are multiplied faster so, and what
    is read stays as it lies.
    """
    layers: list[Tensor] = []
    for number in range(0, len(weights), 2):
        inputs = [part.mT for part in read] if not layers else [layers[-1].relu_()]
        found = weights[number + 1][..., None]
        for part, weight in zip(inputs, _split(weights[number], inputs), strict=True):
            found = torch.baddbmm(found, weight, part)
        layers.append(found)
    return layers


def _backward(
    read: list[Tensor], layers: list[Tensor], weights: list[Tensor], slopes: Tensor
) -> list[Tensor]:
    """The gradient of each weight, given that of the last layer's outputs."""
    found: list[Tensor] = []
    for number in reversed(range(len(layers))):
        inputs = read if number == 0 else [layers[number - 1].mT]
        own = torch.cat([torch.bmm(slopes, part) for part in inputs], -1)
        found[:0] = [own, slopes.sum(2)]
        if number:
            slopes = torch.bmm(weights[2 * number].mT, slopes)
            slopes *= layers[number - 1] > 0
    return found


def _split(weight: Tensor, inputs: list[Tensor]) -> tuple[Tensor, ...]:
    """A layer's weights of each part of its inputs."""
    return weight.split([part.shape[1] for part in inputs], -1)


def _of(read: list[Tensor], views: Tensor) -> list[Tensor]:
    """Each probe's view of what is read."""
    same = len(views) == len(read[0]) and bool(
        (views == torch.arange(len(views), device=views.device)).all()
    )
    return read if same else [part.index_select(0, views) for part in read]


def losses(scores: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Of each item its nats, or smooth ℓ₁ distance, and how that changes with scores.

    Both are 0 where a label is `IGNORED`.

    Args:
        scores: Logits, or values, shape (probes, outputs, items).
        labels: Shape (probes, items).

    Returns:
        Shape (probes, items), and that of the scores.
    """
    if scores.shape[1] == 1:
        left = scores[:, 0] - labels
        slope = left.clamp(-1, 1)
        return slope * (left - slope / 2), slope[:, None]
    ignored = labels == IGNORED
    at = labels.masked_fill(ignored, 0)[:, None]
    logs = scores.log_softmax(1)
    nats = -logs.gather(1, at)[:, 0]
    slopes = logs.exp_()
    slopes.scatter_(1, at, slopes.gather(1, at) - 1)
    if bool(ignored.any()):
        nats, slopes = nats * ~ignored, slopes * ~ignored[:, None]
    return nats, slopes


def initial_weights(
    width: int, hidden: int | None, outputs: int, seed: int
) -> list[Tensor]:
    """Weights and biases of a probe's layers, uniform as in `nn.Linear`, and so shaped.

    All probes of a seed begin alike, so that their views alone tell them apart.
    """
    generator = torch.Generator().manual_seed(seed)
    sizes = [width, outputs] if hidden is None else [width, hidden, outputs]
    parts = []
    for fan_in, fan_out in pairwise(sizes):
        for shape in ((fan_out, fan_in), (fan_out,)):
            part = torch.empty(shape)
            parts.append(
                part.uniform_(-(fan_in**-0.5), fan_in**-0.5, generator=generator)
            )
    return parts
