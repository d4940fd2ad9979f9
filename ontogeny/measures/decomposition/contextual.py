"""Contextual decomposition: what part of an LSTM's output some words make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ontogeny.measures.decomposition.arguments import (
    State,
    as_batch,
    as_focus,
    as_state,
    as_states,
    as_tensor,
    like,
)
from ontogeny.measures.decomposition.cell import Parts, step
from ontogeny.measures.decomposition.gates import (
    Gates,
    layers_of,
    one_layer,
    refuse_half,
)

RULES = ("inclusive", "murdoch")
"""Who owns the product of the biases of i and g at a step in focus."""


def decompose(
    lstm: nn.LSTM,
    inputs: Any,
    focus: Any,
    *,
    rule: str = "inclusive",
    state: State | None = None,
) -> tuple[Any, Any]:
    """Split an LSTM's output h into h_relevant + h_irrelevant, exactly.

    Relevant is what the words in focus make by themselves; irrelevant is what
    the others make, and the interactions of both (`cell.step`). With rule
    "inclusive" and a zero state, focus on everything gives all of h, focus on
    nothing gives nothing. A carried-in state is irrelevant.

    Args:
        lstm: One layer, of float32 or float64 weights.
        inputs: What it reads, numpy array or torch tensor; always of shape
            (time, d) or (batch, time, d), also where the LSTM is not batch_first.
        focus: Boolean mask of the steps in focus, shape (time,) or
            (batch, time); they need not be neighbours.
        rule: "inclusive": the product of biases is relevant at every step in
            focus (Saphra & Lopez). "murdoch": at every one but the last; needs
            a contiguous focus.
        state: Hidden and cell state before the first step, of shape
            (1, batch, hidden) each as torch has them; zero if None.

    Returns:
        The relevant and the irrelevant part, shape (…, time, hidden) each, of
        the inputs' kind.

    Raises:
        ValueError: If the LSTM is not plain, has several layers, or weights that
            are not finite or of half precision; if inputs or state are not finite
            or of another shape, or the focus is; for an unknown rule.

    Source: Murdoch et al. (2018), arXiv:1801.05453, §3.2; thesis ch. 5 §2.1.

    >>> lstm = nn.LSTM(3, 2)
    >>> x = torch.randn(4, 3)
    >>> focus = torch.tensor([True, True, False, False])
    >>> relevant, irrelevant = decompose(lstm, x, focus)
    >>> bool(torch.allclose(relevant + irrelevant, lstm(x)[0], atol=1e-6))
    True
    """
    gates = one_layer(lstm)
    relevant, irrelevant = _decompose([gates], inputs, focus, rule, [state])
    return like(inputs, relevant, irrelevant)


def decompose_stack(
    lstm: nn.LSTM | Sequence[nn.LSTM],
    inputs: Any,
    focus: Any,
    *,
    rule: str = "inclusive",
    state: Sequence[State] | State | None = None,
) -> tuple[Any, Any]:
    """Split the last layer's output of stacked LSTMs, exactly.

    The relevant part of a layer's output is the next one's relevant input;
    there the product of biases is always irrelevant.

    Args:
        lstm: A torch LSTM of several layers, or single-layer ones in order
            (`LanguageModel.lstms`). Without dropout between them: a torch LSTM
            that has it must be in eval mode.
        inputs: See `decompose`.
        focus: See `decompose`.
        rule: See `decompose`; of the first layer.
        state: As torch has it, two tensors of shape (layers, batch, hidden),
            or one pair (h, c) per layer; zero if None. Two tensors are always
            taken as torch's.

    Returns:
        As `decompose`.

    Raises:
        ValueError: As `decompose`; if there is no layer, or one does not fit the
            next.

    Source: thesis ch. 5 §2.1 has one layer; this continues it.

    >>> lstm = nn.LSTM(3, 2, num_layers=2)
    >>> x = torch.randn(4, 3)
    >>> relevant, irrelevant = decompose_stack(lstm, x, torch.ones(4, dtype=bool))
    >>> bool(torch.allclose(relevant + irrelevant, lstm(x)[0], atol=1e-6))
    True
    """
    layers = layers_of(lstm)
    states = as_states(state, len(layers))
    return like(inputs, *_decompose(layers, inputs, focus, rule, states))


@torch.no_grad()
def _decompose(
    layers: Sequence[Gates],
    inputs: Any,
    focus: Any,
    rule: str,
    states: Sequence[State | None],
) -> tuple[Tensor, Tensor]:
    x = as_batch(inputs, layers[0])
    mask = as_focus(focus, x)
    bias_product = _bias_product(mask, rule)
    relevant, irrelevant = x * mask[..., None], x * ~mask[..., None]
    names = ["the state"]
    if len(layers) > 1:
        names = [f"the state of layer {n}" for n in range(1, len(layers) + 1)]
    starts = [
        Parts(*as_state(state, x, gates.hidden, name))
        for gates, state, name in zip(layers, states, names, strict=True)
    ]
    for gates, start in zip(layers, starts, strict=True):
        relevant, irrelevant = _one_layer(
            gates, relevant, irrelevant, bias_product, start
        )
        bias_product = torch.zeros_like(bias_product)
    if np.ndim(inputs) == 2:
        return relevant[0], irrelevant[0]
    return relevant, irrelevant


def _one_layer(
    gates: Gates,
    relevant: Tensor,
    irrelevant: Tensor,
    bias_product: Tensor,
    start: Parts,
) -> tuple[Tensor, Tensor]:
    """Run through the steps of one layer; inputs and outputs (batch, time, units)."""
    from_inputs = [part @ gates.inputs.T for part in (relevant, irrelevant)]
    nothing = torch.zeros_like(start.cell)
    parts = Parts(nothing, nothing), start
    steps = []
    for t in range(relevant.shape[1]):
        r, s = (
            x[:, t] + part.hidden @ gates.recurrent.T
            for x, part in zip(from_inputs, parts, strict=True)
        )
        parts = step(r, s, gates.bias, parts, bias_product[:, t])
        steps.append([part.hidden for part in parts])
    after_relevant, after_irrelevant = zip(*steps, strict=True)
    return torch.stack(after_relevant, 1), torch.stack(after_irrelevant, 1)


def _bias_product(focus: Tensor, rule: str) -> Tensor:
    """Where the product of biases is relevant, shape (batch, time)."""
    if rule == "inclusive":
        return focus
    if rule != "murdoch":
        raise ValueError(f"unknown rule {rule!r}; there are {', '.join(RULES)}")
    ends = focus & ~torch.nn.functional.pad(focus[:, 1:], (0, 1))
    if (ends.sum(1) > 1).any():
        raise ValueError(
            "rule 'murdoch' is defined for a contiguous focus only: take 'inclusive'"
        )
    return focus & ~ends


def relevant_logits(relevant: Any, decoder: nn.Linear, *, bias: bool = False) -> Any:
    """Logits that a relevant part makes alone; their softmax is P(word | focus).

    Args:
        relevant: Of `decompose`, shape (..., hidden), array or tensor.
        decoder: Of the language model.
        bias: Whether the decoder's bias is added.
            ASSUME: it is not: no word in focus made it (thesis ch. 5 §2.1 says
            only "after a linear transformation").

    Returns:
        Shape (..., vocab), of the kind given.

    Raises:
        ValueError: If the widths differ, or the decoder is of half precision.

    >>> decoder = nn.Linear(2, 5)
    >>> relevant_logits(torch.zeros(3, 2), decoder).shape
    torch.Size([3, 5])
    """
    refuse_half(decoder.weight, "decoder")
    h = as_tensor(relevant, "a relevant part must be an array or tensor of floats")
    if h.shape[-1:] != (decoder.in_features,):
        raise ValueError(
            f"the decoder reads {decoder.in_features} units, found {tuple(h.shape)}"
        )
    with torch.no_grad():
        logits = h.to(decoder.weight) @ decoder.weight.T
        if bias and decoder.bias is not None:
            logits = logits + decoder.bias
    return like(relevant, logits)[0]
