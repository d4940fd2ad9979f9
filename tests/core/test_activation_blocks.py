"""Vectors of a file, a row group at a time."""

import numpy as np
import pandas as pd
import pytest
import torch

from ontogeny.activations import Reading, Recording
from ontogeny.activations import open as open_tokens
from ontogeny.activations.blocks import blocks
from ontogeny.activations.store import site_writer
from ontogeny.disk.files import open_parquet
from ontogeny.errors import InputError
from ontogeny.measures.similarity.cca import compare
from ontogeny.measures.similarity.moments import CrossMoments, Moments

ROWS, UNITS, KEPT = 50, 3, 44


@pytest.fixture
def path(tmp_path, monkeypatch):
    """A file of several row groups whose last rows keep no vectors."""
    monkeypatch.setattr("ontogeny.activations.store.ROWS_PER_GROUP", 16)
    vectors = torch.randn(ROWS, UNITS, generator=torch.Generator().manual_seed(0))
    tokens = pd.DataFrame({"document": 0, "sentence": np.arange(ROWS) // 7})
    path = tmp_path / "lstm1.parquet"
    with site_writer(
        path,
        "lstm1",
        {"activation": UNITS},
        vector_tokens=KEPT,
        metadata={"rows": ROWS},
    ) as writer:
        for at in torch.arange(ROWS).split(8):
            part = vectors[at]
            norms = part.norm(dim=1), part.abs().sum(1)
            reading = {("activation", "lstm1"): Reading(*norms, part)}
            recording = Recording(at, at, at, norms[0], reading)
            writer.add(tokens.iloc[at.numpy()], recording)
    return path


def test_blocks_are_the_files_vectors_in_order(path):
    found = list(blocks(path))
    assert len(found) > 2
    whole = open_tokens(path).activation
    assert len(whole) == KEPT
    np.testing.assert_array_equal(np.concatenate(found), whole)


def test_moments_from_a_file_are_those_of_its_vectors(path):
    whole = open_tokens(path).activation
    moments, cross = Moments(UNITS), CrossMoments(UNITS, UNITS)
    for block in blocks(path):
        moments.update(block)
        cross.update(block, block)
    found = compare(moments, moments, cross=cross)
    assert (found.n, found.score) == (KEPT, pytest.approx(1))
    np.testing.assert_allclose(moments.covariance, np.cov(whole.T, bias=True))


def test_a_file_without_such_vectors_is_told(path, tmp_path):
    with pytest.raises(InputError, match="keeps no vectors of the gradient"):
        next(blocks(path, "gradient"))
    with pytest.raises(InputError, match="is missing"):
        next(blocks(tmp_path / "none.parquet"))


def test_a_damaged_file_is_told(path):
    with open_parquet(path) as file:
        place = file.schema_arrow.names.index("activation")
        chunk = file.metadata.row_group(1).column(place)
    data = bytearray(path.read_bytes())
    data[chunk.data_page_offset + chunk.total_compressed_size // 2] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(InputError, match="damaged"):
        list(blocks(path))
