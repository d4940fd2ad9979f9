"""Translating: greedy and beam search."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor

from ontogeny.errors import InputError
from ontogeny.models.transformer import END, PAD, START, EncoderDecoder


class Hypothesis(NamedTuple):
    """A translation.

    Attributes:
        subwords: Ids without `</s>`; an empty translation has none.
        score: Log-likelihood in nats over the length penalty.
    """

    subwords: list[int]
    score: float


def length_penalty(length: Any, power: float) -> Any:
    """((5 + n) / 6)^α, which a log-likelihood is divided by.

    Args:
        length: n, the subwords of a hypothesis with `</s>`: a number or a tensor.
        power: α, of 0 or more; 0: no penalty.

    Source: Wu et al. (2016), eq. 14.

    >>> length_penalty(19, 0.5)
    2.0
    """
    return ((5 + length) / 6) ** power


def longest(source: Tensor) -> Tensor:
    """Subwords that a translation has at most, without `</s>`: 2n + 10.

    Args:
        source: Ids, padded, of n subwords and `</s>` each, shape (batch, time).

    >>> longest(torch.tensor([[5, 6, 7, 2], [2, 0, 0, 0]]))
    tensor([16, 10])
    """
    return 2 * ((source != PAD).sum(1) - 1) + 10


def greedy(model: EncoderDecoder, source: Tensor) -> list[Hypothesis]:
    """The likeliest subword at every position; see `beam_search`."""
    return beam_search(model, source, beam=1)


@torch.no_grad()
def beam_search(
    model: EncoderDecoder, source: Tensor, *, beam: int = 4, power: float = 0.6
) -> list[Hypothesis]:
    """The best translation of each source that a beam finds, in evaluation mode.

    At each position the `beam` likeliest continuations of a sentence's open hypotheses
    are kept, those by `</s>` as finished, the others open. A sentence is done when none
    of these could reach the score of its best finished one even if nothing that
    follows cost anything, up to the greatest length.

    ASSUME: `</s>` does not count in the greatest length (`longest`), after which
    nothing else may follow; `<pad>` and `<s>` never follow, `<unk>` may.

    Args:
        model: Left in the mode it was in.
        source: Ids, int64, padded, each with `</s>` at its end, shape (batch, time).
        beam: Hypotheses kept; 1: greedy search.
        power: α of `length_penalty`.

    Returns:
        A hypothesis a source, the same in any batch up to rounding.

    Raises:
        InputError: If there is none, because scores are not finite; if a source is
            empty, or padded elsewhere than at its end.
        ValueError: If beam is below 1, or power is negative.

    Source: Vaswani et al. (2017), §6.1; Wu et al. (2016), §7.
    """
    if not isinstance(beam, int) or beam < 1:
        raise ValueError(f"beam must be a whole number from 1 on, found {beam}")
    if power < 0:
        raise ValueError(f"power must not be negative, found {power}")
    there = source != PAD
    if not there[:, 0].all() or (there[:, 1:] & ~there[:, :-1]).any():
        raise InputError(
            "a source is empty, or has padding before its end: pad each at its end."
        )
    training = model.training
    model.eval()
    try:
        found = _search(model, source, beam, power)
    finally:
        model.train(training)
    for number, one in enumerate(found, 1):
        if one is None:
            raise InputError(
                f"Sentence {number} of {len(found)} has no translation, since the "
                "model's scores are not finite: train it at a lower learning rate."
            )
    return [one for one in found if one is not None]


def _search(
    model: EncoderDecoder, source: Tensor, beam: int, power: float
) -> list[Hypothesis | None]:
    found: list[Hypothesis | None] = [None] * len(source)
    cache = model.cache(source)
    # Of each hypothesis that goes on: log-likelihood and subwords, from `<s>` on.
    scores = cache.hidden.new_zeros(len(source), 1)
    texts = torch.full_like(source[:, :1, None], START)
    # Of each sentence that does: its number, greatest length, best finished score.
    numbers = torch.arange(len(source), device=source.device)
    limit = longest(source).to(scores.dtype)
    best = torch.full_like(limit, -torch.inf)
    while len(numbers):
        output, cache = model.decode_step(texts[..., -1], cache)
        gains = model.logits(output).log_softmax(-1)
        gains[..., [PAD, START]] = -torch.inf
        length = texts.shape[2]  # with what follows, without `<s>`
        full = length > limit
        gains[full, :, :END] = gains[full, :, END + 1 :] = -torch.inf
        totals = (scores[..., None] + gains).flatten(1)
        scores, flat = totals.topk(min(beam, totals.shape[1]))
        parents, subwords = flat // gains.shape[2], flat % gains.shape[2]
        texts = texts.gather(1, parents[..., None].expand(-1, -1, length))
        texts = torch.cat([texts, subwords[..., None]], 2)

        ended = subwords == END
        finished = scores.masked_fill(~ended, -torch.inf)
        finished, which = (finished / length_penalty(length, power)).max(1)
        for row in (finished > best).nonzero()[:, 0].tolist():
            text = texts[row, which[row], 1:-1].tolist()
            found[int(numbers[row])] = Hypothesis(text, finished[row].item())
        best = torch.fmax(best, finished)

        scores = scores.masked_fill(ended, -torch.inf)
        hope = scores.amax(1) / length_penalty(limit + 1, power)
        rows = (hope > best).nonzero()[:, 0]
        cache = cache.select(rows, parents[rows])
        numbers, limit, best, scores, texts = (
            each[rows] for each in (numbers, limit, best, scores, texts)
        )
    return found
