"""A config's values, checked and typed; what is wrong, in one sentence."""

from __future__ import annotations

import difflib
from typing import Any

import yaml
from pydantic import ValidationError

from ontogeny.errors import InputError
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


def validate(kind: type[Any], values: Any, where: str) -> Any:
    """Make a section of some values, or say what is wrong with them.

    Args:
        kind: A section's class.
        values: As read from YAML.
        where: The beginning of the sentence if they are wrong.

    Raises:
        InputError: For the first thing that is wrong.
    """
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        # The unknown key first: a key that is missing may be that one, misspelt.
        errors = sorted(error.errors(), key=lambda e: e["type"] != "extra_forbidden")
        raise InputError(f"{where}: {_sentence(kind, errors[0])}") from None


def _sentence(kind: type[Any], error: Any) -> str:
    path = [str(part) for part in error["loc"]]
    key = ".".join(path)
    if error["type"] == "extra_forbidden":
        known = _keys(kind, path[:-1])
        near = difflib.get_close_matches(path[-1], known, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}."
        return f"unknown key {key}; {hint}"
    if error["type"] == "missing":
        return f"the key {key} is missing."
    message = error["msg"].removeprefix("Value error, ").rstrip(".")
    if error["type"] == "value_error":
        return f"{key}: {message}." if key else f"{message}."
    return f"{key}: {message}, found {error['input']!r}."


def _keys(kind: type[Any], path: list[str]) -> list[str]:
    for part in path:
        field = kind.model_fields.get(part)
        if field is None or not hasattr(field.annotation, "model_fields"):
            return []
        kind = field.annotation
    return list(kind.model_fields)
