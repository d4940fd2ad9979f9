"""A language model's view of a text, ready to be compared with many others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from ontogeny.activations.views import stack_views
from ontogeny.measures.similarity.moments import CrossMoments, Moments
from ontogeny.measures.similarity.rows import Rows
from ontogeny.models import Model
from ontogeny.statistics.groups import SENTENCE_GROUPS
from ontogeny.studies.svcca.domains import Domain
from ontogeny.studies.svcca.nulls import Moves, Pair
from ontogeny.studies.svcca.tag_views import RECURRENT, TagView


class LanguageModelViews:
    """A language model's sites on a domain, ready for any number of pairs.

    Args:
        model: At the epoch wanted; read once, here.
        domain: The tokens.
        lengths: Rows of each block in the tag models' files, whose blocks the
            model's are cut like.
    """

    def __init__(self, model: Model, domain: Domain, lengths: Sequence[int]) -> None:
        # A copy: the model's own changes with the next epoch's weights.
        table = model.embedding.weight.detach().cpu().numpy().copy()
        self.domain = domain
        self.counts = domain.counts(len(table))
        self.recurrent = [site for site in model.sites if site != "embedding"]
        every = np.ones(len(domain.tokens), dtype=bool)
        # ASSUME: its state is carried through a document, as in training, and
        # zero at its start, so that no document's views depend on another's.
        stacked = stack_views(model, domain.stream("document"), self.recurrent, every)
        stacked["embedding"] = table[domain.ids]
        self.embedding, self.vectors = table, stacked
        self._words: dict[Moves, list[tuple[np.ndarray, Moments]]] = {}
        self.table = Rows(table, counts=self.counts)
        ends = np.cumsum(lengths)[:-1]
        self.rows = {
            site: list(_rows_of(np.split(vectors, ends), domain.groups))
            for site, vectors in stacked.items()
        }
        self.moments = {
            site: self._moments(
                self.rows[site] if site != "embedding" else [self.table]
            )
            for site in model.sites
        }

    def cross(
        self, site: str, other: LanguageModelViews, other_site: str
    ) -> CrossMoments:
        """Moments of a pair of language models' sites."""
        if site == other_site == "embedding":
            return self._cross([self.table], [other.table])
        return self._cross(self.rows[site], other.rows[other_site])

    def moved(
        self, moves: Moves, site: str, other: LanguageModelViews, other_site: str
    ) -> list[Pair]:
        """Moments of such a pair, moved against each other."""
        a, b = self.moments[site].pooled(), other.moments[other_site].pooled()
        if site == other_site == "embedding":
            return moves.of_words(self.words_moved(moves), other.embedding, b)
        (crosses,) = moves.of_tokens([self.vectors[site]], [other.vectors[other_site]])
        return [(a, b, cross) for cross in crosses]

    def words_moved(self, moves: Moves) -> list[tuple[np.ndarray, Moments]]:
        """Its embedding, moved; made once."""
        if moves not in self._words:
            self._words[moves] = moves.words_moved(self.embedding)
        return self._words[moves]

    def cross_tag_model(
        self, view: TagView, vectors: Iterable[np.ndarray]
    ) -> dict[tuple[str, str], CrossMoments]:
        """Moments of every site with a tag model's.

        The embedding is compared with its embedding, every recurrent layer with
        its only one.

        Args:
            view: The tag model's.
            vectors: Of its file, in blocks.
        """
        table = Rows(view.embedding, counts=self.counts)
        found = {("embedding", "embedding"): self._cross([self.table], [table])}
        for number, rows in enumerate(_rows_of(vectors, self.domain.groups)):
            for site in self.recurrent:
                mine = self.rows[site][number]
                pair = found.setdefault((site, RECURRENT), self._empty(mine, rows))
                pair.update(mine, rows)
        return found

    def moved_tag_model(
        self, moves: Moves, view: TagView, vectors: Iterable[np.ndarray]
    ) -> dict[tuple[str, str], list[CrossMoments]]:
        """Moments of the recurrent ones of these pairs, moved against each other."""
        mine = [self.vectors[site] for site in self.recurrent]
        crosses = moves.of_tokens(mine, vectors)
        names = [(site, RECURRENT) for site in self.recurrent]
        return dict(zip(names, crosses, strict=True))

    def _moments(self, rows: Sequence[Rows]) -> Moments:
        moments = Moments(
            rows[0].units, groups=SENTENCE_GROUPS, fingerprint=self.domain.fingerprint
        )
        for block in rows:
            moments.update(block)
        return moments

    def _cross(self, mine: Sequence[Rows], theirs: Sequence[Rows]) -> CrossMoments:
        pair = self._empty(mine[0], theirs[0])
        for one, other in zip(mine, theirs, strict=True):
            pair.update(one, other)
        return pair

    def _empty(self, mine: Rows, theirs: Rows) -> CrossMoments:
        return CrossMoments(
            mine.units,
            theirs.units,
            groups=SENTENCE_GROUPS,
            fingerprint=self.domain.fingerprint,
        )


def _rows_of(vectors: Iterable[np.ndarray], groups: np.ndarray) -> Iterator[Rows]:
    """Blocks of one view as rows, with the resampling group of each."""
    first, origin = 0, None
    for block in vectors:
        rows = Rows(block, groups=groups[first : first + len(block)], origin=origin)
        first, origin = first + len(block), rows.origin
        yield rows
