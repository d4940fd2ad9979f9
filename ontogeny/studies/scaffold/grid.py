"""All trainings of one scaffold length, measured."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from ontogeny.studies.scaffold.measuring import USUAL, Reading, measure_epochs
from ontogeny.studies.scaffold.names import Training
from ontogeny.studies.scaffold.specification import Specification
from ontogeny.training.recipe import Recipe

logger = logging.getLogger(__name__)


def measure_grid(
    recipe: Recipe,
    specification: Specification,
    trainings: Sequence[Training],
    weights: Sequence[str | Path],
    inside: Mapping[int, pd.DataFrame],
    outside: pd.DataFrame,
    *,
    reading: Reading = USUAL,
    device: str = "auto",
) -> pd.DataFrame:
    """Measure every checkpoint of every training of one scaffold length.

    Args:
        recipe: Of the models.
        specification: Of the texts; `occurrences` is the trainings' own.
        trainings: Those to measure.
        weights: Checkpoints of the first training by epoch, then of the next.
        inside: In-domain items by number of occurrences.
        outside: Out-domain items.
        reading: How items are decomposed.
        device: "cpu", "cuda" or "auto".

    Returns:
        Columns setting, occurrences, variant, length, and of `measure_epochs`.
    """
    measured = []
    epochs = len(weights) // len(trainings)
    for number, training in enumerate(trainings):
        logger.info("Measuring %s.", training.name)
        table = measure_epochs(
            recipe,
            specification.vocabulary,
            weights[number * epochs : (number + 1) * epochs],
            {"in": inside[training.occurrences], "out": outside},
            closing=specification.closing,
            reading=reading,
            device=device,
        )
        about = training._asdict() | {"length": specification.length}
        measured.append(table.assign(**about))
    return pd.concat(measured, ignore_index=True)
