"""`ontogeny doctor`: what is well, what is not, what to do next."""

import os
import shutil
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest
import torch
import yaml
from runs import job

from ontogeny.cli import main
from ontogeny.cli.config import read_config
from ontogeny.disk.files import sha256, write_text
from ontogeny.running.provenance import keep_records
from ontogeny.running.states import state_folder
from ontogeny.running.sums import keep_sums


@pytest.fixture
def here(root, tmp_path, monkeypatch):
    """A repository that one may break, with a data set of two small files."""
    for name in ("config", "profiles"):
        shutil.copytree(root / name, tmp_path / name)
    shutil.copy(root / "requirements.lock", tmp_path)
    data = {part: tmp_path / f"{part}.txt" for part in ("train", "dev", "test")}
    for part, path in data.items():
        write_text(part, path)
    files = {
        path.name: {"url": f"https://example.org/{path.name}", "sha256": sha256(path)}
        for path in data.values()
    }
    parts = {part: path.name for part, path in data.items()}
    about = {"description": "-", "licence": "-", "files": files, "treebank": parts}
    datasets = {"small": about}
    (tmp_path / "config" / "datasets.yaml").write_text(yaml.safe_dump(datasets))
    text = {
        "name": "own",
        "studies": ["sparsity"],
        "corpus": {"format": "wikitext", "dataset": "small", "tokenised": True},
        "tagging": {"treebank": "small"},
    }
    (tmp_path / "config" / "own.yaml").write_text(yaml.safe_dump(text))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def doctor(here, capsys):
    """Ask the doctor; its exit status and what it said, by level."""

    def ask(*arguments):
        status = main(["doctor", *map(str, arguments)])
        lines = [
            line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()
        ]
        levels = {level: [] for level in ("ok", "note", "problem", "next")}
        for level, text in lines:
            levels[level].append(text)
        return status, levels

    return ask


def test_all_is_well_and_the_next_command_is_told(doctor):
    status, said = doctor()
    assert (status, said["problem"]) == (0, [])
    assert "profiles/default" in said["ok"]
    assert "profiles/slurm" in said["ok"]
    (following,) = said["next"]
    assert following.startswith("snakemake all --cores ")
    assert "--configfile" not in following


def test_another_config_is_named_in_the_next_command(doctor):
    _, said = doctor("--configfile", "config/tiny.yaml")
    assert said["next"][0].endswith("--configfile config/tiny.yaml")


def test_a_locked_folder_is_told(doctor, here):
    write_text("", here / ".snakemake" / "locks" / "0.output.lock")
    _, said = doctor()
    assert any("snakemake --unlock" in note for note in said["note"])


def test_several_configs_and_keys_are_put_together(doctor, here):
    (here / "more.yaml").write_text("name: more\nlm: {epochs: 3}\n")
    where = ("--configfile", "config/tiny.yaml", "more.yaml")
    _, said = doctor(*where, "--config", "seeds=[1, 2]", "lm={batch: 7}")
    assert said["next"][0].endswith("more.yaml --config 'seeds=[1, 2]' 'lm={batch: 7}'")
    found = read_config([Path(name) for name in where[1:]], ["lm={batch: 7}"])
    assert (found.name, found.lm.epochs, found.lm.batch) == ("more", 3, 7)
    tiny = read_config([Path("config/tiny.yaml")])
    assert found.lm.model_copy(update={"epochs": 0, "batch": 0}) == tiny.lm.model_copy(
        update={"epochs": 0, "batch": 0}
    )
    for wrong in ("lm", "=3", "lm={"):
        status, said = doctor("--config", wrong)
        assert status == 1
        assert "is no KEY=VALUE: give it as" in said["problem"][0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: [", "is not YAML"),
        ("name: a\nname: b", "is not YAML: the key name is there twice"),
        ("name: a\ncorpus: {format: generated, token: 9}", "did you mean tokens"),
        (None, "cannot be read"),
    ],
)
def test_a_config_that_is_wrong_is_a_problem(doctor, here, text, expected):
    if text is not None:
        (here / "bad.yaml").write_text(text)
    status, said = doctor("--configfile", "bad.yaml")
    assert status == 1
    assert expected in said["problem"][0]
    assert said["next"] == ["mend the 1 problem(s) above, then ask again"]


