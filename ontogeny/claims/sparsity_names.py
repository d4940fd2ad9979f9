"""How the sparsity paper writes its series, and how its claims are written down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ontogeny.claims.intervals import (
    Statistic,
)
from ontogeny.claims.verdicts import (
    Claim,
)
from ontogeny.sparsity.words import Series

PAPER = "Sparsity Emerges Naturally in Neural Language Models (Saphra & Lopez, 2019)"

SITES = {"embedding": "hᵉ", "lstm1": "h¹", "lstm2": "h²"}
GRADIENTS = {"embedding": "h̄ᵉ", "lstm1": "h̄¹", "lstm2": "h̄²", "logits": "x̄"}


def label(series: Series) -> str:
    """How the papers write a series.

    >>> label(gradient("lstm2", "target")), rho_of(gradient("lstm2", "target"))
    ('χ(h̄²) by target', 'ρ←(h̄²)')
    """
    return f"χ({_site(series)}) by {series.role}"


def rho_of(series: Series) -> str:
    """How the papers write a series' correlation with frequency."""
    return f"ρ{'←' if series.role == 'target' else '→'}({_site(series)})"


def _site(series: Series) -> str:
    return (SITES if series.quantity == "activation" else GRADIENTS)[series.site]


def activation(site: str, role: str) -> Series:
    """The series of a site's activations."""
    return Series("activation", site, role)


def gradient(site: str, role: str) -> Series:
    """The series of a site's gradients."""
    return Series("gradient", site, role)


Measure = Callable[[Any], list[Statistic]]


def sparsity_claim(
    id: str,
    sentence: str,
    source: str,
    criterion: str,
    *,
    classes: bool = False,
) -> Callable[[Measure], Claim]:
    """Make the decorated measure a claim of the sparsity paper.

    Args:
        id: S1 to S27.
        sentence: What the paper says.
        source: Section or figure.
        criterion: As fixed before the first run.
        classes: Whether it is about word classes.
    """

    def make(measure: Measure) -> Claim:
        return Claim(id, sentence, PAPER, source, criterion, measure, classes)

    return make
