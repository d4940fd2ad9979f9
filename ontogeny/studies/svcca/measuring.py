"""All similarities of one language model, at every epoch (thesis ch. 4 §4).

Every row of the table compares two views of the same tokens:

========== ==============================================================
self       a site and the same site after the model's own last epoch
seed       a site and the same site of another seed's last epoch
layers     two sites of the model at one epoch
tagger     a site and the corresponding one of a final tag model
========== ==============================================================

`tagger matched` is `tagger` on so much of the common test corpus as the tag
model's own domain holds: canonical correlations are biased upwards where tokens
are few, so similarities on the two are comparable at equal size only.

Columns: epoch, step, comparison, domain (whose test part), site, other_site,
tagset, direction, shuffled, preset, score, tokens, kept_a, kept_b, and
influence (the score's change per unit of each resampling group's weight; null
where the preset has none).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ontogeny.disk.files import open_parquet
from ontogeny.measures.places import by_place
from ontogeny.measures.similarity.cca import compare
from ontogeny.measures.similarity.moments import CrossMoments, Moments
from ontogeny.models import Model
from ontogeny.statistics.groups import SENTENCE_GROUPS
from ontogeny.studies.svcca.domains import Domain
from ontogeny.studies.svcca.language_views import LanguageModelViews
from ontogeny.studies.svcca.names import COMMON, LAYERS
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

    def lengths(self, domain: str) -> list[int]:
        """Rows of each block in the files of a domain."""
        with open_parquet(self.tag_views[domain][0].path) as file:
            groups = range(file.num_row_groups)
            return [file.metadata.row_group(group).num_rows for group in groups]


def measure_similarity(
    model: Model,
    weights: Sequence[str | Path],
    study: Study,
    *,
    other_seed: str | Path | None,
) -> pd.DataFrame:
    """Measure a language model at every epoch.

    Args:
        model: Of the right sizes; its weights are replaced.
        weights: A checkpoint of each epoch, the last one last.
        study: What it is compared with.
        other_seed: Another seed's last checkpoint; None: there is no other seed.

    Returns:
        The table described at the top of this module.

    Raises:
        InputError: If the model has not an embedding and two recurrent layers, or
            a checkpoint is missing or damaged.
    """
    common = study.domains[COMMON], study.lengths(COMMON)
    last = {}
    for comparison, path in (("self", weights[-1]), ("seed", other_seed)):
        if path is not None:
            load_weights(model, path)
            last[comparison] = LanguageModelViews(model, *common)
    rows = []
    for path in weights:
        epoch, step = load_weights(model, path)
        logger.info("Comparing epoch %d, step %d.", epoch, step)
        views = LanguageModelViews(model, *common)
        found = [
            *_with_language_models(views, last, study),
            *_with_tag_models(views, COMMON, study),
        ]
        for name, domain in study.domains.items():
            if name != COMMON:
                views = LanguageModelViews(model, domain, study.lengths(name))
                found += _with_tag_models(views, name, study)
        rows += [{"epoch": epoch, "step": step, **row} for row in found]
    return pd.DataFrame(rows)


def _with_language_models(
    views: LanguageModelViews, last: Mapping[str, LanguageModelViews], study: Study
) -> Iterator[dict[str, Any]]:
    pairs = [
        (comparison, site, other, site)
        for comparison, other in last.items()
        for site in views.moments
    ]
    sites = by_place(views.moments)
    pairs += [("layers", sites[one], views, sites[other]) for one, other in LAYERS]
    for comparison, site, other, other_site in pairs:
        about = {"comparison": comparison, "domain": COMMON, "tagset": ""}
        about |= {"site": site, "other_site": other_site, "direction": ""}
        cross = views.cross(site, other, other_site)
        moments = views.moments[site], other.moments[other_site]
        yield from _rows({**about, "shuffled": False}, *moments, cross, study.presets)


def _with_tag_models(
    views: LanguageModelViews, name: str, study: Study
) -> Iterator[dict[str, Any]]:
    for tag_view in study.tag_views[name]:
        crosses = views.cross_tag_model(tag_view)
        size = _matched_groups(study, name, tag_view.tagset)
        for (site, other_site), cross in crosses.items():
            about: dict[str, Any] = {"comparison": "tagger", "domain": name}
            about |= {"site": site, "other_site": other_site, "tagset": tag_view.tagset}
            about |= {"direction": tag_view.direction, "shuffled": tag_view.shuffled}
            a, b = views.moments[site], tag_view.moments[other_site]
            yield from _rows(about, a, b, cross, study.presets)
            if size:
                about["comparison"] = "tagger matched"
                part = _first_groups(a, size), _first_groups(b, size)
                yield from _rows(about, *part, cross.subset(range(size)), study.presets)


def _rows(
    about: dict[str, Any],
    a: Moments,
    b: Moments,
    cross: CrossMoments,
    presets: Sequence[str],
) -> Iterator[dict[str, Any]]:
    for preset in presets:
        found = compare(a, b, preset, cross=cross)
        influence = found.influence
        if influence is not None:
            # Groups left out of a part of the text have no influence.
            influence = np.pad(influence, (0, SENTENCE_GROUPS - len(influence)))
        yield {
            **about,
            "preset": preset,
            "score": found.score,
            "tokens": found.n,
            "kept_a": found.kept_a,
            "kept_b": found.kept_b,
            "influence": influence,
        }


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
