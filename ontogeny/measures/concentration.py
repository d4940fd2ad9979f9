"""How unevenly a vector's magnitude is spread over its entries.

Every measure takes a numpy array or a torch tensor (with its gradient, on its
device) and returns the same kind. torch is not imported for numpy arrays.
"""

from __future__ import annotations

from math import inf, nan, sqrt
from typing import TYPE_CHECKING, Any, TypeVar

import array_api_compat
import numpy as np

from ontogeny.statistics.arrays import as_array

if TYPE_CHECKING:
    import torch

Array = TypeVar("Array", np.ndarray, "torch.Tensor")


def concentration(v: Array) -> Array:
    """Concentration χ(v) = ‖v‖₂ / ‖v‖₁ over the last axis.

    1/√n when all n entries have equal magnitude, 1 when one is nonzero.
    Unchanged by rescaling v, over the whole range of its type: a gradient of
    1e-30, whose squares float32 cannot hold, has the χ of its direction. Not
    comparable across different n. Differentiable wherever it is defined.

    Args:
        v: Activations or gradients, shape (..., n), real floating point.

    Returns:
        Shape (...), dimensionless, in [1/√n, 1] up to rounding. NaN where v is
        all zero (χ is undefined there, and the caller decides what to drop)
        and where v has an infinite or NaN entry.

    Raises:
        ValueError: If v has no last axis, n = 0, or v is not real floating
            point.

    Source: Saphra & Lopez (2019), arXiv:1908.01817, §2, "Measuring sparsity";
    the reciprocal of the ratio in Repetti et al. (2015), arXiv:1407.5465.

    >>> float(concentration(np.array([3.0, -4.0])).round(4))
    0.7143
    """
    v = as_array(v)
    xp, scaled = _scaled(v)
    return _narrow(xp, _norm(xp, scaled, 2) / _norm(xp, scaled, 1), v)


def hoyer(v: Array) -> Array:
    """Hoyer's sparseness (√n − ‖v‖₁/‖v‖₂) / (√n − 1) over the last axis.

    A function of χ and n, (√n − 1/χ) / (√n − 1): over vectors of one length it
    orders as χ does, and it maps χ's bounds, which depend on n, to 0 (all
    entries equal in magnitude) and 1 (one nonzero). Unchanged by rescaling v.

    Args:
        v: Shape (..., n) with n ≥ 2, real floating point.

    Returns:
        Shape (...), dimensionless, in [0, 1] up to rounding. NaN where χ is.

    Raises:
        ValueError: As for `concentration`, and if n = 1, where it is 0/0.

    Source: Hoyer (2004), JMLR 5, 1457–1469, §3.1.

    >>> hoyer(np.array([[1.0, 1.0, -1.0, 1.0], [0.0, 5.0, 0.0, 0.0]])).tolist()
    [0.0, 1.0]
    """
    v = as_array(v)
    xp, scaled = _scaled(v)
    if v.shape[-1] == 1:
        raise ValueError("Hoyer's sparseness needs vectors of two entries or more")
    root = sqrt(v.shape[-1])
    inverse = _norm(xp, scaled, 1) / _norm(xp, scaled, 2)
    return _narrow(xp, (root - inverse) / (root - 1), v)


def gini(v: Array) -> Array:
    """Gini index of the magnitudes over the last axis.

    With |v| sorted ascending, c₁ ≤ … ≤ cₙ:
    1 − 2 Σₖ (cₖ/‖v‖₁) (n − k + ½)/n = Σₖ (2k − n − 1) cₖ / (n ‖v‖₁).
    Unchanged by rescaling v and by repeating all its entries, so unlike χ it
    can be compared across different n. Costs a sort.

    Args:
        v: Shape (..., n), real floating point.

    Returns:
        Shape (...), dimensionless, in [0, 1 − 1/n] up to rounding: 0 when all
        entries have equal magnitude, 1 − 1/n when one is nonzero. NaN where v
        is all zero or has an infinite or NaN entry.

    Raises:
        ValueError: As for `concentration`.

    Source: Hurley & Rickard (2009), IEEE Trans. Inf. Theory 55(10),
    4723–4741, table I.

    >>> gini(np.array([[2.0, -2.0, 2.0, 2.0], [0.0, 3.0, 0.0, 0.0]])).tolist()
    [0.0, 0.75]
    """
    v = as_array(v)
    xp, scaled = _scaled(v)
    n = v.shape[-1]
    ascending = xp.sort(xp.abs(scaled), axis=-1)
    # Ranks in (−1, 1), so that no sum outgrows n.
    top = (n - 1) / n
    device = array_api_compat.device(v)
    ranks = xp.linspace(-top, top, n, dtype=scaled.dtype, device=device)
    return _narrow(
        xp, xp.sum(ranks * ascending, axis=-1) / xp.sum(ascending, axis=-1), v
    )


def _scaled(v: Array) -> tuple[Any, Array]:
    """Namespace of v, and v divided by its largest magnitude along the last axis.

    Without the division squares leave the float range (below 1e-19 in float32,
    and gradients get there). It costs 2 ms per million entries on one core, a
    quarter of computing the same number of logits. Where no finite nonzero
    magnitude exists the result is NaN: no branch, which would wait for the GPU,
    and no warning. Half precision is widened, for sums over vocabularies outgrow it.
    """
    xp = array_api_compat.array_namespace(v)
    if v.ndim == 0 or v.shape[-1] == 0 or not xp.isdtype(v.dtype, "real floating"):
        raise ValueError(
            f"need real floating-point vectors with at least one entry, got "
            f"{v.dtype} of shape {tuple(v.shape)}"
        )
    if xp.finfo(v.dtype).bits < 32:
        v = xp.astype(v, xp.float32)
    # Two reductions, as |v| would copy v.
    largest = xp.maximum(
        xp.max(v, axis=-1, keepdims=True), -xp.min(v, axis=-1, keepdims=True)
    )
    usable = (largest > 0) & (largest < inf)
    return xp, v / xp.where(usable, largest, nan)


def _narrow(xp: Any, found: Array, v: Array) -> Array:
    """What was found in the type of what was given."""
    return found if found.dtype == v.dtype else xp.astype(found, v.dtype)


def _norm(xp: Any, v: Array, order: int) -> Array:
    return xp.linalg.vector_norm(v, ord=order, axis=-1)
