"""Training steps of the Transformer beside those of `torch.nn.Transformer`.

At the sizes of the lottery tickets on Multi30k: 3 + 3 layers, d 128, 4 heads, inner
512, 5,000 subwords, batches of 2,048 padded subwords; one thread. Both are pre-norm,
tie the output layer to the embedding, drop nothing in attention and ReLU, and train by
one loss, loop and optimiser on the same batches.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import torch
from torch import Tensor, nn

from benchmarks.timing import Criterion, interleave, ratio, summary
from benchmarks.training import zipfian
from ontogeny.models.transformer import END, PAD, START, EncoderDecoder, sinusoids
from ontogeny.training.loop import Run
from ontogeny.translation.loss import TranslationLoss

TYPES, POSITIONS = 5_000, 2_048
SIZES = {"layers": 3, "d": 128, "heads": 4, "inner": 512}
# Longest sides, with `</s>`, as sorted batches of Multi30k have them.
LONGEST = (10, 14, 19, 28)
# Subwords that the shorter sides lack, at most.
LACKING = 4
ROUNDS = 15
LIMIT = 0.9
TOLERANCE = 1e-5


class Batch(NamedTuple):
    """Pairs side by side, as `TranslationLoss` takes them."""

    source: Tensor
    target_in: Tensor
    target_out: Tensor


class Peer(nn.Module):
    """`torch.nn.Transformer` with embedding, positions and dropout as ours has them.

    Args:
        model: Whose weights are taken.
        dropout: As the model has it.
    """

    def __init__(self, model: EncoderDecoder, dropout: float) -> None:
        super().__init__()
        block: Any = model.encoder[0]
        d, layers = model.embedding.embedding_dim, len(model.encoder)
        with warnings.catch_warnings():
            # That padding is not left out in evaluation, which is not what is timed.
            warnings.simplefilter("ignore")
            self.transformer = nn.Transformer(
                d,
                block.self_attention.heads,
                layers,
                layers,
                block.fc1.out_features,
                dropout,
                norm_first=block.norm == "pre",
            )
        if block.norm == "post":
            self.transformer.encoder.norm = self.transformer.decoder.norm = None
        for module in self.transformer.modules():
            if isinstance(module, nn.MultiheadAttention):
                module.dropout = 0.0
            elif isinstance(
                module, nn.TransformerEncoderLayer | nn.TransformerDecoderLayer
            ):
                module.dropout = nn.Identity()  # the one after ReLU
        self.embedding = nn.Embedding(*model.embedding.weight.shape)
        self.dropout = nn.Dropout(dropout)
        self.to(model.embedding.weight.dtype)
        self._copy_weights(model)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """As `EncoderDecoder.forward`."""
        hidden = torch.zeros(source.shape, dtype=self.embedding.weight.dtype)
        hidden = hidden.masked_fill(source == PAD, -torch.inf)
        steps = target.shape[1]
        later = torch.full((steps, steps), -torch.inf, dtype=hidden.dtype).triu(1)
        # Time first, the default: batch first took as long, or 2 % longer.
        output = self.transformer(
            self._embed(source).transpose(0, 1),
            self._embed(target).transpose(0, 1),
            tgt_mask=later,
            tgt_is_causal=True,
            src_key_padding_mask=hidden,
            memory_key_padding_mask=hidden,
        )
        return output.transpose(0, 1)

    def _embed(self, ids: Tensor) -> Tensor:
        weight = self.embedding.weight
        positions = sinusoids(256, weight.shape[1], weight.dtype, weight.device)
        x = self.embedding(ids) * math.sqrt(weight.shape[1])
        return self.dropout(x + positions[: ids.shape[1]])

    @torch.no_grad()
    def _copy_weights(self, model: EncoderDecoder) -> None:
        self.embedding.load_state_dict(model.embedding.state_dict())
        for stack in ("encoder", "decoder"):
            theirs = getattr(self.transformer, stack)
            if theirs.norm is not None:
                norm = getattr(model, f"{stack}_norm")
                theirs.norm.load_state_dict(norm.state_dict())
            for layer, block in zip(theirs.layers, getattr(model, stack), strict=True):
                _copy_attention(layer.self_attn, block.self_attention)
                if stack == "decoder":
                    _copy_attention(layer.multihead_attn, block.cross_attention)
                layer.linear1.load_state_dict(block.fc1.state_dict())
                layer.linear2.load_state_dict(block.fc2.state_dict())
                for number, norm in enumerate(block.norms, 1):
                    own = getattr(layer, f"norm{number}")
                    own.load_state_dict(norm.state_dict())


def _copy_attention(theirs: nn.MultiheadAttention, ours: Any) -> None:
    parts = ours.q, ours.k, ours.v
    theirs.in_proj_weight.copy_(torch.cat([part.weight for part in parts]))
    theirs.in_proj_bias.copy_(torch.cat([part.bias for part in parts]))
    theirs.out_proj.load_state_dict(ours.o.state_dict())


def run(folder: Path) -> dict[str, pd.DataFrame]:
    """Time epochs of a few steps, ours and the peer's in turn."""
    torch.set_num_threads(1)
    _check_losses()
    ours, peer = _pair(dropout=0.1)
    times = interleave({"ours": epoch(ours), "nn.Transformer": epoch(peer)}, ROUNDS)
    times["seconds"] /= len(LONGEST)
    return {"steps": times, "step": summary(times, ["contestant"])}


