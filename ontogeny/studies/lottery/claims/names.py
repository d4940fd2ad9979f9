"""How the claims about lottery tickets are made, each with that beyond retraining."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from ontogeny.claims.intervals import Statistic
from ontogeny.claims.verdicts import Claim, Lacks, Measure, claims_of
from ontogeny.studies.lottery.claims.asked import Asked, adjusted_beside, beyond
from ontogeny.studies.lottery.names import DENSE

PAPER = (
    "Dissecting Lottery Ticket Transformers: Structural and Behavioral Study of Sparse "
    "Neural Machine Translation (Movva & Zhao, 2020)"
)
MAGNITUDE, UNPRUNED, RANDOM = "magnitude", "unpruned", "random"
STACKS = ("encoder", "decoder")

lottery_claim = claims_of(PAPER)

BEYOND: dict[str, Claim] = {}
"""By the claim's id, the same beyond retraining."""

Measured = Callable[..., list[Asked]]


def compared_claim(
    id: str,
    sentence: str,
    source: str,
    criterion: str,
    *,
    retraining: bool = True,
    stays: bool = False,
    attention: bool = False,
    random: bool = False,
) -> Callable[[Measured], Claim]:
    """What makes a claim of what a chain is asked.

    Args:
        id: See `ontogeny.claims.verdicts.Claim`, as the next three.
        sentence: –
        source: –
        criterion: –
        retraining: Whether it is asked beyond retraining, too.
        stays: Whether it is that something stays.
        attention: Whether it is asked of adjusted attention, too; the measure then
            takes `adjusted`.
        random: Whether the random chain's numbers stand beside the claim's.

    Returns:
        Takes a measure, from a `LotteryRun` and the name of a chain.
    """

    def make(measure: Measured) -> Claim:
        def own(run: Any) -> list[Statistic]:
            return _both(attention, measure, lambda ask: _of_chain(run, ask, random))

        def beside(run: Any) -> list[Statistic]:
            return _both(attention, measure, lambda ask: _beyond(run, ask, stays))

        if retraining:
            asks = "≥ −0.02" if stays else "on the claim's side of 0"
            _register(
                id, sentence, source, f"T(magnitude) − T(unpruned) {asks}", beside
            )
        return lottery_claim(id, sentence, source, criterion)(own)

    return make


def scored_claim(
    id: str,
    sentence: str,
    source: str,
    criterion: str,
    *,
    instead: str = "BLEU(unpruned, k) in the place of BLEU(0)",
) -> Callable[[Callable[..., list[Statistic]]], Claim]:
    """What makes a claim of scores beside those of a chain: LTH0, or the unpruned one.

    Args:
        id: See `ontogeny.claims.verdicts.Claim`, as the next three.
        sentence: –
        source: –
        criterion: –
        instead: What is asked beyond retraining.

    Returns:
        Takes a measure, from a `LotteryRun` and the name of a chain.
    """

    def make(measure: Callable[..., list[Statistic]]) -> Claim:
        asks = f"{criterion}; {instead}"

        def beside(run: Any) -> list[Statistic]:
            run.need(UNPRUNED)
            return measure(run, UNPRUNED)

        _register(id, sentence, source, asks, beside)
        return lottery_claim(id, sentence, source, criterion)(
            lambda run: measure(run, DENSE)
        )

    return make


def _register(
    id: str, sentence: str, source: str, criterion: str, measure: Measure
) -> None:
    told = f"{sentence}, beyond retraining"
    BEYOND[id] = lottery_claim(f"{id}b", told, source, criterion)(measure)


def _both(
    attention: bool, measure: Measured, answer: Callable[[Measured], list[Statistic]]
) -> list[Statistic]:
    if not attention:
        return answer(measure)
    plain = answer(partial(measure, adjusted=False))
    by_part = {number.part: number for number in plain}
    adjusted = answer(partial(measure, adjusted=True))
    return [*plain, *(adjusted_beside(by_part[one.part], one) for one in adjusted)]


def _of_chain(run: Any, measure: Measured, random: bool) -> list[Statistic]:
    numbers = [asked.statistic() for asked in measure(run, MAGNITUDE)]
    if not random:
        return numbers
    try:
        others = [asked.statistic() for asked in measure(run, RANDOM)]
    except Lacks as lack:
        return [
            replace(numbers[0], note=_joined(numbers[0].note, str(lack))),
            *numbers[1:],
        ]
    drawn = {other.part: f"random pruning: {other.estimate:.3f}" for other in others}
    return [replace(n, note=_joined(n.note, drawn.get(n.part, ""))) for n in numbers]


def _beyond(run: Any, measure: Measured, stays: bool) -> list[Statistic]:
    run.need(UNPRUNED)
    return beyond(measure(run, MAGNITUDE), measure(run, UNPRUNED), stays=stays)


def _joined(*notes: str) -> str:
    return "; ".join(note for note in notes if note)
