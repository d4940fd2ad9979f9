"""LayerSim of LTH0 and one model on words or subwords of one category (§5.3)."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from ontogeny.measures.similarity.cka import linear_cka
from ontogeny.models.transformer import PAD, EncoderDecoder
from ontogeny.statistics.groups import SENTENCE_GROUPS
from ontogeny.studies.lottery.tagged import Tagged, Tokens, tagged_tokens
from ontogeny.translation.batches import PairBatch

BINS = (0, 5, 100, 500, 2500)
"""Frequency ranks, from 0, at which a category of subwords begins."""
LEAST = 200
"""Tokens of a category that is judged."""
COLUMNS = ["prunings", "by", "category", "number", "tokens", "judged"]
COLUMNS += ["tokens_judged", "similarity", "debiased", "draws", "ambiguity"]
_FEWEST = 4
"""Below it there is no debiased CKA."""


def frequency_bins(sources: Iterable[np.ndarray], types: int) -> np.ndarray:
    """The category of each subword, by its frequency rank in a text.

    Args:
        sources: Subwords of each sentence.
        types: Size of the vocabulary.

    Returns:
        Place in `BINS`, shape (types,); special subwords are in none, −1.
    """
    counts = np.bincount(np.concatenate(list(sources)), minlength=types)
    counts[: PAD + 4] = -1
    ranks = np.empty(types, int)
    # Of equally frequent ones the first is the more frequent.
    ranks[np.argsort(-counts, kind="stable")] = np.arange(types)
    bins = np.searchsorted(BINS, ranks, side="right") - 1
    return np.where(counts < 0, -1, bins)


def bin_names() -> list[str]:
    """What the categories of `frequency_bins` are called.

    >>> bin_names()
    ['0–4', '5–99', '100–499', '500–2499', '2500–']
    """
    ends = [f"{end - 1}" for end in BINS[1:]] + [""]
    return [f"{start}–{end}" for start, end in zip(BINS, ends, strict=True)]


@torch.no_grad()
def frequency_tokens(
    models: Sequence[EncoderDecoder],
    batches: Sequence[PairBatch],
    groups: np.ndarray,
    bins: np.ndarray,
) -> Tokens:
    """Vectors of source subwords, last encoder layer, without `</s>`.

    Args:
        models: LTH0 and another.
        batches: Of the text.
        groups: Of each pair, by its number.
        bins: Of each subword (`frequency_bins`).
    """
    found: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
    categories, units = [], []
    for batch in batches:
        there = torch.from_numpy(bins).to(batch.source.device)[batch.source]
        kept: Tensor = there >= 0
        for vectors, model in zip(found, models, strict=True):
            vectors.append(model.encode(batch.source)[kept].cpu().numpy())
        categories.append(there[kept].cpu().numpy())
        pairs = kept.nonzero()[:, 0].cpu().numpy()
        units.append(groups[batch.pairs.cpu().numpy()][pairs])
    a, b = map(np.concatenate, found)
    return Tokens(a, b, np.concatenate(categories), np.concatenate(units))


def category_rows(
    tokens: Tokens,
    names: Sequence[str],
    weights: np.ndarray,
    *,
    seed: int = 0,
) -> Iterator[dict[str, Any]]:
    """Linear CKA of the two models on each category's tokens.

    Biased CKA rises as tokens become fewer, so categories are judged by debiased CKA
    of as many tokens of each, drawn without replacement: as many as the smallest has of
    those with 200 or more. Intervals: infinitesimal jackknife over groups.

    Args:
        tokens: Of all categories.
        names: Of the categories.
        weights: How often each group is drawn, shape (resamples, groups).
        seed: Of the draw of tokens.

    Yields:
        category, number, tokens, judged, tokens_judged, similarity, debiased, draws
        (`ontogeny.studies.lottery.inputs.Inputs.categories`).
    """
    counts = np.bincount(tokens.category[tokens.category >= 0], minlength=len(names))
    enough = counts[counts >= LEAST]
    size = int(enough.min()) if len(enough) else 0
    rng = np.random.default_rng(seed)
    for number in np.flatnonzero(counts >= _FEWEST):
        there = np.flatnonzero(tokens.category == number)
        judged = bool(counts[number] >= LEAST)
        row: dict[str, Any] = {
            "category": names[int(number)],
            "number": int(number),
            "judged": judged,
        }
        row |= {"tokens": int(counts[number]), "tokens_judged": size if judged else 0}
        with warnings.catch_warnings():  # of few tokens too high: told, not judged
            warnings.simplefilter("ignore", UserWarning)
            row["similarity"] = linear_cka(tokens.a[there], tokens.b[there])
        drawn = np.sort(rng.choice(there, size, replace=False)) if judged else there
        own = tokens.a[drawn], tokens.b[drawn], tokens.groups[drawn]
        row["debiased"] = linear_cka(*own[:2], debiased=True)
        row["draws"] = row["debiased"] + _changes(*own, weights) if judged else None
        yield row


def _changes(
    a: np.ndarray, b: np.ndarray, groups: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """First-order change of debiased CKA in each resample of groups."""
    whole, without = linear_cka(a, b, debiased=True), np.zeros(SENTENCE_GROUPS)
    present = np.unique(groups)
    for group in present:
        left = groups != group
        without[group] = whole - linear_cka(a[left], b[left], debiased=True)
    without[present] -= without[present].mean()
    factor = (len(present) - 1) / len(present)
    return factor * (weights - 1) @ without


def category_table(
    models: Sequence[EncoderDecoder],
    prunings: int,
    batches: Sequence[PairBatch],
    groups: np.ndarray,
    bins: np.ndarray,
    tagged: Sequence[Tagged],
    weights: np.ndarray,
) -> pd.DataFrame:
    """All categories: by frequency, and by the labels of tagged texts.

    Args:
        models: LTH0 and another.
        prunings: Of the other.
        batches: Of the text that frequencies are asked of.
        groups: Of each pair, by its number.
        bins: Of each subword.
        tagged: Other texts.
        weights: How often each group is drawn.
    """
    by_rank = frequency_tokens(models, batches, groups, bins)
    unknown: Mapping[str, float] = dict.fromkeys(bin_names(), np.nan)
    parts: list[tuple[str, Tokens, Mapping[str, float]]] = [
        ("frequency", by_rank, unknown)
    ]
    for text in tagged:
        known = dict(zip(text.names, text.ambiguity, strict=True))
        if text.by != "sem":
            known = dict.fromkeys(text.names, np.nan)
        parts.append((text.by, tagged_tokens(models, text), known))
    rows: list[dict[str, Any]] = [
        {"prunings": prunings, "by": by, **row, "ambiguity": names[row["category"]]}
        for by, tokens, names in parts
        for row in category_rows(tokens, list(names), weights)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)
