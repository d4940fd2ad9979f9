"""Networks of a task's variants, as their weights are kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from safetensors import safe_open

from ontogeny.bayes import low_snr_share, uncut
from ontogeny.models.gated import GatedNetwork
from ontogeny.studies.structured.bayes_training import Posterior, make_bayesian
from ontogeny.studies.structured.epochs import BEST
from ontogeny.studies.structured.measured import Kept, Loaded
from ontogeny.studies.structured.networks import Sizes
from ontogeny.studies.structured.pruned import Pruning, make_pruned
from ontogeny.studies.structured.recipes import sizes_of
from ontogeny.training.weights import load_weights


def kept_variants(
    settings: Mapping[str, Mapping[str, Any]], paths: Sequence[str]
) -> list[Kept]:
    """What each variant's training has left.

    Measured are the last weights; of a dense network beside Bayesian ones, which
    overfits, those that validate best (004, "Details").

    Args:
        settings: By variant (`ontogeny.studies.structured.task.Task.of`).
        paths: Of all weights, those of a variant in `…/{variant}/seed{seed}/`.
    """
    found = []
    for variant, its in settings.items():
        own = [path for path in paths if Path(path).parts[-3] == variant]
        epochs = {epoch: path for path in own if (epoch := _epoch(path)) is not None}
        early = variant == "dense" and "posterior" in its
        best = next(path for path in own if path.endswith(BEST))
        path = best if early else epochs[max(epochs)]
        found.append(Kept(variant, its, path, epochs if variant == "dense" else {}))
    return found


def _epoch(path: str) -> int | None:
    """The epoch of a file of weights; None of those that validate best.

    >>> _epoch("seed1/epoch12.safetensors"), _epoch("seed1/best.safetensors")
    (12, None)
    """
    number = re.search(r"epoch(\d+)\.safetensors$", path)
    return int(number[1]) if number else None


def load(settings: Mapping[str, Any], types: int, classes: int, path: str) -> Loaded:
    """A network by its settings and weights.

    Args:
        settings: Of the variant.
        types: Size of the vocabulary.
        classes: To tell of.
        path: Its weights; they say how many units and which masks there are.
    """
    sizes = replace(sizes_of(settings, types), classes=classes)
    if "posterior" not in settings:
        return _measured(*load_pruned(sizes, Pruning(**settings["pruning"]), path))
    posterior = Posterior(**settings["posterior"])
    model = make_bayesian(sizes, posterior)
    epoch, _ = load_weights(model, path)
    found = _measured(model, epoch)
    if not posterior.level:
        return found
    with uncut(model):
        before = model.plain()
    return replace(found, uncut=before, low_snr_share=low_snr_share(model))


def load_pruned(sizes: Sizes, pruning: Pruning, path: str) -> tuple[GatedNetwork, int]:
    """The network that group lasso, a mask or nothing made sparse, and its epoch.

    Args:
        sizes: Of the task; the weights may have fewer units.
        pruning: Of the variant.
        path: Its weights.
    """
    with safe_open(path, framework="pt") as file:
        names = set(file.keys())
        hidden = file.get_slice("output.values").get_shape()[1]
    masked = [name.removesuffix(".mask") for name in names if name.endswith(".mask")]
    density = dict.fromkeys(map(_place, masked), 1.0)
    model = make_pruned(replace(sizes, hidden=hidden), pruning, density=density)
    epoch, _ = load_weights(model, path)
    return model, epoch


def _measured(model: GatedNetwork, epoch: int) -> Loaded:
    parameters = sum(p.numel() for p in model.parameters())
    return Loaded(model.plain(), None, parameters, epoch)


def _place(name: str) -> str:
    """From a weight's name in a checkpoint to its place in the network.

    >>> _place("layers.0.inputs"), _place("output")
    ('lstm1.inputs', 'output')
    """
    first, _, rest = name.partition(".")
    if first != "layers":
        return first
    number, _, matrix = rest.partition(".")
    return f"lstm{int(number) + 1}.{matrix}"
