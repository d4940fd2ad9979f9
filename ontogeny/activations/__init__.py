"""Activations and gradients: recorded in one pass, stored, opened again.

`open(path)` gives a file's tokens, their vectors as arrays, and what the file
says of itself.
"""

from ontogeny.activations.choosing import ChosenTokens
from ontogeny.activations.measuring import (
    measure,
    measure_epochs,
    record_epoch,
    write_recordings,
)
from ontogeny.activations.recording import Reading, Recording, record
from ontogeny.activations.store import Tokens
from ontogeny.activations.store import open_tokens as open

__all__ = [
    "ChosenTokens",
    "Reading",
    "Recording",
    "Tokens",
    "measure",
    "measure_epochs",
    "open",
    "record",
    "record_epoch",
    "write_recordings",
]
