"""Sizes and recipe of a variant's training, from what the config says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from ontogeny.studies.structured.networks import Sizes
from ontogeny.training.recipe import Recipe


def sizes_of(settings: Mapping[str, Any], types: int) -> Sizes:
    """The network's sizes in a variant's settings.

    Args:
        settings: See `ontogeny.studies.structured.task.Task.of`.
        types: Size of the vocabulary.
    """
    keys = ("kind", "embedding", "hidden", "layers", "dropout", "bound")
    return Sizes(types=types, classes=types, **{key: settings[key] for key in keys})


def recipe_of(settings: Mapping[str, Any]) -> Recipe:
    """The training's recipe in a variant's settings.

    Args:
        settings: See `ontogeny.studies.structured.task.Task.of`.
    """
    keys = {field.name for field in fields(Recipe)} & set(settings)
    return Recipe(
        **{key: settings[key] for key in keys},
        schedule="after_epochs" if settings["divide_after"] else "constant",
    )
