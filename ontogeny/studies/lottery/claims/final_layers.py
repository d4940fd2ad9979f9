"""L58 to L66: the last layers, and categories of tokens (§5.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from ontogeny.claims.intervals import Statistic, statistic
from ontogeny.claims.regions import above, at_least, at_most, below
from ontogeny.claims.verdicts import Lacks
from ontogeny.studies.lottery.claims.activations import diagonal
from ontogeny.studies.lottery.claims.asked import (
    FEWEST,
    Against,
    Asked,
    spearman_with,
    tau,
)
from ontogeny.studies.lottery.claims.draws import mean, series
from ontogeny.studies.lottery.claims.names import STACKS, compared_claim, lottery_claim
from ontogeny.studies.lottery.claims.run import LotteryRun

ASPECT = ("PRG", "PFT", "EXG", "EXT")
"""Semantic tags of progressive and perfect: auxiliaries, and the verbs with them."""
QUARTER = 0.25
FEWEST_TAGS = 4
"""ASSUME: fewer have no quarters."""


@compared_claim(
    "L58",
    'fewer directions hold 80 % of the variance: encoder "290" → "176", decoder "283" '
    '→ "139"',
    "§5.3, fig. A7",
    "k₈₀(0) − k₈₀(K) > 0, both; ratio ≤ 0.8; centred and raw both scored. *R*",
    random=True,
)
def l58(run: LotteryRun, chain: str) -> list[Asked]:
    found = []
    for centred in (True, False):
        for stack in STACKS:
            dense, sparse = (
                run.spectrum("k80", stack, chain, k, centred=centred)
                for k in (0, run.last)
            )
            of = f"{stack}, {'centred' if centred else 'raw'}"
            note = f"{dense[0]:.0f} and {sparse[0]:.0f}"
            found += [
                Asked(f"k₈₀, 0 − K, {of}", dense - sparse, above(0), note),
                Asked(f"k₈₀, K / 0, {of}", sparse / dense, at_most(0.8), level=True),
            ]
    return found


@compared_claim(
    "L59",
    "… at every share, increasingly with sparsity",
    "§5.3, fig. A7",
    "τ of k₈₀ < 0 and of the participation ratio < 0, both",
)
def l59(run: LotteryRun, chain: str) -> list[Asked]:
    # ASSUME: centred; raw, the first direction is the mean.
    return [
        tau(
            f"τ of {name}, {stack}",
            series(
                [
                    run.spectrum(of, stack, chain, k, centred=True)
                    for k in (0, *run.prunings())
                ]
            ),
            below(0),
        )
        for of, name in (("k80", "k₈₀"), ("participation_ratio", "participation ratio"))
        for stack in STACKS
    ]


@compared_claim(
    "L60",
    "the last layers differ most between sparse and dense",
    "§5.3",
    "1 − LayerSim(sN, dN) − max over lower layers > 0, encoder; decoder (conflicts "
    "with L52)",
)
def l60(run: LotteryRun, chain: str) -> list[Asked]:
    run.need_layers(2, "lower layers")
    found: list[Asked] = []
    for stack in STACKS:
        *lower, last = (
            diagonal(run, stack, chain, run.last, layer) for layer in run.every_layer()
        )
        more = series([other - last for other in lower])
        part = f"1 − LayerSim, N − largest of the lower, {stack}"
        found.append(Against(part, more, above(0)))
    return found


# Categories of tokens.


def _judged(values: Mapping[str, np.ndarray], *names: str) -> None:
    """Check that categories are there and have enough tokens.

    Raises:
        Lacks: If not.
    """
    if missing := [name for name in names if name not in values]:
        raise Lacks(f"too few tokens of {', '.join(missing)}")


def _tags(run: LotteryRun, by: str) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Draws of judged tags by name, and all together, shape (draws, tags)."""
    values, _ = run.categories(by)
    if len(values) < FEWEST_TAGS:
        raise Lacks(f"needs {FEWEST_TAGS} tags with enough tokens, has {len(values)}")
    return values, series(list(values.values()))


@lottery_claim(
    "L61",
    'mid-frequency tokens (rank 100–500: "0.95") are more alike than common (0–5: '
    '"0.87") and rare ones (≥ 2,500: "0.87")',
    "§5.3",
    "differences > 0, debiased CKA at equal n",
)
def l61(run: LotteryRun) -> list[Statistic]:
    values, _ = run.categories("frequency")
    of = {_first_rank(name): draws for name, draws in values.items()}
    if missing := [rank for rank in (0, 100, 2500) if rank not in of]:
        raise Lacks(f"too few tokens from rank {', '.join(map(str, missing))} on")
    return [
        statistic(f"rank 100–500 − {name}", of[100] - of[other], above(0))
        for name, other in (("rank 0–5", 0), ("rank ≥ 2,500", 2500))
    ]


