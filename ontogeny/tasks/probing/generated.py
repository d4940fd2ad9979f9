"""The tasks' analogues in a generated language, of words: gold, or by rule from gold.

The control language has the same labels by lot, and the rules find as much in it: what
a probe scores there, a word's form says.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

from ontogeny.corpus.treebank import Sentence, read_conllu
from ontogeny.tasks.probing import paper
from ontogeny.tasks.probing.corruption import corrupted
from ontogeny.tasks.probing.sentences import labelled, sentence_of, spaced
from ontogeny.tasks.probing.task import Document, Files, Part, Task
from ontogeny.tasks.probing.trees import conjuncts, path_up
from ontogeny.tasks.probing.web_treebank import Treebank

GENERATED = "generated"
ABSENT = "None"
ARGUMENTS = ("nsubj", "nsubj:pass", "obj", "iobj", "obl:agent", "ccomp", "xcomp")
BEFORE_NOUN = ("det", "amod", "compound", "nummod", "nmod:poss")
MOST_FREQUENT = 4
"""Prepositions that are asked for where none has several senses."""


class Generated(Treebank):
    """Sentences of the generated treebank."""

    text = GENERATED
    files: ClassVar[Files] = {
        "train": ((GENERATED, "train"),),
        "valid": ((GENERATED, "dev"),),
        "test": ((GENERATED, "test"),),
    }


class Words(Generated):
    """A label a word."""

    @abstractmethod
    def labels(self, tree: Sentence) -> Iterable[str | float | None]:
        """Of each word; None: it has none."""

    def document(self, unit: int, tree: Sentence, part: Part) -> Document:
        """See `Treebank.document`."""
        return labelled(unit, sentence_of(tree), self.labels(tree))


class PartOfSpeech(paper.PartOfSpeech, Words):
    """XPOS."""

    stands_in = "generated, XPOS"

    def labels(self, tree: Sentence) -> Iterable[str]:
        """See `Words.labels`."""
        return tree.xpos


class Category(paper.Category, Words):
    """Part of speech, relation, and a slash for each argument, `\\` on the left."""

    stands_in = "generated, UPOS, relation and sides of arguments"

    def labels(self, tree: Sentence) -> Iterable[str]:
        """See `Words.labels`."""
        sides = [""] * len(tree)
        for word, (head, relation) in enumerate(
            zip(tree.heads, tree.deprels, strict=True), 1
        ):
            if head and relation in ARGUMENTS:
                sides[head - 1] += "\\" if word < head else "/"
        return map(":".join, zip(tree.upos, tree.deprels, sides, strict=True))


class _Relation(Words):
    """Relation of the word so many above."""

    stands_in = "generated, relations above"
    above: ClassVar[int]

    def labels(self, tree: Sentence) -> Iterable[str]:
        """See `Words.labels`."""
        for word in range(len(tree)):
            path = list(path_up(word, tree.heads))
            yield tree.deprels[path[self.above]] if self.above < len(path) else ABSENT


class Parent(paper.Parent, _Relation):
    """The word's own relation."""

    above = 0


class Grandparent(paper.Grandparent, _Relation):
    """That of its head."""

    above = 1


class GreatGrandparent(paper.GreatGrandparent, _Relation):
    """That of its head's head."""

    above = 2


class Chunk(paper.Chunk, Words):
    """Nouns with what stands before them, in IOB2."""

    stands_in = "generated, nouns and their premodifiers"

    def labels(self, tree: Sentence) -> Iterable[str]:
        """See `Words.labels`."""
        labels = ["O"] * len(tree)
        for noun, upos in enumerate(tree.upos):
            if upos not in ("NOUN", "PROPN") or labels[noun] != "O":
                continue
            first = noun
            while first and self._belongs(tree, first - 1, noun, first):
                first -= 1
            labels[first : noun + 1] = ["B-NP"] + ["I-NP"] * (noun - first)
        return labels

    def _belongs(self, tree: Sentence, word: int, noun: int, first: int) -> bool:
        head, relation = tree.heads[word] - 1, tree.deprels[word]
        own = head == noun and relation in BEFORE_NOUN
        # "Very" in "the very old house".
        return own or (relation == "advmod" and first <= head < noun)


class NamedEntity(paper.NamedEntity, Words):
    """Names, by their class; each is one word."""

    stands_in = "generated, classes of names"

    def labels(self, tree: Sentence) -> Iterable[str]:
        """See `Words.labels`."""
        for sense in _senses(tree):
            kind, _, name = sense.partition("_")
            yield f"B-{name}" if kind == "name" else "O"


