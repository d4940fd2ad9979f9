"""Made-up results of structured sparsification, with known structures and numbers.

In the world of `made` every claim holds somewhere; what a test changes in it is all
that differs.
"""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from ontogeny.studies.structured.inputs import FRONT, Inputs
from ontogeny.studies.structured.paper import PRINTED

SEEDS = (1, 2)
RESAMPLES = 200
GROUPS = {"words": 120, "characters": 120, "texts": 2500}
PER_GROUP = {"words": 20, "characters": 99, "texts": 1}
CLASSES = {"words": 10_000, "characters": 50, "texts": 2}

TASKS = {
    "small": ("pruning", "words", 2, 200, 20),
    "large": ("pruning", "words", 2, 1500, 55),
    "imdb": ("bayes", "texts", 1, 128, 40),
    "agnews": ("bayes", "texts", 1, 512, 40),
    "char": ("bayes", "characters", 1, 1000, 40),
    "word": ("bayes", "words", 2, 200, 50),
}
VARIANTS = {"pruning": ("dense", "wn", "wgn"), "bayes": ("dense", "w", "wn", "wgn")}

# How many neurons of each structure remain, by layer.
LEFT = {
    ("small", "wn"): ({"ifgo": 72}, {"ifgo": 123}),
    ("small", "wgn"): ({"--go": 45, "ifgo": 19}, {"---o": 40, "ifgo": 75}),
    ("large", "wn"): ({"ifgo": 324}, {"ifgo": 394}),
    ("large", "wgn"): ({"--go": 127, "ifgo": 125}, {"---o": 40, "ifgo": 354}),
    ("imdb", "w"): ({"-fg-": 6, "ifg-": 2},),
    ("imdb", "wn"): ({"-fg-": 5},),
    ("imdb", "wgn"): ({"-fg-": 4},),
    ("agnews", "w"): ({"-fg-": 34},),
    ("agnews", "wn"): ({"-fg-": 17},),
    ("agnews", "wgn"): ({"--g-": 14},),
    ("char", "w"): ({"ifgo": 431},),
    ("char", "wn"): ({"ifgo": 390},),
    ("char", "wgn"): ({"ifgo": 284, "if-o": 40, "-fgo": 40, "i-go": 40},),
    ("word", "w"): ({"--go": 40, "ifgo": 15}, {"---o": 45, "i-go": 5, "ifgo": 74}),
    ("word", "wn"): ({"ifgo": 68}, {"ifgo": 110}),
    ("word", "wgn"): (
        {"--go": 28, "---o": 9, "ifgo": 15},
        {"---o": 40, "if-o": 5, "ifgo": 63},
    ),
}


def params(tasks=tuple(TASKS), *, variants=VARIANTS, sizes=TASKS, **others):
    told = {}
    for name in tasks:
        framework, kind, layers, hidden, epochs = sizes[name]
        told[name] = {
            "framework": framework,
            "kind": kind,
            "variants": list(variants[framework]),
            "layers": layers,
            "hidden": hidden,
            "epochs": epochs,
        }
    usual = {"tasks": told, "resamples": RESAMPLES, "judged": True}
    return SimpleNamespace(**usual | others)


def made(tasks=tuple(TASKS), seeds=SEEDS, *, sizes=TASKS, left=LEFT, variants=VARIANTS):
    """All tables of some tasks and seeds."""
    found = {name: [] for name in Inputs._fields}
    for name in tasks:
        framework = sizes[name][0]
        for seed in seeds:
            own = {}
            for variant in variants[framework]:
                for table, rows in _variant(name, variant, seed, sizes, left).items():
                    own.setdefault(table, []).append(rows)
            for table, rows in own.items():
                whole = pd.concat(rows, ignore_index=True)
                found[table].append(whole.assign(task=name, seed=seed))
    tables = {
        name: pd.concat(own, ignore_index=True) if own else pd.DataFrame(columns=FRONT)
        for name, own in found.items()
    }
    return Inputs(**tables)


def printed(name, variant, sizes=TASKS):
    """Quality (valid, test) and compression: the paper's, or what stands for them."""
    framework, kind, *_ = sizes[name]
    usual = {"words": "word", "characters": "char", "texts": "imdb"}[kind]
    like = "small" if framework == "pruning" else usual
    row = PRINTED.get(name, PRINTED[like]).get(variant)
    row = row or PRINTED["small"]["wn"]
    quality = [float(number) for number in row.quality]
    return quality[0], quality[-1], row.compression


