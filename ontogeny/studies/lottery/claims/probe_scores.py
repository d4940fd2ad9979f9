"""What the claims about probes ask of one seed: scores, z, noise, all as draws.

Draws have shape (1 + resamples,): row 0 is of the whole test part, the others are of
resamples of its sentences (coreference: of novels), the same for all models, layers and
tasks of one text, so that differences are paired.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from ontogeny.claims.verdicts import Lacks
from ontogeny.studies.lottery.claims.draws import mean, series
from ontogeny.studies.lottery.claims.run import LotteryRun
from ontogeny.studies.lottery.names import CONTROLLED, DENSE
from ontogeny.studies.lottery.probe_points import (
    LEAST_SPREAD,
    best_layers,
    own_scores,
    text_weights,
    with_draws,
    z_of,
    z_scales,
)

LINEAR, MLP = "linear", "mlp"
EMBEDDING, SOURCE = -1, 0
"""Layers of what knows no neighbours: without place, and with it."""

NEAR_100 = ("pos", "ccg", "st")
INVARIANT = (
    *("pos", "ccg", "parent", "gparent", "ggparent", "chunk", "conj"),
    *("syn_arc_class", "st", "sem_arc_class"),
)
PREPOSITIONS = ("ps_fxn", "ps_role")
DEGRADING = (*PREPOSITIONS, "coref")
ARCS = {"syn_arc_pred": "syn_arc_class", "sem_arc_pred": "sem_arc_class"}
"""Prediction of arcs, and of their labels."""
UNNAMED = ("ner", "ged", "ef")
"""Of which table A2 has numbers and no sentence says anything."""
VARYING = (*DEGRADING, *ARCS, *UNNAMED)
"""Those of table A3."""
POS, SYNTAX, SEMANTICS = "pos", "syntax", "semantics"


class Probes:
    """Scores of one seed's probes: the paper's recipe, each task by its own metric.

    Args:
        tables: As `LotteryRun.tables`; `probe_floors`, of
            `ontogeny.studies.lottery.probe_points.noise_floors`, is among them.
        resamples: Of the test sentences.

    Raises:
        Lacks: If there is none.
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame], resamples: int) -> None:
        probes, tasks = tables["probes"], tables["probe_tasks"]
        if probes.empty:
            raise Lacks("no probes were asked for")
        # The control language's sentences are others.
        own = own_scores(probes[probes["chain"].ne(CONTROLLED)], tasks)
        rows = with_draws(own, tasks, text_weights(probes, tasks, resamples))
        model = ["chain", "prunings", "task", "probe"]
        self.rows, self.tasks = own, tasks.set_index("task")
        self._groups = tasks.groupby("group")["task"].agg(list).to_dict()
        self._scores = _by(rows, [*model, "layer"], "draws")
        self._best = _by(best_layers(own), model, "layer")
        scales = z_scales(own, tables["probe_floors"])
        linear = scales[scales["probe"].eq(LINEAR)].set_index("task")
        self._mean, self._spread, self._floor, self._pale = (
            linear[name].to_dict() for name in ("mean", "spread", "floor", "pale")
        )

    def title(self, task: str) -> str:
        """What the paper calls a task.

        Raises:
            Lacks: If it was not asked.
        """
        if task not in self.tasks.index:
            raise Lacks(f"no probes of task {task}")
        return str(self.tasks.loc[task, "title"])

    def score(
        self, task: str, chain: str, prunings: int, layer: int, probe: str = LINEAR
    ) -> np.ndarray:
        """The score at one layer.

        Args:
            task: Its name.
            chain: Whose model; of 0 prunings it is LTH0.
            prunings: k.
            layer: From 1; `EMBEDDING`, `SOURCE`.
            probe: `LINEAR` or `MLP`.

        Raises:
            Lacks: If there is no such probe.
        """
        chain = chain if prunings else DENSE
        key = chain, prunings, task, probe, layer
        if key not in self._scores:
            raise Lacks(f"{self._named(*key[:-1])}, layer {layer}")
        return np.asarray(self._scores[key])

    def best_layer(
        self, task: str, chain: str, prunings: int, probe: str = LINEAR
    ) -> int:
        """The layer of 1…N that scores highest on validation text.

        Raises:
            Lacks: If there is no such probe.
        """
        key = chain if prunings else DENSE, prunings, task, probe
        if key not in self._best:
            raise Lacks(self._named(*key))
        return int(self._best[key])

    def best(
        self, task: str, chain: str, prunings: int, probe: str = LINEAR
    ) -> np.ndarray:
        """The score at the best layer, which is the same in all resamples."""
        layer = self.best_layer(task, chain, prunings, probe)
        return self.score(task, chain, prunings, layer, probe)

    def noise(self, task: str) -> float:
        """What a score may differ by and say nothing, at LTH0's best layer.

        Raises:
            Lacks: If no second probe was trained.
        """
        floor = self._floor.get(task, np.nan)
        if np.isnan(floor):
            raise Lacks(f"no second probe seed of {self.title(task)} (noise floor)")
        return float(floor)

    def z(self, task: str, chain: str, prunings: int, layer: int) -> np.ndarray:
        """Linear score − mean, by the spread of the magnitude chain's 1…N.

        Raises:
            Lacks: If there is no such probe, or its scores are constant.
        """
        if not self._varies(task):
            raise Lacks(f"{self.title(task)} has no z: its scores are constant")
        scores = self.score(task, chain, prunings, layer)
        return z_of(scores, self._mean[task], self._spread[task])

    def group_z(
        self, groups: Sequence[str], chain: str, prunings: int, layer: int
    ) -> np.ndarray:
        """Mean z over the tasks of groups, without those of `left_out`.

        Raises:
            Lacks: If no task is left.
        """
        own = [task for task in self._of_groups(groups) if self._shown(task)]
        if not own:
            told = ", ".join(groups)
            raise Lacks(f"no task of {told} varies beyond its noise floor")
        return mean([self.z(task, chain, prunings, layer) for task in own])

    def left_out(self, groups: Sequence[str]) -> str:
        """Tasks whose spread is below their noise floor; "" if there is none."""
        others = [task for task in self._of_groups(groups) if not self._shown(task)]
        names = ", ".join(self.title(task) for task in others)
        return f"below the noise floor and left out: {names}" if names else ""

    def _of_groups(self, groups: Sequence[str]) -> list[str]:
        return [task for group in groups for task in self._groups.get(group, [])]

    def _varies(self, task: str) -> bool:
        return bool(self._spread.get(task, 0) >= LEAST_SPREAD)

    def _shown(self, task: str) -> bool:
        return self._varies(task) and not self._pale[task]

    def _named(self, chain: str, prunings: int, task: str, probe: str) -> str:
        model = f"LTH{prunings} of the {chain} chain" if prunings else "LTH0"
        return f"no {probe} probe of {self.title(task)}, {model}"


