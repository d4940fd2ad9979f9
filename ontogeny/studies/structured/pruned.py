"""Networks that group lasso prunes: their weights, and what one has left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ontogeny.models.gated import GatedNetwork
from ontogeny.models.weight import Dense, Masked, Thresholded, Weight
from ontogeny.pruning.layers import LayerWeights
from ontogeny.pruning.structure import count
from ontogeny.studies.structured.networks import Sizes, dense, make_network
from ontogeny.training.weights import load_weights


@dataclass(frozen=True)
class Pruning:
    """Group lasso and the cut, relative to a loss that is summed over time.

    Attributes:
        groups: "wgn" (W+G+N), "iss" (W+N; "iss_code" as its code has it); "": none.
        lambda_group: λ₁, of the groups' norms.
        lambda_l1: λ₂, of the weights' sizes.
        threshold: Weights below it, or below 2 λ₂, are cut after every step.
        reading: "assign": they become 0; "forward": they are read as 0 and kept.
        on_output: Whether ℓ₁ and cut reach the output matrix.
    """

    groups: str = ""
    lambda_group: float = 0.0
    lambda_l1: float = 0.0
    threshold: float = 1e-4
    reading: str = "assign"
    on_output: bool = True

    @property
    def cut(self) -> float:
        """Size below which a weight is cut; 0: none is."""
        return max(self.threshold, 2 * self.lambda_l1) if self.groups else 0.0


def layer_weights(model: Any, which: str) -> list[LayerWeights]:
    """Trained values ("data") of each layer and of its reader, or their "grad"."""

    def of(weight: Dense) -> Tensor:
        return getattr(weight.values, which)

    layers = list(model.layers)
    readers = [*(layer.inputs for layer in layers[1:]), model.output]
    return [
        LayerWeights(of(layer.inputs), of(layer.recurrent), of(reader))
        for layer, reader in zip(layers, readers, strict=True)
    ]


def make_pruned(
    sizes: Sizes,
    pruning: Pruning,
    *,
    density: Mapping[str, float] | None = None,
    precision: str = "float32",
) -> GatedNetwork:
    """An untrained network whose weights are those of a variant.

    Args:
        sizes: Of it.
        pruning: Says how weights are read.
        density: By a weight's place, the share of its entries that are trained, drawn
            at random and fixed (`Masked`); None: all.
        precision: "bfloat16": of the output layer's products in training.
    """

    # Of their own, so that a mask leaves the first values what they are without it.
    masks = torch.Generator().manual_seed(torch.initial_seed() % 2**63)

    def make(place: str, values: Tensor) -> Weight:
        if density and place in density:
            drawn = torch.rand(values.shape, generator=masks)
            return Masked(values, drawn < density[place])
        cut = place != "embedding" and (place != "output" or pruning.on_output)
        if pruning.reading == "forward" and pruning.groups and cut:
            return Thresholded(values, pruning.cut)
        return dense(place, values)

    products = torch.bfloat16 if precision == "bfloat16" else None
    return make_network(sizes, make, products=products)


def left_of(sizes: Sizes, pruning: Pruning, path: str) -> tuple[int, dict[str, float]]:
    """What pruning has left of a network, to be matched without pruning.

    Args:
        sizes: Of the network.
        pruning: By which it was pruned.
        path: Its weights.

    Returns:
        Neurons a layer, their mean rounded up; and by place the share of each gates'
        matrix and of the output's that is not 0.
    """
    model = make_pruned(sizes, pruning)
    load_weights(model, path)
    _, lstm, output = model.plain()[:3]
    neurons = count(lstm, output).neurons
    density = {"output": _share(output.weight)}
    for number in range(sizes.layers):
        for place, name in (("inputs", "weight_ih"), ("recurrent", "weight_hh")):
            share = _share(getattr(lstm, f"{name}_l{number}"))
            density[f"lstm{number + 1}.{place}"] = share
    return max(1, -(-sum(neurons) // len(neurons))), density


def _share(values: Tensor) -> float:
    return float((values != 0).float().mean())
