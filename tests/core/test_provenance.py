"""By what a file was made: kept beside it, compared, and never by path."""

import json
import os
import shutil
import time

import pytest
from runs import job

from ontogeny.disk.files import sha256, write_text
from ontogeny.errors import InputError
from ontogeny.running.provenance import (
    Record,
    changes,
    check_places,
    keep_records,
    read_record,
    record_path,
    recorded,
)
from ontogeny.running.stale import Found, Job, compare, refusal
from ontogeny.running.sums import keep_sums


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def train(seed, hidden=8):
    """A training of weights from a made table and a brought text."""
    write_text("words", "results/c/train.parquet")
    keep_sums(["results/c/train.parquet"])
    write_text("own", "own.txt")
    output = f"results/c/seed{seed}/weights"
    write_text(f"weights {seed}", output)
    keep_sums([output])
    made = job(
        "train",
        input={"train": ["results/c/train.parquet"], "text": "own.txt"},
        output=[output],
        params={"recipe": {"hidden": hidden}, "seeds": range(2), "code": "ab"},
        wildcards={"corpus": "c", "seed": str(seed)},
    )
    keep_records(made)
    return output


def test_rule_wildcards_params_code_and_inputs_are_kept(here):
    path = train(1)
    assert read_record(path) == Record(
        rule="train",
        wildcards={"corpus": "c", "seed": "1"},
        params={"recipe": {"hidden": 8}, "seeds": [0, 1]},
        code="ab",
        inputs={"train": [sha256("results/c/train.parquet")]},
        given={"text": [[sha256("own.txt"), 4]]},
        output=path,
        sha256=sha256(path),
    )
    # A working folder may be moved: nothing is kept by its path.
    assert str(here) not in record_path(path).read_text()


def test_no_address_is_kept(here):
    write_text("text", "results/data/a.txt")
    params = {"url": "https://me:S3CRET@example.org/a.txt", "sha256": "ab", "code": "c"}
    keep_records(job("fetch", output=["results/data/a.txt"], params=params))
    record = record_path("results/data/a.txt").read_text()
    assert '"sha256": "ab"' in record
    assert "S3CRET" not in record


def test_the_same_job_leaves_the_same_bytes(here):
    first = record_path(train(1)).read_bytes()
    assert record_path(train(1)).read_bytes() == first
    assert record_path(train(1, hidden=9)).read_bytes() != first


@pytest.mark.parametrize("text", ["", "{", "[]", '{"rule": "a"}', '{"other": 1}'])
def test_an_unreadable_record_says_nothing(here, text):
    path = train(1)
    record_path(path).write_text(text)
    assert read_record(path) is None
    assert {record for _, record in recorded("results")} == {None}
    check_places([path])


def test_another_run_s_file_is_refused_where_it_is_read(here):
    one, two = train(1), train(2)
    check_places([one, two, "own.txt", "missing", here / one])
    shutil.rmtree("results/c/seed2")
    shutil.copytree("results/c/seed1", "results/c/seed2")
    with pytest.raises(InputError, match=f"{two} was made as {one}, not here: delete"):
        check_places([one, two])


@pytest.mark.parametrize(
    ("before", "now", "phrases"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 1.0}, []),
        ({"a": [1]}, {"a": [1, 2]}, ["a: [1], now [1, 2]"]),
        ({"a": {"b": "x"}}, {"a": {"b": "y"}}, ["a.b: x, now y"]),
        ({"a": None}, {"a": 0}, ["a: none, now 0"]),
        ({"a": True}, {"a": False}, ["a: true, now false"]),
        ({"a": "x" * 99}, {"a": "y"}, [f"a: {'x' * 40}…, now y"]),
    ],
)
def test_what_changed_is_named(before, now, phrases):
    assert changes(before, now) == phrases


def found(record, outputs=None, decided=False, inputs=()):
    """What is found of train(1) and train(2), if a job would now be so."""

    def job_of(old):
        if record is None:
            return None
        seed = old.wildcards["seed"]
        return Job(record, outputs or {f"results/c/seed{seed}/weights"}, [*inputs])

    return compare(["results/c"], job_of, lambda path: decided)


