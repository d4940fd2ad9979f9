"""Made-up scores of probes, with planted effects.

In the world `holds` every claim about probes holds that the others let hold; in the
world `not` each is contradicted. Six layers, k = 0…8.
"""

from itertools import product

import numpy as np
import pandas as pd

SEED, LAYERS, LAST, SENTENCES = 1, 6, 8, 40
WIDTH, HIDDEN = 128, 1024
MLP_TASKS = ["ps_fxn", "ps_role", "coref", "syn_arc_pred", "sem_arc_pred"]
MLP_TASKS += ["ner", "ged", "ef"]
NAMES = {
    "pos": "POS", "ccg": "CCG", "parent": "Parent", "gparent": "GParent",
    "ggparent": "GGParent", "chunk": "Chunk", "ner": "NER", "ged": "GED",
    "conj": "Conj", "syn_arc_pred": "SynArcPred", "syn_arc_class": "SynArcClass",
    "st": "ST", "ps_fxn": "PS-Fxn", "ps_role": "PS-Role", "ef": "EF",
    "sem_arc_pred": "SemArcPred", "sem_arc_class": "SemArcClass", "coref": "Coref",
}  # fmt: skip
METRICS = {"chunk": "span_f1", "ner": "span_f1", "conj": "span_f1"}
METRICS |= {"ged": "class_f", "ef": "pearson"}
CLASSES = {"ps_fxn": 40, "ps_role": 47, "ner": 9, "ged": 2, "ccg": 1272}
NOISE = 0.006
"""The noise floor of every task."""
FALLING = (0, 0.003, 0.001, 0, -0.0015, -0.02, -0.025, -0.03, -0.04)
ZIGZAG = (0, 0.05, -0.05, 0.05, -0.05, 0.05, -0.05, 0.05, 0.06)


def group(task):
    names = list(NAMES)
    return (
        "pos" if task == "pos" else "syntax" if names.index(task) < 11 else "semantics"
    )


