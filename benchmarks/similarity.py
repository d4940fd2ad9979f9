"""Similarity of two views: time, memory and agreement beside public code.

The peer is github.com/google/svcca, of which nothing is here: clone it and give
its folder as ONTOGENY_SVCCA. scikit-learn's CCA is timed where it is installed.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.machine import THREADS
from benchmarks.own_process import alone, peak_gb
from benchmarks.timing import Criterion, wait_until_quiet
from ontogeny.measures.similarity.cca import compare
from ontogeny.measures.similarity.moments import CrossMoments, Moments

PEER = "ONTOGENY_SVCCA"
N, UNITS = 190_000, 200
ROUNDS = 5
SECONDS, AGREEMENT, STREAM_GB = 2.0, 1e-6, 0.5
BLOCK = 8192
# It iterates for every component, for minutes here: two, and once.
COMPONENTS = 2
SKLEARN = f"scikit-learn, {COMPONENTS} components"

# Cost: every number of tokens for three widths, every width for one number.
TOKENS = (10_000, 30_000, 100_000, 300_000, 1_000_000)
WIDTHS = (50, 100, 200, 500, 1000)
SHOWN_WIDTHS, SHOWN_TOKENS = (50, 200, 1000), 100_000
# Products that take no longer than some seconds are timed this often.
REPEATED = 1e11
REPEATS = 5
STREAMED = (100_000, 1_000_000)


def run(folder: Path) -> dict[str, pd.DataFrame]:
    """Compare one pair in every way there is; cost by size; memory of a stream."""
    pair = pd.DataFrame(
        _alone("pair", name, kind, N, UNITS) | {"round": number}
        for number in range(ROUNDS)
        for name, kind in _contestants()
        if number == 0 or name != SKLEARN
    )
    sizes = [(n, d) for d in SHOWN_WIDTHS for n in TOKENS]
    sizes += [(SHOWN_TOKENS, d) for d in WIDTHS if d not in SHOWN_WIDTHS]
    cost = pd.DataFrame([row for n, d in sizes for row in _cost(n, d)])
    with TemporaryDirectory(dir=folder) as files:
        stream = pd.DataFrame([_stream(Path(files), n) for n in STREAMED])
    return {"pair": pair, "summary": _summary(pair), "cost": cost, "stream": stream}


def criteria(tables: dict[str, pd.DataFrame]) -> list[Criterion]:
    """Time and memory of ours, agreement with the peer where there is one."""
    pair, stream = tables["pair"], tables["stream"]
    peak = stream["peak_gb"].max()
    rows = [
        Criterion(
            f"similarity, a Parquet pair of up to {stream['n'].max():,} tokens, peak",
            f"≤ {STREAM_GB:g} GB",
            f"{peak:.2f} GB",
            bool(peak <= STREAM_GB),
        )
    ]
    ours = pair[pair["contestant"].str.startswith("ours")]
    for (name, kind), times in ours.groupby(["contestant", "kind"]):
        low, median, high = times["seconds"].quantile([0.25, 0.5, 0.75])
        what = f"similarity, {N:,} × {UNITS} {kind} pair, {name}"
        found = f"{median:.2f} s ({low:.2f}–{high:.2f}), {_peak(times):.2f} GB"
        rows.append(Criterion(what, f"≤ {SECONDS:g} s", found, bool(median <= SECONDS)))
    return rows + _agreement(pair)


def _agreement(pair: pd.DataFrame) -> list[Criterion]:
    what = "similarity, mean coefficient, ours − google/svcca"
    if not os.environ.get(PEER):
        return [Criterion(what, f"≤ {AGREEMENT:g}", f"no {PEER}", None)]
    scores = pair[pair["kind"] == "float64"].groupby("contestant")["score"].first()
    rows = []
    for convention in ("svcca", "cca", "cca_truncated"):
        apart = abs(scores[f"ours, {convention}"] - scores[f"peer, {convention}"])
        rows.append(
            Criterion(
                f"{what}, {convention}",
                f"≤ {AGREEMENT:g}",
                f"{apart:.1e}",
                bool(apart <= AGREEMENT),
            )
        )
    return rows


def _summary(pair: pd.DataFrame) -> pd.DataFrame:
    groups = pair.groupby(["contestant", "kind"], sort=False)
    return groups.agg(
        median_s=("seconds", "median"),
        peak_gb=("peak_gb", "max"),
        above_arrays_gb=("above_arrays_gb", "max"),
        score=("score", "first"),
    ).reset_index()


def _peak(rows: pd.DataFrame) -> float:
    return float(rows["peak_gb"].max())


def views(n: int, units: int, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Two views with half of their directions in common, of falling variance."""
    rng = np.random.default_rng(0)
    shared = units // 2
    mixes = [rng.standard_normal((shared, units)) for _ in range(2)]
    scale = np.geomspace(1, 0.01, shared)
    a, b = (np.empty((n, units), dtype=kind) for _ in range(2))
    # In blocks, or making the views would set the peak.
    for start in range(0, n, BLOCK):
        at = slice(start, start + BLOCK)
        common = rng.standard_normal((len(a[at]), shared)) * scale
        for view, mix in zip((a, b), mixes, strict=True):
            noise = rng.standard_normal(view[at].shape)
            view[at] = common @ mix + noise / 2
    return a, b


def _contestants() -> Iterator[tuple[str, str]]:
    """What is timed, and on which type of array."""
    for kind in ("float64", "float32"):
        yield "ours, svcca", kind
    yield "ours, cca", "float64"
    yield "ours, cca_truncated", "float64"
    if os.environ.get(PEER):
        for convention in ("svcca", "cca", "cca_truncated"):
            yield f"peer, {convention}", "float64"
    if importlib.util.find_spec("sklearn"):
        yield SKLEARN, "float64"


