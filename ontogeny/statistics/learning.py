"""Whether a language model has learned anything, by its learning curve."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd


def perplexity(loss_nats: float) -> float:
    """exp(loss); infinite where no float holds it, from a loss of 710 nats on.

    >>> perplexity(0.0), perplexity(24_541.0), perplexity(math.inf)
    (1.0, inf, inf)
    """
    try:
        return math.exp(loss_nats)
    except OverflowError:
        return math.inf


def readable(number: float) -> str:
    """A loss or a perplexity for a sentence, never of many digits.

    >>> [readable(x) for x in (6.2314, 10_964.3, 3e300, math.inf, math.nan)]
    ['6.23', '10,964', '3.0e+300', 'inf', 'nan']
    """
    if number < 1000:
        return f"{number:.2f}"
    return f"{number:,.0f}" if number < 1e6 else f"{number:.1e}"


def unlearned(curve: pd.DataFrame) -> str:
    r"""What shows that a model ends no better than it began; "" if it is better.

    Args:
        curve: Of one training: epoch (0: untrained) and valid_loss_nats.

    >>> worse = pd.DataFrame({"epoch": [0, 1], "valid_loss_nats": [6.23, 10964]})
    >>> print(*unlearned(worse).split(": "), sep="\n")
    ends no better than untrained
    validation loss 10,964 nats after the last epoch, 6.23 before the first
    >>> unlearned(pd.DataFrame({"epoch": [0, 1], "valid_loss_nats": [6.2, 5.1]}))
    ''
    """
    losses = curve.sort_values("epoch")["valid_loss_nats"]
    untrained, last = losses.iloc[0], losses.iloc[-1]
    if last < untrained:  # of NaN neither is below the other
        return ""
    return (
        f"ends no better than untrained: validation loss {readable(last)} nats after "
        f"the last epoch, {readable(untrained)} before the first"
    )


def not_judged(curves: Mapping[int, pd.DataFrame]) -> dict[int, str]:
    """Why no claim may be judged on some seeds: their models have learned nothing.

    Numbers of such a model are numbers of nothing, but can fall on a claim's side.

    Args:
        curves: By seed, the learning curve of its language model.

    Returns:
        By seed the reason; without the seeds whose models have learned.

    >>> curves = {seed: pd.DataFrame({"epoch": [0, 1], "valid_loss_nats": [6.2, end]})
    ...           for seed, end in ((1, 5.0), (2, 7.0))}
    >>> list(not_judged(curves))
    [2]
    """
    shown = {seed: unlearned(curve) for seed, curve in curves.items()}
    return {
        seed: f"the language model {evidence}"
        for seed, evidence in shown.items()
        if evidence
    }
