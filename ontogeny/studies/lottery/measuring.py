"""What LTH0 and the models of a chain have in common, on one text.

Similarities come from sums over the text's
positions or cells; intervals from resampling 40 runs of whole pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations, product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ontogeny.measures.similarity.cka import linear_cka
from ontogeny.measures.similarity.resampling import cka_draws
from ontogeny.models.transformer import EncoderDecoder
from ontogeny.studies.lottery.comparing import PairSums, Watch, compared
from ontogeny.studies.lottery.map_sums import ADJUSTED
from ontogeny.studies.lottery.names import SHOWN
from ontogeny.studies.lottery.neurons import match_rows, neuron_rows
from ontogeny.studies.lottery.spectra import spectrum_rows, variance_rows
from ontogeny.translation.batches import PairBatch


class Text(NamedTuple):
    """What models are compared on.

    Attributes:
        batches: Each of pairs of one group (`grouped_batches`).
        groups: Of each pair, by its number (`groups_of`).
        weights: How often each group is drawn, shape (resamples, groups).
    """

    batches: Sequence[PairBatch]
    groups: np.ndarray
    weights: np.ndarray


class Views(NamedTuple):
    """What is compared with each other: layers of a stack, or maps of one kind.

    Attributes:
        place: encoder, decoder, encoder_self, cross or decoder_self.
        adjusted: Whether uniform attention is taken off; None: they are no maps.
    """

    place: str
    adjusted: bool | None = None

    def name(self, layer: int) -> str:
        """Of a layer's view (`ontogeny.studies.lottery.reading.views`)."""
        return f"{self.place}{layer}{ADJUSTED * bool(self.adjusted)}"

    def about(self) -> dict[str, Any]:
        """Its columns."""
        if self.adjusted is None:
            return {"stack": self.place}
        return {"kind": self.place, "adjusted": self.adjusted}


STACKS = [Views("encoder"), Views("decoder")]
MAPS = [
    Views(kind, adjusted)
    for kind in ("encoder_self", "cross", "decoder_self")
    for adjusted in (False, True)
]


class Pair(NamedTuple):
    """Two layers' views of two models, by the models' numbers."""

    views: Views
    a: int
    layer_a: int
    b: int
    layer_b: int

    def places(self) -> tuple[tuple[int, str], tuple[int, str]]:
        """As `compared` has them."""
        names = self.views.name(self.layer_a), self.views.name(self.layer_b)
        return (self.a, names[0]), (self.b, names[1])


