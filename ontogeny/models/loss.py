"""Output layer and cross-entropy in one step, without the full logits.

Logits of a whole window (1,400 steps × 10,000 words) are the largest tensor of
a training step, written and read several times. Here they exist for a few
hundred rows at a time, are turned into gradients at once, and are forgotten.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

IGNORED = -1
"""Target of a step that is not predicted (padding, unlabelled)."""

# Measured by benchmarks/training.py on 2 cores for 10 k and 20 k words:
# fewer rows read the decoder too often, more no longer fit the cache.
ROWS = 350


class OutputLoss(NamedTuple):
    """Cross-entropy of one window, and what its logits' gradient looks like.

    Attributes:
        total_nats: Sum over all predicted steps, a scalar with a gradient.
        nats: Loss of each step, shape (steps,), without gradient; 0 where the
            target is `IGNORED`.
        concentration: χ(x̄) of the gradient with respect to the logits, shape
            (steps,); NaN where that gradient is zero. None unless asked for.
        l1: ‖x̄‖₁, shape (steps,). None unless asked for.
    """

    total_nats: Tensor
    nats: Tensor
    concentration: Tensor | None
    l1: Tensor | None


def output_loss(
    hidden: Tensor,
    weight: Tensor,
    bias: Tensor,
    targets: Tensor,
    *,
    statistics: bool = False,
    rows: int = ROWS,
    products: torch.dtype | None = None,
) -> OutputLoss:
    """Cross-entropy of `softmax(hidden · weightᵀ + bias)`, summed, in nats.

    Equal to `cross_entropy(linear(hidden, weight, bias), targets)` with
    reduction "sum" up to rounding. Gradients of hidden, weight and bias are
    formed in the forward pass, those that are needed. With e_j the exponential
    of a non-target logit relative to the largest of these, r = Σ e_j and
    q = 1 − p(target), the logits' gradient is x̄ = q·(e/r) off the target and
    −q on it; so ‖x̄‖₁ = 2q and χ(x̄) = √(Σ e_j² + r²) / 2r, which stay exact
    when the model is nearly certain.

    Args:
        hidden: Output of the last layer, shape (steps, hidden).
        weight: Decoder, shape (vocab, hidden).
        bias: Shape (vocab,).
        targets: Target words, int64, shape (steps,); `IGNORED` ones count
            nothing.
        statistics: Whether to compute χ(x̄) and ‖x̄‖₁.
        rows: How many steps' logits exist at one time.
        products: Type that the three matrix products read and write, None for
            that of `hidden`; exponentials and sums keep the latter. With
            bfloat16 a logit has 8 significant bits.

    >>> hidden = torch.zeros(1, 2)
    >>> output_loss(hidden, torch.ones(4, 2), torch.zeros(4), torch.tensor([3])).nats
    tensor([1.3863])
    """
    if not torch.is_grad_enabled():
        # A Function is told that parameters need gradients even then.
        hidden, weight, bias = hidden.detach(), weight.detach(), bias.detach()
    total, nats, *seen = _OutputLoss.apply(
        hidden, weight, bias, targets, statistics, rows, products or hidden.dtype
    )
    return OutputLoss(total, nats, *(seen if statistics else (None, None)))


class _OutputLoss(torch.autograd.Function):
    @staticmethod
    def forward(ctx, hidden, weight, bias, targets, statistics, rows, products):
        needs_hidden, needs_weight, needs_bias = ctx.needs_input_grad[:3]
        d_hidden = torch.empty_like(hidden) if needs_hidden else None
        d_weight = torch.zeros_like(weight) if needs_weight else None
        d_bias = torch.zeros_like(bias) if needs_bias else None
        nats = hidden.new_empty(len(hidden))
        concentration, l1 = torch.empty_like(nats), torch.empty_like(nats)
        logits = hidden.new_empty(min(rows, len(hidden)), len(weight))
        exact = products == hidden.dtype
        short_weight = weight.to(products)
        for start in range(0, len(hidden), rows):
            here = slice(start, start + rows)
            h, target = hidden[here], targets[here]
            e = logits[: len(h)]
            if exact:
                torch.addmm(bias, h, weight.T, out=e)
            else:
                torch.add(h.to(products) @ short_weight.T, bias, out=e)
            nats[here], q, r = _exponentials(e, target)
            target = target.clamp(min=0)
            scale = (q / r)[:, None]
            short_e = e.to(products)
            if d_hidden is not None:
                d = d_hidden[here].copy_(short_e @ short_weight).mul_(scale)
                d.sub_(weight[target] * q[:, None])
            if d_weight is not None:
                if exact:
                    d_weight.addmm_(e.T, h * scale)
                else:
                    d_weight.add_(short_e.T @ (h * scale).to(products))
                d_weight.index_add_(0, target, h * q[:, None], alpha=-1)
            if d_bias is not None:
                d_bias.addmv_(e.T, scale[:, 0])
                d_bias.index_add_(0, target, q, alpha=-1)
            if statistics:
                l2 = torch.linalg.vector_norm(e, dim=1)
                concentration[here] = torch.hypot(l2, r) / (2 * r)
                l1[here] = 2 * q
        ctx.save_for_backward(d_hidden, d_weight, d_bias)
        concentration.masked_fill_(l1 == 0, torch.nan)
        ctx.mark_non_differentiable(nats, concentration, l1)
        return nats.sum(), nats, concentration, l1

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad_total, *_):
        grads = (d if d is None else d * grad_total for d in ctx.saved_tensors)
        return (*grads, None, None, None, None)


def _exponentials(logits: Tensor, target: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Turn logits in place into e; return nats, q and r (see `output_loss`).

    Ignored steps get 0 nats and q = 0, so that they add nothing anywhere.
    """
    predicted = target != IGNORED
    column = target.clamp(min=0)[:, None]
    of_target = logits.gather(1, column)
    logits.scatter_(1, column, -torch.inf)
    largest = logits.amax(1, keepdim=True)
    e = logits.sub_(largest).exp_()
    r = e.sum(1)
    margin = r.log() - (of_target - largest)[:, 0]
    nats = torch.nn.functional.softplus(margin)
    return nats * predicted, torch.sigmoid(margin) * predicted, r
