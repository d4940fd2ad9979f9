"""Stages of the language models."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ontogeny.cost import rates
from ontogeny.cost.networks import Network
from ontogeny.cost.plan import Plan
from ontogeny.cost.sizes import Text
from ontogeny.cost.stage import Stage
from ontogeny.sections.recipe import Recipe


def network(recipe: Recipe, layers: int, text: Text) -> Network:
    """The language model of a recipe that reads a text."""
    return Network(
        text.types,
        text.types,
        recipe.embedding,
        recipe.hidden,
        layers,
        recipe.batch,
        recipe.window,
        halved=recipe.precision == "bfloat16",
    )


def training(
    rule: str, jobs: int, model: Network, text: Text, epochs: int, threads: int
) -> Stage:
    """Training of a language model on a text, all its checkpoints kept."""
    words, held_out = text.parts.train, text.parts.valid + text.parts.test
    return Stage(
        rule,
        jobs,
        rates.START_TORCH + model.training_s(words, held_out, epochs),
        model.training_memory(sum(text.parts)),
        # The state stays, too: the last weights once more.
        disk=model.weights * (epochs + 2),
        gpu_s=rates.START_TORCH + model.gpu_training_s(words, held_out, epochs),
        threads=threads,
        after=("keep_sentences", "encode_official"),
    )


def language_model_stages(plan: Plan) -> Iterator[Stage]:
    """Training."""
    if not any(need.language_models for need in plan.needs):
        return
    settings = plan.settings
    model = network(settings.lm, settings.lm.layers, plan.text)
    jobs = plan.corpora * len(settings.seeds)
    yield training(
        "train_lm", jobs, model, plan.text, settings.lm.epochs, settings.threads
    )
    if steps := settings.lm.early_steps:
        again = training("train_first_epoch", 1, model, plan.text, 1, settings.threads)
        yield replace(again, disk=model.weights * (len(steps) + 3))
