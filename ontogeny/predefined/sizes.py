"""How many weights a predefined sparse layer has, and where: arithmetic alone."""

from __future__ import annotations

from itertools import pairwise
from math import ceil, floor

import numpy as np

from ontogeny.errors import InputError

ROUNDING = 1e-7
"""Added before a float is cut to a whole number, as the authors' code does."""
STEPS = 200
"""Halvings that find α: more than a double has digits."""


def reductions(
    input_size: int,
    hidden_size: int,
    reduce_in: float,
    reduce_out: float,
    *,
    blocks: int | None = None,
) -> tuple[int, float]:
    """Blocks N and density γ of a sparse LSTM with as many weights as a smaller one.

    The dense LSTM has a_i·i inputs and a_o·h units, the sparse one i and h. With
    X = a_i a_o i + a_o² h + 2a_o − 2, N = ⌈(i + h) / X⌉ and γ = (X − h/N) / i, at
    most 1.

    Args:
        input_size: Inputs i of the sparse LSTM.
        hidden_size: Its units h.
        reduce_in: Share a_i of the inputs that the dense LSTM has, in ]0, 1].
        reduce_out: Share a_o of the units, in ]0, 1].
        blocks: More than these N; None: N.

    Returns:
        N and γ; where γ is 1, the sparse LSTM may have fewer weights.

    Raises:
        InputError: If a share is not in ]0, 1], or nothing is left for N blocks.

    Source: the authors' code, SparseSeqModels; the paper has N = 3 and γ = 0.555.

    >>> blocks, density = reductions(1725, 1725, 2 / 3, 2 / 3)
    >>> blocks, round(density, 3)
    (3, 0.555)
    """
    for name, share in (("reduce_in", reduce_in), ("reduce_out", reduce_out)):
        if not 0 < share <= 1:
            raise InputError(f"{name}: must lie in ]0, 1], found {share}.")
    left = reduce_in * reduce_out * input_size + reduce_out**2 * hidden_size
    left += 2 * reduce_out - 2
    least = ceil((input_size + hidden_size) / left - ROUNDING) if left > 0 else 0
    if not 1 <= least <= hidden_size:
        raise InputError(
            f"reductions of {reduce_in:g} and {reduce_out:g} leave too little of "
            f"{input_size} inputs and {hidden_size} units: take larger shares."
        )
    blocks = blocks or least
    if not least <= blocks <= hidden_size:
        raise InputError(
            f"blocks: these reductions need {least} to {hidden_size}, found {blocks}."
        )
    return blocks, min(1.0, (left - hidden_size / blocks) / input_size)


def input_segments(
    input_size: int, blocks: int, density: float
) -> list[tuple[int, int]]:
    """Which inputs each block reads: contiguous shares γ, overlapping evenly.

    Block n begins at b = n · i(1 − γ)/(N − 1), rounded down, and ends at b + γi,
    rounded down; the last ends at i.

    Args:
        input_size: Inputs i.
        blocks: N.
        density: γ, in [1/N, 1].

    Returns:
        (begin, end) of each block, the end left out.

    Raises:
        InputError: If there is no block, or γ lets some input be read by none.

    Source: Demeester et al. (2018, §3); rounding as in the authors' code.

    >>> input_segments(10, 3, 0.5)
    [(0, 5), (2, 7), (5, 10)]
    """
    if not 1 <= blocks <= input_size:
        raise InputError(
            f"blocks: must be 1 to {input_size}, one input each, found {blocks}."
        )
    if not 1 / blocks - ROUNDING <= density <= 1:
        raise InputError(
            f"density: {blocks} block(s) need 1/{blocks} to 1, or some input is read "
            f"by none, found {density:g}."
        )
    step = input_size * (1 - density) / max(1, blocks - 1)
    begins = [n * step for n in range(blocks)]
    ends = [floor(begin + density * input_size + ROUNDING) for begin in begins]
    ends[-1] = input_size
    return [(floor(b + ROUNDING), end) for b, end in zip(begins, ends, strict=True)]


