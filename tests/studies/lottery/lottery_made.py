"""Made-up results of lottery tickets, with planted effects.

In the world `holds` every claim holds that six layers, every pruning and the paper's
sizes let hold, and its magnitude chain is further from LTH0 than its unpruned one; in
the world `not` each is contradicted.
"""

from collections import defaultdict
from itertools import combinations_with_replacement, product
from types import SimpleNamespace

import numpy as np
import pandas as pd

from ontogeny.studies.lottery.inputs import Inputs
from ontogeny.studies.lottery.names import LAST_ANALYSED

SEEDS = (1, 2)
RESAMPLES = 60
CHAINS = {"magnitude": 9, "random": 9, "unpruned": 9, "shuffled": 9}
STACKS = ("encoder", "decoder")
KINDS = ("encoder_self", "cross", "decoder_self")
TESTS = ("newstest2014", "newstest2013")
PAIRS, WORDS, GROUPS, NEURONS = 60, 1000, 40, 100
HEATMAP = (0, 2, 4, 6, 8)

# Table A1: those of LTH0 to LTH9.
BLEU = {
    "magnitude": (27.77, 28.04, 28.00, 27.70, 27.93, 27.80, 27.76, 27.61, 27.19, 27.16),
    "random": (27.77, 27.59, 27.81, 27.46, 27.24, 26.90, 26.51, 26.14, 25.82, 25.33),
    "unpruned": (27.77, *[27.78] * 9),
    "shuffled": (27.77, 27.6, 27.8, 27.5, 27.4, 27.2, 27.0, 26.7, 26.5, 26.0),
}
BLEU_NOT = {
    "magnitude": (25.0, 24.5, 23.0, 21.0, 20.0, 19.3, 18.7, 18.2, 17.9, 17.8),
    "random": (25.0, 24.8, 24.4, 24.0, 23.6, 23.2, 22.8, 22.4, 22.0, 21.6),
    "unpruned": (25.0, *[25.5] * 9),
    "shuffled": (25.0, 24.6, 23.8, 22.6, 21.6, 20.6, 20.0, 19.6, 19.3, 19.0),
}
XPOS = {
    "CC": 0.98, "JJS": 0.97, "DT": 0.94, "IN": 0.935, "NN": 0.93, "VB": 0.925,
    "JJ": 0.92, "RB": 0.915, "VBD": 0.917, "VBZ": 0.918, "NNS": 0.919, "JJR": 0.921,
    "PRP": 0.91, "CD": 0.905, ".": 0.84, "NNP": 0.85,
    "NNPS": 0.845, "RP": 0.86, "POS": 0.79,
}  # fmt: skip
SEM = {
    "DEF": 0.97, "REL": 0.96, "AND": 0.95, "IST": 0.94, "EPS": 0.93, "ENS": 0.92,
    "PRO": 0.91, "HAS": 0.9, "CON": 0.87, "PFT": 0.84, "PRG": 0.842, "EXG": 0.845,
}  # fmt: skip
FREQUENCY = {
    "0–5": 0.87,
    "5–100": 0.9,
    "100–500": 0.95,
    "500–2500": 0.9,
    "≥ 2500": 0.87,
}
AMBIGUITY = 12
"""Of categories: 1 + AMBIGUITY · (1 − similarity) tags a word."""


def params(seeds=SEEDS, *, layers=6, at_once=1, chains=CHAINS, **others):
    usual = {"as_in_paper": True, "resamples": RESAMPLES, "judged": True}
    sizes = {"seeds": list(seeds), "prunings_at_once": at_once, "layers": layers}
    return SimpleNamespace(**sizes, chains=dict(chains), **usual | others)


TEXTS = pd.DataFrame(
    {
        "text": ["train", "valid", *TESTS], "pairs": [29_000, 1_014, 1_000, 1_000],
        "source_words": 12_000, "target_words": 11_000, "source_subwords": 14_000,
        "target_subwords": 15_000, "unknown": 3, "dropped": [7, 0, 0, 0],
    }
)  # fmt: skip


