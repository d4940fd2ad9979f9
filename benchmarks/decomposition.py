"""Interdependence of all word pairs of a sentence: time beside public code.

The peer is github.com/jamie-murdoch/ContextualDecomposition, of which nothing is
here: clone it and give its folder as ONTOGENY_CD. Its focus must be contiguous,
so it is timed on what a pair costs, three decompositions of the sentence.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pandas as pd
import torch
from torch import nn

from benchmarks.timing import Criterion, interleave, wait_until_quiet
from ontogeny.measures.decomposition.contextual import decompose, relevant_logits
from ontogeny.measures.decomposition.interdependence import interdependence
from ontogeny.measures.decomposition.pairwise import pairwise_interdependence

PEER = "ONTOGENY_CD"
WORDS, UNITS = 20, 400
PAIRS = WORDS * (WORDS - 1) // 2
MS_A_PAIR, AGREEMENT = 0.15, 1e-5
ROUNDS = 15
# So many pairs stand for all 190 where each takes a tenth of a second.
SAMPLED = [(0, 1), (0, 19), (9, 10), (4, 14), (18, 19)]
LENGTHS, WIDTHS, WINDOWS = (5, 10, 20, 40, 80), (50, 100, 200, 400, 800), (2, 5, 10, 20)
# Sentences side by side, as a treebank is measured: so many words of them.
TOGETHER = 960
REPEATS = 5


def run(folder: Path) -> dict[str, pd.DataFrame]:
    """All pairs of a sentence in every way there is; cost by size."""
    del folder  # nothing is written but the tables
    return {"pair": _pairs(), "cost": _cost(), "agreement": _agreement()}


def criteria(tables: dict[str, pd.DataFrame]) -> list[Criterion]:
    """Time of a pair, and its ratio to the peer where there is one."""
    median = tables["pair"].groupby("contestant")["ms_a_pair"].median()
    ours = median["shared prefix"]
    what = f"interdependence, {WORDS} words, {UNITS} units, a pair"
    rows = [
        Criterion(
            what, f"< {MS_A_PAIR:g} ms", f"{ours:.3f} ms", bool(ours < MS_A_PAIR)
        ),
        Criterion(
            f"{what}, definition / shared prefix",
            "–",
            f"{median['definition'] / ours:,.0f}",
            None,
        ),
    ]
    if "peer" not in median:
        return [*rows, Criterion(f"{what}, peer / ours", "–", f"no {PEER}", None)]
    apart = tables["agreement"]["difference"].max()
    return [
        *rows,
        Criterion(f"{what}, peer / ours", "–", f"{median['peer'] / ours:,.0f}", None),
        Criterion(
            "contextual decomposition, rule murdoch, logits, ours − peer",
            f"≤ {AGREEMENT:g}",
            f"{apart:.1e}",
            bool(apart <= AGREEMENT),
        ),
    ]


def _model(units: int) -> nn.LSTM:
    torch.manual_seed(0)
    return nn.LSTM(units, units)


def _pairs() -> pd.DataFrame:
    lstm, x = _model(UNITS), torch.randn(WORDS, UNITS)
    steps = torch.arange(WORDS)

    def definition() -> None:
        for left, right in SAMPLED:
            interdependence(lstm, x, steps == left, steps == right)

    ways: dict[str, Callable[[], object]] = {
        "shared prefix": lambda: pairwise_interdependence(lstm, x, WORDS),
        "definition": definition,
    }
    peer = _peer()
    if peer:
        batch, model = _as_peer(lstm, x)

        def three_decompositions() -> None:
            for left, right in SAMPLED:
                for start, stop in ((left, right), (left, left), (right, right)):
                    peer.CD(batch, model, start, stop)

        ways["peer"] = three_decompositions
    times = interleave(ways, ROUNDS)
    pairs = times["contestant"].map({"shared prefix": PAIRS}).fillna(len(SAMPLED))
    return times.assign(ms_a_pair=1000 * times["seconds"] / pairs)


def _cost() -> pd.DataFrame:
    sizes = [("words", n, UNITS, n) for n in LENGTHS]
    sizes += [("units", WORDS, units, WORDS) for units in WIDTHS]
    sizes += [("window", 40, UNITS, window) for window in WINDOWS]
    rows = []
    for against, words, units, window in sizes:
        lstm, x = _model(units), torch.randn(TOGETHER // words, words, units)
        for _ in range(REPEATS + 1):
            wait_until_quiet()
            start = time.perf_counter()
            left, _, _ = pairwise_interdependence(lstm, x, window)
            seconds = time.perf_counter() - start
            rows.append((against, words, units, window, 1000 * seconds / len(left)))
    names = ["against", "words", "units", "window", "ms_a_pair"]
    table = pd.DataFrame(rows, columns=names)
    return table.groupby(names[:-1], sort=False)["ms_a_pair"].median().reset_index()


def _agreement() -> pd.DataFrame:
    """Relevant logits of contiguous foci, by the peer's own rule."""
    peer = _peer()
    if not peer:
        return pd.DataFrame(columns=["start", "stop", "difference"])
    lstm, x = _model(50).double(), torch.randn(WORDS, 50, dtype=torch.float64)
    batch, model = _as_peer(lstm, x)
    decoder, steps = model.hidden_to_label, torch.arange(WORDS)
    rows = []
    for start, stop in ((0, 19), (3, 3), (5, 12), (18, 19)):
        focus = (steps >= start) & (steps <= stop)
        relevant, _ = decompose(lstm, x, focus, rule="murdoch")
        ours = relevant_logits(relevant[-1], decoder).numpy()
        theirs, _ = peer.CD(batch, model, start, stop)
        rows.append((start, stop, float(np.abs(ours - theirs).max())))
    return pd.DataFrame(rows, columns=["start", "stop", "difference"])


def _peer() -> ModuleType | None:
    folder = os.environ.get(PEER)
    if not folder:
        return None
    # It loads its data with a package that is no longer made; not needed here.
    sys.modules.setdefault("torchtext", SimpleNamespace(data=None, datasets=None))
    path = str(Path(folder, "train_model"))
    if path not in sys.path:
        sys.path.insert(0, path)
    return importlib.import_module("sent_util")


def _as_peer(lstm: nn.LSTM, x: torch.Tensor) -> tuple[SimpleNamespace, SimpleNamespace]:
    """A sentence and a model as the peer's function wants them."""
    torch.manual_seed(1)
    decoder = nn.Linear(lstm.hidden_size, 2).to(x.dtype)
    model = SimpleNamespace(
        lstm=lstm,
        embed=lambda _: x[:, None],
        hidden_dim=lstm.hidden_size,
        hidden_to_label=decoder,
    )
    return SimpleNamespace(text=None), model
