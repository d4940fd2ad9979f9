"""The thesis's tag model: embedding, one LSTM, softmax over tags."""

from __future__ import annotations

from torch import nn

from ontogeny.models.lm import LanguageModel


class TagModel(LanguageModel):
    """Predict a word's tag from the words up to it (thesis ch. 4, eq. 5–7).

    A language model of one LSTM whose softmax is over tags: made to mimic the
    language model, reading the same vocabulary, so that its sites `embedding`
    and `lstm1` may be compared with the language model's.

    Args:
        types: Size of the vocabulary that is read.
        classes: Number of tags.
        embedding: Units of the embedding.
        hidden: Units of the LSTM.
        dropout: Share of activations dropped, on the embedding and the output.

    Source: Saphra & Lopez (2019), NAACL, §2.2.

    >>> model = TagModel(10, 3, embedding=4, hidden=5)
    >>> model.sites, model.decoder.out_features
    ({'embedding': (4,), 'lstm1': (5,)}, 3)
    """

    def __init__(
        self,
        types: int,
        classes: int,
        *,
        embedding: int = 200,
        hidden: int = 200,
        dropout: float = 0.2,
    ) -> None:
        super().__init__(
            types, embedding=embedding, hidden=hidden, layers=1, dropout=dropout
        )
        self.decoder = nn.Linear(hidden, classes)
        nn.init.uniform_(self.decoder.weight, -0.1, 0.1)
        nn.init.zeros_(self.decoder.bias)
