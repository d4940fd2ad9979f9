"""All `Gaussian`s of a network at once: their KL, its gradient, their cut."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from ontogeny.bayes.fused import sum_kl
from ontogeny.bayes.gaussian import Gaussian


def gaussians(module: nn.Module) -> Iterator[Gaussian]:
    """All `Gaussian`s of a module, each once, in the order of its modules."""
    return (one for one in module.modules() if isinstance(one, Gaussian))


def total_kl_nats(module: nn.Module) -> Tensor:
    """Σ KL over all `Gaussian`s of a module, scales z included; a scalar.

    Raises:
        ValueError: If there is none.

    >>> model = nn.ModuleList([Gaussian(torch.ones(2)), Gaussian(torch.ones(1))])
    >>> bool(total_kl_nats(model) == model[0].kl_nats() + model[1].kl_nats())
    True
    """
    terms = [one.kl_nats() for one in gaussians(module)]
    if not terms:
        raise ValueError("no weight of the module is a Gaussian")
    return torch.stack(terms).sum()


@torch.no_grad()
def add_kl_gradient_(module: nn.Module, weight: float) -> Tensor:
    """Add the gradient of weight · Σ KL to the gradients that parameters have.

    What a loss with `weight * total_kl_nats(module)` in it would do, in one pass over
    memory, for use between the backward pass and clipping.

    Args:
        module: All of whose `Gaussian`s count; a gradient that is None becomes one.
        weight: Of Σ KL in the loss: 1 / predictions for a loss that is their mean.

    Returns:
        Σ KL, a scalar, not weighted.

    Raises:
        ValueError: If there is no `Gaussian`.

    >>> weight = Gaussian(torch.ones(2))
    >>> bool(add_kl_gradient_(weight, 0.5) == weight.kl_nats())
    True
    >>> weight.log_deviation.grad
    tensor([-0.4996, -0.4996])
    """
    terms = []
    for one in gaussians(module):
        gradients = _gradient(one.mean), _gradient(one.log_deviation)
        terms.append(
            sum_kl(one.mean, one.log_deviation, one.form, gradients, scale=weight)
        )
    if not terms:
        raise ValueError("no weight of the module is a Gaussian")
    return torch.stack(terms).sum()


def _gradient(parameter: nn.Parameter) -> Tensor:
    if parameter.grad is None:
        parameter.grad = torch.zeros_like(parameter)
    return parameter.grad


def low_snr_share(module: nn.Module) -> float:
    """Share of weights whose signal-to-noise ratio is below their threshold.

    Weights in matrices count; scales z, which are vectors of weights of groups, do not.

    Raises:
        ValueError: If there is no `Gaussian` matrix.

    >>> low_snr_share(Gaussian(torch.tensor([[1.0, 1e-3]])))
    0.5
    """
    kept = [one.keep() for one in gaussians(module) if one.mean.ndim > 1]
    if not kept:
        raise ValueError("no matrix of weights of the module is a Gaussian")
    return 1 - sum(int(mask.sum()) for mask in kept) / sum(map(torch.numel, kept))


@contextmanager
def uncut(module: nn.Module) -> Iterator[None]:
    """In its block, evaluation reads the means of all weights of a module.

    >>> weight = Gaussian(torch.tensor([1e-3])).eval()
    >>> with uncut(weight):
    ...     bool(weight() == weight.mean)
    True
    """
    before = [(one, one.uncut) for one in gaussians(module)]
    for one, _ in before:
        one.uncut = True
    try:
        yield
    finally:
        for one, was in before:
            one.uncut = was