def made(
    seeds=SEEDS,
    *,
    layers=6,
    at_once=1,
    chains=CHAINS,
    world="holds",
    decoder_last="closer",
    mask_only=False,
):
    """All tables of some seeds.

    Args:
        seeds: Of LTH0 and its chains.
        layers: N.
        at_once: Prunings of a fifth in an iteration.
        chains: Iterations of each.
        world: "holds" or "not".
        decoder_last: "closer" than the layer before to LTH0's, or "further" (two claims
            that exclude each other).
        mask_only: Whether attention is alike only where it is not adjusted.
    """
    found = defaultdict(list)
    for seed in seeds:
        one = _Made(seed, layers, at_once, dict(chains), world == "holds")
        one.decoder_last, one.mask_only = decoder_last, mask_only
        for table, rows in one.tables().items():
            found[table].append(rows.assign(seed=seed))
    return Inputs(
        texts=TEXTS,
        **{name: pd.concat(own, ignore_index=True) for name, own in found.items()},
    )


def _repeated(rows, names, times):
    table = pd.DataFrame(rows, columns=names)
    return table.loc[table.index.repeat(times)].reset_index(drop=True)


class _Made:
    """One seed."""

    decoder_last = "closer"
    mask_only = False

    def __init__(self, seed, layers, at_once, chains, holds):
        self.N, self.at_once, self.chains, self.holds = layers, at_once, chains, holds
        self.seed = seed
        self.rng = np.random.default_rng(seed)
        self.shared = 0.005 * self.rng.standard_normal(RESAMPLES)

    def tables(self):
        return {
            "curves": self.curves(),
            "quality": self.quality(),
            "sentences": self.sentences(),
            "modules": self.modules(),
            "overlaps": self.overlaps(),
            "layers": self.layers(),
            "attention": self.attention(),
            "neurons": self.neurons(),
            "matches": self.matches(),
            "spectra": self.spectra(),
            "variances": self.variances(),
            "peaked": self.peaked(),
            "alignment": self.alignment(),
            "categories": self.categories(),
        }

    def draws(self, value, scale=1.0, resamples=RESAMPLES):
        own = 1e-4 * self.rng.standard_normal(resamples)
        return value + scale * (self.shared[:resamples] + own)

    def trained(self):
        """Chain and prunings of every model."""
        yield "dense", 0
        for chain, iterations in self.chains.items():
            for n in range(1, iterations + 1):
                yield chain, n * self.at_once

    def analysed(self):
        """Those of chains that are measured."""
        return [(chain, k) for chain, k in self.trained() if 0 < k <= LAST_ANALYSED]

    def time(self, chain, k, rate=0.5):
        """How far a model is from LTH0: 0 to 1."""
        if chain in ("another", "untrained"):
            return 1.3
        return k / 8 * (rate if chain == "unpruned" else 1.0)

    # What was trained.

    def curves(self):
        rows = []
        for chain, k in self.trained():
            epochs = 10 if chain == "dense" else 5
            for epoch in range(epochs + 1):
                first = 9.0 if chain == "dense" else 2.4
                loss = 2.0 + (first - 2.0) * np.exp(-epoch) + 0.02 * self.time(chain, k)
                step = 100 * epoch
                rows.append({
                    "chain": chain, "prunings": k, "epoch": epoch,
                    "step": step + (1000 + 500 * (k // self.at_once - 1)) * (k > 0),
                    "schedule_step": step + 500 * (k > 0),
                    "learning_rate": 5e-4, "train_loss_nats": loss - 0.1,
                    "valid_loss_nats": loss, "valid_perplexity": np.exp(loss),
                    "valid_bleu": 25 * (1 - np.exp(-epoch)),
                })  # fmt: skip
        return pd.DataFrame(rows)

    def bleu(self, chain, k):
        of = BLEU if self.holds else BLEU_NOT
        return of["magnitude" if chain == "dense" else chain][k]

    def quality(self):
        rows = [
            {
                "chain": chain, "prunings": k, "test": test, "pairs": PAIRS,
                "bleu": self.bleu(chain, k), "chrf": 2 * self.bleu(chain, k),
                "loss_nats": 2.0 + 0.02 * self.time(chain, k),
                "signature": "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp",
            }
            for (chain, k), test in product(self.trained(), TESTS)
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def sentences(self):
        shares = np.array([0.60, 0.35, 0.22, 0.14])
        total = WORDS - np.arange(4)
        better = 1 + 0.02 * np.random.default_rng(self.seed).standard_normal(PAIRS)
        rows = []
        for (chain, k), test in product(self.trained(), TESTS):
            factor = self.bleu(chain, k) / (100 * np.prod(shares) ** 0.25)
            for pair in range(PAIRS):
                right = np.rint(total * shares * factor * better[pair]).astype(int)
                rows.append({
                    "chain": chain, "prunings": k, "test": test, "pair": pair,
                    "statistics": np.array([WORDS, WORDS, *right, *total]),
                })  # fmt: skip
        return pd.DataFrame(rows)

    # Where weights went.

    def left(self, k, weights):
        """Weights that remain: a fifth is pruned, or, in the other world, less."""
        for _ in range(k // self.at_once):
            numerator = 5**self.at_once - 4**self.at_once
            if not self.holds:
                numerator *= 0.75
            weights -= int(numerator * weights // 5**self.at_once)
        return weights

    def modules(self):
        width, sign = 64, 1 if self.holds else -1
        places = []
        for stack, layer in product(STACKS, range(1, self.N + 1)):
            for kind in ("self", "cross", "fc"):
                if kind != "cross" or stack == "decoder":
                    names = ("fc1", "fc2") if kind == "fc" else "qkvo"
                    places += [(stack, layer, kind, name) for name in names]
        sizes = np.array([width**2 * (4 if p[2] == "fc" else 1) for p in places])
        fc = np.array([p[2] == "fc" for p in places])
        late = np.array([(p[1] - 1) / max(1, self.N - 1) - 0.5 for p in places])
        tables = []
        for chain, k in self.trained():
            pruned = np.zeros(len(places), dtype=int)
            if chain not in ("dense", "unpruned"):
                whole = sizes.sum() - self.left(k, sizes.sum())
                s = whole / sizes.sum()
                share = np.full(len(places), s)
                if chain != "random":
                    offsets = [self._offset(place, s) for place in places]
                    share += sign * np.where(fc, 1.04 * s * (1 - s) * late, offsets)
                share = np.clip(share, 0, 0.999)
                pruned = (share * sizes).astype(int)
                # All together they are exactly as many.
                pruned[fc] += (whole - pruned.sum()) // fc.sum()
                pruned[-1] += whole - pruned.sum()
            table = pd.DataFrame(places, columns=["stack", "layer", "kind", "matrix"])
            tables.append(table.assign(
                chain=chain, prunings=k, weights=sizes, pruned=pruned, dead_rows=0,
                dead_columns=0, parameters=round(sizes.sum() / 0.84),
            ))  # fmt: skip
        return pd.concat(tables, ignore_index=True)

    def _offset(self, place, s):
        """Of an attention matrix's sparsity, from that of all weights."""
        _, layer, kind, matrix = place
        half = 0.125 * min(1, s / 0.5)
        if kind == "cross":
            middle = -(0.24 if self.holds else -0.1) * min(1, s / 0.79) - 0.008 * layer
        elif layer == 1:
            middle = 0.3 * (1 - s) + 0.02
        elif layer == self.N:
            middle = 0.12 * (1 - s) + 0.01
        else:
            middle = -0.005 * layer
        if self.holds:  # no matrix loses more than all
            half = min(half, max(0.0, 0.999 - s - middle))
        return middle + (half if matrix in "vo" else -half)

    def overlaps(self):
        rows = []
        for chain, k in self.trained():
            if chain not in ("dense", "unpruned"):
                share = 1 - 0.8**k
                others = [(c, self.seed) for c in self.chains if c != chain]
                others = [(c, s) for c, s in others if c != "unpruned"]
                for other, of in [*others, (chain, self.seed + 1)]:
                    rows.append({
                        "chain": chain, "prunings": k, "other_chain": other,
                        "other_seed": of, "overlap": min(1, share + 0.05),
                        "chance": share,
                    })  # fmt: skip
        names = ["chain", "prunings", "other_chain", "other_seed", "overlap", "chance"]
        return pd.DataFrame(rows, columns=names)

    # What was measured of two models.

    def layers(self):
        def similarity(stack, chain, a, b):
            (k, l), (m, n) = a, b
            if chain in ("another", "untrained"):
                return 0.75 - 0.02 * abs(l - n)
            own = [self.depth(stack, chain, *x) for x in (a, b)]
            if l == n:
                return (
                    min(self.diagonal(stack, chain, *x) for x in (a, b))
                    if k != m
                    else 1.0
                )
            return np.exp(-abs(own[0] - own[1])) * (0.998 if k != m else 1.0)

        keys = [{"stack": stack} for stack in STACKS]
        table = self._pairs(keys, lambda key, *pair: similarity(key["stack"], *pair))
        return table.assign(
            debiased=table["similarity"] - 0.01, without_ends=table["similarity"]
        )

    def depth(self, stack, chain, k, layer):
        """How far a layer is from the last one of its model."""
        x, t = layer / self.N, self.time(chain, k)
        steep = (stack == "decoder") == self.holds
        far = 0.223 * (3 * (1 - x)) ** 1.68 if steep else 0.6 * (1 - x)
        shrinks = ((0.5 if x > 0.6 else 0.1) if steep else 0.25) if self.holds else -0.5
        return far * (1 - shrinks * t)

    def diagonal(self, stack, chain, k, layer):
        """Similarity of a layer to LTH0's."""
        if k == 0:
            return 1.0
        if not self.holds:
            if chain == "unpruned":
                return 0.96
            rising = 0.6 + 0.15 * k / 8
            if stack == "decoder" and layer == self.N > 1:
                return rising + 0.2 * (self.N - 1) / self.N - 0.1
            return rising + 0.2 * layer / self.N
        x = layer / self.N
        if stack == "decoder" and layer == self.N and self.decoder_last == "closer":
            x = (self.N - 1) / self.N - 0.15
        return 1 - self.time(chain, k) * (0.1 + (0.25, 0.2)[stack == "decoder"] * x)

    def attention(self):
        keys = [
            {"kind": kind, "adjusted": adjusted}
            for kind, adjusted in product(KINDS, (False, True))
        ]
        table = self._pairs(keys, self.alike)
        return table.assign(without_ends=table["similarity"])

    def alike(self, key, chain, a, b):
        """AttentionSim of two maps."""
        (k, l), (m, n) = a, b
        kind, taken_off = key["kind"], key["adjusted"] and self.mask_only
        if chain == "untrained":
            return 0.02 if key["adjusted"] else {"decoder_self": 0.7}.get(kind, 0.1)
        if l == n:
            if k == m and chain != "another":
                return 1.0
            found = self.same_map(kind, chain, max(k, m), l)
            return found - 0.35 if taken_off else found
        low, high = sorted((l, n))
        t = min(self.time(chain, x) for x in (k, m)) * (1 if self.holds else -1)
        if kind == "decoder_self":
            found = 0.95 if self.holds else 0.3
        elif kind == "encoder_self":
            found = 0.9 if self.holds else 0.5
            if low == 1:
                found = 0.18 + 0.23 * t if self.holds else 0.41 + 0.23 * t
        else:
            within = (low > self.N / 2) == (high > self.N / 2)
            found = 0.75 if within == self.holds else 0.5
            found += 0.04 * t + 0.25 * (not self.holds)
            found += 0.1 * t * (high == self.N - 1 and low <= self.N // 2)
        return found - 0.6 if taken_off else found

    def same_map(self, kind, chain, k, layer):
        if not self.holds:
            low = {"encoder_self": 0.8, "cross": 0.7, "decoder_self": 0.6}[kind]
            low += 0.1 * (kind == "encoder_self" and layer == 1)
            return 0.95 if chain == "unpruned" else low
        if kind == "encoder_self":
            drop = 0.38 if layer == 1 else 0.01
            return 1 - drop * self.time(chain, k, 0.95)
        drop = 0.17 if kind == "cross" else 0.005
        return 1 - drop * self.time(chain, k, 0.9)

    def _pairs(self, keys, similarity):
        """Rows of all pairs of layers; those within a model once."""
        rows = []
        for chain in [*self.chains, "another", "untrained"]:
            ks = [0] + [k for c, k in self.analysed() if c == chain]
            pairs = list(combinations_with_replacement(ks, 2))
            if chain in ("another", "untrained"):
                pairs = [(0, 0)]
            for key, (k, m) in product(keys, pairs):
                if 0 < k < m and not {k, m} <= set(HEATMAP):
                    continue
                asked = k in (0, m)
                for l, n in product(range(1, self.N + 1), repeat=2):
                    if k == m and l > n and chain in self.chains:
                        continue
                    value = similarity(key, chain, (k, l), (m, n))
                    rows.append(key | {
                        "chain": chain, "prunings_a": k, "layer_a": l, "prunings_b": m,
                        "layer_b": n, "similarity": value,
                        "draws": self.draws(value, 0.2) if asked else None,
                    })  # fmt: skip
        return pd.DataFrame(rows)

    def _beside(self):
        """Chain, prunings, stack and layer of all that is held beside LTH0."""
        models = [*self.analysed(), ("another", 0), ("untrained", 0)]
        for (chain, k), stack in product(models, STACKS):
            for layer in range(1, self.N + 1):
                yield chain, k, stack, layer

    def neurons(self):
        rows = []
        for chain, k, stack, layer in self._beside():
            for name, value in self.neuron_values(chain, k, layer).items():
                rows.append({
                    "chain": chain, "prunings": k, "stack": stack, "layer": layer,
                    "statistic": name, "value": value, "without_ends": value,
                    "draws": self.draws(value, 0.2),
                })  # fmt: skip
        return pd.DataFrame(rows)

    def neuron_values(self, chain, k, layer):
        t, x = self.time(chain, k), layer / self.N
        if self.holds or chain in ("another", "untrained"):
            similarity = 1 - t * (0.15 + 0.15 * x)
            itself, p95, above = 0.998, 1 - 0.1 * t, max(0.01, 0.3 * (1 - t))
        else:
            similarity = 0.6 + 0.15 * t + 0.2 * x
            itself, p95, above = 0.9, 0.998, 0.4
            if chain == "unpruned":
                similarity, itself, p95, above = 0.9, 0.95, 0.99, 0.3
        return {
            "similarity": similarity,
            "absolute": similarity + 0.01,
            "itself": itself,
            "p95": p95,
            "above_098": above,
        }

    def matches(self):
        rows, correlation = [], []
        for at, of in product(self._beside(), ("dense", "sparse")):
            chain, k, _, layer = at
            middle = self.neuron_values(chain, k, layer)["similarity"]
            found = middle + 0.03 * self.rng.standard_normal(NEURONS)
            if not self.holds:
                found[::2] -= 0.4
            rows.append((*at, of))
            correlation.append(np.clip(found, -1, 1))
        names = ["chain", "prunings", "stack", "layer", "of"]
        table = _repeated(rows, names, NEURONS)
        neuron = np.tile(np.arange(NEURONS), len(rows))
        return table.assign(
            neuron=neuron, match=neuron, correlation=np.concatenate(correlation)
        )

    # What was measured of one model.

    def _models(self):
        return [("dense", 0), *self.analysed()]

    def spectra(self):
        ends = {"encoder": (290, 176), "decoder": (283, 139)}
        rows = []
        for (chain, k), stack in product(self._models(), STACKS):
            first, last = ends[stack] if self.holds else ends[stack][::-1]
            value = first + (last - first) * self.time(chain, k)
            for centred, statistic in product(
                (True, False), ("k80", "participation_ratio")
            ):
                here = value * (1 if centred else 0.9)
                here = round(here) if statistic == "k80" else here / 3
                rows.append({
                    "chain": chain, "prunings": k, "stack": stack, "centred": centred,
                    "statistic": statistic, "value": float(here),
                    "without_ends": float(here), "draws": self.draws(here, 20, 50),
                })  # fmt: skip
        return pd.DataFrame(rows)

    def variances(self):
        layers, number = range(1, self.N + 1), np.arange(1, 21)
        rows, variance = [], []
        for model, *at in product(self._models(), STACKS, layers, (True, False)):
            rows.append((*model, *at))
            variance.append(np.exp(-number * (0.1 + 0.1 * self.time(*model))))
        names = ["chain", "prunings", "stack", "layer", "centred"]
        table = _repeated(rows, names, len(number))
        return table.assign(
            number=np.tile(number, len(rows)), variance=np.concatenate(variance)
        )

    def peaked(self):
        shares = {"encoder_self": 0.3, "cross": 0.16, "decoder_self": 0.41}
        fall = 0.01
        if not self.holds:
            shares = {"encoder_self": 0.3, "cross": 0.7, "decoder_self": 0.41}
            fall = 0.2
        rows = []
        for (chain, k), kind in product(self._models(), KINDS):
            share = shares[kind] - fall * self.time(chain, k) * (kind == "decoder_self")
            for layer, group in product(range(1, self.N + 1), range(GROUPS)):
                queries = 2000 + 7 * group
                first = 40 if kind != "encoder_self" else 0
                rows.append({
                    "chain": chain, "prunings": k, "kind": kind, "layer": layer,
                    "group": group, "queries": queries,
                    "peaked": round(queries * (share + 0.001 * (group % 5 - 2))),
                    "first_queries": 40, "first_peaked": first,
                })  # fmt: skip
        return pd.DataFrame(rows)

    def alignment(self):
        models = [*self._models(), ("untrained", 0), ("diagonal", 0)]
        rows = []
        for (chain, k), layer in product(models, range(1, self.N + 1)):
            share = {"untrained": 0.1, "diagonal": 0.4}.get(chain, 0.8 - 0.01 * k)
            for head, group in product(range(3), range(GROUPS)):
                rows.append({
                    "chain": chain, "prunings": k, "layer": layer, "head": head,
                    "group": group, "words": 100,
                    "right": round(100 * share) - 5 * (head > 0) + group % 3,
                })  # fmt: skip
        return pd.DataFrame(rows)

    def categories(self):
        rows = []
        for chain, k in self.analysed():
            for by, values in (("frequency", FREQUENCY), ("xpos", XPOS), ("sem", SEM)):
                for number, (name, value) in enumerate(values.items()):
                    value = value if self.holds else 1.75 - value
                    rows.append(self._category(chain, k, by, name, number, value))
                if by != "frequency":
                    rare = self._category(chain, k, by, "RARE", len(values), 0.5)
                    rows.append(rare | {"tokens": 30, "judged": False})
        return pd.DataFrame(rows)

    def _category(self, chain, k, by, name, number, value):
        value = 1 - (1 - value) * self.time(chain, k)
        return {
            "chain": chain, "prunings": k, "by": by, "category": name, "number": number,
            "tokens": 400, "judged": True, "tokens_judged": 200,
            "similarity": value + 0.005, "debiased": value,
            "draws": self.draws(value, 0.2),
            "ambiguity": np.nan if by == "frequency" else 1 + AMBIGUITY * (1 - value) * (1 if self.holds else -1),
        }  # fmt: skip
