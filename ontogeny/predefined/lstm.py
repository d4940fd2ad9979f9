"""An LSTM of independent blocks, each of which reads a part of the input."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from ontogeny.errors import InputError
from ontogeny.predefined.sizes import block_sizes, input_segments, reductions

State = tuple[Tensor, Tensor]


class SparseLSTM(nn.Module):
    """N small LSTMs side by side: W^h is block-diagonal, W^x banded.

    It is called as `nn.LSTM` is, and has its state: block n has about h/N contiguous
    units and reads a contiguous share γ of the input; shares overlap evenly. Up to
    rounding it has 4(γ·i·h + h²/N + 2h) parameters, a dense one 4(i·h + h² + 2h).

    Args:
        input_size: Inputs i.
        hidden_size: Units h.
        blocks: N; 1 is a dense LSTM, and needs density 1.
        density: γ, in [1/N, 1].
        bias: Whether there are biases, two a gate as in `nn.LSTM`.
        batch_first: Whether input and output are of shape (batch, time, …).
        device: Of the parameters.
        dtype: Of the parameters.
        make_block: Called with a block's inputs and units and what `nn.LSTM` takes
            by keyword; another LSTM may be made than that.

    Attributes:
        input_segments: (begin, end) of the inputs of each block, the end left out.
        blocks: The small LSTMs. ASSUME: each is initialised as PyTorch initialises
            an LSTM of its size, as in the authors' code.

    Raises:
        InputError: If N and γ do not fit (`ontogeny.predefined.input_segments`).

    Source: Demeester et al. (2018, §3), arXiv:1808.08720.

    >>> lstm = SparseLSTM(10, 6, blocks=3, density=0.5)
    >>> lstm.input_segments
    [(0, 5), (2, 7), (5, 10)]
    >>> output, (h, c) = lstm(torch.zeros(7, 2, 10))
    >>> output.shape, h.shape
    (torch.Size([7, 2, 6]), torch.Size([1, 2, 6]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        blocks: int,
        density: float,
        bias: bool = True,
        batch_first: bool = False,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
        make_block: Callable[..., Any] = nn.LSTM,
    ) -> None:
        super().__init__()
        self.input_size, self.hidden_size = input_size, hidden_size
        self.density, self.batch_first, self.bias = density, batch_first, bias
        self.input_segments = input_segments(input_size, blocks, density)
        self._sizes = block_sizes(hidden_size, blocks)
        options = {"bias": bias, "batch_first": batch_first}
        self.blocks = nn.ModuleList(
            make_block(end - begin, size, **options, device=device, dtype=dtype)
            for (begin, end), size in zip(self.input_segments, self._sizes, strict=True)
        )

    @classmethod
    def from_reductions(
        cls,
        input_size: int,
        hidden_size: int,
        reduce_in: float,
        reduce_out: float,
        *,
        blocks: int | None = None,
        **options: Any,
    ) -> SparseLSTM:
        """The sparse LSTM with as many parameters as a dense, smaller one.

        Args:
            input_size: Inputs i.
            hidden_size: Units h.
            reduce_in: Share of the inputs that the dense LSTM has.
            reduce_out: Share of the units.
            blocks: N; None: as few as will do.
            options: As by keyword above, without density.

        Source: the authors' code; see `ontogeny.predefined.reductions`.

        >>> lstm = SparseLSTM.from_reductions(200, 300, 1, 2 / 3, blocks=3)
        >>> len(lstm.blocks), sum(p.numel() for p in lstm.parameters())
        (3, 321600)
        >>> sum(p.numel() for p in nn.LSTM(200, 200).parameters())
        321600
        """
        number, density = reductions(
            input_size, hidden_size, reduce_in, reduce_out, blocks=blocks
        )
        return cls(input_size, hidden_size, blocks=number, density=density, **options)

    def forward(
        self, input: Tensor, state: State | None = None
    ) -> tuple[Tensor, State]:
        """Run all blocks.

        Args:
            input: Shape (time, batch, i), (batch, time, i) with `batch_first`, or
                (time, i) without a batch.
            state: h and c before the first step, each of shape (1, batch, h), or
                (1, h); zero if None.

        Returns:
            Outputs, shape (time, batch, h) or what is like the input, and the state
            after the last step.
        """
        if input.shape[-1] != self.input_size:
            raise InputError(
                f"input: its last axis must be {self.input_size} long, found "
                f"{input.shape[-1]}."
            )
        pieces: list[State | None] = [None] * len(self._sizes)
        if state is not None:
            split = (part.split(self._sizes, dim=-1) for part in state)
            pieces = [
                (h.contiguous(), c.contiguous()) for h, c in zip(*split, strict=True)
            ]
        outputs, states = [], []
        for block, (begin, end), before in zip(
            self.blocks, self.input_segments, pieces, strict=True
        ):
            output, after = block(input[..., begin:end], before)
            outputs.append(output)
            states.append(after)
        h, c = (torch.cat(parts, dim=-1) for parts in zip(*states, strict=True))
        return torch.cat(outputs, dim=-1), (h, c)

    def masks(self) -> tuple[Tensor, Tensor]:
        """Where the weights of the dense LSTM of this size are trained.

        Returns:
            Of W^x, shape (4h, i), and of W^h, shape (4h, h); boolean, the gates in the
            order i, f, g, o, as PyTorch stacks them.
        """
        of_input = torch.zeros(self.hidden_size, self.input_size, dtype=torch.bool)
        recurrent = torch.zeros(self.hidden_size, self.hidden_size, dtype=torch.bool)
        for units, (begin, end) in zip(self._units(), self.input_segments, strict=True):
            of_input[units, begin:end] = True
            recurrent[units, units] = True
        return of_input.repeat(4, 1), recurrent.repeat(4, 1)

    @torch.no_grad()
    def dense(self) -> nn.LSTM:
        """A dense LSTM with the same weights, zero where there are none here."""
        some = next(self.parameters())
        lstm = nn.LSTM(
            self.input_size,
            self.hidden_size,
            bias=self.bias,
            batch_first=self.batch_first,
            device=some.device,
            dtype=some.dtype,
        )
        for parameter in lstm.parameters():
            parameter.zero_()
        for block, units, (begin, end) in zip(
            self.blocks, self._units(), self.input_segments, strict=True
        ):
            columns = {"weight_ih_l0": slice(begin, end), "weight_hh_l0": units}
            for name, values in block.named_parameters():
                rows = getattr(lstm, name).unflatten(0, (4, self.hidden_size))
                own = values.unflatten(0, (4, -1))
                if name in columns:
                    rows[:, units, columns[name]] = own
                else:
                    rows[:, units] = own
        return lstm

    def _units(self) -> list[slice]:
        """The units of each block."""
        ends = [sum(self._sizes[:n]) for n in range(len(self._sizes) + 1)]
        return [slice(a, b) for a, b in pairwise(ends)]

    def extra_repr(self) -> str:
        """Sizes, as `nn.LSTM` shows them."""
        sizes = f"{self.input_size}, {self.hidden_size}"
        return f"{sizes}, blocks={len(self._sizes)}, density={self.density:.4g}"
