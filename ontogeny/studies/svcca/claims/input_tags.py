"""SVCCA claims about input taggers, other domains and cost: V24–V29, V31.

Of these V26 alone needs structure: that fine parts of speech are the most
captured may not follow from the number of labels, which the control language
has as well. There a word's own tag can be learned and the next word's cannot,
so input and target taggers differ by right (V24, V25); curves of the same
language model are alike and a tagger's own text is still its own (V27–V29).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from ontogeny.claims.intervals import Statistic, statistic
from ontogeny.claims.regions import above, at_least
from ontogeny.claims.verdicts import Lacks
from ontogeny.measures.places import PLACES
from ontogeny.studies.svcca.claims.names import (
    DIRECTIONS,
    LEARNED,
    Pair,
    at_own_size,
    on_own_domain,
    svcca_claim,
    tagger,
)
from ontogeny.studies.svcca.claims.order import ahead, late_mean
from ontogeny.studies.svcca.claims.run import SvccaRun
from ontogeny.studies.svcca.names import OWN_DOMAIN

ALIKE = 0.8


@svcca_claim(
    "V24",
    "with input taggers UPOS similarity drops everywhere",
    "§4.2, figs. 8, 9",
    "target − input > 0 in all panels",
)
def v24(run: SvccaRun) -> list[Statistic]:
    # ASSUME: means over epochs 1 to E.
    run.tagsets("upos")
    return [
        statistic(f"UPOS, {name}: target − input", -_gain(run, "upos", site), above(0))
        for site, name in PLACES.items()
    ]


def _gain(run: SvccaRun, tagset: str, site: str) -> np.ndarray:
    """Mean similarity to the input tagger minus to the target tagger."""
    target, given = (run.average(tagger(tagset, site, way)) for way in DIRECTIONS)
    return given - target


@svcca_claim(
    "V25",
    "… and the GMB taggers' often rises slightly",
    "§4.2, figs. 8, 9",
    "input − target > 0 in more than half the cells",
)
def v25(run: SvccaRun) -> list[Statistic]:
    # ASSUME: means over epochs 1 to E; a cell is a tagset (XPOS, both SEM) and a
    # panel. "Slightly" is not asked, the mean is told.
    run.tagsets(*OWN_DOMAIN)
    gains = np.stack([_gain(run, t, s) for t in OWN_DOMAIN for s in PLACES], axis=1)
    share = np.where(np.isfinite(gains).all(axis=1), (gains > 0).mean(axis=1), np.nan)
    note = f"mean input − target {gains[0].mean():+.3f}"
    part = f"share of {gains.shape[1]} cells: input above target"
    return [statistic(part, share, above(0.5), note)]


@svcca_claim(
    "V26",
    "with input taggers PTB POS is highest",
    "§4.2, fig. 9",
    f"highest at recurrent layers{LEARNED}",
    structure=True,
)
def v26(run: SvccaRun) -> list[Statistic]:
    # ASSUME: of late means, as V13.
    run.require_learned("input", "xpos")
    return ahead(run, "xpos", "input", lambda p: late_mean(run, p), "late mean")


def _correlations(run: SvccaRun, pairs: Sequence[tuple[Pair, Pair]]) -> np.ndarray:
    """Mean over pairs of curves of Pearson's r over epochs 1 to E."""
    rows = run.trained(at_least=3)
    return np.mean(
        [pearson(run.curve(a)[:, rows], run.curve(b)[:, rows]) for a, b in pairs],
        axis=0,
    )


