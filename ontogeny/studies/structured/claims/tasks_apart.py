"""Claims that compare tasks: G15, G24, G29, G30, G34, G37.

Each is asked once, of a task for every setting that it compares; G24 of all tasks.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ontogeny.claims.intervals import Statistic, statistic
from ontogeny.claims.regions import above, at_most
from ontogeny.claims.verdicts import Lacks
from ontogeny.studies.structured.claims.across import AcrossRun
from ontogeny.studies.structured.claims.asking import (
    BAYES,
    EVERY,
    PRUNED,
    structured_claim,
)
from ontogeny.studies.structured.claims.counted import never_decided
from ontogeny.studies.structured.claims.run import TaskRun
from ontogeny.studies.structured.claims.shares import (
    input_or_forget_constant,
    layer_shares,
    of_layers,
    share_of,
    shares,
    short_share,
)
from ontogeny.studies.structured.structures import GATES, WHOLE, correlations


@structured_claim(
    "G15",
    '"the only exception is the character-level" task',
    "quantitative results",
    "G13 fails on char and holds on the other three",
    roles=BAYES,
    across=True,
)
def g15(run: AcrossRun) -> list[Statistic]:
    found = []
    for role in BAYES:
        own = run.of(role)
        fewer = int(own.neurons("wn").sum() - own.neurons("wgn").sum())
        region = at_most(0) if role == "char" else above(0)
        found.append(run.number(f"n(WN) − n(WGN), {own.task.name}", fewer, region))
    return found


@structured_claim(
    "G24",
    "higher neuron-wise compression need not be higher weight-wise",
    "quantitative results",
    'some setting: n(WGN) < n(WN) and c(WGN) < c(WN) ("11.44" < "11.65")',
    roles=EVERY,
    some=True,
)
def g24(runs: Sequence[TaskRun]) -> list[Statistic]:
    # ASSUME: of both frameworks. A setting is judged in its own seeds; one in which
    # it is so is enough, and one that lacks what is compared is left out.
    held, told, lacking = [], [], []
    for name in dict.fromkeys(run.task.name for run in runs):
        own = [run for run in runs if run.task.name == name]
        try:
            changes = [_neurons_and_weights(run) for run in own]
        except Lacks as lack:
            lacking.append(str(lack))
            continue
        seeds = [f"{n:+d} neurons, {c:+.2f}×" for n, c in changes]
        told.append(f"{name} {' and '.join(seeds)}" + ONE * (len(own) == 1))
        held.append([n < 0 and c < 0 for n, c in changes])
    if not held:
        raise Lacks("; ".join(lacking))
    one_does = any(all(own) and len(own) > 1 for own in held)
    none_does = not any(any(own) or len(own) == 1 for own in held)
    region = above(0) if one_does or none_does else never_decided(above(0))
    note = "; ".join([*told, *(f"left out: {lack}" for lack in lacking)])
    so = sum(map(all, held))
    part = "settings where it is so in all their seeds"
    return [Statistic(part, so, np.empty(0), region, note)]


ONE = " (one seed, which decides nothing)"


def _neurons_and_weights(run: TaskRun) -> tuple[int, float]:
    """How many neurons more W+G+N has than W+N, and how much higher a compression."""
    run.text()
    neurons = int(run.neurons("wgn").sum() - run.neurons("wn").sum())
    return neurons, run.compression("wgn") - run.compression("wn")


@structured_claim(
    "G29",
    "structure depends on the task",
    "qualitative results, fig. 4",
    "live share of o, word L2 − imdb > 0.3",
    roles=("imdb", "word"),
    across=True,
)
def g29(run: AcrossRun) -> list[Statistic]:
    word, imdb = run.of("word"), run.of("imdb")
    of_layers(word, 2)
    o = GATES.index("o")
    apart = shares(word, "wgn", 2)[:, o] - shares(imdb, "wgn")[:, o]
    part = f"live o, {word.task.name} L2 − {imdb.task.name}"
    return [statistic(part, apart, above(0.3))]


@structured_claim(
    "G30",
    'the character model "uses the whole gate mechanism"',
    "qualitative results, fig. 4",
    "share of `ifgo` char > 0.5 and − word > 0",
    roles=("char", "word"),
    across=True,
)
def g30(run: AcrossRun) -> list[Statistic]:
    # ASSUME: of the word model's layers together.
    char, word = run.of("char"), run.of("word")
    whole = share_of(char, "wgn", WHOLE)
    other = share_of(word, "wgn", WHOLE)
    names = char.task.name, word.task.name
    return [
        statistic(f"`{WHOLE}`, {names[0]}", whole, above(0.5)),
        statistic(f"`{WHOLE}`, {names[0]} − {names[1]}", whole - other, above(0)),
    ]


@structured_claim(
    "G34",
    "Bayes and pruning make the same gates constant (small)",
    "gate structure intrinsically exists, figs. 4, 7",
    "live shares of i, f, g, o in L1 and L2 (8 numbers): r > 0.8; G31, G33 hold in "
    "both",
    roles=("small", "word"),
    across=True,
)
def g34(run: AcrossRun) -> list[Statistic]:
    both = run.of("small"), run.of("word")
    for one in both:
        of_layers(one, 2)
    r = correlations(*(layer_shares(one, "wgn") for one in both))
    found = [statistic("r of live shares, Bayes and pruning", r, above(0.8))]
    for one in both:
        found.append(short_share(one, "wgn", 0.2, 2, one.task.name))
        found += input_or_forget_constant(one, "wgn", 1, one.task.name)
    return found


@structured_claim(
    "G37",
    'large differs "slightly" from small (pruning)',
    "gate structure intrinsically exists, fig. 7",
    "8 live shares: r > 0.5 and mean |difference| > 0.05",
    roles=PRUNED,
    across=True,
)
def g37(run: AcrossRun) -> list[Statistic]:
    both = run.of("small"), run.of("large")
    for one in both:
        of_layers(one, 2)
    small, large = (layer_shares(one, "wgn") for one in both)
    # Folded as the sample is: of each resample's own |difference| the mean would
    # grow with noise alone.
    apart = ((large - small) * np.sign(large[0] - small[0])).mean(axis=1)
    return [
        statistic("r of live shares", correlations(small, large), above(0.5)),
        statistic("mean |difference| of live shares", apart, above(0.05)),
    ]