def _first_rank(category: str) -> int:
    """The least rank of a bin, by its name: "100–500", "≥ 2,500"."""
    found = re.search(r"\d+", category.replace(",", ""))
    if not found:
        raise ValueError(f"a bin of frequency without a rank: {category}")
    return int(found.group())


@lottery_claim(
    "L62",
    'coordinating conjunctions "0.98", superlatives "0.97" are highest; proper nouns '
    '"0.85", particles "0.86" lowest of POS',
    "§5.3",
    "mean(CC, JJS) − mean(NNP(S), RP) > 0; CC, JJS in the upper, NNP(S), RP in the "
    "lower quarter of judged tags",
    structure=True,
)
def l62(run: LotteryRun) -> list[Statistic]:
    tags, values = _tags(run, "xpos")
    # ASSUME: of NNP and NNPS those with enough tokens, together.
    proper = [name for name in ("NNP", "NNPS") if name in tags]
    _judged(tags, "CC", "JJS", *(proper or ["NNP"]), "RP")
    of = {name: tags[name] for name in ("CC", "JJS", "RP")}
    of["NNP(S)"] = mean([tags[name] for name in proper])
    high, low = (np.quantile(values, q, axis=1) for q in (1 - QUARTER, QUARTER))
    apart = mean([of["CC"], of["JJS"]]) - mean([of["NNP(S)"], of["RP"]])
    return [
        statistic("mean(CC, JJS) − mean(NNP(S), RP)", apart, above(0)),
        *(
            statistic(f"{name} − upper quartile", of[name] - high, at_least(0))
            for name in ("CC", "JJS")
        ),
        *(
            statistic(f"{name} − lower quartile", of[name] - low, at_most(0))
            for name in ("NNP(S)", "RP")
        ),
    ]


@lottery_claim(
    "L63",
    'possessive ending "0.79" and period "0.84" are low',
    "§5.3",
    "each below the median tag",
    structure=True,
)
def l63(run: LotteryRun) -> list[Statistic]:
    return _below_median(run, "xpos", "POS", ".")


def _below_median(run: LotteryRun, by: str, *names: str) -> list[Statistic]:
    tags, values = _tags(run, by)
    _judged(tags, *names)
    middle = np.median(values, axis=1)
    return [
        statistic(f"{name} − median tag", tags[name] - middle, below(0))
        for name in names
    ]


@lottery_claim(
    "L64",
    'perfect/progressive tense tags are the least alike ("0.84")',
    "§5.3",
    "mean of these SEM tags in the lowest quarter of judged tags",
    structure=True,
)
def l64(run: LotteryRun) -> list[Statistic]:
    tags, values = _tags(run, "sem")
    own = [name for name in ASPECT if name in tags]
    if not own:
        raise Lacks(f"too few tokens of {', '.join(ASPECT)}")
    low = np.quantile(values, QUARTER, axis=1)
    draws = mean([tags[name] for name in own]) - low
    return [statistic(f"mean of {', '.join(own)} − lower quartile", draws, at_most(0))]


@lottery_claim(
    "L65",
    'the broad concept class is low ("0.87")',
    "§5.3",
    "CON below the median tag",
    structure=True,
)
def l65(run: LotteryRun) -> list[Statistic]:
    return _below_median(run, "sem", "CON")


@lottery_claim(
    "L66",
    "similarity falls with ambiguity",
    "§5.3, end",
    "Spearman over judged tags (mean SEM tags per word type, CKA) < 0",
    structure=True,
)
def l66(run: LotteryRun) -> list[Statistic]:
    # ASSUME: over semantic tags, whose words' ambiguity is counted in such tags.
    values, ambiguity = run.categories("sem")
    known = {name: tags for name, tags in ambiguity.items() if np.isfinite(tags)}
    if len(known) < FEWEST:
        raise Lacks(f"ambiguity is known of {len(known)} tags")
    order = spearman_with(np.array(list(known.values())))
    draws = order(series([values[name] for name in known]))
    return [statistic("ρ(tags a word type, similarity)", draws, below(0))]
