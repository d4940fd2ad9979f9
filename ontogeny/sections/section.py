"""What every section of the config is."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, model_validator


class Section(BaseModel):
    """A mapping in the config in which every key is known."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _yes_is_no_number(cls, values: Any) -> Any:
        # YAML reads on, yes and true alike; pydantic would take them for 1.
        for name in values if isinstance(values, dict) else ():
            field = cls.model_fields.get(name)
            kinds = (field.annotation, *get_args(field.annotation)) if field else ()
            is_number = {int, float} & {*kinds} and bool not in kinds
            if is_number and isinstance(values[name], bool):
                raise ValueError(f"{name}: needs a number, found {values[name]}")
        return values
