"""Tasks of UD English-EWT, and what tasks of other annotations of its text share."""

from __future__ import annotations

import logging
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

from ontogeny.corpus.treebank import Sentence, place, read_conllu
from ontogeny.errors import InputError
from ontogeny.tagging.upos import UNTAGGED
from ontogeny.tasks.probing import paper
from ontogeny.tasks.probing.sentences import labelled, paired, sentence_of
from ontogeny.tasks.probing.task import Document, Files, Part, Task
from ontogeny.tasks.probing.trees import conjuncts, with_others

logger = logging.getLogger(__name__)

TREEBANK = "ud-english-ewt"
TRAIN, VALID, TEST = (
    (TREEBANK, f"en_ewt-ud-{part}.conllu") for part in ("train", "dev", "test")
)


class Treebank(Task):
    """Sentences of a file of CoNLL-U, one a document."""

    text = TREEBANK
    files: ClassVar[Files] = {"train": (TRAIN,), "valid": (VALID,), "test": (TEST,)}

    @abstractmethod
    def document(self, unit: int, tree: Sentence, part: Part) -> Document:
        """A sentence, and the task's items in it."""

    def read(self, files: Sequence[Path], part: Part) -> Iterator[Document]:
        """See `Task.read`."""
        for path in files:
            for unit, tree in enumerate(read_conllu(path)):
                if min(tree.heads) < 0:
                    raise InputError(
                        f"{place(path, tree.comments, unit + 1)}: a word has no head: "
                        "this task needs trees."
                    )
                yield self.document(unit, tree, part)


class OverTreebank(Task):
    """Another annotation of EWT's sentences, in EWT's splits and words.

    The first file of a part is the treebank's, the others are the annotation's.
    """

    text = TREEBANK

    @abstractmethod
    def notes(
        self, files: Sequence[Path], trees: Sequence[Sentence], part: Part
    ) -> Iterable[Any]:
        """What the annotation has of each sentence; None: nothing, or of other words.

        Args:
            files: The annotation's.
            trees: The part's sentences.
            part: Which.
        """

    @abstractmethod
    def document(self, unit: int, tree: Sentence, note: Any, part: Part) -> Document:
        """A sentence, and the items that its annotation gives."""

    def read(self, files: Sequence[Path], part: Part) -> Iterator[Document]:
        """See `Task.read`."""
        trees = list(read_conllu(files[0]))
        notes = self.notes(files[1:], trees, part)
        for unit, (tree, note) in enumerate(zip(trees, notes, strict=True)):
            if note is not None:
                yield self.document(unit, tree, note, part)

    def leave_out(self, number: int, of: int, part: Part, what: str) -> None:
        """Tell how much is left out, since it does not fit the treebank."""
        if number:
            logger.info(
                "%s, %s: %d of %d %s do not fit the treebank's words and are left out.",
                self.title,
                part,
                number,
                of,
                what,
            )


class PartOfSpeech(paper.PartOfSpeech, Treebank):
    """Language-specific parts of speech (XPOS)."""

    stands_in = "UD English-EWT, XPOS"

    def document(self, unit: int, tree: Sentence, part: Part) -> Document:
        """See `Treebank.document`."""
        labels = (None if tag == UNTAGGED else tag for tag in tree.xpos)
        return labelled(unit, sentence_of(tree), labels)


class Conjunct(paper.Conjunct, Treebank):
    """Outermost `conj` subtrees, of sentences that have one."""

    stands_in = "UD English-EWT, subtrees of conj"

    def document(self, unit: int, tree: Sentence, part: Part) -> Document:
        """See `Treebank.document`."""
        labels = conjuncts(tree.heads, tree.deprels)
        return labelled(unit, sentence_of(tree), labels if set(labels) != {"O"} else [])


class SyntacticArcPrediction(paper.SyntacticArcPrediction, Treebank):
    """Each word with its head and with another one; the root has none."""

    stands_in = "UD English-EWT"

    def document(self, unit: int, tree: Sentence, part: Part) -> Document:
        """See `Treebank.document`."""
        heads = {child: [head - 1] for child, head in enumerate(tree.heads) if head}
        pairs = with_others(heads, len(tree), self.draws(part, unit))
        return paired(unit, sentence_of(tree), pairs)


class SyntacticArcClass(paper.SyntacticArcClass, Treebank):
    """Relations, with their subtypes; the root has none."""

    stands_in = "UD English-EWT"

    def document(self, unit: int, tree: Sentence, part: Part) -> Document:
        """See `Treebank.document`."""
        pairs = (
            (child, head - 1, relation)
            for child, (head, relation) in enumerate(
                zip(tree.heads, tree.deprels, strict=True)
            )
            if head
        )
        return paired(unit, sentence_of(tree), pairs)
