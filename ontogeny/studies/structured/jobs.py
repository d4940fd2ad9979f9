"""Variants of a task trained in one job or in several, each resumable by itself."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from ontogeny.disk.files import sha256, write_table
from ontogeny.running.states import keep_delivered, state_folder
from ontogeny.studies.structured.identity import identity_of
from ontogeny.studies.structured.names import TAKES_SIZES
from ontogeny.training.state import deliver

CURVE = "curve.parquet"


def train_variants(job: Any) -> None:
    """Train each variant of a job and deliver its files.

    Args:
        job: Its params hold the trainer's module and, by variant, settings; its outputs
            of a variant lie in `…/{variant}/seed{seed}/`; its input `pruned`, if there,
            is the last weights of W+G+N, which else are among its own outputs where a
            variant asks.
    """
    # By name, so that a change of one trainer asks for no training of the other's.
    trainer = import_module(job.params.trainer)
    text = trainer.read(job.input, job.params.variants)
    seed, data = int(job.wildcards.seed), [sha256(path) for path in job.input]
    for variant, settings in job.params.variants.items():
        outputs = [path for path in job.output if _variant(path) == variant]
        pruned = _pruned(job) if variant in TAKES_SIZES else ""
        read = [*data, sha256(pruned)] if pruned else data
        own = {"seed": seed, "data": read, "settings": settings}
        folder = state_folder("state", outputs, code=job.params.code, **own)
        identity = identity_of(read, seed, settings)
        curve = trainer.train_variant(
            settings,
            **text,
            variant=variant,
            seed=seed,
            folder=folder,
            device=job.params.device,
            identity=identity,
            pruned=pruned,
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
