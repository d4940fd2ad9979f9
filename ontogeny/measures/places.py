"""Where in a language model its sites are: the places of which the papers speak.

A model names its sites: `embedding`, then one per recurrent layer from below,
whose name ends in the layer's number (`lstm1`, `gru2`). What is measured is kept
under these names; figures and claims are about places, alike in every model: `PLACES`.

Nothing is imported that loads torch, for plots and claims use it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ontogeny.errors import InputError

PLACES = {"embedding": "hᵉ", "h1": "h¹", "h2": "h²"}
"""As figures and claims name them: how the papers write them."""


def place(site: str) -> str:
    """The place of a site; of what is no layer (`logits`), its name.

    >>> [place(site) for site in ("embedding", "lstm1", "gru2", "logits")]
    ['embedding', 'h1', 'h2', 'logits']
    """
    layer = re.search(r"\d+$", site)
    return f"h{layer[0]}" if layer else site


def by_place(sites: Iterable[str]) -> dict[str, str]:
    """A model's sites by their places, for a study that speaks of all `PLACES`.

    Args:
        sites: Names; others than of layers do not matter.

    Raises:
        InputError: If a place has no site, or several.

    >>> by_place(["embedding", "gru1", "gru2", "logits"])
    {'embedding': 'embedding', 'h1': 'gru1', 'h2': 'gru2'}
    """
    named = list(sites)
    found = {at: [site for site in named if place(site) == at] for at in PLACES}
    if any(len(there) != 1 for there in found.values()):
        raise InputError(
            "The studies of sparsity and SVCCA speak of an embedding and of two "
            "recurrent layers, whose sites end in 1 and 2; this model has the sites "
            f"{', '.join(named)}."
        )
    return {at: site for at, (site,) in found.items()}
