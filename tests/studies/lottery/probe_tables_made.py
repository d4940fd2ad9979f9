"""Made-up scores of probes, of which everything is known."""

from itertools import product

import numpy as np
import pandas as pd

from ontogeny.studies.lottery.inputs import NO_PROBES

# Title, group, metric, the paper's data, ours, text.
TASKS = {
    "pos": ("POS", "pos", "accuracy", "PTB", "UD English-EWT, XPOS", "ewt"),
    "ccg": ("CCG", "syntax", "accuracy", "CCGbank", "PMB 4.0.0", "pmb"),
    "parent": ("Parent", "syntax", "accuracy", "PTB", "PropBank-EWT", "ewt"),
    "gparent": ("GParent", "syntax", "accuracy", "PTB", "PropBank-EWT", "ewt"),
    "ggparent": ("GGParent", "syntax", "accuracy", "PTB", "PropBank-EWT", "ewt"),
    "chunk": ("Chunk", "syntax", "span_f1", "CoNLL-2000", "CoNLL-2000", "conll2000"),
    "ner": (
        "NER",
        "syntax",
        "span_f1",
        "CoNLL-2003",
        "Universal NER English-EWT",
        "ewt",
    ),
    "ged": ("GED", "syntax", "class_f", "FCE", "FCE", "fce"),
    "conj": ("Conj", "syntax", "span_f1", "PTB", "UD English-EWT", "ewt"),
    "syn_arc_pred": (
        "SynArcPred",
        "syntax",
        "accuracy",
        "PTB",
        "UD English-EWT",
        "ewt",
    ),
    "syn_arc_class": (
        "SynArcClass",
        "syntax",
        "accuracy",
        "PTB",
        "UD English-EWT",
        "ewt",
    ),
    "st": ("ST", "semantics", "accuracy", "GMB", "PMB 4.0.0", "pmb"),
    "ps_fxn": (
        "PS-Fxn",
        "semantics",
        "accuracy",
        "STREUSLE 4.0",
        "STREUSLE 4.7",
        "ewt",
    ),
    "ps_role": (
        "PS-Role",
        "semantics",
        "accuracy",
        "STREUSLE 4.0",
        "STREUSLE 4.7",
        "ewt",
    ),
    "ef": ("EF", "semantics", "pearson", "It Happened", "UDS 2.0", "ewt"),
    "sem_arc_pred": (
        "SemArcPred",
        "semantics",
        "accuracy",
        "SDP, DM",
        "PropBank-EWT",
        "ewt",
    ),
    "sem_arc_class": (
        "SemArcClass",
        "semantics",
        "accuracy",
        "SDP, DM",
        "PropBank-EWT",
        "ewt",
    ),
    "coref": ("Coref", "semantics", "accuracy", "OntoNotes", "LitBank", "litbank"),
}
MLP = ("ps_fxn", "ps_role", "coref", "syn_arc_pred", "sem_arc_pred", "ner", "ged", "ef")
UNITS = {"ewt": 60, "pmb": 30, "conll2000": 40, "fce": 50, "litbank": 10}
OWN = {"class_f": "class_f1"}
NOISY = "coref"
"""The task whose spread is below its noise floor."""


def planted(task, chain, k, layer, layers, world=1.0):
    """Score of a task, a model and a layer; layer -1 is the embedding, 0 `source`."""
    at = list(TASKS).index(task)
    base = 0.45 + 0.015 * at
    if chain == "untrained":
        return base - 0.2 + 0.01 * layer
    if layer < 1:
        return base - 0.1 + 0.01 * (layer == 0)
    rise = 0.08 * (1 - (1 - layer / layers) ** 2)
    if at % 3 == 0 and layers > 1 and layer == layers:
        rise -= 0.02  # the best layer is the one before
    falls = -1 if at % 2 else 1
    trend = world * falls * 0.004 * k * (1 if chain == "magnitude" else 0.3)
    return base + rise + trend


