"""Probes side by side: what they answer, and how they learn."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from ontogeny.measures.probing.items import BLOCK, Items, Standard, by_probe, check
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

    def logits(self, read: Tensor) -> Tensor:
        """Logits, or values, of what is read of items.

        Args:
            read: Shape (views, items, width).

        Returns:
            Shape (probes, items, outputs).
        """
        if self._standard is not None:
            mean, scale = self._standard
            read = (read - mean[:, None]).div_(scale[:, None])
        return _forward(_of(read, self.views), self._weights)

    def scores(self, items: Items) -> Iterator[tuple[slice, Tensor]]:
        """Logits, or values, a block of items at a time.

        Yields:
            Which items; of shape (probes, items, outputs).

        Raises:
            InputError: If a vector is NaN or infinite.
        """
        with torch.no_grad():
            for start in range(0, len(items), BLOCK):
                block = slice(start, min(start + BLOCK, len(items)))
                which = torch.arange(block.start, block.stop)
                read = items.read(which.to(items.words.device))
                check(read)
                yield block, self.logits(read)

    def predict(self, items: Items) -> NDArray:
        """Each probe's answers, shape (probes, items): classes, or values."""
        parts = [
            logits.argmax(-1) if self.outputs > 1 else logits[..., 0]
            for _, logits in self.scores(items)
        ]
        return torch.cat(parts, 1).cpu().numpy()

    def nats(self, items: Items) -> NDArray[np.float64]:
        """Loss of each item, shape (probes, items): −log p(label), or smooth ℓ₁.

        It is 0 where a label is `IGNORED`.
        """
        labels = by_probe(items.labels, len(self.epochs))
        parts = [
            losses(logits, labels[:, block]) for block, logits in self.scores(items)
        ]
        return torch.cat(parts, 1).double().cpu().numpy()


class Learning:
    """Probes in training: those that still learn, and the best weights of all.

    Attributes:
        best: Weights of each probe's best epoch.
        epochs: These.
        active: Probes that still learn.
    """

    def __init__(
        self,
        weights: list[Tensor],
        own: Tensor,
        standard: Standard,
        recipe: ProbeRecipe,
    ) -> None:
        self._standard, self._own, self._recipe = standard, own.clone(), recipe
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
        return Probes(self._weights, own, self._standard, self.epochs[self.active])

    def narrow(self) -> Tensor | None:
        """Views that are still read; from then on probes read these alone.

        None: as many as before.
        """
        used, own = torch.unique(self._own[self.active], return_inverse=True)
        if len(used) == self._read:
            return None
        self._read = len(used)
        self._own[self.active] = own
        if self._standard is not None:
            mean, scale = self._standard
            self._standard = mean[used], scale[used]
        return used

    def step(self, read: Tensor, labels: Tensor, share: Tensor, done: float) -> None:
        """One step of Adam; `done` is the share of all steps that are behind."""
        for part in self._weights:
            part.requires_grad_(True)
        nats = losses(self.probes().logits(read), labels[self.active])
        share = share[self.active]
        # Steps do not mix probes, so that the sum has each one's own gradient. A batch
        # may lack any label of a probe.
        means = (nats * share).sum(1) / share.sum(1).clamp(min=1)
        gradients = torch.autograd.grad(means.sum(), self._weights)
        rate = self._recipe.learning_rate
        rate *= 1 - 0.99 * done if self._recipe.falling else 1
        self._steps += 1
        unbiased = [1 - beta**self._steps for beta in _BETAS]
        parts = zip(self._weights, gradients, self._first, self._second, strict=True)
        with torch.no_grad():
            for weight, gradient, first, second in parts:
                first.lerp_(gradient, 1 - _BETAS[0])
                second.mul_(_BETAS[1]).addcmul_(gradient, gradient, value=1 - _BETAS[1])
                root = (second / unbiased[1]).sqrt_().add_(_EPSILON)
                weight.addcdiv_(first, root, value=-rate / unbiased[0])

    def keep(self, scores: Tensor, epoch: int) -> None:
        """Keep what is best so far; those that have waited too long learn no more."""
        best = self._score[self.active]
        # A loss that falls by less than a thousandth has converged.
        least = LEAST_GAIN * best.abs() if self._recipe.by_loss else 0.0
        better = scores > torch.where(best.isfinite(), best + least, best)
        now = self.active[better]
        self._score[now], self.epochs[now] = scores[better], epoch
        for kept, weight in zip(self.best, self._weights, strict=True):
            kept[now] = weight.detach()[better]
        learns = epoch - self.epochs[self.active] < self._recipe.patience
        if not bool(learns.all()):
            self.active = self.active[learns]
            for parts in (self._weights, self._first, self._second):
                parts[:] = [part.detach()[learns] for part in parts]


def _forward(inputs: Tensor, weights: list[Tensor]) -> Tensor:
    """Logits, shape (probes, items, outputs), of inputs, (probes, items, width)."""
    for number in range(0, len(weights), 2):
        inputs = inputs.relu() if number else inputs
        inputs = torch.baddbmm(weights[number + 1][:, None], inputs, weights[number])
    return inputs


def _of(inputs: Tensor, views: Tensor) -> Tensor:
    """Each probe's view of the inputs."""
    same = len(views) == len(inputs) and bool(
        (views == torch.arange(len(inputs), device=views.device)).all()
    )
    return inputs if same else inputs.index_select(0, views)


def losses(logits: Tensor, labels: Tensor) -> Tensor:
    """Of each item, shape (probes, items): nats, or smooth ℓ₁ distance.

    They are 0 where a label is `IGNORED`.
    """
    if logits.shape[-1] == 1:
        return functional.smooth_l1_loss(logits[..., 0], labels, reduction="none")
    # Flat: CUDA has no deterministic loss of more dimensions.
    flat = functional.cross_entropy(
        logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORED, reduction="none"
    )
    return flat.view(labels.shape)


def initial_weights(
    width: int, hidden: int | None, outputs: int, seed: int
) -> list[Tensor]:
    """Weights and biases of a probe's layers, uniform as in `nn.Linear`.

    All probes of a seed begin alike, so that their views alone tell them apart.
    """
    generator = torch.Generator().manual_seed(seed)
    sizes = [width, outputs] if hidden is None else [width, hidden, outputs]
    parts = []
    for fan_in, fan_out in pairwise(sizes):
        for shape in ((fan_in, fan_out), (fan_out,)):
            part = torch.empty(shape)
            parts.append(
                part.uniform_(-(fan_in**-0.5), fan_in**-0.5, generator=generator)
            )
    return parts
