"""What training and measuring ask of a model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from ontogeny.models.loss import OutputLoss, output_loss
from ontogeny.models.state import State

AtSite = Callable[[str, Tensor], Tensor]
"""Called with a site's name and activation; returns what the model goes on with."""


def leave(site: str, activation: Tensor) -> Tensor:
    """An `AtSite` that does nothing."""
    return activation


class SiteModel(nn.Module, ABC):
    """A model that names its sites and maps: all that recording asks of one.

    A *site* is an activation with units, a *map* one with a weight for each query and
    key, by head; each has a name. The model knows where they are and nothing of
    what is done there: whatever its `forward` takes, it takes `at_site: AtSite` too and
    calls it at every site, in order. A model with maps takes `at_map: AtSite | None` as
    well and calls it at every map; None says that no map is wanted, so that it need
    form none.
    """

    @property
    @abstractmethod
    def sites(self) -> dict[str, tuple[int, ...]]:
        """Names of the sites, from input to output, and the shape of each."""

    @property
    def maps(self) -> dict[str, tuple[int, ...]]:
        """Names of the maps and the shape of each; none by default.

        It is (heads, keys), or (heads,) where keys are as many as a text has.
        """
        return {}


class Model(SiteModel):
    """A model that reads a stream of words and carries a state from word to word.

    Its sites are layers' outputs before dropout: `embedding` and, from below, one
    per recurrent layer, whose name ends in its number (`ontogeny.measures.places`).

    A language model is made as `LanguageModel` is: of the vocabulary's size and,
    by name, embedding, hidden, layers, dropout and precision.

    Args:
        precision: Of the output layer's matrix products while training:
            "float32", or "bfloat16", for machines that are faster at it.

    Attributes:
        embedding: Of the words that are read.
        decoder: From the last layer's units to what is predicted.
    """

    embedding: nn.Embedding
    decoder: nn.Linear

    def __init__(self, precision: str = "float32") -> None:
        super().__init__()
        self.products = torch.bfloat16 if precision == "bfloat16" else None

    @classmethod
    def from_recipe(cls, recipe: Any, types: int) -> Model:
        """The untrained model of a `Recipe`; a model of other sizes has its own.

        Args:
            recipe: Of which the sizes are read.
            types: Size of the vocabulary.
        """
        kind: Callable[..., Model] = cls
        return kind(
            types,
            embedding=recipe.embedding,
            hidden=recipe.hidden,
            layers=recipe.layers,
            dropout=recipe.dropout,
            precision=recipe.precision,
        )

    @abstractmethod
    def forward(
        self, inputs: Tensor, state: State = None, *, at_site: AtSite = leave
    ) -> tuple[Tensor, State]:
        """Run the model up to what the decoder reads.

        Args:
            inputs: Word ids, int64, shape (time, batch).
            state: Carried from the previous window; zero if None.
            at_site: Called at every site, in order; what it returns is what
                the next layer reads.

        Returns:
            Output of the last layer after dropout, shape (time, batch, hidden),
            and the state after the last step.
        """

    def train(self, mode: bool = True) -> Model:
        """Switch dropout on or off.

        Recurrent layers stay in training mode: cuDNN's run backwards in no
        other. So they must have no dropout of their own.
        """
        super().train(mode)
        for module in self.modules():
            if isinstance(module, nn.RNNBase):
                module.train()
        return self

    def loss(
        self, output: Tensor, targets: Tensor, *, statistics: bool = False
    ) -> OutputLoss:
        """Decoder and cross-entropy in one step (`output_loss`).

        Args:
            output: Of `forward`, shape (time, batch, hidden).
            targets: Shape (time, batch).
            statistics: Whether χ and ℓ₁ of the logits' gradient are wanted.

        Returns:
            With one entry per step, in the order of `targets.flatten()`.
        """
        return output_loss(
            output.flatten(0, 1),
            self.decoder.weight,
            self.decoder.bias,
            targets.flatten(),
            statistics=statistics,
            products=self.products if self.training else None,
        )