def test_stale_files_are_found_by_params_inputs_and_place(here):
    one = train(1)
    record = read_record(one)
    now = Record(record.rule, {}, record.params, record.code, record.inputs)
    assert found(now) == Found(unknown=["results/c/train.parquet"])
    other = Record("train", {}, {**record.params, "seeds": [7]}, "ab", record.inputs)
    assert found(other).stale == {"train": {one: "seeds: [0, 1], now [7]"}}
    swapped = Record("train", {}, record.params, "ab", {"train": ["0" * 64]})
    assert found(swapped).stale == {"train": {one: "made of another train"}}
    # Another config's, which nothing asks for.
    assert found(now, {"elsewhere"}).stale == {}
    assert found(None).stale == {}
    code = Record("train", {}, record.params, "cd", record.inputs)
    assert found(code).other_code == [one]
    # Snakemake remembers, or this config makes no such file.
    assert found(other, decided=True) == Found()
    # Where it ran is no matter of the config.
    elsewhere = Record(
        "train", {}, {**record.params, "device": "cuda"}, "ab", record.inputs
    )
    assert found(elsewhere).stale == {}


def test_a_text_that_was_brought_is_compared_by_sum_and_size(here):
    one = train(1)
    record = read_record(one)

    def with_text(*files):
        now = Record(
            "train", {}, record.params, "ab", record.inputs, {"text": [*files]}
        )
        return found(now).stale

    assert with_text([sha256(here / "own.txt"), 4]) == {}
    assert with_text([None, 4]) == {}  # too large to be read each time
    stale = {"train": {one: "made of another text"}}
    assert with_text(["0" * 64, 4]) == stale
    assert with_text([None, 5]) == stale
    assert with_text([None, 4], [None, 4]) == stale


def test_a_record_is_of_its_file_alone(here):
    path = train(1)
    write_text("other weights", path)
    keep_sums([path])
    assert read_record(path) is None


def test_folders_that_are_links_are_looked_into_once(here):
    one = train(1)
    shutil.move("results/c/seed1", "scratch")
    (here / "results/c/seed1").symlink_to(here / "scratch")
    (here / "scratch/again").symlink_to(here / "results")
    assert [str(path) for path, _ in recorded("results")] == [
        "results/c/train.parquet",
        one,
    ]


def test_inputs_without_a_checksum_are_left_to_their_time(here):
    record = read_record(train(1))
    assert found(Record("train", {}, record.params, "ab", {})).stale == {}


def test_inputs_that_are_newer_are_left_to_snakemake(here):
    record = read_record(train(1))
    swapped = Record("train", {}, record.params, "ab", {"train": ["0" * 64]})
    path = here / "newer"
    path.touch()
    os.utime(path, (time.time() + 10,) * 2)
    assert found(swapped, inputs=[path, "missing"]).stale == {}
    os.utime(path, (0, 0))
    assert len(found(swapped, inputs=[path]).stale) == 1


def test_the_refusal_names_rules_files_and_what_to_do():
    stale = Found()
    for number in range(7):
        for rule in ("read", "train"):
            stale.add(f"results/c/{rule}{number}", rule, "min_count: 5, now 8")
    text = str(refusal(stale, forced=()))
    assert text.startswith("14 files under results/ were made otherwise than this")
    assert (
        "results/c/read0, results/c/read1 and 5 more (read: min_count: 5, now 8); "
    ) in text
    assert "--forcerun read train`" in text
    assert "accept_stale=true" in text
    assert text.count("results/c/") == 4
    assert "--forcerun train`" in str(refusal(stale, forced={"read"}))
    assert refusal(stale, forced={"read", "train"}) is None
    files = {f"results/c/read{number}" for number in range(7)}
    assert "--forcerun train`" in str(refusal(stale, forced=files))
    assert refusal(Found(), forced=()) is None


def test_records_are_json_that_others_can_read(here):
    about = json.loads(record_path(train(1)).read_text())
    assert about["params"]["recipe"] == {"hidden": 8}
