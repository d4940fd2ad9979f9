"""What masks cost a training step, and all similarities of a chain of tickets.

At the sizes of `benchmarks.transformer_step`; nine models that differ as tickets do,
on 1,000 pairs of Multi30k's length.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from itertools import repeat
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import torch
from torch import nn

from benchmarks.own_process import alone, answer
from benchmarks.timing import Criterion, interleave, ratio, summary
from benchmarks.transformer_step import SIZES, TYPES, epoch, make_batch
from ontogeny.models.transformer import END, EncoderDecoder
from ontogeny.pruning.masks import all_remain, prune_magnitude, share_of
from ontogeny.statistics.bootstrap import resampling_weights
from ontogeny.statistics.groups import SENTENCE_GROUPS
from ontogeny.studies.lottery.attending import Attending
from ontogeny.studies.lottery.grouped import grouped_batches, groups_of
from ontogeny.studies.lottery.measuring import Text, compare_chain
from ontogeny.studies.lottery.names import rate_of
from ontogeny.studies.lottery.retraining import Masked
from ontogeny.training.loop import Run
from ontogeny.translation.batches import Device
from ontogeny.translation.loss import TranslationLoss
from ontogeny.translation.pairs import ENCODED

LONGEST = (10, 14, 19, 28)
ROUNDS = 15
MASKING_LIMIT, SIMILARITY_LIMIT_S, MEMORY_LIMIT_GB = 1.05, 60.0, 1.0
MODELS, PAIRS, SUBWORDS = 9, 1_000, 16
RESAMPLES = 1_000


def run(folder: Path) -> dict[str, pd.DataFrame]:
    """Time steps with masks and without in turn, then one chain's similarities."""
    torch.set_num_threads(1)
    contestants = {"masked": epoch(_training(True)), "bare": epoch(_training(False))}
    times = interleave(contestants, ROUNDS)
    times["seconds"] /= len(LONGEST)
    similarities = pd.DataFrame([alone("benchmarks.lottery", "similarities")])
    return {
        "masking": times,
        "step": summary(times, ["contestant"]),
        "similarities": similarities,
    }


def criteria(tables: dict[str, pd.DataFrame]) -> list[Criterion]:
    """The limits of time and memory."""
    masking = ratio(tables["masking"], "masked", "bare")
    took = tables["similarities"].iloc[0]
    return [
        Criterion(
            "training step with masks / without",
            f"≤ {MASKING_LIMIT}",
            str(masking),
            bool(masking.of_medians <= MASKING_LIMIT),
        ),
        Criterion(
            f"all similarities of {MODELS} models on {PAIRS:,} pairs",
            f"≤ {SIMILARITY_LIMIT_S:.0f} s, ≤ {MEMORY_LIMIT_GB:.0f} GB",
            f"{took['seconds']:.0f} s, {took['peak_gb']:.2f} GB",
            bool(
                took["seconds"] <= SIMILARITY_LIMIT_S
                and took["peak_gb"] <= MEMORY_LIMIT_GB
            ),
        ),
    ]


def _training(masked: bool) -> Run:
    torch.manual_seed(0)
    model = EncoderDecoder(TYPES, **SIZES, dropout=0.1, norm="pre")
    weights = {name: model.get_parameter(name) for name in model.prunable}
    masks = all_remain(weights)
    masks = prune_magnitude(weights, masks, share_of(rate_of(4), masks))
    return Run(
        model,
        TranslationLoss(),
        [make_batch(longest) for longest in LONGEST],
        torch.optim.Adam(model.parameters(), lr=1e-4, betas=(0.9, 0.98)),
        epochs=0,
        callbacks=[Masked(masks)] if masked else [],
    )


def similarities() -> str:
    """All tables of a chain but categories: what the limit is for."""
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    ids = [rng.integers(END + 2, TYPES, SUBWORDS) for _ in repeat(None, PAIRS)]
    numbers = pa.array(range(PAIRS), pa.int32())
    text = pa.table([numbers, ids, ids], schema=ENCODED)
    groups = groups_of(np.arange(PAIRS))
    batches = grouped_batches(text, groups, tokens=2_048)
    weights = resampling_weights(SENTENCE_GROUPS, RESAMPLES)
    watches = [Attending(k, groups, {}) for k in range(MODELS)]
    tables = compare_chain(
        range(MODELS), _ticket, Text(batches, groups, weights), watches.__getitem__
    )
    peaked = sum(len(one.peaked()) for one in watches)
    return f"{sum(map(len, tables.values())) + peaked:,} rows"


@lru_cache(maxsize=8)
@torch.no_grad()
def _ticket(k: int, device: Device = "cpu") -> EncoderDecoder:
    torch.manual_seed(0)
    model = EncoderDecoder(TYPES, **SIZES, dropout=0.1, norm="pre")
    torch.manual_seed(k)
    for module in model.modules():
        if isinstance(module, nn.Linear):
            spread = 0.1 * k * module.weight.std()
            module.weight.add_(spread * torch.randn_like(module.weight))
    return model.to(device).eval()


if __name__ == "__main__":
    answer({"similarities": similarities}, *sys.argv[1:])
