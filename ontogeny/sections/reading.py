"""YAML read as sections; what is wrong with it, in one sentence."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Any, get_args, get_origin

import yaml
from pydantic import ValidationError

from ontogeny.errors import InputError, one_line


def read_entries(kind: type[Any], path: str | Path) -> dict[str, Any]:
    """A YAML file of sections by name.

    Raises:
        InputError: For the first thing that is wrong, with file and name.
    """
    entries = read_mapping(path)
    if not entries:
        raise InputError(f"{path} must hold entries by name.")
    return {
        name: validate(kind, entry, f"{path}: {name}")
        for name, entry in entries.items()
    }


def read_mapping(path: str | Path, remedy: str = "") -> dict[str, Any]:
    """The `key: value` pairs of a YAML file.

    Args:
        path: The file.
        remedy: What else may be done if it cannot be read.

    Raises:
        InputError: If it cannot be read, or holds something else.
    """
    try:
        values = yaml.load(Path(path).read_text(encoding="utf-8"), _Loader)
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({error.strerror}): give one that is there, and "
            f"start in the root of the repository{remedy}."
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is not YAML: {one_line(error)}.") from error
    except RecursionError as error:
        raise InputError(f"{path}: brackets within brackets without end.") from error
    except (ValueError, TypeError, AttributeError) as error:
        # PyYAML's own: a date that is none, a list as a key, a number of 6,000 digits.
        raise InputError(
            f"{path} holds a value that is none: {one_line(error)}."
        ) from error
    if not isinstance(values or {}, dict):
        raise InputError(f"{path} must hold `key: value` pairs.")
    return values or {}


class _Loader(yaml.SafeLoader):
    """As PyYAML's, but a key given twice is a mistake, not the last one's value."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
        seen = set()
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:merge":  # `<<` brings keys to replace
                continue
            name = self.construct_object(key, deep=True)
            if name in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {name} is there twice", key.start_mark
                )
            seen.add(name)
        return super().construct_mapping(node, deep)

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        """A number as everybody reads it: 010 would be 8, and 1:30 would be 90."""
        text = self.construct_scalar(node)
        if re.match(r"[-+]?(0[0-7_]+$|[0-9_]+:)", text):
            raise yaml.constructor.ConstructorError(
                None, None, f"{text} is no plain number", node.start_mark
            )
        return super().construct_yaml_int(node)


_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_yaml_int)


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


_PLAIN = {
    "too_short": "needs at least one entry",
    "dict_type": "must hold `key: value` pairs",
    "model_type": "must hold `key: value` pairs",
}
"""What pydantic would say in words of its own."""


def _sentence(kind: type[Any], error: Any) -> str:
    # pydantic adds "[key]" where a mapping's key is wrong.
    path = [str(part) for part in error["loc"] if part != "[key]"]
    key = ".".join(path)
    if error["type"] == "extra_forbidden":
        return f"unknown key {key}{_hint(kind, path)}"
    if error["type"] == "missing":
        return f"the key {key} is missing."
    message = error["msg"].removeprefix("Value error, ").rstrip(".")
    if error["type"] == "value_error":
        # Of a section, it begins with the key that is at fault, if it is one.
        first = message.partition(": ")[0].partition(".")[0]
        inner = first in _keys(_section(kind, path))
        between = "." if inner else ": "
        return f"{key}{between}{message}." if key else f"{message}."
    message = _PLAIN.get(error["type"], message)
    return f"{key}: {message}, found {error['input']!r}."


def _hint(kind: type[Any], path: list[str]) -> str:
    """What may have been meant by an unknown key, or all that is known there."""
    *sections, last = path
    known = _keys(_section(kind, sections))
    meant = difflib.get_close_matches(last, known, n=1, cutoff=0.8)
    meant = meant or _elsewhere(kind, path)
    meant = meant or difflib.get_close_matches(last, known, n=1, cutoff=0.4)
    if meant:
        return f"; did you mean {' or '.join(meant)}?"
    return f"; known: {', '.join(known)}." if known else "."


def _elsewhere(kind: type[Any], path: list[str]) -> list[str]:
    """Where, from a key's section or else the whole section it is in, it is known.

    Only the places that are nearest, by their full path.
    """
    *sections, last = path
    for start in (sections, sections[:1]):
        level = [start]
        while level:
            level = [
                [*place, key]
                for place in level
                for key in _keys(_section(kind, place))
                if _keys(_section(kind, [*place, key]))
            ]
            found = [p for p in level if last in _keys(_section(kind, p))]
            if found:
                return [".".join([*place, last]) for place in found]
    return []


def _section(kind: type[Any], path: list[str]) -> type[Any] | None:
    """The class of the section at a path; None if there is none."""
    parts = iter(path)
    for part in parts:
        field = kind.model_fields.get(part)
        annotation = field.annotation if field else None
        # An optional section, or a mapping from names to sections.
        choices = (annotation, *get_args(annotation))
        inside = [choice for choice in choices if hasattr(choice, "model_fields")]
        if not inside:
            return None
        if get_origin(annotation) is dict:
            next(parts, None)
        kind = inside[0]
    return kind


def _keys(section: type[Any] | None) -> list[str]:
    return list(section.model_fields) if section is not None else []
