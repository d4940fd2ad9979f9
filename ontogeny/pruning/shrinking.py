"""An exact, really smaller LSTM out of a pruned one."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from typing import Any, TypeVar, cast

import torch
from torch import Tensor, nn

from ontogeny.pruning.modules import Reader, layers_of, reader_name, trained, value
from ontogeny.pruning.skipping import SkippingLSTM
from ontogeny.pruning.stacked import StackedLSTM
from ontogeny.pruning.structure import remaining_neurons

M = TypeVar("M", bound=nn.Module)
R = TypeVar("R", nn.Linear, nn.LSTM)


@torch.no_grad()
def shrink(
    lstm: nn.LSTM, reader: R, *, skip_constant: bool = False
) -> tuple[nn.LSTM | StackedLSTM | SkippingLSTM, R]:
    """Leave neurons out that nothing reads: smaller modules, the same outputs.

    A neuron is left out if its columns of W^h and of what reads the layer are exactly
    0, in one pass; what goes into it does not count, since without a row it still
    emits a constant. `reader(lstm(x)[0])` stays the same to rounding (float64: 1e-12),
    and so do states, of what remains. Of a layer of which nothing remains a unit is
    kept whose weights are all 0.

    Args:
        lstm: Of any number of layers; batch_first, without biases, of any type, on any
            device. Weights under `torch.nn.utils.prune` are read as their mask has
            them. It is not changed.
        reader: What reads its output and nothing else does: an `nn.Linear`, or an
            `nn.LSTM`, which itself loses inputs alone. It is not changed.
        skip_constant: Whether products of constant gates are left out too: fewer
            multiply–adds, but more time (`SkippingLSTM`); for inference alone.

    Returns:
        Of one layer an `nn.LSTM`, of more a `StackedLSTM` (which has `kept` and
        `narrow(state)`), with `skip_constant` of `SkippingLSTM`s; and the reader.
        Biases, type, device, training mode, requires_grad and dropout are kept; masks
        and other parametrisations are worked in.

    Raises:
        ValueError: If one is of another type, bidirectional or projected, the reader is
            of another width, its weight is an embedding's too, or a hook computes a
            weight.

    Source: the removal is that of Wen et al. (2018), §3.1.

    >>> lstm, reader = nn.LSTM(4, 6), nn.Linear(6, 3)
    >>> with torch.no_grad():
    ...     for weight in (lstm.weight_hh_l0, reader.weight):
    ...         _ = weight[:, 1:3].zero_()
    >>> smaller, its_reader = shrink(lstm, reader)
    >>> smaller, its_reader
    (LSTM(4, 4), Linear(in_features=4, out_features=3, bias=True))
    >>> x = torch.randn(9, 2, 4)
    >>> torch.allclose(its_reader(smaller(x)[0]), reader(lstm(x)[0]), atol=1e-6)
    True
    """
    layers = layers_of(lstm, reader)
    _refuse_tied(reader)
    remaining = remaining_neurons(layers)
    kept = [
        layer.nonzero().flatten() if layer.any() else layer.new_zeros(1).long()
        for layer in remaining
    ]
    sizes = [len(layer) for layer in kept]
    smaller = _empty(
        StackedLSTM, lstm, lstm.input_size, sizes,
        bias=lstm.bias, batch_first=lstm.batch_first, dropout=lstm.dropout,
    )  # fmt: skip
    for number, its in enumerate(smaller.layers):
        below = kept[number - 1] if number else None
        _fill(its, _layer(lstm, number, kept[number], below))
        if not remaining[number].any():
            for weight in its.parameters():
                weight.zero_()
        getattr(smaller, f"kept_{number}").copy_(kept[number])
    smaller.train(lstm.training)
    last = _reader(reader, kept[-1])
    if skip_constant:
        smaller.layers = nn.ModuleList(
            SkippingLSTM(cast(nn.LSTM, one)) for one in smaller.layers
        )
    if len(sizes) > 1:
        return smaller, last
    only: Any = smaller.layers[0]
    if not skip_constant:
        only.dropout = lstm.dropout  # of no use in one layer, but it was asked for
    return only, last


def _layer(
    lstm: nn.LSTM, number: int, kept: Tensor, below: Tensor | None
) -> dict[str, Tensor]:
    """What remains of a layer, by the names of a single one."""
    rows = torch.cat([gate * lstm.hidden_size + kept for gate in range(4)])
    columns = {"weight_ih": below, "weight_hh": kept}
    found = {}
    for name in _names(lstm):
        its = value(lstm, f"{name}_l{number}")
        column = columns.get(name)
        left = its[rows] if column is None else its[rows][:, column]
        found[f"{name}_l0"] = left.requires_grad_(
            _is_trained(lstm, f"{name}_l{number}")
        )
    return found


def _reader(reader: R, kept: Tensor) -> R:
    """It, without the columns of what is left out."""
    first = reader_name(reader)
    if isinstance(reader, nn.LSTM):
        smaller: Any = _empty(
            nn.LSTM, reader, len(kept), reader.hidden_size, reader.num_layers,
            bias=reader.bias, batch_first=reader.batch_first, dropout=reader.dropout,
        )  # fmt: skip
        layers = range(reader.num_layers)
        names = [f"{name}_l{number}" for name in _names(reader) for number in layers]
    else:
        has_bias = reader.bias is not None
        smaller = _empty(
            nn.Linear, reader, len(kept), reader.out_features, bias=has_bias
        )
        names = ["weight", "bias"] if has_bias else ["weight"]
    weights = {}
    for name in names:
        its = value(reader, name)
        left = its[:, kept] if name == first else its.clone()
        weights[name] = left.requires_grad_(_is_trained(reader, name))
    _fill(smaller, weights)
    return smaller.train(reader.training)


def _names(lstm: nn.LSTM) -> list[str]:
    names = ["weight_ih", "weight_hh"]
    return [*names, "bias_ih", "bias_hh"] if lstm.bias else names


def _empty(kind: type[M], like: nn.Module, *sizes: Any, **options: Any) -> M:
    """A module whose weights are still to be filled in, made as another is."""
    name = reader_name(like) if isinstance(like, nn.Linear) else "weight_ih_l0"
    its = value(like, name)
    # What it draws for its weights is not missing from anybody's draws.
    with torch.random.fork_rng(devices=[]):
        module = kind(*sizes, **options, device="cpu", dtype=its.dtype)
    return module.to(its.device)


def _fill(module: nn.Module, weights: Mapping[str, Tensor]) -> None:
    for name, left in weights.items():
        own = getattr(module, name)
        own.copy_(left)
        own.requires_grad_(left.requires_grad)


def _is_trained(module: nn.Module, name: str) -> bool:
    """Whether a weight is, or what it is computed from."""
    with torch.enable_grad():
        return value(module, name).requires_grad


def _refuse_tied(reader: Reader) -> None:
    """Refuse a reader without which an embedding would lose columns, or its tie.

    A parameter does not say what modules hold it; the interpreter knows them all.
    """
    if not isinstance(reader, nn.Linear) or "weight" in getattr(
        reader, "parametrizations", {}
    ):
        return
    weight = trained(reader, "weight")
    if _is_embedded(weight):
        gc.collect()  # the embedding may be gone already
        if _is_embedded(weight):
            raise ValueError(
                "reader: its weight is an embedding's too, which must keep all of it: "
                "untie first (reader.weight = nn.Parameter(reader.weight.clone()))"
            )


def _is_embedded(weight: Tensor) -> bool:
    kinds: set[type] = set()
    waiting: list[type] = [nn.Embedding, nn.EmbeddingBag]
    while waiting:
        kinds.add(kind := waiting.pop())
        waiting += kind.__subclasses__()
    return any(
        one.__dict__["_parameters"].get("weight") is weight
        for one in gc.get_objects()
        if type(one) in kinds and "_parameters" in one.__dict__
    )
