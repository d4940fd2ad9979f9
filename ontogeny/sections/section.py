"""What every section of the config is."""

from __future__ import annotations

from typing import Any, get_args, get_origin

from pydantic import BaseModel, ConfigDict, model_validator

MOST = 10**12
"""What no count of a config exceeds: a trillion words, steps or units."""


class Section(BaseModel):
    """A mapping in the config in which every key is known."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _numbers(cls, values: Any) -> Any:
        for name in values if isinstance(values, dict) else ():
            field = cls.model_fields.get(name)
            kinds = [field.annotation, *get_args(field.annotation)] if field else []
            # What a Literal may be are numbers themselves.
            kinds += [type(kind) for kind in kinds]
            if {int, float}.isdisjoint(kinds) or bool in kinds:
                continue
            value = values[name]
            of_list = any(get_origin(kind) is list for kind in kinds)
            several = of_list and not isinstance(value, list)
            needed = "a list of numbers" if several else "a number"
            for number in value if isinstance(value, list) else [value]:
                # YAML reads on, yes and true alike; pydantic would take them for 1.
                if isinstance(number, bool):
                    raise ValueError(f"{name}: needs {needed}, found {number}")
                if isinstance(number, int | float) and abs(number) > MOST:
                    raise ValueError(f"{name}: {number:.3g} is no number to work with")
        return values
