"""What probes read, what they should answer, and in which batches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ontogeny.errors import InputError
from ontogeny.measures.probing.recipes import ProbeRecipe
from ontogeny.models import IGNORED

BLOCK = 2048
"""Items read at a time: what fits a processor's cache."""

Standard = tuple[Tensor, Tensor] | None
"""Mean and scale of each view's units, shape (views, width) each."""


@dataclass(frozen=True)
class Items:
    """What probes read, and what they should answer.

    Attributes:
        vectors: Of words, from each view, finite, shape (views, words, units).
        words: The word of each item, int64, shape (items,), or the pair's two, shape
            (items, 2), whose vectors are read with their product (`pair_features`).
        labels: Class of each item, int64, or its value, float32: shape (items,), or
            (probes, items) where probes differ in them. An item whose class is
            `IGNORED` counts nothing for that probe, but for its units' moments.
        sentences: Each item's, ascending, int64, shape (items,).
    """

    vectors: Tensor
    words: Tensor
    labels: Tensor
    sentences: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.words)

    @property
    def width(self) -> int:
        """Units that a probe reads of an item."""
        return self.vectors.shape[2] * (3 if self.words.ndim == 2 else 1)

    def read(self, which: Tensor) -> Tensor:
        """What is read of some items, shape (views, items, width)."""
        words = self.words[which]
        if words.ndim == 1:
            return self.vectors.index_select(1, words)
        first, second = (self.vectors.index_select(1, words[:, s]) for s in (0, 1))
        return pair_features(first, second)


def pair_features(first: Tensor, second: Tensor) -> Tensor:
    """Vectors of pairs of words: both, and their product unit by unit.

    Args:
        first: Shape (…, units): w_i.
        second: Likewise: w_j.

    Returns:
        [w_i; w_j; w_i ⊙ w_j], shape (…, 3 units).

    Source: Movva & Zhao (2020), A.1; Liu et al. (2019).

    >>> pair_features(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0])).tolist()
    [1.0, 2.0, 3.0, 4.0, 3.0, 8.0]
    """
    return torch.cat([first, second, first * second], -1)


def labelled(labels: Tensor) -> Tensor:
    """Whether an item counts: any value does, and a class that is not `IGNORED`."""
    if labels.is_floating_point():
        return torch.ones_like(labels, dtype=torch.bool)
    return labels != IGNORED


def shares(labels: Tensor, sentences: NDArray[np.int64], weigh_items: bool) -> Tensor:
    """What an item counts for each probe, shape (probes, items).

    As much as its sentence's others, together with it 1; nothing without a label.
    """
    counts = labelled(labels).float()
    if weigh_items:
        return counts
    _, number = np.unique(sentences, return_inverse=True)
    of = torch.from_numpy(number).to(labels.device)
    totals = counts.new_zeros(len(labels), int(number[-1]) + 1)
    return counts / totals.index_add_(1, of, counts)[:, of].clamp(min=1)


def batches(
    sentences: NDArray[np.int64], recipe: ProbeRecipe, order: np.random.Generator
) -> list[NDArray[np.int64]]:
    """Items of so many sentences a batch, in an order drawn, once or several times."""
    _, begins, counts = np.unique(sentences, return_index=True, return_counts=True)
    found: list[NDArray[np.int64]] = []
    while len(found) < recipe.steps:
        drawn = order.permutation(len(begins))
        for start in range(0, len(drawn), recipe.sentences):
            batch = drawn[start : start + recipe.sentences]
            items = [np.arange(begins[s], begins[s] + counts[s]) for s in batch]
            found.append(np.concatenate(items))
    return found


def moments(items: Items, standardised: bool) -> Standard:
    """Mean and scale of what is read of the items; None: not asked for."""
    if not standardised:
        return None
    shape, device = (len(items.vectors), items.width), items.vectors.device
    mean, squares = (
        torch.zeros(shape, dtype=torch.float64, device=device) for _ in "ms"
    )
    # About the first item: sums of squares would lose what is far from 0.
    origin = items.read(torch.zeros(1, dtype=torch.int64, device=device)).double()
    for which in torch.arange(len(items), device=device).split(BLOCK):
        read = items.read(which).double() - origin
        mean += read.sum(1)
        squares += read.square().sum(1)
    mean /= len(items)
    spread = (squares / len(items) - mean.square()).clamp(min=0).sqrt()
    mean += origin[:, 0]
    # A constant unit tells nothing: it is centred and left so.
    constant = spread <= 1e-6 * mean.abs().clamp(min=1e-6)
    return mean.float(), spread.masked_fill(constant, 1.0).float()


def by_probe(labels: Tensor, probes: int) -> Tensor:
    """Labels of each probe, shape (probes, items)."""
    return labels if labels.ndim == 2 else labels.expand(probes, -1)


def check(vectors: Tensor) -> None:
    """Refuse vectors that are NaN or infinite."""
    bad = int((~vectors.isfinite()).sum())
    if bad:
        raise InputError(
            f"{bad:,} of {vectors.numel():,} values that probes read are NaN or "
            "infinite: look at the training of the model that they come from."
        )
