"""What a model makes of α, the scaffold, and both, at the step that predicts ω."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from ontogeny.measures.decomposition.contextual import decompose, relevant_logits
from ontogeny.models import LanguageModel
from ontogeny.studies.scaffold.specification import CONTEXT
from ontogeny.training.devices import choose_device
from ontogeny.training.recipe import Recipe
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


@dataclass(frozen=True)
class Reading:
    """What of a test item is decomposed, and how: where the thesis is silent.

    Attributes:
        rule: Who owns the product of the biases (`decompose`).
        context: Background words read before α, at most `CONTEXT`; what they
            make of the state is irrelevant. 0: α is read from a zero state.
        decoder_bias: Whether the decoder's bias is added to relevant logits.
    """

    rule: str = "inclusive"
    context: int = CONTEXT
    decoder_bias: bool = False

    def others(self) -> dict[str, Reading]:
        """Two readings that change figures 8 and 9, by the quantities' suffix."""
        return {
            "murdoch": replace(self, rule="murdoch"),
            "zero_state": replace(self, context=0),
        }


USUAL = Reading()


def measure_items(
    model: LanguageModel,
    words: np.ndarray,
    *,
    closing: int,
    reading: Reading = USUAL,
    prefixes: bool = False,
) -> Iterator[Quantity]:
    """Measure a model at the step that predicts ω.

    Yields:
        `probability`: P(ω), the model's own. By contextual decomposition, the
        words before α and what they make being irrelevant:
        `probability_open`: P(ω) from α alone; `probability_scaffold`: from the
        scaffold alone; `probability_prefix`, position i: with α and the first i
        scaffold words in focus, if asked for; `interdependence`: DI(α,
        scaffold); `probability_open_…` and `probability_prefix_…`: the same by
        `reading.others()`.
        `gradient_l2`, position d: ‖∂(−log P(ω))/∂h‖₂ in nats at scaffold word
        d, the total derivative through the recurrence.

    Args:
        model: One layer.
        words: Of each item, shape (items, `CONTEXT` + 1 + length).
        closing: The word ω.
        reading: How items are decomposed; its context is read in all measures.
        prefixes: Whether growing prefixes are measured.

    Raises:
        ValueError: If the model has more than one layer.

    Source: thesis ch. 5 §4.3, figures 7 to 12; appendices B, C.
    """
    item = _Item(model, words, reading, closing)
    yield from _derivatives(model, item.rule, item.before, closing)
    length = item.rule.shape[1] - 1
    opening, scaffold, both = (
        item.relevant(*focus) for focus in ((0, 0), (1, length), (0, length))
    )
    yield Quantity("probability_open", -1, item.probability(opening))
    yield Quantity("probability_scaffold", -1, item.probability(scaffold))
    apart = (both - (opening + scaffold)).norm(dim=1) / both.norm(dim=1)
    yield Quantity("interdependence", -1, apart.double().cpu().numpy())
    items = {"": item}
    for suffix, other in reading.others().items():
        items[f"_{suffix}"] = _Item(model, words, other, closing)
    for suffix, one in items.items():
        if suffix:
            found = one.probability(one.relevant(0, 0))
            yield Quantity(f"probability_open{suffix}", -1, found)
        for i in range(length + 1 if prefixes else 0):
            found = one.probability(one.relevant(0, i))
            yield Quantity(f"probability_prefix{suffix}", i, found)


class _Item:
    """Test items as a reading has them: α and the scaffold, and the state before."""

    def __init__(
        self, model: LanguageModel, words: np.ndarray, reading: Reading, closing: int
    ) -> None:
        self.model, self.reading, self.closing = model, reading, closing
        x = model.embedding(torch.as_tensor(words, device=model.decoder.weight.device))
        self.rule = x[:, CONTEXT:].detach()
        self.before = None
        if reading.context:
            context = x[:, CONTEXT - reading.context : CONTEXT].detach()
            with torch.no_grad():
                _, self.before = model.only_lstm(context.transpose(0, 1))

    def relevant(self, first: int, last: int) -> Tensor:
        """What the words first to last, α being 0, make at the last step."""
        steps = torch.arange(self.rule.shape[1], device=self.rule.device)
        focus = (steps >= first) & (steps <= last)
        found = decompose(
            self.model.only_lstm,
            self.rule,
            focus,
            rule=self.reading.rule,
            state=self.before,
        )
        return found[0][:, -1]

    def probability(self, relevant: Tensor) -> np.ndarray:
        """P(ω) from a relevant part."""
        decoder, bias = self.model.decoder, self.reading.decoder_bias
        return _probability(relevant_logits(relevant, decoder, bias=bias), self.closing)


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
    reading: Reading = USUAL,
    device: str = "auto",
) -> pd.DataFrame:
    """Measure the checkpoints of one training on both tests.

    Args:
        recipe: Of the model.
        types: Size of its vocabulary.
        weights: Checkpoints; the last one's prefixes are measured too.
        tests: Items by domain, "in" and "out" (`draw_items`).
        closing: The word ω.
        reading: How items are decomposed.
        device: "cpu", "cuda" or "auto".

    Returns:
        Columns epoch, domain, and those of `by_group`.
    """
    model = cast(LanguageModel, recipe.model(types)).to(choose_device(device)).eval()
    words = {domain: np.stack(list(test["words"])) for domain, test in tests.items()}
    tables = []
    for number, path in enumerate(weights, 1):
        epoch, _ = load_weights(model, path)
        for domain, test in tests.items():
            quantities = measure_items(
                model,
                words[domain],
                closing=closing,
                reading=reading,
                prefixes=number == len(weights),
            )
            table = by_group(quantities, test["group"].to_numpy())
            table.insert(0, "domain", domain)
            table.insert(0, "epoch", np.int32(epoch))
            tables.append(table)
    return pd.concat(tables, ignore_index=True)
