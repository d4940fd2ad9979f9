"""The steps of docs/own-pairs.md, on pairs made here."""

import random

import pandas as pd
import pytest
import yaml
from pages import blocks
from runs import run_snakemake

from ontogeny.disk.files import sha256, write_text

pytestmark = pytest.mark.slow

PAGE = "docs/own-pairs.md"
DATASETS = "# config/datasets.yaml"
COUNTS = "results/mine/lottery/texts/counts.parquet"
TEXTS = {"train": 600, "valid": 40, "news": 20}
WORDS = {"the": "das", "a": "ein", "dog": "Hund", "cat": "Tier", "sees": "sieht"}
SMALL = (
    "lottery={model: {layers: 1, d: 8, heads: 2, inner: 16, dropout: 0, norm: pre}, "
    "subwords: 60, batch: 256, epochs: 2, beam: 1, curve_pairs: 10, "
    "chains: {magnitude: 1, random: 0, unpruned: 0}, resamples: 100}"
)


def write_pairs(folder):
    """Every text of the page; a translation has the same words in another order."""
    draw = random.Random(0)
    for text, number in TEXTS.items():
        lines = [draw.choices(list(WORDS), k=draw.randint(2, 5)) for _ in range(number)]
        for language, words in (
            ("en", lines),
            ("de", [[WORDS[word] for word in reversed(line)] for line in lines]),
        ):
            whole = "".join(" ".join(line) + "\n" for line in words)
            write_text(whole, folder / f"{text}.{language}")


@pytest.fixture
def project(root, tmp_path):
    """A folder with the page's files and its config."""
    folder = tmp_path / "project"
    write_pairs(folder / "pairs")
    config, _ = blocks(root / PAGE, "yaml")
    write_text(config, folder / "config" / "mine.yaml")
    return folder


def commands(root):
    """What the page gives Snakemake, in a project's folder."""
    lines = [line for block in blocks(root / PAGE, "") for line in block.splitlines()]
    return [line.split()[1:] for line in lines if line.startswith("snakemake ")]


def within(project, words):
    return [str(project / w) if w.startswith("config/") else w for w in words]


def test_the_page_s_config_plans_what_the_page_says(root, project, snakemake):
    plan, texts, everything = commands(root)
    assert plan == [*everything, "--dry-run"]
    run = snakemake(*within(project, plan), folder=project)
    assert run.status == 0, run.text
    trained = {job: n for job, n in run.jobs.items() if job.startswith("train_")}
    chains = ("magnitude", "random", "unpruned")
    assert trained == {
        "train_lottery_dense": 2,
        **{f"train_lottery_{name}": 1 for name in chains},
    }
    assert {"fetch", "keep_sentences"}.isdisjoint(run.jobs)
    run = snakemake(*within(project, texts), folder=project)
    assert run.jobs == {"encode_pairs": 1}, run.text
    counts = pd.read_parquet(project / COUNTS).set_index("text")
    assert counts["pairs"].to_dict() == TEXTS
    assert not counts[["unknown", "dropped"]].to_numpy().any()


def test_texts_of_unequal_length_are_told(project, snakemake):
    longer = project / "pairs" / "news.de"
    longer.write_text(longer.read_text() + "zu viel\n")
    where = ("--configfile", project / "config" / "mine.yaml")
    run = snakemake(COUNTS, *where, folder=project)
    assert run.status == 1
    assert "pairs/news.en has 20 lines and pairs/news.de has 21" in run.text


def test_pairs_by_name_are_taken_from_data_dir(
    root, project, copy_repository, tmp_path_factory
):
    repository = copy_repository(tmp_path_factory.mktemp("repository"))
    _, entry = blocks(root / PAGE, "yaml")
    assert entry.startswith(DATASETS)
    files = project / "my-data" / "my-pairs"
    write_pairs(files)
    for path in files.iterdir():
        entry = entry.replace(
            f"{path.name}: {{sha256: SUM}}", f"{path.name}: {{sha256: {sha256(path)}}}"
        )
    for part in ("train", "dev", "test"):  # the tagger's treebank, which nothing reads
        write_text("", files.parent / "ud-english-ewt" / f"en_ewt-ud-{part}.conllu")
    with (repository / "config" / "datasets.yaml").open("a") as file:
        file.write(entry)
    config = yaml.safe_load((project / "config" / "mine.yaml").read_text())
    config["data_dir"] = "my-data"
    del config["lottery"]["files"]
    config["lottery"]["dataset"] = "my-pairs"
    (project / "config" / "mine.yaml").write_text(yaml.safe_dump(config))
    where = ("--configfile", project / "config" / "mine.yaml")
    run = run_snakemake(
        COUNTS, *where, "--dry-run", folder=project, repository=repository
    )
    assert run.jobs == {"fetch": 6, "encode_pairs": 1}, run.text


def test_pairs_become_tickets_and_a_figure(root, project, snakemake, monkeypatch):
    results = project / "results" / "mine"
    run = snakemake(
        "results/mine/figures/lottery/bleu.pdf",
        "results/mine/lottery/magnitude/seed1/quality.parquet",
        *("--configfile", project / "config" / "mine.yaml"),
        *("--config", SMALL),
        folder=project,
    )
    assert run.status == 0, run.text
    assert (results / "figures" / "lottery" / "bleu.pdf").stat().st_size > 1_000
    folder = results / "lottery" / "magnitude" / "seed1"
    quality = pd.read_parquet(folder / "quality.parquet")
    assert quality[["prunings", "test", "pairs"]].to_numpy().tolist() == [
        [1, "news", 20]
    ]
    said = pd.read_parquet(folder / "sentences.parquet")
    assert len(said["translation"]) == 20
    monkeypatch.chdir(project)
    (code,) = blocks(root / PAGE, "python")
    names: dict = {}
    exec(code, names)
    ticket = names["ticket"]
    assert len(names["translations"]) == 2
    assert ticket.iteration == 1
    weights = sum(mask.numel() for mask in ticket.masks.values())
    assert sum(names["left"].values()) == weights - weights // 5
