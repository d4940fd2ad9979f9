"""Pruning: single weights by masks; LSTMs by groups, counted, and shrunk.

    from ontogeny.pruning import count, penalty, shrink, threshold_

    loss = nats + penalty(lstm, reader, groups="wgn", lambda_group=2e-3, lambda_l1=1e-5)
    threshold_(lstm, reader, 1e-4)          # after every step
    print(count(lstm, reader))              # neurons, gates, compression
    lstm, reader = shrink(lstm, reader)     # smaller, with the same outputs

These take PyTorch's own modules: an `nn.LSTM` and what reads it, an `nn.Linear` or a
further `nn.LSTM`. Masks take weights of anything:

    masks = prune_magnitude(weights, all_remain(weights), 1000)  # exactly so many
    apply_masks_(weights, masks)            # and gradients and moments, at every step

Nothing but torch and numpy is needed. These names are the package's interface;
the modules behind them may move.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ontogeny.pruning.conditions import group_sizes, unmet_conditions
    from ontogeny.pruning.groups import (
        group_norms,
        penalty,
        penalty_gradient_,
        threshold_,
    )
    from ontogeny.pruning.masks import (
        all_remain,
        apply_masks_,
        pack_masks,
        prune_as_many,
        prune_magnitude,
        prune_random,
        remaining,
        share_of,
        unpack_masks,
    )
    from ontogeny.pruning.shrinking import shrink
    from ontogeny.pruning.skipping import SkippingLSTM
    from ontogeny.pruning.stacked import StackedLSTM
    from ontogeny.pruning.structure import Count, count, gate_structure

__all__ = [
    "Count",
    "SkippingLSTM",
    "StackedLSTM",
    "all_remain",
    "apply_masks_",
    "count",
    "gate_structure",
    "group_norms",
    "group_sizes",
    "pack_masks",
    "penalty",
    "penalty_gradient_",
    "prune_as_many",
    "prune_magnitude",
    "prune_random",
    "remaining",
    "share_of",
    "shrink",
    "threshold_",
    "unmet_conditions",
    "unpack_masks",
]

_IN = {
    "Count": "structure",
    "SkippingLSTM": "skipping",
    "StackedLSTM": "stacked",
    "all_remain": "masks",
    "apply_masks_": "masks",
    "count": "structure",
    "gate_structure": "structure",
    "group_norms": "groups",
    "group_sizes": "conditions",
    "pack_masks": "masks",
    "penalty": "groups",
    "penalty_gradient_": "groups",
    "prune_as_many": "masks",
    "prune_magnitude": "masks",
    "prune_random": "masks",
    "remaining": "masks",
    "share_of": "masks",
    "shrink": "shrinking",
    "threshold_": "groups",
    "unmet_conditions": "conditions",
    "unpack_masks": "masks",
}


def __getattr__(name: str) -> object:
    """Loaded when asked for: a training that prunes does not depend on shrinking."""
    if name not in _IN:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_IN[name]}"), name)
