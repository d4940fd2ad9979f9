"""How far a normal posterior is from the log-uniform prior, weight by weight."""

from __future__ import annotations

from itertools import pairwise
from math import exp, inf, log, pi, sqrt
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

EULER = 0.57721566490153286
_TAIL = 40.0
"""Beyond which a standard normal's density is 0 in float64."""


class Form(NamedTuple):
    """An approximation `constant − height · s(shift + slope · log α) + ½ ln(1 + 1/α)`.

    s is the logistic function.
    """

    constant: float
    height: float
    shift: float
    slope: float


FORMS = {
    "molchanov": Form(0.63576, 0.63576, 1.87320, 1.48695),
    "tipt0p": Form(-0.03, 0.64, 1.5 * 1.3, 1.5),
}
"""Approximations by name; beside them there is "exact"."""


def form_of(name: str) -> Form:
    """An approximation by its name.

    Raises:
        ValueError: If there is none of that name.
    """
    if name not in FORMS:
        raise ValueError(f"form must be one of {', '.join(FORMS)}, found {name!r}")
    return FORMS[name]


def kl_nats(log_alpha: Tensor, form: str = "molchanov") -> Tensor:
    """KL(N(μ, σ²) ‖ log-uniform) of each weight, which depends on α = σ²/μ² alone.

        exact:      E_ε ln|1 + √α ε| − ½ ln α + ½ (C + ln 2),   ε ~ N(0, 1)
        molchanov:  0.63576 − 0.63576 s(1.87320 + 1.48695 ln α) + ½ ln(1 + 1/α)
        tipt0p:     −0.03 − 0.64 s(1.5 (ln α + 1.3)) + ½ ln(1 + 1/α)

    with C Euler's constant and s the logistic function. The prior is improper; its
    constant is chosen so that the exact form goes to 0 for α → ∞. Molchanov's goes
    there too and is within 0.01 of it for ln α in [−8, 8]; tipt0p's goes to −0.67, so
    it may be negative. All fall with α. Nothing is clipped here; models clip ln α.

    Args:
        log_alpha: ln α, real floating point, any shape; ±inf is allowed.
        form: "molchanov", "tipt0p" or "exact". The last is by quadrature, a weight at
            a time on the CPU: for tests. It has no gradient.

    Returns:
        Nats, of the same shape.

    Raises:
        ValueError: If the form is unknown or log_alpha is not floating point.

    Source: Molchanov et al. (2017), arXiv:1701.05369, eq. 14; tipt0p/SparseBayesianRNN,
    the code of Lobacheva et al. (2020).

    >>> kl_nats(torch.tensor([-8.0, 0.0, 2.0]))
    tensor([4.6359, 0.4312, 0.0684])
    >>> kl_nats(torch.tensor([0.0]), "exact")
    tensor([0.4267])
    """
    if not log_alpha.is_floating_point():
        raise ValueError(f"log_alpha must be floating point, found {log_alpha.dtype}")
    if form == "exact":
        values = [_exact(value) for value in log_alpha.detach().flatten().tolist()]
        return log_alpha.new_tensor(values).view_as(log_alpha)
    if form not in FORMS:
        raise ValueError(
            f"form must be one of {', '.join([*FORMS, 'exact'])}, found {form!r}"
        )
    constant, height, shift, slope = FORMS[form]
    # 1 − s(x) = s(−x), which is exact where s(x) is nearly 1.
    rest = torch.sigmoid(-shift - slope * log_alpha)
    return (constant - height) + height * rest + 0.5 * F.softplus(-log_alpha)


def _exact(log_alpha: float) -> float:
    """E ln|ε + 1/√α| + ½ (C + ln 2), which is `kl_nats` without its differences."""
    from scipy.integrate import quad

    if log_alpha == -inf:
        return inf
    centre = exp(-0.5 * log_alpha)

    def integrand(epsilon: float) -> float:
        size = abs(epsilon + centre)
        return log(size) * exp(-0.5 * epsilon * epsilon) if size else 0.0

    # The logarithm has its pole at ε = −1/√α, so the two sides are integrated apart;
    # the width of the density is marked, which a wide interval would hide.
    marks = [-_TAIL, *sorted({-8.0, 8.0, -min(centre, _TAIL)}), _TAIL]
    parts = pairwise(marks)
    total = sum(
        quad(integrand, a, b, epsabs=1e-11, epsrel=1e-11, limit=200)[0]
        for a, b in parts
        if a < b
    )
    return total / sqrt(2 * pi) + 0.5 * (EULER + log(2))
