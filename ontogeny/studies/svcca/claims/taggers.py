"""SVCCA claims about taggers and diagnostic classifiers: V10–V12, V19–V22, V30.

Only V12 needs structure. Input taggers beat target taggers (V11) wherever a
word has its usual tag, as on the control language. The others compare networks
that read the same words: they may grow alike, or apart, over word frequencies
alone, and shuffled taggers with them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ontogeny.claims.intervals import Statistic, extreme, statistic
from ontogeny.claims.regions import above, at_least, below, within
from ontogeny.claims.verdicts import Lacks, verdict
from ontogeny.measures.places import PLACES
from ontogeny.studies.svcca.claims.names import (
    DIRECTIONS,
    RECURRENT,
    svcca_claim,
    tagger,
)
from ontogeny.studies.svcca.claims.run import SvccaRun
from ontogeny.studies.svcca.names import LEARNED_POINTS, TAGSETS

POINTS = 100
GROWTH = 0.02
STEADIER = below(0.5)


@svcca_claim(
    "V10",
    "diagnostic classifiers are steadier than SVCCA",
    "§4, figs. 6–9",
    "ratio of range/mean < 0.5 (until 2026-11-28 of all tag sets)",
)
def v10(run: SvccaRun) -> list[Statistic]:
    # ASSUME: range/mean over epochs 1 to E of every tagset, site and direction;
    # the mean over these of the classifiers' accuracy over that of the taggers'
    # similarity. One ratio of means, for a single flat curve of similarity would
    # decide a mean of ratios. Classifiers that learned nothing at any site are
    # steady whatever is similar: they are left out, and their taggers with them.
    run.trained(at_least=2)
    gaps = {(t, d): run.diagnostic_gap(t, d) for t in run.tagsets() for d in DIRECTIONS}
    dull = [
        f"{TAGSETS[t]}, {d} ({gap:.1f} points)"
        for (t, d), gap in gaps.items()
        if not gap > LEARNED_POINTS
    ]
    cells = [
        (t, s, d)
        for (t, d), gap in gaps.items()
        for s in PLACES
        if gap > LEARNED_POINTS
    ]
    if not cells:
        raise Lacks(
            "needs diagnostic classifiers that learned their labels; all are within "
            f"{LEARNED_POINTS} points of their shuffled twins"
        )
    accuracy, similarity, ratio = _unrests(run, cells)
    note = (
        f"range/mean {accuracy[0]:.3f} (accuracy), {similarity[0]:.3f} (SVCCA), "
        f"over {len(cells)} curves each"
    )
    if dull:
        note += (
            f"; left out, within {LEARNED_POINTS} points of their shuffled twins: "
            f"{'; '.join(dull)}"
        )
        every = [(t, s, d) for t, d in gaps for s in PLACES]
        old = statistic("", _unrests(run, every)[2], STEADIER)
        if not old.undefined():
            found = verdict([STEADIER.state(*old.interval())])
            note += f"; with them, as until 2026-11-28, {old.estimate:.3f}: {found}"
    part = "range/mean: diagnostic accuracy / SVCCA"
    return [statistic(part, ratio, STEADIER, note)]


def _unrests(
    run: SvccaRun, cells: Sequence[tuple[str, str, str]]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean range/mean of accuracies and of similarities, and their ratio, as draws."""
    accuracy = np.mean([_unrest(run, run.diagnostic(*cell)) for cell in cells], axis=0)
    similarity = np.mean(
        [_unrest(run, run.curve(tagger(*cell))) for cell in cells], axis=0
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        return accuracy, similarity, accuracy / similarity


def _unrest(run: SvccaRun, curve: np.ndarray) -> np.ndarray:
    """Range over mean of a curve over epochs 1 to E.

    # ASSUME: the range is between the epochs that are highest and lowest on the
    # sample itself; that of each resample's own extremes is biased outwards.
    """
    trained = curve[:, run.trained()]
    high, low = trained[0].argmax(), trained[0].argmin()
    with np.errstate(invalid="ignore", divide="ignore"):
        return (trained[:, high] - trained[:, low]) / trained.mean(axis=1)


ONE_SET = "one set of tag models: the same for every seed"


@svcca_claim(
    "V11",
    "input taggers beat target taggers, topic about equal",
    "§3.1, table 2",
    "accuracy difference ≥ 0; topic within 3 points",
)
def v11(run: SvccaRun) -> list[Statistic]:
    found = []
    for tagset in run.tagsets("topic"):
        true, other = (run.accuracy(tagset, way) for way in ("input", "target"))
        region = within(3) if tagset == "topic" else at_least(0)
        part = f"accuracy, points, {TAGSETS[tagset]}: input − target"
        found.append(statistic(part, POINTS * (true - other), region, ONE_SET))
    return found


@svcca_claim(
    "V12",
    "shuffled is far below",
    "§3.1, table 2",
    "accuracy(t + 1) − shuffled > 10 points, each tagset",
    structure=True,
)
def v12(run: SvccaRun) -> list[Statistic]:
    # ASSUME: shuffled target taggers; the paper does not say of which direction.
    found = []
    for tagset in run.tagsets():
        true = run.accuracy(tagset, "target")
        gap = POINTS * (true - run.accuracy(tagset, "target", shuffled=True))
        part = f"accuracy, points, {TAGSETS[tagset]}: target − shuffled"
        found.append(statistic(part, gap, above(10), ONE_SET))
    return found


@svcca_claim(
    "V19",
    "recurrent layers grow more like a tagger's",
    "abstract; §4.1, fig. 8",
    "S(E) − min S > 0.02",
)
def v19(run: SvccaRun) -> list[Statistic]:
    # ASSUME: S is the mean over true target taggers; the minimum is over epochs
    # 1 to E.
    rows, last = run.trained(at_least=2), run.row(run.last())
    found = []
    for site in RECURRENT:
        curve = run.mean(tagger(tagset, site) for tagset in run.tagsets())
        part = f"mean similarity of {PLACES[site]} to target taggers: E − lowest"
        each = [
            statistic(f"{run.epochs[r]}", curve[:, last] - curve[:, r], above(GROWTH))
            for r in rows
            if r != last  # E less itself would be exactly 0, and sure
        ]
        note = f"lowest at epoch {run.epochs[rows[curve[0, rows].argmin()]]}"
        found.append(extreme(part, max, each, above(GROWTH), note))
    return found


@svcca_claim(
    "V20",
    "h¹ first declines, every task",
    "§4.1, fig. 8",
    "min(early) − e₁ < 0",
)
def v20(run: SvccaRun) -> list[Statistic]:
    if len(early := run.early()) < 2:
        raise Lacks("needs two early epochs, and the first 20 % are one")
    found = []
    for tagset in run.tagsets():
        curve = run.curve(tagger(tagset, "h1"))
        each = [
            statistic(f"{run.epochs[r]}", curve[:, r] - curve[:, early[0]], below(0))
            for r in early[1:]
        ]
        part = f"similarity of h¹, {TAGSETS[tagset]}: lowest early − e₁"
        found.append(extreme(part, min, each, below(0)))
    return found


@svcca_claim(
    "V21",
    "embedding similarity declines late",
    "abstract; §4.1, fig. 8",
    "S(E) − max S < 0, peak early",
)
def v21(run: SvccaRun) -> list[Statistic]:
    # ASSUME: S is the mean over true target taggers, epochs 1 to E; the peak is
    # early where the best early epoch is above every later one.
    trained, last = run.trained(at_least=2), run.row(run.last())
    curve = run.mean(tagger(tagset, "embedding") for tagset in run.tagsets())
    early = run.early()
    peak = early[curve[0, early].argmax()]
    decline = [statistic("", curve[:, last] - curve[:, r], below(0)) for r in trained]
    later = [r for r in trained if r not in early]
    lead = [statistic("", curve[:, peak] - curve[:, r], above(0)) for r in later]
    highest = run.epochs[trained[curve[0, trained].argmax()]]
    mean = "mean similarity of hᵉ to target taggers"
    return [
        extreme(f"{mean}: E − highest", min, decline, below(0)),
        extreme(
            f"{mean}: highest early − highest later",
            min,
            lead,
            above(0),
            f"highest at epoch {highest}",
        ),
    ]


@svcca_claim(
    "V22",
    "embeddings are more alike across tasks than recurrent layers",
    "§4.1, fig. 8",
    "difference > 0, each task",
)
def v22(run: SvccaRun) -> list[Statistic]:
    # ASSUME: the similarity to the language model stands for that across tasks;
    # means over epochs 1 to E, against the more similar recurrent layer.
    found = []
    for tagset in run.tagsets():
        embedding = run.average(tagger(tagset, "embedding"))
        each = [
            statistic(site, embedding - run.average(tagger(tagset, site)), above(0))
            for site in RECURRENT
        ]
        part = f"similarity to the tagger of {TAGSETS[tagset]}: hᵉ − higher of h¹, h²"
        found.append(extreme(part, min, each, above(0)))
    return found


@svcca_claim(
    "V30",
    "shuffled taggers are already similar",
    "§4.1, fig. 8",
    "shuffled / true > 0.5",
)
def v30(run: SvccaRun) -> list[Statistic]:
    # ASSUME: at every site, of target taggers, means over tagsets and epochs 1 to E.
    found = []
    for site, name in PLACES.items():
        true, shuffled = (
            np.mean(
                [run.average(tagger(t, site, shuffled=lot)) for t in run.tagsets()],
                axis=0,
            )
            for lot in (False, True)
        )
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = shuffled / true
        found.append(statistic(f"{name}: shuffled / true", ratio, above(0.5)))
    return found
