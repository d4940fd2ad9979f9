"""Which strings the open classes use, and which of them share a string.

As in English, most verbs lend their stem to a noun (*report*), participles serve
as adjectives, gerunds and adjectives as nouns, adjectives as adverbs, and some
names are nouns but for the capital. Words are paired at similar frequency
ranks, so that neither reading is a curiosity.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ontogeny.grammar.forms import MINI_SOUNDS, Coiner, irregular_past, syllable_counts
from ontogeny.grammar.groups import function_words
from ontogeny.grammar.semantics import (
    ADJECTIVE_CLASSES,
    ADVERB_SIZES,
    NAME_SIZES,
    NOUN_SIZES,
    VERB_SIZES,
)

# Lexemes at scale 1; their inflected forms make about DEFAULT_TYPES types.
DEFAULT_TYPES = 1600
ADJECTIVES = 205
INTERJECTIONS = 10
# Share of the most frequent verbs with an irregular past.
IRREGULAR = 0.15


@dataclass
class Stems:
    """Stems and forms by class, the most frequent first.

    Attributes:
        verbs: Stem and semantic class.
        nouns: Stems by semantic class.
        adjectives: Form and semantic class.
        gradable: Adjectives that have a comparative.
        adverbs, names: Forms by semantic class.
        interjections: Forms.
    """

    verbs: list[tuple[str, str]] = field(default_factory=list)
    nouns: dict[str, list[str]] = field(default_factory=dict)
    adjectives: list[tuple[str, str]] = field(default_factory=list)
    gradable: set[str] = field(default_factory=set)
    adverbs: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)
    interjections: list[str] = field(default_factory=list)

    @property
    def irregular(self) -> set[str]:
        """Verbs whose past is made by vowel change."""
        return {stem for stem, _ in self.verbs[: int(IRREGULAR * len(self.verbs))]}

    def participle(self, verb: str) -> str:
        """Past participle of a verb's stem."""
        irregular = verb in self.irregular
        return irregular_past(verb) + "en" if irregular else verb + "ed"


def draw_stems(rng: np.random.Generator, types: int) -> Stems:
    """Coin the stems of a language of about `types` types."""
    scale = types / DEFAULT_TYPES
    coiner = Coiner(rng, MINI_SOUNDS, function_words())
    stems = Stems()
    classes = _spread(VERB_SIZES, scale, rng)
    lengths = syllable_counts(len(classes))
    stems.verbs = [(coiner.coin(n), c) for n, c in zip(lengths, classes, strict=True)]
    _add_nouns(stems, coiner, scale, rng)
    _add_adjectives(stems, coiner, scale, rng)
    _add_names(stems, coiner, scale)
    _add_adverbs(stems, coiner, scale)
    return stems


def _spread(sizes: dict[str, int], scale: float, rng: np.random.Generator) -> list[str]:
    """Class of each rank: every class is spread over all ranks, in random order."""
    places = [
        ((i + rng.random()) / count, name)
        for name, size in sizes.items()
        for count in [max(2, round(size * scale))]
        for i in range(count)
    ]
    return [name for _, name in sorted(places)]


def _add_nouns(
    stems: Stems, coiner: Coiner, scale: float, rng: np.random.Generator
) -> None:
    """Six of seven verbs lend a noun their stem, one in five its gerund."""
    classes = _spread(NOUN_SIZES, scale, rng)
    verbs = [stem for stem, _ in stems.verbs]
    lent: dict[int, str] = {}
    for i, verb in enumerate(verbs):
        at = i * len(classes) // len(verbs)
        if i % 7:
            lent[at] = verb
        if i % 5 == 2 and at + 1 < len(classes):
            lent[at + 1] = verb + "ing"
    stems.nouns = {name: [] for name in NOUN_SIZES}
    for i, (name, length) in enumerate(
        zip(classes, syllable_counts(len(classes)), strict=True)
    ):
        stems.nouns[name].append(lent.get(i) or coiner.coin(length))


def _noun_at(stems: Stems, quantile: float, index: int) -> str:
    """A noun stem at a quantile of its class's ranks, the class given by index."""
    of_class = stems.nouns[list(stems.nouns)[index % len(stems.nouns)]]
    return of_class[int(quantile * len(of_class))]


def _add_adjectives(
    stems: Stems, coiner: Coiner, scale: float, rng: np.random.Generator
) -> None:
    """A third of the adjectives are participles, a fifth are nouns as well."""
    sizes = dict.fromkeys(ADJECTIVE_CLASSES, ADJECTIVES // len(ADJECTIVE_CLASSES))
    classes = _spread(sizes, scale, rng)
    n = len(classes)
    used: set[str] = set()
    for i, (name, length) in enumerate(zip(classes, syllable_counts(n), strict=True)):
        form = ""
        if i % 3 == 1:
            form = stems.participle(stems.verbs[i * len(stems.verbs) // n][0])
        elif i % 5 == 2:
            form = _noun_at(stems, i / n, i)
        if not form or form in used:
            form = coiner.coin(length)
            if i < n // 6:
                stems.gradable.add(form)
        used.add(form)
        stems.adjectives.append((form, name))


def _add_names(stems: Stems, coiner: Coiner, scale: float) -> None:
    """A quarter of the names are common nouns, capitalised."""
    used: set[str] = set()
    for name, size in NAME_SIZES.items():
        count = max(6, round(size * scale))
        forms = []
        for i in range(count):
            form = _noun_at(stems, i / count, i * 7) if i % 4 == 3 else ""
            if not form or form in used:
                form = coiner.coin(2)
            used.add(form)
            forms.append(form.capitalize())
        stems.names[name] = forms


def _add_adverbs(stems: Stems, coiner: Coiner, scale: float) -> None:
    """Half of the manner adverbs equal an adjective, others take *-ly*."""
    coined = iter([form for form, _ in stems.adjectives if not form.endswith("ed")])
    for name, size in ADVERB_SIZES.items():
        forms = []
        for i in range(max(4, round(size * scale))):
            if name == "manner" and i % 4 != 3:
                form = next(coined)
                forms.append(form + "ly" if i % 4 == 1 else form)
            elif name == "when" and i % 3 == 1:
                forms.append(stems.nouns["time"][i])
            else:
                forms.append(coiner.coin(1 + i % 2))
        stems.adverbs[name] = forms
    stems.interjections = [
        next(coined) if i % 3 == 2 else coiner.coin(1) for i in range(INTERJECTIONS)
    ]
