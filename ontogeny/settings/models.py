"""The language models of `config/models.yaml`, and which one a config trains."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from ontogeny.errors import InputError
from ontogeny.running.digest import module_file
from ontogeny.sections.reading import read_entries
from ontogeny.sections.section import Section
from ontogeny.settings.schema import Settings


class RegisteredModel(Section):
    """A language model by name; its class is not imported, for that loads torch."""

    code: str = Field(description="Module and class: ontogeny.models.lm.LanguageModel.")
    layer: str = Field(
        pattern="^[a-z][a-z_]*$",
        description="What its recurrent sites are called, without their number.",
    )

    @property
    def module(self) -> str:
        """The module that its class is in."""
        return self.code.rpartition(".")[0]

    def layers(self, number: int) -> list[str]:
        """Its recurrent sites, from below.

        >>> code = "ontogeny.models.lm.LanguageModel"
        >>> RegisteredModel(code=code, layer="lstm").layers(2)
        ['lstm1', 'lstm2']
        """
        return [f"{self.layer}{layer}" for layer in range(1, number + 1)]

    @model_validator(mode="after")
    def _is_there(self) -> Self:
        package, *_ = self.code.split(".")
        # Elsewhere, a change of its code would make nothing run again.
        if package != "ontogeny" or self.code.count(".") < 2:
            raise ValueError(
                "code: must be a module and class of this package, such as "
                f"ontogeny.models.lm.LanguageModel, found {self.code!r}"
            )
        path = module_file(self.module)
        if path is None:
            raise ValueError(f"code: there is no module {self.module}")
        kind = self.code.rpartition(".")[2]
        try:
            body = ast.parse(path.read_text(encoding="utf-8")).body
        except SyntaxError as error:
            raise ValueError(
                f"code: {path}, line {error.lineno} is not Python: {error.msg}"
            ) from error
        if kind not in [part.name for part in body if isinstance(part, ast.ClassDef)]:
            raise ValueError(f"code: there is no class {kind} in {self.module}")
        return self


def read_models(path: str | Path) -> dict[str, RegisteredModel]:
    """The models of a `models.yaml`.

    Raises:
        InputError: For an entry that names no class, or has another mistake.
    """
    return read_entries(RegisteredModel, path)


def chosen_model(
    settings: Settings, models: dict[str, RegisteredModel]
) -> RegisteredModel:
    """The model that a config names.

    Raises:
        InputError: If there is none of that name.
    """
    name = settings.lm.model
    if name not in models:
        raise InputError(
            f"Config: lm.model: unknown model {name}; config/models.yaml has "
            f"{', '.join(models)}; docs/own-model.md says how to add your own."
        )
    return models[name]
