"""The papers' language model: embedding, stacked LSTMs, softmax."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import torch
from torch import Tensor, nn

from ontogeny.models.loss import OutputLoss, output_loss

State = list[tuple[Tensor, Tensor]]
"""Hidden and cell state of each LSTM, each of shape (1, batch, hidden)."""

AtSite = Callable[[str, Tensor], Tensor]
"""Called with a site's name and activation; returns what the model goes on with."""


def _leave(site: str, activation: Tensor) -> Tensor:
    return activation


class LanguageModel(nn.Module):
    """Embedding → LSTM × layers → softmax over words (000 §2, figure 1).

    A *site* is a layer's output before dropout: `embedding`, `lstm1`, …. The
    model knows where its sites are and nothing of what is done there.

    Args:
        types: Size of the vocabulary.
        embedding: Units of the embedding.
        hidden: Units of each LSTM.
        layers: Number of LSTMs.
        dropout: Share of activations dropped, on the embedding, between LSTMs
            and on the last output.
        precision: Of the output layer's matrix products while training:
            "float32", or "bfloat16", for machines that are faster at it.

    Source: 000 §2 (sizes, dropout); initialisation is not in the paper.

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
        super().__init__()
        self.products = torch.bfloat16 if precision == "bfloat16" else None
        self.embedding = nn.Embedding(types, embedding)
        # Single-layer LSTMs, because each layer's output is a site, and because
        # dropout inside cuDNN's stacked LSTM cannot be reproduced exactly.
        widths = [embedding] + [hidden] * layers
        self.lstms = nn.ModuleList(nn.LSTM(width, hidden) for width in widths[:-1])
        self.dropout = nn.Dropout(dropout)
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

    def train(self, mode: bool = True) -> LanguageModel:
        """Switch dropout on or off.

        The LSTMs stay in training mode: cuDNN's run backwards in no other, and
        they have no dropout of their own that it could switch.
        """
        super().train(mode)
        self.lstms.train()
        return self

    def forward(
        self, inputs: Tensor, state: State | None = None, *, at_site: AtSite = _leave
    ) -> tuple[Tensor, State]:
        """Run the model up to what the decoder reads.

        Args:
            inputs: Word ids, int64, shape (time, batch).
            state: Carried from the previous window; zero if None.
            at_site: Called at every site, in order; what it returns is what
                the next layer reads.

        Returns:
            Output of the last layer after dropout, shape (time, batch, hidden),
            and the state after the last step.
        """
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

    def loss(
        self, output: Tensor, targets: Tensor, *, statistics: bool = False
    ) -> OutputLoss:
        """Decoder and cross-entropy in one step (`output_loss`).

        Args:
            output: Of `forward`, shape (time, batch, hidden).
            targets: Shape (time, batch).
            statistics: Whether χ and ℓ₁ of the logits' gradient are wanted.

        Returns:
            With one entry per step, in the order of `targets.flatten()`.
        """
        return output_loss(
            output.flatten(0, 1),
            self.decoder.weight,
            self.decoder.bias,
            targets.flatten(),
            statistics=statistics,
            products=self.products if self.training else None,
        )
