"""Weights pruned one by one: masks that say which remain, exact to the last one.

A mask is a bool tensor of a weight's shape, True where it remains; masks of several
weights are a dictionary by name. Every function returns new masks in which nothing
that was pruned remains again.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from numbers import Rational

import numpy as np
import torch
from torch import Tensor

from ontogeny.errors import InputError

Masks = dict[str, Tensor]


def all_remain(weights: Mapping[str, Tensor]) -> Masks:
    """Masks of weights of which none is pruned.

    >>> all_remain({"fc": torch.zeros(2, 1)})
    {'fc': tensor([[True],
            [True]])}
    """
    return {name: torch.ones_like(w, dtype=torch.bool) for name, w in weights.items()}


def remaining(masks: Mapping[str, Tensor]) -> int:
    """How many weights remain in all."""
    return sum(int(mask.sum()) for mask in masks.values())


def share_of(rate: Fraction, masks: Mapping[str, Tensor]) -> int:
    """How many weights one iteration prunes: ⌊r · remaining⌋, in whole numbers.

    Args:
        rate: r, of the weights that remain.
        masks: Before it.

    Raises:
        InputError: If the rate is no fraction, or that is none, or all.

    >>> share_of(Fraction(1, 5), {"fc": torch.tensor([True] * 9 + [False])})
    1
    """
    if not isinstance(rate, Rational) or not 0 < rate < 1:
        raise InputError(
            f"rate: must be a fraction between 0 and 1, as Fraction(1, 5), found {rate}"
        )
    left = remaining(masks)
    number = rate.numerator * left // rate.denominator
    if not 0 < number < left:
        raise InputError(
            f"{rate} of {left:,} remaining weights is {number:,}: nothing to prune, or "
            "nothing left; prune less often, or at another rate."
        )
    return number


def prune_magnitude(
    weights: Mapping[str, Tensor], masks: Mapping[str, Tensor], number: int
) -> Masks:
    """Prune the weights of least magnitude, of all tensors together.

    Exactly so many, in the order of (|w|, tensor, index): of equals the first. (A
    threshold prunes all equals or none.)

    Args:
        weights: By name.
        masks: What remains, by the same names in the same order.
        number: Of weights to prune, at most those that remain.

    Raises:
        InputError: If a remaining weight is NaN, or fewer remain.

    Source: Movva & Zhao (2020), §3.2; global magnitude: Han et al. (2015).

    >>> weights = {"a": torch.tensor([0.5, -0.1]), "b": torch.tensor([0.1, -2.0, 0.0])}
    >>> found = prune_magnitude(weights, all_remain(weights), 2)
    >>> {name: mask.tolist() for name, mask in found.items()}
    {'a': [True, False], 'b': [True, True, False]}
    """
    _check(masks, number)
    magnitudes = torch.cat([weights[name].abs()[mask] for name, mask in masks.items()])
    if magnitudes.isnan().any():
        raise InputError("a weight is NaN: none can be pruned by its magnitude.")
    if not number:
        return {name: mask.clone() for name, mask in masks.items()}
    cut = magnitudes.kthvalue(number).values
    pruned = magnitudes < cut
    equal = (magnitudes == cut).nonzero()[:, 0]
    pruned[equal[: number - int(pruned.sum())]] = True
    return _without(masks, pruned)


def prune_random(
    masks: Mapping[str, Tensor], number: int, generator: torch.Generator
) -> Masks:
    """Prune weights drawn from all that remain, each as likely as any other.

    Args:
        masks: What remains.
        number: Of weights to prune, at most those that remain.
        generator: Of the draws, on the CPU.

    Raises:
        InputError: If fewer remain.

    >>> masks = {"a": torch.ones(3, dtype=torch.bool), "b": torch.tensor([False, True])}
    >>> remaining(prune_random(masks, 3, torch.Generator().manual_seed(0)))
    1
    """
    left = _check(masks, number)
    device = next(iter(masks.values())).device
    drawn = torch.randperm(left, generator=generator)[:number].to(device)
    pruned = torch.zeros(left, dtype=torch.bool, device=device)
    pruned[drawn] = True
    return _without(masks, pruned)


def prune_as_many(
    masks: Mapping[str, Tensor], other: Mapping[str, Tensor], generator: torch.Generator
) -> Masks:
    """Prune weights drawn within each tensor, until as many remain as in other masks.

    What other masks say about *how many* weights each module keeps, without *which*.

    Args:
        masks: What remains.
        other: By the same names; in none do more remain.
        generator: Of the draws, on the CPU.

    Raises:
        InputError: If in one there remain more.

    >>> masks = {"a": torch.ones(4, dtype=torch.bool)}
    >>> other = {"a": torch.tensor([True, False, False, True])}
    >>> remaining(prune_as_many(masks, other, torch.Generator().manual_seed(0)))
    2
    """
    found: Masks = {}
    for name, mask in masks.items():
        number = int(mask.sum()) - int(other[name].sum())
        if number < 0:
            raise InputError(
                f"{name}: of the other masks {int(other[name].sum()):,} weights remain "
                f"here, of these only {int(mask.sum()):,}: they are no later ones."
            )
        found |= prune_random({name: mask}, number, generator)
    return found


@torch.no_grad()
def apply_masks_(tensors: Mapping[str, Tensor], masks: Mapping[str, Tensor]) -> None:
    """Set to 0 in place what is pruned: of weights, of their gradients, of moments.

    All three are needed: a gradient or an optimiser's momentum revives what only the
    weights' mask had removed. They must be finite: 0 times infinity is NaN.

    >>> fc = torch.tensor([1.0, 2.0])
    >>> apply_masks_({"fc": fc}, {"fc": torch.tensor([False, True])})
    >>> fc
    tensor([0., 2.])
    """
    for name, mask in masks.items():
        tensors[name].mul_(mask)


def pack_masks(masks: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Masks by bits, uint8, shape (⌈weights / 8⌉,) each: for a checkpoint.

    >>> pack_masks({"fc": torch.tensor([[True, False], [True, True]])})
    {'fc': tensor([176], dtype=torch.uint8)}
    """
    return {
        name: torch.from_numpy(np.packbits(mask.cpu().numpy()))
        for name, mask in masks.items()
    }


