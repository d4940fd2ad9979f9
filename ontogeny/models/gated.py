"""Networks of LSTMs whose weights come from sources, and whose gates are sites."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ontogeny.models.dropout import Dropout
from ontogeny.models.gated_layer import GATES, GatedLayer
from ontogeny.models.loss import IGNORED, OutputLoss, output_loss
from ontogeny.models.model import AtSite, SiteModel, leave
from ontogeny.models.weight import Weight

State = list[tuple[Tensor, Tensor]]
"""o ⊙ tanh(c) and c of each layer, each of shape (1, batch, hidden)."""


class Plain(NamedTuple):
    """A network as PyTorch's own modules, with the values that evaluation reads.

    Attributes:
        embedding: None where words come in one-hot.
        lstm: All layers; its second bias is zero.
        output: From the last layer's units to what is predicted.
        scales: z that is multiplied into what reads the embedding and each layer, so
            that their outputs are without it; None where there is none.
    """

    embedding: nn.Embedding | None
    lstm: nn.LSTM
    output: nn.Linear
    scales: tuple[Tensor | None, ...]

    @property
    def words_read(self) -> Tensor:
        """Which words reach the LSTM by any weight that is not 0, bool, (types,)."""
        read = (self.lstm.get_parameter("weight_ih_l0") != 0).any(0)
        if self.embedding is None:
            return read
        return (self.embedding.weight[:, read] != 0).any(1)


class GatedNetwork(SiteModel):
    """Words → embedding → `GatedLayer`s → output layer.

    Args:
        types: Size of the vocabulary.
        embedding: Shape (types, units); None: words come in one-hot.
        layers: From below.
        output: Shape (classes, hidden).
        output_bias: At the start, shape (classes,).
        scales: z of the input: "words", shape (types,), and "embedding", shape
            (units,).
        dropout: Share of activations dropped, on the embedding, between layers and
            on the last output.
        products: Type of the output layer's products in training (`output_loss`).
    """

    def __init__(
        self,
        types: int,
        embedding: Weight | None,
        layers: list[GatedLayer],
        output: Weight,
        output_bias: Tensor,
        *,
        scales: Mapping[str, Weight] | None = None,
        dropout: float = 0.0,
        products: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.types = types
        self.embedding = embedding
        self.layers = nn.ModuleList(layers)
        self.output = output
        self.output_bias = nn.Parameter(output_bias.clone())
        self.scales = nn.ModuleDict(scales or {})
        self.dropout = Dropout(dropout)
        self.products = products

    @property
    def sites(self) -> dict[str, tuple[int, ...]]:
        """See `SiteModel.sites`: the embedding, each layer's gates and its output."""
        found: dict[str, tuple[int, ...]] = {"embedding": (self._width,)}
        shape = (self._hidden,)
        for number in range(1, len(self.layers) + 1):
            found |= {f"lstm{number}.{gate}": shape for gate in GATES}
            found[f"lstm{number}"] = shape
        return found

    @property
    def _hidden(self) -> int:
        return self.output.shape[1]

    @property
    def _width(self) -> int:
        return self.types if self.embedding is None else self.embedding.shape[1]

    def forward(
        self, inputs: Tensor, state: State | None = None, *, at_site: AtSite = leave
    ) -> tuple[Tensor, State]:
        """Run up to what the output layer reads.

        Args:
            inputs: Word ids, int64, shape (time, batch).
            state: Carried from the last window; None: zero.
            at_site: Called at every site, in order. Of a gate the value is only
                shown, and in training not at all where z is drawn by sequence.

        Returns:
            Output of the last layer after dropout, shape (time, batch, hidden), and
            what to carry.
        """
        x = self.dropout(at_site("embedding", self._read(inputs)))
        after = []
        for number, layer in enumerate(self.layers, 1):
            before = state[number - 1] if state else None
            x, last = layer(x, before, f"lstm{number}", at_site)
            after.append(last)
            x = self.dropout(x)
        return x, after

    def _read(self, inputs: Tensor) -> Tensor:
        if self.embedding is None:
            return F.one_hot(inputs, self.types).to(self.output_bias.dtype)
        x = self.embedding.rows(inputs)
        by_sequence = self.training and any(
            cast(GatedLayer, one).by_sequence for one in self.layers
        )
        if "words" in self.scales:
            words = cast(Weight, self.scales["words"])
            z = (
                words.draws(inputs.shape[1]).gather(1, inputs.T).T
                if by_sequence
                else words()[inputs]
            )
            x = x * z[..., None]
        if "embedding" in self.scales:
            units = cast(Weight, self.scales["embedding"])
            x = x * (units.draws(inputs.shape[1]) if by_sequence else units())
        return x

    @torch.no_grad()
    def plain(self) -> Plain:
        """The network that evaluation runs, as PyTorch's modules."""
        training = self.training
        self.eval()
        embedding = None
        scale_x = self.scales["embedding"]() if "embedding" in self.scales else None
        if self.embedding is not None:
            values = self.embedding()
            if "words" in self.scales:
                values = values * self.scales["words"]()[:, None]
            embedding = nn.Embedding.from_pretrained(values.clone(), freeze=False)
        folded = [cast(GatedLayer, layer).folded() for layer in self.layers]
        hidden = self._hidden
        lstm = nn.LSTM(self._width, hidden, len(self.layers)).to(folded[0][0].dtype)
        output = nn.Linear(hidden, len(self.output_bias)).to(folded[0][0].dtype)
        scales = [scale_x, *(z_h for _, _, z_h in folded)]
        for number, (layer, (w_x, w_h, _)) in enumerate(
            zip(self.layers, folded, strict=True)
        ):
            w_x = _columns(w_x, scales[number])
            if number == 0 and embedding is not None:
                # What is 0 in every word is an input of nothing.
                w_x = w_x * (embedding.weight != 0).any(0)
            getattr(lstm, f"weight_ih_l{number}").copy_(w_x)
            getattr(lstm, f"weight_hh_l{number}").copy_(w_h)
            getattr(lstm, f"bias_ih_l{number}").copy_(layer.bias)
            getattr(lstm, f"bias_hh_l{number}").zero_()
        output.weight.copy_(_columns(self.output(), scales[-1]))
        output.bias.copy_(self.output_bias)
        self.train(training)
        return Plain(embedding, lstm, output, tuple(scales))


