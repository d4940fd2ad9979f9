"""Of which tasks each claim is asked, beside the claim itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ontogeny.claims.verdicts import Claim, Measure, claims_of

PAPER = (
    "Structured Sparsification of Gated Recurrent Neural Networks "
    "(Lobacheva et al., 2020)"
)

PRUNED = ("small", "large")
BAYES = ("imdb", "agnews", "char", "word")
TEXTS = ("imdb", "agnews")
LANGUAGE_MODELS = ("small", "large", "char", "word")
EVERY = PRUNED + BAYES


@dataclass(frozen=True)
class Asked:
    """Of what a claim is asked.

    Attributes:
        roles: Settings of the paper; asked of each task that is or stands for one.
        across: Asked once, of a task for each role, and not of each by itself.
        some: Asked once, of all tasks in all seeds: one task is enough.
    """

    roles: tuple[str, ...]
    across: bool = False
    some: bool = False


ASKED: dict[str, Asked] = {}
"""By the claim's id."""

_claim = claims_of(PAPER)


def structured_claim(
    id: str,
    sentence: str,
    source: str,
    criterion: str,
    *,
    roles: tuple[str, ...],
    across: bool = False,
    some: bool = False,
    structure: bool = False,
) -> Callable[[Measure], Claim]:
    """What makes a measure a claim of the paper.

    Args:
        id: See `ontogeny.claims.verdicts.Claim`, as the next three.
        sentence: –
        source: –
        criterion: –
        roles: See `Asked`.
        across: See `Asked`; the measure then takes an `AcrossRun`, else a `TaskRun`.
        some: See `Asked`; the measure then takes a list of `TaskRun`.
        structure: Must not come out `reproduced` on the control language.
    """
    ASKED[id] = Asked(roles, across, some)
    return _claim(id, sentence, source, criterion, structure=structure)
