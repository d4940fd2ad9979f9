"""Where a weight comes from: the values that a model computes with at this moment.

A model asks each of its weights for its values once a forward pass, and knows nothing
of what they are: trained as they stand, kept at zero by a mask, read as zero below a
threshold, or, in `ontogeny.bayes`, drawn from a distribution. A weight knows nothing
of the model that it is in.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

MakeWeight = Callable[[Tensor], "Weight"]
"""From initial values to a weight of their shape."""


class Weight(nn.Module):
    """A weight; called, it gives its values, of one shape at all times.

    Attributes:
        is_local: Whether in training `project` draws for each row of its input, where
            the values alone are drawn for all rows together.
    """

    is_local = False

    @property
    def shape(self) -> torch.Size:
        """Of the values."""
        raise NotImplementedError

    def forward(self) -> Tensor:
        """Values for one pass over a minibatch, with a gradient while training."""
        raise NotImplementedError

    def rows(self, ids: Tensor) -> Tensor:
        """The rows of some ids, shape (…, columns): an embedding's words.

        Args:
            ids: int64, shape (…).
        """
        return F.embedding(ids, self())

    def project(self, inputs: Tensor, bias: Tensor) -> Tensor:
        """`inputs · Wᵀ + bias`, shape (…, rows of W).

        Args:
            inputs: Shape (…, columns of W); of three dimensions the first is time.
            bias: Shape (rows of W,).
        """
        return F.linear(inputs, self(), bias)

    def draws(self, sequences: int) -> Tensor:
        """Values for each sequence of a minibatch, of a weight that is a vector.

        Args:
            sequences: How many.

        Returns:
            Shape (sequences, n): the same for all where nothing is drawn.
        """
        return self().expand(sequences, -1)


class Dense(Weight):
    """Values that are trained as they stand.

    Args:
        values: At the start.

    >>> Dense(torch.ones(2))()
    Parameter containing:
    tensor([1., 1.], requires_grad=True)
    """

    def __init__(self, values: Tensor) -> None:
        super().__init__()
        self.values = nn.Parameter(values.clone())

    @property
    def shape(self) -> torch.Size:
        """See `Weight.shape`."""
        return self.values.shape

    def forward(self) -> Tensor:
        """See `Weight.forward`."""
        return self.values


class Masked(Dense):
    """Values of which some are zero from the start and stay so.

    Args:
        values: At the start.
        mask: True where they are trained, of the same shape.

    >>> Masked(torch.ones(2), torch.tensor([True, False]))().tolist()
    [1.0, 0.0]
    """

    mask: Tensor

    def __init__(self, values: Tensor, mask: Tensor) -> None:
        super().__init__(values * mask)
        self.register_buffer("mask", mask.to(torch.bool))

    def forward(self) -> Tensor:
        """See `Weight.forward`."""
        return self.values * self.mask


class Thresholded(Dense):
    """Values that are read as zero while they are small, and trained all the same.

    The gradient of a value that is read as zero is that of the zero, passed straight
    through, so that a value can grow back.

    Args:
        values: At the start.
        threshold: Below which, in size, they are read as zero.

    Source: Lobacheva et al. (2020, implementation in pruning): "on the forward pass,
    we set to zero all the individual weights with absolute values less than the
    threshold. We do not mask gradients".

    >>> weight = Thresholded(torch.tensor([2.0, 0.1]), 0.5)
    >>> weight().sum().backward()
    >>> weight().tolist(), weight.values.grad.tolist()
    ([2.0, 0.0], [1.0, 1.0])
    """

    def __init__(self, values: Tensor, threshold: float) -> None:
        super().__init__(values)
        self.threshold = threshold

    def forward(self) -> Tensor:
        """See `Weight.forward`."""
        small = self.values.detach() * (self.values.detach().abs() < self.threshold)
        return self.values - small
