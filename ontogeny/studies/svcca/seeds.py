"""How alike a language model is to another seed's end, at every epoch.

Of every ordered pair of seeds there is a table of its own, so that a seed more changes
none that is there. Columns are those of `measuring`, with the comparison "seed"; what a
seed is said to have is its mean over the others (`inputs.mean_over_others`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from ontogeny.models import Model
from ontogeny.studies.svcca.domains import Domain
from ontogeny.studies.svcca.language_views import LanguageModelViews
from ontogeny.studies.svcca.measuring import language_models, over_epochs
from ontogeny.studies.svcca.nulls import Moves
from ontogeny.studies.svcca.rows import Comparison
from ontogeny.training.weights import load_weights


def compare_seeds(
    model: Model,
    weights: Sequence[str | Path],
    other: str | Path,
    domain: Domain,
    presets: Sequence[str],
) -> pd.DataFrame:
    """Compare every site with the same site of another seed's last epoch.

    Args:
        model: Of the right sizes; its weights are replaced.
        weights: A checkpoint of each epoch.
        other: The other seed's last one.
        domain: The common text.
        presets: Of `ontogeny.measures.similarity.cca.compare`.

    Raises:
        InputError: If a checkpoint is missing or damaged.
    """
    lengths, moves = [len(domain.tokens)], Moves(domain)
    load_weights(model, other)
    end = LanguageModelViews(model, domain, lengths)

    def comparisons() -> Iterator[Comparison]:
        views = LanguageModelViews(model, domain, lengths)
        for site in views.moments:
            about = {"comparison": "seed"}
            yield language_models(about, (views, end), (site, site), moves)

    return over_epochs(model, weights, comparisons, presets)
