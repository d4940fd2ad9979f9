"""Weights of PyTorch's own modules: what an LSTM and its reader have, and read."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.utils.parametrize import is_parametrized

from ontogeny.pruning.layers import LayerWeights

Reader = nn.Linear | nn.LSTM
"""What reads an LSTM's output; of an LSTM its first layer's W^x alone."""


def check(lstm: nn.LSTM, reader: Reader) -> None:
    """Refuse what has not the groups that this package knows.

    Raises:
        ValueError: If one is of another type, bidirectional or projected, or the
            reader is of another width.
    """
    if not isinstance(lstm, nn.LSTM):
        raise ValueError(f"lstm: must be an nn.LSTM, found {type(lstm).__name__}")
    if not isinstance(reader, nn.Linear | nn.LSTM):
        raise ValueError(
            f"reader: must be the nn.Linear or nn.LSTM that reads the LSTM, found "
            f"{type(reader).__name__}"
        )
    for name, module in (("lstm", lstm), ("reader", reader)):
        if isinstance(module, nn.LSTM) and module.bidirectional:
            raise ValueError(
                f"{name}: is bidirectional, which is not supported: use an nn.LSTM for "
                "each direction"
            )
        if isinstance(module, nn.LSTM) and module.proj_size:
            raise ValueError(
                f"{name}: has a projection (proj_size {module.proj_size}), which is "
                "not supported: use an nn.LSTM without one"
            )
    width = reader.input_size if isinstance(reader, nn.LSTM) else reader.in_features
    if width != lstm.hidden_size:
        raise ValueError(
            f"reader: reads {width} units, but the LSTM has {lstm.hidden_size}: give "
            "what reads the LSTM's output itself"
        )


def layer_number(lstm: nn.LSTM, layer: int | None) -> int:
    """The layer that is meant, from 0; None: the only one.

    Raises:
        ValueError: If there is no such layer, or more than one and none is named.
    """
    layers = lstm.num_layers
    if layer is None and layers > 1:
        raise ValueError(
            f"layer: must be one of 0 … {layers - 1}, for the LSTM has {layers} layers"
        )
    if layer is not None and not 0 <= layer < layers:
        raise ValueError(f"layer: must be one of 0 … {layers - 1}, found {layer}")
    return layer or 0


def value(module: nn.Module, name: str) -> Tensor:
    """A weight as the module reads it, also under `torch.nn.utils.prune`.

    There the module's own attribute is what the last forward pass read, and stale
    after a step: `_orig × _mask` is not.

    Raises:
        ValueError: If a hook of another kind computes it, so that it may be stale.
    """
    if _is_masked(module, name):
        return getattr(module, f"{name}_orig") * getattr(module, f"{name}_mask")
    if name not in module._parameters and not is_parametrized(module, name):
        raise ValueError(
            f"{name}: a hook computes it, so that it may be stale: remove the hook "
            "first"
        )
    return getattr(module, name)


def trained(module: nn.Module, name: str) -> Tensor:
    """The parameter behind a weight, also under `torch.nn.utils.prune`.

    Raises:
        ValueError: If it is computed from others.
    """
    own = f"{name}_orig" if _is_masked(module, name) else name
    if own not in module._parameters:
        raise ValueError(
            f"{name}: is computed from other parameters: remove the parametrisation "
            "first"
        )
    return getattr(module, own)


def _is_masked(module: nn.Module, name: str) -> bool:
    return f"{name}_orig" in module._parameters and f"{name}_mask" in module._buffers


def reader_name(reader: Reader) -> str:
    """What a reader's weight is called."""
    return "weight_ih_l0" if isinstance(reader, nn.LSTM) else "weight"


def layers_of(
    lstm: nn.LSTM, reader: Reader, *, parameters: bool = False
) -> list[LayerWeights]:
    """The matrices of an LSTM's layers from below, each with what reads it.

    Args:
        lstm: Of any number of layers.
        reader: What reads the last.
        parameters: Whether they are those that are trained (`trained`), not their
            values (`value`).

    Raises:
        ValueError: See `check`.
    """
    check(lstm, reader)
    read = trained if parameters else value
    layers = range(lstm.num_layers)
    inputs = [read(lstm, f"weight_ih_l{number}") for number in layers]
    readers = [*inputs[1:], read(reader, reader_name(reader))]
    return [
        LayerWeights(
            inputs[number], read(lstm, f"weight_hh_l{number}"), readers[number]
        )
        for number in layers
    ]
