"""Claims about quality and how much is left, of pruning: G1 to G7 (table 1)."""

from __future__ import annotations

import numpy as np

from ontogeny.claims.intervals import Statistic, statistic
from ontogeny.claims.regions import above, at_least, below
from ontogeny.claims.verdicts import Lacks
from ontogeny.studies.structured.claims import drawn
from ontogeny.studies.structured.claims.asking import PRUNED, structured_claim
from ontogeny.studies.structured.claims.beside import in_table
from ontogeny.studies.structured.claims.run import TaskRun

MATCHED_PERCENT = 2.0
"""How far apart validation perplexities of W+N and W+G+N may be (settled)."""


def matched(run: TaskRun) -> None:
    """Check that λ is such that both pruned networks validate alike.

    Raises:
        Lacks: If their perplexities are more than 2 % apart.
    """
    wn, wgn = (float(run.quality(name, "valid")[0]) for name in ("wn", "wgn"))
    apart = 100 * abs(wgn / wn - 1)
    if not apart <= MATCHED_PERCENT:
        raise Lacks(
            f"λ not matched: validation perplexities {wn:.2f} (W+N) and {wgn:.2f} "
            f"(W+G+N) are {apart:.1f} % apart"
        )


def each_layer(
    run: TaskRun, part: str, values: np.ndarray, bound: float, *, closed: bool = False
) -> list[Statistic]:
    """A count in each layer by itself, above (or at least at) a bound."""
    region = at_least(bound) if closed else above(bound)
    return [
        run.number(f"{part}, LSTM {n}", value, region)
        for n, value in enumerate(values, 1)
    ]


@structured_claim(
    "G1",
    "pruning: gates as groups leave fewer neurons than ISS",
    "table 1",
    "n(WN) − n(WGN) > 0; no layer has more",
    roles=PRUNED,
)
def g1(run: TaskRun) -> list[Statistic]:
    matched(run)
    fewer = run.neurons("wn") - run.neurons("wgn")
    each = each_layer(run, "n(WN) − n(WGN)", fewer, 0, closed=True)
    note = in_table(run, "neurons", "wn", "wgn", fewer.sum())
    return [run.number("n(WN) − n(WGN)", fewer.sum(), above(0), note), *each]


@structured_claim(
    "G2",
    "… and fewer non-constant gates",
    "table 1",
    "g(WN) − g(WGN) > 0, each layer",
    roles=PRUNED,
)
def g2(run: TaskRun) -> list[Statistic]:
    matched(run)
    return each_layer(run, "g(WN) − g(WGN)", run.gates("wn") - run.gates("wgn"), 0)


@structured_claim(
    "G3",
    '… "without a significant quality drop"',
    "table 1; quantitative results",
    "test PP WGN / WN < 1.01",
    roles=PRUNED,
)
def g3(run: TaskRun) -> list[Statistic]:
    matched(run)
    ratio = run.quality("wgn") / run.quality("wn")
    note = in_table(run, "quality", "wn", "wgn", 1 - ratio[0])
    return [statistic("test PP WGN / WN", ratio, below(1.01), note)]


@structured_claim(
    "G4",
    'ISS "does not lead to the sparse gate structures"',
    "implementation in pruning",
    "g(WN) / 4n(WN) ≥ 0.99",
    roles=PRUNED,
)
def g4(run: TaskRun) -> list[Statistic]:
    return [statistic("g(WN) / 4n(WN)", _live_share(run, "wn"), at_least(0.99))]


@structured_claim(
    "G5",
    "three levels do",
    "table 1",
    "g(WGN) / 4n(WGN) < 0.95",
    roles=PRUNED,
)
def g5(run: TaskRun) -> list[Statistic]:
    return [statistic("g(WGN) / 4n(WGN)", _live_share(run, "wgn"), below(0.95))]


def _live_share(run: TaskRun, variant: str) -> np.ndarray:
    live = run.live(variant).mean(axis=1)
    return drawn.mean(live, run.drawn(len(live), variant))


@structured_claim(
    "G6",
    "pruning compresses more with gates",
    "table 1",
    "c(WGN) − c(WN) > 0",
    roles=PRUNED,
)
def g6(run: TaskRun) -> list[Statistic]:
    matched(run)
    more = run.compression("wgn") - run.compression("wn")
    note = in_table(run, "compression", "wgn", "wn", more)
    return [run.number("c(WGN) − c(WN)", more, above(0), note)]


@structured_claim(
    "G7",
    "sparse small models beat the dense one",
    "table 1",
    "test PP D − WN > 0 and D − WGN > 0",
    roles=("small",),
)
def g7(run: TaskRun) -> list[Statistic]:
    return [
        statistic(
            f"test PP D − {name.upper()}",
            run.quality("dense") - run.quality(name),
            above(0),
        )
        for name in ("wn", "wgn")
    ]
