"""Variants of a task trained in one job or in several, each resumable by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ontogeny.disk.files import write_table
from ontogeny.running.states import keep_delivered, state_folder
from ontogeny.studies.structured.identity import identity_of
from ontogeny.training.state import deliver

CURVE = "curve.parquet"

Train = Callable[..., pd.DataFrame]
"""Takes a variant's settings, and by name data, seed, folder, device, identity and
pruned, the weights that W+G+N ended with; returns the curve."""


def train_variants(train: Train, job: Any, data: Sequence[str], **text: Any) -> None:
    """Train each variant of a job and deliver its files.

    Args:
        train: Of one variant.
        job: Its params hold, by variant, settings; its outputs of a variant lie in
            `…/{variant}/seed{seed}/`; its input `pruned`, if there, is the last weights
            of W+G+N, which else are among its own outputs where a variant asks.
        data: SHA-256 of each file that is read.
        **text: What `train` reads.
    """
    seed = int(job.wildcards.seed)
    for variant, settings in job.params.variants.items():
        outputs = [path for path in job.output if _variant(path) == variant]
        own = {"seed": seed, "data": data, "settings": settings}
        folder = state_folder("state", outputs, code=job.params.code, **own)
        identity = identity_of(data, seed, settings)
        curve = train(
            settings,
            **text,
            variant=variant,
            seed=seed,
            folder=folder,
            device=job.params.device,
            identity=identity,
            pruned=_pruned(job),
        )
        write_table(curve, next(path for path in outputs if path.endswith(CURVE)))
        deliver(folder, [path for path in outputs if not path.endswith(CURVE)])
        keep_delivered(folder, identity)


def _variant(path: str) -> str:
    return Path(path).parts[-3]


def _pruned(job: Any) -> str:
    """The last weights of W+G+N, from which narrow and mask take their sizes."""
    last = f"epoch{job.params.epochs}.safetensors"
    candidates = [*getattr(job.input, "pruned", []), *job.output]
    wanted = (p for p in candidates if _variant(p) == "wgn" and p.endswith(last))
    return next(wanted, "")
