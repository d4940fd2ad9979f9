"""Sums that grow, of one view or of a pair."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from ontogeny.errors import InputError
from ontogeny.measures.similarity.group_sums import Sums
from ontogeny.measures.similarity.rows import Rows

T = TypeVar("T")


class Running:
    """Sums that grow, and what is derived from them, kept until they do."""

    def __init__(
        self, units: tuple[int, int], groups: int, fingerprint: str | None
    ) -> None:
        if min(*units, groups) < 1:
            raise ValueError(f"need units and groups of 1 or more, got {units, groups}")
        self.groups = groups
        self.fingerprint = fingerprint
        self._units = units
        self._sums: Sums | None = None
        self._kept: dict[str, Any] = {}

    @property
    def counts(self) -> np.ndarray:
        """Tokens by group, shape (groups,), int64."""
        if self._sums is None:
            return np.zeros(self.groups, dtype=int)
        return self._sums.matrix[:, -2, -2].astype(int)

    @property
    def n(self) -> int:
        """Tokens in all."""
        return int(self.counts.sum())

    @property
    def shifts(self) -> tuple[np.ndarray | None, np.ndarray | None]:
        """What is subtracted from both views; None before the first tokens."""
        if self._sums is None:
            return None, None
        return self._sums.shift_a, self._sums.shift_b

    @property
    def sums(self) -> Sums:
        """The sums by group, read-only by agreement.

        Raises:
            InputError: If there are no tokens.
        """
        if self._sums is None or not self.n:
            raise InputError("there are no tokens to compare: give at least two.")
        return self._sums

    @property
    def total(self) -> Sums:
        """The sums over all groups, of views less their means."""
        return self.once("total", self.sums.total)

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What `make` gives, made when first asked for since the last update."""
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name]

    def add(self, a: Rows, b: Rows) -> None:
        """Add tokens as both views see them."""
        if (a.units, b.units) != self._units:
            raise ValueError(
                f"vectors of {a.units, b.units} units do not fit {self._units}"
            )
        if self._sums is None:
            self._sums = Sums.zero(a.origin, b.origin, self.groups)
        self._sums.add(a, b)
        self._kept.clear()

    def merge_sums(self, other: Running) -> None:
        """Add the tokens of another, in place."""
        if (other._units, other.groups) != (self._units, self.groups):
            raise ValueError(
                f"units and groups {other._units, other.groups} do not fit "
                f"{self._units, self.groups}"
            )
        require_same_tokens(self, other, counts=False)
        self.fingerprint = self.fingerprint or other.fingerprint
        if other._sums is not None:
            if self._sums is None:
                sums = other._sums
                self._sums = Sums.zero(sums.shift_a, sums.shift_b, self.groups)
            self._sums.merge(other._sums)
            self._kept.clear()

    def keep_groups(self, whole: Running, groups: Sequence[int] | np.ndarray) -> None:
        """Take the sums of some groups of another; a copy."""
        chosen = np.asarray(groups)
        if chosen.min() < 0 or len(np.unique(chosen)) != len(chosen):
            raise ValueError(f"groups are counted from 0 and named once: {groups}")
        if whole.fingerprint is not None:
            self.fingerprint = f"{whole.fingerprint} groups {chosen.tolist()}"
        if whole._sums is not None:
            self._sums = whole._sums.of_groups(chosen)

    def pool(self, groups: Running) -> None:
        """Take the sums of another over all its groups; without its fingerprint."""
        self._sums = groups.sums.total()

    def arrays(self) -> dict[str, np.ndarray]:
        """Fingerprint and sums, as far as there are any; copies."""
        arrays = {}
        if self.fingerprint is not None:
            text = self.fingerprint.encode()
            arrays["fingerprint"] = np.frombuffer(text, dtype=np.uint8).copy()
        if self._sums is not None:
            arrays |= {name: one.copy() for name, one in vars(self._sums).items()}
        return arrays

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Take what `arrays` gave; a copy."""
        if "fingerprint" in state:
            self.fingerprint = state["fingerprint"].tobytes().decode()
        if "matrix" in state:
            self._sums = Sums(
                state["shift_a"].copy(),
                state.get("shift_b", state["shift_a"]).copy(),
                state["matrix"].copy(),
            )


def require_same_tokens(
    first: Running, second: Running, *, counts: bool = True
) -> None:
    """Refuse what is known to be of different tokens.

    Args:
        first: Moments of one view or a pair.
        second: Likewise.
        counts: Whether both must have as many tokens, group by group.

    Raises:
        InputError: If their fingerprints differ, or their counts.
    """
    prints = first.fingerprint, second.fingerprint
    if None not in prints and prints[0] != prints[1]:
        raise InputError(
            f"the views are of different tokens (fingerprints {prints[0]} and "
            f"{prints[1]}): measure both on the same text, in the same order."
        )
    if counts and not np.array_equal(first.counts, second.counts):
        raise InputError(
            f"the views have {first.n:,} and {second.n:,} tokens in "
            f"{first.groups} and {second.groups} groups, or these groups differ in "
            "size: measure both on the same tokens."
        )
