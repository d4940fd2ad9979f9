"""Tasks of probes asked of one language model, at every epoch: when is what decodable?

Columns: epoch, step, site; task, title, metric, data; score and valid_score of a
linear probe trained to convergence; form, what word types, places and lengths give
without a model; items (of the test part) and unknown, how many of these are of a word
that the vocabulary lacks. Epoch 0 is the untrained model.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import torch
from torch import Tensor

from ontogeny.activations.views import stack_views
from ontogeny.corpus.encoding import word_ids
from ontogeny.corpus.filtering import END, UNKNOWN
from ontogeny.models import Model
from ontogeny.studies.svcca.diagnosing import CONVERGED_SOON, alike
from ontogeny.studies.svcca.domains import reading
from ontogeny.tasks.probing.asking import ask, sized, unit_sums
from ontogeny.tasks.probing.form import form_answers
from ontogeny.tasks.probing.questions import Question, question
from ontogeny.tasks.probing.selection import Selected, select
from ontogeny.tasks.probing.task import Part, Task
from ontogeny.training.documents import DocumentStream
from ontogeny.training.weights import load_weights

logger = logging.getLogger(__name__)

COLUMNS = [
    *("epoch", "step", "site", "task", "title", "metric", "data"),
    *("score", "valid_score", "form", "items", "unknown"),
]


class Asked(NamedTuple):
    """A task as language models of one vocabulary are asked it.

    Attributes:
        question: The task; its word types are what a model reads, `<unk>` among them.
        stream: In which a model reads all its sentences.
        wanted: Whether a token's vector is needed, by its place, shape (tokens,).
        about: Columns that are the same for every model.
    """

    question: Question
    stream: DocumentStream
    wanted: np.ndarray
    about: dict[str, Any]

    def vectors(self, model: Model, sites: Sequence[str]) -> Tensor:
        """What a model makes of the words that are asked about.

        Args:
            model: It reads `stream`.
            sites: Of equally many units.

        Returns:
            Shape (sites, words, units), as `question.wanted` has the words.
        """
        stacked = stack_views(model, self.stream, sites, self.wanted)
        found = np.stack([stacked[site] for site in sites])
        return torch.from_numpy(found).to(model.decoder.weight.device)


def probe(
    model: Model,
    weights: Sequence[str | Path],
    tasks: Sequence[tuple[Task, Mapping[Part, Sequence[str | Path]]]],
    vocabulary: pd.DataFrame,
    *,
    words: int | None,
    validation_words: int | None,
) -> pd.DataFrame:
    """Ask tasks of a language model at every epoch and site.

    Args:
        model: Of the right sizes; its weights are replaced.
        weights: A checkpoint of each epoch.
        tasks: Each with the files of its parts.
        vocabulary: Columns id and word.
        words: Of each task's training text, at most; None: all.
        validation_words: Likewise.

    Returns:
        The table described at the top of this module.

    Raises:
        InputError: If a file is missing, damaged or does not suit its task, or
            activations are not finite.

    ASSUME: each sentence is read by itself, from a zero state and after `<eos>`, as
    language models meet the begin of a sentence; the thesis asks no such tasks.
    """
    device = model.decoder.weight.device
    asked = []
    for task, files in tasks:
        chosen = select(task, files, words=words, validation_words=validation_words)
        asked.append(asked_of(task, chosen, vocabulary, device))
    rows = []
    for path in weights:
        epoch, step = load_weights(model, path)
        for one in asked:
            logger.info("%s at epoch %d.", one.about["title"], epoch)
            for sites in alike(model):
                found = _of_sites(one, one.vectors(model, sites), sites)
                rows += [{"epoch": epoch, "step": step, **row} for row in found]
    return pd.DataFrame(rows, columns=COLUMNS)


def _of_sites(
    one: Asked, vectors: Tensor, sites: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Rows of some sites, whose probes are trained side by side."""
    recipe = sized(one.question, CONVERGED_SOON)
    answers, _ = ask(one.question, vectors, recipe, seed=0)
    for at, site in enumerate(sites):
        scores = {part: own[at] for part, own in answers.items()}
        yield {"site": site, **one.about, **_scored(one.question, scores)}


def _scored(asked: Question, answers: Mapping[Part, np.ndarray]) -> dict[str, float]:
    metric = asked.metrics[asked.metric]
    held, tested = (
        float(metric.score(unit_sums(asked, part, answers[part], metric)[1].sum(0)))
        for part in ("valid", "test")
    )
    return {"score": tested, "valid_score": held}


def asked_of(
    task: Task, chosen: Selected, vocabulary: pd.DataFrame, device: torch.device
) -> Asked:
    """A task, as language models of a vocabulary are asked it.

    Args:
        task: It.
        chosen: Its texts.
        vocabulary: Columns id and word.
        device: Where models are.
    """
    sentences, tokens = read_words(chosen.sentences, vocabulary)
    about = {"task": task.name, "kind": task.kind, "metric": task.metric}
    put = question(sentences, chosen.items, about, task.positive)
    # Sentences are numbered from 0; each has one token more than words, before these.
    lengths = np.array([len(own) for own in sentences["words"].to_pylist()])
    first = np.cumsum(lengths + 1) - lengths
    wanted = np.zeros(len(tokens), bool)
    wanted[first[put.wanted[:, 0]] + put.wanted[:, 1]] = True
    lost = [UNKNOWN in np.atleast_1d(one) for one in put.sides["test"].types]
    form = form_answers(put, dict(enumerate(lengths.tolist())))
    return Asked(
        put,
        reading(tokens, "sentence", device),
        wanted,
        {
            "task": task.name,
            "title": task.title,
            "metric": put.metric,
            # The data's name, where it is what the paper of these tasks took.
            "data": task.stands_in.replace("the same", task.paper),
            "form": _scored(put, form)["score"],
            "items": len(lost),
            "unknown": sum(lost),
        },
    )


def read_words(
    sentences: pa.Table, vocabulary: pd.DataFrame
) -> tuple[pa.Table, pd.DataFrame]:
    """A task's sentences as a language model reads them.

    Args:
        sentences: `ontogeny.tasks.probing.selection.SENTENCES`.
        vocabulary: Columns id and word.

    Returns:
        Number and words of each sentence, words that the vocabulary lacks as `<unk>`;
        and the tokens, columns sentence and id, `<eos>` before each sentence.
    """
    known = pa.array(vocabulary["word"], type=pa.string())
    words = sentences["words"].combine_chunks()
    ids = word_ids(words.flatten(), known)
    read = pa.ListArray.from_arrays(words.offsets, known.take(pa.array(ids)))
    lengths = np.diff(words.offsets.to_numpy())
    begins = np.cumsum(lengths) - lengths
    tokens = pd.DataFrame(
        {
            "sentence": np.repeat(sentences["sentence"].to_numpy(), lengths + 1),
            "id": np.insert(ids, begins, known.index(END).as_py()),
        }
    )
    numbered = [sentences["sentence"], read]
    return pa.table(numbered, names=["sentence", "words"]), tokens
