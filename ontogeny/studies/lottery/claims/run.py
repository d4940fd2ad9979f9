"""What the claims about lottery tickets ask of one seed.

Quantities come as *draws*, shape (1 + resamples,): row 0 is of the sample itself. BLEU
is resampled over sentences of the test text, shares of peaked attention over groups of
sentences, similarities as they were measured; each alike for all models of the seed, so
that differences are paired. What is the same by definition (LTH0 beside itself) has
one row, which is as good as all. Sparsities have no resamples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ontogeny.claims.verdicts import Lacks
from ontogeny.statistics.resampled import accuracy_draws
from ontogeny.studies.lottery.claims.draws import SAME, drawn, weights
from ontogeny.studies.lottery.names import DENSE, iterations_of
from ontogeny.translation.bleu import bleu

MIN_SENTENCES = 20
"""ASSUME: of fewer, resamples say nothing about another text."""

Place = tuple[int, int]
"""Prunings and layer."""


@dataclass(frozen=True, eq=False)
class LotteryRun:
    """One seed.

    Attributes:
        tables: By name, as `Inputs`, rows of this seed alone.
        chains: Iterations of each chain.
        at_once: Prunings of a fifth in an iteration.
        layers: N, of each stack.
        as_in_paper: Whether sizes, corpus and epochs are the paper's.
        resamples: Of the bootstraps over sentences and groups.
    """

    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    chains: Mapping[str, int]
    at_once: int
    layers: int
    as_in_paper: bool = False
    resamples: int = 1000

    # Which models there are.

    def need(self, chain: str, *prunings: int) -> None:
        """Check that a chain has models of so many prunings.

        Raises:
            Lacks: If it was not trained, or has them not; with those it has.
        """
        if not self.chains.get(chain):
            raise Lacks(f"no {chain} chain was trained")
        known = self.prunings(chain)
        if missing := [k for k in prunings if k not in known]:
            raise Lacks(
                f"needs k = {_listed(missing)}; the {chain} chain has k = "
                f"{_listed(known)}"
            )

    def prunings(self, chain: str = "magnitude") -> list[int]:
        """k of a chain's analysed models, without 0.

        Raises:
            Lacks: If the chain was not trained.
        """
        if not self.chains.get(chain):
            raise Lacks(f"no {chain} chain was trained")
        analysed = iterations_of(chain, self.at_once, self.chains[chain])
        return [n * self.at_once for n in analysed]

    @property
    def last(self) -> int:
        """K: prunings of the last model of the magnitude chain that is analysed."""
        return self.prunings()[-1]

    def need_layers(self, number: int, why: str) -> None:
        """Check that stacks have so many layers.

        Raises:
            Lacks: If not.
        """
        if self.layers < number:
            raise Lacks(f"needs {number} layers ({why}), has {self.layers}")

    def every_layer(self, first: int = 1, last: int | None = None) -> range:
        """Layers from one to another, by default to N."""
        return range(first, (self.layers if last is None else last) + 1)

    def early(self) -> range:
        """Layers 1…⌊N/2⌋."""
        return self.every_layer(last=self.layers // 2)

    # Quality and sparsity.

    @cached_property
    def _kept(self) -> dict[Any, Any]:
        """What was read or resampled before: most is asked for many times."""
        return {}

    def bleu(self, chain: str, prunings: int = 0) -> np.ndarray:
        """BLEU on the first test text.

        Args:
            chain: Any; of `DENSE`, and of 0 prunings, it is LTH0's.
            prunings: k.
        """
        if prunings == 0:
            chain = DENSE
        elif chain == DENSE:
            raise ValueError("LTH0 is not pruned")
        if (key := ("bleu", chain, prunings)) not in self._kept:
            if chain != DENSE:
                self.need(chain)
            self._kept[key] = self._bleu(chain, prunings)
        return np.asarray(self._kept[key])

    def _bleu(self, chain: str, prunings: int) -> np.ndarray:
        model, table = f"LTH{prunings} of the {chain} chain", self.tables["sentences"]
        rows = self._of("sentences", chain)
        rows = rows[rows["prunings"].eq(prunings)]
        if rows.empty:
            raise Lacks(f"no translations of {model}")
        rows = rows[rows["test"].eq(table["test"].iloc[0])].sort_values("pair")
        if len(rows) < MIN_SENTENCES:
            raise Lacks(f"needs {MIN_SENTENCES} sentences, has {len(rows)}")
        statistics = np.array(rows["statistics"].tolist())
        if not bleu(statistics.sum(axis=0)):
            raise Lacks(f"{model} has a BLEU of 0")
        return bleu(weights(len(rows), self.resamples) @ statistics)

    def modules(self, prunings: int, chain: str = "magnitude") -> pd.DataFrame:
        """Rows of the table of pruned matrices."""
        self.need(chain)
        rows = self._of("modules", chain)
        rows = rows[rows["prunings"].eq(prunings)]
        if rows.empty:
            raise Lacks(f"no masks of LTH{prunings} of the {chain} chain")
        return rows

    def masked(self, chain: str) -> list[int]:
        """k of all pruned models of a chain, those beyond the analysed ones too."""
        return sorted(self._of("modules", chain)["prunings"].unique().tolist())

    def sparsity(self, prunings: int) -> float:
        """Share of the prunable weights that the magnitude chain has pruned."""
        if prunings == 0:
            return 0.0
        rows = self.modules(prunings)
        return float(rows["pruned"].sum() / rows["weights"].sum())

    def net_sparsity(self, prunings: int) -> float:
        """Share of all parameters."""
        rows = self.modules(prunings)
        return float(rows["pruned"].sum() / rows["parameters"].iloc[0])

    # Similarities.

    def layer(self, stack: str, chain: str, a: Place, b: Place) -> np.ndarray:
        """LayerSim of two layers of one stack."""
        return self._similarity("layers", (stack,), chain, a, b)

    def attention(
        self, kind: str, adjusted: bool, chain: str, a: Place, b: Place
    ) -> np.ndarray:
        """AttentionSim of two maps of one kind."""
        return self._similarity("attention", (kind, adjusted), chain, a, b)

    def _similarity(
        self, table: str, of: tuple[Any, ...], chain: str, a: Place, b: Place
    ) -> np.ndarray:
        if a == b:
            return SAME
        known = self._indexed(table, chain)
        row = known.get((*of, *a, *b), known.get((*of, *b, *a)))
        told = " and ".join(f"layer {layer} of LTH{k}" for k, layer in (a, b))
        what = "attention" if table == "attention" else "layers"
        return drawn(row, f"{what}, {of[0]}, {told} of the {chain} chain")

    def neurons(self, statistic: str, stack: str, chain: str, at: Place) -> np.ndarray:
        """Of a layer of LTHk beside LTH0's; see `Inputs`."""
        prunings, layer = at
        if prunings == 0:
            return SAME
        row = self._indexed("neurons", chain).get((stack, statistic, prunings, layer))
        told = f"neurons ({statistic}), {stack} {layer}, LTH{prunings}"
        return drawn(row, f"{told} of the {chain} chain")

    def matches(self, stack: str, chain: str, at: Place) -> np.ndarray:
        """Largest correlations of a layer's neurons in LTHk with LTH0's."""
        prunings, layer = at
        rows = self._of("matches", chain)
        own = rows["prunings"].eq(prunings) & rows["layer"].eq(layer)
        own &= rows["stack"].eq(stack) & rows["of"].eq("sparse")
        if not own.any():
            raise Lacks(f"no matches of neurons, {stack} {layer}, LTH{prunings}")
        return rows.loc[own, "correlation"].to_numpy(dtype=float)

    def spectrum(
        self, statistic: str, stack: str, chain: str, prunings: int, *, centred: bool
    ) -> np.ndarray:
        """Of a last layer; see `Inputs`."""
        chain = chain if prunings else DENSE
        key = stack, statistic, centred, prunings
        row = self._indexed("spectra", chain).get(key)
        told = f"spectrum ({statistic}), {stack}, LTH{prunings} of chain {chain}"
        return drawn(row, told)

    def peaked(
        self, kind: str, chain: str, prunings: int, *, first: bool = True
    ) -> np.ndarray:
        """Share of peaked rows of all maps of a kind.

        Args:
            kind: Of the maps.
            chain: Whose.
            prunings: k; of 0 it is LTH0's.
            first: Whether the first position of each pair is counted.
        """
        rows = self._of("peaked", chain if prunings else DENSE)
        rows = rows[rows["prunings"].eq(prunings) & rows["kind"].eq(kind)]
        if rows.empty:
            raise Lacks(f"no peaked maps, {kind}, LTH{prunings} of the {chain} chain")
        names = ["queries", "peaked", "first_queries", "first_peaked"]
        sums = rows.groupby("group")[names].sum()
        if not first:
            sums["queries"] -= sums["first_queries"]
            sums["peaked"] -= sums["first_peaked"]
        drawings = weights(len(sums), self.resamples)[1:]
        above, of = (sums[name].to_numpy(float) for name in ("peaked", "queries"))
        return accuracy_draws(above, of, drawings)

    def categories(self, by: str) -> tuple[dict[str, np.ndarray], dict[str, float]]:
        """Of the magnitude chain's last model, categories that have enough tokens.

        Returns:
            By name the debiased similarity to LTH0, and the words' ambiguity.

        Raises:
            Lacks: If there is none.
        """
        rows = self._of("categories", "magnitude")
        rows = rows[rows["prunings"].eq(self.last) & rows["by"].eq(by)]
        rows = rows[rows["judged"].astype(bool)]
        if rows.empty:
            raise Lacks(f"no tokens by {by} were compared")
        names = rows["category"].tolist()
        both = zip(rows["debiased"].tolist(), rows["draws"].tolist(), strict=True)
        values = {
            name: drawn(row, f"tokens by {by}, {name}")
            for name, row in zip(names, both, strict=True)
        }
        return values, dict(zip(names, rows["ambiguity"].tolist(), strict=True))

    # Rows.

    def _of(self, table: str, chain: str) -> pd.DataFrame:
        key = "rows", table, chain
        if key not in self._kept:
            rows = self.tables[table]
            self._kept[key] = rows[rows["chain"].eq(chain)]
        found: pd.DataFrame = self._kept[key]
        return found

    def _indexed(self, table: str, chain: str) -> dict[tuple[Any, ...], Any]:
        """Value and resamples by all that tells rows of a chain apart."""
        key = "indexed", table, chain
        if key not in self._kept:
            if chain != DENSE:
                self.need(chain)
            rows = self._of(table, chain)
            columns = [rows[name].tolist() for name in KEYS[table]]
            value = "value" if "value" in rows else "similarity"
            both = zip(rows[value].tolist(), rows["draws"].tolist(), strict=True)
            self._kept[key] = dict(zip(zip(*columns, strict=True), both, strict=True))
        found: dict[tuple[Any, ...], Any] = self._kept[key]
        return found


_PAIR = ("prunings_a", "layer_a", "prunings_b", "layer_b")
KEYS = {
    "layers": ("stack", *_PAIR),
    "attention": ("kind", "adjusted", *_PAIR),
    "neurons": ("stack", "statistic", "prunings", "layer"),
    "spectra": ("stack", "statistic", "centred", "prunings"),
}


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))