def _variant(name, variant, seed, sizes, left):
    framework, kind, layers, hidden, epochs = sizes[name]
    valid, test, compression = printed(name, variant, sizes)
    structure = _structure(left.get((name, variant)), layers, hidden, seed)
    counts = structure.groupby("layer")["remaining"].sum().to_numpy()
    weights = 4_640_000
    tables = {
        "structure": structure,
        "counts": pd.DataFrame(
            [
                {
                    "weights": weights,
                    "nonzero": round(weights / compression),
                    "compression": float(compression),
                    "lstm_weights": 640_000,
                    "lstm_nonzero": round(640_000 / compression),
                    "parameters": weights + 11_600,
                    "biases": 11_600,
                    "biases_remaining": 10_000 + 4 * counts.sum(),
                    "words": 10_000,
                    "words_remaining": 10_000 if variant == "dense" else 140,
                    "low_snr_share": 0.9 if framework == "bayes" else np.nan,
                    "operations": 640_000,
                    "operations_shrunk": int(640_000 * counts.sum() / hidden / layers),
                    "operations_skipped": int(600_000 * counts.sum() / hidden / layers),
                    "operations_output": 2_000_000,
                    "operations_output_shrunk": int(10_000 * counts[-1]),
                    "shrunk_error": 1e-7,
                    "skipped_error": 2e-7,
                    "epoch": epochs,
                    "vectors_share": np.nan,
                    "chance": 0.5 if kind == "texts" else np.nan,
                }
            ]
        ),
        "quality": _quality(
            kind,
            {"valid": valid, "test": test},
            uncut=framework == "bayes" and variant != "dense",
        ),
        "curves": _curve(kind, epochs, hidden, counts, valid, test, variant),
        "times": _times(variant, seed),
    }
    if variant == "wgn":
        last = structure[structure["layer"].eq(layers) & structure["remaining"]]
        tables["gradients"] = _gradients(last, 200 if kind == "texts" else 101)
        tables["units"] = _units(last)
    if variant == "dense":
        own = left.get((name, "wgn"))
        tables["gates"] = _gates(_structure(own, layers, hidden, seed), epochs, seed)
    return {key: rows.assign(variant=variant) for key, rows in tables.items()}


def _structure(counts, layers, hidden, seed):
    """Remaining neurons lie anywhere in the layer."""
    found = []
    for layer in range(1, layers + 1):
        own = counts[layer - 1] if counts else {"ifgo": hidden}
        which = [one for one, count in own.items() for _ in range(count)]
        which += [""] * (hidden - len(which))
        which = np.array(which)[
            np.random.default_rng([layer, seed]).permutation(hidden)
        ]
        unit = np.arange(hidden)
        rows = {"layer": layer, "unit": unit, "remaining": which != ""}
        for place, gate in enumerate("ifgo"):
            rows[gate] = live = np.char.find(which, gate) >= 0
            # Of g from −1 to 1, of the others from 0 to 1.
            value = np.sin(unit + place) if gate == "g" else (unit % 10) / 10
            rows[f"value_{gate}"] = np.where(rows["remaining"] & ~live, value, np.nan)
        found.append(pd.DataFrame(rows))
    return pd.concat(found, ignore_index=True)


def _quality(kind, values, *, uncut):
    rows = []
    for split, value in values.items():
        groups, per_group = GROUPS[kind], PER_GROUP[kind]
        noise = np.random.default_rng(0).normal(0, 0.01, groups)
        noise -= noise.mean()
        mean = {
            "words": np.log(value),
            "characters": value * np.log(2),
            "texts": 0.5,
        }[kind]
        right = np.arange(groups) < round(value / 100 * groups)
        # Spread out, so that a text's place says nothing.
        right = right[np.random.default_rng(1).permutation(groups)]
        rows.append(
            pd.DataFrame(
                {
                    "split": split,
                    "group": np.arange(groups),
                    "nats": per_group * mean * (1 + noise),
                    "predictions": per_group,
                    "correct": right.astype(float) if kind == "texts" else np.nan,
                }
            )
        )
    whole = pd.concat(rows, ignore_index=True)
    return whole.assign(nats_uncut=1.1 * whole["nats"] if uncut else np.nan)


