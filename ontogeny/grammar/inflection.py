"""From stems to lexemes: inflected entries with tags, senses and translations."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ontogeny.grammar.closed import closed
from ontogeny.grammar.forms import SISTER_SOUNDS, Coiner, irregular_past
from ontogeny.grammar.sampling import Table, parse_weights
from ontogeny.grammar.semantics import VERB_CLASSES, VERB_PREPOSITIONS
from ontogeny.grammar.stems import Stems
from ontogeny.grammar.words import Adjective, Entry, Name, Noun, Verb, annotation

# The sister language inflects by endings of its own.
SISTER_ENDINGS = {
    "NNS": "im", "VBZ": "ta", "VBP": "tu", "VBD": "ko", "VBN": "mek", "VBG": "ru",
    "JJR": "go", "JJS": "zhi", "RB": "e",
}  # fmt: skip
# ASSUME: a verb's own taste for argument classes varies around its class's.
TASTE_SHAPE = 0.8


class Inflector:
    """Makes lexemes; the order of calls fixes their translations and tastes.

    Args:
        stems: All stems, for the irregular verbs and gradable adjectives.
        rng: Decides sister words, verbs' frames, prepositions and tastes.

    >>> inflector = Inflector(Stems(), np.random.default_rng(0))
    >>> inflector.noun("brek", "artifact", rank=0).plural.word
    'breks'
    """

    def __init__(self, stems: Stems, rng: np.random.Generator) -> None:
        self._irregular = stems.irregular
        self._gradable = stems.gradable
        self._participle = stems.participle
        self._rng = rng
        self._sister = Coiner(rng, SISTER_SOUNDS)

    def _maker(self, upos: str, sem: str) -> Callable[[str, str], Entry]:
        """Function from (form, tag) to an entry of one lexeme."""
        # Two syllables at least: one-syllable sister words are function words.
        sister = self._sister.coin(2)

        def make(word: str, xpos: str) -> Entry:
            translation = sister + SISTER_ENDINGS.get(xpos, "")
            return Entry(word, upos, xpos, annotation(sem), translation)

        return make

    def noun(self, stem: str, sem: str, rank: int) -> Noun:
        """Common noun; persons are male and female in turn."""
        make = self._maker("NOUN", sem)
        gender = "mf"[rank % 2] if sem == "person" else "n"
        return Noun(make(stem, "NN"), make(stem + "s", "NNS"), sem, gender)

    def name(self, form: str, sem: str) -> Name:
        """Proper name, the same in both languages."""
        gender = {"name_female": "f", "name_male": "m"}.get(sem, "n")
        return Name(Entry(form, "PROPN", "NNP", annotation(sem), form), gender)

    def adjective(self, form: str, sem: str) -> Adjective:
        """Adjective, with degrees where the stems call it gradable."""
        make = self._maker("ADJ", sem)
        if form not in self._gradable:
            return Adjective(make(form, "JJ"), None, None)
        degrees = make(form + "er", "JJR"), make(form + "est", "JJS")
        return Adjective(make(form, "JJ"), *degrees)

    def word(self, form: str, upos: str, xpos: str, sem: str) -> Entry:
        """A word that does not inflect: adverb, interjection."""
        return self._maker(upos, sem)(form, xpos)

    def verb(self, stem: str, sem: str) -> Verb:
        """Verb with a frame, a preposition and tastes of its own."""
        make = self._maker("VERB", sem)
        past = irregular_past(stem) if stem in self._irregular else stem + "ed"
        words = {
            "VB": stem,
            "VBP": stem,
            "VBZ": stem + "s",
            "VBD": past,
            "VBN": self._participle(stem),
            "VBG": stem + "ing",
        }
        subjects, objects, frames = VERB_CLASSES[sem]
        preposition = self._rng.choice(VERB_PREPOSITIONS.split())
        return Verb(
            forms={xpos: make(word, xpos) for xpos, word in words.items()},
            frame=self._table(frames).at(self._rng.random()),
            preposition=closed(str(preposition), "ADP", "IN", "argument"),
            subjects=self._table(subjects, taste=True),
            objects=self._table(objects, taste=True),
        )

    def _table(self, text: str, taste: bool = False) -> Table[str]:
        pairs = parse_weights(text)
        weights = np.array(list(pairs.values()))
        if taste:
            weights *= 0.1 + self._rng.gamma(TASTE_SHAPE, size=len(weights))
        return Table.of(list(pairs), weights)
