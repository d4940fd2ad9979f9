"""How the SVCCA paper names its comparisons, and how its claims are written down."""

from __future__ import annotations

from typing import NamedTuple

from ontogeny.claims.verdicts import claims_of
from ontogeny.measures.places import PLACES
from ontogeny.studies.svcca.names import (
    COMMON,
    LEARNED_POINTS,
    OWN_DOMAIN,
    PANELS,
    TAGSETS,
)

PAPER = (
    "Understanding Learning Dynamics of Language Models with SVCCA "
    "(Saphra & Lopez, 2019; thesis ch. 4)"
)

RECURRENT = ("h1", "h2")
DIRECTIONS = ("target", "input")


class Pair(NamedTuple):
    """What two representations are compared: a series over epochs.

    The fields are columns of the table of similarities.
    """

    comparison: str
    domain: str
    site: str
    other_site: str
    tagset: str = ""
    direction: str = ""
    shuffled: bool = False

    @property
    def label(self) -> str:
        """For the reader.

        >>> tagger("xpos", "h2", "input").label
        'similarity of h² to the input tagger of XPOS'
        >>> own_end("h1").label, layers("h1", "h2").label
        ('similarity of h¹ to its own end', 'similarity of h¹ to h²')
        """
        site = f"similarity of {PLACES[self.site]} to"
        if self.comparison == "self":
            return f"{site} its own end"
        if self.comparison == "seed":
            return f"{site} the end of another seed"
        if self.comparison == "layers":
            return f"{site} {PLACES[self.other_site]}"
        return f"{site} the {self._tagger()}"

    def _tagger(self) -> str:
        shuffled = "shuffled " if self.shuffled else ""
        where = "" if self.domain == COMMON else " on its own domain"
        if self.comparison == "tagger matched":
            where = " at its own domain's size"
        return f"{shuffled}{self.direction} tagger of {TAGSETS[self.tagset]}{where}"


def own_end(site: str) -> Pair:
    """A site and the same site after the last epoch (fig. 3)."""
    return Pair("self", COMMON, site, site)


def other_seed(site: str) -> Pair:
    """A site and the same site of another seed after its last epoch (fig. 4)."""
    return Pair("seed", COMMON, site, site)


def layers(site: str, other_site: str) -> Pair:
    """Two sites of the model at one epoch, one of `LAYERS` (fig. 5)."""
    return Pair("layers", COMMON, site, other_site)


def tagger(
    tagset: str, site: str, direction: str = "target", *, shuffled: bool = False
) -> Pair:
    """A site and a final tagger's, on the common corpus (figs. 8, 9)."""
    return Pair("tagger", COMMON, site, PANELS[site], tagset, direction, shuffled)


def on_own_domain(pair: Pair) -> Pair:
    """The same on the tagger's own domain (figs. 10, 11)."""
    return pair._replace(domain=OWN_DOMAIN[pair.tagset])


def at_own_size(pair: Pair) -> Pair:
    """The same on so much of the common corpus as the own domain holds."""
    return pair._replace(comparison="tagger matched")


# On the control language the next word's tag is unpredictable and topics say
# nothing about words; there only a word's own tag can be learned, for most words
# have one. `structure=True`: nothing of the sort may be found there.
svcca_claim = claims_of(PAPER)
LEARNED = (
    f"; since 2026-11-21 only of tag models {LEARNED_POINTS} points better than their "
    "shuffled twins"
)
"""In the criterion of a claim with a gate; where that is passed nothing changed."""