def test_data_is_missing_right_or_wrong(doctor, here):
    status, said = doctor("--configfile", "config/own.yaml")
    assert (status, said["problem"]) == (0, [])
    assert "small/train.txt will be downloaded" in said["note"]
    (here / "data" / "small").mkdir(parents=True)
    for part in ("train", "dev", "test"):
        shutil.copy(here / f"{part}.txt", here / "data" / "small")
    with_data = ("--configfile", "config/own.yaml", "--data-dir", "data")
    status, said = doctor(*with_data)
    assert status == 0
    assert "data/small/test.txt: checksum right" in said["ok"]
    assert said["next"][0].endswith("config/own.yaml --config data_dir=data")
    (here / "data" / "small" / "test.txt").write_text("other")
    status, said = doctor(*with_data)
    assert status == 1
    assert said["problem"] == [
        "data/small/test.txt has another checksum: delete or replace it."
    ]


def test_a_damaged_result_is_named(doctor, here):
    made = here / "results" / "mini" / "lm" / "a.safetensors"
    write_text("weights", made)
    keep_sums([made])
    status, said = doctor()
    assert status == 0
    assert "results/mini: 1 files, all as they were written" in said["ok"]
    made.write_text("Weights")
    status, said = doctor()
    assert status == 1
    assert said["problem"] == [
        "results/mini/lm/a.safetensors is damaged: delete it and make it again: "
        "snakemake --cores 1 --configfile CONFIG -- results/mini/lm/a.safetensors "
        "(CONFIG: as before)."
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "executor: cluster-of-mine",
            "the plugin for cluster-of-mine is not installed",
        ),
        ("- a", "must hold `key: value` pairs"),
        ("a: [", "not YAML"),
        ("executor: local\nlocal: beside", "local: beside is taken for"),
    ],
)
def test_a_profile_that_is_wrong_is_a_problem(doctor, here, text, expected):
    (here / "profiles" / "own").mkdir()
    (here / "profiles" / "own" / "profile.yaml").write_text(text)
    (here / "profiles" / "own" / "beside").touch()
    status, said = doctor()
    assert status == 1
    assert expected in said["problem"][0]


def test_other_packages_than_pinned_are_told(doctor, here):
    lock = here / "requirements.lock"
    lock.write_text(lock.read_text().replace("numpy==", "numpy==9."))
    _, said = doctor()
    assert any("1 of" in text and "(numpy " in text for text in said["note"])


def test_unfinished_trainings_are_told_and_those_that_nobody_needs(doctor, here):
    output = "results/mini/lm/seed1/epoch0.safetensors"
    folder = state_folder("state", [output], seed=1)
    write_text("weights", folder / "state.pt")
    _, said = doctor()
    (text,) = (text for text in said["note"] if text.startswith(str(folder)))
    assert f"unfinished training of {output}, last saved 20" in text
    assert "it goes on when that is asked for" in text
    write_text("other weights", here / output)
    in_an_hour = time.time() + 3600
    os.utime(here / output, (in_an_hour, in_an_hour))
    _, said = doctor()
    (text,) = (text for text in said["note"] if text.startswith(str(folder)))
    assert text.endswith("made since, with another config, data or code: delete it")


def test_damage_is_found_beside_the_corpus_itself_too(doctor, here):
    made = [
        here / "results" / at / "a.md" for at in ("mini_control", "benchmarks/mini")
    ]
    for path in made:
        write_text("text", path)
        keep_sums([path])
        path.write_text("Text")
    status, said = doctor()
    assert status == 1
    assert len(said["problem"]) == 2


@pytest.fixture
def weights(here):
    """Weights of two seeds, made of one text."""
    text = Path("results/mini/train.parquet")
    write_text("words", text)
    keep_sums([text])
    paths = [Path(f"results/mini/lm/seed{seed}/weights") for seed in (1, 2)]
    for path in paths:
        write_text(f"of {path}", path)
        keep_sums([path])
        about = {"wildcards": {"seed": path.parent.name}, "input": {"train": text}}
        keep_records(job(rule="train_lm", output=[path], **about))
    return paths