class GrammaticalError(paper.GrammaticalError, Generated):
    """Errors of agreement and of order, put into a third of the sentences."""

    stands_in = "generated, errors put in"

    def document(self, unit: int, tree: Sentence, part: Part) -> Document:
        """See `Treebank.document`."""
        words, wrong = corrupted(tree, self.draws(part, unit))
        return labelled(unit, spaced(words), ("i" if w else "c" for w in wrong))


class Conjunct(paper.Conjunct, Words):
    """Outermost `conj` subtrees, of sentences that have one."""

    stands_in = "generated, subtrees of conj"

    def labels(self, tree: Sentence) -> Iterable[str]:
        """See `Words.labels`."""
        labels = conjuncts(tree.heads, tree.deprels)
        return labels if set(labels) != {"O"} else []


class SemanticTag(paper.SemanticTag, Words):
    """Semantic classes."""

    stands_in = "generated, semantic classes"

    def labels(self, tree: Sentence) -> Iterable[str | None]:
        """See `Words.labels`."""
        return (sense or None for sense in _senses(tree))


class _Prepositions(Task):
    """Prepositions whose form has several senses in the training part.

    Where none has, as in the control language, the most frequent ones.
    """

    text = GENERATED
    files: ClassVar[Files] = {
        "train": ((GENERATED, "train"),),
        "valid": ((GENERATED, "train"), (GENERATED, "dev")),
        "test": ((GENERATED, "train"), (GENERATED, "test")),
    }

    @abstractmethod
    def label(self, tree: Sentence, word: int) -> str | None:
        """Of a preposition; None: it has none."""

    def read(self, files: Sequence[Path], part: Part) -> Iterator[Document]:
        """See `Task.read`."""
        forms = _asked(files[0])
        for unit, tree in enumerate(read_conllu(files[-1])):
            labels = (
                self.label(tree, word)
                if upos == "ADP" and form.lower() in forms
                else None
                for word, (upos, form) in enumerate(
                    zip(tree.upos, tree.words, strict=True)
                )
            )
            yield labelled(unit, sentence_of(tree), labels)


def _asked(path: Path) -> set[str]:
    senses: defaultdict[str, set[str]] = defaultdict(set)
    counts: Counter[str] = Counter()
    for tree in read_conllu(path):
        for upos, form, sense in zip(tree.upos, tree.words, _senses(tree), strict=True):
            if upos == "ADP":
                senses[form.lower()].add(sense)
                counts[form.lower()] += 1
    several = {form for form, its in senses.items() if len(its) > 1}
    return several or {form for form, _ in counts.most_common(MOST_FREQUENT)}


class PrepositionFunction(paper.PrepositionFunction, _Prepositions):
    """The preposition's own sense."""

    stands_in = "generated, senses of prepositions"

    def label(self, tree: Sentence, word: int) -> str | None:
        """See `_Prepositions.label`."""
        return tree.misc[word].get("Sem")


class PrepositionRole(paper.PrepositionRole, _Prepositions):
    """That sense, and the coarse class of its object."""

    stands_in = "generated, senses of prepositions and classes of their objects"

    def label(self, tree: Sentence, word: int) -> str | None:
        """See `_Prepositions.label`."""
        head = tree.heads[word]
        sense, kind = (
            tree.misc[word].get("Sem"),
            tree.misc[head - 1].get("SemCoarse") if head else None,
        )
        return f"{sense}:{kind}" if sense and kind else None


class Factuality(paper.Factuality, Words):
    """3 of a verb; −3 if it is negated; a third of it if modal, and in a condition.

    ASSUME: a verb is negated, or modal, by its own auxiliaries and particles alone.
    """

    stands_in = "generated, by negation, modality and condition"

    def labels(self, tree: Sentence) -> Iterable[float | None]:
        """See `Words.labels`."""
        above: list[set[str]] = [set() for _ in tree.words]
        for head, sense in zip(tree.heads, _senses(tree), strict=True):
            if head:
                above[head - 1].add(sense)
        for upos, senses in zip(tree.upos, above, strict=True):
            value: float | None = None
            if upos == "VERB":
                value = -3.0 if "negation" in senses else 3.0
                value /= 3 ** len({"modality", "condition"} & senses)
            yield value


def _senses(tree: Sentence) -> list[str]:
    misc: Sequence[Any] = tree.misc
    return [word.get("Sem", "") for word in misc]
