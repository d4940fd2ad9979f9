"""A claim, its statistics with intervals, and the verdict they amount to.

A claim is one checkable sentence of a paper. Each seed yields one or more
statistics; each has a 95 % bootstrap interval, which lies wholly on the
criterion's side (`in`), wholly on the other (`out`) or on both (`open`). A
claim with several statistics is `in` where all are, `out` where any is. Over
seeds: `reproduced` if every seed is in, `not reproduced` if every seed is out,
else `undecided`; `not run` where a run lacks what the claim needs, or is not
judged at all: at too small a scale, or of a model that has learned nothing. Of three
seeds or more some claims are about the mean over them (`ontogeny.claims.over_runs`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from ontogeny.claims.intervals import Statistic
from ontogeny.claims.regions import IN, OPEN, OUT

NOT_RUN = "not run"
NOT_JUDGED = "no claim is judged at this scale"
REPRODUCED, NOT_REPRODUCED, UNDECIDED = "reproduced", "not reproduced", "undecided"
VERDICTS = (REPRODUCED, NOT_REPRODUCED, UNDECIDED, NOT_RUN)


class Lacks(Exception):
    """The run lacks what a claim needs; the message says what, for the reader."""


class Gated(Lacks):
    """A gate keeps a claim from being asked, though its number is there.

    Gates were made after numbers of a language without structure had been seen; what
    those are without them is told, too.
    """


@dataclass(frozen=True)
class Claim:
    """One checkable sentence of a paper.

    Attributes:
        id: Short name, unique within the project, e.g. "S3".
        sentence: What the paper says.
        paper: The paper, one heading of the report.
        source: Section or figure in it.
        criterion: The statistic and the bound, as text.
        measure: From one run to its statistics; raises `Lacks`.
        needs_structure: Whether it is about classes, trees or topics, so that
            it must not come out `reproduced` on the control language.
        of_text: Whether its numbers count the text itself, not what a model made of
            it, so that they are not set beside those of another text.
    """

    id: str
    sentence: str
    paper: str
    source: str
    criterion: str
    measure: Callable[[Any], Sequence[Statistic]]
    needs_structure: bool = False
    of_text: bool = False


Measure = Callable[[Any], Sequence[Statistic]]


def claims_of(paper: str) -> Callable[..., Callable[[Measure], Claim]]:
    """What makes the measure that it decorates a claim of a paper.

    Args:
        paper: One heading of the report.

    Returns:
        Takes id, sentence, source and criterion of a `Claim`, and by keyword
        `structure`, its `needs_structure`, and `of_text`.

    >>> @claims_of("a paper")("X1", "it rises", "§1", "slope > 0", structure=True)
    ... def x1(run):
    ...     return []
    >>> x1.paper, x1.id, x1.needs_structure
    ('a paper', 'X1', True)
    """

    def claim(
        id: str,
        sentence: str,
        source: str,
        criterion: str,
        *,
        structure: bool = False,
        of_text: bool = False,
    ) -> Callable[[Measure], Claim]:
        def make(measure: Measure) -> Claim:
            said = id, sentence, paper, source, criterion
            return Claim(*said, measure, structure, of_text)

        return make

    return claim


def claims_in(*modules: ModuleType) -> tuple[Claim, ...]:
    """The claims that are made in some modules, in order of their ids: S2 before S10.

    >>> from types import SimpleNamespace
    >>> one, ten = (Claim(id, "", "", "", "", list) for id in ("X1", "X10"))
    >>> [claim.id for claim in claims_in(SimpleNamespace(b=ten, a=one))]
    ['X1', 'X10']
    """
    found = (one for module in modules for one in vars(module).values())
    claims = {one.id: one for one in found if isinstance(one, Claim)}
    order = sorted(claims, key=lambda id: (len(id.rstrip("abc")), id))
    return tuple(claims[id] for id in order)


def conjunction(states: Iterable[str]) -> str:
    """The state of a claim with several statistics.

    >>> conjunction(["in", "in"]), conjunction(["open", "out"])
    ('in', 'out')
    >>> conjunction(["in", "open"]), conjunction(["out", "not run"])
    ('open', 'not run')
    """
    found = set(states)
    if not found:
        raise ValueError("a claim needs at least one statistic")
    for decisive in (NOT_RUN, OUT, OPEN):
        if decisive in found:
            return decisive
    return IN


def verdict(states: Iterable[str]) -> str:
    """The verdict over seeds, from each seed's state.

    >>> verdict(["in", "in"]), verdict(["out", "out"]), verdict(["in", "out"])
    ('reproduced', 'not reproduced', 'undecided')
    """
    found = set(states)
    if not found:
        raise ValueError("a verdict needs at least one seed")
    # ASSUME: one seed that lacks what the claim needs leaves no verdict; the
    # other seeds do not decide alone (of several, one that learned nothing is none).
    if NOT_RUN in found:
        return NOT_RUN
    if found == {IN}:
        return REPRODUCED
    return NOT_REPRODUCED if found == {OUT} else UNDECIDED
