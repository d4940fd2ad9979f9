"""Closed classes: English function words, with their tags, senses and weights.

Their forms are plain English so that a sentence can be read; their weights span
three orders of magnitude, so that rare function words and frequent content
words overlap in frequency. Several forms belong to two classes (*that*, *to*,
*both*, *before*): such words are one string with several tags.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from ontogeny.grammar.forms import SISTER_SOUNDS
from ontogeny.grammar.sampling import Table, parse_weights
from ontogeny.grammar.semantics import PREPOSITIONS
from ontogeny.grammar.words import Entry, annotation

SISTER_SEED = 7


# Translation of each (word, class), in order of definition.
_TRANSLATIONS: dict[tuple[str, str], str] = {}


@cache
def _particle_pool() -> tuple[str, ...]:
    """Every one-syllable sister word, shuffled: closed words are short there too."""
    sounds = SISTER_SOUNDS
    pool = [
        onset + nucleus + coda
        for onset in sounds.onsets
        for nucleus in sounds.nuclei
        for coda in sounds.codas
    ]
    return tuple(np.random.default_rng(SISTER_SEED).permutation(pool).tolist())


@cache
def closed(word: str, upos: str, xpos: str, sem: str) -> Entry:
    """Entry of a function word; one translation per word and class.

    Translations are given in order of definition, so every function word must
    be defined when this module or `groups` is imported, not later.

    >>> closed("the", "DET", "DT", "definite") is THE
    True
    """
    if (word, upos) not in _TRANSLATIONS:
        _TRANSLATIONS[word, upos] = _particle_pool()[len(_TRANSLATIONS)]
    return Entry(word, upos, xpos, annotation(sem), _TRANSLATIONS[word, upos])


def closed_forms() -> set[str]:
    """Forms of all function words defined so far."""
    return {word for word, _ in _TRANSLATIONS}


def _table(upos: str, xpos: str, sem: str, words: str) -> Table[Entry]:
    weights = parse_weights(words)
    entries = [closed(word, upos, xpos, sem) for word in weights]
    return Table.of(entries, list(weights.values()))


def _mixture(*parts: tuple[float, Table[Entry]]) -> Table[Entry]:
    """One table from several, each with its share."""
    entries = [entry for _, table in parts for entry in table.items]
    weights = [
        share * float(weight)
        for share, table in parts
        for weight in np.diff(table.cumulative, prepend=0.0)
    ]
    return Table.of(entries, weights)


THE = closed("the", "DET", "DT", "definite")
A = closed("a", "DET", "DT", "indefinite")
AN = closed("an", "DET", "DT", "indefinite")
TO = closed("to", "PART", "TO", "infinitive")
TO_CASE = closed("to", "ADP", "IN", "role")
BY = closed("by", "ADP", "IN", "role")
OF = closed("of", "ADP", "IN", "argument")
THAN = closed("than", "ADP", "IN", "comparison")
POSSESSIVE = closed("'s", "PART", "POS", "possession")
NOT = closed("not", "PART", "RB", "negation")
IF = closed("if", "SCONJ", "IN", "condition")
THERE = closed("there", "PRON", "EX", "existential")
WHOSE = closed("whose", "PRON", "WP$", "relative")
AND = closed("and", "CCONJ", "CC", "conjunction")
OR = closed("or", "CCONJ", "CC", "disjunction")
NOR = closed("nor", "CCONJ", "CC", "disjunction")
COMMA = Entry(",", "PUNCT", ",", annotation("comma"), ",")
# Opening word of a pair -> closing word.
PAIRS = Table.of(
    [
        (closed("both", "CCONJ", "CC", "pairing"), AND),
        (closed("either", "CCONJ", "CC", "pairing"), OR),
        (closed("neither", "CCONJ", "CC", "pairing"), NOR),
    ],
    [4, 3, 2],
)

_POSSESSIVES = _table(
    "PRON", "PRP$", "possession", "his:6 her:5 their:5 its:4 my:2 our:1.5 your:1"
)
DETERMINERS = {
    False: _mixture(
        (0.84, Table.of([THE, A], [60, 30])),
        (0.06, _table("DET", "DT", "demonstrative", "this:6 that:2.4")),
        (
            0.1,
            _table(
                "DET",
                "DT",
                "quantity",
                "every:3 each:1.6 another:1.4 no:1.6 any:1 some:.8 either:.2 "
                "neither:.2",
            ),
        ),
        (0.13, _POSSESSIVES),
    ),
    True: _mixture(
        (0.5, Table.of([THE], [1])),
        (0.1, _table("DET", "DT", "demonstrative", "these:5 those:3")),
        (0.2, _table("DET", "DT", "quantity", "some:6 all:3 no:1 any:.7 both:.3")),
        (
            0.12,
            _table("DET", "PDT", "quantity", "many:4 several:3 most:2 few:1.6 such:.7"),
        ),
        (0.13, _POSSESSIVES),
    ),
}
INDEFINITES = _table(
    "PRON",
    "NN",
    "quantity",
    "someone:3 everyone:3 nobody:2 anyone:1.2 everybody:.9 somebody:.9 anybody:.5",
)
THINGS = _mixture(
    (
        0.6,
        _table(
            "PRON", "NN", "quantity", "something:3 everything:2 nothing:2 anything:1"
        ),
    ),
    (0.4, _table("PRON", "DT", "demonstrative", "this:2 that:1")),
)
PLURAL_THINGS = _mixture(
    (0.5, _table("PRON", "DT", "demonstrative", "these:2 those:1.5")),
    (0.5, _table("PRON", "NNS", "quantity", "others:3 some:1")),
)
# Person, gender and number -> subject, object and reflexive pronoun.
PRONOUNS = {
    agreement: tuple(
        closed(word, "PRON", "PRP", sem)
        for word, sem in zip(
            row.split(), ("pronoun", "pronoun", "reflexive"), strict=True
        )
    )
    for agreement, row in {
        "m": "he him himself",
        "f": "she her herself",
        "n": "it it itself",
        "p": "they them themselves",
        "1s": "I me myself",
        "1p": "we us ourselves",
        "2": "you you yourself",
    }.items()
}
SUBORDINATORS = _table(
    "SCONJ",
    "IN",
    "subordination",
    "when:9 because:7 while:6 as:5 although:4 after:3 before:3 since:2 until:2 "
    "though:2 unless:1.4 once:1.2 whereas:1 where:1.4 whenever:.8 lest:.6 wherever:.6",
)
COMPLEMENTIZERS = _table("SCONJ", "IN", "complement", "that:9 whether:2 if:.6")
COORDINATORS = Table.of(
    [
        AND,
        closed("but", "CCONJ", "CC", "contrast"),
        OR,
        closed("yet", "CCONJ", "CC", "contrast"),
        closed("so", "CCONJ", "CC", "conjunction"),
        closed("plus", "CCONJ", "CC", "conjunction"),
    ],
    [20, 9, 3, 2, 2, 0.5],
)
# Whether the antecedent is a person -> as subject, as object.
RELATIVE = {
    True: (
        _mixture(
            (4, _table("PRON", "WP", "relative", "who")),
            (1, _table("PRON", "WDT", "relative", "that")),
        ),
        _mixture(
            (2, _table("PRON", "WP", "relative", "whom")),
            (1, _table("PRON", "WDT", "relative", "that")),
        ),
    ),
    False: (_table("PRON", "WDT", "relative", "that:2 which:1"),) * 2,
}
# Prepositions and sentence adverbs share some forms with closed classes.
PARTICLES = _table("ADV", "RP", "where", "over:3 around:2 inside:2 along:1.4 past:1")
LINKERS = _table("ADV", "RB", "stance", "then:3 yet:1 so:1.4 though:.6")
THEN = closed("then", "ADV", "RB", "condition")
NUMERALS = _table(
    "NUM",
    "CD",
    "number",
    "two:12 three:8 four:5 five:4 six:3 seven:2.4 eight:2 nine:1.6 ten:2.4 eleven:.9 "
    "twelve:1.6 twenty:1.5 thirty:1.1 forty:.8 hundred:1.4 thousand:1",
)


def _prepositions(sense: str, words: str) -> Table[Entry]:
    return _table("ADP", "IN", sense, words)


CASES = {
    noun_class: _prepositions(*row.split(maxsplit=1))
    for noun_class, row in PREPOSITIONS.items()
}
