"""Checksums: what is damaged is told, what is not is left alone."""

import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.running.sums import check_sums, is_intact, keep_sums, sum_path

REMEDY = (
    r"b\.md is not what .* Delete it and make it again: snakemake --cores 1 --configfile "
    r"CONFIG -- .*b\.md \(CONFIG: as before\); if you"
)


@pytest.fixture
def written(tmp_path):
    """Two files as a job leaves them."""
    paths = [tmp_path / "a.parquet", tmp_path / "b.md"]
    for path in paths:
        path.write_bytes(np.random.default_rng(len(path.name)).bytes(1000))
    keep_sums(paths)
    return paths


def test_what_was_written_passes(written):
    check_sums(written)
    assert all(map(is_intact, written))


def test_every_flipped_bit_is_found_and_the_remedy_named(written):
    original = written[1].read_bytes()
    for bit in np.random.default_rng(0).integers(8 * len(original), size=50):
        data = bytearray(original)
        data[bit // 8] ^= 1 << (bit % 8)
        written[1].write_bytes(data)
        with pytest.raises(InputError, match=REMEDY):
            check_sums(written)


@pytest.mark.parametrize("size", [0, 1, 999])
def test_a_cut_file_is_found(written, size):
    written[0].write_bytes(written[0].read_bytes()[:size])
    with pytest.raises(InputError, match=r"a\.parquet is not what"):
        check_sums(written)


def test_a_damaged_checksum_is_told_as_well(written):
    sum_path(written[0]).write_bytes(b"\xff\x00")
    with pytest.raises(InputError, match=r"a\.parquet .* delete its checksum"):
        check_sums(written)


def test_files_without_a_checksum_or_gone_are_not_checked(tmp_path, written):
    own = tmp_path / "own.txt"
    own.write_text("of the user")
    written[0].unlink()
    check_sums([own, *written])
    assert not is_intact(written[0])


def test_a_folder_of_the_user_is_not_checked(tmp_path):
    (tmp_path / "texts").mkdir()
    check_sums([tmp_path / "texts"])


def test_writing_again_keeps_the_new_checksum(written):
    written[0].write_bytes(b"new")
    keep_sums(written[:1])
    check_sums(written)
