"""A training in numbers: sizes, optimiser, schedule. Importing it loads no torch."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib import import_module
from typing import TYPE_CHECKING, Literal

from ontogeny.errors import InputError

if TYPE_CHECKING:
    from ontogeny.models import Model

UNDECISIVE = {"epochs", "keep_epochs", "keep_steps"}
"""Keys of a recipe that change no weight: how long is trained and what is kept."""


@dataclass(frozen=True)
class Recipe:
    """Sizes and schedule of a language model; defaults of Saphra & Lopez (2019, §2).

    The one place of these defaults: the config's are taken from here.

    Attributes:
        embedding: Units of the embedding.
        hidden: Units of each recurrent layer.
        layers: Number of recurrent layers.
        dropout: Share of activations dropped.
        batch: Columns of text side by side.
        window: Steps of truncated backpropagation.
        epochs: Passes over the training split.
        optimiser: "sgd", "adam" or "asgd", which averages the weights.
        learning_rate: At the start; of "inverse_sqrt" the largest.
        schedule: Of the learning rate (`ontogeny.training.schedule`): "stall" (divided
            when validation fails to improve), "after_epochs" (divided after given
            ones), "inverse_sqrt" (warm-up, then falling) or "constant".
        divide_by: Divisor of the learning rate.
        divide_after: Epochs after which "after_epochs" divides, from 1, rising.
        divide_every: Whether it divides after every later epoch too.
        warmup: Steps of "inverse_sqrt" up to its largest rate.
        clip_norm: Largest ℓ₂ norm of the gradient; None: no clipping.
        precision: Of the output layer's products in training (`Model`).
        momentum: Of SGD.
        betas: Of Adam, for the means of the gradient and of its square.
        epsilon: Of Adam, added to the denominator.
        average_after: Steps before ASGD begins to average.
        weight_decay: Times each weight, added to its gradient.
        keep_epochs: Epochs whose weights are kept, -1 the last; None: all.
        keep_steps: Steps after which weights are kept too.
        code: Module and class of the model, a subclass of `Model`.
    """

    embedding: int = 200
    hidden: int = 200
    layers: int = 2
    dropout: float = 0.2
    batch: int = 40
    window: int = 35
    epochs: int = 50
    optimiser: str = "sgd"
    learning_rate: float = 20
    schedule: str = "stall"
    divide_by: float = 4
    divide_after: Sequence[int] = ()
    divide_every: bool = False
    warmup: int = 4_000
    clip_norm: float | None = 0.25
    precision: Literal["float32", "bfloat16"] = "float32"
    momentum: float = 0.0
    betas: tuple[float, float] = (0.9, 0.999)
    epsilon: float = 1e-8
    average_after: int = 0
    weight_decay: float = 0.0
    keep_epochs: Sequence[int] | None = None
    keep_steps: Sequence[int] = ()
    code: str = "ontogeny.models.lm.LanguageModel"

    def model(self, types: int) -> Model:
        """An untrained model for a vocabulary of `types` words."""
        # By name, so that a model added beside it is no code that this one runs.
        module, _, kind = self.code.rpartition(".")
        return getattr(import_module(module), kind).from_recipe(self, types)

    def identity(self, data: Iterable[str], seed: int) -> str:
        """A name of all that decides a training's weights, but its code.

        Of the recipe what differs from the defaults, so that a new key with a default
        changes no training's.

        Args:
            data: SHA-256 of each file that is read, in a fixed order.
            seed: Of the training.

        Returns:
            Hexadecimal SHA-256.

        >>> a, b = Recipe(epochs=3), Recipe(epochs=3, dropout=0.5)
        >>> a.identity(["0f"], 1) == Recipe().identity(["0f"], 1)
        True
        >>> len({a.identity(["0f"], 1), a.identity(["0f"], 2), b.identity(["0f"], 1)})
        3
        """
        # By way of JSON, which tells no tuple from a list.
        own, usual = (json.loads(json.dumps(asdict(r))) for r in (self, Recipe()))
        decides = {
            key: value
            for key, value in own.items()
            if value != usual[key] and key not in UNDECISIVE
        }
        about = {"data": list(data), "recipe": decides, "seed": seed}
        return sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()


def check_columns(key: str, batch: int, words: int) -> None:
    """Check that each column of a batch has two words or more to learn from.

    Args:
        key: Of the config, that says how many columns.
        batch: The columns.
        words: Of the training text.

    Raises:
        InputError: If there are fewer.

    >>> check_columns("lm.batch", 40, 80)
    >>> check_columns("lm.batch", 100_000, 35_000)
    Traceback (most recent call last):
        ...
    ontogeny.errors.InputError: lm.batch: 100,000 columns leave fewer than two words \
each of 35,000: lower it.
    """
    if words < 2 * batch:
        raise InputError(
            f"{key}: {batch:,} columns leave fewer than two words each of {words:,}: "
            "lower it."
        )