@cache
def probes_of(run: LotteryRun) -> Probes:
    """A seed's probes, read once.

    Raises:
        Lacks: If there is none.
    """
    return Probes(run.tables, run.resamples)


def every(run: LotteryRun) -> list[int]:
    """k of LTH0 and of the magnitude chain's models."""
    return [0, *run.prunings()]


def best_scores(
    run: LotteryRun, task: str, chain: str, probe: str = LINEAR
) -> np.ndarray:
    """Best scores over k = 0…K, shape (draws, K + 1)."""
    probes = probes_of(run)
    return series([probes.best(task, chain, k, probe) for k in every(run)])


def last_scores(
    run: LotteryRun, task: str, chain: str, probe: str = LINEAR
) -> np.ndarray:
    """Scores at layer N over k = 0…K, shape (draws, K + 1)."""
    probes = probes_of(run)
    return series([probes.score(task, chain, k, run.layers, probe) for k in every(run)])


def early_best(run: LotteryRun, scores: np.ndarray) -> np.ndarray:
    """The largest of a series at k ≤ 1, shape (draws,).

    # ASSUME: where several are pruned at once, and there is no LTH1, that is LTH0's.
    """
    return np.asarray(scores[:, np.array(every(run)) <= 1].max(axis=1))


def titled(run: LotteryRun, tasks: Sequence[str]) -> dict[str, str]:
    """Titles by task.

    Raises:
        Lacks: If one was not asked.
    """
    probes = probes_of(run)
    return {task: probes.title(task) for task in tasks}


def _by(
    rows: pd.DataFrame, keys: Sequence[str], value: str
) -> dict[tuple[Any, ...], Any]:
    columns = [rows[name].tolist() for name in keys]
    return dict(zip(zip(*columns, strict=True), rows[value], strict=True))
