"""A name of all that decides a training's weights, but its code."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any


def identity_of(data: Sequence[str], seed: int, settings: Mapping[str, Any]) -> str:
    """Hexadecimal SHA-256 of data, seed and what a variant's settings decide.

    Args:
        data: SHA-256 of each file that is read, in a fixed order.
        seed: Of the training.
        settings: Of the variant (`Task.of`); how long is trained decides no step.

    >>> a, b = {"epochs": 3, "hidden": 8}, {"epochs": 4, "hidden": 8}
    >>> identity_of(["0f"], 1, a) == identity_of(["0f"], 1, b)
    True
    >>> identity_of(["0f"], 1, a) == identity_of(["0f"], 2, a)
    False
    """
    decides = {k: v for k, v in settings.items() if k not in ("epochs", "keep_epochs")}
    about = {"data": list(data), "settings": decides, "seed": seed}
    return sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()
