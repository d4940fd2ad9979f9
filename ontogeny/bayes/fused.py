"""Drawing and KL of many weights with few passes over memory.

Parameters are read a piece at a time; what is formed on the way fits into the cache and
is overwritten by the next piece. On a GPU, where a call costs more than memory, a piece
is everything. Gradients are formed with the values, in closed form.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from ontogeny.bayes.divergence import Form

PIECE = 65536
"""Weights at a time: the temporaries of one piece stay in a core's second cache. A
multiple of 16, so that the draws are those of one call for all (`Tensor.normal_`)."""

CLIP = 8.0
"""Largest size of ln α in the KL of a model, beyond which its gradient is 0.

Source: tipt0p/SparseBayesianRNN."""


def _pieces(*tensors: Tensor) -> Iterator[tuple[Tensor, ...]]:
    """Of tensors of equal shape and contiguous, the same piece of each."""
    flat = [tensor.view(-1) for tensor in tensors]
    size = PIECE if flat[0].device.type == "cpu" else max(len(flat[0]), 1)
    yield from zip(*(one.split(size) for one in flat), strict=True)


class Draw(torch.autograd.Function):
    """μ + ε e^{log σ}, ε ~ N(0, 1); its backward pass needs ε e^{log σ} alone."""

    @staticmethod
    def forward(ctx: Any, mean: Tensor, log_deviation: Tensor) -> Tensor:
        """Draw from the global generator of the parameters' device."""
        mean, log_deviation = mean.contiguous(), log_deviation.contiguous()
        noise, values = torch.empty_like(mean), torch.empty_like(mean)
        for m, d, n, v in _pieces(mean, log_deviation, noise, values):
            n.normal_()
            torch.exp(d, out=v)
            n.mul_(v)
            torch.add(m, n, out=v)
        ctx.save_for_backward(noise)
        return values

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor]:
        """The gradient itself, and times ε e^{log σ}."""
        (noise,) = ctx.saved_tensors
        return gradient, gradient * noise


class KL(torch.autograd.Function):
    """Σ `kl_nats` with ln α clipped, and its gradient by μ and log σ."""

    @staticmethod
    def forward(ctx: Any, mean: Tensor, log_deviation: Tensor, form: Form) -> Tensor:
        """The sum over all weights; gradients are formed where they are needed."""
        mean, log_deviation = mean.contiguous(), log_deviation.contiguous()
        gradients = None
        if any(ctx.needs_input_grad[:2]):
            gradients = torch.empty_like(mean), torch.empty_like(mean)
            ctx.save_for_backward(*gradients)
        return _kl(mean, log_deviation, form, gradients)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None]:
        """The gradients that are there, times the sum's."""
        by_mean, by_deviation = ctx.saved_tensors
        return by_mean * gradient, by_deviation * gradient, None


def _kl(
    mean: Tensor,
    log_deviation: Tensor,
    form: Form,
    gradients: tuple[Tensor, Tensor] | None,
) -> Tensor:
    """Σ KL; where gradients are given, they are overwritten.

    With u = ln α, s' = s(−shift − slope · u) and q = s(−u) = 1/(1 + α),
    KL = constant − height + height · s' − ½ ln(1 − q), and
    ∂KL/∂u = −height · slope · s'(1 − s') − ½ q; u = 2 log σ − 2 ln|μ|.
    """
    constant, height, shift, slope = form
    total = mean.new_zeros((), dtype=torch.float64)
    into = gradients or (mean, mean)
    for m, d, by_mean, by_deviation in _pieces(mean, log_deviation, *into):
        half = d - m.abs().log_()
        inside = half.clamp(-0.5 * CLIP, 0.5 * CLIP)
        q = torch.mul(inside, 2.0).exp_().add_(1.0).reciprocal_()
        rest = inside.mul_(-2.0 * slope).sub_(shift).sigmoid_()
        total += height * rest.sum() - 0.5 * torch.log1p(-q).sum()
        if gradients is not None:
            slopes = torch.addcmul(rest, rest, rest, value=-1.0)
            slopes.mul_(-2.0 * height * slope).sub_(q)
            slopes.masked_fill_(half.abs_() > 0.5 * CLIP, 0.0)
            by_deviation.copy_(slopes)
            torch.div(slopes, m, out=by_mean).neg_().nan_to_num_(nan=0.0)
    total += (constant - height) * mean.numel()
    return total.to(mean.dtype)