def sums_of(metric, score, units, task, labels="true"):
    """A row for each unit whose weighted score is `score` in the whole."""
    # Alike for all models: paired.
    rng = np.random.default_rng(len(task))
    items = 5.0 + rng.integers(6, size=len(units))
    if labels != "true":
        rng = np.random.default_rng(len(labels))
    apart = rng.uniform(-0.2, 0.2, len(units))
    apart -= (apart * items).sum() / items.sum()
    right = items * (score + apart)
    zero = np.zeros_like(items)
    parts = {
        "accuracy": (right, items),
        "pearson": (items, zero, zero, items, items, right),
    }.get(metric, (right, items, items))
    return np.stack(parts, axis=1).ravel()


def probe_tables(
    seeds=(1,), *, layers=3, prunings=tuple(range(9)), null="unpruned", tasks=tuple(TASKS), world=1.0
):  # fmt: skip
    """The four tables of `Inputs`, by name.

    Args:
        seeds: Of LTH0 and its chains.
        layers: N.
        prunings: Of the magnitude chain and of the null, with 0.
        null: The other chain; "" for none.
        tasks: Names.
        world: 1, or another number that tells two calls apart.
    """
    probes, of_seeds, codes = [], [], []
    last = max(prunings)
    models = [("dense", 0), *product(["magnitude"], prunings[1:])]
    models += [*product([null] if null else [], prunings[1:]), ("untrained", 0)]
    for seed, task in product(seeds, tasks):
        _, _, metric, _, _, text = TASKS[task]
        own = OWN.get(metric, metric)
        plain = "pearson" if metric == "pearson" else "accuracy"
        units = list(range(0, UNITS[text], 2))
        for chain, k in models:
            for layer in range(-1, layers + 1):
                site = {-1: "embedding", 0: "source"}.get(layer, f"encoder{layer}")
                score = planted(task, chain, k, layer, layers, world) + 0.001 * (
                    seed - 1
                )
                at = {
                    "seed": seed,
                    "chain": chain,
                    "prunings": k,
                    "task": task,
                    "site": site,
                    "layer": layer,
                }

                def row(probe, recipe, labels, metric, score, at=at, units=units):
                    probes.append(at | {
                        "probe": probe, "recipe": recipe, "labels": labels, "metric": metric,
                        "score": score, "valid_score": score - 0.01, "units": units,
                        "sums": sums_of(metric, score, units, at["task"], labels).tolist(),
                        "probe_seeds": 5 if at["task"] in ("ps_fxn", "ps_role", "coref") else 1,
                    })  # fmt: skip

                row("linear", "paper", "true", own, score)
                if own != plain:
                    row("linear", "paper", "true", plain, score + 0.1)
                if layer == layers or (chain == "dense" and layer == -1):
                    row("linear", "converged", "true", plain, score + 0.02)
                    row("linear", "converged", "control", plain, score - 0.2)
                    codes.append(at | {
                        "bits": 1000 / score, "uniform_bits": 4000.0, "compression": 4 * score,
                    })  # fmt: skip
                if task in MLP and layer == layers and chain != "untrained" and (
                    chain != null or k == last
                ):  # fmt: skip
                    row("mlp", "paper", "true", own, score + 0.05)
                if chain == "dense":
                    noise = 0.1 if task == NOISY else 0.001
                    of_seeds += [
                        at | {"probe_seed": n, "score": score + noise * (n - 2)}
                        for n in range(5)
                    ]
    rows = []
    for task in tasks:
        title, group, metric, paper, stands_in, text = TASKS[task]
        units = list(range(0, UNITS[text], 2))
        rows.append({
            "task": task, "title": title, "group": group,
            "kind": "pair" if "arc" in task or task == "coref" else "word",
            "metric": metric, "paper": paper, "stands_in": stands_in, "text": text,
            "classes": 40, "train_words": 20_000, "train_items": 15_000,
            "valid_items": 2_000, "test_items": 2_500, "dropped": 3, "unknown": 40,
            "unseen": 2, "few_types": task == "st",
            "form_sums": sums_of(OWN.get(metric, metric), 0.5, units, task, "form").tolist(),
            "form_units": units,
        })  # fmt: skip
    found = {
        "probes": probes, "probe_seeds": of_seeds, "probe_codes": codes, "probe_tasks": rows,
    }  # fmt: skip
    return {
        name: pd.DataFrame(own, columns=NO_PROBES[name].columns)
        for name, own in found.items()
    }
