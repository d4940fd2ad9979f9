"""How the SVCCA paper names its comparisons, and how its claims are written down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ontogeny.claims.intervals import Statistic
from ontogeny.claims.verdicts import Claim

PAPER = (
    "Understanding Learning Dynamics of Language Models with SVCCA "
    "(Saphra & Lopez, 2019; thesis ch. 4)"
)

SITES = {"embedding": "hᵉ", "lstm1": "h¹", "lstm2": "h²"}
RECURRENT = ("lstm1", "lstm2")
PANELS = {"embedding": "embedding", "lstm1": "lstm1", "lstm2": "lstm1"}
"""A language model's site and the tag model's that is compared with it (fig. 8)."""
LAYERS = (("embedding", "lstm1"), ("lstm1", "lstm2"), ("embedding", "lstm2"))

TAGSETS = {
    "upos": "UPOS",
    "xpos": "XPOS",
    "sem_coarse": "SEM (coarse)",
    "sem_fine": "SEM (fine)",
    "topic": "topic",
}
DIRECTIONS = ("target", "input")
COMMON = "articles"
OWN_DOMAIN = {"xpos": "xpos", "sem_coarse": "sem", "sem_fine": "sem"}
"""The text a tagset was learned from, where that is not the common one's."""


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

        >>> tagger("xpos", "lstm2", "input").label
        'similarity of h² to the input tagger of XPOS'
        >>> own_end("lstm1").label, layers("lstm1", "lstm2").label
        ('similarity of h¹ to its own end', 'similarity of h¹ to h²')
        """
        site = f"similarity of {SITES[self.site]} to"
        if self.comparison == "self":
            return f"{site} its own end"
        if self.comparison == "seed":
            return f"{site} the end of another seed"
        if self.comparison == "layers":
            return f"{site} {SITES[self.other_site]}"
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


Measure = Callable[[Any], list[Statistic]]


def svcca_claim(
    id: str,
    sentence: str,
    source: str,
    criterion: str,
    *,
    structure: bool = False,
) -> Callable[[Measure], Claim]:
    """Make the decorated measure a claim of the SVCCA paper.

    Args:
        id: V1 to V31.
        sentence: What the paper says.
        source: Section or figure of the thesis' chapter 4.
        criterion: As fixed before the first run.
        structure: Whether nothing of the sort may be found on the control
            language, where the next word's tag is unpredictable and topics
            say nothing about words; there only a word's own tag can be
            learned, for most words have one.
    """

    def make(measure: Measure) -> Claim:
        return Claim(id, sentence, PAPER, source, criterion, measure, structure)

    return make
