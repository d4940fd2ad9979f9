"""Word forms: pronounceable stems from syllables, and their inflection.

No word is taken from a text. A stem ends in a consonant, so every suffix is
simply appended; a new stem is refused if it or an inflected form of it is in
use. Two lexemes therefore share a form only where the lexicon says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

SUFFIXES = ("", "s", "ed", "ing", "ings", "en", "ly", "er", "est")
VOWELS = "aeiou"


@dataclass(frozen=True)
class Sounds:
    """Syllables of a language: onset, nucleus, and the coda of the last one."""

    onsets: Sequence[str]
    nuclei: Sequence[str]
    codas: Sequence[str]

    @classmethod
    def parse(cls, onsets: str, nuclei: str, codas: str) -> Sounds:
        """Sounds from lists separated by blanks; `-` stands for no sound."""
        rows = (row.split() for row in (onsets, nuclei, codas))
        return cls(*([sound.strip("-") for sound in row] for row in rows))


MINI_SOUNDS = Sounds.parse(
    "b br d dr f fl g gl gr k kl l m n p pl r s sl t tr v w th h - -",
    "a e i o u a e i o ai ea oo ou",
    "n r l t k m d p b g v ld rk lt nt rm lk",
)
SISTER_SOUNDS = Sounds.parse(
    "z ch y kh ts zh l r m n q h s d", "a i u y ae uo", "- n l"
)


class Coiner:
    """Source of new stems, none of which can be confused with another.

    Args:
        rng: Decides the syllables.
        sounds: The syllables of the language.
        taken: Forms already in use, lower case.

    >>> coiner = Coiner(np.random.default_rng(1), MINI_SOUNDS, ["the"])
    >>> coiner.coin(2) != coiner.coin(2)
    True
    """

    def __init__(
        self, rng: np.random.Generator, sounds: Sounds, taken: Iterable[str] = ()
    ) -> None:
        self._rng = rng
        self._sounds = sounds
        self._taken = set(taken)

    def coin(self, syllables: int) -> str:
        """Return a new stem of at least `syllables` syllables."""
        for attempt in range(1000):
            # Short stems run out in a large lexicon: then grow.
            stem = self._stem(syllables + attempt // 50)
            forms = {stem + suffix for suffix in SUFFIXES}
            forms |= {irregular_past(stem), irregular_past(stem) + "en"}
            if self._taken.isdisjoint(forms):
                self._taken |= forms
                return stem
        raise RuntimeError(f"no new stem of {syllables} syllables after 1000 attempts")

    def _stem(self, syllables: int) -> str:
        sounds, pick = self._sounds, self._pick
        body = "".join(
            # A vowel-initial syllable inside a word would make hiatus.
            pick(sounds.onsets if i == 0 else sounds.onsets[:8]) + pick(sounds.nuclei)
            for i in range(syllables)
        )
        return body + pick(sounds.codas)

    def _pick(self, choices: Sequence[str]) -> str:
        return choices[int(self._rng.integers(len(choices)))]


def irregular_past(stem: str) -> str:
    """Past tense by vowel change, as in *sing, sang*: the last vowel rounds.

    >>> irregular_past("trin"), irregular_past("bok")
    ('tron', 'buk')
    """
    at = max(stem.rfind(vowel) for vowel in VOWELS)
    return stem[:at] + ("u" if stem[at] == "o" else "o") + stem[at + 1 :]


def syllable_counts(n: int) -> list[int]:
    """Syllables per frequency rank: frequent words are short (Zipf's other law).

    >>> syllable_counts(8)
    [1, 1, 2, 2, 2, 2, 3, 3]
    """
    return [1 if 4 * r < n else 2 if 4 * r < 3 * n else 3 for r in range(n)]