def unpack_masks(packed: Mapping[str, Tensor], weights: Mapping[str, Tensor]) -> Masks:
    """Masks from their bits.

    Args:
        packed: Of `pack_masks`.
        weights: What they are of; they say shapes and device.

    Raises:
        InputError: If they are of other weights.

    >>> mask = torch.tensor([[True, False, True]])
    >>> bool((unpack_masks(pack_masks({"fc": mask}), {"fc": mask})["fc"] == mask).all())
    True
    """
    if packed.keys() != weights.keys():
        different = sorted(packed.keys() ^ weights.keys())
        raise InputError(
            f"the masks are of another model: {different[0]} is in one of both only."
        )
    found = {}
    for name, weight in weights.items():
        bits = np.unpackbits(packed[name].cpu().numpy())
        if not 0 <= len(bits) - weight.numel() < 8:
            raise InputError(
                f"{name}: the mask has {len(bits):,} bits, the weight "
                f"{weight.numel():,} entries: it is another model's."
            )
        mask = torch.from_numpy(bits[: weight.numel()].astype(bool))
        found[name] = mask.view(weight.shape).to(weight.device)
    return found


def _check(masks: Mapping[str, Tensor], number: int) -> int:
    left = remaining(masks)
    if not 0 <= number <= left:
        raise InputError(f"{number:,} of {left:,} remaining weights cannot be pruned.")
    return left


def _without(masks: Mapping[str, Tensor], pruned: Tensor) -> Masks:
    """Masks less those of the remaining weights, in order, that are pruned."""
    found, start = {}, 0
    for name, mask in masks.items():
        end = start + int(mask.sum())
        left = mask.clone()
        left[mask] = ~pruned[start:end]
        found[name] = left
        start = end
    return found
