"""Documents side by side, each read from a zero state to its end.

A document is whatever is read from a zero state: an article for a language
model, a sentence for a tag model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from ontogeny.models import IGNORED, State, map_state

PADDING = -1
"""Position of a step that stands for no token."""


class DocumentWindow(NamedTuple):
    """Pieces of several documents, side by side.

    Attributes:
        inputs: Word fed at each step, int64, shape (time, batch).
        targets: Label of each step; `IGNORED` where there is none.
        positions: Index of the step's token in the text; `PADDING` past the
            end of a piece. Shape (time, batch).
        documents: Which document each column reads, all different, (batch,).
        of: Number of documents in the text.
    """

    inputs: Tensor
    targets: Tensor
    positions: Tensor
    documents: Tensor
    of: int


class DocumentStream(Sequence[DocumentWindow]):
    """Windows over documents; the state is carried within one, never across.

    A document is read in pieces of `window` steps, in order. Pieces of all
    documents are mixed evenly: each document goes from beginning to end in the
    course of the epoch. Read one after the other instead, articles would be
    forgotten one after the other too, at the papers' step size.

    Args:
        ids: Word ids in text order, shape (tokens,).
        labels: Of each token, `IGNORED` for none, shape (tokens,).
        documents: Of each token, in contiguous runs, shape (tokens,).
        batch: Pieces side by side, at most.
        window: Steps per window, at most.

    >>> ids, documents = np.arange(6), np.array([0, 0, 0, 1, 1, 1])
    >>> stream = DocumentStream(ids, ids, documents, batch=2, window=2)
    >>> [sorted(window.positions[0].tolist()) for window in stream]
    [[0, 3], [2, 5]]
    """

    carries_state = True

    def __init__(
        self,
        ids: np.ndarray,
        labels: np.ndarray,
        documents: np.ndarray,
        *,
        batch: int,
        window: int,
        device: torch.device | str = "cpu",
    ) -> None:
        self._ids, self._labels = (
            torch.from_numpy(np.array(x, dtype=np.int64)).to(device)
            for x in (ids, labels)
        )
        firsts = np.flatnonzero(np.diff(documents, prepend=documents[:1] - 1))
        sizes = np.diff(np.append(firsts, len(documents)))
        self._of = len(sizes)
        self._windows = [
            _Pieces(firsts[document] + piece * window, document, size)
            for document, piece, size in _mixed(sizes, batch, window)
        ]

    def __len__(self) -> int:
        return len(self._windows)

    def __getitem__(self, index):
        pieces = self._windows[index]
        device = self._ids.device
        starts, documents, sizes = (torch.from_numpy(x).to(device) for x in pieces)
        steps = torch.arange(int(pieces.sizes.max()), device=device)[:, None]
        padded = steps >= sizes
        positions = (starts + steps).masked_fill(padded, 0)
        return DocumentWindow(
            self._ids[positions],
            self._labels[positions].masked_fill(padded, IGNORED),
            positions.masked_fill(padded, PADDING),
            documents,
            self._of,
        )


class DocumentStates:
    """The state of every document, zero until it is read."""

    def __init__(self) -> None:
        self._states: State = None

    def before(self, window: DocumentWindow) -> State:
        """The states that a window's documents were left in; None before the first."""
        if self._states is None:
            return None
        # A restored state comes on the CPU.
        at = window.documents
        self._states = map_state(lambda table: table.to(at.device), self._states)
        return map_state(lambda table: table[:, at], self._states)

    def after(self, window: DocumentWindow, state: State) -> None:
        """Keep the states after a window, cut from their past.

        A piece that is shorter than the window is its document's last, so that
        what the padded steps made of its state is never read.
        """
        if self._states is None:
            self._states = map_state(
                lambda part: part.new_zeros(len(part), window.of, part.shape[2]), state
            )
        self._states = map_state(
            lambda table, part: table.index_copy_(1, window.documents, part.detach()),
            *(self._states, state),
        )

    def state_dict(self) -> dict[str, Any]:
        """All states, for a resume."""
        return {"states": self._states}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up the states."""
        self._states = state["states"]


class DocumentLoss:
    """Mean cross-entropy of a window's labelled steps, each document's state kept."""

    carries_state = True

    def __init__(self) -> None:
        self.states = DocumentStates()

    def __call__(self, model, batch: DocumentWindow, step: int) -> dict[str, Tensor]:
        """Return `{"loss_nats": mean}`."""
        output, state = model(batch.inputs, self.states.before(batch))
        self.states.after(batch, state)
        total = model.loss(output, batch.targets).total_nats
        # Sentences of one word have no next tag, and a window may be of these.
        labelled = (batch.targets != IGNORED).sum().clamp(min=1)
        return {"loss_nats": total / labelled}

    def start_epoch(self) -> None:
        """Start every document from a zero state."""
        self.states = DocumentStates()

    def state_dict(self) -> dict[str, Any]:
        """The documents' states."""
        return self.states.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Carry on from saved states."""
        self.states.load_state_dict(state)


class _Pieces(NamedTuple):
    """One window's pieces, each array of shape (batch,)."""

    starts: np.ndarray
    documents: np.ndarray
    sizes: np.ndarray


def _mixed(
    sizes: np.ndarray, batch: int, window: int
) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Which pieces stand in which window: documents, numbers, sizes of pieces.

    Piece k of n is due at (k + u) / n of the epoch, u drawn once per document.
    A document is in a window once: a piece that would be its second waits.
    """
    pieces = -(-sizes // window)
    document = np.repeat(np.arange(len(sizes)), pieces)
    number = np.concatenate([np.arange(n) for n in pieces])
    # ASSUME: one order for all epochs and models, so that rows can be compared.
    offsets = np.random.default_rng(0).random(len(sizes))
    due = (number + offsets[document]) / pieces[document]
    waiting = np.argsort(due, kind="stable")
    windows = []
    while len(waiting):
        # The first piece of each waiting document, in the order they are due.
        _, first = np.unique(document[waiting], return_index=True)
        chosen = np.sort(first)[:batch]
        here = waiting[chosen]
        waiting = np.delete(waiting, chosen)
        left = sizes[document[here]] - number[here] * window
        windows.append((document[here], number[here], np.minimum(left, window)))
    return windows
