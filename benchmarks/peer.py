"""The standard PyTorch word-language-model recipe, as a bare loop."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ontogeny.models import LanguageModel
from ontogeny.training.recipe import Recipe
from ontogeny.training.stream import Stream


class Peer(nn.Module):
    """Embedding, dropout, stacked LSTM, dropout, linear layer, log-softmax."""

    def __init__(self, types: int, recipe: Recipe) -> None:
        super().__init__()
        self.embedding = nn.Embedding(types, recipe.embedding)
        self.lstm = nn.LSTM(
            recipe.embedding, recipe.hidden, recipe.layers, dropout=recipe.dropout
        )
        self.dropout = nn.Dropout(recipe.dropout)
        self.decoder = nn.Linear(recipe.hidden, types)

    def forward(self, inputs: Tensor, state=None):
        """Log-probabilities, shape (time × batch, types), and the last state."""
        output, state = self.lstm(self.dropout(self.embedding(inputs)), state)
        decoded = self.decoder(self.dropout(output)).flatten(0, 1)
        return torch.log_softmax(decoded, dim=1), state

    @torch.no_grad()
    def copy_weights(self, model: LanguageModel) -> None:
        """Take the weights of ours."""
        self.embedding.load_state_dict(model.embedding.state_dict())
        self.decoder.load_state_dict(model.decoder.state_dict())
        for layer, lstm in enumerate(model.lstms):
            for name, weight in lstm.named_parameters():
                own = getattr(self.lstm, name.removesuffix("_l0") + f"_l{layer}")
                own.copy_(weight)


class PeerLoop:
    """The recipe's training loop, a step at a time, over the windows of a stream."""

    def __init__(self, model: Peer, stream: Stream, recipe: Recipe) -> None:
        self.model = model
        self.stream = stream
        self.recipe = recipe
        self.position = 0
        self.total = 0.0
        self._state: tuple[Tensor, Tensor] | None = None

    def step(self) -> float:
        """Train on the next window; return its loss in nats."""
        window = self.stream[self.position]
        self.position += 1
        self.model.zero_grad()
        if self._state is not None:
            self._state = tuple(s.detach() for s in self._state)
        log_probabilities, self._state = self.model(window.inputs, self._state)
        loss = nn.functional.nll_loss(log_probabilities, window.targets.flatten())
        loss.backward()
        parameters = list(self.model.parameters())
        nn.utils.clip_grad_norm_(parameters, self.recipe.clip_norm)
        with torch.no_grad():
            for parameter in parameters:
                parameter.add_(parameter.grad, alpha=-self.recipe.learning_rate)
        self.total += loss.item()
        return loss.item()
