"""The claims L1 to L85 about lottery-ticket Transformers (003).

Criteria were fixed before the first run. A claim about change with sparsity, or about
scores beside LTH0's, has a second one, named so with a b: *beyond retraining*, beside
the chain that was rewound and retrained as often, and not pruned.

Of three seeds or more, each with chains of its own and all with the same texts, a claim
is about the mean over these, but for `OF_EACH`.

Source: Movva & Zhao (2020).
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from ontogeny.claims.judge import judge as ask
from ontogeny.claims.verdicts import Claim, claims_in
from ontogeny.statistics.learning import unlearned
from ontogeny.studies.lottery.claims import (
    activations,
    attention,
    attention_kinds,
    changes,
    depth,
    final_layers,
    knowledge,
    modules,
    neurons,
    nonlinear,
    tickets,
)
from ontogeny.studies.lottery.claims.names import BEYOND
from ontogeny.studies.lottery.claims.run import LotteryRun
from ontogeny.studies.lottery.inputs import Inputs
from ontogeny.studies.lottery.names import DENSE
from ontogeny.studies.lottery.probe_points import noise_floors, own_scores

SPLIT = "test"

CLAIMS: tuple[Claim, ...] = tuple(
    claim
    for own in claims_in(
        tickets,
        modules,
        knowledge,
        changes,
        nonlinear,
        depth,
        neurons,
        activations,
        final_layers,
        attention,
        attention_kinds,
    )
    for claim in (own, BEYOND.get(own.id))
    if claim
)

PICKED = {
    "what is counted and the same for every training": "L3 L10 L35",
    "its own number of prunings, rank, or largest of several": "L6 L6b L7 L7b L14 "
    "L15 L18 L60b L68b",
    "the layer that is its best on validation text, or the model": "L20 L20b L21 L21b "
    "L22 L22b L23 L23b L24 L24b L25 L25b L26 L26b L27 L27b L28 L28b L29 L30 L33",
    "tasks that vary beyond its own noise, or its own signs": "L38 L38b L39 L39b L40 "
    "L40b L41 L41b L42 L42b L43 L43b L44 L44b L79b L83 L83b",
    "a p-value, which has no mean": "L49",
}
"""Why claims ask each run, however many there are: what is each run's own."""
OF_EACH = {id for ids in PICKED.values() for id in ids.split()}


def judge(inputs: Inputs, params: Any) -> pd.DataFrame:
    """Ask all claims of every seed.

    Args:
        inputs: Of all seeds.
        params: seeds; prunings_at_once, of a fifth; layers, of each stack; as_in_paper,
            whether sizes, corpus and epochs are the paper's; chains, with their
            iterations; resamples; judged.
    """
    runs, reasons = {}, {}
    scores = own_scores(inputs.probes, inputs.probe_tasks)
    # Of all seeds: another LTH0 is what noise may be, too.
    floors = noise_floors(scores, inputs.probe_seeds)
    every = inputs._asdict() | {"probe_floors": floors}
    for seed in params.seeds:
        tables = {
            name: table[table["seed"].eq(seed)] if "seed" in table else table
            for name, table in every.items()
        }
        runs[seed, SPLIT] = LotteryRun(
            tables,
            dict(params.chains),
            params.prunings_at_once,
            params.layers,
            params.as_in_paper,
            params.resamples,
        )
        curve = tables["curves"][tables["curves"]["chain"].eq(DENSE)]
        if len(curve) and (evidence := unlearned(curve)):
            reasons[seed] = f"LTH0 {evidence}"
    return ask(
        CLAIMS,
        runs,
        judged=params.judged,
        not_judged=reasons,
        of_each=OF_EACH,
    )
