"""Optimisers by a recipe, and the averages that one of them keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from ontogeny.errors import InputError
from ontogeny.training.recipe import Recipe


def make_optimiser(
    recipe: Recipe, parameters: Iterable[nn.Parameter]
) -> torch.optim.Optimizer:
    """The optimiser of a recipe.

    ASGD is SGD that averages the weights (Polyak & Juditsky 1992) and has no decay of
    its own, as Merity et al. (2018) use it; `averaged` gives what it has averaged.

    Raises:
        InputError: If there is none of that name, or momentum is not SGD's.
    """
    rate, decay = recipe.learning_rate, recipe.weight_decay
    if recipe.momentum and recipe.optimiser != "sgd":
        raise InputError(f"momentum: is of sgd alone, not of {recipe.optimiser}.")
    match recipe.optimiser:
        case "sgd":
            return torch.optim.SGD(
                parameters, lr=rate, momentum=recipe.momentum, weight_decay=decay
            )
        case "adam":
            return torch.optim.Adam(
                parameters,
                lr=rate,
                betas=recipe.betas,
                eps=recipe.epsilon,
                weight_decay=decay,
            )
        case "asgd":
            return torch.optim.ASGD(
                parameters,
                lr=rate,
                lambd=0,
                t0=recipe.average_after,
                weight_decay=decay,
            )
    raise InputError(f"optimiser: must be sgd, adam or asgd, found {recipe.optimiser}.")


@contextmanager
def averaged(optimiser: torch.optim.Optimizer) -> Iterator[None]:
    """Let the weights be their averages for a while, where the optimiser has any."""
    states = optimiser.state.items()
    averages = {weight: state["ax"] for weight, state in states if "ax" in state}
    trained = {weight: weight.detach().clone() for weight in averages}
    _copy(averages)
    try:
        yield
    finally:
        _copy(trained)


@torch.no_grad()
def _copy(values: dict[Tensor, Tensor]) -> None:
    for weight, value in values.items():
        weight.copy_(value)