def criteria(tables: dict[str, pd.DataFrame]) -> list[Criterion]:
    """The limit; `run` has checked that both have the same losses."""
    found = ratio(tables["steps"], "ours", "nn.Transformer")
    return [
        Criterion(
            "training step of the Transformer / torch.nn.Transformer",
            f"≤ {LIMIT}",
            str(found),
            bool(found.of_medians <= LIMIT),
        )
    ]


def _pair(dropout: float) -> tuple[Run, Run]:
    """A run of ours and of the peer's, with equal weights and data."""
    torch.manual_seed(0)
    model = EncoderDecoder(TYPES, **SIZES, dropout=dropout, norm="pre")
    batches = [make_batch(longest) for longest in LONGEST]

    def training(network: nn.Module) -> Run:
        adam = torch.optim.Adam(network.parameters(), lr=1e-4, betas=(0.9, 0.98))
        return Run(network, TranslationLoss(), batches, adam, epochs=0)

    return training(model), training(Peer(model, dropout))


def make_batch(longest: int) -> Batch:
    """Pairs of Zipfian subwords, as many as fit.

    Args:
        longest: Positions of the longest side, with `</s>`.
    """
    pairs = POSITIONS // longest
    lengths = longest - torch.randint(LACKING, (2, pairs, 1))
    lengths[:, 0] = longest
    ids = torch.from_numpy(zipfian(TYPES - END - 1, 2 * pairs * longest)).long()
    ids = ids.view(2, pairs, longest) + END + 1
    place = torch.arange(longest)
    ids = ids.masked_fill(place >= lengths, PAD).masked_fill(place == lengths - 1, END)
    source, target_out = ids
    target_in = target_out.roll(1, dims=1).masked_fill(place >= lengths[1], PAD)
    target_in[:, 0] = START
    return Batch(source, target_in, target_out)


def epoch(run: Run) -> Callable[[], None]:
    """What trains a run for one epoch more."""

    def one() -> None:
        run.epochs += 1
        run.train()

    return one


def _check_losses() -> None:
    """Without dropout, an epoch of both has equal losses, to `TOLERANCE`."""
    runs = _pair(dropout=0.0)
    for one in runs:
        epoch(one)()
    ours, theirs = (one.terms_sum["loss_nats"] for one in runs)
    difference = abs(ours - theirs) / theirs
    if not difference <= TOLERANCE:
        raise RuntimeError(f"losses differ by {difference:.1e}")
