"""Numbers of Lobacheva et al. (2020), tables 1 and 2, as printed.

A setting's name is the paper's task in one word. Of language models quality is valid
and test perplexity or bits per character; of classifiers test accuracy in percent,
which the paper gives alone. Neurons and gates are by LSTM layer.
"""

from __future__ import annotations

from typing import NamedTuple


class Printed(NamedTuple):
    """A row of table 1 or 2.

    Attributes:
        quality: As printed: valid and test, or test.
        compression: |w| / |w ≠ 0|.
        neurons: Remaining, by layer.
        gates: Not constant, by layer.
    """

    quality: tuple[str, ...]
    compression: float
    neurons: tuple[int, ...]
    gates: tuple[int, ...]


TABLE1: dict[str, dict[str, Printed]] = {
    "small": {
        "dense": Printed(("120.28", "114.41"), 1, (200, 200), (800, 800)),
        "wn": Printed(("110.34", "106.25"), 1.44, (72, 123), (288, 492)),
        "wgn": Printed(("110.04", "105.64"), 1.49, (64, 115), (193, 442)),
    },
    "large": {
        "dense": Printed(("82.57", "78.57"), 1, (1500, 1500), (6000, 6000)),
        "wn": Printed(("81.25", "77.62"), 2.97, (324, 394), (1296, 1576)),
        "wgn": Printed(("81.24", "77.82"), 3.22, (252, 394), (881, 1418)),
    },
}
"""Pruning: word PTB."""

TABLE2: dict[str, dict[str, Printed]] = {
    "imdb": {
        "dense": Printed(("84.1",), 1, (128,), (512,)),
        "w": Printed(("83.62",), 18567, (8,), (17,)),
        "wn": Printed(("83.98",), 17874, (5,), (12,)),
        "wgn": Printed(("83.98",), 19747, (4,), (6,)),
    },
    "agnews": {
        "dense": Printed(("90.6",), 1, (512,), (2048,)),
        "w": Printed(("89.14",), 561, (34,), (76,)),
        "wn": Printed(("88.55",), 645, (17,), (62,)),
        "wgn": Printed(("88.41",), 647, (14,), (39,)),
    },
    "char": {
        "dense": Printed(("1.499", "1.454"), 1, (1000,), (4000,)),
        "w": Printed(("1.472", "1.429"), 7.9, (431,), (1718,)),
        "wn": Printed(("1.478", "1.430"), 10.2, (390,), (1560,)),
        "wgn": Printed(("1.467", "1.425"), 9.8, (404,), (1563,)),
    },
    "word": {
        "dense": Printed(("120.28", "114.41"), 1, (200, 200), (800, 800)),
        "w": Printed(("114.80", "109.85"), 10.52, (55, 124), (218, 415)),
        "wn": Printed(("110.25", "104.81"), 11.65, (68, 110), (272, 392)),
        "wgn": Printed(("109.98", "104.45"), 11.44, (52, 108), (197, 349)),
    },
}
"""Bayesian sparsification: IMDb, AGNews, char and word PTB."""

PRINTED = {**TABLE1, **TABLE2}
"""By setting and variant."""

TITLES = {
    "small": "Word PTB (small)",
    "large": "Word PTB (large)",
    "imdb": "IMDb",
    "agnews": "AGNews",
    "char": "Char PTB",
    "word": "Word PTB (small)",
}
"""The tables' own names of the settings."""
