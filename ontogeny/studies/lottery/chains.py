"""Chains of tickets: a model that is pruned and retrained, again and again.

All chains of a seed begin with the same dense model, LTH0, and retrain on the same
batches with the same dropout: they differ in what is pruned.

- *magnitude*: the least of all remaining prunable weights together (§3.2);
- *random*: as many, drawn from what remains of its own chain;
- *shuffled*: in each tensor as many as the magnitude chain has pruned there, drawn:
  whether it matters which weights, or only how many per module;
- *unpruned*: none. What only retraining does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import pandas as pd
import torch
from torch import Tensor

from ontogeny.disk.files import sha256 as sha256_of
from ontogeny.errors import InputError
from ontogeny.pruning.masks import (
    Masks,
    all_remain,
    apply_masks_,
    prune_as_many,
    prune_magnitude,
    prune_random,
    share_of,
)
from ontogeny.studies.lottery.retraining import (
    KeepAt,
    LastEpochs,
    Masked,
    Rewinding,
    Training,
    check_rewinding,
    keep,
    parameters_of,
    prepare,
)
from ontogeny.studies.lottery.tickets import (
    Ticket,
    load_moments,
    read_about,
    read_ticket,
)
from ontogeny.training.callbacks import LossCurve

KINDS = ("magnitude", "random", "unpruned", "shuffled")
REWOUND = "_rewound"
"""How the files of the model are named that weights are rewound to."""


@dataclass(frozen=True)
class Chain:
    """One chain of tickets.

    Attributes:
        kind: One of `KINDS`.
        rates: Of the weights that remain, pruned in each iteration.
    """

    kind: str
    rates: Sequence[Fraction]


def train_dense(training: Training, rewinding: Rewinding, folder: Path) -> pd.DataFrame:
    """Train LTH0, and keep it, its moments, and both where weights are rewound to.

    Args:
        training: What it is trained on.
        rewinding: Of its chains.
        folder: Of the state; files `ticket{name}.safetensors` and
            `moments{name}.safetensors` of the names "0" and `REWOUND`.

    Returns:
        Columns of `LossCurve`, of which step counts over all iterations; iteration,
        0; schedule_step, by which the learning rate goes.

    Raises:
        InputError: If the warm-up ends after the step that is rewound to, or there are
            not so many epochs.
    """
    steps = len(training.batches)
    check_rewinding(training.recipe, rewinding, steps)
    epochs = training.recipe.epochs
    kept = KeepAt(epochs - rewinding.epochs, folder, REWOUND, training.about)
    identity = _identity(training.identity, rewinding)
    its = training.recipe, training.batches, folder, [kept]
    run, curve = prepare(training, *its, identity=identity)
    run.train()
    about = {"iteration": 0, "epoch": epochs, "step": epochs * steps, **training.about}
    keep(run, folder, "0", about=about)
    return _rows(curve, iteration=0, rewound=0, before=0)


def train_chain(
    training: Training,
    rewinding: Rewinding,
    chain: Chain,
    dense: Path,
    folder: Path,
    *,
    other: Sequence[Path] = (),
) -> pd.DataFrame:
    """Prune and retrain, as often as there are rates; resumable at any moment.

    Args:
        training: That of LTH0.
        rewinding: After every pruning.
        chain: What is pruned.
        dense: Folder with the files that `train_dense` keeps.
        folder: Of the state; a file `ticket{k}.safetensors` after every iteration k.
        other: Of the shuffled chain: the magnitude chain's tickets, from k = 1.

    Returns:
        As `train_dense`, of iterations 1 to K; epoch 0 is pruned and not yet retrained.
    """
    if chain.kind not in KINDS:
        raise InputError(
            f"chain: must be {', '.join(KINDS[:-1])} or {KINDS[-1]}, found "
            f"{chain.kind}."
        )
    if not chain.rates:
        raise InputError("a chain has at least one pruning: give a rate for each.")
    if chain.kind == "shuffled" and len(other) < len(chain.rates):
        raise InputError(
            f"the shuffled chain of {len(chain.rates)} prunings needs as many tickets "
            f"of the magnitude chain, found {len(other)}."
        )
    check_rewinding(training.recipe, rewinding, len(training.batches))
    rows, at = [], dense
    before = read_ticket(dense / "ticket0.safetensors", training.prunable)
    of_dense = sha256_of(dense / "ticket0.safetensors")
    first = _identity(training.identity, chain.kind, rewinding, of_dense)
    like = [sha256_of(path) for path in other]
    for k, rate in enumerate(chain.rates, 1):
        masks = _prune(training, chain.kind, before, rate, k, other)
        start = _start(training, rewinding, k, before, dense, at)
        identity = _identity(first, *chain.rates[:k], *like[:k])
        its = rewinding, k, start, masks, folder, identity
        rows.append(_iteration(training, *its))
        at = folder
        before = read_ticket(folder / f"ticket{k}.safetensors", training.prunable)
    return pd.concat(rows, ignore_index=True)


def _prune(
    training: Training,
    kind: str,
    before: Ticket,
    rate: Fraction,
    k: int,
    other: Sequence[Path],
) -> Masks:
    weights = {name: before.weights[name] for name in training.prunable}
    masks = before.masks or all_remain(weights)
    draws = torch.Generator().manual_seed(_seeded(training.seed, kind, k))
    match kind:
        case "magnitude":
            return prune_magnitude(weights, masks, share_of(rate, masks))
        case "random":
            return prune_random(masks, share_of(rate, masks), draws)
        case "shuffled":
            like = read_ticket(other[k - 1], training.prunable).masks or masks
            return prune_as_many(masks, like, draws)
    return masks


def _start(
    training: Training,
    rewinding: Rewinding,
    k: int,
    before: Ticket,
    dense: Path,
    at: Path,
) -> tuple[dict[str, Tensor], Path]:
    """Weights and moments that iteration k begins with, not yet masked."""
    if rewinding.of == "learning_rate":
        return before.weights, at / f"moments{k - 1}.safetensors"
    path = dense / f"ticket{REWOUND}.safetensors"
    epoch, wanted = read_about(path)["epoch"], training.recipe.epochs - rewinding.epochs
    if epoch != wanted:
        raise InputError(
            f"{path} is of epoch {epoch}, and weights are rewound to epoch {wanted}: "
            "train the dense model with the same retrain_epochs."
        )
    weights = read_ticket(path, training.prunable).weights
    return weights, dense / f"moments{REWOUND}.safetensors"


def _iteration(
    training: Training,
    rewinding: Rewinding,
    k: int,
    start: tuple[dict[str, Tensor], Path],
    masks: Masks,
    folder: Path,
    identity: str,
) -> pd.DataFrame:
    """Retrain a pruned model, from its state if it was begun."""
    masks = {name: mask.to(training.device) for name, mask in masks.items()}
    epochs = training.recipe.epochs
    batches = LastEpochs(training.batches, epochs, rewinding.epochs)
    run, curve = prepare(
        training,
        replace(training.recipe, epochs=rewinding.epochs),
        batches,
        folder / f"iteration{k}",
        [Masked(masks)],
        identity=identity,
    )
    rewound = (epochs - rewinding.epochs) * len(batches)
    if not run.started:
        weights, moments = start
        run.model.load_state_dict(weights)
        load_moments(run, moments)
        run.schedule.jump(rewound + 1)
        for name, weight in parameters_of(run.model, masks).items():
            moments_of = run.optimiser.state[weight].values()
            for its in [weight, *(m for m in moments_of if m.shape == weight.shape)]:
                apply_masks_({name: its}, {name: masks[name]})
        # Dropout is the same in all chains.
        torch.manual_seed(_seeded(training.seed, k))
    run.train()
    before = (epochs + (k - 1) * rewinding.epochs) * len(batches)
    about = {"iteration": k, "epoch": run.epoch, "step": before + run.step}
    about |= training.about
    keep(run, folder, str(k), masks, about=about)
    return _rows(curve, iteration=k, rewound=rewound, before=before)


def _seeded(*parts: object) -> int:
    """A seed that follows from what it is of."""
    return int(_identity(*parts)[:15], 16)


def _identity(*parts: object) -> str:
    """A name of what decides a run, beside its code."""
    return sha256(" ".join(map(str, parts)).encode()).hexdigest()[:16]


def _rows(
    curve: LossCurve, *, iteration: int, rewound: int, before: int
) -> pd.DataFrame:
    rows = pd.DataFrame(curve.rows)
    rows.insert(0, "iteration", iteration)
    rows.insert(1, "schedule_step", rewound + rows["step"])
    rows["step"] += before
    return rows