def probe_tasks():
    rows = [
        {
            "task": task, "title": title, "group": group(task),
            "kind": "pair" if "arc" in task or task == "coref" else "word",
            "metric": METRICS.get(task, "accuracy"), "paper": "PTB",
            "stands_in": "UD", "text": "novels" if task == "coref" else "treebank",
            "classes": CLASSES.get(task, 2), "form_units": [], "form_sums": [],
        }
        for task, title in NAMES.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


class Made:
    """Tables of one seed.

    Args:
        holds: Whether it is the world `holds`.
        prunings: k of each chain's models, without 0.
    """

    def __init__(self, holds=True, prunings=range(1, LAST + 1), seed=SEED):
        self.holds, self.seed = holds, seed
        self.models = [("dense", 0)]
        self.models += [(c, k) for c in ("magnitude", "unpruned") for k in prunings]
        self.rng = np.random.default_rng(seed)
        # How hard sentences are is the same for all models.
        self.hard = 0.02 * np.random.default_rng(0).standard_normal((2, SENTENCES))
        self.hard -= self.hard.mean(axis=1, keepdims=True)

    # What is planted.

    def score(self, task, chain, k, layer, probe="linear"):
        """Of one cell; layer −1 is the embedding."""
        of = self._score if self.holds else self._score_not
        if probe == "mlp":
            return self._mlp(task, k, of(task, chain, k, LAYERS))
        return of(task, chain, k, layer)

    def _score(self, task, chain, k, layer):
        near, ps = task in ("pos", "ccg", "st"), task.startswith("ps_")
        arcs = {"syn_arc_pred": 0.905, "sem_arc_pred": 0.9, "coref": 0.77}
        arcs |= {"syn_arc_class": 0.95, "sem_arc_class": 0.95, "ged": 0.3, "ner": 0.72}
        top = 0.95 if near else 0.86 if ps else arcs.get(task, 0.9)
        gap = 0.04 if near else 0.66 if ps else 0.25
        drops = (1, 0.9, 0.8, 0.65, 0.5, 0.4, 0.3, 0)
        if task == "pos":  # best in layer 4
            drops = (1, 0.9, 0.8, 0.5, 0.2, 0, 0.1, 0.2)
        found = top - gap * drops[layer + 1]
        time = k / LAST * {"magnitude": 1, "unpruned": 0.5}.get(chain, 0)
        if group(task) != "semantics" and 0 < layer < LAYERS:
            found += 0.05 * gap * time
        if layer == LAYERS and chain == "magnitude":
            if task in ("syn_arc_pred", "sem_arc_pred"):
                found += 0.016 * time
            if task in ("ps_fxn", "ps_role", "coref"):
                found += FALLING[k]
            if task in ("ner", "ef"):
                found += 0.005 * (k == 4)
        elif layer == LAYERS and task in ("ps_fxn", "ps_role", "coref"):
            found += 0.002 * (k > 0)
        return found

    def _score_not(self, task, chain, k, layer):
        if layer < 1:
            return 0.97
        near, ps = task in ("pos", "ccg", "st"), task.startswith("ps_")
        top = 0.85 if near else 0.5 if ps else 0.75
        top = {"syn_arc_pred": 0.8, "syn_arc_class": 0.7}.get(task, top)
        found = top - 0.04 * (LAYERS - layer if task == "pos" else layer - 1)
        time = k / LAST * (chain == "magnitude")
        if group(task) == "semantics":
            return found + (0.2 if layer == LAYERS else 0.1) * time
        return found - (0.15 if layer == LAYERS else 0.05) * time

    def _mlp(self, task, k, linear):
        if not self.holds:
            return 0.4 + (ZIGZAG[k] if task[:2] in ("ps", "co") else 0.006 * k)
        return 0.965 + 0.001 * k / LAST if "pred" in task else linear + 0.04

    # Tables.

    def sums(self, task, score):
        """Sums by sentence that amount to a score."""
        own = 0.001 * self.rng.standard_normal(SENTENCES)
        own -= own.mean()
        by_sentence = score + self.hard[int(task == "coref")] + own
        items = np.full(SENTENCES, 100.0)
        right, none = by_sentence * items, np.zeros(SENTENCES)
        metric = METRICS.get(task, "accuracy")
        parts = {
            "accuracy": (right, items),
            "pearson": (items, none, none, items, items, right),
        }.get(metric, (right, items, items))
        return np.stack(parts, axis=1)

    def rows(self, tasks=NAMES):
        for task, (chain, k) in product(tasks, self.models):
            for layer in range(-1, LAYERS + 1):
                yield self.row(task, chain, k, layer, "linear")
            if task in MLP_TASKS and (chain != "unpruned" or k == LAST):
                yield self.row(task, chain, k, LAYERS, "mlp")

    def row(self, task, chain, k, layer, probe):
        sums = self.sums(task, self.score(task, chain, k, layer, probe))
        metric = METRICS.get(task, "accuracy").replace("class_f", "class_f1")
        parts = sums.sum(axis=0)
        score = parts[5] / parts[0] if metric == "pearson" else parts[0] / parts[1]
        return {
            "seed": self.seed, "chain": chain, "prunings": k, "task": task,
            "site": {-1: "embedding", 0: "source"}.get(layer, f"encoder{layer}"),
            "layer": layer, "probe": probe, "recipe": "paper", "labels": "true",
            "hidden": HIDDEN if probe == "mlp" else 0, "width": WIDTH,
            "metric": metric, "score": score, "valid_score": score,
            "units": np.arange(SENTENCES), "sums": sums.ravel(), "probe_seeds": 1,
        }  # fmt: skip

    def tables(self):
        """The tables of `Inputs`."""
        offsets = np.array([-1, -0.5, 0, 0.5, 1])
        offsets *= NOISE / 2.8 / offsets.std(ddof=1)
        seeds = [
            {
                "seed": self.seed, "chain": "dense", "task": task, "layer": layer,
                "site": f"encoder{layer}", "probe_seed": n,
                "score": self.score(task, "dense", 0, layer) + offset,
            }
            for task, layer in product(NAMES, range(1, LAYERS + 1))
            for n, offset in enumerate(offsets)
        ]  # fmt: skip
        return {
            "probes": pd.DataFrame(list(self.rows())),
            "probe_seeds": pd.DataFrame(seeds),
            "probe_tasks": probe_tasks(),
        }
