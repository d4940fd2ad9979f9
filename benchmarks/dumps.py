"""Files of activations and gradients beside `numpy.save` of the same vectors."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import torch

from benchmarks.machine import THREADS
from benchmarks.timing import Criterion, interleave, ratio, summary
from ontogeny.activations import Recording, record
from ontogeny.activations.store import ROWS_PER_GROUP, site_writer
from ontogeny.grammar import documents
from ontogeny.training.loop import Run
from ontogeny.training.recipe import Recipe
from ontogeny.training.stream import Stream, StreamLoss

WORDS = 56_000
TYPES = 5_000
EPOCHS = 3
ROUNDS = 5
SITES = ("lstm1", "lstm2")
QUANTITIES = ("activation", "gradient")
SIZE_LIMIT = 0.9
SPEED_LIMIT = 0.5

# Ways to store the same vectors; the first is ours. pyarrow's own defaults
# otherwise, so that only the encoding differs.
BSS, PLAIN = "BYTE_STREAM_SPLIT", "PLAIN"
FORMATS = {
    "list, byte-stream split, zstd 1": ("list", BSS, "zstd"),
    "list, byte-stream split, lz4": ("list", BSS, "lz4"),
    "list, plain, uncompressed": ("list", PLAIN, "none"),
    "binary, plain, zstd 1": ("binary", PLAIN, "zstd"),
    "binary, plain, uncompressed": ("binary", PLAIN, "none"),
}


def run(folder: Path) -> dict[str, pd.DataFrame]:
    """Write the same vectors as we do, as numpy does, and in other formats."""
    torch.set_num_threads(THREADS)
    tokens, recordings = _recordings()
    with TemporaryDirectory(dir=folder) as files:
        dump = _Dump(tokens, recordings, Path(files))
        # Each once before the clock: the warm-up, and the files to weigh.
        times = pd.concat(
            interleave(contestants, ROUNDS).assign(way=way)
            for way, contestants in dump.ways().items()
        )
        formats = _formats(dump.vectors["lstm1"], Path(files))
        sizes = dump.sizes()
    speed = summary(times, ["way", "contestant"])
    raw = speed["way"].map(lambda way: dump.raw * (2 if "two" in way else 1))
    speed["mb_per_s"] = raw / 1e6 / (speed["median_ms"] / 1000)
    return {"times": times, "speed": speed, "sizes": sizes, "formats": formats}


def criteria(tables: dict[str, pd.DataFrame]) -> list[Criterion]:
    """Size against raw float32, speed against `numpy.save`."""
    sizes, times = tables["sizes"], tables["times"]
    worst = sizes["relative_size"].max()
    rows = [
        Criterion(
            "dump, size / raw float32 (the largest of the files)",
            f"≤ {SIZE_LIMIT}",
            f"{worst:.2f}",
            bool(worst <= SIZE_LIMIT),
        )
    ]
    for way in times["way"].unique():
        found = ratio(times[times["way"] == way], "numpy.save", "ours")
        rows.append(
            Criterion(
                f"dump, write speed / numpy.save, {way}",
                f"≥ {SPEED_LIMIT}",
                str(found),
                bool(found.of_medians >= SPEED_LIMIT),
            )
        )
    return rows


def _recordings() -> tuple[pd.DataFrame, list[Recording]]:
    """What a model that has learnt a little shows on the text it learnt from."""
    recipe = Recipe(epochs=EPOCHS)
    tokens, types = _text()
    stream = Stream(
        tokens["id"].to_numpy(), start=1, batch=recipe.batch, window=recipe.window
    )
    torch.manual_seed(0)
    model = recipe.model(types)
    sgd = torch.optim.SGD(model.parameters(), lr=recipe.learning_rate)
    Run(model, StreamLoss(), stream, sgd, EPOCHS, clip_norm=recipe.clip_norm).train()
    return tokens, list(record(model, stream))


def _text() -> tuple[pd.DataFrame, int]:
    """The built-in language: columns id, document, sentence, and its types."""
    rows = [
        (word, number, place)
        for number, document in enumerate(documents(WORDS, types=TYPES))
        for place, sentence in enumerate(document.sentences)
        for word in sentence.words
    ]
    tokens = pd.DataFrame(rows, columns=["word", "document", "sentence"])
    ids, words = pd.factorize(tokens.pop("word"))
    whole = tokens.assign(id=ids).astype("int32")
    return whole, len(words)


class _Dump:
    """The vectors of some sites, written by us and by numpy."""

    def __init__(
        self, tokens: pd.DataFrame, recordings: list[Recording], folder: Path
    ) -> None:
        self.recordings = recordings
        self.rows = [tokens.iloc[r.positions.numpy()] for r in recordings]
        self.total = len(tokens)
        self.folder = folder
        self.vectors = {
            site: {
                q: torch.cat([r.readings[q, site].vectors for r in recordings]).numpy()
                for q in QUANTITIES
            }
            for site in SITES
        }
        self.raw = sum(v.nbytes for v in self.vectors[SITES[0]].values())

    def ways(self) -> dict[str, dict[str, Callable[[], object]]]:
        """Contestants, by how they write."""
        one = SITES[0]
        return {
            "one file": {
                "ours": partial(self.ours, one, sync=False),
                "numpy.save": partial(self.numpy, one, sync=False),
            },
            "one file, both fsync": {
                "ours": partial(self.ours, one),
                "numpy.save": partial(self.numpy, one),
            },
            "two sites in two threads, both fsync": {
                "ours": partial(_at_once, self.ours),
                "numpy.save": partial(_at_once, self.numpy),
            },
        }

    def ours(self, site: str, *, sync: bool = True) -> None:
        """As `measure` writes: window by window, with χ, ℓ₁ and tokens."""
        units = {q: v.shape[1] for q, v in self.vectors[site].items()}
        path = self.folder / f"{site}.parquet"
        with (
            nullcontext() if sync else patch("ontogeny.disk.files.os.fsync"),
            site_writer(
                path,
                site,
                units,
                vector_tokens=self.total,
                metadata={"rows": self.total},
            ) as writer,
        ):
            for rows, recording in zip(self.rows, self.recordings, strict=True):
                writer.add(rows, recording)

    def numpy(self, site: str, *, sync: bool = True) -> None:
        """The vectors alone, whole, one array after the other."""
        for quantity, vectors in self.vectors[site].items():
            with (self.folder / f"{site}.{quantity}.npy").open("wb") as file:
                np.save(file, vectors)
                if sync:
                    file.flush()
                    os.fsync(file.fileno())

    def sizes(self) -> pd.DataFrame:
        """Bytes of our files relative to the raw vectors in them."""
        written = [(self.folder / f"{s}.parquet").stat().st_size for s in SITES]
        return pd.DataFrame(
            {
                "site": SITES,
                "rows": self.total,
                "raw_mb": self.raw / 1e6,
                "relative_size": np.array(written) / self.raw,
            }
        )


def _at_once(write: Callable[[str], None]) -> None:
    with ThreadPoolExecutor(len(SITES)) as pool:
        list(pool.map(write, SITES))


def _formats(vectors: dict[str, np.ndarray], folder: Path) -> pd.DataFrame:
    """Speed and size of other ways to store the vectors alone, without fsync."""
    raw = sum(v.nbytes for v in vectors.values())
    paths = {name: folder / f"format{n}.parquet" for n, name in enumerate(FORMATS)}
    tables = {kind: _table(vectors, kind) for kind in ("list", "binary")}
    writers = {
        name: partial(_write, tables[kind], paths[name], encoding, compression)
        for name, (kind, encoding, compression) in FORMATS.items()
    }
    table = summary(interleave(writers, ROUNDS), ["contestant"])
    return pd.DataFrame(
        {
            "format": table["contestant"],
            "relative_size": [paths[n].stat().st_size / raw for n in FORMATS],
            "mb_per_s": raw / 1e6 / (table["median_ms"] / 1000),
        }
    )


def _table(vectors: dict[str, np.ndarray], kind: str) -> pa.Table:
    columns = {}
    for name, v in vectors.items():
        if kind == "list":
            flat = pa.array(v.reshape(-1))
            columns[name] = pa.FixedSizeListArray.from_arrays(flat, v.shape[1])
        else:
            width = pa.binary(v.shape[1] * v.itemsize)
            data = [None, pa.py_buffer(v)]
            columns[name] = pa.Array.from_buffers(width, len(v), data)
    return pa.table(columns)


def _write(table: pa.Table, path: Path, encoding: str, compression: str) -> None:
    is_list = pa.types.is_fixed_size_list(table.schema.field(0).type)
    names = [f"{n}.list.element" if is_list else n for n in table.column_names]
    pq.write_table(
        table,
        path,
        row_group_size=ROWS_PER_GROUP,
        compression=compression,
        compression_level=1 if compression == "zstd" else None,
        use_dictionary=False,
        write_statistics=False,
        column_encoding=dict.fromkeys(names, encoding),
        write_page_checksum=True,
    )
