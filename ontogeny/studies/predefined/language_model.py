"""The study's language model: dense and sparse LSTMs, an embedding that may be tied."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ontogeny.models import AtSite, Model, OutputLoss, leave, output_loss
from ontogeny.models.dropout import Dropout
from ontogeny.predefined import SparseEmbedding, SparseLSTM
from ontogeny.studies.predefined.drops import (
    DroppedLSTM,
    dropped,
    locked_dropout,
    word_dropout,
)
from ontogeny.studies.predefined.networks import Network

State = list[tuple[Tensor, Tensor]]


class Drops(NamedTuple):
    """Shares that are dropped while training.

    Attributes:
        words: Of the vocabulary, all occurrences of a window.
        input: Of the embedding.
        hidden: Between LSTMs.
        output: Of the last LSTM's output.
        weights: Of the recurrent weights.
        locked: Whether the same units are dropped at every step of a window.
    """

    words: float = 0.0
    input: float = 0.0
    hidden: float = 0.0
    output: float = 0.0
    weights: float = 0.0
    locked: bool = False


class PredefinedModel(Model):
    """Embedding → LSTMs, each dense or sparse → softmax over words.

    Embedding and an untied decoder are drawn from ±0.1, the decoder's bias is 0, LSTMs
    are as PyTorch initialises them, those of a sparse one each by itself.

    Args:
        types: Size of the vocabulary; ids by frequency.
        network: Its layers.
        drops: What is dropped.
        precision: See `Model`.

    Raises:
        InputError: If a layer cannot have the parameters of the dense one.

    >>> model = PredefinedModel(50, Network([8, 12, 8], [8, 8, 8]))
    >>> [type(lstm).__name__ for lstm in model.lstms]
    ['SparseLSTM', 'SparseLSTM']
    >>> output, state = model(torch.zeros(5, 2, dtype=torch.long))
    >>> output.shape
    torch.Size([5, 2, 8])
    """

    def __init__(
        self,
        types: int,
        network: Network,
        drops: Drops | None = None,
        *,
        precision: str = "float32",
    ) -> None:
        super().__init__(precision)
        self.drops = drops or Drops()
        sizes = network.sizes
        shares = [
            small / large
            for small, large in zip(network.equal_to or sizes, sizes, strict=True)
        ]
        self.embedding: nn.Embedding | SparseEmbedding  # type: ignore[assignment]
        if shares[0] == 1:
            self.embedding = nn.Embedding(types, sizes[0])
            nn.init.uniform_(self.embedding.weight, -0.1, 0.1)
        else:
            self.embedding = SparseEmbedding(
                types, sizes[0], shares[0], blocks=network.embedding_blocks or None
            )
        blocks = network.blocks or [0] * (len(sizes) - 1)
        self.lstms = nn.ModuleList(
            make_lstm(sizes[at : at + 2], shares[at : at + 2], number, self.drops)
            for at, number in enumerate(blocks)
        )
        if network.tied:
            self.output_bias = nn.Parameter(torch.zeros(types))
        else:
            self.decoder = nn.Linear(sizes[-1], types)
            nn.init.uniform_(self.decoder.weight, -0.1, 0.1)
            nn.init.zeros_(self.decoder.bias)
        self.tied = network.tied

    @property
    def sites(self) -> dict[str, tuple[int, ...]]:
        """Names of the sites, from input to output, and the shape of each."""
        layers = enumerate(self.lstms, 1)
        lstms: dict[str, tuple[int, ...]] = {
            f"lstm{layer}": (int(lstm.hidden_size),)  # type: ignore[arg-type]
            for layer, lstm in layers
        }
        return {"embedding": (self.embedding.embedding_dim,), **lstms}

    def forward(
        self, inputs: Tensor, state: State | None = None, *, at_site: AtSite = leave
    ) -> tuple[Tensor, State]:
        """See `Model.forward`."""
        drops, last = self.drops, len(self.lstms)
        x = word_dropout(
            self.embedding(inputs),
            inputs,
            self.embedding.num_embeddings,
            drops.words,
            training=self.training,
        )
        x = self._drop(at_site("embedding", x), drops.input)
        carried: Sequence[tuple[Tensor, Tensor] | None] = state or [None] * last
        after = []
        for layer, (lstm, before) in enumerate(
            zip(self.lstms, carried, strict=True), 1
        ):
            x, own = lstm(x, before)
            after.append(own)
            share = drops.output if layer == last else drops.hidden
            x = self._drop(at_site(f"lstm{layer}", x), share)
        return x, after

    def loss(
        self, output: Tensor, targets: Tensor, *, statistics: bool = False
    ) -> OutputLoss:
        """See `Model.loss`; a tied decoder is the embedding's matrix."""
        if not self.tied:
            return super().loss(output, targets, statistics=statistics)
        return output_loss(
            output.flatten(0, 1),
            self.embedding.weight,
            self.output_bias,
            targets.flatten(),
            statistics=statistics,
            products=self.products if self.training else None,
        )

    def train(self, mode: bool = True) -> PredefinedModel:
        """Switch dropout on or off, that of weights too."""
        super().train(mode)
        dropped(self, mode)
        return self

    def _drop(self, x: Tensor, share: float) -> Tensor:
        if self.drops.locked:
            return locked_dropout(x, share, training=self.training)
        return Dropout(share).train(self.training)(x)


def make_lstm(
    sizes: Sequence[int], shares: Sequence[float], blocks: int, drops: Drops
) -> DroppedLSTM | SparseLSTM:
    """One layer: dense where it has the sizes of the dense model, sparse otherwise.

    Args:
        sizes: Inputs and units.
        shares: Of these, what the dense model has.
        blocks: Of a sparse one; 0: as few as will do.
        drops: Whose `weights` are dropped.
    """
    make = partial(DroppedLSTM, drop=drops.weights)
    if shares[0] == shares[1] == 1:
        return make(*sizes)
    return SparseLSTM.from_reductions(
        *sizes, *shares, blocks=blocks or None, make_block=make
    )


class Size(NamedTuple):
    """How large a model is.

    Attributes:
        parameters: All.
        embedding_parameters: Of the embedding, which an output layer may share.
        lstm_parameters: Of all LSTMs, biases included.
        operations_lstm: Multiply–adds per word in products of LSTMs.
        operations_output: Of the output layer.
    """

    parameters: int
    embedding_parameters: int
    lstm_parameters: int
    operations_lstm: int
    operations_output: int


def size(model: PredefinedModel) -> Size:
    """Count a model's parameters, and multiply–adds per word; no bias is one.

    >>> size(PredefinedModel(50, Network([8, 8], tied=True)))
    ... # doctest: +NORMALIZE_WHITESPACE
    Size(parameters=1026, embedding_parameters=400, lstm_parameters=576,
         operations_lstm=512, operations_output=400)
    """
    weights = [p for p in model.lstms.parameters() if p.ndim == 2]
    embedding = _count(model.embedding)
    output = embedding if model.tied else model.decoder.weight.numel()
    return Size(
        _count(model),
        embedding,
        _count(model.lstms),
        sum(weight.numel() for weight in weights),
        output,
    )


def _count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())
