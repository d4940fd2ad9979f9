"""What runs of the study of lottery tickets are called, and its tables."""

from __future__ import annotations

from fractions import Fraction

DENSE = "dense"
"""LTH0, of each seed: files and rows of no chain."""

CHAINS = ("magnitude", "random", "unpruned", "shuffled", "rewound")
"""Chains that may be asked for; `rewound` is pruned as `magnitude`, and its weights
return, too (`ontogeny.studies.lottery.retraining.Rewinding`)."""

ANOTHER, UNTRAINED = "another", "untrained"
"""What LTH0 is held beside, too: LTH0 of another seed; and two models that have seen
no text, one beside the other."""

CONTROLLED = "control"
"""In tables of probes, LTH0 of the control language."""

WITH_NULL = ("magnitude", "unpruned")
"""Chains of figures 5, 6, A6, A8 and `categories`: the paper's, and its null."""

SHOWN = (0, 2, 4, 6, 8)
"""Prunings of the models of figures A9 to A11."""

PASS_BYTES = 3 * 2**27
"""Sums that are held at a time: more of them are made in another pass over the text."""

DIAGONAL, NO_LAYER = "diagonal", 0
"""In tables: what is guessed by position, and the layer that it has in files."""

TABLES = (
    "layers",
    "attention",
    "neurons",
    "matches",
    "spectra",
    "variances",
    "peaked",
    "alignment",
    "categories",
)
"""What is measured of a chain, each a file."""

FORM = "form"
"""In tables of probes, a site: what form alone gives, without a vector."""

PROBE_TABLES = ("probes", "probe_seeds", "probe_codes")
"""What probes say of a chain, each a file."""

WITH_MLP = (
    *("ps_fxn", "ps_role", "coref", "syn_arc_pred", "sem_arc_pred"),
    *("ner", "ged", "ef"),
)
"""Tasks of table A3."""

LAST_ANALYSED = 8
"""Prunings of a fifth beyond which the paper analyses no model."""


def rate_of(prunings_at_once: int) -> Fraction:
    """Share of the remaining weights that so many prunings of a fifth take at once.

    >>> rate_of(1), rate_of(2), rate_of(4)
    (Fraction(1, 5), Fraction(9, 25), Fraction(369, 625))
    """
    return 1 - Fraction(4, 5) ** prunings_at_once


def iterations_of(chain: str, prunings_at_once: int, iterations: int) -> list[int]:
    """Iterations of a chain whose models are analysed.

    Args:
        chain: One of `CHAINS`, `DENSE`, `ANOTHER` or `UNTRAINED`.
        prunings_at_once: Prunings of a fifth in an iteration.
        iterations: Of the chain.

    >>> iterations_of("magnitude", 4, 2), iterations_of("magnitude", 1, 9)[-1]
    ([1, 2], 8)
    """
    last = min(iterations, LAST_ANALYSED // prunings_at_once)
    return list(range(1, last + 1)) if chain in CHAINS else []
