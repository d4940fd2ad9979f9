"""The papers' language model: embedding, stacked LSTMs, softmax."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from torch import Tensor, nn

from ontogeny.models.dropout import Dropout
from ontogeny.models.model import AtSite, Model, leave

State = list[tuple[Tensor, Tensor]]
"""Hidden and cell state of each LSTM, each of shape (1, batch, hidden)."""


class LanguageModel(Model):
    """Embedding → LSTM × layers → softmax over words (Saphra & Lopez 2019 §2).

    Args:
        types: Size of the vocabulary.
        embedding: Units of the embedding.
        hidden: Units of each LSTM.
        layers: Number of LSTMs.
        dropout: Share of activations dropped, on the embedding, between LSTMs
            and on the last output.
        precision: See `Model`.

    Source: Saphra & Lopez 2019 §2 (sizes, dropout); initialisation is not in the paper.

    >>> import torch
    >>> model = LanguageModel(10, embedding=4, hidden=3)
    >>> model.sites
    {'embedding': (4,), 'lstm1': (3,), 'lstm2': (3,)}
    >>> output, state = model(torch.zeros(5, 2, dtype=torch.long))
    >>> output.shape
    torch.Size([5, 2, 3])
    """

    def __init__(
        self,
        types: int,
        *,
        embedding: int = 200,
        hidden: int = 200,
        layers: int = 2,
        dropout: float = 0.2,
        precision: str = "float32",
    ) -> None:
        super().__init__(precision)
        self.embedding = nn.Embedding(types, embedding)
        # Single-layer LSTMs, because each layer's output is a site, and because
        # dropout inside cuDNN's stacked LSTM cannot be reproduced exactly.
        widths = [embedding] + [hidden] * layers
        self.lstms = nn.ModuleList(nn.LSTM(width, hidden) for width in widths[:-1])
        self.dropout = Dropout(dropout)
        # ASSUME: decoder not tied to the embedding; both uniform in ±0.1, the
        # decoder's bias 0, LSTMs as PyTorch initialises them.
        self.decoder = nn.Linear(hidden, types)
        nn.init.uniform_(self.embedding.weight, -0.1, 0.1)
        nn.init.uniform_(self.decoder.weight, -0.1, 0.1)
        nn.init.zeros_(self.decoder.bias)

    @property
    def sites(self) -> dict[str, tuple[int, ...]]:
        """Names of the sites, from input to output, and the shape of each."""
        hidden = self.decoder.in_features
        lstms = {f"lstm{layer}": (hidden,) for layer in range(1, len(self.lstms) + 1)}
        return {"embedding": (self.embedding.embedding_dim,), **lstms}

    @property
    def only_lstm(self) -> nn.LSTM:
        """The LSTM of a one-layer model; of any other a ValueError."""
        if len(self.lstms) != 1:
            raise ValueError(f"the model has {len(self.lstms)} LSTMs, not one")
        return cast(nn.LSTM, self.lstms[0])

    def forward(
        self, inputs: Tensor, state: State | None = None, *, at_site: AtSite = leave
    ) -> tuple[Tensor, State]:
        """See `Model.forward`."""
        carried: Sequence[tuple[Tensor, Tensor] | None]
        carried = state or [None] * len(self.lstms)
        x = self.dropout(at_site("embedding", self.embedding(inputs)))
        after = []
        for layer, (lstm, before) in enumerate(
            zip(self.lstms, carried, strict=True), 1
        ):
            x, last = lstm(x, before)
            after.append(last)
            x = self.dropout(at_site(f"lstm{layer}", x))
        return x, after
