"""Linear centred kernel alignment, from sums alone."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from ontogeny.errors import InputError
from ontogeny.measures.similarity.directions import directions
from ontogeny.measures.similarity.moments import CrossMoments, Moments
from ontogeny.measures.similarity.views import views
from ontogeny.statistics.arrays import as_array

_ENOUGH = 20
"""Tokens a unit, of which what CKA has too much is no more than a twentieth."""
_ROUNDING = 1e-10
"""Of HSIC: what sums from which it is subtracted leave of nothing."""


def linear_cka(
    a: Any,
    b: Any,
    *,
    cross: CrossMoments | None = None,
    debiased: bool = False,
) -> float:
    """Linear CKA of two views, HSIC(A, B) / √(HSIC(A, A) HSIC(B, B)).

    With centred views HSIC(A, B) = ‖AᵀB‖²_F, biased upwards by about
    units/n; debiased, the unbiased estimator over pairs of different tokens,
    with K̃, L̃ the n × n products without their diagonals:
    [tr(K̃L̃) + 1ᵀK̃1 · 1ᵀL̃1 / ((n−1)(n−2)) − 2 · 1ᵀK̃L̃1 / (n−2)] / (n(n−3)).
    Neither n × n matrix is formed. Unchanged by rotating or scaling a view, not
    by other maps: directions weigh by their variance.

    Args:
        a: Shape (n, units_a), numpy array or torch tensor; or `Moments`.
        b: Shape (n, units_b), the same tokens in the same order; likewise.
        cross: With `Moments`: the pair's.
        debiased: Whether to use the unbiased estimator.

    Returns:
        In [0, 1], debiased in [−1, 1] (about 0 for independent views). 0 if a
        view is constant; debiased also if all its tokens are equally far apart,
        which then say nothing of pairs. Of fewer than 20 tokens a unit with a warning,
        if not debiased.

    Raises:
        InputError: As for `compare`, and if debiased and n < 4.
        ValueError: If the arguments do not fit.

    Source: Kornblith et al. (2019), arXiv:1905.00414; debiased: Song et al.
    (2012), JMLR 13, 1393–1434, and Nguyen et al. (2021), arXiv:2010.15327.

    >>> a = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 2.0], [1.0, 2.0]])
    >>> linear_cka(a, a[:, ::-1] * 3), round(linear_cka(a, a[:, :1]), 4)
    (1.0, 0.2425)
    """
    given = [as_array(view) for view in (a, b) if not isinstance(view, Moments)]
    a, b, cross = views(a, b, cross, rotated=True)
    units = 0 if debiased else max((view.shape[1] for view in given), default=0)
    if units <= a.n < _ENOUGH * units:
        warnings.warn(
            f"{a.n:,} tokens of {units:,} units: CKA is too high by about units / "
            f"tokens. Give {_ENOUGH} tokens a unit, or debiased=True.",
            stacklevel=2,
        )
    if debiased and a.n < 4:
        raise InputError(f"debiased CKA needs at least four tokens, not {a.n}.")
    if 0 in (directions(a, "squared").kept, directions(b, "squared").kept):
        return 0.0
    own = math.sqrt(_own(a, debiased)) * math.sqrt(_own(b, debiased))
    if not own:
        return 0.0
    bound = -1.0 if debiased else 0.0
    return min(1.0, max(bound, _hsic(cross, debiased) / own))


def _own(moments: Moments, debiased: bool) -> float:
    """HSIC of a view with itself; 0 if that is no more than rounding."""
    found = _hsic(moments, debiased)
    return found if found > _ROUNDING * _hsic(moments, False) else 0.0


def _hsic(moments: Moments | CrossMoments, debiased: bool) -> float:
    """HSIC times (n − 1)², or the unbiased estimator of HSIC times n(n − 3)."""
    matrix, n = moments.total.matrix[0], moments.n
    product = float(np.sum(matrix[:-2, :-2] ** 2))
    if not debiased:
        return product
    # About the means the sums vanish, and with them most of the estimator.
    both, square_a, square_b = matrix[-1, -1], matrix[-1, -2], matrix[-2, -1]
    pairs = square_a * square_b / ((n - 1) * (n - 2))
    return float(product - both + pairs - 2 * both / (n - 2))
