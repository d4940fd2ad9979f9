"""How the sparsity paper writes its series, and how its claims are written down."""

from __future__ import annotations

from ontogeny.claims.verdicts import claims_of
from ontogeny.measures.places import PLACES
from ontogeny.studies.sparsity.words import Series

PAPER = "Sparsity Emerges Naturally in Neural Language Models (Saphra & Lopez, 2019)"

GRADIENTS = {"embedding": "h̄ᵉ", "h1": "h̄¹", "h2": "h̄²", "logits": "x̄"}


def label(series: Series) -> str:
    """How the papers write a series.

    >>> label(gradient("h2", "target")), rho_of(gradient("h2", "target"))
    ('χ(h̄²) by target', 'ρ←(h̄²)')
    """
    return f"χ({_site(series)}) by {series.role}"


def rho_of(series: Series) -> str:
    """How the papers write a series' correlation with frequency."""
    return f"ρ{'←' if series.role == 'target' else '→'}({_site(series)})"


def _site(series: Series) -> str:
    return (PLACES if series.quantity == "activation" else GRADIENTS)[series.site]


def activation(site: str, role: str) -> Series:
    """The series of a site's activations."""
    return Series("activation", site, role)


def gradient(site: str, role: str) -> Series:
    """The series of a site's gradients."""
    return Series("gradient", site, role)


sparsity_claim = claims_of(PAPER)
