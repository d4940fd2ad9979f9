"""Claims about which gates are constant in a task: G26 to G28, G31 to G33, G35, G36.

Source: Lobacheva et al. (2020), qualitative results, figures 4 and 6.
"""

from __future__ import annotations

from ontogeny.claims.intervals import Statistic, extreme, statistic
from ontogeny.claims.regions import above, below
from ontogeny.studies.structured.claims.asking import TEXTS, structured_claim
from ontogeny.studies.structured.claims.run import TaskRun
from ontogeny.studies.structured.claims.shares import (
    commonest_incomplete,
    gate_share,
    input_or_forget_constant,
    of_layers,
    shares,
    short_share,
)
from ontogeny.studies.structured.structures import GATES, correlations

IN_FIGURE4 = "qualitative results, fig. 4"


@structured_claim(
    "G26",
    'classification "rarely uses output gates"',
    IN_FIGURE4,
    "share of remaining neurons with live o < 0.5, imdb, agnews",
    roles=TEXTS,
)
def g26(run: TaskRun) -> list[Statistic]:
    return [gate_share(run, "wgn", "o", below(0.5))]


@structured_claim(
    "G27",
    '… information flow "is not constant"',
    IN_FIGURE4,
    "share with live g > 0.5 and above o's, imdb",
    roles=("imdb",),
)
def g27(run: TaskRun) -> list[Statistic]:
    live = shares(run, "wgn")
    apart = live[:, GATES.index("g")] - live[:, GATES.index("o")]
    return [
        gate_share(run, "wgn", "g", above(0.5)),
        statistic("live g − live o, WGN", apart, above(0)),
    ]


@structured_claim(
    "G28",
    'language modelling: "output gates are very important"',
    IN_FIGURE4,
    "o has the largest live share of the four, each layer, char and word",
    roles=("char", "word"),
)
def g28(run: TaskRun) -> list[Statistic]:
    found = []
    for layer in range(1, run.task.layers + 1):
        live = shares(run, "wgn", layer)
        o = live[:, GATES.index("o")]
        each = [
            statistic(gate, o - live[:, GATES.index(gate)], above(0)) for gate in "ifg"
        ]
        told = ", ".join(
            f"{gate} {share:.2f}" for gate, share in zip(GATES, live[0], strict=True)
        )
        part = f"live o − the largest other, LSTM {layer}"
        found.append(extreme(part, min, each, above(0), told))
    return found


@structured_claim(
    "G31",
    'word, L2: "a lot of neurons have only one non-constant gate — output"',
    IN_FIGURE4,
    "`---o` > 0.2 of the remaining",
    roles=("word",),
)
def g31(run: TaskRun) -> list[Statistic]:
    of_layers(run, 2)
    return [short_share(run, "wgn", 0.2, 2)]


@structured_claim(
    "G32",
    "… the commonest incomplete structure",
    "fig. 4",
    "count `---o` − next incomplete > 0",
    roles=("word",),
)
def g32(run: TaskRun) -> list[Statistic]:
    of_layers(run, 2)
    return [commonest_incomplete(run, "wgn", 2)]


@structured_claim(
    "G33",
    "word, L1: constant input and/or forget gate",
    "fig. 4; gate structure intrinsically exists",
    "share with i or f constant > 0.3, above that of o constant",
    roles=("word",),
)
def g33(run: TaskRun) -> list[Statistic]:
    return input_or_forget_constant(run, "wgn", 1)


@structured_claim(
    "G35",
    "structures are there without group weights (W): imdb",
    "gate structure intrinsically exists, fig. 6",
    "in W live share of o < 0.5, of g > 0.5; r of the four shares W, WGN > 0.5",
    roles=("imdb",),
)
def g35(run: TaskRun) -> list[Statistic]:
    r = correlations(shares(run, "w"), shares(run, "wgn"))
    return [
        gate_share(run, "w", "o", below(0.5)),
        gate_share(run, "w", "g", above(0.5)),
        statistic("r of live shares W, WGN", r, above(0.5)),
    ]


@structured_claim(
    "G36",
    "… word, L2",
    "gate structure intrinsically exists, fig. 6",
    "in W `---o` > 0 and the commonest incomplete structure",
    roles=("word",),
)
def g36(run: TaskRun) -> list[Statistic]:
    of_layers(run, 2)
    return [short_share(run, "w", 0, 2), commonest_incomplete(run, "w", 2)]
