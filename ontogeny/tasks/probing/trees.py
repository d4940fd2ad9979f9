"""What follows from a dependency tree: pairs, conjuncts, heads of spans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ontogeny.tasks.probing.task import NONE

ARC = "arc"
"""Label of a pair of words between which there is an arc."""


def with_others(
    heads: Mapping[int, Sequence[int]], words: int, draws: np.random.Generator
) -> Iterator[tuple[int, int, str]]:
    """Each arc, and for each another word that is no head of the same child.

    Args:
        heads: By child, its heads.
        words: Of the sentence.
        draws: What the others are drawn with, none twice for a child. A child whose
            sentence has too few has fewer.

    Yields:
        Child, head or other word, `ARC` or `NONE`.

    Source: Liu et al. (2019), §3.2: a negative a positive, the head replaced.

    >>> list(with_others({0: [1]}, 3, np.random.default_rng(0)))
    [(0, 1, 'arc'), (0, 2, 'none')]
    """
    for child, its in heads.items():
        others = [word for word in range(words) if word != child and word not in its]
        for head in its:
            yield child, head, ARC
        if len(its) == 1 and others:  # by far the most, and the fast way
            yield child, others[draws.integers(len(others))], NONE
        else:
            for at in draws.permutation(len(others))[: len(its)]:
                yield child, others[at], NONE


def path_up(word: int, heads: Sequence[int]) -> Iterator[int]:
    """A word and the words above it, from 0; heads are counted from 1, the root's is 0.

    >>> list(path_up(0, [2, 3, 0]))
    [0, 1, 2]
    """
    for _ in heads:  # no longer, though heads may run in a circle
        yield word
        word = heads[word] - 1
        if word < 0:
            return


def head_of_span(first: int, last: int, heads: Sequence[int]) -> int:
    """The word of a span whose head is outside; of several the highest, then leftmost.

    Args:
        first: First word, from 0.
        last: Last word, within the span.
        heads: Of all words, from 1; 0 for the root.

    >>> head_of_span(0, 1, [2, 3, 0])
    1
    """
    outside = [
        word for word in range(first, last + 1) if not first <= heads[word] - 1 <= last
    ]
    if len(outside) < 2:
        return outside[0] if outside else first
    return min(outside, key=lambda word: sum(1 for _ in path_up(word, heads)))


def conjuncts(heads: Sequence[int], relations: Sequence[str]) -> list[str]:
    """Subtrees of `conj`, the outermost, in IOB1: B only where two of them touch.

    ASSUME: what depends on a conjunct (its conjunction, its comma) belongs to it, and
    a subtree with a gap is several spans.

    >>> conjuncts([0, 3, 1, 5, 1], ["root", "cc", "conj", "cc", "conj"])
    ['O', 'I-CONJ', 'I-CONJ', 'B-CONJ', 'I-CONJ']
    """
    owners = []
    for word in range(len(heads)):
        above = [
            at for at in path_up(word, heads) if relations[at].split(":")[0] == "conj"
        ]
        owners.append(above[-1] if above else None)
    return [
        "O" if own is None else "B-CONJ" if before not in (None, own) else "I-CONJ"
        for before, own in zip([None, *owners], owners, strict=False)
    ]
