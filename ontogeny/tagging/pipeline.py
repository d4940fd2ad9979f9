"""Tagging pipelines of spaCy: trained on a treebank, or installed."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from hashlib import sha256
from itertools import repeat
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.training.batchers import configure_minibatch_by_words
from spacy.training.loop import (
    create_evaluation_callback,
    create_train_batches,
    train_while_improving,
)
from thinc.api import Adam, Optimizer, fix_random_seed

from ontogeny.corpus.treebank import Sentence
from ontogeny.errors import InputError
from ontogeny.tagging.tags import gold_tags, normalise, upos_attribute

logger = logging.getLogger(__name__)

# The format stands for this network: another one needs another number.
FORMAT = "ontogeny tagging pipeline 1"
TAGGER = {
    "model": {
        "@architectures": "spacy.Tagger.v2",
        "tok2vec": {
            "@architectures": "spacy.HashEmbedCNN.v2",
            "pretrained_vectors": None,
            "width": 96,
            "depth": 4,
            "embed_size": 2000,
            "window_size": 1,
            "maxout_pieces": 3,
            "subword_features": True,
        },
    }
}
NEEDED = {
    "tok2vec",
    "transformer",
    "curated_transformer",
    "tagger",
    "morphologizer",
    "attribute_ruler",
}


def train_pipeline(
    train: Iterable[Sentence],
    dev: Iterable[Sentence],
    *,
    lowercase: bool,
    seed: int,
    max_epochs: int = 3,
    batch_words: int = 500,
    learning_rate: float = 0.002,
    dropout: float = 0.1,
) -> bytes:
    """Train a tagger of universal parts of speech, without pretrained vectors.

    spaCy's convolutional tagger over hashed word, prefix, suffix and shape
    embeddings, by spaCy's own loop; of two evaluations per epoch, the weights
    (Adam's running averages) with the best accuracy on `dev` are kept.

    The same sentences, seed and library versions give the same bytes on one
    machine. Sets the global seeds of `random`, numpy and torch.

    Args:
        train: Sentences to learn from; words without a tag ("_") teach nothing.
        dev: Sentences to choose the weights by.
        lowercase: Whether to lowercase both, for a corpus that comes lowercased.
        seed: Of initialisation, order and dropout.
        max_epochs: Passes over `train`.
        batch_words: Words per step, about.
        learning_rate: Of Adam, constant.
        dropout: Probability of dropping a unit.

    Returns:
        What `load_pipeline` reads; to be written to a file as it is.

    Raises:
        InputError: If a treebank holds no tagged word, or a tag that is not
            universal.

    Source: https://spacy.io/api/architectures#HashEmbedCNN
    """
    fix_random_seed(seed)
    nlp = _blank()
    examples = _examples(nlp, train, lowercase=lowercase, what="training")
    held_out = _examples(nlp, dev, lowercase=lowercase, what="development")
    # ASSUME: optimiser, batches and passes are ours; the paper uses a published
    # spaCy model and says neither which nor how it was trained.
    optimizer = Adam(learning_rate, L2=0.01, grad_clip=1.0, use_averages=True)
    nlp.initialize(lambda: examples, sgd=optimizer)
    batches = create_train_batches(
        nlp, lambda _: examples, _batcher(batch_words), max_epochs
    )
    evaluate = create_evaluation_callback(nlp, lambda _: held_out, {"tag_acc": 1.0})
    steps = train_while_improving(
        nlp,
        optimizer,
        batches,
        evaluate,
        dropout=dropout,
        eval_frequency=max(1, round(sum(map(len, examples)) / batch_words / 2)),
        accumulate_gradient=1,
        patience=0,
        max_steps=0,
        exclude=[],
        annotating_components=[],
        before_update=None,
    )
    return _packed(_best(nlp, optimizer, steps))


def load_pipeline(source: str | bytes | Path) -> Language:
    """Load a pipeline that tags words, whose tags `tag_sentences` reads.

    Args:
        source: The name of an installed spaCy pipeline (a `str`), or a pipeline
            of `train_pipeline`, as bytes or as the path of its file. Nothing in
            the latter can execute: the network's shape and weights are read,
            and no function or class is named by the file.

    Raises:
        InputError: If no such pipeline is installed, it cannot be loaded or
            sets no universal tags; if the file cannot be read, or is not what
            `train_pipeline` made.
    """
    if isinstance(source, str):
        return _installed(source)
    if isinstance(source, bytes):
        return _restored(source, "the tagging pipeline")
    try:
        return _restored(source.read_bytes(), str(source))
    except OSError as error:
        raise InputError(f"{source} cannot be read: {error.strerror}.") from error


def choose_pipeline(name: str, tagger: str | None) -> Language:
    """The tagger trained here, if there is one, else the installed pipeline.

    Args:
        name: Of an installed spaCy pipeline.
        tagger: Path of a file of `train_pipeline`, or None.

    Raises:
        InputError: As `load_pipeline`.
    """
    return load_pipeline(name if tagger is None else Path(tagger))


def _blank() -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("tagger", config=TAGGER)
    return nlp


def _examples(
    nlp: Language, sentences: Iterable[Sentence], *, lowercase: bool, what: str
) -> list[Example]:
    examples = []
    for sentence in sentences:
        tags = gold_tags(sentence)
        if any(tags):
            words = normalise(sentence.words, lowercase=lowercase)
            gold = Doc(nlp.vocab, words, tags=tags)
            examples.append(Example(Doc(nlp.vocab, words), gold))
    if not examples:
        raise InputError(
            f"the {what} treebank holds no word with a universal part-of-speech "
            f"tag: name a CoNLL-U file whose fourth column is filled."
        )
    return examples


def _batcher(words: int) -> Callable[[Iterable[Any]], Iterable[Any]]:
    return configure_minibatch_by_words(
        size=repeat(words),  # type: ignore[arg-type]
        tolerance=0.2,
        discard_oversize=False,
    )


def _best(nlp: Language, optimizer: Optimizer, steps: Iterable[tuple]) -> bytes:
    tagger: Any = nlp.get_pipe("tagger")
    best = b""
    for _, info, is_best in steps:
        if is_best is None:
            continue
        logger.info(
            "Epoch %(epoch)d, step %(step)d: development accuracy %(score).4f.", info
        )
        if is_best:
            with nlp.use_params(optimizer.averages):
                best = tagger.to_bytes(exclude=["vocab"])
    return best


def _packed(weights: bytes) -> bytes:
    header = {"format": FORMAT, "sha256": sha256(weights).hexdigest()}
    return json.dumps(header).encode() + b"\n" + weights


def _restored(data: bytes, where: str) -> Language:
    line, _, weights = data.partition(b"\n")
    try:
        header = json.loads(line)
        known = header["format"] == FORMAT
        whole = header["sha256"] == sha256(weights).hexdigest()
    except (ValueError, TypeError, KeyError):
        known = whole = False
    if not (known and whole):
        state = "is damaged or cut short" if known else f"is no {FORMAT!r}"
        raise InputError(f"{where} {state}: delete it and train the tagger again.")
    nlp = _blank()
    tagger: Any = nlp.get_pipe("tagger")
    tagger.from_bytes(weights, exclude=["vocab"])
    return nlp


def _installed(name: str) -> Language:
    if not spacy.util.is_package(name):
        raise InputError(
            f"the spaCy pipeline {name!r} is not installed: run "
            f"`python -m spacy download {name}`, or configure the tagger that is "
            f"trained on a treebank."
        )
    try:
        nlp = spacy.load(name)
    except (OSError, ValueError, ImportError) as error:
        raise InputError(
            f"the spaCy pipeline {name!r} cannot be loaded with spaCy "
            f"{spacy.__version__} ({error}): run `python -m spacy download {name}`."
        ) from error
    for component in nlp.pipe_names:
        if nlp.get_pipe_meta(component).factory not in NEEDED:
            nlp.remove_pipe(component)
    upos_attribute(nlp)
    return nlp
