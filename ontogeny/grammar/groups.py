"""Verb groups: auxiliaries, negation and the form of the verb after them.

A group is fixed by the subject's agreement class: m, f, n (third person
singular, by gender), p (plural), 1s, 1p, 2.
"""

from __future__ import annotations

from typing import NamedTuple

from ontogeny.grammar.closed import NOT, closed, closed_forms
from ontogeny.grammar.sampling import Table, parse_weights
from ontogeny.grammar.words import Entry

THIRD_SINGULAR = ("m", "f", "n")
AGREEMENTS = (*THIRD_SINGULAR, "p", "1s", "1p", "2")
MODALS = "will:9 would:8 can:8 could:6 may:4 might:3 must:3 should:3 shall:.8"


class Group(NamedTuple):
    """What precedes the verb, each with its relation, and the verb's form."""

    auxiliaries: tuple[tuple[Entry, str], ...]
    form: str


def present(agreement: str) -> str:
    """Tag of the finite present form: VBZ after a third person singular.

    >>> present("f"), present("p")
    ('VBZ', 'VBP')
    """
    return "VBZ" if agreement in THIRD_SINGULAR else "VBP"


def _finite(lemma: str, agreement: str, past: bool) -> Entry:
    third = agreement in THIRD_SINGULAR
    sem = {"be": "copula", "have": "aspect", "do": "tense"}[lemma]
    if past:
        be = "was" if third or agreement == "1s" else "were"
        word = {"be": be, "have": "had", "do": "did"}[lemma]
        return closed(word, "AUX", "VBD", sem)
    be = "is" if third else "am" if agreement == "1s" else "are"
    forms = {"be": be, "have": "has" if third else "have"}
    forms["do"] = "does" if third else "do"
    return closed(forms[lemma], "AUX", present(agreement), sem)


def _modal_groups(weight: float) -> list[tuple[tuple[Entry, ...], float]]:
    modals = parse_weights(MODALS)
    total = sum(modals.values())
    return [
        ((closed(word, "AUX", "MD", "modality"),), weight * share / total)
        for word, share in modals.items()
    ]


def _groups(agreement: str) -> list[tuple[tuple[Entry, ...], str, float]]:
    """Auxiliaries, form of the verb, weight."""
    have, had = (_finite("have", agreement, past) for past in (False, True))
    be, was = (_finite("be", agreement, past) for past in (False, True))
    do, did = (_finite("do", agreement, past) for past in (False, True))
    not_short = closed("n't", "PART", "RB", "negation")
    been = closed("been", "AUX", "VBN", "copula")
    have_base = closed("have", "AUX", "VB", "aspect")
    rows: list[tuple[tuple[Entry, ...], str, float]] = [
        ((), present(agreement), 30),
        ((), "VBD", 34),
        ((have,), "VBN", 6),
        ((had,), "VBN", 4),
        ((be,), "VBG", 7),
        ((was,), "VBG", 6),
        ((have, been), "VBG", 1),
        ((do, NOT), "VB", 2),
        ((did, NOT), "VB", 2),
        ((do, not_short), "VB", 1),
        ((did, not_short), "VB", 1),
    ]
    rows += [(modal, "VB", weight) for modal, weight in _modal_groups(10)]
    rows += [((*modal, NOT), "VB", weight) for modal, weight in _modal_groups(1.5)]
    rows += [
        ((*modal, have_base), "VBN", weight) for modal, weight in _modal_groups(0.8)
    ]
    return rows


def _relations(words: tuple[Entry, ...], last: str) -> tuple[tuple[Entry, str], ...]:
    """Relations of auxiliaries; the last one's is `last` (aux, aux:pass, cop)."""
    named = [(w, "advmod" if w.upos == "PART" else "aux") for w in words]
    if last != "aux":
        named[-1] = (words[-1], last)
    return tuple(named)


def _be_groups(agreement: str, last: str) -> Table[Group]:
    """Groups that end in a form of *be*: passive (aux:pass) or copular (cop)."""
    sem = "voice" if last == "aux:pass" else "copula"
    plain = {
        "VB": "be",
        "VBN": "been",
        "VBG": "being" if last == "aux:pass" else "",
        "VBD": _finite("be", agreement, past=True).word,
        present(agreement): _finite("be", agreement, past=False).word,
    }
    groups, weights = [], []
    for words, form, weight in _groups(agreement):
        if plain[form]:
            be = closed(plain[form], "AUX", form, sem)
            groups.append(Group(_relations((*words, be), last), "VBN"))
            weights.append(weight)
    return Table.of(groups, weights)


def _active(agreement: str, auxiliary_needed: bool = False) -> Table[Group]:
    rows = [row for row in _groups(agreement) if row[0] or not auxiliary_needed]
    groups = [Group(_relations(words, "aux"), form) for words, form, _ in rows]
    return Table.of(groups, [weight for *_, weight in rows])


ACTIVE = {agreement: _active(agreement) for agreement in AGREEMENTS}
INVERTED = {agreement: _active(agreement, True) for agreement in AGREEMENTS}
PASSIVE = {agreement: _be_groups(agreement, "aux:pass") for agreement in AGREEMENTS}
COPULAR = {agreement: _be_groups(agreement, "cop") for agreement in AGREEMENTS}


def function_words() -> set[str]:
    """Forms of all function words; here, because this module defines the last.

    >>> {"the", "been", "whereas"} <= function_words()
    True
    """
    return closed_forms()
