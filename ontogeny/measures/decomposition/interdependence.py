"""Decompositional interdependence of two sets of words, by its definition."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from ontogeny.measures.decomposition.arguments import State, as_batch, as_focus, like
from ontogeny.measures.decomposition.contextual import decompose
from ontogeny.measures.decomposition.gates import ONE_LAYER_ONLY, one_layer


@torch.no_grad()
def interdependence(
    lstm: nn.LSTM,
    inputs: Any,
    a: Any,
    b: Any,
    *,
    rule: str = "inclusive",
    state: State | None = None,
) -> Any:
    """DI(A, B) = ‖h_{A∪B} − (h_A + h_B)‖₂ / ‖h_{A∪B}‖₂ at t = max(A ∪ B).

    h_A is the relevant part with focus A. 0 where two sets of words act
    independently; no upper bound.

    Args:
        lstm: One layer.
        inputs: Shape (time, d) or (batch, time, d); see `decompose`.
        a: Mask of the first set, as a focus of `decompose`.
        b: Mask of the second set; shares no step with the first.
        rule: See `decompose`. "murdoch" needs A, B and A ∪ B contiguous.
        state: See `decompose`.

    Returns:
        Dimensionless, shape () or (batch,), of the inputs' kind. NaN where
        h_{A∪B} is zero.

    Raises:
        ValueError: If a set is empty or both share a step; as `decompose`.

    Source: thesis ch. 5 §2.2, equation 2.

    >>> x, steps = torch.randn(4, 3), torch.arange(4)
    >>> float(interdependence(nn.LSTM(3, 2), x, steps == 1, steps == 3)) > 0
    True
    """
    x = as_batch(inputs, one_layer(lstm, ONE_LAYER_ONLY))
    first, second = as_focus(a, x), as_focus(b, x)
    if (first & second).any():
        raise ValueError("the two sets share a step: they must be disjoint")
    if not (first.any(1) & second.any(1)).all():
        raise ValueError("a set is empty: interdependence is of words there are")
    both = first | second
    time = torch.arange(x.shape[1], device=x.device)
    last = torch.where(both, time, 0).amax(1)
    parts = [
        decompose(lstm, x, focus, rule=rule, state=state)[0][torch.arange(len(x)), last]
        for focus in (both, first, second)
    ]
    h, h_a, h_b = parts
    ratio = (h - (h_a + h_b)).norm(dim=-1) / h.norm(dim=-1)
    return like(inputs, ratio if np.ndim(inputs) == 3 else ratio[0])[0]
