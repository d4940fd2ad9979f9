"""The steps of docs/own-corpus.md, on texts made here."""

import re
from itertools import product

import pandas as pd
import pytest
import spacy
import yaml
from pages import blocks
from runs import run_snakemake

from ontogeny.disk.files import sha256, write_text
from ontogeny.studies.names import load

pytestmark = pytest.mark.slow

TREE = "1\tfoxes\t_\tNOUN\t_\t_\t2\t_\t_\t_\n2\tsee\t_\tVERB\t_\t_\t0\t_\t_\t_\n"

TAGS = {
    "DET": ["the", "a"],
    "ADP": ["near", "behind", "under", "before"],
    "CCONJ": ["and"],
    "VERB": ["sees", "hears", "likes", "meets", "calls", "finds", "helps", "seeks"],
    "PUNCT": ["."],
}
PAGE = "docs/own-corpus.md"
DATASETS = "# config/datasets.yaml"
TEXTS = "# config/texts.yaml"
STEPS = "results/mine/corpus/steps.md"
FIGURES = [figure.name for figure in load("sparsity").figures]


@pytest.fixture
def installed(tmp_path):
    """A folder in which a spaCy pipeline, `en_made_up`, is installed."""
    nlp = spacy.blank("en")
    nlp.add_pipe("morphologizer").add_label("POS=NOUN")
    nlp.initialize()
    ruler = nlp.add_pipe("attribute_ruler")
    ruler.add([[{}]], {"POS": "NOUN"})
    for tag, words in TAGS.items():
        ruler.add([[{"LOWER": {"IN": words}}]], {"POS": tag})
    site = tmp_path / "site"
    (site / "en_made_up-1.0.dist-info").mkdir(parents=True)
    (site / "en_made_up-1.0.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: en_made_up\nVersion: 1.0\n"
    )
    (site / "en_made_up").mkdir()
    nlp.to_disk(site / "en_made_up" / "model")
    (site / "en_made_up" / "__init__.py").write_text(
        "from pathlib import Path\n"
        "from spacy.util import load_model_from_path\n"
        "def load(**options):\n"
        "    return load_model_from_path(Path(__file__).parent / 'model', **options)\n"
    )
    return site


@pytest.fixture
def project(root, tmp_path, write_texts):
    """A folder with texts and the config of the page."""
    others = (DATASETS, TEXTS)
    config = "\n".join(
        b for b in blocks(root / PAGE, "yaml") if not b.startswith(others)
    )
    folder = tmp_path / "project"
    write_texts(folder / "texts")
    (folder / "config").mkdir()
    (folder / "config" / "mine.yaml").write_text(config)
    (texts,) = (b for b in blocks(root / PAGE, "yaml") if b.startswith(TEXTS))
    (folder / "config" / "texts.yaml").write_text(texts)
    for part, name in product(("train", "test"), ("good", "bad")):
        write_text(f"{name} {part}\n", folder / "my-texts" / part / name / "0.txt")
    return folder


def test_the_page_s_commands_are_sound(root, project, snakemake):
    commands = [
        line for block in blocks(root / PAGE, "") for line in block.splitlines() if line
    ]
    assert len(commands) == 5
    for command in commands:
        program, *arguments = command.replace("--cores 2", "").split()
        arguments = [
            str(project / a) if a.startswith("config/") else a for a in arguments
        ]
        run = snakemake(*arguments, "--dry-run", folder=project)
        assert program == "snakemake"
        assert run.status == 0, run.text
        trained = {job for job in run.jobs if job.startswith("train_")}
        if STEPS in command:
            assert trained == set()
        elif "structured" in command:
            variants = ("dense", "w", "wn", "wgn")
            assert trained == {f"train_structured_mine_{name}" for name in variants}
            assert "encode_task_mine" in run.jobs
        else:
            assert "train_lm" in trained


def test_what_is_kept_is_told_before_anything_is_trained(project, snakemake):
    (project / "texts" / "copy.txt").write_bytes(
        (project / "texts" / "0.txt").read_bytes()
    )
    where = ("--configfile", project / "config" / "mine.yaml")
    corpus = "corpus={format: text, files: [texts], min_count: 9999}"
    run = snakemake(STEPS, *where, "--config", corpus, folder=project)
    assert run.status == 1
    assert "The filter keeps 0 of 1,350 sentences" in run.text
    folder = (project / STEPS).parent
    assert {path.name for path in folder.iterdir() if path.is_file()} == set()
    run = snakemake(STEPS, *where, folder=project)
    assert run.jobs == {"keep_sentences": 1}, run.text
    assert re.search(
        r"equal an earlier one \| +1 \| +150 \|", (project / STEPS).read_text()
    )
    log = (project / "logs" / "mine" / "keep_sentences.log").read_text()
    assert "WARNING 1 of 9 documents equal an earlier one." in log


