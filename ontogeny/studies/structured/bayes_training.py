"""Train a network by sparse variational dropout, or the dense one beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import torch
from torch import Tensor

from ontogeny.bayes import Gaussian, total_kl_nats
from ontogeny.models.gated import GatedNetwork
from ontogeny.models.weight import Weight
from ontogeny.studies.structured.epochs import Counts, KeepBest
from ontogeny.studies.structured.losses import WithDivergence
from ontogeny.studies.structured.networks import Sizes, dense, make_network
from ontogeny.training.callbacks import LossCurve
from ontogeny.training.devices import choose_device
from ontogeny.training.language_model import prepare_run
from ontogeny.training.recipe import Recipe


@dataclass(frozen=True)
class Posterior:
    """Sparse variational dropout.

    Attributes:
        level: "w", "wn" or "wgn": which scales z there are beside weights; "": nothing
            is drawn, the network is dense.
        z: Whose draw of z, "sequence" or "minibatch".
        kl: Approximation of the KL divergence (`ontogeny.bayes.kl_nats`).
        kl_epochs: Epochs over which its weight rises to 1.
        snr: μ²/σ² below which a weight is cut in evaluation.
    """

    level: str = ""
    z: str = "sequence"
    kl: str = "molchanov"
    kl_epochs: float = 0.0
    snr: float = 0.05


class Material(NamedTuple):
    """What a network learns from and is validated on.

    Attributes:
        batches: Of the training split (see `Run`).
        loss: Mean over a batch's predictions.
        validation: By split, from a model to its mean loss in nats.
        predictions: Of the training split: words, characters or texts.
        scores: Other columns of the curve, from a model to a number.
    """

    batches: Any
    loss: Any
    validation: dict[str, Callable[[Any], float]]
    predictions: int
    scores: dict[str, Callable[[Any], float]]


def make_bayesian(
    sizes: Sizes, posterior: Posterior, *, precision: str = "float32"
) -> GatedNetwork:
    """An untrained network whose weights are drawn, or a dense one.

    Words' output matrix has one draw for a minibatch, those of characters and classes
    one for each row (local reparametrisation), as the public code of 004 has it.

    Args:
        sizes: Of it.
        posterior: Says what is drawn.
        precision: "bfloat16": of the output layer's products in training.
    """
    products = torch.bfloat16 if precision == "bfloat16" else None
    if not posterior.level:
        return make_network(sizes, dense, products=products)

    def make(place: str, values: Tensor) -> Weight:
        return Gaussian(
            values,
            threshold=posterior.snr,
            form=posterior.kl,
            local=place == "output" and sizes.kind != "words",
        )

    return make_network(
        sizes,
        make,
        scales=posterior.level,
        by_sequence=posterior.z == "sequence",
        products=products,
    )


def train_bayesian(
    recipe: Recipe,
    sizes: Sizes,
    posterior: Posterior,
    make_material: Callable[[torch.device], Material],
    *,
    seed: int,
    folder: Path,
    vectors: Tensor | None = None,
    device: str = "auto",
    save_every_s: float = 60.0,
    identity: str = "",
) -> pd.DataFrame:
    """Train, keep weights and those that validate best, and return the curve.

    Args:
        recipe: Of the training; its sizes are not read.
        sizes: Of the network.
        posterior: What is drawn.
        make_material: From a device to what is learned from.
        seed: Of initialisation and all draws.
        folder: Where weights and state are kept meanwhile.
        vectors: That the embedding begins with, shape (types, units).
        device: "cpu", "cuda" or "auto".
        save_every_s: Seconds between two savings of the state within an epoch.
        identity: See `prepare_run`.

    Returns:
        See `LossCurve`, and the columns of `Counts` and of the material's scores.

    Source: Lobacheva et al. (2020), "Implementation of the idea in Bayesian framework".
    """
    torch.manual_seed(seed)
    where = choose_device(device)
    model = make_bayesian(sizes, posterior, precision=recipe.precision)
    if vectors is not None:
        begin_with(model, vectors)
    model = model.to(where)
    material = make_material(where)
    loss, terms = material.loss, ["loss_nats"]
    if posterior.level:
        steps = posterior.kl_epochs * len(material.batches)
        loss = WithDivergence(loss, total_kl_nats, material.predictions, steps)
        terms.append("kl_nats")
    curve = LossCurve(material.validation, terms=terms)
    run = prepare_run(
        recipe,
        model,
        loss,
        material.batches,
        [curve, Counts(curve, material.scores), KeepBest(curve, folder)],
        folder,
        save_every_s=save_every_s,
        identity=identity,
    )
    run.train()
    return pd.DataFrame(curve.rows)


@torch.no_grad()
def begin_with(model: GatedNetwork, vectors: Tensor) -> None:
    """Let the embedding begin with vectors that are given."""
    embedding: Any = model.embedding
    values = embedding.values if hasattr(embedding, "values") else embedding.mean
    values.copy_(vectors)
