"""Diagnostic classifiers of one language model, at every epoch (figures 6 and 7).

Columns: epoch, step, site, tagset, direction, shuffled, by resampling group
tokens (labelled ones of the test part) and correct, accuracy and loss_nats.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from ontogeny.activations.views import stack_views
from ontogeny.annotation.labels import UNLABELLED
from ontogeny.annotation.texts import Text
from ontogeny.corpus.filtering import SPLITS
from ontogeny.measures.probing.classifiers import train_classifiers
from ontogeny.models import Model
from ontogeny.statistics.groups import SENTENCE_GROUPS, resampling_groups
from ontogeny.studies.svcca.domains import reading
from ontogeny.studies.svcca.tag_variants import derived_seed, variant_tokens
from ontogeny.studies.svcca.variants import VARIANTS
from ontogeny.training.documents import DocumentStream
from ontogeny.training.weights import load_weights

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Examples:
    """Tokens of one split of a text that classifiers see.

    Attributes:
        stream: In which a language model reads the split.
        wanted: Whether a token is an example, by its place in the split.
        labels: By tagset, of each variant and example, (variants, examples).
        groups: Resampling group of each example, (examples,).
    """

    stream: DocumentStream
    wanted: np.ndarray
    labels: dict[str, Tensor]
    groups: Tensor

    def vectors(self, model: Model, sites: Sequence[str]) -> Tensor:
        """What a language model makes of them, (sites, examples, units)."""
        stacked = stack_views(model, self.stream, sites, self.wanted)
        return torch.from_numpy(np.stack([stacked[site] for site in sites]))


def diagnose(
    model: Model,
    weights: Sequence[str | Path],
    texts: Sequence[Text],
    *,
    limit: int,
    seed: int,
) -> pd.DataFrame:
    """Train and score the classifiers of every epoch, site, tagset and variant.

    Args:
        model: Of the right sizes; its weights are replaced.
        weights: A checkpoint of each epoch.
        texts: With labels; classifiers learn from a text's training part and
            are scored on its test part.
        limit: Training tokens of each text, at most.
        seed: Of the tokens, the shuffled labels and the classifiers.

    Returns:
        The table described at the top of this module.

    Raises:
        InputError: If a checkpoint is missing or damaged, or activations are
            not finite.
    """
    device = model.decoder.weight.device
    prepared = [(text, *_prepare(text, limit, seed, device)) for text in texts]
    rows = []
    for path in weights:
        epoch, step = load_weights(model, path)
        logger.info("Diagnosing epoch %d, step %d.", epoch, step)
        for text, train, test in prepared:
            for sites in _alike(model):
                seen = [part.vectors(model, sites).to(device) for part in (train, test)]
                for tagset in train.labels:
                    classes = int((text.classes["tagset"] == tagset).sum())
                    found = _of_tagset(sites, seen, train, test, tagset, classes, seed)
                    rows += [{"epoch": epoch, "step": step, **row} for row in found]
    return pd.DataFrame(rows)


def _of_tagset(
    sites: Sequence[str],
    seen: Sequence[Tensor],
    train: Examples,
    test: Examples,
    tagset: str,
    classes: int,
    seed: int,
) -> Iterator[dict[str, Any]]:
    """All classifiers of a tagset at once: every site with every variant."""
    which = [(site, variant) for site in range(len(sites)) for variant in VARIANTS]
    at = torch.tensor([site for site, _ in which], device=seen[0].device)
    labels = [part.labels[tagset].repeat(len(sites), 1) for part in (train, test)]
    classifiers = train_classifiers(
        seen[0], labels[0], at, classes=classes, seed=derived_seed(tagset, seed)
    )
    counts = classifiers.count(seen[1], labels[1], test.groups, SENTENCE_GROUPS)
    for (site, variant), tokens, correct, nats in zip(
        which, *(part.cpu().numpy() for part in counts), strict=True
    ):
        yield {
            "site": sites[site],
            "tagset": tagset,
            **variant._asdict(),
            "tokens": tokens,
            "correct": correct,
            "accuracy": correct.sum() / tokens.sum(),
            "loss_nats": nats,
        }


def _alike(model: Model) -> list[list[str]]:
    """Sites whose vectors have the same length, together."""
    by_units: dict[tuple[int, ...], list[str]] = {}
    for site, units in model.sites.items():
        by_units.setdefault(units, []).append(site)
    return list(by_units.values())


def _prepare(
    text: Text, limit: int, seed: int, device: torch.device
) -> tuple[Examples, Examples]:
    """A text's training examples, seeded, and all its labelled test tokens."""
    tagsets = list(dict.fromkeys(text.classes["tagset"]))
    found = []
    for split in ("train", "test"):
        part = text.tokens[text.tokens["split"] == SPLITS.index(split)]
        labelled = (part[tagsets] != UNLABELLED).any(axis=1).to_numpy()
        if split == "train" and labelled.sum() > limit:
            places = np.flatnonzero(labelled)
            chosen = np.random.default_rng(seed).choice(places, limit, replace=False)
            labelled = np.isin(np.arange(len(part)), chosen)
        found.append(_examples(text, split, part, labelled, tagsets, seed, device))
    return found[0], found[1]


def _examples(
    text: Text,
    split: str,
    part: pd.DataFrame,
    wanted: np.ndarray,
    tagsets: Sequence[str],
    seed: int,
    device: torch.device,
) -> Examples:
    labels = {}
    for tagset in tagsets:
        variants = [
            variant_tokens(text, tagset, v, seed=derived_seed(tagset, *v, seed))
            for v in VARIANTS
        ]
        stacked = np.stack([splits[split].labels[wanted] for splits in variants])
        labels[tagset] = torch.from_numpy(stacked).to(device)
    groups = resampling_groups(part["sentence"].to_numpy())[wanted]
    stream = reading(part, "document", device)
    return Examples(stream, wanted, labels, torch.from_numpy(groups).to(device))
