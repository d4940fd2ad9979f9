"""How weights of gated networks begin."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

Initial = Callable[[str, tuple[int, ...]], Tensor]
"""From a weight's name (`GatedNetwork`) and shape to its first values."""


def uniform(bound: float) -> Initial:
    """Every weight and the output's bias uniform in ±bound; gates' biases 0.

    Source: TensorFlow's PTB example, which Wen et al. (2018) start from.

    Args:
        bound: Largest size.

    >>> bool(uniform(0.1)("output", (5, 4)).abs().max() < 0.1)
    True
    """

    def draw(name: str, shape: tuple[int, ...]) -> Tensor:
        if name == "bias":
            return torch.zeros(shape)
        return torch.empty(shape).uniform_(-bound, bound)

    return draw


def orthogonal(
    *, gain: float = 1.0, forget_bias: float = 1.0, inputs: str = "orthogonal"
) -> Initial:
    """Gates' matrices orthogonal, gate by gate, as the public code of 004 has them.

    Args:
        gain: Of W^h.
        forget_bias: Bias of f; of the other gates 0.
        inputs: Of W^x, "orthogonal" or "glorot" (uniform).

    Source: tipt0p/SparseBayesianRNN, on which Lobacheva et al. (2020) rest.
    ASSUME: embedding uniform in ±0.05, output matrix Glorot's, its bias 0.

    >>> w = orthogonal()("recurrent", (8, 2))
    >>> torch.allclose(w[:2] @ w[:2].T, torch.eye(2), atol=1e-6)
    True
    """

    def draw(name: str, shape: tuple[int, ...]) -> Tensor:
        values = torch.zeros(shape)
        match name:
            case "bias":
                hidden = shape[0] // 4
                values[hidden : 2 * hidden] = forget_bias
            case "embedding":
                values.uniform_(-0.05, 0.05)
            case "recurrent":
                _by_gate(values, gain)
            case "inputs" if inputs == "orthogonal":
                _by_gate(values, 1.0)
            case "inputs" | "output":
                nn.init.xavier_uniform_(values)
        return values

    return draw


def _by_gate(values: Tensor, gain: float) -> None:
    for gate in values.chunk(4):
        nn.init.orthogonal_(gate, gain)
