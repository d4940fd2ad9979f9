"""A config, the texts that it speaks of, and what its studies need of shared work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ontogeny.cost.sizes import Text, treebank
from ontogeny.sections.common import Common
from ontogeny.sections.dataset import Dataset

PARTS = ("train", "dev", "test")


@dataclass(frozen=True)
class Needs:
    """What a study needs that several share.

    Attributes:
        language_models: Whether the config's own, of `lm`.
        corpus: Whether the corpus is read, by a study that is not about it.
        control: Whether such a study reads the control language, too.
        official: Whether its data set is read in its own splits.
        tags: Whether the corpus is tagged.
        word_classes: Whether words have classes by their tags, which has the tagger
            scored too.
        treebanks: Names and parts of those that it reads.
        files: Data sets' names and files that it reads beside these.
    """

    language_models: bool = False
    corpus: bool = False
    control: bool = False
    official: bool = False
    tags: bool = False
    word_classes: bool = False
    treebanks: tuple[tuple[str, tuple[str, ...]], ...] = ()
    files: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Plan:
    """A config and the texts that it speaks of.

    Attributes:
        settings: The config.
        datasets: Of config/datasets.yaml.
        text: The corpus.
        reads_corpus: Whether anything is asked of the corpus; scaffolds have their
            own texts.
        pages: How many pages of the report there are, but for that of claims.
        needs: Of its studies.
    """

    settings: Common
    datasets: Mapping[str, Dataset]
    text: Text
    reads_corpus: bool = True
    pages: int = 0
    needs: tuple[Needs, ...] = ()

    def section(self, study: str) -> Any:
        """The config's section of a study."""
        return getattr(self.settings, study)

    @property
    def languages(self) -> int:
        """The corpus, and its control language where one is generated."""
        return 1 + (self.settings.control is True)

    @property
    def corpora(self) -> int:
        """The corpus and its control, of either kind."""
        return 1 + bool(self.settings.control)

    @property
    def tags(self) -> bool:
        """Whether the corpus is tagged."""
        return any(need.tags for need in self.needs)

    @property
    def trains_tagger(self) -> bool:
        """Whether it is tagged by a tagger of its own."""
        return self.tags and self.settings.tagging.pipeline == "trained"

    @property
    def word_classes(self) -> bool:
        """Whether words have classes by their tags."""
        return any(need.word_classes for need in self.needs)

    def treebank(self, name: str) -> dict[str, float]:
        """Words of a treebank's parts."""
        return treebank(self.settings, self.datasets, name)

    def treebanks(self) -> list[tuple[str, tuple[str, ...]]]:
        """Treebanks that are read, and which parts."""
        tagging = self.settings.tagging
        found: list[tuple[str, tuple[str, ...]]] = []
        if self.trains_tagger:
            found.append((tagging.treebank, PARTS[:2]))
        if self.word_classes:
            tested = (tagging.treebank, *tagging.also_test)
            found += [(name, PARTS[2:]) for name in tested]
        return found + [tree for need in self.needs for tree in need.treebanks]
