"""How alike a language model is to another seed's end, at every epoch.

Of every ordered pair of seeds there is a table of its own, so that a seed more changes
none that is there. Columns are those of `measuring`, with the comparison "seed"; what a
seed is said to have is its mean over the others (`inputs.mean_over_others`).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ontogeny.models import Model
from ontogeny.studies.svcca.domains import Domain
from ontogeny.studies.svcca.language_views import LanguageModelViews
from ontogeny.studies.svcca.measuring import language_models
from ontogeny.studies.svcca.nulls import Moves
from ontogeny.studies.svcca.rows import widened
from ontogeny.training.weights import load_weights

logger = logging.getLogger(__name__)


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
    lengths, moves, rows = [len(domain.tokens)], Moves(domain), []
    load_weights(model, other)
    end = LanguageModelViews(model, domain, lengths)
    for number, path in enumerate(weights):
        epoch, step = load_weights(model, path)
        logger.info("Comparing epoch %d, step %d.", epoch, step)
        views = LanguageModelViews(model, domain, lengths)
        for site in views.moments:
            one = language_models(
                {"comparison": "seed"}, (views, end), (site, site), moves
            )
            one = one._replace(halve=number == (len(weights) - 1) // 2)
            rows += [{"epoch": epoch, "step": step, **row} for row in one.rows(presets)]
    return widened(rows)
