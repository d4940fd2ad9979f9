"""One step of an LSTM, told apart into what is relevant and what is not."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class Parts(NamedTuple):
    """A state's hidden and cell vectors, or their relevant or irrelevant part.

    Attributes:
        hidden: h, shape (..., hidden).
        cell: c, shape (..., hidden).
    """

    hidden: Tensor
    cell: Tensor


def activate(preactivations: Tensor) -> Tensor:
    """σ of the gates i and f, tanh of g; shape (..., 3 · hidden), in a new tensor.

    >>> activate(torch.zeros(3))
    tensor([0.5000, 0.5000, 0.0000])
    """
    hidden = preactivations.shape[-1] // 3
    values = torch.empty_like(preactivations)
    torch.sigmoid(preactivations[..., : 2 * hidden], out=values[..., : 2 * hidden])
    torch.tanh(preactivations[..., 2 * hidden :], out=values[..., 2 * hidden :])
    return values


def step(
    relevant: Tensor,
    irrelevant: Tensor,
    bias: Tensor,
    before: tuple[Parts, Parts],
    bias_product: Tensor,
) -> tuple[Parts, Parts]:
    """Decompose one step of many sequences.

    A gate's preactivation has three summands: relevant r, irrelevant s, bias b.
    Its value is linearised by Shapley over the two orders of r and s, the bias
    always first: L(r) = ½ [f(r+b) − f(b) + f(r+s+b) − f(s+b)], L(s) alike, and
    L(b) = f(b). Of the products, relevant is what holds a relevant factor and
    no irrelevant one: of i·g, L_i(r)·(L_g(r) + L_g(b)) + L_i(b)·L_g(r), and
    L_i(b)·L_g(b) where `bias_product` says so; of f·c, (L_f(r) + L_f(b))·c_r.
    tanh(c) is linearised the same way without bias; o is exact.

    Args:
        relevant: r, of all four gates, shape (n, 4 · hidden).
        irrelevant: s, the same.
        bias: b, shape (4 · hidden,).
        before: Relevant and irrelevant part of the state before.
        bias_product: Whether the product of biases is relevant, shape (n,).

    Returns:
        Relevant and irrelevant part of the state after the step.

    Source: Murdoch, Liu & Yu (2018), arXiv:1801.05453, §3.2, as their public
    code has it; the thesis's appendix A (ch. 5) permutes the bias too and
    prints σ(y₁) where σ(y₂) is meant.
    """
    gates = 3 * before[0].cell.shape[-1]
    r, s, b = relevant[:, :gates], irrelevant[:, :gates], bias[:gates]
    with_r, with_s, with_both = activate(r + b), activate(s + b), activate(r + s + b)
    of_b = activate(b)
    of_r = 0.5 * (with_r - of_b + with_both - with_s)
    of_s = 0.5 * (with_s - of_b + with_both - with_r)
    (i_r, f_r, g_r), (i_s, f_s, g_s), (i_b, f_b, g_b) = (
        part.chunk(3, dim=-1) for part in (of_r, of_s, of_b)
    )
    product = (i_b * g_b) * bias_product[:, None]
    c_r = (f_r + f_b) * before[0].cell + i_r * (g_r + g_b) + i_b * g_r + product
    c_s = (
        f_s * before[0].cell
        + (f_r + f_b + f_s) * before[1].cell
        + (i_r + i_b + i_s) * g_s
        + i_s * (g_r + g_b)
        + (i_b * g_b - product)
    )
    both, only_r, only_s = torch.tanh(c_r + c_s), torch.tanh(c_r), torch.tanh(c_s)
    o = torch.sigmoid(relevant[:, gates:] + irrelevant[:, gates:] + bias[gates:])
    return (
        Parts(o * 0.5 * (only_r + both - only_s), c_r),
        Parts(o * 0.5 * (only_s + both - only_r), c_s),
    )