def test_folders_of_labelled_texts_are_read(project, snakemake):
    for part, name, number in product(("train", "test"), ("good", "bad"), range(8)):
        text = f"{name} {part} film number {number}\n"
        write_text(text, project / "my-texts" / part / name / f"{number}.txt")
    configs = (project / "config" / name for name in ("mine.yaml", "texts.yaml"))
    table = "results/mine/structured/mine/data/train.parquet"
    run = snakemake(table, "--configfile", *configs, folder=project)
    assert run.jobs == {"encode_task_mine": 1}, run.text
    assert len(pd.read_parquet(project / table)) > 0
    assert not (project / "my-texts" / ".sums").exists()


@pytest.fixture
def own_treebank(root, project, copy_repository, tmp_path_factory):
    """A repository with the entry of the page, whose files are beside the texts."""
    repository = copy_repository(tmp_path_factory.mktemp("repository"))
    (entry,) = (b for b in blocks(root / PAGE, "yaml") if DATASETS in b)
    files = project / "my-data" / "my-treebank"
    for part in ("train", "dev", "test"):
        write_text(TREE, files / f"my-{part}.conllu")
    entry = entry.replace("SUM", sha256(files / "my-dev.conllu"))
    with (repository / "config" / "datasets.yaml").open("a") as file:
        file.write(entry)
    config = yaml.safe_load((project / "config" / "mine.yaml").read_text())
    config |= {"data_dir": "my-data", "studies": ["interdependence"]}
    config["tagging"] = config["interdependence"] = {"treebank": "my-treebank"}
    (project / "config" / "mine.yaml").write_text(yaml.safe_dump(config))
    return repository


def test_an_own_treebank_is_checked_before_the_training(project, own_treebank):
    trees = "results/mine/interdependence/trees.md"
    config = ("--configfile", project / "config" / "mine.yaml")
    where = {"folder": project, "repository": own_treebank}
    run = run_snakemake("interdependence", "--dry-run", *config, **where)
    assert {"check_trees", "train_one_layer_lm"} <= run.jobs.keys(), run.text
    run = run_snakemake(trees, *config, **where)
    assert run.jobs == {"fetch": 3, "check_trees": 1}, run.text
    assert "| train  |           1 |       2 |" in (project / trees).read_text()


def test_an_own_treebank_that_is_nowhere_is_told(project, own_treebank):
    config = project / "config" / "mine.yaml"
    config.write_text(config.read_text().replace("data_dir: my-data\n", ""))
    where = {"folder": project, "repository": own_treebank}
    run = run_snakemake("--dry-run", "--configfile", config, **where)
    assert run.status == 1
    assert "data_dir: my-treebank/my-train.conllu has no url" in run.text


@pytest.mark.thorough
def test_texts_become_figures_beside_their_own_words_shuffled(
    project, snakemake, installed
):
    run = snakemake(
        *(f"results/mine/figures/sparsity/{name}.pdf" for name in FIGURES),
        "results/mine/claims.md",
        *("--configfile", project / "config" / "mine.yaml"),
        *("--config", "tagging={pipeline: en_made_up}", "control=shuffled"),
        "lm={embedding: 16, hidden: 16, epochs: 2, batch: 10, learning_rate: 2}",
        "svcca={epochs: 1}",
        folder=project,
        path=[installed],
    )
    assert run.status == 0, run.text
    assert "train_tagger" not in run.jobs
    assert "Exception" not in run.text
    corpus = project / "results" / "mine" / "corpus"
    steps = pd.read_parquet(corpus / "steps.parquet").set_index("step")
    assert steps.loc["read", "documents"] == 8
    kept = steps.loc["kept by the filter"]
    assert 0.9 < kept["sentences"] / steps.loc["read", "sentences"] < 1
    words = set(pd.read_parquet(corpus / "vocabulary.parquet")["word"])
    assert {"fox", "the", "sees"} <= words
    assert not any(word.startswith("zy") for word in words), "met too rarely"
    for name in FIGURES:
        figure = project / "results" / "mine" / "figures" / "sparsity" / f"{name}.pdf"
        assert figure.stat().st_size > 1_000
    claims = (project / "results" / "mine" / "claims.md").read_text()
    assert "| S1 |" in claims
    assert "no similarity to a tagger of XPOS" in claims
    assert "| verdict (shuffled text) | text − control |" in claims
    assert (run.jobs["train_lm"], run.jobs["shuffle_corpus"]) == (2, 1)
    text, control = (
        pd.read_parquet(corpus.parents[1] / name / "corpus" / "train.parquet")
        for name in ("mine", "mine_control")
    )
    assert sorted(text["id"]) == sorted(control["id"])
    assert not text["id"].equals(control["id"])
