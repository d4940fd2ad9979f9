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

PIECE = 131072
"""Weights at a time: fewer cost more calls, more leave the cache (measured). A
multiple of 16, so that the draws are those of one call for all (`Tensor.normal_`)."""

CLIP = 8.0
"""Largest size of ln α in the KL of a model, beyond which its gradient is 0.

Source: tipt0p/SparseBayesianRNN."""


def piece_size(tensor: Tensor) -> int:
    """How many weights of a tensor are worked on at a time, at least 1."""
    size = max(tensor.numel(), 1)
    return min(PIECE, size) if tensor.device.type == "cpu" else size


def _pieces(*tensors: Tensor) -> Iterator[tuple[Tensor, ...]]:
    """Of tensors of equal shape and contiguous, the same piece of each."""
    flat = [tensor.view(-1) for tensor in tensors]
    yield from zip(*(one.split(piece_size(flat[0])) for one in flat), strict=True)


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
    """Σ `kl_nats` with ln α clipped; its gradient is formed with it."""

    @staticmethod
    def forward(ctx: Any, mean: Tensor, log_deviation: Tensor, form: Form) -> Tensor:
        """The sum over all weights."""
        mean, log_deviation = mean.contiguous(), log_deviation.contiguous()
        gradients = None
        if any(ctx.needs_input_grad[:2]):
            gradients = torch.empty_like(mean), torch.empty_like(mean)
        ctx.gradients = gradients
        return sum_kl(mean, log_deviation, form, gradients, scale=None)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None]:
        """The gradients that are there, times the sum's, in place: they serve once."""
        if ctx.gradients is None:
            raise RuntimeError("the KL's graph serves one backward pass: form it anew")
        (by_mean, by_deviation), ctx.gradients = ctx.gradients, None
        return by_mean.mul_(gradient), by_deviation.mul_(gradient), None


@torch.no_grad()
def sum_kl(
    mean: Tensor,
    log_deviation: Tensor,
    form: Form,
    gradients: tuple[Tensor, Tensor] | None = None,
    *,
    scale: float | None,
) -> Tensor:
    """Σ KL, and its gradient, added to gradients that are there or in their place.

    With u = ln α = 2 log σ − 2 ln|μ|, r = s(−shift − slope · u) and p = s(u),
    KL = constant − height + height · r − ½ ln p, and where |u| < `CLIP`
    ∂KL/∂log σ = −μ ∂KL/∂μ = −2 · height · slope · r (1 − r) − (1 − p), else 0.

    Args:
        mean: μ, contiguous.
        log_deviation: log σ, of the same shape.
        form: Constants of the approximation.
        gradients: By μ and by log σ, contiguous; None: of no interest.
        scale: Of what is added to them; None: they are overwritten.

    Returns:
        Σ KL, a scalar, not scaled.
    """
    constant, height, shift, slope = form
    bound = 0.5 * CLIP
    total = mean.new_zeros(())
    minus_shift = mean.new_tensor(-shift)
    scratch = [mean.new_empty(piece_size(mean)) for _ in range(3)]
    for m, d, *by in _pieces(mean, log_deviation, *(gradients or ())):
        half, p, r = (buffer[: len(m)] for buffer in scratch)
        torch.sub(d, torch.abs(m, out=half).log_(), out=half)
        torch.clamp(half, -bound, bound, out=p)
        torch.add(minus_shift, p, alpha=-2 * slope, out=r).sigmoid_()
        p.mul_(2.0).sigmoid_()
        total += height * r.sum()
        if by:
            r.addcmul_(r, r, value=-1.0)
            torch.add(p, r, alpha=-2 * height * slope, out=r).sub_(1.0)
        total -= 0.5 * _sum_log_(p)
        if by:
            torch.div(r, m, out=p)
            # At μ = 0, where r / μ is infinite, u is beyond the clip.
            for gradient, formed, sign in zip(by, (p, r), (-1, 1), strict=True):
                _zero_beyond_(formed, half, bound)
                if scale is None:
                    torch.mul(formed, sign, out=gradient)
                else:
                    gradient.add_(formed, alpha=sign * scale)
    return total + (constant - height) * mean.numel()


def _sum_log_(p: Tensor) -> Tensor:
    """Σ ln p, for p in [s(−8), 1]; p is overwritten.

    A product of eight such p is above 1e-28, so eight need one logarithm.
    """
    if len(p) % 8 == 0:
        for _ in range(3):
            half = len(p) // 2
            p = p[:half].mul_(p[half:])
    return p.log_().sum()


def _zero_beyond_(values: Tensor, where: Tensor, bound: float) -> None:
    """Set to 0, infinite ones too, the values where another's size reaches a bound."""
    torch.ops.aten.hardtanh_backward.grad_input(
        values, where, -bound, bound, grad_input=values
    )
