"""What a task of probes is: sentences, and labels of their words or word pairs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, NamedTuple

import numpy as np

from ontogeny.errors import InputError

Part = Literal["train", "valid", "test"]
Files = Mapping[Part, tuple[tuple[str, str], ...]]
"""By part, the files that are read: data set and file of config/datasets.yaml."""
PARTS: tuple[Part, ...] = ("train", "valid", "test")
NONE = "none"
"""Label of a pair of words between which nothing is."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence in gold words.

    Attributes:
        words: As the source has them, cased. A word may hold a blank (`New York`).
        blanks: Whether a blank follows each; True where the source does not say.
    """

    words: tuple[str, ...]
    blanks: tuple[bool, ...]


class Item(NamedTuple):
    """Something to be predicted.

    Attributes:
        at: One place or two, the child of a pair first: sentence in the document
            and word in the sentence, both from 0.
        label: Class, or value.
    """

    at: tuple[tuple[int, int], ...]
    label: str | float


@dataclass(frozen=True, slots=True)
class Document:
    """Sentences that are read together, and their items.

    Attributes:
        unit: What a bootstrap draws: number of the sentence, or of the novel, in the
            part, from 0.
        sentences: One, but where pairs cross sentences.
        items: In the text's order.
    """

    unit: int
    sentences: tuple[Sentence, ...]
    items: tuple[Item, ...]


class Task(ABC):
    """A task: a name, the files it is read from, and how.

    A subclass sets the attributes and writes `read`; docs/own-task.md makes one.

    Attributes:
        name: In configs and tables.
        title: In figures.
        group: What it is averaged with.
        kind: "word" has one place an item, "pair" two.
        metric: Its score; of "class_f" the class `positive` is found, or not.
        positive: That class; "" elsewhere.
        paper: The data that the paper took.
        stands_in: The data that are taken here.
        text: Data set whose sentences are drawn: tasks read from one share resamples.
        files: What is read, by part. Data set "generated": parts train, dev, test of
            the generated treebank.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    group: ClassVar[Literal["pos", "syntax", "semantics"]]
    kind: ClassVar[Literal["word", "pair"]] = "word"
    metric: ClassVar[Literal["accuracy", "span_f1", "class_f", "pearson"]] = "accuracy"
    positive: ClassVar[str] = ""
    paper: ClassVar[str] = ""
    stands_in: ClassVar[str]
    text: ClassVar[str]
    files: ClassVar[Files]

    @abstractmethod
    def read(self, files: Sequence[Path], part: Part) -> Iterator[Document]:
        """Documents of a part; those without an item may be among them.

        Args:
            files: Where the part's `files` lie, in their order.
            part: Which.

        Raises:
            InputError: For a file that is damaged, or of another format.
        """

    def documents(self, files: Sequence[Path], part: Part) -> Iterator[Document]:
        """The documents of a part that have an item, checked.

        Args:
            files: Where the part's `files` lie, in their order.
            part: Which.

        Raises:
            InputError: As `read`; and if no item is found, or one has no such place or
                label.
        """
        wanted = len(self.files[part])
        if len(files) != wanted:
            raise InputError(
                f"{self.title}: its {part} part is read from {wanted} file(s), "
                f"{len(files)} are given."
            )
        found, known = False, set[str | float]()
        for document in self.read(files, part):
            if document.items:
                found = True
                try:
                    self._check(document, known)
                except InputError as error:
                    where = ", ".join(map(str, files))
                    raise InputError(f"{where}, {part} part: {error}") from None
                yield document
        if not found:
            raise InputError(
                f"{', '.join(map(str, files))}: nothing of the {part} part has a label "
                f"of {self.title}: is it the right file, and whole?"
            )

    def draws(self, part: Part, unit: int) -> np.random.Generator:
        """What is drawn for a sentence: the same whatever is read before it."""
        return np.random.default_rng([*f"{self.name} {part}".encode(), unit])

    def _check(self, document: Document, known: set[str | float]) -> None:
        lengths = [len(sentence.words) for sentence in document.sentences]
        places = 2 if self.kind == "pair" else 1
        for at, label in document.items:
            if len(at) != places or not all(
                0 <= sentence < len(lengths) and 0 <= word < lengths[sentence]
                for sentence, word in at
            ):
                raise InputError(
                    f"{self.title}, unit {document.unit}: an item of kind {self.kind} "
                    f"has {places} place(s) in its sentences, not {at}."
                )
            if label not in known:
                if not self._is_label(label):
                    raise InputError(
                        f"{self.title}, unit {document.unit} (counted from 0): "
                        f"{label!r} is no label for {self.metric}: "
                        f"{_LABELS.get(self.metric, 'a text that is not empty')}."
                    )
                known.add(label)

    def _is_label(self, label: str | float) -> bool:
        if self.metric == "pearson":
            return not isinstance(label, str) and bool(np.isfinite(label))
        if not isinstance(label, str) or not label:
            return False
        span = label == "O" or (label[:2] in ("B-", "I-") and len(label) > 2)
        return span or self.metric != "span_f1"


def own_metric(metric: str) -> str:
    """The metric that a task is scored by, as tables name it.

    >>> own_metric("class_f"), own_metric("accuracy")
    ('class_f1', 'accuracy')
    """
    return "class_f1" if metric == "class_f" else metric


_LABELS = {"pearson": "a number", "span_f1": "O, or B- or I- and a type"}