def _columns(weight: Tensor, scale: Tensor | None) -> Tensor:
    return weight if scale is None else weight * scale


class GatedLanguageModel(GatedNetwork):
    """Predicts each next word."""

    def loss(
        self, output: Tensor, targets: Tensor, *, statistics: bool = False
    ) -> OutputLoss:
        """Output layer and cross-entropy in one step (`output_loss`).

        Args:
            output: Of `forward`, shape (time, batch, hidden).
            targets: Shape (time, batch).
            statistics: See `output_loss`.
        """
        if self.training and self.output.is_local:
            return self._local_loss(output, targets)
        return output_loss(
            output.flatten(0, 1),
            self.output(),
            self.output_bias,
            targets.flatten(),
            statistics=statistics,
            products=self.products if self.training else None,
        )

    def _local_loss(self, output: Tensor, targets: Tensor) -> OutputLoss:
        logits = self.output.project(output, self.output_bias).flatten(0, 1)
        nats = F.cross_entropy(
            logits, targets.flatten(), ignore_index=IGNORED, reduction="none"
        )
        return OutputLoss(nats.sum(), nats.detach(), None, None)


class GatedClassifier(GatedNetwork):
    """Tells the class of a text from the last layer's output at its last word."""

    def logits(self, inputs: Tensor, last: Tensor) -> Tensor:
        """Of each class, of two of the second alone; shape (batch, classes or 1).

        Args:
            inputs: Word ids, padded at their ends, shape (time, batch).
            last: Index of each text's last word, shape (batch,).
        """
        output, _ = self(inputs)
        there = output.gather(0, last.expand(output.shape[2], -1).T[None])[0]
        return self.output.project(there, self.output_bias)
