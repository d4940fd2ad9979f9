"""Learning rates: of a step by its number, or by what validation has shown."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Any

import torch

from ontogeny.errors import InputError
from ontogeny.training.recipe import Recipe


class Schedule:
    """A constant learning rate, the optimiser's own; every other is a subclass.

    Attributes:
        step: Steps done, by a count of the schedule's own (`jump`).
    """

    def __init__(self) -> None:
        self.step = 0

    def rate(self, step: int) -> float | None:
        """Learning rate of a step, from 1; None: as the optimiser has it."""
        return None

    def before_step(self, optimiser: torch.optim.Optimizer) -> None:
        """Give the optimiser the learning rate of the next step."""
        rate = self.rate(self.step + 1)
        if rate is not None:
            for group in optimiser.param_groups:
                _set_rate(optimiser, group, rate)

    def after_epoch(
        self, optimiser: torch.optim.Optimizer, losses: Sequence[float]
    ) -> bool:
        """Say whether the learning rate is divided after an epoch.

        Args:
            optimiser: Whose rate may be divided here.
            losses: Of validation, of the untrained model and after every epoch so far.
        """
        return False

    def jump(self, step: int) -> None:
        """Make `step` the number of the next step, to rewind the learning rate.

        Raises:
            InputError: If the learning rate does not follow from it.
        """
        self.step = step - 1

    def state_dict(self) -> dict[str, Any]:
        """What a resumed run needs; the optimiser keeps the learning rate itself."""
        return {"step": self.step}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take it up."""
        self.step = state["step"]


class Stall(Schedule):
    """Divided after every epoch whose validation loss is not below the best so far.

    "Quartered whenever loss fails to improve" (Saphra & Lopez 2019 §2).
    ASSUME: the loss meant is that of the validation split.

    Args:
        divide_by: The divisor.
    """

    def __init__(self, divide_by: float) -> None:
        super().__init__()
        self.divide_by = divide_by

    def after_epoch(
        self, optimiser: torch.optim.Optimizer, losses: Sequence[float]
    ) -> bool:
        """Divide, unless the last loss is below all before it."""
        if losses[-1] < min(losses[:-1]):
            return False
        for group in optimiser.param_groups:
            _set_rate(optimiser, group, group["lr"] / self.divide_by)
        return True

    def jump(self, step: int) -> None:
        """Refuse."""
        raise InputError(
            "schedule: stall cannot be rewound, for its learning rate follows from "
            "losses, not from the step; choose another."
        )


class AfterEpochs(Schedule):
    """r / dⁿ, where n is how many of the given epochs are over.

    Args:
        start: Learning rate r of the first step.
        divide_by: The divisor d.
        after: Epochs, from 1, rising.
        steps: Of an epoch.
        every: Whether every epoch that follows the last given one counts too.

    >>> schedule = AfterEpochs(8.0, 2, [1, 3], steps=10)
    >>> [schedule.rate(step) for step in (1, 10, 11, 30, 31, 99)]
    [8.0, 8.0, 4.0, 4.0, 2.0, 2.0]
    >>> AfterEpochs(8.0, 2, [1], steps=10, every=True).rate(31)
    1.0
    """

    def __init__(
        self,
        start: float,
        divide_by: float,
        after: Sequence[int],
        *,
        steps: int,
        every: bool = False,
    ) -> None:
        super().__init__()
        if not after or sorted(set(after)) != list(after) or after[0] < 1:
            raise InputError(
                f"divide_after: must be epochs from 1 on, rising, found {list(after)}."
            )
        self.start, self.divide_by = start, divide_by
        self.after, self.steps, self.every = after, steps, every

    def rate(self, step: int) -> float:
        """See `Schedule.rate`."""
        over = (step - 1) // self.steps
        divisions = sum(epoch <= over for epoch in self.after)
        if self.every:
            divisions += max(0, over - self.after[-1])
        return self.start / self.divide_by**divisions

    def after_epoch(
        self, optimiser: torch.optim.Optimizer, losses: Sequence[float]
    ) -> bool:
        """Say whether the next step's rate is another."""
        return self.rate(self.step + 1) != self.rate(self.step)


class InverseSquareRoot(Schedule):
    """p · min(step / w, √(w / step)): warm-up of w steps to p, then a slow fall.

    With p = f · (d · w)^−½ this is f · d^−½ · min(step^−½, step · w^−1.5): f times
    the rate of Vaswani et al. (2017, eq. 3) for a width of d.

    Args:
        peak: Learning rate p.
        warmup: Steps w.

    >>> schedule = InverseSquareRoot(0.8, warmup=4)
    >>> [schedule.rate(step) for step in (1, 4, 16)]
    [0.2, 0.8, 0.4]
    """

    def __init__(self, peak: float, warmup: int) -> None:
        super().__init__()
        if warmup < 1:
            raise InputError(f"warmup: must be at least 1 step, found {warmup}.")
        self.peak, self.warmup = peak, warmup

    def rate(self, step: int) -> float:
        """See `Schedule.rate`."""
        return self.peak * min(step / self.warmup, sqrt(self.warmup / step))


def make_schedule(recipe: Recipe, steps: int) -> Schedule:
    """The schedule of a recipe, at its first step.

    Args:
        recipe: Names it.
        steps: Of an epoch.

    Raises:
        InputError: If there is none of that name.
    """
    start, divide_by = recipe.learning_rate, recipe.divide_by
    match recipe.schedule:
        case "stall":
            return Stall(divide_by)
        case "after_epochs":
            after, every = recipe.divide_after, recipe.divide_every
            return AfterEpochs(start, divide_by, after, steps=steps, every=every)
        case "inverse_sqrt":
            return InverseSquareRoot(start, recipe.warmup)
        case "constant":
            return Schedule()
    raise InputError(
        f"schedule: must be stall, after_epochs, inverse_sqrt or constant, found "
        f"{recipe.schedule}."
    )


def _set_rate(
    optimiser: torch.optim.Optimizer, group: dict[str, Any], rate: float
) -> None:
    group["lr"] = rate
    if isinstance(optimiser, torch.optim.ASGD):
        # It works out each step's rate, `eta`, at the end of the one before.
        for parameter in group["params"]:
            if state := optimiser.state.get(parameter):
                state["eta"].fill_(rate)
