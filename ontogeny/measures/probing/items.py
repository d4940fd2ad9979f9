"""What probes read, what they should answer, and in which batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ontogeny.errors import InputError
from ontogeny.models import IGNORED

BLOCK = 2048
"""Items read at a time: what fits a processor's cache."""

Standard = tuple[Tensor, Tensor] | None
"""Mean and scale of each view's units, shape (views, units) each."""


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
        return torch.cat(_parts(self.vectors, self.words[which], None), -1)

    def blocks(self, standard: Standard = None) -> Iterator[tuple[slice, list[Tensor]]]:
        """What is read of all items, a block of them at a time.

        Args:
            standard: By which units are standardised.

        Yields:
            Which items; and what is read of them, as `Feed.read` has it.

        Raises:
            InputError: If a vector is NaN or infinite.
        """
        for run in _runs(len(self)):
            parts = _parts(self.vectors, self.words[run], standard)
            for part in parts:
                check(part)
            yield run, parts


@dataclass(frozen=True)
class Feed:
    """Items as they are read over and over: in an order of their own, standardised.

    Attributes:
        vectors: Of items, shape (views, items, units); of pairs, of their words.
        pairs: Words of each pair, shape (items, 2); None: items are of one word.
        labels: Of each probe, shape (probes, items).
        sentences: Each item's, shape (items,).
    """

    vectors: Tensor
    pairs: Tensor | None
    labels: Tensor
    sentences: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        items: Items,
        standard: Standard,
        probes: int,
        order: NDArray[np.int64] | None = None,
    ) -> Self:
        """Some items for so many probes.

        Args:
            items: What is read, which stays as it is.
            standard: By which units are standardised.
            probes: How many they are.
            order: Of the items; None: their own.
        """
        words, sentences = items.words, items.sentences
        labels = by_probe(items.labels, probes)
        if order is not None:
            at = torch.from_numpy(order).to(words.device)
            words, labels, sentences = words[at], labels[:, at], sentences[order]
        if words.ndim == 1:
            (read,) = _parts(items.vectors, words, standard)
            return cls(read, None, labels, sentences)
        vectors = items.vectors
        if standard is not None:
            vectors = _standardised(vectors.clone(), standard)
        return cls(vectors, words, labels, sentences)

    def __len__(self) -> int:
        return len(self.sentences)

    def read(self, run: slice) -> list[Tensor]:
        """What is read of items that follow each other.

        Returns:
            Parts that make up the width, side by side: one, or a pair's three
            (`pair_features`); each of shape (views, items, units).
        """
        if self.pairs is None:
            return [self.vectors[:, run]]
        return _parts(self.vectors, self.pairs[run], None)

    def blocks(self, standard: Standard = None) -> Iterator[tuple[slice, list[Tensor]]]:
        """As `Items.blocks`; what is read has been standardised, and checked."""
        for run in _runs(len(self)):
            yield run, self.read(run)

    def narrowed(self, learns: Tensor, views: Tensor | None) -> Self:
        """For some of the probes, whose views are these; None: all views."""
        vectors = self.vectors if views is None else self.vectors[views]
        return replace(self, vectors=vectors, labels=self.labels[learns])


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


def batched(
    sentences: NDArray[np.int64], at_once: int, order: np.random.Generator
) -> tuple[NDArray[np.int64], list[slice]]:
    """Items in an order drawn, whole sentences, and batches of so many sentences.

    Batches keep their sentences from epoch to epoch, whose order alone is drawn again,
    so that a batch is read as it lies.

    Returns:
        Items in their order; which of these each batch has.
    """
    _, begins, counts = np.unique(sentences, return_index=True, return_counts=True)
    drawn = order.permutation(len(begins))
    items = [np.arange(begins[s], begins[s] + counts[s]) for s in drawn]
    ends = np.append(0, np.cumsum(counts[drawn]))
    bounds = [*ends[:-1:at_once], ends[-1]]
    runs = [slice(int(a), int(b)) for a, b in pairwise(bounds)]
    return np.concatenate(items), runs


def moments(items: Items) -> tuple[Tensor, Tensor]:
    """Mean and scale of each view's units over the words of items."""
    words = items.words.flatten()
    shape, device = (len(items.vectors), items.vectors.shape[2]), items.vectors.device
    mean, squares = (
        torch.zeros(shape, dtype=torch.float64, device=device) for _ in "ms"
    )
    # About the first item: sums of squares would lose what is far from 0.
    origin = items.vectors[:, words[:1]].double()
    for some in words.split(BLOCK):
        read = items.vectors.index_select(1, some).double() - origin
        mean += read.sum(1)
        squares += read.square().sum(1)
    mean /= len(words)
    spread = (squares / len(words) - mean.square()).clamp(min=0).sqrt()
    mean += origin[:, 0]
    # A constant unit tells nothing: it is centred and left so.
    constant = spread <= 1e-6 * mean.abs()
    return mean.float(), spread.masked_fill(constant, 1.0).float()


def _parts(vectors: Tensor, words: Tensor, standard: Standard) -> list[Tensor]:
    """Parts of what is read of words, shape (items,), or of pairs, (items, 2)."""
    if words.ndim == 1:
        return [_standardised(vectors.index_select(1, words), standard)]
    first, second = (
        _standardised(vectors.index_select(1, words[:, side]), standard)
        for side in (0, 1)
    )
    return [first, second, first * second]


def _standardised(read: Tensor, standard: Standard) -> Tensor:
    """Vectors in units of their spread, in place; as they are where none is known."""
    if standard is None:
        return read
    mean, scale = standard
    return read.sub_(mean[:, None]).div_(scale[:, None])


def _runs(of: int) -> Iterator[slice]:
    for start in range(0, of, BLOCK):
        yield slice(start, min(start + BLOCK, of))


def by_probe(labels: Tensor, probes: int) -> Tensor:
    """Labels of each probe, shape (probes, items)."""
    return labels if labels.ndim == 2 else labels.expand(probes, -1)


def check(vectors: Tensor) -> None:
    """Refuse vectors that are NaN or infinite."""
    # A sum is finite only if all values are; it costs a tenth of looking at each.
    if bool(vectors.sum(dtype=torch.float64).isfinite()):
        return
    bad = int((~vectors.isfinite()).sum())
    raise InputError(
        f"{bad:,} of {vectors.numel():,} values that probes read are NaN or "
        "infinite: look at the training of the model that they come from."
    )
