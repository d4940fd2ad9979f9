"""Per-word means over a recording, in constant memory."""

from __future__ import annotations

import pandas as pd
import torch
from torch import Tensor

from ontogeny.activations.recording import Recording

ROLES = ("target", "input")


class WordMeans:
    """Mean χ and ℓ₁ of every word, by site, quantity and role.

    A step counts for the word that is its target (ρ←) and for the one that is
    its input (ρ→). Vectors exactly zero have no χ: they are dropped and counted.

    Args:
        types: Size of the vocabulary.
        special: Ids that enter no per-word statistic.
    """

    def __init__(self, types: int, special: list[int]) -> None:
        self.types = types
        self.special = special
        self._sums: dict[tuple[str, str, str], Tensor] = {}

    def add(self, recording: Recording) -> None:
        """Take in the steps of a window."""
        assert recording.targets is not None  # `record` reads a language model
        words = {"target": recording.targets, "input": recording.inputs}
        for (quantity, site), reading in recording.readings.items():
            zero = reading.l1 == 0
            columns = torch.stack(
                [
                    (~zero).double(),
                    zero.double(),
                    reading.concentration.double().masked_fill(zero, 0.0),
                    reading.l1.double(),
                ],
                dim=1,
            )
            for role in ROLES:
                sums = self._sums.setdefault(
                    (quantity, site, role), columns.new_zeros(self.types, 4)
                )
                sums.index_add_(0, words[role], columns)

    def table(self, *, epoch: int, step: int) -> pd.DataFrame:
        """The means so far, as described in `ontogeny.studies.sparsity.words`.

        Words that were not met have no row.
        """
        parts = []
        for (quantity, site, role), sums in self._sums.items():
            steps, zeros, concentration, l1 = sums.cpu().T
            met = (steps + zeros) > 0
            met[self.special] = False
            parts.append(
                pd.DataFrame(
                    {
                        "epoch": pd.Series(epoch, range(int(met.sum())), "int32"),
                        "step": step,
                        "site": site,
                        "quantity": quantity,
                        "role": role,
                        "word": met.nonzero()[:, 0].int().numpy(),
                        "steps": steps[met].long().numpy(),
                        "zeros": zeros[met].long().numpy(),
                        # 0 / 0 where all vectors were zero: NaN, as it should be.
                        "concentration": (concentration / steps)[met].numpy(),
                        "l1": (l1 / steps)[met].numpy(),
                    }
                )
            )
        return pd.concat(parts, ignore_index=True)
