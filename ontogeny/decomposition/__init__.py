"""Contextual decomposition of LSTMs, and the interdependence of their words."""

from ontogeny.decomposition.contextual import (
    RULES,
    decompose,
    decompose_stack,
    relevant_logits,
)
from ontogeny.decomposition.interdependence import interdependence
from ontogeny.decomposition.pairwise import (
    pairs_within,
    pairwise_interdependence,
    partners,
)

__all__ = [
    "RULES",
    "decompose",
    "decompose_stack",
    "interdependence",
    "pairs_within",
    "pairwise_interdependence",
    "partners",
    "relevant_logits",
]
