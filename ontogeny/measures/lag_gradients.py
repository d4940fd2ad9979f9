"""How far back an LSTM hears: gradients of its units by the age of the input.

For unit k and lag τ, ‖∂h_{t,k} / ∂x_{t−τ}‖₂, the total derivative through the layer's
own recurrence. Source: Lobacheva et al. (2020), figure 5.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from ontogeny.measures.gates import gate_values


def gradients_by_lag(
    lstm: nn.LSTM, inputs: Tensor, sources: Tensor, lags: int
) -> Tensor:
    """Norms for all units, carried forward from an input to the steps after it.

    With the state (h, c) after step t and D = ∂(h, c)/∂x_s:

        ∂a_t = W^x [t = s] + W^h ∂h_{t−1}
        ∂c_t = f ⊙ ∂c_{t−1} + c_{t−1} ⊙ ∂f + g ⊙ ∂i + i ⊙ ∂g
        ∂h_t = tanh(c_t) ⊙ ∂o + o ⊙ (1 − tanh² c_t) ⊙ ∂c_t

    One Jacobian of 2 H × I a source is carried, all sources side by side.

    Args:
        lstm: One layer and direction, time first.
        inputs: What it reads, shape (time, columns, inputs), from a zero state.
        sources: Step and column of each source, int64, shape (sources, 2); at least
            `lags` steps before the end.
        lags: The largest lag.

    Returns:
        Shape (sources, lags + 1, hidden).

    >>> lstm = nn.LSTM(1, 1)
    >>> x = torch.zeros(3, 1, 1, requires_grad=True)
    >>> by_hand = torch.autograd.grad(lstm(x)[0][2, 0, 0], x)[0].flatten().abs()
    >>> found = gradients_by_lag(lstm, x.detach(), torch.tensor([[0, 0]]), 2)
    >>> torch.allclose(found[0, 2, 0], by_hand[0])
    True
    """
    with torch.no_grad():
        gates, _, _ = gate_values(lstm, inputs)
        cells = cell_states(gates)
        steps, columns = sources.T
        own: Any = lstm
        w_x, w_h = own.weight_ih_l0, own.weight_hh_l0
        d_h = d_c = torch.zeros(())
        found = []
        for lag in range(lags + 1):
            i, f, g, o = gates[:, steps + lag, columns][..., None]
            c = cells[steps + lag, columns][..., None]
            if lag:
                past = cells[steps + lag - 1, columns][..., None]
                d_a = w_h @ d_h
            else:
                before = (steps > 0)[:, None, None]
                past = cells[(steps - 1).clamp(min=0), columns][..., None] * before
                d_a = w_x.expand(len(sources), -1, -1)
                d_c = torch.zeros(1, dtype=w_x.dtype)
            a_i, a_f, a_g, a_o = d_a.chunk(4, 1)
            d_c = (
                f * d_c
                + past * (f * (1 - f)) * a_f
                + g * (i * (1 - i)) * a_i
                + i * (1 - g * g) * a_g
            )
            tanh = torch.tanh(c)
            d_h = tanh * (o * (1 - o)) * a_o + o * (1 - tanh * tanh) * d_c
            found.append(torch.linalg.vector_norm(d_h, dim=2))
        return torch.stack(found, 1)


def cell_states(gates: Tensor) -> Tensor:
    """c of every step from a zero state, c_t = f ⊙ c_{t−1} + i ⊙ g.

    Args:
        gates: Shape (4, time, batch, hidden), see `gate_values`.

    Returns:
        Shape (time, batch, hidden).
    """
    i, f, g, _ = gates
    cell, cells = torch.zeros_like(i[0]), []
    for fed, kept in zip(i * g, f, strict=True):
        cell = kept * cell + fed
        cells.append(cell)
    return torch.stack(cells)


def gradients_of_last(lstm: nn.LSTM, inputs: Tensor, last: Tensor, lags: int) -> Tensor:
    """Norms for the units at each text's last word, carried backward.

    Args:
        lstm: One layer and direction, time first.
        inputs: What it reads, shape (time, texts, inputs), from a zero state.
        last: Index of each text's last word, shape (texts,).
        lags: The largest lag.

    Returns:
        Shape (texts, lags + 1, hidden); NaN at lags before a text's first word.
    """
    # As many backward passes as units, of which the pruned have few.
    x = inputs.detach().clone().requires_grad_()
    texts = torch.arange(x.shape[1])
    at_last = lstm(x)[0][last, texts]
    lag = torch.arange(lags + 1)[:, None]
    found = x.new_full((len(texts), lags + 1, at_last.shape[1]), torch.nan)
    there = last - lag
    for unit in range(at_last.shape[1]):
        (d_x,) = torch.autograd.grad(at_last[:, unit].sum(), x, retain_graph=True)
        norms = torch.linalg.vector_norm(d_x, dim=2)
        picked = norms[there.clamp(min=0), texts]
        found[..., unit] = picked.masked_fill(there < 0, torch.nan).T
    return found