def _way(name: str) -> Callable[[np.ndarray, np.ndarray], float]:
    """How a contestant finds its score."""
    who, _, convention = name.partition(", ")
    if who == "ours":
        return lambda a, b: compare(a, b, convention).score
    if who == "peer":
        return lambda a, b: _peer(a, b, convention)
    return _sklearn


def _peer(a: np.ndarray, b: np.ndarray, convention: str) -> float:
    """The peer's calls, as its tutorials make them, under our convention."""
    sys.path.insert(0, os.environ[PEER])
    from cca_core import get_cca_similarity

    a, b = a.T, b.T
    if convention == "svcca":
        a, b = _reduced(a), _reduced(b)
    found = get_cca_similarity(a, b, verbose=False)
    if convention == "cca_truncated":
        return float(found["mean"][0])
    return float(found["cca_coef1"][: min(len(a), len(b))].mean())


def _reduced(view: np.ndarray) -> np.ndarray:
    """Directions with 99 % of the squared spectrum, by the view's own SVD."""
    centred = view - view.mean(axis=1, keepdims=True)
    _, s, v = np.linalg.svd(centred, full_matrices=False)
    kept = int(np.searchsorted(np.cumsum(s**2), 0.99 * np.sum(s**2))) + 1
    return s[:kept, None] * v[:kept]


def _sklearn(a: np.ndarray, b: np.ndarray) -> float:
    """Mean of the first coefficients."""
    from sklearn.cross_decomposition import CCA

    x, y = CCA(n_components=COMPONENTS).fit_transform(a, b)
    each = [np.corrcoef(x[:, i], y[:, i])[0, 1] for i in range(x.shape[1])]
    return float(np.mean(each))


def _cost(n: int, units: int) -> Iterator[dict[str, object]]:
    """Seconds for all of one pair, for one more pair, and after the sums."""
    # The same tokens again and again: only their number costs.
    block_a, block_b = views(min(n, BLOCK), units, "float32")
    lengths = [min(BLOCK, n - start) for start in range(0, n, BLOCK)]
    for _ in range(REPEATS if n * units**2 <= REPEATED else 1):
        wait_until_quiet()
        a, b, cross = Moments(units), Moments(units), CrossMoments(units, units)
        start = time.perf_counter()
        for rows in lengths:
            a.update(block_a[:rows])
            b.update(block_b[:rows])
        compare_from = time.perf_counter()
        for rows in lengths:
            cross.update(block_a[:rows], block_b[:rows])
        summed = time.perf_counter()
        compare(a, b, cross=cross)
        own, product = compare_from - start, summed - compare_from
        first = time.perf_counter() - summed
        # Another pair of the same views: whitened already.
        again = CrossMoments.from_state(cross.state())
        start = time.perf_counter()
        compare(a, b, cross=again)
        later = time.perf_counter() - start
        for what, seconds in (
            ("first pair", own + product + first),
            ("another pair", product + later),
            ("decomposition", first),
        ):
            yield {"n": n, "units": units, "what": what, "seconds": seconds}


def _stream(folder: Path, n: int) -> dict[str, object]:
    paths = [folder / f"{name}{n}.parquet" for name in "ab"]
    block_a, block_b = views(BLOCK, UNITS, "float32")
    for path, block in zip(paths, (block_a, block_b), strict=True):
        lists = pa.FixedSizeListArray.from_arrays(pa.array(block.reshape(-1)), UNITS)
        table = pa.table({"activation": lists})
        # As `ontogeny.activations` writes; a dictionary of floats takes memory.
        options = {"compression": "zstd", "use_dictionary": False}
        options["column_encoding"] = {"activation.list.element": "BYTE_STREAM_SPLIT"}
        with pq.ParquetWriter(path, table.schema, **options) as file:
            for start in range(0, n, BLOCK):
                file.write_table(table[: n - start])
    return _alone("stream", UNITS, *paths)


def _alone(task: str, *arguments: object) -> dict[str, object]:
    """A task in a process of its own, as quiet as it gets."""
    wait_until_quiet()
    # Before numpy is loaded; afterwards it is too late.
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), str(THREADS))
    return alone("benchmarks.similarity", task, *arguments, variables=threads)


def _pair(name: str, kind: str, n: str, units: str) -> dict[str, object]:
    way = _way(name)
    small = views(2 * int(units) + 2, int(units), kind)
    way(*small)
    a, b = views(int(n), int(units), kind)
    before, start = peak_gb(), time.perf_counter()
    score = way(a, b)
    seconds = time.perf_counter() - start
    row = {"contestant": name, "kind": kind, "seconds": seconds, "score": score}
    return row | {"peak_gb": peak_gb(), "above_arrays_gb": peak_gb() - before}


def _streamed(units: str, path_a: str, path_b: str) -> dict[str, object]:
    from ontogeny.activations.blocks import blocks

    start = time.perf_counter()
    d = int(units)
    a, b, cross = Moments(d), Moments(d), CrossMoments(d, d)
    for block_a, block_b in zip(blocks(path_a), blocks(path_b), strict=True):
        a.update(block_a)
        b.update(block_b)
        cross.update(block_a, block_b)
    found = compare(a, b, cross=cross)
    seconds = time.perf_counter() - start
    return {"n": found.n, "seconds": seconds, "peak_gb": peak_gb()}


if __name__ == "__main__":
    tasks = {"pair": _pair, "stream": _streamed}
    print(json.dumps(tasks[sys.argv[1]](*sys.argv[2:])))
