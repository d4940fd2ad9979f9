"""The networks of 004, from their sizes: language models and classifiers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from ontogeny.models.gated import GatedClassifier, GatedLanguageModel, GatedNetwork
from ontogeny.models.gated_layer import GATES, GatedLayer
from ontogeny.models.initial import Initial, orthogonal, uniform
from ontogeny.models.weight import Dense, Weight

Make = Callable[[str, Tensor], Weight]
"""From a weight's place, such as "lstm1.inputs", and its first values to the weight."""

INITIALS: dict[str, Callable[[], Initial]] = {
    # ASSUME: with one-hot words as with an embedding; the forget bias is 0 for
    # characters alone.
    "words": lambda: orthogonal(),
    "characters": lambda: orthogonal(forget_bias=0.0),
    "texts": lambda: orthogonal(gain=1.1, inputs="glorot"),
}


@dataclass(frozen=True)
class Sizes:
    """How large a network is.

    Attributes:
        kind: "words" and "characters" are predicted one by one, "texts" classified.
        types: Size of the vocabulary.
        classes: To tell of; of language models the vocabulary's size.
        embedding: Units; None: words come in one-hot.
        hidden: Units of each LSTM.
        layers: How many LSTMs.
        dropout: Share of activations dropped.
        bound: Weights begin uniform in ± this; None: as the kind has it.
    """

    kind: str
    types: int
    classes: int
    embedding: int | None
    hidden: int
    layers: int
    dropout: float = 0.0
    bound: float | None = None


def dense(place: str, values: Tensor) -> Weight:
    """Every weight as it stands."""
    return Dense(values)


def make_network(
    sizes: Sizes,
    make: Make = dense,
    *,
    scales: str = "",
    by_sequence: bool = False,
    products: torch.dtype | None = None,
) -> GatedNetwork:
    """An untrained network; the same first values whatever its weights are.

    Args:
        sizes: Of it.
        make: Makes each weight.
        scales: Which z there are: "" none, "w" of words, "wn" also of neurons and
            inputs, "wgn" also of gates.
        by_sequence: See `GatedLayer`.
        products: See `GatedNetwork`.
    """
    initial = INITIALS[sizes.kind]() if sizes.bound is None else uniform(sizes.bound)
    embedding, inputs = None, sizes.types
    if sizes.embedding is not None:
        inputs = sizes.embedding
        embedding = make("embedding", initial("embedding", (sizes.types, inputs)))
    layers = []
    for number in range(1, sizes.layers + 1):
        rows = 4 * sizes.hidden
        names = [*GATES] * (scales == "wgn") + ["h"] * (scales in ("wn", "wgn"))
        layers.append(
            GatedLayer(
                make(f"lstm{number}.inputs", initial("inputs", (rows, inputs))),
                make(
                    f"lstm{number}.recurrent",
                    initial("recurrent", (rows, sizes.hidden)),
                ),
                initial("bias", (rows,)),
                {z: make(f"lstm{number}.{z}", torch.ones(sizes.hidden)) for z in names},
                by_sequence=by_sequence,
            )
        )
        inputs = sizes.hidden
    # A binary classifier has one logit.
    told = 1 if sizes.kind == "texts" and sizes.classes == 2 else sizes.classes
    bias = torch.zeros(told)
    if sizes.bound is not None:
        bias.uniform_(-sizes.bound, sizes.bound)
    kind = GatedClassifier if sizes.kind == "texts" else GatedLanguageModel
    return kind(
        sizes.types,
        embedding,
        layers,
        make("output", initial("output", (told, sizes.hidden))),
        bias,
        scales=_of_input(sizes, make, scales),
        dropout=sizes.dropout,
        products=products,
    )


def _of_input(sizes: Sizes, make: Make, scales: str) -> dict[str, Weight]:
    """z of words in classification, z^x where there is an embedding."""
    found = {}
    if scales and sizes.kind == "texts":
        found["words"] = make("words", torch.ones(sizes.types))
    if scales in ("wn", "wgn") and sizes.embedding is not None:
        found["embedding"] = make("embedding_units", torch.ones(sizes.embedding))
    return found
