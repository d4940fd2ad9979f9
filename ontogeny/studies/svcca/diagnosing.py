"""Diagnostic classifiers of one language model, at every epoch (figures 6 and 7).

Columns: epoch, step, site, tagset, direction, shuffled, by resampling group
tokens (labelled ones of the test part) and correct, accuracy and loss_nats.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
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
from ontogeny.measures.probing.metrics import Accuracy
from ontogeny.measures.probing.probes import CONVERGED, Items, train_probes
from ontogeny.models import IGNORED, Model
from ontogeny.statistics.groups import SENTENCE_GROUPS, resampling_groups
from ontogeny.studies.svcca.domains import reading
from ontogeny.studies.svcca.tag_variants import derived_seed, variant_tokens
from ontogeny.studies.svcca.variants import VARIANTS
from ontogeny.training.documents import DocumentStream
from ontogeny.training.weights import load_weights

logger = logging.getLogger(__name__)

CONVERGED_SOON = replace(CONVERGED, patience=5)
"""How probes of every epoch are trained. ASSUME: the thesis is silent, and Belinkov et
al. (2017) give Adam alone. On mini twice the patience changes means by 0.1 points."""

DIAGNOSTIC = replace(CONVERGED_SOON, sentences=256)
"""How classifiers are trained. A token is a sentence of its own: those that are drawn
from a long text seldom share one."""

VALIDATION = 0.2
"""Tokens of the validation part that say when training stops, times training ones."""


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
        vectors = np.stack([stacked[site] for site in sites])
        return torch.from_numpy(vectors).to(self.groups.device)

    def items(self, vectors: Tensor, tagset: str) -> Items:
        """As probes read them: each variant's labels at each site in turn."""
        tokens = len(self.groups)
        labels = self.labels[tagset].repeat(len(vectors), 1)
        words = torch.arange(tokens, device=vectors.device)
        return Items(vectors, words, labels, np.arange(tokens))


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
        texts: With labels; classifiers learn from a text's training part until they
            are no better on its validation part, and are scored on its test part.
        limit: Training tokens of each text, at most.
        seed: Of the tokens, the shuffled labels and the classifiers.

    Returns:
        The table described at the top of this module.

    Raises:
        InputError: If a checkpoint is missing or damaged, activations are not finite,
            or nothing is labelled among the tokens drawn.
    """
    device = model.decoder.weight.device
    prepared = [(text, _prepare(text, limit, seed, device)) for text in texts]
    rows = []
    for path in weights:
        epoch, step = load_weights(model, path)
        logger.info("Diagnosing epoch %d, step %d.", epoch, step)
        for text, parts in prepared:
            for sites in alike(model):
                seen = [part.vectors(model, sites) for part in parts]
                for tagset in parts[0].labels:
                    items = [
                        part.items(vectors, tagset)
                        for part, vectors in zip(parts, seen, strict=True)
                    ]
                    classes = int((text.classes["tagset"] == tagset).sum())
                    found = _of_tagset(
                        sites, items, parts[-1].groups, tagset, classes, seed
                    )
                    rows += [{"epoch": epoch, "step": step, **row} for row in found]
    return pd.DataFrame(rows)


def _of_tagset(
    sites: Sequence[str],
    parts: Sequence[Items],
    groups: Tensor,
    tagset: str,
    classes: int,
    seed: int,
) -> Iterator[dict[str, Any]]:
    """All classifiers of a tagset at once: every site with every variant."""
    train, valid, test = parts
    which = [(site, variant) for site in range(len(sites)) for variant in VARIANTS]
    probes = train_probes(
        train,
        valid,
        Accuracy(),
        # One output would be a value, not a class.
        outputs=max(2, classes),
        seed=derived_seed(tagset, seed),
        hidden=classes,
        recipe=DIAGNOSTIC,
        views=torch.tensor([site for site, _ in which]),
        weigh_items=True,
    )
    gold, found, nats = test.labels.cpu(), probes.predict(test), probes.nats(test)
    for (site, variant), label, answer, loss in zip(
        which, gold.numpy(), found, nats, strict=True
    ):
        known = label != IGNORED
        sums = Accuracy().sums(
            label[known], answer[known], groups.cpu().numpy()[known], SENTENCE_GROUPS
        )
        correct, tokens = sums.T.astype(np.int64)
        yield {
            "site": sites[site],
            "tagset": tagset,
            **variant._asdict(),
            "tokens": tokens,
            "correct": correct,
            "accuracy": correct.sum() / tokens.sum(),
            "loss_nats": loss.sum() / tokens.sum(),
        }


def alike(model: Model) -> list[list[str]]:
    """Sites whose vectors have the same length, together."""
    by_units: dict[tuple[int, ...], list[str]] = {}
    for site, units in model.sites.items():
        by_units.setdefault(units, []).append(site)
    return list(by_units.values())


def _prepare(text: Text, limit: int, seed: int, device: torch.device) -> list[Examples]:
    """A text's training, validation and test examples: of the first two drawn ones."""
    tagsets = list(dict.fromkeys(text.classes["tagset"]))
    limits = {"train": limit, "valid": max(1, round(VALIDATION * limit))}
    found = []
    for number, split in enumerate(SPLITS):
        part = text.tokens[text.tokens["split"] == number]
        labelled = (part[tagsets] != UNLABELLED).any(axis=1).to_numpy()
        if labelled.sum() > limits.get(split, np.inf):
            places = np.flatnonzero(labelled)
            drawn = np.random.default_rng(seed)
            chosen = drawn.choice(places, limits[split], replace=False)
            labelled = np.isin(np.arange(len(part)), chosen)
        found.append(_examples(text, split, part, labelled, tagsets, seed, device))
    return found


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
