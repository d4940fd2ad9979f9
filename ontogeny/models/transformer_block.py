"""Blocks of the Transformer, and what decoding carries from step to step."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ontogeny.models.attention import AtMap, MultiHeadAttention
from ontogeny.models.dropout import Dropout
from ontogeny.models.packing import Packing

KeysValues = tuple[Tensor, Tensor]
"""Keys and values by head, each of shape (batch, heads, keys, d / heads)."""

Norm = Literal["post", "pre"]


class Cache(NamedTuple):
    """What decoding carries from subword to subword.

    Attributes:
        hidden: −∞ at padding of the source, shape (batch, 1, 1, time).
        cross: Of each layer, what it reads of the source; batch: the sentences.
        own: Of each layer, what it reads of the subwords so far; batch: sentences ×
            hypotheses. Empty at the start.
    """

    hidden: Tensor
    cross: list[KeysValues]
    own: list[KeysValues]

    def select(self, sentences: Tensor, hypotheses: Tensor) -> Cache:
        """Go on with some sentences, and of each with some hypotheses.

        Args:
            sentences: Their numbers, rising, shape (batch,).
            hypotheses: Which of them go on, some perhaps more than once, shape (batch,
                hypotheses).
        """
        before = len(self.hidden)
        width = len(self.own[0][0]) // before
        rows = (sentences[:, None] * width + hypotheses).flatten()
        own = [(keys[rows], values[rows]) for keys, values in self.own]
        if len(sentences) == before:
            return self._replace(own=own)
        cross = [(keys[sentences], values[sentences]) for keys, values in self.cross]
        return Cache(self.hidden[sentences], cross, own)


class EncoderBlock(nn.Module):
    """Attention of a text to itself, then two linear layers with ReLU between.

    Args:
        d: Units.
        heads: Of the attention.
        inner: Units between the linear layers.
        dropout: Share dropped of each sublayer's output.
        norm: Whether a sublayer reads x and LayerNorm follows the sum ("post"), or
            it reads LayerNorm(x) ("pre").
    """

    sublayers = 2

    def __init__(
        self, d: int, heads: int, inner: int, dropout: float, norm: Norm
    ) -> None:
        super().__init__()
        self.norm = norm
        self.self_attention = MultiHeadAttention(d, heads)
        self.fc1, self.fc2 = nn.Linear(d, inner), nn.Linear(inner, d)
        self.norms = nn.ModuleList(nn.LayerNorm(d) for _ in range(self.sublayers))
        self.dropout = Dropout(dropout)

    def forward(self, x: Tensor, text: Packing, at_map: AtMap | None) -> Tensor:
        """From packed x, shape (positions, d), to the same."""
        attend = partial(
            self.self_attention,
            hidden=text.hidden.to(x.dtype),
            at_map=at_map,
            packing=text,
        )
        return self.add(-1, self.add(0, x, attend), self.feed_forward)

    def add(self, number: int, x: Tensor, make: Callable[[Tensor], Tensor]) -> Tensor:
        """Add to x what a sublayer makes of it; `number` is that of its LayerNorm."""
        norm = self.norms[number]
        if self.norm == "pre":
            return x + self.dropout(make(norm(x)))
        return norm(x + self.dropout(make(x)))

    def feed_forward(self, x: Tensor) -> Tensor:
        """The linear layers."""
        # Flat: of three axes, `fc1` returns a view, and ReLU in place on a view is
        # copied twice on the way back.
        inner = F.relu(self.fc1(x.flatten(0, -2)), inplace=True)
        return self.fc2(inner).view_as(x)


class DecoderBlock(EncoderBlock):
    """An `EncoderBlock` that looks at nothing later, and at the source in between."""

    sublayers = 3

    def __init__(
        self, d: int, heads: int, inner: int, dropout: float, norm: Norm
    ) -> None:
        super().__init__(d, heads, inner, dropout, norm)
        self.cross_attention = MultiHeadAttention(d, heads)

    def forward(  # type: ignore[override]
        self,
        x: Tensor,
        text: Packing,
        read: KeysValues,
        hidden: Tensor,
        at_map: AtMap | None,
        at_cross: AtMap | None,
    ) -> Tensor:
        """From packed x, shape (positions, d), to the same.

        Padding of the text needs no mask: all of it is later.
        """
        attend = partial(self.self_attention, causal=True, at_map=at_map, packing=text)
        return self._rest(self.add(0, x, attend), read, hidden, at_cross, text)

    def read(self, memory: Tensor, source: Packing) -> KeysValues:
        """Keys and values of the source, from the encoder's output, packed."""
        cross = self.cross_attention
        keys, values = cross.project(memory, cross.k, cross.v, packing=source)
        return keys, values

    def step(
        self, x: Tensor, own: KeysValues | None, read: KeysValues, hidden: Tensor
    ) -> tuple[Tensor, KeysValues]:
        """One position of several hypotheses a sentence, (batch, hypotheses, d)."""
        attention = self.self_attention
        kept: list[Tensor] = []

        def attend(y: Tensor) -> Tensor:
            rows = y.flatten(0, 1)[:, None]
            query, *new = attention.project(rows, attention.q, attention.k, attention.v)
            if own is not None:
                new = [torch.cat(both, 2) for both in zip(own, new, strict=True)]
            kept.extend(new)
            return attention.attend(query, *kept).view_as(y)

        x = self.add(0, x, attend)
        # Hypotheses stand where queries do: they share the source's keys.
        return self._rest(x, read, hidden), (kept[0], kept[1])

    def _rest(
        self,
        x: Tensor,
        read: KeysValues,
        hidden: Tensor,
        at_map: AtMap | None = None,
        text: Packing | None = None,
    ) -> Tensor:
        cross = self.cross_attention

        def attend(y: Tensor) -> Tensor:
            (query,) = cross.project(y, cross.q, packing=text)
            return cross.attend(
                query, *read, hidden=hidden, at_map=at_map, packing=text
            )

        return self.add(-1, self.add(1, x, attend), self.feed_forward)
