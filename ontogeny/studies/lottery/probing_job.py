"""A job that asks tasks of all models of a seed, or of a control language's LTH0."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import torch

from ontogeny.errors import InputError
from ontogeny.models.transformer import EncoderDecoder
from ontogeny.studies.lottery.inputs import PROBE_COLUMNS
from ontogeny.studies.lottery.names import (
    ANOTHER,
    DENSE,
    PROBE_TABLES,
    UNTRAINED,
    WITH_MLP,
)
from ontogeny.studies.lottery.probe_asking import (
    Row,
    View,
    code,
    mean_rows,
    scores,
    seed_rows,
    selective,
)
from ontogeny.studies.lottery.probe_estimator import Estimator, named, suits
from ontogeny.studies.lottery.probe_form import form_row
from ontogeny.studies.lottery.probe_vectors import (
    EMBEDDING,
    encoder_sites,
    word_vectors,
)
from ontogeny.studies.lottery.texts import read_text
from ontogeny.studies.lottery.translator import load_ticket
from ontogeny.tasks.probing.questions import Question, question
from ontogeny.translation.subwords import Subwords

logger = logging.getLogger(__name__)

AVERAGED = ("ps_fxn", "ps_role", "coref")
"""Tasks whose small texts vary from run to run: means over probe seeds (A.1)."""
UNPRUNED = "unpruned"
HELD_BYTES = 2**26
"""Vectors of as many models are held, and their probes trained, at a time: of small
texts all, of large ones one model's, for what leaves the caches is learned slower."""


class Model(NamedTuple):
    """A model that is asked.

    Attributes:
        chain: It is of; `ANOTHER`, `UNTRAINED`.
        prunings: It has gone through.
        path: Its file; None: of an untrained one.
    """

    chain: str
    prunings: int
    path: str | None


class How(NamedTuple):
    """What is asked.

    Attributes:
        probe_seeds: Over which `AVERAGED` tasks are averaged, and LTH0's noise is told.
        hidden: Units of an MLP.
        controls: Whether control labels and description lengths are asked, too.
        estimator: What makes one that takes the linear probe's place; None: ours.
        last_only: Whether the last layer alone is probed, by linear probes of one
            seed: of a language without structure.
    """

    probe_seeds: int
    hidden: int
    controls: bool
    estimator: Estimator | None
    last_only: bool


