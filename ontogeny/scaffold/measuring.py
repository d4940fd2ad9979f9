"""What a model makes of α, the scaffold, and both, at the step that predicts ω."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from ontogeny.decomposition import decompose, relevant_logits
from ontogeny.models import LanguageModel
from ontogeny.scaffold.items import CONTEXT
from ontogeny.training.devices import choose_device
from ontogeny.training.language_model import Recipe
from ontogeny.training.weights import load_weights


class Quantity(NamedTuple):
    """One number per test item.

    Attributes:
        name: `probability` and the like; see `measure_items`.
        position: Of a scaffold word, from 1, or how many are read; −1: none.
        values: float64, shape (items,).
    """

    name: str
    position: int
    values: np.ndarray


def measure_items(
    model: LanguageModel, words: np.ndarray, *, closing: int, prefixes: bool = False
) -> Iterator[Quantity]:
    """Measure a model at the step that predicts ω.

    Yields:
        `probability`: P(ω), the model's own. By contextual decomposition, the
        words before α and what they make being irrelevant:
        `probability_open`: P(ω) from α alone; `probability_scaffold`: from the
        scaffold alone; `probability_prefix`, position i: from α and the first i
        scaffold words, if asked for; `interdependence`: DI(α, scaffold).
        `gradient_l2`, position d: ‖∂(−log P(ω))/∂h‖₂ in nats at scaffold word
        d, the total derivative through the recurrence.

    Args:
        model: One layer.
        words: Of each item, shape (items, `CONTEXT` + 1 + length).
        closing: The word ω.
        prefixes: Whether growing prefixes are measured.

    Raises:
        ValueError: If the model has more than one layer.

    Source: 001 ch. 5 §4.3, figures 7 to 12; appendices B, C.
    """
    lstm = model.only_lstm
    x = model.embedding(torch.as_tensor(words, device=model.decoder.weight.device))
    x = x.detach()
    with torch.no_grad():
        _, before = lstm(x[:, :CONTEXT].transpose(0, 1))
    rule = x[:, CONTEXT:]
    yield from _derivatives(model, rule, before, closing)

    def focus(first: int, last: int) -> Tensor:
        steps = torch.arange(rule.shape[1], device=x.device)
        mask = (steps >= first) & (steps <= last)
        return decompose(lstm, rule, mask, state=before)[0][:, -1]

    def probability(relevant: Tensor) -> np.ndarray:
        return _probability(relevant_logits(relevant, model.decoder), closing)

    length = rule.shape[1] - 1
    opening, scaffold, both = focus(0, 0), focus(1, length), focus(0, length)
    yield Quantity("probability_open", -1, probability(opening))
    yield Quantity("probability_scaffold", -1, probability(scaffold))
    apart = (both - (opening + scaffold)).norm(dim=1) / both.norm(dim=1)
    yield Quantity("interdependence", -1, apart.double().cpu().numpy())
    if prefixes:
        for i in range(length + 1):
            yield Quantity("probability_prefix", i, probability(focus(0, i)))


def _derivatives(
    model: LanguageModel, rule: Tensor, before: Any, closing: int
) -> Iterator[Quantity]:
    """P(ω), and the recurrent gradient of −log P(ω) at each scaffold word."""
    lstm = model.only_lstm
    state, hidden = before, []
    with torch.enable_grad():
        for t in range(rule.shape[1]):
            _, state = lstm(rule[:, t][None], state)
            state[0].retain_grad()
            hidden.append(state[0])
            state = (hidden[-1], state[1])
        logits = model.decoder(hidden[-1][0])
        nats = -logits.log_softmax(1)[:, closing]
        gradients = torch.autograd.grad(nats.sum(), hidden[1:])
    yield Quantity("probability", -1, _probability(logits.detach(), closing))
    for position, gradient in enumerate(gradients, 1):
        norms = gradient[0].norm(dim=1)
        yield Quantity("gradient_l2", position, norms.double().cpu().numpy())


def _probability(logits: Tensor, word: int) -> np.ndarray:
    return logits.double().softmax(1)[:, word].cpu().numpy()


def by_group(quantities: Iterator[Quantity], group: np.ndarray) -> pd.DataFrame:
    """Means over the items of each group: quantity, position, group, items, mean.

    Args:
        quantities: Of the same items.
        group: Of each item, whole numbers from 0, shape (items,).
    """
    numbers, inverse, items = np.unique(group, return_inverse=True, return_counts=True)
    tables = [
        pd.DataFrame(
            {
                "quantity": quantity.name,
                "position": np.int16(quantity.position),
                "group": numbers.astype(np.int16),
                "items": items.astype(np.int32),
                "mean": np.bincount(inverse, quantity.values) / items,
            }
        )
        for quantity in quantities
    ]
    return pd.concat(tables, ignore_index=True)


def measure_epochs(
    recipe: Recipe,
    types: int,
    weights: Sequence[str | Path],
    tests: Mapping[str, pd.DataFrame],
    *,
    closing: int,
    device: str = "auto",
) -> pd.DataFrame:
    """Measure the checkpoints of one training on both tests.

    Args:
        recipe: Of the model.
        types: Size of its vocabulary.
        weights: Checkpoints; the last one's prefixes are measured too.
        tests: Items by domain, "in" and "out" (`draw_items`).
        closing: The word ω.
        device: "cpu", "cuda" or "auto".

    Returns:
        Columns epoch, domain, and those of `by_group`.
    """
    model = recipe.model(types).to(choose_device(device)).eval()
    words = {domain: np.stack(list(test["words"])) for domain, test in tests.items()}
    tables = []
    for number, path in enumerate(weights, 1):
        epoch, _ = load_weights(model, path)
        for domain, test in tests.items():
            quantities = measure_items(
                model,
                words[domain],
                closing=closing,
                prefixes=number == len(weights),
            )
            table = by_group(quantities, test["group"].to_numpy())
            table.insert(0, "domain", domain)
            table.insert(0, "epoch", np.int32(epoch))
            tables.append(table)
    return pd.concat(tables, ignore_index=True)
