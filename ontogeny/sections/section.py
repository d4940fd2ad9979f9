"""What every section of the config is."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A mapping in the config in which every key is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)
