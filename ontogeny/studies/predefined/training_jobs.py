"""Trainings that one job or several do: the files are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ontogeny.disk.files import sha256, write_table
from ontogeny.running.states import keep_delivered, state_folder
from ontogeny.training.recipe import Recipe
from ontogeny.training.state import deliver


def train_each(
    job: Any,
    variants: Sequence[Any],
    settings: dict[str, Any],
    recipe: Recipe,
    train: Callable[..., Any],
) -> None:
    """Train each variant of a job and deliver its files, each resumable by itself.

    Args:
        job: Its output has under each name a file per variant: "weights", and tables.
        variants: In the order of the files.
        settings: What decides all of them, beside threads and code.
        recipe: Of the trainings.
        train: From a variant, and by keyword `seed`, `folder`, `device` and `identity`,
            to its tables, a named tuple.
    """
    seed, data = int(job.wildcards.seed), [sha256(path) for path in job.input]
    same = {"settings": settings, "threads": job.params.threads}
    for variant, files in each(variants, job.output):
        own = {"seed": seed, "data": data, "variant": variant, **same}
        folder = state_folder("state", files.values(), code=job.params.code, **own)
        about = [*data, repr(variant), repr(sorted(settings.items()))]
        identity = recipe.identity(about, seed)
        where = {"seed": seed, "folder": folder, "device": job.params.device}
        found = train(variant, **where, identity=identity)
        for name, table in found._asdict().items():
            write_table(table, files[name])
        deliver(folder, [files["weights"]])
        keep_delivered(folder, identity)


def each(variants: Sequence[Any], output: Any) -> Iterator[tuple[Any, dict[str, str]]]:
    """Each variant of a job and its files, by name.

    Args:
        variants: In the order of the files.
        output: Of the job: under each name a file per variant.

    >>> for variant, files in each(["a", "b"], {"curve": ["a.parquet", "b.parquet"]}):
    ...     print(variant, files)
    a {'curve': 'a.parquet'}
    b {'curve': 'b.parquet'}
    """
    names = list(output.keys())
    for variant, *files in zip(variants, *(output[n] for n in names), strict=True):
        yield variant, dict(zip(names, files, strict=True))
