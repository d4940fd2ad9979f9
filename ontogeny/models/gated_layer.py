"""LSTMs whose weights come from sources, and whose gates are sites.

A unit of an LSTM has four gates: i, f, g and o (the candidate g counts as one), each
a row of W^x and of W^h with one bias:

    a = (W^x x + W^h (z^h ⊙ h')) ⊙ z + b,   i, f, o = σ(a),   g = tanh(a)
    c = f ⊙ c' + i ⊙ g,   h = o ⊙ tanh(c)

What leaves the layer is z^h ⊙ h. Scales z are there in Bayesian models alone
(`ontogeny.bayes`); of others they are 1. Source: Lobacheva et al. (2020), eq. 1 and
"Our model".
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import cast

import torch
from torch import Tensor, nn

from ontogeny.models.model import AtSite, leave
from ontogeny.models.weight import Weight

# On a GPU: that cuDNN copies weights side by side at every call. So it must, for they
# are made anew for every step.
warnings.filterwarnings("ignore", "RNN module weights are not part", UserWarning)

GATES = "ifgo"
"""In the order of the rows of W^x, W^h and b, which is PyTorch's."""


class GatedLayer(nn.Module):
    """One LSTM of a `GatedNetwork`.

    Args:
        inputs: W^x, shape (4 · hidden, inputs).
        recurrent: W^h, shape (4 · hidden, hidden).
        bias: b at the start, shape (4 · hidden,).
        scales: z by name, of `GATES` (all or none) and "h", of shape (hidden,) each.
        by_sequence: Whether each sequence of a minibatch has draws of z of its own,
            which needs a loop over time; or all share one.
    """

    none: Tensor

    def __init__(
        self,
        inputs: Weight,
        recurrent: Weight,
        bias: Tensor,
        scales: Mapping[str, Weight],
        *,
        by_sequence: bool = False,
    ) -> None:
        super().__init__()
        self.inputs, self.recurrent = inputs, recurrent
        self.bias = nn.Parameter(bias.clone())
        self.scales = nn.ModuleDict(scales)
        self.by_sequence = by_sequence
        # PyTorch's LSTM has a second bias; to train both would double their steps.
        self.register_buffer("none", torch.zeros_like(bias), persistent=False)

    def forward(
        self,
        x: Tensor,
        before: tuple[Tensor, Tensor] | None,
        name: str,
        at_site: AtSite,
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Read a window.

        Args:
            x: Shape (time, batch, inputs).
            before: o ⊙ tanh(c) and c after the last window; None: zero.
            name: Of the layer's site.
            at_site: Called at its gates, whose values are but shown, and its output.

        Returns:
            Output, shape (time, batch, hidden), and what to carry.
        """
        if before is None:
            zero = x.new_zeros(1, x.shape[1], len(self.bias) // 4)
            before = zero, zero
        if self.by_sequence and self.training and self.scales:
            raw, after, z_h = self._loop(x, before)
        else:
            raw, after, z_h = self._fused(x, before, name, at_site)
        return at_site(name, raw if z_h is None else raw * z_h), after

    def _scale(self, name: str) -> Weight:
        return cast(Weight, self.scales[name])

    def folded(self) -> tuple[Tensor, Tensor, Tensor | None]:
        """W^x and W^h with one draw of z multiplied in, and z^h, if there is any."""
        w_x, w_h = self.inputs(), self.recurrent()
        if "i" in self.scales:
            rows = torch.cat([self.scales[gate]() for gate in GATES])[:, None]
            w_x, w_h = w_x * rows, w_h * rows
        if "h" not in self.scales:
            return w_x, w_h, None
        z_h = self.scales["h"]()
        return w_x, w_h * z_h, z_h

    def _fused(
        self, x: Tensor, before: tuple[Tensor, Tensor], name: str, at_site: AtSite
    ) -> tuple[Tensor, tuple[Tensor, Tensor], Tensor | None]:
        w_x, w_h, z_h = self.folded()
        weights = [w_x, w_h, self.bias, self.none]
        raw, h, c = torch.lstm(
            x, before, weights, True, 1, 0.0, self.training, False, False
        )
        if at_site is not leave:
            past = torch.cat([before[0], raw[:-1]])
            for gate, value in zip(
                GATES, gate_values(x @ w_x.T + past @ w_h.T + self.bias), strict=True
            ):
                at_site(f"{name}.{gate}", value)
        return raw, (h, c), z_h

    def _loop(
        self, x: Tensor, before: tuple[Tensor, Tensor]
    ) -> tuple[Tensor, tuple[Tensor, Tensor], Tensor | None]:
        batch = x.shape[1]
        w_h = self.recurrent()
        z = z_h = None
        if "i" in self.scales:
            z = torch.cat([self._scale(gate).draws(batch) for gate in GATES], 1)
        if "h" in self.scales:
            z_h = self._scale("h").draws(batch)
        of_x = x @ self.inputs().T
        of_x = of_x + self.bias if z is None else of_x * z + self.bias
        h, c = before[0][0], before[1][0]
        outputs = []
        for step in of_x:
            of_h = (h if z_h is None else h * z_h) @ w_h.T
            i, f, g, o = gate_values(step + (of_h if z is None else of_h * z))
            c = f * c + i * g
            h = o * torch.tanh(c)
            outputs.append(h)
        return torch.stack(outputs), (h[None], c[None]), z_h


def gate_values(preactivations: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """σ of i, f and o, tanh of g, from a of shape (…, 4 · hidden).

    >>> [float(value) for value in gate_values(torch.zeros(4))]
    [0.5, 0.5, 0.0, 0.5]
    """
    i, f, g, o = preactivations.chunk(4, -1)
    return torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
