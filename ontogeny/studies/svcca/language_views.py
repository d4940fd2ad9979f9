"""A language model's view of a text, ready to be compared with many others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from ontogeny.activations.blocks import blocks
from ontogeny.activations.views import stack_views
from ontogeny.measures.similarity.moments import CrossMoments, Moments
from ontogeny.measures.similarity.rows import Rows
from ontogeny.models import Model
from ontogeny.statistics.groups import SENTENCE_GROUPS
from ontogeny.studies.svcca.domains import Domain
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
        table = model.embedding.weight.detach().cpu().numpy()
        self.domain = domain
        self.counts = domain.counts(len(table))
        recurrent = [site for site in model.sites if site != "embedding"]
        every = np.ones(len(domain.tokens), dtype=bool)
        # ASSUME: its state is carried through a document, as in training, and
        # zero at its start, so that no document's views depend on another's.
        stacked = stack_views(model, domain.stream("document"), recurrent, every)
        stacked["embedding"] = table[domain.ids]
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

    def cross_tag_model(self, view: TagView) -> dict[tuple[str, str], CrossMoments]:
        """Moments of every site with a tag model's, whose file is read once.

        The embedding is compared with its embedding, every recurrent layer with
        its only one.
        """
        table = Rows(view.embedding, counts=self.counts)
        found = {("embedding", "embedding"): self._cross([self.table], [table])}
        recurrent = [site for site in self.rows if site != "embedding"]
        for number, rows in enumerate(_rows_of(blocks(view.path), self.domain.groups)):
            for site in recurrent:
                mine = self.rows[site][number]
                pair = found.setdefault((site, RECURRENT), self._empty(mine, rows))
                pair.update(mine, rows)
        return found

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