def _curve(kind, epochs, hidden, counts, valid, test, variant):
    epoch = np.arange(epochs + 1)
    done = epoch / epochs
    end = {"words": np.log(valid), "characters": valid * np.log(2), "texts": 0.4}[kind]
    first = np.log(CLASSES[kind])
    loss = end + (first - end) * np.exp(-8 * done)
    if variant == "dense":
        loss = loss + 0.2 * np.clip(done - 0.6, 0, None)
    rows = {
        "epoch": epoch,
        "step": epoch * 100,
        "learning_rate": 1.0,
        "rescaled": False,
        "train_loss_nats": loss,
        "valid_loss_nats": loss,
        "test_loss_nats": loss,
        "valid_perplexity": np.exp(loss),
        "test_perplexity": np.exp(loss) * test / valid,
        "valid_accuracy": 0.5 + 0.35 * done,
        "test_accuracy": 0.5 + 0.35 * done,
    }
    for layer, count in enumerate(counts, 1):
        left = np.where(done < 0.5, hidden, count + (hidden - count) * (1 - done) ** 2)
        rows[f"neurons_{layer}"] = np.round(left)
        rows[f"gates_{layer}"] = np.round(4 * left)
    return pd.DataFrame(rows).assign(compression=1.0, words_remaining=140)


def _times(variant, seed):
    forms = {"masked": 100e-6, "shrunk": 50e-6, "skipped": 40e-6}
    if variant == "dense":
        # There is nothing to shrink.
        forms = dict.fromkeys(forms, 100e-6)
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        [
            {
                "what": what,
                "batch": batch,
                "repetition": repetition,
                "seconds_per_step": seconds * batch**0.4 * rng.uniform(1, 1.05),
            }
            for what, seconds in forms.items()
            for batch in (1, 20)
            for repetition in range(20)
        ]
    )


def structure_of(rows):
    return [
        "".join(gate if row[gate] else "-" for gate in "ifgo")
        for row in rows.to_dict("records")
    ]


def _gradients(last, lags):
    lag = np.arange(lags)
    unit = last["unit"].to_numpy(int)
    short = np.array([one == "---o" for one in structure_of(last)], dtype=bool)
    speed = np.where(short, 0.3, 0.002) * (1 + (unit % 5) / 10)
    norm = (0.5 + (unit % 7) / 7)[:, None] * np.exp(-speed[:, None] * lag)
    rows = {
        "unit": np.repeat(unit, lags),
        "lag": np.tile(lag, len(unit)),
        "norm": norm.ravel(),
    }
    return pd.DataFrame(rows).assign(positions=100)


def _units(last):
    rows = last[["unit"]].reset_index(drop=True)
    short = np.array([one == "---o" for one in structure_of(last)], dtype=bool)
    return rows.assign(
        moved=np.where(short, 0.01, 0.1) * (1 + rows["unit"] % 3 / 10),
        monotone=np.where(short, 1.0, np.nan),
        saturation=np.where(short, 0.999, 0.5),
        vanilla_gap=np.where(short, 0.004, 0.9),
    )


def _gates(structure, epochs, seed):
    rng = np.random.default_rng(seed)
    rows = []
    for epoch in sorted({0, epochs // 4, epochs // 2, epochs}):
        for layer, own in structure.groupby("layer"):
            for gate in "ifgo":
                live = own[gate].to_numpy(bool)
                end = np.where(live, 0.2, 0.004)
                done = epoch / epochs
                spread = 0.03 * (1 - done) + end * done
                spread = spread * rng.lognormal(0, 0.4, len(own))
                rows.append(
                    pd.DataFrame(
                        {
                            "epoch": epoch,
                            "layer": layer,
                            "gate": gate,
                            "unit": own["unit"],
                            "spread": spread,
                        }
                    )
                )
    return pd.concat(rows, ignore_index=True)


def change(inputs, table, where, **columns):
    """The same, some rows of a table otherwise."""
    rows = getattr(inputs, table).copy()
    mask = np.logical_and.reduce([rows[key].eq(value) for key, value in where.items()])
    for name, value in columns.items():
        found = value(rows.loc[mask, name]) if callable(value) else value
        rows[name] = rows[name].where(~mask, found)
    return inputs._replace(**{table: rows})


def without(inputs, table, **where):
    rows = getattr(inputs, table)
    mask = np.logical_and.reduce([rows[key].eq(value) for key, value in where.items()])
    return inputs._replace(**{table: rows[~mask]})