class Compared:
    """Tables that grow pair by pair.

    Args:
        layers: N.
        prunings: Of the models, by their numbers; 0 is LTH0.
        weights: How often each group is drawn, shape (resamples, groups).

    Attributes:
        rows: By the name of a table (`ontogeny.studies.lottery.inputs.Inputs`).
    """

    def __init__(
        self, layers: int, prunings: Sequence[int], weights: np.ndarray
    ) -> None:
        self.layers, self.prunings, self.weights = layers, prunings, weights
        self.rows: dict[str, list[Any]] = {
            name: [] for name in ("layers", "attention", "neurons", "matches")
        } | {"spectra": [], "variances": []}

    def pairs(self, *, chain: bool, even: bool) -> list[Pair]:
        """What is held beside what: of each model in turn.

        LTH0 beside itself, layer by layer; each other model's layers beside LTH0's and
        each other. All pairs of layers where a figure shows them, else those that a
        claim asks.

        Args:
            chain: Whether all models are of one chain; if not, a model's own layers are
                no rows, for prunings would not tell whose they are.
            even: Whether also the models of figures A9 to A11 beside each other.
        """
        every, last = range(1, self.layers + 1), len(self.prunings) - 1
        shown = [n for n, k in enumerate(self.prunings) if n and k in SHOWN]
        found = []
        for n in range(1 - chain, last + 1):
            whole = n in (last, *shown)
            for views in (*STACKS, *MAPS):
                for one, other in combinations(every, 2) if chain else ():
                    found.append(Pair(views, n, one, n, other))
                for one, other in product(every, every):
                    if one == other or (n and (whole or one == self.layers)):
                        found.append(Pair(views, 0, one, n, other))
        for first, second in combinations(shown, 2) if even else ():
            for views in (*STACKS, *MAPS):
                found += [
                    Pair(views, first, one, second, other)
                    for one, other in product(every, every)
                ]
        return found

    def asked(self, pair: Pair) -> bool:
        """Whether claims ask for a pair, so that it has draws.

        Of a model's own layers; of the same in both; of LTH0's last with any.
        """
        asked = pair.a == pair.b or pair.layer_a in (pair.layer_b, self.layers)
        return asked and pair.a in (0, pair.b)

    def add(self, pair: Pair, sums: PairSums) -> None:
        """Write down what a pair's sums say."""
        *views, cross = sums.whole
        row = {
            **pair.views.about(),
            "prunings_a": self.prunings[pair.a],
            "layer_a": pair.layer_a,
            "prunings_b": self.prunings[pair.b],
            "layer_b": pair.layer_b,
            "similarity": linear_cka(*views, cross=cross),
            "without_ends": linear_cka(*sums.inner[:2], cross=sums.inner[2]),
            "draws": cka_draws(*sums.whole, self.weights) if self.asked(pair) else None,
        }
        if pair.views.adjusted is not None:
            self.rows["attention"].append(row)
            return
        row["debiased"] = linear_cka(*views, cross=cross, debiased=True)
        self.rows["layers"].append(row)
        if pair.a == 0 and pair.layer_a == pair.layer_b:
            self._add_layer(pair, sums)

    def _add_layer(self, pair: Pair, sums: PairSums) -> None:
        """Of a layer of the model that LTH0 is held beside."""
        prunings = self.prunings[pair.b]
        of: dict[str, Any] = {"prunings": prunings, "stack": pair.views.place}
        own = {**of, "layer": pair.layer_b}
        (_, whole, _), (_, inner, _) = sums.whole, sums.inner
        matched = neuron_rows(sums.whole, sums.inner, self.weights)
        self.rows["neurons"] += [{**own, **row} for row in matched]
        self.rows["matches"].append(match_rows(sums.whole).assign(**own))
        self.rows["variances"].append(variance_rows(whole).assign(**own))
        if pair.layer_b == self.layers:
            found = spectrum_rows(whole, inner, self.weights)
            self.rows["spectra"] += [{**of, **row} for row in found]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Each as a table."""
        return {
            name: pd.concat(rows, ignore_index=True)
            if name in ("matches", "variances")
            else pd.DataFrame(rows)
            for name, rows in self.rows.items()
        }


def compare_chain(
    prunings: Sequence[int],
    load: Callable[[int], EncoderDecoder],
    text: Text,
    watch: Callable[[int], Watch],
    *,
    chain: bool = True,
    even: bool = True,
) -> dict[str, pd.DataFrame]:
    """Hold LTH0 beside each model of a chain, and these beside each other.

    Args:
        prunings: Of the models, LTH0 first.
        load: A model in evaluation mode, by its place in `prunings`.
        text: That they read.
        watch: What is called with the maps of a model, by its place.
        chain: Whether they are of one chain, so that LTH0 beside itself is a row, too.
        even: Whether also those that figures A9 to A11 show are held beside each other.

    Returns:
        Tables layers, attention, neurons, matches, spectra and variances.
    """
    layers = len(load(0).encoder)
    found = Compared(layers, prunings, text.weights)
    pairs = {pair.places(): pair for pair in found.pairs(chain=chain, even=even)}

    def look(model: int, *its: Any) -> None:
        watch(model)(model, *its)

    its = text.batches, list(pairs), text.groups, look
    pooled = {place for place, pair in pairs.items() if not found.asked(pair)}
    for sums in compared(load, *its, pooled=pooled):
        found.add(pairs[sums.places], sums)
    return found.tables()
