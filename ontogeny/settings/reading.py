"""A config's values, checked and typed."""

from __future__ import annotations

from typing import Any

import yaml

from ontogeny.sections.reading import validate
from ontogeny.settings.schema import Settings


def read_settings(config: dict[str, Any]) -> Settings:
    """Check a config and give it types.

    Raises:
        InputError: For the first thing that is wrong: which key, what it
            should be, and for an unknown key the nearest known one.

    >>> read_settings({"name": "a", "corpus": {"format": "generated", "token": 9}})
    Traceback (most recent call last):
        ...
    ontogeny.errors.InputError: Config: unknown key corpus.token; did you mean tokens?
    """
    return validate(Settings, config, "Config")


def schema_yaml() -> str:
    """The text of config/schema.yaml: a JSON Schema of `Settings`."""
    header = "# Made from ontogeny/settings/ by `ontogeny schema`; do not edit.\n"
    return header + yaml.safe_dump(
        Settings.model_json_schema(), sort_keys=False, allow_unicode=True
    )
