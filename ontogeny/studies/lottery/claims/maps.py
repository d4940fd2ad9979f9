"""AttentionSim of one chain's maps, plain or adjusted."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from ontogeny.studies.lottery.claims.draws import mean
from ontogeny.studies.lottery.claims.run import LotteryRun

SELF, CROSS, DECODER = "encoder_self", "cross", "decoder_self"
NAMES = {SELF: "encoder self", CROSS: "enc–dec", DECODER: "decoder self"}


class Maps:
    """AttentionSim within one chain, plain or adjusted."""

    def __init__(self, run: LotteryRun, chain: str, adjusted: bool) -> None:
        self.run, self.chain, self.adjusted = run, chain, adjusted

    def diagonals(self, kind: str, first: int = 1) -> list[np.ndarray]:
        """LTHK's layers beside LTH0's, from one on."""
        k, layers = self.run.last, self.run.every_layer(first)
        return [self._of(kind, (0, layer), (k, layer)) for layer in layers]

    def within(self, kind: str, k: int, one: int, other: int) -> np.ndarray:
        """Two layers of LTHk."""
        return self._of(kind, (k, one), (k, other))

    def off_diagonals(self, kind: str, k: int) -> list[np.ndarray]:
        """All pairs of different layers of LTHk.

        Raises:
            Lacks: If there is none.
        """
        self.run.need_layers(2, "different layers")
        pairs = combinations(self.run.every_layer(), 2)
        return [self.within(kind, k, *pair) for pair in pairs]

    def _of(self, kind: str, a: tuple[int, int], b: tuple[int, int]) -> np.ndarray:
        return self.run.attention(kind, self.adjusted, self.chain, a, b)


def first_to_later(maps: Maps, k: int) -> np.ndarray:
    run = maps.run
    run.need_layers(2, "later layers")
    return mean([maps.within(SELF, k, 1, other) for other in run.every_layer(2)])
