"""Interdependence of all word pairs of sentences, by shared prefixes.

Computed pair by pair, a sentence's interdependence costs a decomposition of
the whole sentence three times per pair. But before the right word r, focus
{l, r} has the state of focus {l}, and focus {r} has the plain LSTM's, all
irrelevant. So one decomposition per *left* word serves all its pairs, and the
words of all sentences take their steps together.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from ontogeny.measures.decomposition.arguments import (
    State,
    as_lengths,
    as_sentences,
    as_state,
    as_window,
    like,
)
from ontogeny.measures.decomposition.cell import Parts, activate
from ontogeny.measures.decomposition.gates import ONE_LAYER_ONLY, Gates, one_layer

# Left words that take their steps together. Fewer wait for Python, more fall out
# of the cache; for 400 units on 2 cores, 64 to 512 cost within a quarter.
LEFT_WORDS = 256


class _Totals(NamedTuple):
    """What the plain LSTM does at each word, and what of it needs no pair.

    All of shape (words, …), the words of all sentences in one row.
    """

    from_word: Tensor  # W x, of the gates i, f, g: (words, 3 · hidden)
    preactivation: Tensor  # of i, f, g with bias: (words, 3 · hidden)
    value: Tensor  # σ, σ, tanh of it
    o: Tensor
    cell: Tensor
    tanh_cell: Tensor


def partners(lengths: Any, window: int) -> np.ndarray:
    """How many words each word is paired with to its right, in one row.

    Args:
        lengths: Words of each sentence, shape (sentences,).
        window: Largest distance of a pair, at least 1.

    Raises:
        ValueError: If lengths or window are no whole numbers of that kind.

    >>> partners([1, 3], 2).tolist()
    [0, 2, 1, 0]
    """
    lengths, window = as_lengths(lengths), as_window(window)
    ends = np.repeat(np.cumsum(lengths), lengths)
    return np.minimum(window, ends - 1 - np.arange(len(ends)))


def pairs_within(
    lengths: Any, window: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sentence, left and right word of all pairs l < r ≤ l + window.

    Args:
        lengths: Words of each sentence, shape (sentences,).
        window: Largest distance r − l, at least 1.

    Returns:
        int64 arrays of equal length, by sentence, left and right word.

    Raises:
        ValueError: As `partners`.

    >>> [array.tolist() for array in pairs_within([1, 3], 2)]
    [[1, 1, 1], [0, 0, 1], [1, 2, 2]]
    """
    lengths = as_lengths(lengths)
    sentence = np.repeat(np.arange(len(lengths)), lengths)
    word = np.arange(len(sentence)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    number = partners(lengths, window)
    first = np.cumsum(number) - number
    left = np.repeat(word, number)
    right = left + 1 + np.arange(len(left)) - np.repeat(first, number)
    return np.repeat(sentence, number), left, right


@torch.no_grad()
def pairwise_interdependence(
    lstm: nn.LSTM,
    inputs: Any,
    window: int,
    *,
    rule: str = "inclusive",
    state: State | None = None,
    lengths: Any = None,
) -> tuple[Any, Any, Any]:
    """DI({l}, {r}) at step r, for all pairs of words l < r ≤ l + window.

    Equal to `interdependence` of each pair; a pair costs no more in a long
    sentence than in a short one.

    Args:
        lstm: One layer.
        inputs: One sentence (time, d), or several, padded, (batch, time, d).
        window: Largest distance r − l, a whole number of at least 1.
        rule: "inclusive"; "murdoch" is not defined for words that are not
            neighbours.
        state: Carried in; see `decompose`.
        lengths: Words of each of several sentences, shape (batch,); None: all
            of them. What follows is padding, and not looked at.

    Returns:
        left, right (positions from 0, int64) and interdependence, of the
        inputs' kind and equal length; by sentence, left and right word (in the
        order of `pairs_within`, which also gives the sentence). A sentence of
        one word has no pair. NaN where h of both words is zero.

    Raises:
        ValueError: As `decompose`; for another window, or lengths that do not
            fit.

    Source: thesis ch. 5 §2.2, equation 2, and §3.1.

    >>> left, right, di = pairwise_interdependence(nn.LSTM(3, 2), torch.randn(3, 3), 2)
    >>> left.tolist(), right.tolist()
    ([0, 0, 1], [1, 2, 2])
    """
    gates = one_layer(lstm, ONE_LAYER_ONLY)
    if rule != "inclusive":
        raise ValueError(f"pairs of words need rule 'inclusive', found {rule!r}")
    window = as_window(window)
    x, length = as_sentences(inputs, lengths, gates)
    totals = _run(gates, x, length, Parts(*as_state(state, x, gates.hidden)))
    number = torch.from_numpy(partners(length, window)).to(x.device)
    values = _all_pairs(gates, totals, number, window)
    _, left, right = (torch.from_numpy(a) for a in pairs_within(length, window))
    return like(inputs, left, right, values)


def _run(gates: Gates, x: Tensor, length: np.ndarray, start: Parts) -> _Totals:
    """The plain LSTM, all sentences side by side, then its words in one row."""
    hidden, cell = start
    rows = 3 * gates.hidden
    from_word = x @ gates.inputs.T
    steps = []
    for t in range(x.shape[1]):
        preactivation = from_word[:, t] + hidden @ gates.recurrent.T + gates.bias
        value = activate(preactivation[:, :rows])
        i, f, g = value.chunk(3, dim=1)
        o = preactivation[:, rows:].sigmoid()
        cell = f * cell + i * g
        tanh_cell = cell.tanh()
        hidden = o * tanh_cell
        steps.append([preactivation[:, :rows], value, o, cell, tanh_cell])
    time = torch.arange(x.shape[1], device=x.device)
    words = time < torch.from_numpy(length).to(x.device)[:, None]
    stacked = (torch.stack(part, 1)[words] for part in zip(*steps, strict=True))
    return _Totals(from_word[..., :rows][words], *stacked)


def _all_pairs(gates: Gates, totals: _Totals, number: Tensor, window: int) -> Tensor:
    """Interdependence of all pairs, by left and right word, shape (pairs,)."""
    values = totals.cell.new_empty(int(number.sum()))
    if not len(values):
        return values
    first = number.cumsum(0) - number
    alone = _alone(gates, totals)
    # Words with many partners first: those that are done are cut off the end.
    order = torch.argsort(number, descending=True, stable=True)
    order = order[: int((number > 0).sum())]
    for block in order.split(LEFT_WORDS):
        relevant = Parts(alone.hidden[block], alone.cell[block])
        for distance in range(1, min(window, int(number[block[0]])) + 1):
            block = block[number[block] >= distance]
            relevant = Parts(*(part[: len(block)] for part in relevant))
            right = block + distance
            here = _Totals(*(part[right] for part in totals))
            relevant, both = _next(gates, here, relevant)
            apart = relevant.hidden + alone.hidden[right]
            values[first[block] + distance - 1] = torch.linalg.vector_norm(
                both - apart, dim=1
            ) / torch.linalg.vector_norm(both, dim=1)
    return values


def _alone(gates: Gates, totals: _Totals) -> Parts:
    """Relevant part of each word's own step with focus on it alone.

    What came before is irrelevant, so r = W x and the rest of the
    preactivation is s + b: no recurrence is left.
    """
    blocks = [
        _relevant(
            gates,
            _Totals(*(part[here] for part in totals)),
            totals.from_word[here],
            torch.zeros_like(totals.cell[here]),
            in_focus=True,
        )
        for here in torch.arange(len(totals.cell), device=totals.cell.device).split(
            LEFT_WORDS
        )
    ]
    return Parts(*(torch.cat(part) for part in zip(*blocks, strict=True)))


def _next(gates: Gates, here: _Totals, relevant: Parts) -> tuple[Parts, Tensor]:
    """One word further: relevant part of {l}, and h of {l, r} with r this word."""
    from_state = relevant.hidden @ gates.recurrent[: here.value.shape[1]].T
    of_both = _relevant(
        gates, here, from_state + here.from_word, relevant.cell, in_focus=True
    )
    of_left = _relevant(gates, here, from_state, relevant.cell, in_focus=False)
    return of_left, of_both.hidden


def _relevant(
    gates: Gates, here: _Totals, r: Tensor, cell: Tensor, *, in_focus: bool
) -> Parts:
    """The relevant half of `cell.step`, where the sum of both halves is known."""
    bias = gates.bias[: r.shape[1]]
    of_bias = activate(bias)
    linear = activate(r + bias)
    linear -= of_bias
    linear += here.value
    linear -= activate(here.preactivation - r)
    linear *= 0.5
    i_b, _, g_b = of_bias.chunk(3)
    i_r, f_r, g_r = linear.chunk(3, dim=1)
    i_g = torch.addcmul(i_r * g_b, i_r + i_b, g_r)
    if in_focus:
        i_g += i_b * g_b
    f_r += of_bias.chunk(3)[1]
    after = i_g.addcmul_(f_r, cell)
    hidden = after.tanh()
    hidden += here.tanh_cell
    hidden -= (here.cell - after).tanh_()
    hidden *= here.o
    hidden *= 0.5
    return Parts(hidden, after)
