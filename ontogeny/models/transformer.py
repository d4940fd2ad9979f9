"""The encoder–decoder Transformer: its sites, maps and prunable weights by name."""

from __future__ import annotations

import math
import re
from functools import lru_cache, partial
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ontogeny.errors import InputError
from ontogeny.models.dropout import Dropout
from ontogeny.models.model import AtSite, SiteModel, leave
from ontogeny.models.packing import Packing
from ontogeny.models.transformer_block import Cache, DecoderBlock, EncoderBlock, Norm

PAD, START, END, UNKNOWN = range(4)
"""Ids of `<pad>`, `<s>`, `</s>` and `<unk>`."""


class Prunable(NamedTuple):
    """Where a prunable weight stands.

    Attributes:
        stack: "encoder" or "decoder".
        layer: From 1.
        kind: "self" or "cross" (attention), or "fc".
        matrix: "q", "k", "v", "o", "fc1" or "fc2".
    """

    stack: str
    layer: int
    kind: str
    matrix: str


class EncoderDecoder(SiteModel):
    """Transformer that reads a source and predicts a target, subword by subword.

    One matrix is the embedding of source and target and the output layer, which has no
    bias. Sites are `source` and `target` (embedding and position), `encoder1`… and
    `decoder1`…: a block's output as the next one reads it, the last one's after the
    stack's own LayerNorm if there is one. Maps are `encoder_self1`…, `cross1`… and
    `decoder_self1`….

    Args:
        types: Size of the vocabulary, which begins with the special subwords.
        layers: Blocks of each stack.
        d: Units of every site.
        heads: Of every attention.
        inner: Units between the linear layers of a block.
        dropout: Share dropped of the embedding's sum and of each sublayer's output.
        norm: "post" (Vaswani et al. 2017), or "pre", with a LayerNorm after each stack.

    Raises:
        InputError: If heads do not divide d, there is no layer, dropout is no share
            below 1, or the norm is another.

    Source: Vaswani et al. (2017), §3; sizes of Movva & Zhao (2020), "Transformer-Big",
    whose share of weights outside the embedding (table A1) is that of one matrix.

    >>> model = EncoderDecoder(9, layers=1, d=4, heads=2, inner=8)
    >>> model.sites
    {'source': (4,), 'encoder1': (4,), 'target': (4,), 'decoder1': (4,)}
    >>> source, target = torch.tensor([[5, 6, 2]]), torch.tensor([[1, 7]])
    >>> model.logits(model(source, target)).shape
    torch.Size([1, 2, 9])
    >>> model.prunable["decoder.0.cross_attention.v.weight"]
    Prunable(stack='decoder', layer=1, kind='cross', matrix='v')
    """

    def __init__(
        self,
        types: int,
        *,
        layers: int = 6,
        d: int = 1024,
        heads: int = 16,
        inner: int = 4096,
        dropout: float = 0.3,
        norm: Norm = "post",
    ) -> None:
        super().__init__()
        if norm not in ("post", "pre"):
            raise InputError(f"norm: must be post or pre, found {norm}.")
        if layers < 1:
            raise InputError(f"layers: must be at least 1, found {layers}.")
        if not 0 <= dropout < 1:
            raise InputError(f"dropout: must be from 0 to below 1, found {dropout}.")
        sizes = d, heads, inner, dropout, norm
        self.embedding = nn.Embedding(types, d)
        self.encoder = nn.ModuleList(EncoderBlock(*sizes) for _ in range(layers))
        self.decoder = nn.ModuleList(DecoderBlock(*sizes) for _ in range(layers))
        last = nn.LayerNorm if norm == "pre" else nn.Identity
        self.encoder_norm, self.decoder_norm = last(d), last(d)
        self.dropout = Dropout(dropout)
        # ASSUME: as in fairseq; the paper does not say. q, k and v each on its own.
        nn.init.normal_(self.embedding.weight, std=d**-0.5)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                nn.init.zeros_(module.bias)

    @property
    def sites(self) -> dict[str, tuple[int, ...]]:
        """See `SiteModel.sites`."""
        numbers = range(1, len(self.encoder) + 1)
        names = [
            name
            for side, stack in (("source", "encoder"), ("target", "decoder"))
            for name in (side, *(f"{stack}{number}" for number in numbers))
        ]
        return dict.fromkeys(names, (self.embedding.embedding_dim,))

    @property
    def maps(self) -> dict[str, tuple[int, ...]]:
        """See `SiteModel.maps`: queries and keys are as many as a text's subwords."""
        numbers = range(1, len(self.encoder) + 1)
        heads = cast(EncoderBlock, self.encoder[0]).self_attention.heads
        kinds = "encoder_self", "cross", "decoder_self"
        return {f"{kind}{number}": (heads,) for kind in kinds for number in numbers}

    @property
    def prunable(self) -> dict[str, Prunable]:
        """Names and places of the weights that pruning may take, in a fixed order.

        They are the matrices of q, k, v, o and of the linear layers; not the embedding,
        biases and LayerNorms. A name is that of `get_parameter` and the state dict.
        """
        found = {}
        for name, _ in self.named_parameters():
            place = re.fullmatch(
                r"(\w+)\.(\d+)\.(?:(self|cross)_attention\.)?(\w+)\.weight", name
            )
            if place:
                stack, layer, kind, matrix = place.groups()
                found[name] = Prunable(stack, int(layer) + 1, kind or "fc", matrix)
        return found

    def forward(
        self,
        source: Tensor,
        target: Tensor,
        *,
        at_site: AtSite = leave,
        at_map: AtSite | None = None,
    ) -> Tensor:
        """Run up to what the output layer reads, each subword given those before it.

        Args:
            source: Ids, int64, padded at their ends, shape (batch, time).
            target: What the decoder reads, from `<s>` on; the same with another time.
            at_site: Called at every site, in order, with shape (batch, time, d).
            at_map: Called at every map with shape (batch, heads, queries, keys), where
                padded keys weigh 0 to every query that is none. None: none is formed.

        Returns:
            Shape (batch, time, d). Here and at sites, what stands at padding is without
            meaning: nothing is computed there but attention.
        """
        reads, text = Packing(source != PAD), Packing(target != PAD)
        memory = self._encode(source, reads, at_site, at_map)
        hidden = reads.hidden.to(memory.dtype)
        x = self.dropout(_shown("target", self._embed(target, text), text, at_site))
        for number, block in enumerate(self.decoder, 1):
            own, cross = (
                at_map and partial(at_map, f"{kind}{number}")
                for kind in ("decoder_self", "cross")
            )
            keys = cast(DecoderBlock, block).read(memory, reads)
            x = block(x, text, keys, hidden, own, cross)
            if number == len(self.decoder):
                x = self.decoder_norm(x)
            x = _shown(f"decoder{number}", x, text, at_site)
        return text.unpack(x)

    def encode(
        self, source: Tensor, *, at_site: AtSite = leave, at_map: AtSite | None = None
    ) -> Tensor:
        """The encoder's output, which the decoder reads; see `forward`."""
        reads = Packing(source != PAD)
        return reads.unpack(self._encode(source, reads, at_site, at_map))

    def _encode(
        self, source: Tensor, text: Packing, at_site: AtSite, at_map: AtSite | None
    ) -> Tensor:
        x = self.dropout(_shown("source", self._embed(source, text), text, at_site))
        for number, block in enumerate(self.encoder, 1):
            x = block(x, text, at_map and partial(at_map, f"encoder_self{number}"))
            if number == len(self.encoder):
                x = self.encoder_norm(x)
            x = _shown(f"encoder{number}", x, text, at_site)
        return x

    def logits(self, output: Tensor) -> Tensor:
        """Of each subword of the vocabulary, from `forward`'s output."""
        return F.linear(output, self.embedding.weight)

    def cache(self, source: Tensor) -> Cache:
        """What `decode_step` needs at the start, of sources as `forward` takes them."""
        reads = Packing(source != PAD)
        memory = self._encode(source, reads, leave, None)
        blocks = (cast(DecoderBlock, block) for block in self.decoder)
        cross = [block.read(memory, reads) for block in blocks]
        return Cache(reads.hidden.to(memory.dtype), cross, [])

    def decode_step(self, subwords: Tensor, cache: Cache) -> tuple[Tensor, Cache]:
        """Go one position on, of one or more hypotheses a sentence.

        Args:
            subwords: The last ones, `<s>` at first, shape (batch, hypotheses).
            cache: Of the position before.

        Returns:
            What `forward` returns at this position, shape (batch, hypotheses, d), and
            the cache of the next step.
        """
        position = cache.own[0][0].shape[2] if cache.own else 0
        x = self._scaled(subwords) + self._positions(position + 1)[position]
        x = self.dropout(x)
        own = []
        for number, block in enumerate(self.decoder):
            before = cache.own[number] if cache.own else None
            x, after = cast(DecoderBlock, block).step(
                x, before, cache.cross[number], cache.hidden
            )
            own.append(after)
        return self.decoder_norm(x), cache._replace(own=own)

    def _embed(self, ids: Tensor, text: Packing) -> Tensor:
        """Embedding × √d + position of the visible subwords, packed."""
        time = ids.shape[1]
        positions = self._positions(time)[text.rows % time]
        return self._scaled(ids.flatten()[text.rows]) + positions

    def _scaled(self, ids: Tensor) -> Tensor:
        return self.embedding(ids) * math.sqrt(self.embedding.embedding_dim)

    def _positions(self, time: int) -> Tensor:
        weight = self.embedding.weight
        # Rounded up, so that few tables are made.
        rows = 1 << max(8, (time - 1).bit_length())
        return sinusoids(rows, weight.shape[1], weight.dtype, weight.device)


def _shown(name: str, x: Tensor, text: Packing, at_site: AtSite) -> Tensor:
    """What is gone on with at a site."""
    if at_site is leave:
        return x
    return text.pack(at_site(name, text.unpack(x)))


@lru_cache(maxsize=8)
def sinusoids(
    rows: int, d: int, dtype: torch.dtype, device: torch.device | str = "cpu"
) -> Tensor:
    """Positions: sin(t / 10,000^(i / d)) in each even unit i, the cosine in the next.

    Args:
        rows: Positions t, from 0.
        d: Units.
        dtype: Of the result.
        device: Of the result.

    Returns:
        Shape (rows, d); one tensor for all who ask for the same, not to be written to.

    Source: Vaswani et al. (2017), §3.5.

    >>> sinusoids(2, 4, torch.float32)
    tensor([[0.0000, 1.0000, 0.0000, 1.0000],
            [0.8415, 0.5403, 0.0100, 0.9999]])
    """
    rates = 10_000.0 ** (-torch.arange(0, d, 2, dtype=torch.float64) / d)
    angles = torch.arange(rows, dtype=torch.float64)[:, None] * rates
    waves = torch.stack([angles.sin(), angles.cos()], -1).flatten(1)[:, :d]
    return waves.to(device, dtype)
