"""The tables that figures and claims of the SVCCA study are made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import permutations
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ontogeny.disk.files import read_by_seed, read_table
from ontogeny.measures.places import place

SITES = (
    *(("similarity", "site"), ("similarity", "other_site")),
    *(("diagnostics", "site"), ("probes", "site")),
)
"""Columns that hold names of sites, by table."""
MEANS = ["score", "null", "kept_a", "kept_b", "widening"]
"""Of a seed's similarities to others: columns that are averaged over these."""


class Inputs(NamedTuple):
    """What was measured, with places instead of models' own names of sites.

    Attributes:
        similarity: Of `measuring`, with a column seed; each seed's similarity to
            others as its mean (`mean_over_others`).
        diagnostics: Of `diagnosing`, with a column seed.
        scores: Of `tag_variants`.
        curves: Of the language models' training, with a column seed.
        probes: Of `probing`, with a column seed; empty where none were asked.
        early: Similarity and diagnostics of the first seed within its first epoch, with
            steps for epochs; empty where no early steps were measured.
        pairs: By seed and other seed, the similarity of the one to the other.
    """

    similarity: pd.DataFrame
    diagnostics: pd.DataFrame
    scores: pd.DataFrame
    curves: pd.DataFrame
    probes: pd.DataFrame = pd.DataFrame()
    early: tuple[pd.DataFrame, ...] = ()
    pairs: Mapping[tuple[int, int], pd.DataFrame] = MappingProxyType({})

    def among(self, seeds: Collection[int]) -> pd.DataFrame:
        """Similarities, of which those of some seeds to others are to these alone.

        Args:
            seeds: Two or more.
        """
        table = self.similarity
        means = table["comparison"].eq("seed") & table["seed"].isin(seeds)
        anew = [
            mean_over_others([self.pairs[s, o] for o in seeds if o != s]).assign(seed=s)
            for s in seeds
        ]
        return pd.concat([table[~means], *anew], ignore_index=True)


def read(files: Any, params: Any) -> Inputs:
    """Read what was measured.

    Args:
        files: similarity, diagnostics and curves, a file per seed, probes likewise or
            not at all; pairs, a file per ordered pair of seeds, the first seed first;
            and scores, a file per tagset; early_similarity, early_diagnostics and, of
            two seeds or more, early_pairs of the first seed, or none of these.
        params: seeds of the language models, in the files' order.

    Raises:
        InputError: If a file is missing or damaged.
    """
    names = [
        "similarity",
        "diagnostics",
        "curves",
        *["probes"] * hasattr(files, "probes"),
    ]
    by_seed = {
        name: pd.concat(
            read_by_seed(getattr(files, name), params.seeds), names=["seed"]
        ).reset_index(level="seed")
        for name in names
    }
    ordered = list(permutations(params.seeds, 2))
    pairs = {
        both: _placed(read_table(path))
        for both, path in zip(ordered, files.pairs if ordered else [], strict=True)
    }
    early = _early(files, params.seeds[0]) if hasattr(files, "early_similarity") else ()
    for name, column in SITES:
        if name in by_seed:
            by_seed[name][column] = by_seed[name][column].map(place)
    scores = pd.concat(map(read_table, files.scores), ignore_index=True)
    found = Inputs(**by_seed, scores=scores, early=early, pairs=pairs)
    return found._replace(similarity=found.among(params.seeds)) if pairs else found


def _placed(similarity: pd.DataFrame) -> pd.DataFrame:
    """With places for names of sites."""
    sites = {name: similarity[name].map(place) for name in ("site", "other_site")}
    return similarity.assign(**sites)


def _early(files: Any, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Similarity and diagnostics within the first epoch, by step."""
    similarity = read_table(files.early_similarity).assign(seed=seed)
    if hasattr(files, "early_pairs"):
        mean = mean_over_others([read_table(path) for path in files.early_pairs])
        similarity = pd.concat([similarity, mean.assign(seed=seed)], ignore_index=True)
    diagnostics = read_table(files.early_diagnostics).assign(seed=seed)
    for table in (similarity, diagnostics):
        table["epoch"] = table["step"]
        table["site"] = table["site"].map(place)
    similarity["other_site"] = similarity["other_site"].map(place)
    return similarity, diagnostics


def mean_over_others(pairs: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """One seed's similarity to each other, as its mean over these.

    Influences are of the same groups of one text, so that their mean is that of the
    mean score.

    Args:
        pairs: Tables of `seeds.compare_seeds`, of one seed.
    """
    first = pairs[0].copy()
    for name in MEANS:
        first[name] = np.mean([pair[name] for pair in pairs], axis=0)
    influences = zip(*(pair["influence"] for pair in pairs), strict=True)
    first["influence"] = [
        None if any(one is None for one in own) else np.mean(own, axis=0)
        for own in influences
    ]
    return first