def block_sizes(hidden_size: int, blocks: int) -> list[int]:
    """Units of each block, in order: as equal as may be, h/N where N divides h.

    Raises:
        InputError: If there are more blocks than units.

    >>> block_sizes(1725, 3), block_sizes(7, 3)
    ([575, 575, 575], [2, 2, 3])
    """
    if not 1 <= blocks <= hidden_size:
        raise InputError(
            f"blocks: must be 1 to {hidden_size}, one unit each, found {blocks}."
        )
    ends = [n * hidden_size // blocks for n in range(blocks + 1)]
    return [end - begin for begin, end in pairwise(ends)]


def embedding_alpha(dimensions: int, density: float) -> float:
    """α with Σ_{j<k} α^j = δk: by what factor each dimension has fewer words.

    Args:
        dimensions: k.
        density: δ, the share of k·V entries that are trained.

    Returns:
        In ]0, 1]; it falls to 0 as δ falls to 1/k.

    Raises:
        InputError: Unless 1/k < δ ≤ 1, for there is no such α.

    Source: Demeester et al. (2018, §4.1).

    >>> embedding_alpha(20, 1.0)
    1.0
    >>> alpha = embedding_alpha(20, 0.25)
    >>> round(sum(alpha**j for j in range(20)), 9)
    5.0
    """
    if dimensions < 1:
        raise InputError(f"dimensions: must be at least 1, found {dimensions}.")
    if density == 1:
        return 1.0
    if not 1 / dimensions < density <= 1:
        raise InputError(
            f"density: {dimensions} dimensions need more than 1/{dimensions} and at "
            f"most 1, found {density:g}."
        )
    return _alpha(dimensions, density * dimensions)


def embedding_rows(
    words: int, dimensions: int, density: float, *, blocks: int | None = None
) -> np.ndarray:
    """For how many words, the most frequent ones, each dimension is trained.

    ⌊α^j V + ½⌋ for dimension j. With blocks, as the authors' code has it: B blocks of
    ⌊k/B⌋ dimensions, the last with the rest, α solved anew for what is left after each
    block's rounding, and the last block taking all that is left.

    Args:
        words: V; id 0 is the most frequent.
        dimensions: k.
        density: δ, the share of k·V entries that are trained.
        blocks: B; None: the closed form.

    Returns:
        int64, shape (dimensions,), not rising: dimension j is trained for the ids
        from 0 to rows[j] − 1, and 0 for all others.

    Raises:
        InputError: If there is no such α (see `embedding_alpha`), or so many blocks.

    Source: Demeester et al. (2018, §4.1, figure 2).

    >>> embedding_rows(1000, 4, 0.5).tolist()
    [1000, 544, 296, 161]
    >>> embedding_rows(1000, 4, 0.625, blocks=2).tolist()
    [1000, 1000, 250, 250]
    """
    if words < 1:
        raise InputError(f"words: must be at least 1, found {words}.")
    if blocks is None:
        alpha = embedding_alpha(dimensions, density)
        decay = alpha ** np.arange(dimensions)
        return np.floor(decay * words + 0.5).astype(np.int64)
    if not 1 <= blocks <= dimensions:
        raise InputError(f"blocks: must be 1 to {dimensions}, found {blocks}.")
    widths = [dimensions // blocks] * blocks
    widths[-1] += dimensions % blocks
    if not (widths[0] / dimensions < density <= 1 or density == 1):
        raise InputError(
            f"density: {blocks} blocks of {dimensions} dimensions need more than "
            f"{widths[0] / dimensions:g} and at most 1, found {density:g}."
        )
    # Rows of the first block, then of each what α makes of the one before.
    rows, left = [words], density * dimensions * words
    for at, width in enumerate(widths[:-2]):
        blocks_left = blocks - at
        room = rows[-1] * (dimensions - at * width)
        share = min(1.0, left / room) if room else 0.0
        left -= width * rows[-1]
        alpha = _alpha(blocks_left, share * blocks_left)
        rows.append(floor(rows[-1] * alpha + ROUNDING))
    if blocks > 1:
        left -= widths[-2] * rows[-1]
        rows.append(min(rows[-1], max(0, floor(left / widths[-1] + 0.5))))
    return np.repeat(np.array(rows, dtype=np.int64), widths)


def _alpha(terms: int, total: float) -> float:
    """α with Σ α^j = total over so many terms, by halving; about 0 if there is none."""
    powers = np.arange(terms)
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        too_large = float(np.sum(middle**powers)) > total
        low, high = (low, middle) if too_large else (middle, high)
    return high