def test_weights_copied_to_another_seed_are_a_problem(doctor, weights):
    status, said = doctor()
    assert (status, said["problem"]) == (0, [])
    one, two = weights
    shutil.rmtree(two.parent)
    shutil.copytree(one.parent, two.parent)
    status, said = doctor()
    assert status == 1
    assert said["problem"][0].startswith(f"{two} was made as {one}, not here: delete")


def test_what_was_made_of_a_file_that_is_no_longer_there_is_told(doctor, weights):
    text = Path("results/mini/train.parquet")
    write_text("other words", text)
    keep_sums([text])
    _, said = doctor()
    assert any(
        text.startswith("results/mini: 2 files were made of others than lie here now")
        and f"e.g. {weights[0]} of another train" in text
        for text in said["note"]
    )


def test_deleted_files_are_told_and_are_no_problem(doctor, weights):
    weights[1].unlink()
    status, said = doctor()
    assert status == 0
    (text,) = (text for text in said["note"] if "deleted since" in text)
    assert text.startswith("results/mini: 1 file(s) that were made have been")
    assert f"e.g. {weights[1]};" in text


def test_a_link_to_nothing_is_a_problem(doctor, weights):
    weights[1].unlink()
    weights[1].symlink_to("elsewhere")
    status, said = doctor()
    assert status == 1
    assert (
        f"{weights[1]} is a link to elsewhere, which is not there" in said["problem"][0]
    )


def test_half_written_files_are_told_with_how_to_be_rid_of_them(doctor, here):
    half = here / "results" / "mini" / "lm" / ".a.safetensors.tmp"
    write_text("half", half)
    _, said = doctor()
    (text,) = (text for text in said["note"] if "half-written" in text)
    subprocess.run(text.partition("now: ")[2], shell=True, check=True)
    assert not half.exists()


def test_too_little_disk_is_a_problem(doctor, monkeypatch):
    monkeypatch.setattr("ontogeny.cli.doctor.free_bytes", lambda folder: 1e9)
    status, said = doctor()
    assert status == 1
    assert "Less than 2 GB" in said["problem"][0]


@pytest.fixture
def without(monkeypatch):
    """Let a package be missing, for the doctor."""

    def hide(package):
        found = {package: None}
        monkeypatch.setattr(
            "ontogeny.cli.doctor._version", lambda name: found.get(name, version(name))
        )

    return hide


def test_without_snakemake_the_package_still_works(doctor, without):
    without("snakemake")
    status, said = doctor()
    assert status == 0
    assert any(text.startswith("no Snakemake") for text in said["note"])
    assert said["next"] == ["make env, for the workflow; then ask again"]


def test_without_spacy_nothing_can_be_tagged(doctor, without):
    without("spacy")
    status, said = doctor()
    assert status == 1
    assert said["problem"] == ["spaCy, which tags the corpus, is missing: make env."]


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_the_config_wants_and_that_is_not_there_is_a_problem(doctor, here):
    tiny = yaml.safe_load((here / "config" / "tiny.yaml").read_text())
    (here / "config" / "gpu.yaml").write_text(
        yaml.safe_dump({**tiny, "device": "cuda"})
    )
    status, said = doctor("--configfile", "config/gpu.yaml")
    assert status == 1
    assert "PyTorch sees no GPU here" in said["problem"][0]


def test_results_that_cannot_be_written_are_a_problem(doctor, here):
    (here / "results").write_text("a file")
    status, said = doctor()
    assert status == 1
    assert "results/* cannot be written (File exists)" in said["problem"][0]


@pytest.mark.parametrize("command", ["doctor", "estimate"])
def test_the_commands_need_neither_snakemake_nor_spacy_nor_torch(here, root, command):
    # Where these are None, importing them is an error.
    code = (
        "import sys; sys.modules.update(dict.fromkeys(['snakemake', 'spacy', 'torch']))\n"
        "from ontogeny.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, command, "--configfile", "config/tiny.yaml"],
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    told = {"doctor": "PyTorch cannot be imported", "estimate": "Time on "}[command]
    assert told in done.stdout
    assert done.returncode == (command == "doctor"), "the workflow needs PyTorch"
