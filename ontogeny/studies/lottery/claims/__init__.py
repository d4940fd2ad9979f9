"""The claims L1 to L85 about lottery-ticket Transformers (003).

Criteria were fixed before the first run. A claim about change with sparsity, or about
scores beside LTH0's, has a second one, named so with a b: *beyond retraining*, beside
the chain that was rewound and retrained as often, and not pruned.

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
    return ask(CLAIMS, runs, judged=params.judged, not_judged=reasons)
