"""Runs of the study of predefined sparseness with planted effects."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from ontogeny.studies.predefined.inputs import Inputs
from ontogeny.studies.predefined.taggers import taggers

SENTENCES, WORDS = 200, 12
WIDTHS = [1, 2, 3, 5, 10, 20]
CHECKS = {
    "P1": [0.0, 0.5], "P2": [24.22, 23.82, 10.6], "P3": [45.9, 23.8], "P13": [0, 1e-12],
    "P14": [-1e-5, -1e-5], "P23": [0.0, 0.0], "P24": [0.0, 5e-7],
}  # fmt: skip
LM = {
    ("lm", "dense"): (100, 120), ("lm", "sparse"): (90, 118),
    ("lm", "dense_plain"): (60, 150), ("lm", "sparse_plain"): (50, 160),
    ("recite", "dense"): (2, None), ("recite", "reduced"): (9, None),
    ("recite", "sparse_lstm"): (6, None), ("recite", "sparse_both"): (5, None),
}  # fmt: skip
"""Perplexity of training and test text."""
AWD = {
    ("awd", "dense"): ((35, 58.8), (30, 56.6)), ("awd", "sparse"): ((30, 57.9), (22, 57.0)),
}  # fmt: skip
"""The same before and after finetuning."""


def accuracy(tagger):
    """Of the paper: sparse is better at as many parameters, most where these are few."""
    dense = {1: 0.5, 2: 0.6, 3: 0.66, 5: 0.74, 10: 0.8, 20: 0.83}[tagger.width]
    if tagger.kind == "dense":
        return dense
    gain = {2: 0.15, 3: 0.13, 5: 0.105, 10: 0.02}[tagger.width]
    return dense + gain - {"up": 0, "down": 0.1, "random": 0.05}[tagger.order]


def sentences(share, seed, rng):
    words = np.full(SENTENCES, WORDS)
    correct = np.clip(np.round(words * share + rng.normal(0, 0.5, SENTENCES)), 0, WORDS)
    rare = np.full(SENTENCES, 4)
    found = pd.DataFrame(
        {"split": "test", "sentence": np.arange(SENTENCES), "words": words,
         "correct": correct.astype(int), "rare_words": rare,
         "rare_correct": np.minimum(rare, np.round(rare * share).astype(int))}
    )  # fmt: skip
    return pd.concat([found, found.assign(split="dev")], ignore_index=True)


def quality(perplexities, stage, rng):
    tables = []
    for split, value in zip(("train", "test"), perplexities, strict=True):
        if value is None:
            continue
        nats = WORDS * np.log(value) + rng.normal(0, 0.05, SENTENCES)
        nats += WORDS * np.log(value) - nats.mean()
        tables.append(
            pd.DataFrame(
                {
                    "stage": stage,
                    "split": split,
                    "group": np.arange(SENTENCES),
                    "nats": nats,
                    "predictions": WORDS,
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def curve(task, perplexities, stage="trained"):
    train, test = perplexities
    epochs = np.arange(4)
    falling = np.log(1000) + (np.log(train) - np.log(1000)) * epochs / 3
    table = pd.DataFrame(
        {"epoch": epochs, "step": epochs * 9, "stage": stage,
         "train_loss_nats": np.where(epochs, falling, np.nan)}
    )  # fmt: skip
    if task == "recite":
        return table.assign(recited_loss_nats=falling)
    beside = falling + np.log(test) - np.log(train)
    return table.assign(valid_loss_nats=beside, test_loss_nats=beside)


def inputs(seeds=(1, 2, 3), *, awd=False, kind="paper", pos=True, text=True):
    """What a run leaves; "not" plants the negation of every claim about training."""
    own = taggers(WIDTHS, 20, [10, 50], ordered_at=5, blocks_at=5) if pos else []
    rows, tagged = [], {}
    for tagger in own:
        for seed in seeds:
            rng = np.random.default_rng(seed)
            share = accuracy(tagger)
            if kind == "not" and tagger.kind == "sparse":
                share = 2 * accuracy(tagger._replace(order="up")) - share
                share -= {2: 0.3, 3: 0.26, 5: 0.21, 10: 0.08}[tagger.width]
                share += 0.13 * (tagger.width == 10)
                share = share - 0.05 * (tagger.width == 5)
            table = sentences(share, seed, rng)
            tagged[tagger.name, seed] = table
            test = table[table["split"] == "test"]
            right = test["correct"].sum() / test["words"].sum()
            rows.append(
                {**tagger._asdict(), "variant": tagger.name, "seed": seed,
                 "embedding_parameters": 20_000 * tagger.width,
                 "parameters": 20_000 * tagger.width + 3_000,
                 "test_accuracy": right, "test_macro_f1": right / 2,
                 "test_commonest": 0.14, "dev_accuracy": right, "untrained": 0.03}
            )  # fmt: skip
    networks, losses, curves = [], {}, {}
    models = {key: (value,) for key, value in LM.items()} if text else {}
    models |= AWD if awd else {}
    for (task, name), stages in models.items():
        for seed in seeds:
            tables, lines = [], []
            told = zip(("trained", "finetuned"), stages, strict=False)
            for stage, (train, test) in told:
                if kind == "not":
                    train, test = flipped(task, name, stage, train, test)
                if stage == "finetuned" and name == "sparse":
                    test += {1: 0, 2: 0.3, 3: -0.2}[seed] * (kind == "paper")
                if stage == "trained" and name == "sparse" and task == "awd":
                    test += {1: 0, 2: 0.1, 3: -0.1}[seed] * (
                        1 if kind == "paper" else 5
                    )
                rng = np.random.default_rng(seed)
                tables.append(quality((train, test), stage, rng))
                lines.append(curve(task, (train, test), stage))
                networks.append(
                    {"task": task, "variant": name, "seed": seed, "stage": stage,
                     "parameters": 4_653_200, "lstm_parameters": 643_200, "epochs": 3,
                     "epoch": 3, "types": 10_000}
                )  # fmt: skip
            losses[task, name, seed] = pd.concat(tables, ignore_index=True)
            curves[task, name, seed] = pd.concat(lines, ignore_index=True)
    checks = [
        (claim, f"{claim} {n}", 1e6 * abs(value) + 3 if kind == "not" else value)
        for claim, values in CHECKS.items()
        for n, value in enumerate(values)
    ]
    return Inputs(
        pd.DataFrame(rows) if rows else pd.DataFrame(columns=["variant", "seed"]),
        tagged,
        pd.DataFrame(networks)
        if networks
        else pd.DataFrame(columns=["task", "variant", "seed"]),
        losses,
        curves,
        pd.DataFrame(checks, columns=["claim", "part", "value"]),
    )


def flipped(task, name, stage, train, test):
    """Perplexities where no claim holds."""
    if name.startswith("sparse"):
        train = train + 40 if task != "recite" else train + 9
    if task == "awd":
        after = stage == "finetuned"
        train = {"dense": 30, "sparse": 60}[name] - 5 * after * (name == "dense")
        test = {"dense": 70, "sparse": 75}[name] + after * {"dense": 5, "sparse": -5}[
            name
        ]
    return train, test


def params(seeds=(1, 2, 3), **changed):
    usual = {
        "seeds": list(seeds), "judged_hidden": 10, "dimensions": 20, "as_in_paper": True,
        "resamples": 200, "judged": True,
    }  # fmt: skip
    return SimpleNamespace(**usual | changed)
