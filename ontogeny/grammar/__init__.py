"""Mini, a generated language with gold annotation, and its control language.

`mini` is English-like: a probabilistic phrase grammar over plain English
function words and coined content words. It has what the studies ask about:
Zipfian frequencies, open and closed classes that overlap in frequency, words of
several classes, agreement and paired words across any distance, dependency
trees, semantic classes, articles with topics and recurring names, and a
translation of each sentence into a sister language. `control` has the same word
frequencies and lengths, with independent words and annotation dealt by lot.

Everything is drawn from seeds; no text, lexicon or treebank was used. Another
`language_seed` is another language of the same design, in other words.

Annotation of a `Sentence`: UPOS (Universal Dependencies), XPOS (Penn Treebank's
tags), heads and relations in the style of Universal Dependencies, `Sem` and
`SemCoarse` in MISC; comments `newdoc id` and `title` on a document's first
sentence, `sent_id`, `topic`, `text`, `text_sister` and `alignment` on each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ontogeny.errors import InputError
from ontogeny.grammar.articles import Document, articles
from ontogeny.grammar.control import control_articles
from ontogeny.grammar.lexicon import LANGUAGE_SEED
from ontogeny.grammar.stems import DEFAULT_TYPES

__all__ = ["LANGUAGES", "Document", "documents"]

FEWEST_TYPES, MOST_TYPES = 200, 20_000
_SOURCES: dict[str, Callable[[int, int, int], Iterator[Document]]] = {
    "mini": articles,
    "control": control_articles,
}
LANGUAGES = tuple(_SOURCES)


def documents(
    tokens: int,
    *,
    language: str = "mini",
    seed: int = 0,
    types: int = DEFAULT_TYPES,
    language_seed: int = LANGUAGE_SEED,
) -> Iterator[Document]:
    """Yield whole documents until they hold at least `tokens` words.

    One document is in memory at a time, so any number of tokens will do. The
    language depends on `language`, `types` and `language_seed` alone; `seed` chooses
    the text, and two seeds give two texts in one language. A longer text begins with
    the shorter one of the same seed.

    Words are cased as in print: a sentence of mini opens with a capital. The
    dictionaries of `misc` are shared between tokens and must not be written to.

    Args:
        tokens: Words wanted, punctuation included, at least 1.
        language: One of `LANGUAGES`.
        seed: Chooses the text, at least 0.
        types: Approximate number of word types in the lexicon, 200 to 20,000.
            The rarest occur about 10 times in 125 tokens per type.
        language_seed: Chooses the words, their classes and what goes with what, at
            least 0; the grammar and its closed classes are the same for all.

    Raises:
        InputError: If an argument is out of range or the language is unknown.

    >>> first = next(documents(1, seed=1))
    >>> first.id, first.sentences[0].comments["newdoc id"] == first.id
    ('mini-1-000000', True)
    >>> sum(map(len, documents(5000))) >= 5000
    True
    """
    _check(tokens, language, seed, types, language_seed)
    return _until(tokens, _SOURCES[language](seed, types, language_seed))


def _check(
    tokens: int, language: str, seed: int, types: int, language_seed: int
) -> None:
    if language not in _SOURCES:
        raise InputError(
            f"There is no generated language {language!r}: choose one of "
            f"{', '.join(LANGUAGES)}."
        )
    if tokens < 1:
        raise InputError(f"A text needs at least 1 token, not {tokens}: raise tokens.")
    if seed < 0:
        raise InputError(f"The seed must be 0 or more, not {seed}.")
    if language_seed < 0:
        raise InputError(f"The language's seed must be 0 or more, not {language_seed}.")
    if not FEWEST_TYPES <= types <= MOST_TYPES:
        raise InputError(
            f"A language of {types} types cannot be made: types must lie between "
            f"{FEWEST_TYPES} and {MOST_TYPES}."
        )


def _until(tokens: int, source: Iterator[Document]) -> Iterator[Document]:
    total = 0
    for document in source:
        yield document
        total += len(document)
        if total >= tokens:
            return
