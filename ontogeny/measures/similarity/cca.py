"""Canonical correlation analysis of two views, under explicit conventions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ontogeny.measures.similarity.directions import Directions, directions, fewest
from ontogeny.measures.similarity.influence import influence_of_groups
from ontogeny.measures.similarity.moments import CrossMoments, Moments
from ontogeny.measures.similarity.null import calibrated, null_score
from ontogeny.measures.similarity.rows import is_tensor
from ontogeny.measures.similarity.views import views

# How much of the coefficients' sum `cca_truncated` averages.
SHARE_OF_SUM = 0.98


class _Preset(NamedTuple):
    rule: str
    summary: str


PRESETS = {
    "svcca": _Preset("squared", "mean"),
    "svcca_amplitude": _Preset("amplitude", "mean"),
    "cca": _Preset("rank", "mean"),
    "cca_truncated": _Preset("rank", "first"),
    "pwcca": _Preset("rank", "projection"),
}


@dataclass(frozen=True, eq=False)
class Similarity:
    """How alike two views are, and all that the number depends on.

    Attributes:
        score: In [0, 1].
        coefficients: Canonical correlations, descending, shape
            (min(kept_a, kept_b),), of the kind of the arrays compared.
        kept_a: Directions of the first view that entered.
        kept_b: Of the second.
        n: Tokens.
        preset: Convention; see `compare`.
        influence: Change of the score, to first order, when a group's weight
            grows by one, shape (groups,), summing to 0: with weights w the
            score is about score + (w − 1) · influence. None for one group and
            for "pwcca".
        null: What views that share nothing would score, if it was asked for; see
            `ontogeny.measures.similarity.null.null_score`.
    """

    score: float
    coefficients: Any
    kept_a: int
    kept_b: int
    n: int
    preset: str
    influence: np.ndarray | None = None
    null: float | None = None

    @property
    def calibrated(self) -> float | None:
        """(score − null) / (1 − null): 0 where views share nothing, 1 if alike."""
        return None if self.null is None else calibrated(self.score, self.null)


def compare(
    a: Any,
    b: Any,
    preset: str = "svcca",
    *,
    cross: CrossMoments | None = None,
    null: bool = False,
    groups: Any = None,
) -> Similarity:
    """Canonical correlations of two views of the same tokens, and their summary.

    Directions of each view are kept by the preset's rule; the coefficients are
    the singular values of W_Aᵀ Σ_AB W_B, W being the whitening of those kept:

    =============== ============================== ===============================
    preset          keeps                          score
    =============== ============================== ===============================
    svcca           99 % of the squared spectrum   mean of all min(k_A, k_B)
    svcca_amplitude 99 % of the spectrum           mean of all min(k_A, k_B)
    cca             all but rounding               mean of all min(k_A, k_B)
    cca_truncated   all but rounding               mean of the first that hold
                                                   98 % of the coefficients' sum
    pwcca           all but rounding               mean weighted by Σ_j |⟨hᵢ, x_j⟩|
    =============== ============================== ===============================

    In pwcca the canonical variates hᵢ and units x_j are of the view with fewer
    directions kept, of the first if equal. (The public code's weights lack
    the whitening that its paper's formula has; ours has it.)

    "svcca" is unchanged by rotating or scaling a view, the last three by any
    invertible map of it. Scores of different presets cannot be compared, nor
    those of one over different n: with independent views the mean *squared*
    coefficient is already max(k_A, k_B)/(n − 1), and where k_A + k_B ≥ n some
    coefficients are 1 whatever the views. A constant view shares nothing: score
    0, no coefficients, 0 directions kept.

    Args:
        a: Shape (n, units_a), numpy array or torch tensor; or `Moments`.
        b: Shape (n, units_b), the same tokens in the same order; likewise.
        preset: One of the above.
        cross: With `Moments`: the pair's.
        null: Whether to tell what views that share nothing would score, for twice the
            time again; of arrays only.
        groups: Document or sentence of each token, for that: see `null_score`.

    Returns:
        Score, coefficients and what they depend on.

    Raises:
        InputError: If the views are known to be of different tokens, are of
            fewer than two, or hold NaN or infinity.
        ValueError: If there is no such preset or the arguments do not fit.

    Warns:
        UserWarning: If arrays have fewer tokens than units.

    Source: Raghu et al. (2017), arXiv:1706.05806, §2.1, and Saphra & Lopez
    (2019), arXiv:1811.00225, §2.3 (svcca); Morcos et al. (2018),
    arXiv:1806.05759 (pwcca).

    >>> a = np.random.default_rng(0).standard_normal((100, 3))
    >>> result = compare(a, a @ np.array([[0.0, 2.0], [-2.0, 0.0], [0.0, 0.0]]))
    >>> round(result.score, 6), result.kept_a, result.kept_b
    (1.0, 3, 2)
    """
    if preset not in PRESETS:
        raise ValueError(f"preset {preset!r} is none of {', '.join(PRESETS)}")
    rule, summary = PRESETS[preset]
    nothing = None
    if null:
        if cross is not None or isinstance(a, Moments):
            raise ValueError("null: Moments hold no tokens to be moved: give arrays")
        nothing = null_score(compare, a, b, groups=groups, preset=preset)
    kind = a
    a, b, cross = views(a, b, cross, rotated=rule != "rank")
    kept_a, kept_b = directions(a, rule), directions(b, rule)
    reduced = kept_a.whitening.T @ cross.covariance @ kept_b.whitening
    if a.groups == 1 and summary != "projection":  # a fifth of the time
        u = vt = np.empty((0, 0))
        r = np.linalg.svd(reduced, compute_uv=False)
    else:
        u, r, vt = np.linalg.svd(reduced, full_matrices=False)
    r = np.clip(r, 0.0, 1.0)
    weights = _weights(summary, a, b, (kept_a, kept_b), (u, r, vt))
    influence = None
    if a.groups > 1 and summary != "projection":
        some = weights > 0
        influence = influence_of_groups(
            (a, b, cross),
            kept_a.whitening @ u[:, some],
            kept_b.whitening @ vt[some].T,
            r[some],
        )
    return Similarity(
        score=float(weights @ r),
        coefficients=_as_kind(r, kind),
        kept_a=kept_a.kept,
        kept_b=kept_b.kept,
        n=a.n,
        preset=preset,
        influence=influence,
        null=nothing,
    )


def _weights(
    summary: str,
    a: Moments,
    b: Moments,
    kept: tuple[Directions, Directions],
    svd: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> np.ndarray:
    """Weights of the coefficients, summing to 1 (empty without any)."""
    u, r, vt = svd
    if len(r) == 0:
        return r
    if summary == "projection":
        moments, basis = (a, kept[0].whitening @ u)
        if kept[0].kept > kept[1].kept:
            moments, basis = (b, kept[1].whitening @ vt.T)
        weights = np.abs(basis.T @ moments.covariance).sum(axis=1)
    else:
        first = fewest(r, SHARE_OF_SUM) if summary == "first" else len(r)
        weights = (np.arange(len(r)) < first).astype(float)
    return weights / weights.sum()


def _as_kind(coefficients: np.ndarray, view: Any) -> Any:
    if not is_tensor(view):
        return coefficients
    import torch

    return torch.from_numpy(coefficients).to(view.device)
