"""What a translation model minimises, and what is told of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from ontogeny.errors import InputError
from ontogeny.models.loss import output_loss
from ontogeny.models.transformer import PAD, EncoderDecoder


def target_nats(
    output: Tensor, weight: Tensor, targets: Tensor, smoothing: float = 0.0
) -> Tensor:
    """Cross-entropy with smoothed labels, the mean over the subwords of the target.

    Of a subword y with logits z it is (1 − ε)·(lse z − z_y) + ε·(lse z − mean z), in
    nats; of the vocabulary `<pad>` is no target, but has a logit as all have.

    Args:
        output: Of `EncoderDecoder.forward`, shape (batch, time, d).
        weight: Of the output layer, shape (vocabulary, d).
        targets: Ids, shape (batch, time); `<pad>` counts nothing.
        smoothing: ε, in [0, 1).

    Returns:
        A scalar with a gradient, equal up to rounding to
        `cross_entropy(logits, targets, ignore_index=PAD, label_smoothing=smoothing)`.

    Source: Szegedy et al. (2016), §7.

    >>> weight, targets = torch.zeros(8, 2), torch.tensor([[5, 2, 0]])
    >>> target_nats(torch.ones(1, 3, 2), weight, targets, 0.1)  # log 8
    tensor(2.0794)
    """
    rows = (targets.flatten() != PAD).nonzero()[:, 0]
    output = output.flatten(0, 1).index_select(0, rows)
    targets = targets.flatten()[rows]
    no_bias = weight.new_zeros(len(weight))
    nats = output_loss(output, weight, no_bias, targets).total_nats
    if smoothing:
        # ε (z_y − mean z), by the mean of the weights: no logit is needed for it.
        beyond_mean = F.embedding(targets, weight) - weight.mean(0)
        nats = nats + smoothing * (output * beyond_mean).sum()
    return nats / len(targets)


class TranslationLoss:
    """Mean cross-entropy of the target's subwords, with smoothed labels.

    A batch has `source`, `target_in` (from `<s>` on) and `target_out` (to `</s>`),
    int64, padded with 0, shape (pairs, time).

    Args:
        smoothing: ε, shared out over the vocabulary.
    """

    def __init__(self, smoothing: float = 0.1) -> None:
        self.smoothing = smoothing

    def __call__(
        self, model: EncoderDecoder, batch: Any, step: int
    ) -> dict[str, Tensor]:
        """Return `{"loss_nats": mean}`."""
        output = model(batch.source, batch.target_in)
        weight = model.embedding.weight
        mean = target_nats(output, weight, batch.target_out, self.smoothing)
        return {"loss_nats": mean}

    def start_epoch(self) -> None:
        """Nothing is carried."""

    def state_dict(self) -> dict[str, Any]:
        """Nothing is carried."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Nothing is carried."""


@torch.no_grad()
def mean_target_nats(model: EncoderDecoder, batches: Iterable[Any]) -> float:
    """Cross-entropy without smoothing, in evaluation mode: the mean over all subwords.

    Args:
        model: Left in the mode it was in.
        batches: As `TranslationLoss` takes them.

    Returns:
        Nats per subword of the target, `</s>` included.

    Raises:
        InputError: If there is no pair.
    """
    training, total, subwords = model.training, 0.0, 0
    model.eval()
    try:
        for batch in batches:
            output = model(batch.source, batch.target_in)
            mean = target_nats(output, model.embedding.weight, batch.target_out)
            count = int((batch.target_out != PAD).sum())
            total += mean.item() * count
            subwords += count
    finally:
        model.train(training)
    if not subwords:
        raise InputError("there is no pair to validate on: give at least one.")
    return total / subwords
