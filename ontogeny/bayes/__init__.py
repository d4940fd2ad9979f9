"""Sparse variational dropout: weights that are distributions, and their cut."""

from ontogeny.bayes.divergence import kl_nats
from ontogeny.bayes.gaussian import Gaussian, gaussian, sample_output
from ontogeny.bayes.network import (
    add_kl_gradient_,
    gaussians,
    low_snr_share,
    total_kl_nats,
    uncut,
)

__all__ = [
    "Gaussian",
    "add_kl_gradient_",
    "gaussian",
    "gaussians",
    "kl_nats",
    "low_snr_share",
    "sample_output",
    "total_kl_nats",
    "uncut",
]
