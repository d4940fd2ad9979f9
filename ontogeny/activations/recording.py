"""One forward-backward pass over a text that yields everything at every site.

Definitions (Saphra & Lopez 2019 §2 and figure 1): the gradient
of a site is the derivative of the window's summed cross-entropy, in nats, with
respect to the layer's output as the next layer reads it. The layer's own
recurrence is not a path: for the last recurrent layer it is what the softmax
passes down at this step alone; for a lower one, everything that the layers
above pass down, from this step and later ones of the window.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from ontogeny.measures.concentration import concentration
from ontogeny.models import IGNORED, Model, map_state
from ontogeny.training.stream import Stream

QUANTITIES = ("activation", "gradient")


class Reading(NamedTuple):
    """One quantity at one site, for the steps of a window.

    Attributes:
        concentration: χ of each vector, shape (steps,); NaN where it is zero.
        l1: ‖v‖₁ of each vector, shape (steps,).
        vectors: Shape (steps, units); None for logits, which are never whole.
    """

    concentration: Tensor
    l1: Tensor
    vectors: Tensor | None


class Recording(NamedTuple):
    """A window seen by every site; padded steps are left out.

    Attributes:
        positions: Index of the target in the stream's text, int64, shape (steps,).
        inputs: Word fed, int64, shape (steps,).
        targets: Word predicted, int64, shape (steps,); None where nothing is.
        loss_nats: Of each step, shape (steps,); None likewise.
        readings: By (quantity, site); `logits` has a gradient only.
    """

    positions: Tensor
    inputs: Tensor
    targets: Tensor | None
    loss_nats: Tensor | None
    readings: dict[tuple[str, str], Reading]


def record(model: Model, stream: Stream) -> Iterator[Recording]:
    """Yield the recordings of all windows of a stream, in evaluation mode.

    The state is carried from window to window and cut there, as in training.
    The model's weights get no gradients and are left as they were.
    ASSUME: evaluation mode, the end of an epoch; the paper does not say.
    """
    model.eval()
    model.requires_grad_(False)
    state = None
    for window in stream:
        activations: dict[str, Tensor] = {}

        def keep(
            site: str, activation: Tensor, kept: dict[str, Tensor] = activations
        ) -> Tensor:
            # With all weights frozen, the first site is where gradients begin.
            if not activation.requires_grad:
                activation.requires_grad_()
            kept[site] = activation
            return activation

        output, after = model(window.inputs, state, at_site=keep)
        state = map_state(Tensor.detach, after)
        loss = model.loss(output, window.targets, statistics=True)
        gradients = torch.autograd.grad(loss.total_nats, list(activations.values()))
        predicted = window.targets.flatten() != IGNORED
        readings = {
            (quantity, site): _read(vectors, predicted)
            for quantity, tensors in zip(
                QUANTITIES, (activations.values(), gradients), strict=True
            )
            for site, vectors in zip(activations, tensors, strict=True)
        }
        assert loss.concentration is not None  # it was asked for
        assert loss.l1 is not None
        readings["gradient", "logits"] = Reading(
            loss.concentration[predicted], loss.l1[predicted], None
        )
        yield Recording(
            window.positions.flatten()[predicted],
            window.inputs.flatten()[predicted],
            window.targets.flatten()[predicted],
            loss.nats[predicted],
            readings,
        )


def _read(vectors: Tensor, predicted: Tensor) -> Reading:
    v = vectors.detach().flatten(0, 1)[predicted]
    return Reading(concentration(v), v.abs().sum(-1), v)
