"""Many small classifiers of the same vectors, trained at once.

A diagnostic classifier reads a site's vector, has one ReLU layer as wide as
there are labels, and a softmax (Belinkov et al., 2017; thesis ch. 4 §4). The
classifiers of a tagset, for every site, direction and true or shuffled labels,
differ in nothing but their input and labels: they are stacked and trained in
one loop, each ending where it would alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ontogeny.errors import InputError
from ontogeny.models import IGNORED

# Tokens classified at a time: what fits a processor's cache.
_BLOCK = 2048


@dataclass(frozen=True)
class Training:
    """How classifiers are trained.

    ASSUME: the thesis is silent, and Belinkov et al. (2017) give Adam alone. Units
    are standardised first, so that sites of any scale are learned alike. On a
    trained model's vectors five times as many epochs change accuracies by about
    a point; an untrained one's still gain up to five.

    Attributes:
        epochs: Passes over the tokens.
        batch: Tokens per step.
        learning_rate: Of Adam, falling linearly to zero.
    """

    epochs: int = 6
    batch: int = 256
    learning_rate: float = 1e-2


class Counts(NamedTuple):
    """How classifiers do on labelled tokens.

    Attributes:
        tokens: Labelled, by resampling group, int64, shape (classifiers, groups).
        correct: Of these, rightly classified.
        loss_nats: Mean cross-entropy, shape (classifiers,).
    """

    tokens: Tensor
    correct: Tensor
    loss_nats: Tensor


class Classifiers(nn.Module):
    """Classifiers side by side, each of one site's vectors.

    Args:
        sites: Which site each classifier reads, ascending, shape (classifiers,).
        mean: Of each site's units, shape (sites, units).
        scale: Standard deviation likewise; 1 for a constant unit.
        classes: Number of labels, and width of the ReLU layer.
        seed: Of initialisation; the n-th classifier of a seed always begins
            alike, whatever others there are.

    Raises:
        ValueError: If the sites are not ascending, or not those of the mean.
    """

    sites: Tensor
    mean: Tensor
    scale: Tensor

    def __init__(
        self, sites: Tensor, mean: Tensor, scale: Tensor, *, classes: int, seed: int
    ) -> None:
        super().__init__()
        readers = torch.bincount(sites, minlength=len(mean)).tolist()
        if len(readers) > len(mean) or (sites.diff() < 0).any():
            raise ValueError(f"need ascending sites below {len(mean)}, got {sites}")
        self._readers = readers
        self.register_buffer("mean", mean)
        self.register_buffer("scale", scale)
        one = [_initial(mean.shape[1], classes, seed + n) for n in range(len(sites))]
        stacked = [torch.stack(parts) for parts in zip(*one, strict=True)]
        self.hidden, self.hidden_bias, self.out, self.out_bias = (
            nn.Parameter(part.to(mean)) for part in stacked
        )

    def forward(self, vectors: Tensor) -> Tensor:
        """Logits, shape (classifiers, tokens, classes).

        Args:
            vectors: Shape (sites, tokens, units).
        """
        standard = (vectors - self.mean[:, None]) / self.scale[:, None]
        # All readers of a site in one wide product: faster than one by one.
        by_site = zip(standard, self.hidden.split(self._readers), strict=True)
        hidden = torch.cat([torch.einsum("tu,cuh->cth", x, w) for x, w in by_site])
        hidden = (hidden + self.hidden_bias[:, None]).relu()
        return torch.baddbmm(self.out_bias[:, None], hidden, self.out)

    @torch.no_grad()
    def count(self, vectors: Tensor, labels: Tensor, groups: Tensor, of: int) -> Counts:
        """Count what is right.

        Args:
            vectors: Shape (sites, tokens, units).
            labels: Shape (classifiers, tokens); `IGNORED` where there is none.
            groups: Resampling group of each token, shape (tokens,).
            of: Number of groups.

        Returns:
            Tokens, right ones, and the loss, which is NaN for a classifier
            without a labelled token.

        Raises:
            InputError: If a vector is NaN or infinite.
        """
        _check(vectors)
        tokens = torch.zeros(len(labels), of, dtype=torch.int64, device=labels.device)
        correct = torch.zeros_like(tokens)
        nats = torch.zeros(len(labels), dtype=torch.float64, device=labels.device)
        for start in range(0, labels.shape[1], _BLOCK):
            here = slice(start, start + _BLOCK)
            logits, label = self(vectors[:, here]), labels[:, here]
            labelled = label != IGNORED
            right = (logits.argmax(-1) == label) & labelled
            tokens.index_add_(1, groups[here], labelled.long())
            correct.index_add_(1, groups[here], right.long())
            nats += _losses(logits, label).double().sum(1)
        return Counts(tokens, correct, nats / tokens.sum(1))


def train_classifiers(
    vectors: Tensor,
    labels: Tensor,
    sites: Tensor,
    *,
    classes: int,
    seed: int,
    training: Training | None = None,
) -> Classifiers:
    """Train all classifiers of one tagset together.

    Each minimises its own mean cross-entropy by Adam, whose steps do not mix
    parameters, over the same tokens in the same order: together or alone, they
    end alike.

    Args:
        vectors: Shape (sites, tokens, units), finite.
        labels: Shape (classifiers, tokens), int64; `IGNORED` where a token has
            none, and counts nothing for that classifier.
        sites: Which site each classifier reads, ascending, int64, shape
            (classifiers,).
        classes: Number of labels; one that no token has can only be missed.
        seed: Of initialisation and of the tokens' order.
        training: How; None: as by default.

    Raises:
        InputError: If a vector is NaN or infinite, or a classifier has no label.
        ValueError: If a label is not below `classes`.

    Source: Belinkov et al. (2017), What do Neural Machine Translation Models
    Learn about Morphology?, §3; thesis ch. 4 §4.

    >>> vectors = torch.eye(4).repeat(1, 50, 1)
    >>> labels = torch.arange(4).repeat(1, 50)
    >>> found = train_classifiers(
    ...     vectors, labels, torch.zeros(1, dtype=torch.long), classes=4, seed=0,
    ...     training=Training(epochs=20, batch=10))
    >>> counts = found.count(vectors, labels, torch.zeros(200, dtype=torch.long), 1)
    >>> counts.correct.tolist()
    [[200]]
    """
    how = training or Training()
    _check(vectors)
    _check_labels(labels, classes)
    found = Classifiers(sites, *_moments(vectors), classes=classes, seed=seed)
    order = torch.Generator().manual_seed(seed)
    tokens = labels.shape[1]
    steps = how.epochs * -(-tokens // how.batch)
    optimiser = torch.optim.Adam(found.parameters(), lr=how.learning_rate, fused=True)
    falling = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 1e-2, steps)
    for _ in range(how.epochs):
        for here in torch.randperm(tokens, generator=order).split(how.batch):
            at = here.to(labels.device)
            label = labels[:, at]
            total = _losses(found(vectors[:, at]), label).sum(1)
            optimiser.zero_grad()
            (total / (label != IGNORED).sum(1).clamp(min=1)).sum().backward()
            optimiser.step()
            falling.step()
    return found


def _moments(vectors: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of each site's units, (sites, units) each."""
    mean, spread = vectors.mean(1), vectors.std(1, correction=0)
    # A constant unit tells nothing: it is centred and left so.
    constant = spread <= 1e-6 * mean.abs().clamp(min=1e-6)
    return mean, spread.masked_fill(constant, 1.0)


