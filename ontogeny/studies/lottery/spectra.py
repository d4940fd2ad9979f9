"""How many directions a layer uses, in the sample and in resamples (§5.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from ontogeny.measures.similarity.moments import Moments
from ontogeny.measures.similarity.resampling import covariance_draws
from ontogeny.measures.similarity.spectrum import Spectrum, spectrum

SHARE = 0.8
RESAMPLES = 200
"""ASSUME: the first of the resamples: each needs the eigenvalues of a matrix."""


def spectrum_rows(
    layer: Moments, inner: Moments, weights: np.ndarray
) -> Iterator[dict[str, Any]]:
    """Least directions with 80 % of the variance, and the participation ratio.

    Args:
        layer: Of the last layer of a stack.
        inner: The same without the ends of sentences.
        weights: How often each group is drawn, shape (resamples, groups).

    Yields:
        centred, statistic, value, without_ends and draws
        (`ontogeny.studies.lottery.inputs.Inputs.spectra`).
    """
    for centred in (True, False):
        found = [spectrum(layer, centred=centred)]
        matrices = covariance_draws(layer, weights[:RESAMPLES], centred=centred)
        for some in matrices:
            rows = np.linalg.eigvalsh(some)[:, ::-1].clip(min=0)
            found += [Spectrum(row) for row in rows]
        found.append(spectrum(inner, centred=centred))
        for name, values in (
            ("k80", [one.least(SHARE) for one in found]),
            ("participation_ratio", [one.participation_ratio for one in found]),
        ):
            first, *drawn, less = np.array(values, dtype=float)
            of = {"centred": centred, "statistic": name, "value": first}
            yield {**of, "without_ends": less, "draws": np.array(drawn)}


def variance_rows(layer: Moments) -> pd.DataFrame:
    """Variances along the principal directions.

    Returns:
        Columns centred, number (from 1), variance.
    """
    tables = []
    for centred in (True, False):
        values = spectrum(layer, centred=centred).variances
        numbers = np.arange(1, len(values) + 1)
        table = {"centred": centred, "number": numbers, "variance": values}
        tables.append(pd.DataFrame(table))
    return pd.concat(tables, ignore_index=True)
