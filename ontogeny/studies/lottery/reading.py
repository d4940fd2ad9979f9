"""What a translation model holds while it reads pairs: its views.

A view is an array with a row for each position or cell that is compared, and a unit for
each entry: of a site its (d,) vectors, of a map what each head gives a visible cell.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

import torch
from torch import Tensor

from ontogeny.measures.similarity.attention import attention_rows
from ontogeny.models.transformer import PAD, EncoderDecoder
from ontogeny.translation.batches import PairBatch


class View(NamedTuple):
    """A view of a batch.

    Attributes:
        rows: Shape (n, units).
        pairs: Place in the batch of each row's pair, shape (n,).
        inner: Whether it is neither of `</s>` of the source nor of `<s>` of the target,
            bool, shape (n,).
    """

    rows: Tensor
    pairs: Tensor
    inner: Tensor


class Positions(NamedTuple):
    """Which positions of a batch are compared.

    Attributes:
        source: Bool, shape (pairs, time).
        target: Of what the decoder reads, bool, shape (pairs, time).
    """

    source: Tensor
    target: Tensor

    @classmethod
    def of(cls, batch: PairBatch, *, ends: bool = True) -> Positions:
        """Those that are no padding.

        Args:
            batch: The pairs.
            ends: Whether `</s>` of the source and `<s>` of the target count.
        """
        source, target = batch.source != PAD, batch.target_in != PAD
        if not ends:
            # The last of each source, the first of each target.
            source = source & torch.cat(
                [source[:, 1:], torch.zeros_like(source[:, :1])], 1
            )
            target = target & (torch.arange(target.shape[1], device=target.device) > 0)
        return cls(source, target)

    def side(self, site: str) -> Tensor:
        """Which positions a site has."""
        return self.source if site.startswith(("source", "encoder")) else self.target

    def visible(self, name: str) -> Tensor:
        """Which cells of a map are compared, shape (pairs, queries, keys)."""
        queries = self.source if name.startswith("encoder") else self.target
        keys = self.target if name.startswith("decoder") else self.source
        cells = queries[:, :, None] & keys[:, None, :]
        return cells.tril() if name.startswith("decoder") else cells


@torch.no_grad()
def views(
    model: EncoderDecoder,
    batch: PairBatch,
    names: Collection[str],
    watch: Callable[[str, Tensor], None] | None = None,
) -> dict[str, View]:
    """Some views of a batch.

    Args:
        model: In evaluation mode.
        batch: On the model's device.
        names: Of sites and maps.
        watch: Called with the name of each map and the map.
    """
    whole, inner = (Positions.of(batch, ends=ends) for ends in (True, False))
    found = {}

    def at_site(name: str, activation: Tensor) -> Tensor:
        if name in names:
            there, less = whole.side(name), inner.side(name)
            pairs = there.nonzero()[:, 0]
            found[name] = View(activation[there], pairs, less[there])
        return activation

    def at_map(name: str, alpha: Tensor) -> Tensor:
        if name in names:
            cells, less = whole.visible(name), inner.visible(name)
            pairs = cells.nonzero()[:, 0]
            found[name] = View(attention_rows(alpha, cells), pairs, less[cells])
        if watch is not None:
            watch(name, alpha)
        return alpha

    # Without, attention is the fast one that shows none.
    look = at_map if model.maps.keys() & set(names) or watch is not None else None
    model(batch.source, batch.target_in, at_site=at_site, at_map=look)
    return found
