"""Groups of an LSTM's weights: norms, penalty, its gradient, and the cut."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ontogeny.pruning.layers import (
    EPSILON,
    LayerWeights,
    add_penalty_gradient_,
    group_squares,
    matrices,
    threshold_layers_,
)
from ontogeny.pruning.modules import Reader, layer_number, layers_of


def group_norms(
    lstm: nn.LSTM, reader: Reader, *, groups: str, layer: int | None = None
) -> Tensor:
    """√(Σ w²) of each group of a layer's neurons; differentiable, with 0 at 0.

    Groups of neuron k of H, in a layer on I inputs that R rows read:

        "wgn"   for q in i, f, g, o: row qH + k of W^x and W^h, I + H weights; and h:
                column k of W^h and of what reads the layer, 4H + R weights
        "iss"   their union, 4(I + H) + 4H + R − 4 weights, each once
        "iss_code"  the same, the four weights W^h[qH + k, k] twice

    A group that is not 0 may have a norm of 0, where squares underflow: what is removed
    is for `gate_structure` to say.

    Args:
        lstm: Of any number of layers; batch_first or not.
        reader: What reads the last layer, an `nn.Linear` or an `nn.LSTM`.
        groups: "wgn" (W+G+N), "iss" (W+N) or "iss_code".
        layer: From 0; it is read by the next layer, the last by `reader`. None: the
            only one.

    Returns:
        "wgn": shape (hidden, 5), in the order i, f, g, o, h; else shape (hidden,).

    Raises:
        ValueError: If there are no such groups or no such layer, or the modules are
            bidirectional, projected or do not fit.

    Source: Lobacheva et al. (2020), "Main idea"; "iss": Wen et al. (2018), §3.

    >>> lstm, reader = nn.LSTM(3, 2), nn.Linear(2, 5)
    >>> with torch.no_grad():
    ...     for weight in (*lstm.parameters(), *reader.parameters()):
    ...         _ = weight.fill_(1)
    >>> group_norms(lstm, reader, groups="wgn")[0]
    tensor([2.2361, 2.2361, 2.2361, 2.2361, 3.6056], grad_fn=<SelectBackward0>)
    >>> group_norms(lstm, reader, groups="iss")[0] ** 2
    tensor(29., grad_fn=<PowBackward0>)
    """
    layers = layers_of(lstm, reader)
    rows, columns = group_squares(layers[layer_number(lstm, layer)], groups)
    squares = torch.cat([rows, columns[None]]).T if len(rows) else columns
    empty = squares == 0
    return squares.masked_fill(empty, 1).sqrt().masked_fill(empty, 0)


def penalty(
    lstm: nn.LSTM,
    reader: Reader,
    *,
    groups: str,
    lambda_group: float,
    lambda_l1: float,
    l1_on_output: bool = True,
) -> Tensor:
    """λ₁ Σ √(Σ w² + ε) over groups and λ₂ Σ |w| over weights, to be added to a loss.

    ASSUME: ℓ₁ on W^x and W^h of every layer and on the reader's weight, as the public
    code and the compression of the small model have it | on the LSTM alone, as the text
    says twice. Biases have none.

    Args:
        lstm: Of any number of layers.
        reader: What reads the last layer.
        groups: See `group_norms`; of all layers.
        lambda_group: λ₁. It is relative to the loss: the paper's is for a cross-entropy
            that is summed over the steps of a window, its mean over the batch.
        lambda_l1: λ₂.
        l1_on_output: Whether ℓ₁ is on the reader's weight too.

    Returns:
        A number, differentiable, on the LSTM's device.

    Raises:
        ValueError: See `group_norms`.

    Source: Lobacheva et al. (2020), the objective of "Implementation of the idea in
    pruning"; ε = 1e-8 as the code of Wen et al. (2018) has it.

    >>> lstm, reader = nn.LSTM(3, 2, 2), nn.Linear(2, 5)
    >>> penalty(lstm, reader, groups="wgn", lambda_group=0.002, lambda_l1=1e-5).shape
    torch.Size([])
    """
    layers = layers_of(lstm, reader)
    total = layers[0].input.new_zeros(())
    for layer in layers:
        for squares in group_squares(layer, groups):
            total = total + lambda_group * (squares + EPSILON).sqrt().sum()
    for matrix in matrices(layers, output=l1_on_output):
        total = total + lambda_l1 * matrix.abs().sum()
    return total


def penalty_gradient_(
    lstm: nn.LSTM,
    reader: Reader,
    *,
    groups: str,
    lambda_group: float,
    lambda_l1: float,
    l1_on_output: bool = True,
) -> None:
    """Add the gradient of `penalty` to `.grad`, without a graph: the fast way.

    To be called after `backward` and before clipping; arguments are those of `penalty`.

    Raises:
        ValueError: See `group_norms`; if a weight is masked or computed from others.

    >>> lstm, reader = nn.LSTM(3, 2), nn.Linear(2, 5)
    >>> settings = dict(groups="iss", lambda_group=0.1, lambda_l1=0.01)
    >>> penalty(lstm, reader, **settings).backward()
    >>> expected = lstm.weight_hh_l0.grad.clone()
    >>> lstm.zero_grad()
    >>> penalty_gradient_(lstm, reader, **settings)
    >>> torch.allclose(lstm.weight_hh_l0.grad, expected)
    True
    """
    layers = layers_of(lstm, reader, parameters=True)
    values = layers_of(lstm, reader)
    for layer, read in zip(layers, values, strict=True):
        if any(a is not b for a, b in zip(layer, read, strict=True)):
            raise ValueError(
                "a weight is masked or computed from others, so that it has no "
                "gradient of its own: add penalty(…) to the loss"
            )
    of = {id(weight): _gradient(weight) for layer in layers for weight in layer}
    add_penalty_gradient_(
        [LayerWeights(*(weight.detach() for weight in layer)) for layer in layers],
        [LayerWeights(*(of[id(weight)] for weight in layer)) for layer in layers],
        groups=groups,
        lambda_group=lambda_group,
        lambda_l1=lambda_l1,
        l1_on_output=l1_on_output,
    )


def _gradient(weight: Tensor) -> Tensor:
    """Where to add; of a frozen weight nowhere, lest an optimiser should step it."""
    if not weight.requires_grad:
        return torch.zeros_like(weight)
    if weight.grad is None:
        weight.grad = torch.zeros_like(weight)
    return weight.grad


def threshold_(
    lstm: nn.LSTM, reader: Reader, value: float, *, output: bool = True
) -> None:
    """Set every weight that is smaller than a value to 0, in place; not biases.

    To be called after every step of the optimiser. Nothing is masked: a weight returns
    when one step carries it past the value. Where λ₂ is as large, the public code cuts
    below 2 λ₂.

    Args:
        lstm: Of any number of layers: W^x and W^h of each.
        reader: What reads the last layer.
        value: The least size that is left.
        output: Whether the reader's weight is cut too.

    Raises:
        ValueError: See `group_norms`; if a weight is computed from others, or the
            value is negative or not finite. Under
            `torch.nn.utils.prune` what the mask leaves is cut.

    Source: Lobacheva et al. (2020), "Implementation of the idea in pruning": "we set to
    zero all the individual weights with absolute values less than the threshold".

    >>> lstm, reader = nn.LSTM(3, 2), nn.Linear(2, 5)
    >>> threshold_(lstm, reader, 0.3)
    >>> bool((lstm.weight_hh_l0[lstm.weight_hh_l0 != 0].abs() >= 0.3).all())
    True
    """
    if not 0 <= value < torch.inf:
        raise ValueError(f"value must not be negative, nor infinite, found {value}")
    layers = layers_of(lstm, reader, parameters=True)
    threshold_layers_(layers, value, output=output)
