"""Claim V31, judged from wall times, which no table of results holds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ontogeny.claims.intervals import Statistic
from ontogeny.claims.regions import below
from ontogeny.claims.verdicts import NOT_JUDGED, NOT_RUN, Lacks, verdict
from ontogeny.studies.svcca.claims.names import svcca_claim
from ontogeny.studies.svcca.claims.run import SvccaRun

CHEAPER = below(0.2)


@svcca_claim(
    "V31",
    "SVCCA is far cheaper than diagnostic classifiers",
    "§5",
    "wall-time ratio < 0.2",
)
def v31(run: SvccaRun) -> list[Statistic]:
    raise Lacks(
        "a wall time, which results do not hold: results/benchmarks/<name>/cost.md "
        "judges it"
    )


def judge_cost(
    similarity_seconds: Sequence[float],
    diagnostics_seconds: Sequence[float],
    *,
    judged: bool = True,
) -> str:
    """Say whether similarities are far cheaper than diagnostic classifiers (V31).

    For each seed the ratio of wall times, similarity / diagnostics. A wall time
    has no resamples, so each seed's interval is its ratio. Training the taggers
    is in neither: it is done once for every language model.

    Args:
        similarity_seconds: Of all similarities of each seed's language model.
        diagnostics_seconds: Of all its diagnostic classifiers, trained and
            scored, seed by seed.
        judged: False on a scale too small for a verdict: the times alone are told.

    Returns:
        Markdown: the verdict, and a table of the seconds; ends in a newline.

    Raises:
        ValueError: If there is no seed, the seeds do not match, or a time is
            not positive.

    Source: thesis ch. 4 §5: "running in hours instead of the days".

    >>> print(judge_cost([30.0], [400.0]).splitlines()[0])
    **V31** SVCCA is far cheaper than diagnostic classifiers: reproduced. Wall-time \
ratio 0.075, asked < 0.2.
    """
    if len(similarity_seconds) != len(diagnostics_seconds) or not similarity_seconds:
        raise ValueError(
            f"need two times for every seed, got {len(similarity_seconds)} and "
            f"{len(diagnostics_seconds)}"
        )
    seconds = list(zip(similarity_seconds, diagnostics_seconds, strict=True))
    if not all(0 < time < np.inf for pair in seconds for time in pair):
        raise ValueError("a wall time must be positive and finite")
    ratios = [
        Statistic("similarity / diagnostics", a / b, np.empty(0), CHEAPER)
        for a, b in seconds
    ]
    found = f"{NOT_RUN}, {NOT_JUDGED}"
    if judged:
        found = verdict(CHEAPER.state(*ratio.interval()) for ratio in ratios)
    told = ", ".join(f"{ratio.estimate:.3f}" for ratio in ratios)
    lines = [
        f"**{v31.id}** {v31.sentence}: {found}. Wall-time ratio {told}, asked "
        f"{CHEAPER.text}.",
        "",
        "| similarities, s | diagnostic classifiers, s | ratio |",
        "| --- | --- | --- |",
    ]
    lines += [
        f"| {a:,.1f} | {b:,.1f} | {ratio.estimate:.3f} |"
        for (a, b), ratio in zip(seconds, ratios, strict=True)
    ]
    return "\n".join(lines) + "\n"
