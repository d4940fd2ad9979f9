"""The sister language: every sentence again, in other words and another order.

Word for word, from tree and lexicon alone: arguments and clauses precede their
head, so that the verb is final; adjectives, determiners, prepositions,
auxiliaries and conjunctions follow theirs, in mirror order. *She has sung in
the old house* becomes *she house old the in sung has*.
"""

from __future__ import annotations

from collections.abc import Sequence

# Relations whose dependents precede the head; all others follow it.
BEFORE = {
    "nsubj", "nsubj:pass", "obj", "iobj", "obl", "obl:agent", "nmod", "nmod:poss",
    "acl", "acl:relcl", "advcl", "ccomp", "xcomp", "expl", "compound", "cc:preconj",
    "discourse",
}  # fmt: skip


def sister_order(heads: Sequence[int], relations: Sequence[str]) -> list[int]:
    """Positions (from 0) in the order of the sister language.

    Args:
        heads: Head of each word, from 1; 0 for the root.
        relations: Relation of each word to its head.

    Returns:
        A permutation of 0 … n − 1; phrases stay contiguous.

    >>> sister_order([2, 3, 0, 3], ["det", "nsubj", "root", "obj"])
    [1, 0, 3, 2]
    """
    before: list[list[int]] = [[] for _ in range(len(heads) + 1)]
    after: list[list[int]] = [[] for _ in range(len(heads) + 1)]
    late: list[list[int]] = [[] for _ in range(len(heads) + 1)]
    for i, head in enumerate(heads, 1):
        if relations[i - 1] in BEFORE:
            # Those from the right of the head come next to it, last one first.
            (before if i < head else late)[head].append(i)
        elif i < head:
            after[head].insert(0, i)
        else:
            after[head].append(i)
    order: list[int] = []

    def visit(i: int) -> None:
        for j in before[i]:
            visit(j)
        for j in reversed(late[i]):
            visit(j)
        if i:
            order.append(i - 1)
        for j in after[i]:
            visit(j)

    visit(0)
    return order


def translate(words: Sequence[str], order: Sequence[int]) -> dict[str, str]:
    """Comments that hold a translation and its alignment.

    Args:
        words: Translation of each word, in the original order.
        order: Original position of each translated word, from `sister_order`.

    Returns:
        `text_sister`, blank-separated, capitalised like a sentence, and
        `alignment`: pairs original-sister of positions from 0.

    >>> translate(["zu", "mal"], [1, 0])
    {'text_sister': 'Mal zu', 'alignment': '0-1 1-0'}
    """
    text = " ".join([words[i] for i in order])
    target = [0] * len(order)
    for j, i in enumerate(order):
        target[i] = j
    return {
        "text_sister": text[0].upper() + text[1:],
        "alignment": " ".join([f"{i}-{j}" for i, j in enumerate(target)]),
    }
