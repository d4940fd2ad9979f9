"""Articles of mini: a topic, a handful of recurring names, sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ontogeny.corpus.treebank import Sentence
from ontogeny.grammar.lexicon import LANGUAGE_SEED, TOPICS, TopicTables, lexicon
from ontogeny.grammar.phrases import Cast
from ontogeny.grammar.sampling import Table, uniforms
from ontogeny.grammar.sentences import Sentences
from ontogeny.grammar.sister import sister_order, translate
from ontogeny.grammar.words import Name

SHORTEST, LONGEST = 10, 60
# Class of noun -> how many recurring names, and from which classes of names.
CAST_SIZES = {"person": 4, "place": 2, "group": 2}
NAME_CLASSES = {
    "person": ("name_female", "name_male"),
    "place": ("name_place",),
    "group": ("name_group",),
}
# Share of names from outside the document's cast.
PASSING_NAMES = 0.1


@dataclass(frozen=True, slots=True)
class Document:
    """One document with its gold topic; the first sentence opens it.

    `len` counts its words, punctuation included.

    >>> document = next(articles(seed=0, types=400))
    >>> len(document) == sum(map(len, document.sentences))
    True
    """

    id: str
    title: str
    topic: str
    sentences: tuple[Sentence, ...]

    def __len__(self) -> int:
        return sum(map(len, self.sentences))


def draw_length(draw: Callable[[], float]) -> int:
    """Sentences of a document, 10 to 59; short ones are more common.

    >>> draw_length(lambda: 0.0), draw_length(lambda: 0.999)
    (10, 59)
    """
    return SHORTEST + int((LONGEST - SHORTEST) * draw() ** 2)


def articles(
    seed: int, types: int, language_seed: int = LANGUAGE_SEED
) -> Iterator[Document]:
    """Endless articles of mini, the same for the same arguments."""
    draw = uniforms(np.random.default_rng([seed, 0]))
    topics = lexicon(types, language_seed)
    number = 0
    while True:
        topic = int(draw() * len(TOPICS))
        tables = topics[topic]
        cast = Cast({kind: _names(tables, kind, draw) for kind in CAST_SIZES})
        writer = Sentences(tables, cast, draw)
        identity = f"mini-{seed}-{number:06d}"
        hero = cast.names["person"].items[0].entry.word
        thing = writer.pick(tables.nouns["idea"]).singular.word
        header = {"newdoc id": identity, "title": f"{hero} and the {thing}"}
        sentences = _sentences(writer, draw_length(draw), TOPICS[topic], header)
        yield Document(identity, header["title"], TOPICS[topic], sentences)
        number += 1


def _names(tables: TopicTables, kind: str, draw: Callable[[], float]) -> Table[Name]:
    """The document's names of one kind, then all others of the topic."""
    classes = NAME_CLASSES[kind]
    chosen: dict[str, Name] = {}
    size = CAST_SIZES[kind]
    while len(chosen) < size:
        name = tables.names[classes[int(draw() * len(classes))]].at(draw())
        chosen[name.entry.word] = name
    weights = [(1 - PASSING_NAMES) / (i + 1) for i in range(size)]
    passing = [name for c in classes for name in tables.names[c].items]
    share = PASSING_NAMES * sum(weights) / len(passing)
    return Table.of([*chosen.values(), *passing], [*weights, *[share] * len(passing)])


def _sentences(
    writer: Sentences, count: int, topic: str, header: dict[str, str]
) -> tuple[Sentence, ...]:
    sentences = []
    for i in range(1, count + 1):
        writer.sentence()
        comments = {"sent_id": f"{header['newdoc id']}-{i}", "topic": topic}
        sentences.append(_finished(writer, comments if i > 1 else header | comments))
    return tuple(sentences)


def _finished(writer: Sentences, comments: dict[str, str]) -> Sentence:
    words, upos, xpos, misc, sister = zip(*writer.entries, strict=True)
    first = words[0]
    words = (first[0].upper() + first[1:], *words[1:])
    comments["text"] = " ".join(words)
    order = sister_order(writer.heads, writer.relations)
    comments |= translate(sister, order)
    heads, relations = tuple(writer.heads), tuple(writer.relations)
    return Sentence(words, upos, xpos, heads, relations, misc, comments)
