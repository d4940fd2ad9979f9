"""Every trainer at its paper's sizes: tokens per second, memory, hours foretold.

A trainer that joins `TRAINERS` is timed by `python -m benchmarks gpu`; an entry of
`PAPERS` says what its paper's run would take.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

from benchmarks.training import zipfian
from ontogeny.bayes import total_kl_nats
from ontogeny.cost.rates import GPU_LAYER_WINDOW, GPU_OPERATIONS
from ontogeny.models import IGNORED
from ontogeny.models.transformer import UNKNOWN, EncoderDecoder
from ontogeny.studies.structured.bayes_training import Posterior, make_bayesian
from ontogeny.studies.structured.losses import SumOverTime, WithDivergence
from ontogeny.studies.structured.networks import Sizes
from ontogeny.studies.structured.pruned import Pruning, make_pruned
from ontogeny.studies.svcca.tag_training import LabelledTokens, tag_model
from ontogeny.training.documents import DocumentLoss
from ontogeny.training.loop import Callback, Loss, Run
from ontogeny.training.recipe import Recipe
from ontogeny.training.stream import Stream, StreamLoss
from ontogeny.translation.loss import TranslationLoss

WARM_UP = 5
SENTENCE = 23  # words of one in WikiText-2, in the mean

Trained = tuple[nn.Module, Loss, Sequence[Any]]
"""A model on its device, its loss, its batches."""


def language_model(recipe: Recipe, types: int, steps: int, device: str) -> Trained:
    """A model of words that reads one text."""
    ids = zipfian(types, steps * recipe.batch * recipe.window)
    stream = Stream(
        ids, start=0, batch=recipe.batch, window=recipe.window, device=device
    )
    return recipe.model(types).to(device), StreamLoss(), stream


def tagger(recipe: Recipe, types: int, steps: int, device: str) -> Trained:
    """A model of the universal parts of speech that reads sentences."""
    ids, classes = zipfian(types, steps * recipe.batch * SENTENCE), 17
    sentences = np.arange(len(ids)) // SENTENCE
    tokens = LabelledTokens(ids, ids % classes, sentences)
    model = tag_model(recipe, types, classes).to(device)
    return model, DocumentLoss(), tokens.stream(recipe, device)


def pruned(recipe: Recipe, types: int, steps: int, device: str) -> Trained:
    """A gated language model as group lasso has it, its loss summed over time."""
    model = make_pruned(_sizes(recipe, types), Pruning()).to(device)
    return model, SumOverTime(), _stream(recipe, types, steps, device)


def bayesian(recipe: Recipe, types: int, steps: int, device: str) -> Trained:
    """A gated language model whose weights are drawn, z by sequence."""
    model = make_bayesian(_sizes(recipe, types), Posterior("wgn")).to(device)
    loss = WithDivergence(StreamLoss(), total_kl_nats, 930_000)
    return model, loss, _stream(recipe, types, steps, device)


class Pairs(NamedTuple):
    """Sentence pairs as `TranslationLoss` takes them; targets are what is counted."""

    source: torch.Tensor
    target_in: torch.Tensor
    target_out: torch.Tensor

    @property
    def targets(self) -> torch.Tensor:
        """What the decoder is to say."""
        return self.target_out


def translation_model(recipe: Recipe, types: int, steps: int, device: str) -> Trained:
    """An encoder–decoder: `embedding` units, `hidden` within, `batch` pairs a step."""
    heads = min(16, recipe.embedding)
    sizes = {"layers": recipe.layers, "d": recipe.embedding, "inner": recipe.hidden}
    model = EncoderDecoder(types, **sizes, heads=heads, dropout=recipe.dropout)
    shape = steps, 3, recipe.batch, recipe.window
    ids = zipfian(types - UNKNOWN - 1, int(np.prod(shape))) + UNKNOWN + 1
    batches = torch.from_numpy(ids).long().view(shape).to(device)
    return model.to(device), TranslationLoss(), [Pairs(*batch) for batch in batches]


def _sizes(recipe: Recipe, types: int) -> Sizes:
    units = recipe.embedding, recipe.hidden
    return Sizes("words", types, types, *units, recipe.layers, recipe.dropout, 0.1)


def _stream(recipe: Recipe, types: int, steps: int, device: str) -> Stream:
    ids = zipfian(types, steps * recipe.batch * recipe.window)
    own = {"batch": recipe.batch, "window": recipe.window, "device": device}
    return Stream(ids, start=0, **own)


class Trainer(NamedTuple):
    """What makes a model and its batches, and the sizes it is timed at."""

    make: Callable[[Recipe, int, int, str], Trained]
    recipe: Recipe
    types: int

    @property
    def small(self) -> Trainer:
        """The same at sizes of which a processor does many steps in a second."""
        small = replace(self.recipe, embedding=16, hidden=16, batch=4, layers=1)
        return Trainer(self.make, small, 100)


# The recipe's defaults are those of Saphra & Lopez 2019 §2, of 19.5 k types. Thesis
# ch. 5: one LSTM of 400 units on WikiText-2 (§3); of 200 on 1,000 types, 2 marks (§4).
HALVED = Recipe(precision="bfloat16")
WIDE = Recipe(layers=1, embedding=400, hidden=400)
PLAIN = Recipe(layers=1, dropout=0.0, batch=20, learning_rate=1.0)
# Lobacheva et al. 2020: the large pruned model of table 1, the word model of table 2.
LARGE = Recipe(
    embedding=1500, hidden=1500, dropout=0.4, batch=20, window=35, learning_rate=1.0
)
# Movva & Zhao 2020: Transformer-Big; 28,672 positions a step.
BIG = Recipe(
    embedding=1024, hidden=4096, layers=6, dropout=0.3, batch=896, window=32,
    learning_rate=5e-4, clip_norm=None,
)  # fmt: skip
WORD = Recipe(dropout=0.0, batch=32, window=35, learning_rate=2e-3)
TRAINERS = {
    "language model": Trainer(language_model, Recipe(), 19_500),
    "language model, bfloat16": Trainer(language_model, HALVED, 19_500),
    "tag model": Trainer(tagger, Recipe(layers=1), 19_500),
    "one-layer model": Trainer(language_model, WIDE, 33_278),
    "scaffold model": Trainer(language_model, PLAIN, 1_002),
    "pruned model, large": Trainer(pruned, LARGE, 10_000),
    "SparseVD model, word": Trainer(bayesian, WORD, 10_000),
    "translation model, big": Trainer(translation_model, BIG, 32_768),
}

# Tokens per epoch, epochs, models for one seed, and their trainer.
PAPERS = {
    # Saphra & Lopez 2019 §2: 227 M tokens of Wikipedia, 50 epochs.
    "sparsity, Wikipedia": (227e6, 50, 1, "language model"),
    "sparsity, Wikipedia, halved": (227e6, 50, 1, "language model, bfloat16"),
    # Saphra & Lopez 2019 (NAACL): the hundred longest articles, of which 70 % train.
    # ASSUME: 9,500 words each and 8 epochs, as the estimate does; four models a tagset.
    "svcca, two tagsets of articles": (0.7 * 950e3, 8, 8, "tag model"),
    # Thesis ch. 5 §3: WikiText-2. ASSUME: 6 epochs (config/wikitext2.yaml).
    "interdependence, WikiText-2": (2.09e6, 6, 1, "one-layer model"),
    # Thesis ch. 5 §4: 1 M tokens, 40 epochs; the whole grid (docs/studies/scaffold.md).
    "scaffold, whole grid": (1e6, 40, 26, "scaffold model"),
    # Lobacheva et al. 2020: Penn Treebank; dense, W+N, W+G+N, and W beside these.
    "structured, large by pruning": (929_589, 55, 3, "pruned model, large"),
    "structured, word by SparseVD": (929_589, 50, 4, "SparseVD model, word"),
    # Movva & Zhao 2020: WMT'16, some 130 M subwords a side; 60 epochs, and 30 for each
    # of nine prunings of three chains.
    "lottery, three chains": (130e6, 60 + 3 * 9 * 30, 1, "translation model, big"),
}


def speed(trainer: Trainer, steps: int, device: str) -> dict[str, float | None]:
    """Train so many steps after some to warm up; nothing is saved or validated.

    Returns:
        tokens_per_s (padding does not count), step_ms, assumed_ms (what the
        estimate's rates of a GPU make of that step), tflops (achieved, of the
        matrix products alone), assumed_tflops, peak_mb (of tensors on the GPU).
    """
    gpu = device != "cpu"
    if gpu:
        torch.cuda.reset_peak_memory_stats()
    torch.manual_seed(0)
    recipe = trainer.recipe
    model, loss, batches = trainer.make(recipe, trainer.types, WARM_UP + steps, device)
    sgd = torch.optim.SGD(model.parameters(), lr=recipe.learning_rate)
    clock = _Clock(torch.cuda.synchronize if gpu else None)
    clip = recipe.clip_norm
    Run(model, loss, batches, sgd, 1, clip_norm=clip, callbacks=[clock]).train()
    seconds = clock.now() - clock.since
    peak_mb = torch.cuda.max_memory_allocated() / 1e6 if gpu else None
    timed = list(batches)[WARM_UP:]
    tokens = sum(int((batch.targets != IGNORED).sum()) for batch in timed)
    operations = 6 * tokens * _products(model)
    assumed = operations / GPU_OPERATIONS
    assumed += len(timed) * recipe.layers * GPU_LAYER_WINDOW
    return {
        "tokens_per_s": tokens / seconds,
        "step_ms": 1e3 * seconds / len(timed),
        "assumed_ms": 1e3 * assumed / len(timed),
        "tflops": operations / seconds / 1e12,
        "assumed_tflops": GPU_OPERATIONS / 1e12,
        "peak_mb": peak_mb,
    }


def _products(model: nn.Module) -> int:
    """Weights that each token is multiplied by; an embedding is only looked up."""
    return sum(
        weight.numel()
        for name, weight in model.named_parameters()
        if weight.ndim == 2
        # An encoder–decoder's is its output layer, too.
        and (not name.startswith("embedding") or isinstance(model, EncoderDecoder))
        and not name.endswith("log_deviation")
    )


class _Clock(Callback):
    """The time at which the warm-up is over."""

    def __init__(self, wait: Callable[[], None] | None) -> None:
        self.wait = wait
        self.since = 0.0

    def now(self) -> float:
        if self.wait is not None:
            self.wait()
        return time.perf_counter()

    def after_step(self, run: Run) -> None:
        if run.step == WARM_UP:
            self.since = self.now()
