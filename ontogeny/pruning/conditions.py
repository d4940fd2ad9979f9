"""Whether groups can die at all under some settings, and stray weights at the end."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, sqrt

from ontogeny.pruning.layers import GROUPS

SLACK = 1 + 1e-9
"""Rounding of a product that is meant to equal the threshold."""


def group_sizes(groups: str, inputs: int, hidden: int, readers: int) -> tuple[int, ...]:
    """How many weights the groups of a neuron have.

    Args:
        groups: "wgn", "iss" or "iss_code" (see `group_norms`).
        inputs: Columns of the layer's W^x.
        hidden: Units of the layer.
        readers: Rows of what reads it: four times the next layer's units, or classes.

    Returns:
        "wgn": of i, f, g, o and h; else of the one group.

    Raises:
        ValueError: If there are no such groups.

    >>> group_sizes("wgn", 200, 200, 10_000), group_sizes("iss", 200, 200, 800)
    ((400, 400, 400, 400, 10800), (3196,))
    """
    if groups not in GROUPS:
        raise ValueError(f"groups must be one of {', '.join(GROUPS)}, found {groups!r}")
    row, column = inputs + hidden, 4 * hidden + readers
    if groups == "wgn":
        return (row,) * 4 + (column,)
    return (4 * row + column - 4,)


def unmet_conditions(
    sizes: Sequence[int],
    *,
    lambda_group: float,
    threshold: float,
    first_rate: float,
    last_rate: float,
) -> list[str]:
    """What λ₁, cut and learning rates let no group die, or not wholly; [] if none.

    A group of n weights shrinks at every step by rate · λ₁ w / ‖w‖, of which a weight
    has rate · λ₁ / √n if all are alike, and rate · λ₁ if it is the last. A step that is
    larger than the cut carries it across 0 and past the cut again and again. So

        first rate · λ₁ / √(weights of the smallest group) ≤ cut, else no group can die;
        last rate · λ₁ ≤ cut, else stray weights live to the end.

    Args:
        sizes: Weights of each group (`group_sizes`), of all layers.
        lambda_group: λ₁, for the same loss as the rates are.
        threshold: The cut as it is applied.
        first_rate: Learning rate of plain SGD at the start.
        last_rate: At the end.

    Returns:
        A sentence for each that is broken, with the rule and numbers that would do.

    Raises:
        ValueError: If a number is not positive and finite, or there is no group.

    Source: the first: Lobacheva et al. (2020) choose λ₁ = 0.0017 and 1e-4 for groups of
    400; both: `docs/shrinking.md`.

    >>> unmet_conditions(group_sizes("wgn", 200, 200, 800), lambda_group=0.0017,
    ...            threshold=1e-4, first_rate=1.0, last_rate=3e-4)
    []
    >>> for sentence in unmet_conditions([64], lambda_group=0.004, threshold=1e-4,
    ...                            first_rate=1.0, last_rate=0.025):
    ...     print(sentence)
    no group can die: learning rate × λ₁ / √(weights of the smallest group) must be at
    most the threshold, and 1 × 0.004 / √64 = 0.0005 is more than 0.0001: take a
    threshold of at least 0.0005 or a λ₁ of at most 0.0008
    """
    for name, number in (
        ("smallest group", min(sizes, default=0)),
        ("lambda_group", lambda_group),
        ("threshold", threshold),
        ("first_rate", first_rate),
        ("last_rate", last_rate),
    ):
        if not 0 < number < inf:
            raise ValueError(f"{name} must be positive and finite, found {number}")
    smallest = sqrt(min(sizes))
    found = []
    for rate, root, rule, product in (
        (
            first_rate,
            smallest,
            "no group can die: learning rate × λ₁ / √(weights of the smallest group)",
            f"{first_rate:.4g} × {lambda_group:.4g} / √{min(sizes)}",
        ),
        (
            last_rate,
            1.0,
            "stray weights live to the end: last learning rate × λ₁",
            f"{last_rate:.4g} × {lambda_group:.4g}",
        ),
    ):
        step = rate * lambda_group / root
        if step > threshold * SLACK:
            found.append(
                f"{rule} must be at most the threshold, and {product} = {step:.4g} is "
                f"more than {threshold:.4g}: take a threshold of at least "
                f"{_up(step)} or a λ₁ of at most {_down(threshold * root / rate)}"
            )
    return found


def _up(number: float) -> str:
    """Two digits, not less."""
    return _digits(number, 1.05)


def _down(number: float) -> str:
    """Two digits, not more."""
    return _digits(number, 0.95)


def _digits(number: float, towards: float) -> str:
    short = f"{number:.2g}"
    wrong = (float(short) - number) * (towards - 1) < -abs(number) * 1e-9
    return f"{number * towards:.2g}" if wrong else short
