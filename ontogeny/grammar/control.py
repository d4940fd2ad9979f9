"""The control language: mini's word frequencies and lengths, and nothing else.

Words are independent draws. Tags, senses, topics and trees are there, so that
every measure runs, but they are dealt by lot: they say nothing about where a
word stands nor how frequent it is. What a study still finds here is an artefact
of frequency or of its statistics.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from ontogeny.corpus.treebank import Sentence
from ontogeny.grammar.articles import Document, articles
from ontogeny.grammar.forms import MINI_SOUNDS, SISTER_SOUNDS, Coiner, syllable_counts
from ontogeny.grammar.lexicon import LANGUAGE_SEED, TOPICS
from ontogeny.grammar.sampling import Table, uniforms
from ontogeny.grammar.semantics import COARSE_OF
from ontogeny.grammar.sister import translate
from ontogeny.grammar.words import Entry, annotation

# The sample of mini whose frequencies and lengths the control language takes.
SAMPLE_TOKENS_PER_TYPE = 100
OPEN = ("ADJ", "ADV", "INTJ", "NOUN", "PROPN", "VERB")
CLOSED = ("ADP", "AUX", "CCONJ", "DET", "PART", "PRON", "SCONJ")
SUBTAGS = 3
# ASSUME: a quarter of the types carry two tags, the second on a third of tokens.
AMBIGUOUS_SHARE = 0.25
SECOND_TAG_SHARE = 1 / 3
RELATIONS = ("nsubj", "obj", "obl", "det", "case", "amod", "nmod", "advmod", "conj")


@dataclass(frozen=True)
class Control:
    """What the texts of the control language are drawn from.

    Attributes:
        words: Types; an ambiguous one is there once per tag, with its share.
        lengths: Words per sentence.
        counts: Sentences per document.
    """

    words: Table[Entry]
    lengths: tuple[int, ...]
    counts: tuple[int, ...]


@cache
def control(types: int, language_seed: int = LANGUAGE_SEED) -> Control:
    """The control language to the mini of the same arguments.

    Another `language_seed` coins other words and deals tags and senses anew.
    """
    words: Counter[str] = Counter()
    lengths: list[int] = []
    counts: list[int] = []
    for document in articles(0, types, language_seed):
        counts.append(len(document.sentences))
        for sentence in document.sentences:
            words.update(map(str.lower, sentence.words))
            lengths.append(len(sentence))
        if sum(words.values()) >= SAMPLE_TOKENS_PER_TYPE * types:
            break
    frequencies = sorted(words.values(), reverse=True)
    # The next seed, so that no number is drawn that mini's lexicon is made of.
    rng = np.random.default_rng(language_seed + 1)
    return Control(_words(frequencies, rng), tuple(lengths), tuple(counts))


def _words(frequencies: list[int], rng: np.random.Generator) -> Table[Entry]:
    coiner, sister = Coiner(rng, MINI_SOUNDS), Coiner(rng, SISTER_SOUNDS)
    senses = list(COARSE_OF)
    entries, weights = [], []
    lengths = syllable_counts(len(frequencies))
    tags = _dealt_tags(len(frequencies), rng)
    for frequency, length, (first, second) in zip(
        frequencies, lengths, tags, strict=True
    ):
        word, translation = coiner.coin(length), sister.coin(length)
        sem = annotation(senses[rng.integers(len(senses))])
        shares = [1.0]
        if rng.random() < AMBIGUOUS_SHARE:
            shares = [1 - SECOND_TAG_SHARE, SECOND_TAG_SHARE]
        for upos, share in zip((first, second), shares, strict=False):
            xpos = f"{upos}{rng.integers(1, SUBTAGS + 1)}"
            entries.append(Entry(word, upos, xpos, sem, translation))
            weights.append(frequency * share)
    return Table.of(entries, weights)


def _dealt_tags(n: int, rng: np.random.Generator) -> list[tuple[str, str]]:
    """Two different tags per frequency rank.

    Every 13 ranks get all 13 tags, closed and open by turns, so that class and
    frequency are unrelated not only on average but in this one language.
    """
    tags = (*OPEN, *CLOSED)
    firsts: list[str] = []
    while len(firsts) < n:
        deal = [""] * len(tags)
        deal[::2], deal[1::2] = rng.permutation(CLOSED), rng.permutation(OPEN)
        firsts += map(str, deal)
    steps = rng.integers(1, len(tags), size=n)
    return [
        (tag, tags[(tags.index(tag) + int(step)) % len(tags)])
        for tag, step in zip(firsts, steps, strict=False)
    ]


def control_articles(
    seed: int, types: int, language_seed: int = LANGUAGE_SEED
) -> Iterator[Document]:
    """Endless documents of the control language, the same for the same arguments."""
    draw = uniforms(np.random.default_rng([seed, 1]))
    language = control(types, language_seed)
    number = 0
    while True:
        identity = f"control-{seed}-{number:06d}"
        topic = TOPICS[int(draw() * len(TOPICS))]
        header = {"newdoc id": identity, "title": language.words.at(draw()).word}
        count = language.counts[int(draw() * len(language.counts))]
        sentences = []
        for i in range(1, count + 1):
            comments = {"sent_id": f"{identity}-{i}", "topic": topic}
            comments = comments if i > 1 else header | comments
            sentences.append(_sentence(language, draw, comments))
        yield Document(identity, header["title"], topic, tuple(sentences))
        number += 1


def _sentence(
    language: Control, draw: Callable[[], float], comments: dict[str, str]
) -> Sentence:
    n = language.lengths[int(draw() * len(language.lengths))]
    entries = [language.words.at(draw()) for _ in range(n)]
    words, upos, xpos, misc, sister = zip(*entries, strict=True)
    heads = random_tree(n, draw)
    relations = tuple(
        RELATIONS[int(draw() * len(RELATIONS))] if head else "root" for head in heads
    )
    comments["text"] = " ".join(words)
    order = [i for _, i in sorted((draw(), i) for i in range(n))]
    comments |= translate(sister, order)
    return Sentence(words, upos, xpos, heads, relations, misc, comments)


def random_tree(n: int, draw: Callable[[], float]) -> tuple[int, ...]:
    """Heads of a random projective tree over n words, from 1; 0 for the root.

    The root is any word; the words on either side of it form trees of their own.

    >>> random_tree(3, lambda: 0.5)
    (2, 0, 2)
    """
    heads = [0] * n
    spans = [(0, n, 0)]
    while spans:
        start, end, head = spans.pop()
        root = start + int(draw() * (end - start))
        heads[root] = head
        if start < root:
            spans.append((start, root, root + 1))
        if root + 1 < end:
            spans.append((root + 1, end, root + 1))
    return tuple(heads)
