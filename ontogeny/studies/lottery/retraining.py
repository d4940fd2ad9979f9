"""A training that is repeated from a step on, with what is pruned kept at 0."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import torch
from torch import nn

from ontogeny.errors import InputError
from ontogeny.pruning.masks import Masks, apply_masks_
from ontogeny.studies.lottery.tickets import keep_moments, keep_ticket
from ontogeny.training.batches import ByEpoch
from ontogeny.training.callbacks import LossCurve
from ontogeny.training.language_model import prepare_run
from ontogeny.training.loop import Callback, Loss, Run
from ontogeny.training.recipe import Recipe


@dataclass(frozen=True)
class Rewinding:
    """How a pruned model is trained on.

    Attributes:
        epochs: R, retrained after every pruning.
        of: "learning_rate": weights stay, and the schedule returns to the first step
            of the last R epochs (Renda et al. 2020); "weights": they and the moments
            return to what they were there, too (Frankle et al. 2019).
    """

    epochs: int
    of: Literal["learning_rate", "weights"] = "learning_rate"


class LastEpochs:
    """The batches of the last epochs of a training, from its first on again.

    Args:
        batches: Of the training.
        epochs: E, of the training.
        last: R, which of them, from the end.
    """

    def __init__(self, batches: ByEpoch, epochs: int, last: int) -> None:
        self._batches = batches
        self._before = epochs - last

    def __len__(self) -> int:
        return len(self._batches)

    def of_epoch(self, epoch: int) -> Any:
        """See `ByEpoch`."""
        return self._batches.of_epoch(self._before + epoch)


class Masked(Callback):
    """What is pruned stays 0: its gradients before clipping, and it after every step.

    Args:
        masks: By the parameters' names.
    """

    def __init__(self, masks: Masks) -> None:
        self.masks = masks

    def after_backward(self, run: Run) -> None:
        parameters = parameters_of(run.model, self.masks)
        gradients = {name: weight.grad for name, weight in parameters.items()}
        apply_masks_({n: g for n, g in gradients.items() if g is not None}, self.masks)

    def after_step(self, run: Run) -> None:
        apply_masks_(parameters_of(run.model, self.masks), self.masks)


@dataclass(frozen=True)
class Training:
    """What all iterations of all chains of a seed have in common.

    Attributes:
        recipe: Of LTH0; its schedule follows from the step alone.
        model: Makes the untrained model.
        prunable: Names of its prunable weights, in the order that ties are pruned in.
        loss: Makes the loss.
        batches: Of the training split, by epoch.
        curve: Makes the curve, with what else is to be measured after every epoch.
        seed: Of LTH0.
        device: That it is trained on.
        save_every_s: Seconds between two savings of the state within an epoch.
        identity: Of data, recipe and seed.
        about: Kept with every ticket: what its weights do not say of the model.
    """

    recipe: Recipe
    model: Callable[[], nn.Module]
    prunable: Sequence[str]
    loss: Callable[[], Loss]
    batches: ByEpoch
    curve: Callable[[], tuple[LossCurve, Sequence[Callback]]]
    seed: int
    device: torch.device
    save_every_s: float = 60.0
    identity: str = ""
    about: Mapping[str, int] = field(default_factory=dict)


def check_rewinding(recipe: Recipe, rewinding: Rewinding, steps: int) -> None:
    """Refuse what cannot be rewound.

    Args:
        recipe: Of LTH0.
        rewinding: Of its chains.
        steps: Of an epoch.

    Raises:
        InputError: If there are not so many epochs, or the warm-up is not over there.
    """
    at = recipe.epochs - rewinding.epochs
    if not 0 < rewinding.epochs < recipe.epochs:
        raise InputError(
            f"retrain_epochs: must be between 1 and {recipe.epochs - 1}, one less than "
            f"the dense model's epochs, found {rewinding.epochs}."
        )
    if recipe.schedule == "inverse_sqrt" and recipe.warmup > at * steps:
        raise InputError(
            f"warmup: {recipe.warmup} steps end after step {at * steps}, which pruned "
            "models are rewound to: lower it, or retrain for fewer epochs."
        )


def prepare(
    training: Training,
    recipe: Recipe,
    batches: ByEpoch,
    folder: Path,
    callbacks: Sequence[Callback],
    *,
    identity: str,
) -> tuple[Run, LossCurve]:
    """A run and its curve, where its state left it if any did.

    Args:
        training: What it is one of.
        recipe: Of this run; says its epochs.
        batches: Of this run.
        folder: Of its state.
        callbacks: Called before losses are measured.
        identity: Of all that decides this run.
    """
    torch.manual_seed(training.seed)
    model = training.model().to(training.device)
    curve, measured = training.curve()
    run = prepare_run(
        replace(recipe, keep_epochs=()),
        model,
        training.loss(),
        batches,
        [*callbacks, curve, *measured],
        folder,
        save_every_s=training.save_every_s,
        identity=identity,
    )
    return run, curve


class KeepAt(Callback):
    """Keep the model and the optimiser's moments after one epoch of a run.

    Args:
        epoch: After which.
        folder: Where they go (`keep`).
        name: Of the files.
        about: `Training.about`.
    """

    def __init__(
        self, epoch: int, folder: Path, name: str, about: Mapping[str, int]
    ) -> None:
        self.epoch, self.folder, self.name, self.about = epoch, folder, name, about

    def after_epoch(self, run: Run) -> None:
        if run.epoch == self.epoch:
            about = {**self.about, "iteration": 0, "epoch": run.epoch, "step": run.step}
            keep(run, self.folder, self.name, about=about)


def keep(
    run: Run,
    folder: Path,
    name: str,
    masks: Masks | None = None,
    *,
    about: dict[str, int],
) -> None:
    """Write `ticket{name}.safetensors` and `moments{name}.safetensors`.

    Args:
        run: Whose model and moments they are.
        folder: Where they go.
        name: Of the files.
        masks: Kept with the model.
        about: Iteration, epoch, step (of all that were trained), and `Training.about`.
    """
    keep_ticket(run, folder / f"ticket{name}.safetensors", masks, about)
    keep_moments(run, folder / f"moments{name}.safetensors", about)


def parameters_of(
    model: nn.Module, names: Mapping[str, object]
) -> dict[str, nn.Parameter]:
    """Parameters of a model, by their names."""
    return {name: model.get_parameter(name) for name in names}
