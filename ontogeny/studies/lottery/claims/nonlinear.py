"""L31 to L35: what a multilayer perceptron finds (§4.3, fig. 2, table A3).

# ASSUME: it is trained on layer N alone; so what it is held beside is the linear probe
# of that layer, not of the best one.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ontogeny.claims.intervals import Statistic, magnitude, statistic
from ontogeny.claims.regions import above, at_least, below
from ontogeny.claims.verdicts import Lacks
from ontogeny.studies.lottery.claims.asked import Each, enough
from ontogeny.studies.lottery.claims.draws import series
from ontogeny.studies.lottery.claims.names import MAGNITUDE, lottery_claim
from ontogeny.studies.lottery.claims.probe_scores import (
    ARCS,
    DEGRADING,
    LINEAR,
    MLP,
    VARYING,
    early_best,
    last_scores,
    probes_of,
    titled,
)
from ontogeny.studies.lottery.claims.run import LotteryRun
from ontogeny.studies.lottery.claims.tickets import count

NO_TREND = 0.005
TENFOLD = 10


def _both(run: LotteryRun, task: str) -> tuple[np.ndarray, np.ndarray]:
    """Scores of MLP and linear probe over k = 0…K, layer N."""
    mlp, linear = (last_scores(run, task, MAGNITUDE, probe) for probe in (MLP, LINEAR))
    return mlp, linear


@lottery_claim(
    "L31",
    'MLP scores are higher "across the board"',
    "§4.3, table A3",
    "MLP − linear > 0, each task of table A3, each k",
)
def l31(run: LotteryRun) -> list[Statistic]:
    found = []
    for task, title in titled(run, VARYING).items():
        mlp, linear = _both(run, task)
        part = f"{title}, MLP − linear, smallest over k"
        found.append(Each(part, mlp - linear, above(0)).statistic())
    return found


@lottery_claim(
    "L32",
    "with the MLP no improvement in arc prediction",
    "§4.3, table A3",
    "each: |trend| < 0.005 (ours: paper +0.002, +0.001), and less than the linear "
    "trend",
)
def l32(run: LotteryRun) -> list[Statistic]:
    found = []
    for task, title in titled(run, list(ARCS)).items():
        mlp, linear = (of[:, -1] - of[:, 0] for of in _both(run, task))
        number = statistic(f"|{title}, K − 0|, MLP", mlp, below(NO_TREND))
        # |x| < y where neither x nor −x is as large as y.
        less = series([mlp - linear, -mlp - linear])
        part = f"{title}, K − 0, |MLP| − linear"
        found += [magnitude(number), Each(part, less, below(0)).statistic()]
    return found


@lottery_claim(
    "L33",
    "the MLP does not rescue PS-Fxn, PS-Role, Coref",
    "§4.3, table A3",
    "each: MLP score(K) − max(k ≤ 1) < 0",
)
def l33(run: LotteryRun) -> list[Statistic]:
    found = []
    for task, title in titled(run, DEGRADING).items():
        scores = last_scores(run, task, MAGNITUDE, MLP)
        less = scores[:, -1] - early_best(run, scores)
        found.append(statistic(f"{title}, K − max of k ≤ 1, MLP", less, below(0)))
    return found


@lottery_claim(
    "L34",
    '… "nearly identical" to the linear probe',
    "§4.3, fig. 2",
    "correlation of the two z rows ≥ 0.8 (the paper's own tables: 0.79, 0.81, 0.92)",
)
def l34(run: LotteryRun) -> list[Statistic]:
    found = []
    for task, title in titled(run, DEGRADING).items():
        mlp, linear = _both(run, task)
        enough(mlp.shape[1], "models, LTH0 among them")
        # z is a score less and by fixed numbers: it correlates as scores do.
        r = _correlation(mlp, linear)
        found.append(statistic(f"r over k of {title}", r, at_least(0.8)))
    return found


def _correlation(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Pearson's r of the rows of two arrays; NaN where one is constant."""
    a, b = (x - x.mean(axis=1, keepdims=True) for x in (a, b))
    with np.errstate(invalid="ignore", divide="ignore"):
        found = (a * b).sum(axis=1) / np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    return np.asarray(found)


def parameters(width: int, hidden: int, outputs: int) -> int:
    """How many numbers a probe has.

    Args:
        width: Of its inputs.
        hidden: Units of its ReLU layer; 0: it is linear.
        outputs: Classes, or 1 for values.

    >>> parameters(1024, 0, 10), parameters(1024, 1024, 10)
    (10250, 1059850)
    """
    if not hidden:
        return (width + 1) * outputs
    return (width + 1) * hidden + (hidden + 1) * outputs


@lottery_claim(
    "L35",
    'MLP has "over an order of magnitude" more parameters',
    "§4.3",
    "ratio ≥ 10 per task, counted; a test (false for CCG at 1,024 units)",
)
def l35(run: LotteryRun) -> list[Statistic]:
    probes = probes_of(run)
    trained = probes.rows[probes.rows["probe"].eq(MLP)]
    if trained.empty:
        raise Lacks("no MLP was trained")
    width, hidden = (int(trained[name].iloc[0]) for name in ("width", "hidden"))
    ratios = {
        str(task): _ratio(of, width, hidden) for task, of in probes.tasks.iterrows()
    }
    # It is counting: tasks whose MLP was not trained have one, too.
    return [
        count(f"MLP / linear, {probes.title(task)}", ratio, at_least(TENFOLD))
        for task, ratio in ratios.items()
    ]


def _ratio(task: pd.Series, width: int, hidden: int) -> float:
    """Parameters of a task's MLP, by those of its linear probe."""
    inputs = width * (3 if task["kind"] == "pair" else 1)
    outputs = 1 if task["metric"] == "pearson" else int(task["classes"])
    return parameters(inputs, hidden, outputs) / parameters(inputs, 0, outputs)
