"""Texts side by side, without their padding."""

from __future__ import annotations

import torch
from torch import Tensor


class Packing:
    """Where texts that are padded have subwords, and how these are put in a row.

    What is done to each position alone need not be done to padding.

    Args:
        visible: Which positions are no padding, bool, shape (batch, time).

    Attributes:
        rows: Numbers of the visible positions, batch × time being flat, (positions,).
        hidden: −∞ at padding and 0 elsewhere, shape (batch, 1, 1, time).

    >>> packing = Packing(torch.tensor([[True, True], [True, False]]))
    >>> packing.pack(torch.tensor([[[1], [2]], [[3], [4]]])).tolist()
    [[1], [2], [3]]
    >>> packing.unpack(torch.tensor([[1], [2], [3]])).tolist()
    [[[1], [2]], [[3], [3]]]
    """

    def __init__(self, visible: Tensor) -> None:
        self.shape = visible.shape
        flat = visible.flatten()
        self.rows = flat.nonzero()[:, 0]
        # Of padding that of the position before it, which is not looked at.
        self._places = (flat.cumsum(0) - 1).clamp_(min=0)
        self._padded = len(self.rows) < len(flat)
        hidden = torch.zeros(visible.shape, device=visible.device)
        self.hidden = hidden.masked_fill_(~visible, -torch.inf)[:, None, None]

    def pack(self, x: Tensor) -> Tensor:
        """From shape (batch, time, units) to (positions, units)."""
        flat = x.flatten(0, 1)
        return flat.index_select(0, self.rows) if self._padded else flat

    def unpack(self, x: Tensor) -> Tensor:
        """The way back; what stands at padding then is without meaning."""
        flat = x.index_select(0, self._places) if self._padded else x
        return flat.unflatten(0, self.shape)
