"""An embedding whose vectors are the shorter, the rarer the word."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from ontogeny.predefined.sizes import embedding_rows


class SparseEmbedding(nn.Module):
    """Vectors of k dimensions, of which the last are zero for rare words.

    Dimension j is trained for the `embedding_rows(V, k, δ)[j]` most frequent words;
    elsewhere it is 0, and neither stored, nor given a gradient, nor a place in an
    optimiser's memory. Ids are by frequency: 0 is the most frequent word.

    Args:
        words: V.
        dimensions: k.
        density: δ, the share of k·V entries that are trained, in ]1/k, 1].
        blocks: None: closed form; or the authors' blocks (`embedding_rows`).
        device: Of the parameters.
        dtype: Of the parameters.

    Attributes:
        values: The entries that are trained, dimension by dimension, in order of id.
        rows: int64, shape (dimensions,): of how many words each dimension is trained.

    Raises:
        InputError: If there is no such embedding.

    Source: Demeester et al. (2018, §4.1), arXiv:1808.08720.

    >>> embedding = SparseEmbedding(1000, 4, 0.5)
    >>> embedding.values.shape, embedding.rows.tolist()
    (torch.Size([2001]), [1000, 544, 296, 161])
    >>> (embedding(torch.tensor([0, 200, 999])) != 0).sum(dim=1).tolist()
    [4, 3, 1]
    """

    rows: Tensor

    def __init__(
        self,
        words: int,
        dimensions: int,
        density: float,
        *,
        blocks: int | None = None,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.num_embeddings, self.embedding_dim = words, dimensions
        self.density = density
        rows = embedding_rows(words, dimensions, density, blocks=blocks)
        self.register_buffer("rows", torch.from_numpy(rows).to(device))
        self.values = nn.Parameter(
            torch.empty(int(rows.sum()), device=device, dtype=dtype)
        )
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all values uniformly from ±0.1."""
        nn.init.uniform_(self.values, -0.1, 0.1)

    def forward(self, ids: Tensor) -> Tensor:
        """The vectors of some words.

        Args:
            ids: int64, of any shape.

        Returns:
            Shape (…, dimensions).
        """
        ids = ids[..., None]
        trained = ids < self.rows
        # Not on a GPU, which would be waited for.
        outside = (ids < 0) | (ids >= len(self))
        if ids.device.type == "cpu" and bool(outside.any()):
            raise IndexError(f"ids must lie in 0 to {len(self) - 1}")
        at = torch.where(trained, ids + (self.rows.cumsum(0) - self.rows), 0)
        found = functional.embedding(at, self.values[:, None])[..., 0]
        return found * trained

    @property
    def weight(self) -> Tensor:
        """The whole matrix with its zeros, shape (words, dimensions).

        Made anew at every call; gradients reach `values`.
        """
        ids = torch.arange(len(self), device=self.rows.device)
        trained = ids < self.rows[:, None]
        whole = self.values.new_zeros(trained.shape)
        return whole.masked_scatter(trained, self.values).T

    def __len__(self) -> int:
        return self.num_embeddings

    def extra_repr(self) -> str:
        """Sizes, as `nn.Embedding` shows them."""
        sizes = f"{self.num_embeddings}, {self.embedding_dim}"
        return f"{sizes}, density={self.density:.4g}"