def pearson(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Pearson's r over epochs of two curves, in each draw.

    Args:
        a: Shape (draws, epochs).
        b: Likewise.

    Returns:
        Shape (draws,); NaN where either is constant or unknown at any epoch.

    >>> up = np.array([[1.0, 2.0, 3.0], [1.0, 1.0, 1.0]])
    >>> pearson(up, 5 - 2 * up).round(12)
    array([-1., nan])
    """
    a, b = (x - x.mean(axis=1, keepdims=True) for x in (a, b))
    spread = np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
    # Less is only rounding: similarities are of the order of one.
    return (a * b).sum(axis=1) / np.where(spread > 1e-20, spread, np.nan)


@svcca_claim(
    "V27",
    "input and target curves are alike",
    "§4.2, figs. 8, 9",
    "r > 0.8",
)
def v27(run: SvccaRun) -> list[Statistic]:
    # ASSUME: at every site the mean r over tagsets.
    found = []
    for site, name in PLACES.items():
        pairs = [
            (tagger(tagset, site, "target"), tagger(tagset, site, "input"))
            for tagset in run.tagsets()
        ]
        part = f"mean r over epochs, {name}: target and input"
        found.append(statistic(part, _correlations(run, pairs), above(ALIKE)))
    return found


def _elsewhere(run: SvccaRun) -> list[Pair]:
    """Pairs on the common corpus whose taggers have a domain of their own."""
    present = [name for name in run.tagsets() if name in OWN_DOMAIN]
    if not present:
        raise Lacks("no tagger has a domain of its own")
    return [
        tagger(t, site, way) for t in present for site in PLACES for way in DIRECTIONS
    ]


@svcca_claim(
    "V28",
    "own-domain similarity is higher",
    "app. A, figs. 10, 11",
    "mean difference > 0",
)
def v28(run: SvccaRun) -> list[Statistic]:
    # ASSUME: the mean over tagsets, sites, directions and epochs 1 to E, against
    # as many tokens of the common corpus: similarity rises where tokens are few,
    # so the whole common corpus would be a larger text with a lower score.
    pairs = _elsewhere(run)
    own, matched, whole = (
        np.mean([run.average(make(pair)) for pair in pairs], axis=0)
        for make in (on_own_domain, at_own_size, lambda pair: pair)
    )
    note = f"against the whole common corpus {own[0] - whole[0]:+.3f}"
    for name, gap in _unlearned_gaps(run, pairs).items():
        note += f"; {name} {gap:+.3f}"
    part = "mean similarity: own domain − common corpus at its size"
    return [statistic(part, own - matched, above(0), note)]


def _unlearned_gaps(run: SvccaRun, pairs: Sequence[Pair]) -> dict[str, float]:
    """The difference of V28 where nothing was learned: what the texts alone make.

    An own domain has fewer word types than as many tokens of the common corpus,
    and fewer types make any two embeddings more alike.
    """

    def gap(some: Sequence[Pair], rows: np.ndarray) -> float:
        own, matched = (
            np.mean([run.curve(make(pair))[0, rows].mean() for pair in some])
            for make in (on_own_domain, at_own_size)
        )
        return float(own - matched)

    gaps = {}
    if run.epochs[0] == 0:
        gaps["of the untrained language model"] = gap(pairs, np.array([0]))
    lots = [pair._replace(shuffled=True) for pair in pairs]
    gaps["to shuffled taggers"] = gap(lots, run.trained())
    return gaps


@svcca_claim(
    "V29",
    "… with similar shapes and order",
    "app. A, figs. 10, 11",
    "r > 0.8, order kept",
)
def v29(run: SvccaRun) -> list[Statistic]:
    # ASSUME: the mean r over tagsets, sites and directions; the order at E of each
    # two tagsets, site by site. Against as many tokens of the common corpus, for
    # the tagsets' own domains differ in size.
    run.tagsets(*OWN_DOMAIN)
    both = [(on_own_domain(pair), at_own_size(pair)) for pair in _elsewhere(run)]
    return [
        statistic(
            "mean r over epochs: own domain and common corpus",
            _correlations(run, both),
            above(ALIKE),
        ),
        _order_kept(run),
    ]


def _order_kept(run: SvccaRun) -> Statistic:
    kept = []
    for site in PLACES:
        for direction in DIRECTIONS:
            for names in combinations(OWN_DOMAIN, 2):
                one, other = (tagger(name, site, direction) for name in names)
                own = run.final(on_own_domain(one)) - run.final(on_own_domain(other))
                common = run.final(at_own_size(one)) - run.final(at_own_size(other))
                same = (np.sign(own) == np.sign(common)).astype(float)
                kept.append(np.where(np.isfinite(own + common), same, np.nan))
    share = np.mean(kept, axis=0)
    part = "share of pairs of tagsets in the same order at E"
    note = f"{np.sum([pair[0] for pair in kept]):.0f} of {len(kept)} pairs"
    return statistic(part, share, at_least(1), note)
