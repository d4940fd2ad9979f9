"""Weights that are drawn from a normal distribution, and cut where it says nothing."""

from __future__ import annotations

from math import inf, log

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ontogeny.bayes.divergence import form_of
from ontogeny.bayes.fused import KL, Draw
from ontogeny.models.weight import MakeWeight, Weight

LOG_DEVIATION = -3.0
"""log σ at the start. Source: tipt0p/SparseBayesianRNN."""

THRESHOLD = 0.05
"""Signal-to-noise ratio μ²/σ², the squared one, below which a weight is cut.

Source: Lobacheva et al. (2020, implementation of the Bayesian framework); their code
cuts where log α ≥ 3, a ratio of e⁻³ = 0.0498."""

FLOOR = 1e-8
"""Added to the variance of an output that is drawn (`Gaussian.project`)."""


class Gaussian(Weight):
    """q(w) = N(μ, σ²) for each weight, under a log-uniform prior: SparseVD.

    In training each call draws μ + ε e^{log σ} anew, from PyTorch's global generator.
    In evaluation it gives μ, and 0 where μ²/σ² is below the threshold.

    Args:
        mean: μ at the start, any shape.
        log_deviation: log σ at the start.
        threshold: Of the signal-to-noise ratio μ²/σ².
        form: Of the KL, "molchanov" or "tipt0p" (`kl_nats`).
        local: Whether in training `project` draws its output and not the weights.

    Attributes:
        uncut: Whether evaluation gives the means of all weights.

    Raises:
        ValueError: If the threshold is negative, there is no such form, or some of the
            mean is not finite.

    Source: Molchanov et al. (2017), arXiv:1701.05369, sec. 4; Lobacheva et al. (2020),
    "Bayesian framework".

    >>> weight = Gaussian(torch.tensor([1.0, 1e-3])).eval()
    >>> weight().tolist(), weight.keep().tolist()
    ([1.0, 0.0], [True, False])
    """

    def __init__(
        self,
        mean: Tensor,
        *,
        log_deviation: float = LOG_DEVIATION,
        threshold: float = THRESHOLD,
        form: str = "molchanov",
        local: bool = False,
    ) -> None:
        super().__init__()
        if not threshold >= 0:
            raise ValueError(f"threshold must not be negative, found {threshold}")
        if not mean.isfinite().all():
            raise ValueError("mean must be finite: some of it is NaN or infinite")
        self.mean = nn.Parameter(mean.clone(memory_format=torch.contiguous_format))
        self.log_deviation = nn.Parameter(torch.full_like(self.mean, log_deviation))
        self.threshold = threshold
        self.form = form_of(form)
        self.is_local = local
        self.uncut = False

    @property
    def shape(self) -> torch.Size:
        """See `Weight.shape`."""
        return self.mean.shape

    @property
    def log_alpha(self) -> Tensor:
        """ln α = 2 log σ − ln μ², unclipped; inf where μ = 0."""
        return log_alpha(self.mean, self.log_deviation)

    def kl_nats(self) -> Tensor:
        """Σ KL over all weights, a scalar, ln α clipped to ±8 as in the public code."""
        return KL.apply(self.mean, self.log_deviation, self.form)

    @torch.no_grad()
    def keep(self) -> Tensor:
        """Which weights are not cut, bool: those with μ²/σ² ≥ threshold."""
        return self._keep(self.mean, self.log_deviation)

    def _keep(self, mean: Tensor, log_deviation: Tensor) -> Tensor:
        bound = -log(self.threshold) if self.threshold else inf
        return log_alpha(mean, log_deviation) <= bound

    def forward(self) -> Tensor:
        """See `Weight.forward`; the draw is one, the same for all that read it."""
        return self._values(self.mean, self.log_deviation)

    def _values(self, mean: Tensor, log_deviation: Tensor) -> Tensor:
        if self.training:
            return Draw.apply(mean, log_deviation)
        if self.uncut:
            return mean
        return mean * self._keep(mean.detach(), log_deviation.detach())

    def rows(self, ids: Tensor) -> Tensor:
        """See `Weight.rows`: of a row that is read more than once there is one draw."""
        # Rows that nobody reads are neither drawn nor cut.
        read, where = ids.unique(return_inverse=True)
        values = self._values(
            F.embedding(read, self.mean), F.embedding(read, self.log_deviation)
        )
        return F.embedding(where, values)

    def project(self, inputs: Tensor, bias: Tensor) -> Tensor:
        """See `Weight.project`; of a local weight the output is drawn in training.

        Each row of W gives N(x·μ + bias, x²·σ² + 1e-8), independently for each row of
        the batch, with one ε for all time steps of a sequence.

        Args:
            inputs: Shape (time, batch, columns of W) or (batch, columns of W).
            bias: Shape (rows of W,).
        """
        if not (self.training and self.is_local):
            return super().project(inputs, bias)
        return sample_output(inputs, self.mean, self.log_deviation, bias)

    def draws(self, sequences: int) -> Tensor:
        """See `Weight.draws`: in training each sequence has draws of its own."""
        if not self.training:
            return super().draws(sequences)
        shape = sequences, *self.shape
        return Draw.apply(self.mean.expand(shape), self.log_deviation.expand(shape))


def log_alpha(mean: Tensor, log_deviation: Tensor) -> Tensor:
    """ln α = 2 log σ − ln μ², without μ², which would underflow; inf where μ = 0."""
    return 2 * (log_deviation - mean.abs().log())


def sample_output(
    inputs: Tensor, mean: Tensor, log_deviation: Tensor, bias: Tensor
) -> Tensor:
    """Outputs of a layer whose weights are N(μ, σ²), drawn themselves.

    x·μ + bias + ε √(x²·σ² + 1e-8), with ε ~ N(0, 1) for each row of the batch and each
    output, the same at all time steps.

    Args:
        inputs: x, shape (time, batch, n) or (batch, n).
        mean: μ, shape (outputs, n).
        log_deviation: log σ, shape (outputs, n).
        bias: Shape (outputs,).

    Returns:
        Shape (time, batch, outputs) or (batch, outputs).

    Source: Kingma et al. (2015), arXiv:1506.02557, local reparametrisation; the noise
    shared over time and the 1e-8: tipt0p/SparseBayesianRNN.
    """
    centre = F.linear(inputs, mean, bias)
    variance = F.linear(inputs.square(), (2 * log_deviation).exp()) + FLOOR
    noise = torch.randn(centre.shape[-2:], dtype=centre.dtype, device=centre.device)
    return centre + noise * variance.sqrt()


def gaussian(
    *,
    log_deviation: float = LOG_DEVIATION,
    threshold: float = THRESHOLD,
    form: str = "molchanov",
    local: bool = False,
) -> MakeWeight:
    """A function that makes `Gaussian`s with these arguments from first means.

    >>> gaussian(threshold=0.1)(torch.ones(2)).threshold
    0.1
    """

    def make(mean: Tensor) -> Gaussian:
        return Gaussian(
            mean,
            log_deviation=log_deviation,
            threshold=threshold,
            form=form,
            local=local,
        )

    return make
