"""All similarities of one language model, at every epoch (thesis ch. 4 §4).

Every row of the table compares two views of the same tokens:

========== ==============================================================
self       a site and the same site after the model's own last epoch
layers     two sites of the model at one epoch
tagger     a site and the corresponding one of a final tag model
========== ==============================================================

`tagger matched` is `tagger` on so much of the common test corpus as the tag
model's own domain holds: canonical correlations are biased upwards where tokens
are few, so similarities on the two are comparable at equal size only. How alike
other seeds' models are is in tables of their own (`seeds`).

Columns: epoch, step, comparison, domain (whose test part), site, other_site,
tagset, direction, shuffled, preset, score, null (what these views score when moved
against each other: `nulls`), tokens, kept_a, kept_b, influence (the score's change
per unit of each resampling group's weight; null where the preset has none) and
widening (the factor that the influences have been multiplied by: `rows`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ontogeny.activations.blocks import blocks
from ontogeny.disk.files import open_parquet
from ontogeny.measures.places import by_place
from ontogeny.measures.similarity.moments import Moments
from ontogeny.models import Model
from ontogeny.studies.svcca.domains import Domain
from ontogeny.studies.svcca.language_views import LanguageModelViews
from ontogeny.studies.svcca.names import COMMON, LAYERS
from ontogeny.studies.svcca.nulls import Moves
from ontogeny.studies.svcca.rows import Comparison, widened
from ontogeny.studies.svcca.tag_views import TagView
from ontogeny.training.weights import load_weights

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Study:
    """What the epochs of a language model are compared with.

    Attributes:
        domains: By name; `COMMON` is one.
        tag_views: By domain, the final tag models' views of it.
        own_domain: By tagset, the domain that it was learned from.
        presets: Of `compare`.
    """

    domains: Mapping[str, Domain]
    tag_views: Mapping[str, Sequence[TagView]]
    own_domain: Mapping[str, str]
    presets: Sequence[str]

    def first(self, domain: str) -> str:
        """The first tagset that was learned from a domain."""
        return next(tagset for tagset, own in self.own_domain.items() if own == domain)

    def lengths(self, domain: str) -> list[int]:
        """Rows of each block in the files of a domain."""
        with open_parquet(self.tag_views[domain][0].path) as file:
            groups = range(file.num_row_groups)
            return [file.metadata.row_group(group).num_rows for group in groups]


def measure_similarity(
    model: Model, weights: Sequence[str | Path], study: Study, *, last: str | Path
) -> pd.DataFrame:
    """Measure a language model at every epoch.

    Args:
        model: Of the right sizes; its weights are replaced.
        weights: A checkpoint of each epoch.
        study: What it is compared with.
        last: The last epoch's.

    Returns:
        The table described at the top of this module.

    Raises:
        InputError: If the model has not an embedding and two recurrent layers, or
            a checkpoint is missing or damaged.
    """
    common = study.domains[COMMON], study.lengths(COMMON)
    load_weights(model, last)
    end = LanguageModelViews(model, *common)
    moves = {name: Moves(domain) for name, domain in study.domains.items()}
    return over_epochs(
        model,
        weights,
        lambda: _comparisons(model, end, study, moves),
        study.presets,
    )


def over_epochs(
    model: Model,
    weights: Sequence[str | Path],
    comparisons: Callable[[], Iterable[Comparison]],
    presets: Sequence[str],
) -> pd.DataFrame:
    """The rows of all comparisons of a model at every epoch.

    Args:
        model: Of the right sizes; its weights are replaced.
        weights: A checkpoint of each epoch, of whose middle one halves are scored, too.
        comparisons: Of the model as it is.
        presets: Of `ontogeny.measures.similarity.cca.compare`.
    """
    rows = []
    for number, path in enumerate(weights):
        epoch, step = load_weights(model, path)
        logger.info("Comparing epoch %d, step %d.", epoch, step)
        for one in comparisons():
            some = one._replace(halve=one.halve and number == (len(weights) - 1) // 2)
            rows += [
                {"epoch": epoch, "step": step, **row} for row in some.rows(presets)
            ]
    return widened(rows)


def _comparisons(
    model: Model, end: LanguageModelViews, study: Study, moves: Mapping[str, Moves]
) -> Iterator[Comparison]:
    """Of a model at one epoch, all."""
    for name in [COMMON, *(name for name in study.domains if name != COMMON)]:
        views = LanguageModelViews(model, study.domains[name], study.lengths(name))
        if name == COMMON:
            yield from _with_language_models(views, end, moves[name])
        yield from _with_tag_models(views, name, study, moves[name])


def language_models(
    about: Mapping[str, Any],
    views: tuple[LanguageModelViews, LanguageModelViews],
    sites: tuple[str, str],
    moves: Moves,
) -> Comparison:
    """Two sites of language models, on the common text.

    Args:
        about: Columns of their own.
        views: Of both models.
        sites: Of the first and of the second.
        moves: Of the text.
    """
    (mine, other), (site, other_site) = views, sites
    cross = mine.cross(site, other, other_site)
    return Comparison(
        {"domain": COMMON, "tagset": "", "site": site, "other_site": other_site}
        | {"direction": "", "shuffled": False, **about},
        (mine.moments[site], other.moments[other_site], cross),
        mine.moved(moves, site, other, other_site),
        halve=True,
    )


def _with_language_models(
    views: LanguageModelViews, end: LanguageModelViews, moves: Moves
) -> Iterator[Comparison]:
    for site in views.moments:
        yield language_models({"comparison": "self"}, (views, end), (site, site), moves)
    sites = by_place(views.moments)
    for one, other in LAYERS:
        pair = sites[one], sites[other]
        yield language_models({"comparison": "layers"}, (views, views), pair, moves)


def _with_tag_models(
    views: LanguageModelViews, name: str, study: Study, moves: Moves
) -> Iterator[Comparison]:
    parts = {0: moves}
    for tag_view in study.tag_views[name]:
        vectors = list(blocks(tag_view.path))
        crosses = views.cross_tag_model(tag_view, vectors)
        size = _matched_groups(study, name, tag_view.tagset)
        about: dict[str, Any] = {"comparison": "tagger", "domain": name}
        about |= {"tagset": tag_view.tagset, "direction": tag_view.direction}
        about["shuffled"] = tag_view.shuffled
        for groups in dict.fromkeys([0, size]):
            own = study.own_domain[tag_view.tagset]
            text = COMMON if name == COMMON and not groups else own
            # Of all tagsets it would cost more than the scores.
            halve = tag_view.tagset == study.first(text) and not tag_view.shuffled
            if groups:
                about["comparison"] = "tagger matched"
            if groups not in parts:
                parts[groups] = Moves(views.domain, groups)
            moved = views.moved_tag_model(parts[groups], tag_view, vectors)
            for sites, cross in crosses.items():
                a, b = views.moments[sites[0]], tag_view.moments[sites[1]]
                if groups:
                    a, b = _first_groups(a, groups), _first_groups(b, groups)
                    cross = cross.subset(range(groups))
                one, other = a.pooled(), b.pooled()
                if sites in moved:
                    nulls = [(one, other, both) for both in moved[sites]]
                else:
                    words = views.words_moved(parts[groups])
                    nulls = parts[groups].of_words(words, tag_view.embedding, other)
                names = {"site": sites[0], "other_site": sites[1]}
                yield Comparison({**about, **names}, (a, b, cross), nulls, halve)


def _first_groups(moments: Moments, size: int) -> Moments:
    """Moments of the first groups alone: made once for all pairs of a view."""
    return moments.once(f"first {size} groups", lambda: moments.subset(range(size)))


def _matched_groups(study: Study, name: str, tagset: str) -> int:
    """So many groups of the common corpus hold about as many tokens as the own
    domain's test part; 0 where there is nothing to match."""
    own = study.own_domain[tagset]
    if name != COMMON or own == COMMON:
        return 0
    upto = np.cumsum(np.bincount(study.domains[COMMON].groups))
    nearest = np.abs(upto - len(study.domains[own].tokens)).argmin()
    return max(2, int(nearest) + 1)
