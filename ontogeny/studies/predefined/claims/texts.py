"""P4 to P12, P21, P22: language models at equal parameters, and reciting."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ontogeny.claims.intervals import Statistic, statistic
from ontogeny.claims.regions import above, between
from ontogeny.claims.verdicts import Lacks
from ontogeny.studies.predefined.claims.names import predefined_claim
from ontogeny.studies.predefined.claims.run import PredefinedRun

SEEDS = 3
STRONG = 0.5, 1.5
"""Of P4: around one point."""
NO_AWD = "AWD-LSTM was not trained (config/rnn-gpu.yaml)"


def _gain(run: PredefinedRun, stage: str = "trained") -> np.ndarray:
    """Test perplexity of AWD-LSTM, dense − sparse."""
    if not run.has("awd"):
        raise Lacks(NO_AWD)
    dense, sparse = (
        run.perplexity("awd", variant, "test", stage) for variant in ("dense", "sparse")
    )
    return dense - sparse


@predefined_claim(
    "P4",
    'without finetune sparse is "around" 1 point better',
    "table 1",
    "test PP base − sparse > 0; strong form 0.5–1.5",
)
def p4(run: PredefinedRun) -> list[Statistic]:
    draws = _gain(run)
    strong = "holds" if STRONG[0] <= draws[0] <= STRONG[1] else "does not hold"
    part, note = "test PP dense − sparse", f"the strong form, 0.5–1.5, {strong}"
    return [statistic(part, draws, above(0), note)]


@predefined_claim(
    "P5", '… "consistently"', "§3", "in every seed, ≥ 3: test PP base − sparse > 0"
)
def p5(run: PredefinedRun) -> list[Statistic]:
    draws = _gain(run)
    if len(run.seeds) < SEEDS:
        raise Lacks(f"needs {SEEDS} seeds, has {len(run.seeds)}")
    return [statistic("test PP dense − sparse", draws, above(0))]


@predefined_claim(
    "P6",
    "after finetune the original is slightly better",
    "table 1",
    "sparse − base > 0",
)
def p6(run: PredefinedRun) -> list[Statistic]:
    draws = -_gain(run, "finetuned")
    return [statistic("test PP sparse − dense, finetuned", draws, above(0))]


@predefined_claim(
    "P7",
    '… "less consistently"',
    "§3",
    "stdev over seeds of the difference, after / before > 1",
)
def p7(run: PredefinedRun) -> list[Statistic]:
    if not run.has("awd"):
        raise Lacks(NO_AWD)
    if len(run.seeds) < SEEDS:
        raise Lacks(f"needs {SEEDS} seeds, has {len(run.seeds)}")
    spread = {}
    for stage in ("trained", "finetuned"):
        gains = [_gain(replace(run, seed=seed), stage)[0] for seed in run.seeds]
        spread[stage] = float(np.std(gains, ddof=1))
    ratio = spread["finetuned"] / spread["trained"]
    note = "of all seeds together; no interval"
    return [Statistic("stdev after / before", ratio, np.empty(0), above(1), note)]


def _table1(
    run: PredefinedRun, variant: str, before: float, after: float
) -> list[Statistic]:
    if not run.has("awd"):
        raise Lacks(NO_AWD)
    if not run.as_in_paper:
        raise Lacks(
            "AWD-LSTM was not trained as in the paper: its sizes, 500 + 500 epochs, "
            "batch 20, window 70, Penn Treebank in its own splits"
        )
    return [
        statistic(
            f"test PP {variant}, {stage}",
            run.perplexity("awd", variant, "test", stage),
            between(round(number - 1, 1), round(number + 1, 1)),
        )
        for stage, number in (("trained", before), ("finetuned", after))
    ]


@predefined_claim(
    "P8",
    "table 1: baseline",
    "table 1",
    '"58.8 ± 0.3", finetuned "56.6 ± 0.2", each ± 1',
)
def p8(run: PredefinedRun) -> list[Statistic]:
    return _table1(run, "dense", 58.8, 56.6)


@predefined_claim(
    "P9", "table 1: sparse", "table 1", '"57.9 ± 0.3", "57.0 ± 0.2", each ± 1'
)
def p9(run: PredefinedRun) -> list[Statistic]:
    return _table1(run, "sparse", 57.9, 57.0)


@predefined_claim(
    "P10",
    "sparse overfits more",
    "§3",
    "(log PP test − train) sparse − base > 0",
)
def p10(run: PredefinedRun) -> list[Statistic]:
    # ASSUME: of AWD-LSTM where there is one, else of the small language model.
    task = "awd" if run.has("awd") else "lm"
    draws = run.overfit(task, "sparse") - run.overfit(task, "dense")
    return [statistic(f"overfit sparse − dense, nats ({task})", draws, above(0))]


@predefined_claim(
    "P11",
    '… "especially during the finetune"',
    "§3",
    "growth of that gap in finetune, sparse − base > 0",
)
def p11(run: PredefinedRun) -> list[Statistic]:
    if not run.has("awd"):
        raise Lacks(NO_AWD)
    growth = {
        variant: run.overfit("awd", variant, "finetuned") - run.overfit("awd", variant)
        for variant in ("dense", "sparse")
    }
    draws = growth["sparse"] - growth["dense"]
    return [statistic("growth of overfit, sparse − dense, nats", draws, above(0))]


@predefined_claim(
    "P12",
    "a larger hidden state at equal parameters is more expressive",
    "abstract",
    "training PP base − sparse > 0, no regularisation, after the last epoch",
)
def p12(run: PredefinedRun) -> list[Statistic]:
    dense, sparse = (
        run.perplexity("lm", f"{kind}_plain", "train") for kind in ("dense", "sparse")
    )
    part = "training PP dense − sparse, without dropout, last epoch"
    return [statistic(part, dense - sparse, above(0))]


def _recites(run: PredefinedRun, variant: str) -> list[Statistic]:
    reduced, sparse = (
        run.perplexity("recite", name, "train") for name in ("reduced", variant)
    )
    part = f"training PP reduced − {variant.replace('_', ' ')}"
    return [statistic(part, reduced - sparse, above(0))]


@predefined_claim(
    "P21",
    "reciting: at equal parameters sparse learns more by heart than dense reduced",
    "§5",
    "training PP dense reduced − sparse LSTM > 0",
)
def p21(run: PredefinedRun) -> list[Statistic]:
    return _recites(run, "sparse_lstm")


@predefined_claim(
    "P22",
    "… and sparse embeddings too",
    "§5",
    "training PP dense reduced − sparse both > 0",
)
def p22(run: PredefinedRun) -> list[Statistic]:
    return _recites(run, "sparse_both")
