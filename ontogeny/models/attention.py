"""Attention by heads, on a fused path or with its maps laid open."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ontogeny.errors import InputError
from ontogeny.models.packing import Packing

AtMap = Callable[[Tensor], Tensor]
"""Called with a map, shape (batch, heads, queries, keys); returns what is used."""


class MultiHeadAttention(nn.Module):
    """Attention by heads: o · [softmax(q_h k_hᵀ / √(d / heads)) v_h of each head h].

    q, k, v and o are four layers, each with a weight and a bias. Those that read the
    same input are multiplied with it at once, side by side. All is batch first: that is
    how the fused path writes its output, which time first would have to copy.

    Args:
        d: Units.
        heads: Of d / heads units each.
        dropout: Share of a map's weights dropped in training.

    Raises:
        InputError: If `heads` does not divide `d`.

    Source: Vaswani et al. (2017), §3.2.

    >>> attention = MultiHeadAttention(8, heads=2)
    >>> x, memory, maps = torch.ones(3, 5, 8), torch.ones(3, 7, 8), []
    >>> attention(x, memory, at_map=lambda map_: maps.append(map_) or map_).shape
    torch.Size([3, 5, 8])
    >>> maps[0].shape
    torch.Size([3, 2, 5, 7])
    """

    def __init__(self, d: int, heads: int, dropout: float = 0.0) -> None:
        super().__init__()
        if heads < 1 or d % heads:
            raise InputError(f"heads: {heads} do not divide {d} units; choose others.")
        self.heads = heads
        self.dropout = dropout
        self.q, self.k, self.v, self.o = (nn.Linear(d, d) for _ in range(4))

    def forward(
        self,
        x: Tensor,
        memory: Tensor | None = None,
        *,
        hidden: Tensor | None = None,
        causal: bool = False,
        at_map: AtMap | None = None,
        packing: Packing | None = None,
    ) -> Tensor:
        """Attend from `x` to `memory`.

        Args:
            x: Shape (batch, queries, d).
            memory: Shape (batch, keys, d); None: `x`.
            hidden: See `attend`.
            causal: See `attend`.
            at_map: See `attend`.
            packing: How x is packed, without a memory; None: it is not.

        Returns:
            As x: shape (batch, queries, d).
        """
        if memory is None:
            query, *read = self.project(x, self.q, self.k, self.v, packing=packing)
        else:
            (query,) = self.project(x, self.q)
            read = self.project(memory, self.k, self.v)
        return self.attend(
            query, *read, hidden=hidden, causal=causal, at_map=at_map, packing=packing
        )

    def project(
        self, x: Tensor, *layers: nn.Linear, packing: Packing | None = None
    ) -> list[Tensor]:
        """What some of q, k and v make of one input, by head.

        Args:
            x: Shape (batch, time, d), or packed.
            layers: Of this attention.
            packing: How x is packed; None: it is not.

        Returns:
            Of each layer, shape (batch, heads, time, d / heads).
        """
        weight = torch.cat([layer.weight for layer in layers])
        bias = torch.cat([layer.bias for layer in layers])
        made = F.linear(x, weight, bias)
        made = made if packing is None else packing.unpack(made)
        return [
            part.unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for part in made.chunk(len(layers), -1)
        ]

    def attend(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        *,
        hidden: Tensor | None = None,
        causal: bool = False,
        at_map: AtMap | None = None,
        packing: Packing | None = None,
    ) -> Tensor:
        """Attend by what `project` made.

        Args:
            query: Shape (batch, heads, queries, d / heads).
            key: Shape (batch, heads, keys, d / heads).
            value: The same.
            hidden: −∞ at keys that are not attended to, 0 at others, of a shape that
                broadcasts to (batch, heads, queries, keys).
            causal: Whether query i attends to no key after the i-th; then `hidden` must
                be None.
            at_map: Called with the map, whose rows sum to 1. If None, no map is formed:
                the fused path is taken.
            packing: How what is returned is packed, by queries; None: it is not.

        Returns:
            Shape (batch, queries, d), or packed.
        """
        share = self.dropout if self.training else 0.0
        if at_map is None:
            seen = F.scaled_dot_product_attention(
                query, key, value, hidden, share, is_causal=causal
            )
        else:
            if causal:
                hidden = query.new_full((query.shape[2], key.shape[2]), -torch.inf)
                hidden = hidden.triu(1)
            scores = query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5
            scores = scores if hidden is None else scores + hidden
            seen = F.dropout(at_map(scores.softmax(-1)), share) @ value
        seen = seen.transpose(1, 2).flatten(2)
        return self.o(seen if packing is None else packing.pack(seen))
