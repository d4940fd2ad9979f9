"""Files: whole or not at all, and checked when read."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ontogeny.disk import files
from ontogeny.disk.files import (
    check_writable,
    open_parquet,
    read_table,
    sha256,
    whole,
    write_bytes,
    write_table,
    write_text,
)
from ontogeny.errors import InputError

TABLE = pd.DataFrame({"word": ["a", "b", "c"] * 50, "count": np.arange(150)})
needs_dev_full = pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="no device that is always full"
)


def everything(folder):
    return sorted(path.name for path in folder.iterdir())


def test_nothing_is_seen_before_the_end(tmp_path):
    path = tmp_path / "new" / "a.txt"
    with whole(path) as temporary:
        temporary.write_text("all")
        assert temporary.parent == path.parent, "a rename must not cross disks"
        assert not path.exists()
    assert everything(path.parent) == ["a.txt"]
    assert path.read_text() == "all"


def test_folders_are_tried_and_the_first_that_is_none_is_told(tmp_path):
    new, file = tmp_path / "new" / "folder", tmp_path / "file"
    check_writable([new])
    assert everything(new) == []
    file.touch()
    told = rf"{file}/\* cannot be written \(File exists\): .* {file}/ is a folder that"
    with pytest.raises(InputError, match=told):
        check_writable([new, file])


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, InputError])
def test_a_failure_leaves_the_old_file_and_no_other(tmp_path, error):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail():
        with whole(path) as temporary:
            temporary.write_text("half of the n")
            raise error("why")

    with pytest.raises(error, match="why"):
        fail()
    assert everything(tmp_path) == ["a.txt"]
    assert path.read_text() == "old"


def test_a_kill_leaves_the_old_file_and_the_next_writer_cleans_up(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    code = (
        "import os, sys; from ontogeny.disk.files import whole\n"
        "with whole(sys.argv[1]) as temporary:\n"
        "    temporary.write_text('half'); os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, path], check=False)
    assert done.returncode == -9
    assert path.read_text() == "old"
    write_text("new", path)
    assert everything(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("target", ["file", "absent", "."])
def test_a_link_in_the_temporary_file_s_place_is_not_followed(tmp_path, target):
    file, path = tmp_path / "file", tmp_path / "results" / "a.txt"
    file.write_text("somebody's")
    path.parent.mkdir()
    path.with_name(".a.txt.tmp").symlink_to(tmp_path / target)
    write_text("new", path)
    assert not path.is_symlink()
    assert path.read_text() == "new\n"
    assert everything(path.parent) == ["a.txt"]
    assert everything(tmp_path) == ["file", "results"]
    assert file.read_text() == "somebody's"


def test_a_link_that_comes_between_is_not_followed(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("somebody's")
    unlink = Path.unlink

    def plant(path, missing_ok):
        unlink(path, missing_ok=missing_ok)
        monkeypatch.undo()
        path.symlink_to(tmp_path / "file")

    monkeypatch.setattr(Path, "unlink", plant)
    with pytest.raises(InputError, match=r"a cannot be written \(File exists\)"):
        write_text("new", tmp_path / "a")
    assert (tmp_path / "file").read_text() == "somebody's"


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_a_file_may_be_read_by_whom_the_user_lets(tmp_path, mask):
    old = os.umask(mask)
    try:
        write_text("text", tmp_path / "a")
    finally:
        os.umask(old)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o666 & ~mask


FILL = {
    "write_table": lambda path: write_table(TABLE, path),
    "write_text": lambda path: write_text("text", path),
    "write_bytes": lambda path: write_bytes(b"bytes" * 10_000, path),
}


@pytest.fixture
def full_disk(monkeypatch):
    """Writing to a temporary file fails as on a full disk."""
    monkeypatch.setattr(files, "_make_new", lambda path: path.symlink_to("/dev/full"))


@needs_dev_full
@pytest.mark.parametrize("name", FILL)
def test_a_full_disk_is_told_and_leaves_the_old_file(full_disk, tmp_path, name):
    path = tmp_path / "a"
    path.write_text("old")
    with pytest.raises(InputError, match=r"disk is full: .*/a could not be written"):
        FILL[name](path)
    assert everything(tmp_path) == ["a"]
    assert path.read_text() == "old"


@needs_dev_full
def test_a_full_disk_while_streaming_is_told(full_disk, tmp_path):
    path = tmp_path / "a"
    table = pa.table({"x": np.random.default_rng(0).random(100_000)})

    def stream():
        with (
            whole(path) as temporary,
            pq.ParquetWriter(temporary, table.schema) as file,
        ):
            for _ in range(20):
                file.write_table(table)

    with pytest.raises(InputError, match="disk is full"):
        stream()
    assert everything(tmp_path) == []


def test_a_file_too_large_for_the_users_limit_is_told(tmp_path):
    """Seen with `ulimit -f`; Python ignores the signal that goes with it."""
    code = (
        "import resource, sys; from ontogeny.disk.files import write_bytes\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "write_bytes(bytes(5000), sys.argv[1])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "a"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "a file's size (ulimit -f) is met: " in done.stderr.splitlines()[-1]
    assert everything(tmp_path) == []


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path):
    (tmp_path / "a").write_text("a file")
    with pytest.raises(InputError, match=r"a/b cannot be written .*a/ is a folder"):
        write_text("text", tmp_path / "a" / "b")
    assert (tmp_path / "a").read_text() == "a file"


def test_other_errors_of_the_system_are_left_as_they_are(tmp_path):
    def fail():
        with whole(tmp_path / "a"):
            (tmp_path / "absent").read_text()

    with pytest.raises(FileNotFoundError, match="absent"):
        fail()
    assert everything(tmp_path) == []


def test_tables_come_back_and_their_bytes_depend_on_them_alone(tmp_path):
    write_table(TABLE, tmp_path / "a")
    moved = TABLE.set_index(np.arange(150) + 7)
    moved.attrs["when"] = "now"
    write_table(moved, tmp_path / "b")
    assert sha256(tmp_path / "a") == sha256(tmp_path / "b")
    pd.testing.assert_frame_equal(read_table(tmp_path / "a"), TABLE, check_dtype=False)
    assert list(read_table(tmp_path / "a", ["count"])) == ["count"]


def test_text_is_utf8_and_ends_in_one_newline(tmp_path):
    for text in ("χ", "χ\n", "χ\n\n"):
        write_text(text, tmp_path / "a")
        assert (tmp_path / "a").read_bytes() == "χ\n".encode()


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(InputError, match=r"a\.parquet is missing: run the workflow"):
        read_table(tmp_path / "a.parquet")


def test_a_table_cut_anywhere_is_named_with_the_remedy(tmp_path):
    path = tmp_path / "a.parquet"
    write_table(TABLE, path)
    data = path.read_bytes()
    for size in range(0, len(data), 13):
        path.write_bytes(data[:size])
        with pytest.raises(
            InputError,
            match=r"a\.parquet is truncated .*delete it and make it again: snakemake",
        ):
            read_table(path)


def test_a_flipped_bit_never_passes_as_data(tmp_path):
    """Page checksums cover all data; the footer behind them has no checksum."""
    path = tmp_path / "a.parquet"
    write_table(TABLE, path)
    data = path.read_bytes()
    footer = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    good, found = read_table(path), 0
    for place in range(len(data)):
        damaged = bytearray(data)
        damaged[place] ^= 1 << place % 8
        path.write_bytes(damaged)
        try:
            table = read_table(path)
        except InputError as error:
            assert "a.parquet is truncated or damaged" in str(error)  # noqa: PT017
            found += 1
        else:
            assert place >= footer or table.equals(good), place
    assert found > len(data) / 2


def test_what_is_no_parquet_is_named(tmp_path):
    (tmp_path / "a").write_text("text")
    with pytest.raises(InputError, match="is truncated or damaged"):
        open_parquet(tmp_path / "a")


def test_checksums_are_sha256(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert sha256(tmp_path / "a").startswith("ba7816bf8f01cfea414140de5dae2223")


def test_the_file_is_on_disk_before_it_has_its_name(tmp_path, monkeypatch):
    order = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)
        monkeypatch.setattr(
            os, name, lambda *a, name=name, real=real: (order.append(name), real(*a))[1]
        )
    write_text("text", tmp_path / "a")
    assert order == ["fsync", "replace"]
