"""How many directions a view uses: the spectrum of its covariance."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ontogeny.errors import InputError
from ontogeny.measures.similarity.directions import _noise, fewest
from ontogeny.measures.similarity.moments import Moments


class Spectrum(NamedTuple):
    """Variances of a view along its principal directions.

    Attributes:
        variances: σ², descending, shape (units,); not centred, mean squares.
    """

    variances: np.ndarray

    def least(self, share: float) -> int:
        """The fewest directions with a share of the sum: min k, Σ_{≤k} σ² ≥ s Σ σ².

        0 for a view without variance.

        Args:
            share: s, above 0, at most 1.
        """
        if not 0 < share <= 1:
            raise ValueError(f"share must be above 0 and at most 1, not {share}")
        return fewest(self.variances, share) if self.variances[0] > 0 else 0

    @property
    def participation_ratio(self) -> float:
        """(Σ σ²)² / Σ σ⁴: the number of directions, were all used alike.

        0 for a view without variance.
        """
        squares = float(np.sum(self.variances**2))
        return float(self.variances.sum()) ** 2 / squares if squares else 0.0


def spectrum(a: Any, *, centred: bool = True) -> Spectrum:
    """Squared singular values of a view over the number of tokens.

    Args:
        a: Shape (n, units), numpy array or torch tensor; or `Moments`.
        centred: Whether the mean is subtracted; if not, the first direction is all but
            the mean wherever that is large.

    Raises:
        InputError: If there are fewer than two tokens, or an entry is NaN or infinite.

    Source: the least k of 80 % in Movva & Zhao (2020), §5.3.

    >>> found = spectrum(np.array([[2.0, 1.0], [-2.0, 1.0], [2.0, 3.0], [-2.0, 3.0]]))
    >>> found.variances.tolist(), found.least(0.8), found.least(0.81)
    ([4.0, 1.0], 1, 2)
    >>> round(found.participation_ratio, 2)
    1.47
    """
    moments = a if isinstance(a, Moments) else Moments.of(a)
    if moments.n < 2:
        raise InputError(f"{moments.n} tokens have no spectrum: give at least two.")
    matrix, mean = moments.covariance, moments.mean
    if not centred:
        matrix = matrix + np.outer(mean, mean)
    values = np.linalg.eigvalsh((matrix + matrix.T) / 2)[::-1]
    noise = float(_noise(moments).sum()) if centred else 0.0
    return Spectrum(np.where(values > noise, values, 0.0))