def _initial(units: int, classes: int, seed: int) -> list[Tensor]:
    """Weights and biases of one classifier's layers, uniform as in `nn.Linear`."""
    generator = torch.Generator().manual_seed(seed)
    shapes = [(units, classes), (classes,), (classes, classes), (classes,)]
    bounds = [units**-0.5, units**-0.5, classes**-0.5, classes**-0.5]
    return [
        torch.empty(shape).uniform_(-bound, bound, generator=generator)
        for shape, bound in zip(shapes, bounds, strict=True)
    ]


def _losses(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy of each token in nats, 0 without a label: (classifiers, tokens)."""
    return nn.functional.cross_entropy(
        # Flat: CUDA has no deterministic loss of more dimensions.
        logits.flatten(0, 1),
        labels.flatten(),
        ignore_index=IGNORED,
        reduction="none",
    ).view_as(labels)


def _check(vectors: Tensor) -> None:
    bad = int((~vectors.isfinite()).sum())
    if bad:
        raise InputError(
            f"{bad:,} of {vectors.numel():,} activations are NaN or infinite: "
            "lower lm.learning_rate or lm.clip_norm."
        )


def _check_labels(labels: Tensor, classes: int) -> None:
    empty = int((labels == IGNORED).all(1).sum())
    if empty:
        raise InputError(
            f"{empty} of {len(labels)} diagnostic classifiers have no labelled token "
            "to learn from: raise svcca.diagnostic_tokens, or give more text."
        )
    if int(labels.max()) >= classes:
        raise ValueError(f"need labels below {classes}, got {int(labels.max())}")
