"""BLEU from the sums of sentences, so that resampling sentences costs sums alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ontogeny.errors import InputError

ORDERS = 4
"""Lengths of n-grams, from 1."""


def bleu_statistics(
    hypotheses: Sequence[str], references: Sequence[str], *, tokenize: str = "none"
) -> np.ndarray:
    """What BLEU must know of each sentence.

    Args:
        hypotheses: Translations, words between blanks or detokenised. An empty one
            counts as that, no word where the reference has some.
        references: One to each.
        tokenize: "none": words stand between blanks already; "13a" for detokenised
            text. Either way letters are compared as they are cased.

    Returns:
        int64, shape (sentences, 10): words of the hypothesis, words of the reference,
        n-grams of the hypothesis that are in the reference for n = 1…4 (none more
        often than there), n-grams of the hypothesis for n = 1…4.

    Raises:
        InputError: If there is no hypothesis, or another number of references.

    Source: Papineni et al. (2002), §2.1 to 2.2, by sacrebleu.

    >>> bleu_statistics(["the the cat"], ["the cat sat"]).tolist()
    [[3, 3, 2, 1, 0, 0, 3, 2, 1, 0]]
    """
    from sacrebleu.metrics import BLEU

    _check(hypotheses, references)
    # Of the effective order the counts know nothing; without it each sentence warns.
    metric = BLEU(tokenize=tokenize, effective_order=True)
    found = (
        metric.sentence_score(hypothesis, [reference])
        for hypothesis, reference in zip(hypotheses, references, strict=True)
    )
    rows = [[one.sys_len, one.ref_len, *one.counts, *one.totals] for one in found]
    return np.array(rows, dtype=np.int64)


def bleu(sums: np.ndarray) -> np.ndarray:
    """BLEU of texts, from the sums of their sentences' statistics.

    BLEU = 100 · min(1, exp(1 − r/h)) · (p₁ p₂ p₃ p₄)^¼ for h words of the hypotheses, r
    of the references, and the shares pₙ of n-grams that are in the reference; the
    i-th pₙ that would be 0 is 2⁻ⁱ / (n-grams) instead.

    Args:
        sums: Of `bleu_statistics` over sentences, shape (..., 10): for a text
            `statistics.sum(axis=0)`, for bootstrap resamples `weights @ statistics`.

    Returns:
        In [0, 100], shape (...).

    Raises:
        ValueError: If a sum is no whole number, as a mean is not.

    Source: Papineni et al. (2002), §2.3, smoothed as in Chen & Cherry (2014), method
    3: what `sacrebleu.corpus_bleu` gives by default.

    >>> statistics = bleu_statistics(["a b c d e", "a"], ["a b c d f", "b"])
    >>> bleu(statistics.sum(axis=0)).round(1).tolist()
    63.9
    """
    from sacrebleu.metrics import BLEU

    given = np.asarray(sums)
    sums = given.astype(np.int64)  # of weights, they come as floats
    if not (sums == given).all():
        raise ValueError("BLEU is of sums over sentences, which are whole numbers")
    scores = [
        BLEU.compute_bleu(
            correct=row[2 : 2 + ORDERS],
            total=row[2 + ORDERS :],
            sys_len=row[0],
            ref_len=row[1],
            smooth_method="exp",
        ).score
        for row in sums.reshape(-1, 2 + 2 * ORDERS).tolist()
    ]
    return np.array(scores).reshape(sums.shape[:-1])


def bleu_signature(tokenize: str = "none") -> str:
    """How BLEU was computed, in sacrebleu's form, to stand with the scores.

    >>> bleu_signature().partition("|version:")[0]
    'nrefs:1|case:mixed|eff:no|tok:none|smooth:exp'
    """
    from sacrebleu.metrics import BLEU

    return str(BLEU(tokenize=tokenize, references=[[""]]).get_signature())


def chrf(hypotheses: Sequence[str], references: Sequence[str]) -> float:
    """chrF of a text: F₂ of the n-grams of its characters, n = 1…6, blanks left out.

    Args:
        hypotheses: Translations.
        references: One to each.

    Returns:
        In [0, 100].

    Raises:
        InputError: If there is no hypothesis, or another number of references.

    Source: Popović (2015), by sacrebleu.

    >>> chrf(["a cat"], ["a cat"])
    100.0
    """
    from sacrebleu.metrics import CHRF

    _check(hypotheses, references)
    return CHRF().corpus_score(hypotheses, [references]).score


def _check(hypotheses: Sequence[str], references: Sequence[str]) -> None:
    if not len(hypotheses):
        raise InputError("There is no translation to score: translate a sentence.")
    if len(hypotheses) != len(references):
        raise InputError(
            f"There are {len(hypotheses)} translations and {len(references)} "
            "references: each needs its own."
        )