def probe(
    models: Sequence[tuple[str, int, str | None]],
    texts: Mapping[str, tuple[str, str]],
    *,
    tasks: pd.DataFrame,
    positive: Mapping[str, str],
    subwords: str,
    sizes: Mapping[str, Any],
    seed: int,
    probe_seeds: int,
    hidden: int,
    controls: bool,
    estimator: str | None,
    arguments: Mapping[str, Any],
    last_only: bool,
    batch: int,
    device: torch.device | str = "cpu",
) -> dict[str, pd.DataFrame]:
    """All that probes say of some models, beside what form alone gives.

    Args:
        models: See `Model`; LTH0 is the first.
        texts: By task, files of its sentences and items
            (`ontogeny.studies.lottery.probe_texts`).
        tasks: `Inputs.probe_tasks`.
        positive: By task, the class that its F-score is of.
        subwords: Their file.
        sizes: Of an untrained model.
        seed: Of an untrained model.
        probe_seeds: See `How`, as the next three.
        hidden: –
        controls: –
        estimator: Its class.
        arguments: Of that class.
        last_only: See `How`.
        batch: Positions of a batch at most.
        device: Where all is computed.

    Returns:
        By `PROBE_TABLES`, columns of `Inputs` without the seed.

    Raises:
        InputError: If a file is missing or damaged, or a vector is not finite.
    """
    how = How(probe_seeds, hidden, controls, named(estimator, arguments), last_only)
    chosen = [Model(*one) for one in models]
    found: dict[str, list[Row]] = {name: [] for name in PROBE_TABLES}
    for name, (sentences, items) in texts.items():
        about = dict(tasks[tasks["task"].eq(name)].iloc[0])
        read = read_text(sentences)
        asked = question(read, read_text(items), about, positive.get(name, ""))
        form = {"chain": DENSE, "prunings": 0}
        found["probes"].append({**form, **form_row(asked, read.to_pandas())})
        every = encoder_sites(sizes["layers"])
        sites = every[-1:] if last_only else every
        each = 4 * len(sites) * len(asked.wanted) * sizes["d"]
        at_once = max(1, HELD_BYTES // each)
        for start in range(0, len(chosen), at_once):
            some = chosen[start : start + at_once]
            logger.info("%s, %d models of %d.", about["title"], len(some), len(chosen))
            parts = [
                word_vectors(
                    _load(model, subwords, sizes, seed).to(device),
                    read, asked.wanted, sites, tokens=batch,
                )
                for model in some
            ]  # fmt: skip
            vectors = torch.cat(parts) if len(parts) > 1 else parts[0]
            del parts
            views = [View(*model[:2], site) for model in some for site in sites]
            try:
                for table, row in _ask(asked, vectors, views, how, chosen):
                    found[table].append(row)
            except InputError as error:
                raise InputError(f"Task {about['title']}: {error}") from error
    return {
        name: pd.DataFrame(rows, columns=PROBE_COLUMNS[name].split())
        for name, rows in found.items()
    }


def _load(
    model: Model, subwords: str, sizes: Mapping[str, Any], seed: int
) -> EncoderDecoder:
    if model.path is None:
        torch.manual_seed(seed)
        return EncoderDecoder(len(Subwords.load(subwords)), **sizes).eval()
    return load_ticket(Path(model.path), subwords).model


def _ask(
    asked: Question,
    vectors: torch.Tensor,
    views: Sequence[View],
    how: How,
    models: Sequence[Model],
) -> Iterator[tuple[str, Row]]:
    """Rows of all tables."""
    averaged = asked.name in AVERAGED and not how.last_only
    several = range(how.probe_seeds if averaged else 1)
    # Another estimator draws nothing that these seeds would change.
    other = how.estimator if suits(how.estimator, asked) else None
    seeds = range(1) if other else several
    by_seed = scores(asked, vectors, views, seeds=seeds, estimator=other)
    yield from (("probes", row) for row in mean_rows(by_seed))
    if how.last_only:
        return
    own, names = _those(vectors, views, lambda view: view.chain == DENSE)
    if names and not other:
        # Its noise is that of probes of several seeds, whatever the task.
        further = range(len(several), how.probe_seeds)
        more = scores(asked, own, names, seeds=further)
        known = [[row for row in rows if row["chain"] == DENSE] for rows in by_seed]
        told = seed_rows(asked, [*known, *more])
        yield from (("probe_seeds", row) for row in told)
    last = views[-1].site
    few, names = _those(
        vectors,
        views,
        # Of LTH0 the embedding, too.
        lambda view: (
            view.chain != ANOTHER
            and (view.site == last or (view.chain == DENSE and view.site == EMBEDDING))
        ),
    )
    if names and how.controls:
        yield from (("probes", row) for row in selective(asked, few, names))
        try:
            yield from (("probe_codes", row) for row in code(asked, few, names))
        except InputError as error:  # too few items; scores have seen all vectors
            logger.warning("No description length: %s", error)
    if asked.name in WITH_MLP:
        ends = {model.chain: model.prunings for model in models}
        few, names = _those(
            vectors, views, lambda view: view.site == last and _by_mlp(view, ends)
        )
        if names:
            by_seed = scores(asked, few, names, seeds=several, hidden=how.hidden)
            yield from (("probes", row) for row in mean_rows(by_seed))


def _those(
    vectors: torch.Tensor, views: Sequence[View], wanted: Callable[[View], bool]
) -> tuple[torch.Tensor, list[View]]:
    """Vectors of some views, and these."""
    at = [place for place, view in enumerate(views) if wanted(view)]
    return vectors[at], [views[place] for place in at]


def _by_mlp(view: View, ends: Mapping[str, int]) -> bool:
    """Whether probes with a hidden layer are asked: of LTH0 and the magnitude chain,
    and of the last model of the one that is only retrained."""
    if view.chain == UNPRUNED:
        return view.prunings == ends[UNPRUNED]
    return view.chain not in (ANOTHER, UNTRAINED)
