"""Contextual decomposition of LSTMs, and the interdependence of their words.

    import torch
    from ontogeny.decomposition import decompose, pairwise_interdependence

    lstm = torch.nn.LSTM(20, 30)
    words = torch.randn(12, 20)
    focus = torch.zeros(12, dtype=torch.bool)
    focus[3:5] = True
    relevant, irrelevant = decompose(lstm, words, focus)
    pairwise_interdependence(lstm, words, window=10)

These names are the package's interface; the modules behind them may move.
"""

from ontogeny.measures.decomposition.contextual import (
    RULES,
    decompose,
    decompose_stack,
    relevant_logits,
)
from ontogeny.measures.decomposition.interdependence import interdependence
from ontogeny.measures.decomposition.pairwise import (
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
