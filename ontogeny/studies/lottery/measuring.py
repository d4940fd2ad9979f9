"""What LTH0 and the models of a chain have in common, on one text.

LTH0 is held beside one model at a time. Similarities come from sums over the text's
positions or cells; intervals from resampling 40 runs of whole pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ontogeny.measures.similarity.cka import linear_cka
from ontogeny.measures.similarity.moments import CrossMoments, Moments
from ontogeny.measures.similarity.resampling import cka_draws
from ontogeny.models.transformer import EncoderDecoder
from ontogeny.statistics.groups import SENTENCE_GROUPS
from ontogeny.studies.lottery.neurons import Sums, match_rows, neuron_rows
from ontogeny.studies.lottery.reading import ADJUSTED, Watch, compared
from ontogeny.studies.lottery.spectra import spectrum_rows, variance_rows
from ontogeny.translation.batches import PairBatch

EVEN = (0, 2, 4, 6, 8)
"""Prunings of the models of figures A9 to A11."""


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
        text: That is read.
        chain: Whether all models are of one chain; if not, a model's own layers are no
            rows, for prunings would not tell whose they are.

    Attributes:
        rows: By the name of a table (`ontogeny.studies.lottery.inputs.Inputs`).
    """

    def __init__(self, layers: int, text: Text, *, chain: bool) -> None:
        self.layers, self.text, self.chain = layers, text, chain
        self.rows: dict[str, list[Any]] = {
            name: [] for name in ("layers", "attention", "neurons", "matches")
        } | {"spectra": [], "variances": []}

    def hold(
        self,
        models: Sequence[EncoderDecoder],
        prunings: Sequence[int],
        watch: Watch | None = None,
    ) -> None:
        """Compare LTH0 with one model, or with itself, and this one's layers.

        Args:
            models: LTH0 and the other; or LTH0 alone.
            prunings: Of each.
            watch: Called with maps of the last of them.
        """
        last = len(models) - 1

        def look(model: int, *its: Any) -> None:
            if watch is not None and model == last:
                watch(model, *its)

        pairs = {pair.places(): pair for pair in self._pairs(last)}
        batches, groups = self.text.batches, self.text.groups
        found = compared(models, batches, list(pairs), groups, look)
        for places, a, b, cross in found:
            self._add(pairs[places], prunings, a, b, cross)

    def beside(self, models: Sequence[EncoderDecoder], prunings: Sequence[int]) -> None:
        """Compare all layers of some models with each other's, without intervals."""
        pairs = {}
        every = range(1, self.layers + 1)
        for views in (*STACKS, *MAPS):
            for first, second in combinations(range(len(models)), 2):
                for one, other in product(every, every):
                    pair = Pair(views, first, one, second, other)
                    pairs[pair.places()] = pair
        for places, a, b, cross in compared(models, self.text.batches, list(pairs)):
            pair = pairs[places]
            table = "layers" if pair.views.adjusted is None else "attention"
            self.rows[table].append(
                {
                    **self._about(pair, prunings),
                    "similarity": linear_cka(a, b, cross=cross),
                }
            )

    def _pairs(self, last: int) -> Iterator[Pair]:
        every = range(1, self.layers + 1)
        for views in (*STACKS, *MAPS):
            for one, other in combinations(every, 2) if self.chain else ():
                yield Pair(views, last, one, last, other)
            if last:
                for one, other in product(every, every):
                    yield Pair(views, 0, one, last, other)
            else:
                for one in every:
                    yield Pair(views, 0, one, 0, one)

    def _about(self, pair: Pair, prunings: Sequence[int]) -> dict[str, Any]:
        return {
            **pair.views.about(),
            "prunings_a": prunings[pair.a],
            "layer_a": pair.layer_a,
            "prunings_b": prunings[pair.b],
            "layer_b": pair.layer_b,
        }

    def _add(
        self,
        pair: Pair,
        prunings: Sequence[int],
        a: Moments,
        b: Moments,
        cross: CrossMoments,
    ) -> None:
        weights, inner = self.text.weights, range(SENTENCE_GROUPS)
        less_a, less_b = a.subset(inner), b.subset(inner)
        less_cross = cross.subset(inner)
        # Of a model's own layers; of the same in both; of LTH0's last with any.
        asked = pair.a == pair.b or pair.layer_a in (pair.layer_b, self.layers)
        row = {
            **self._about(pair, prunings),
            "similarity": linear_cka(a, b, cross=cross),
            "without_ends": linear_cka(less_a, less_b, cross=less_cross),
            "draws": cka_draws(a, b, cross, weights) if asked else None,
        }
        if pair.views.adjusted is not None:
            self.rows["attention"].append(row)
            return
        row["debiased"] = linear_cka(a, b, cross=cross, debiased=True)
        self.rows["layers"].append(row)
        if pair.layer_a == pair.layer_b:
            inner_sums = less_a, less_b, less_cross
            self._of_layer(pair, prunings[pair.b], (a, b, cross), inner_sums)

    def _of_layer(self, pair: Pair, prunings: int, sums: Sums, inner: Sums) -> None:
        """Of a layer of the model that LTH0 is held beside."""
        of: dict[str, Any] = {"prunings": prunings, "stack": pair.views.place}
        own = {**of, "layer": pair.layer_b}
        weights = self.text.weights
        self.rows["neurons"] += [
            {**own, **row} for row in neuron_rows(sums, inner, weights)
        ]
        self.rows["matches"].append(match_rows(sums).assign(**own))
        self.rows["variances"].append(variance_rows(sums[1]).assign(**own))
        if pair.layer_b == self.layers:
            found = spectrum_rows(sums[1], inner[1], weights)
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
    dense = load(0)
    found = Compared(len(dense.encoder), text, chain=chain)
    if chain:
        found.hold([dense], [0], watch(0))
    for at, number in enumerate(prunings[1:], 1):
        found.hold([dense, load(at)], [0, number], watch(at))
    shown = [at for at, number in enumerate(prunings) if number in EVEN and at]
    if even and len(shown) > 1:
        found.beside([load(at) for at in shown], [prunings[at] for at in shown])
    return found.tables()
