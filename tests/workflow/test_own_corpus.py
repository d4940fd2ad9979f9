"""The steps of docs/own-corpus.md, on texts made here."""

import re
import textwrap

import pandas as pd
import pytest
import spacy

TAGS = {
    "DET": ["the", "a"],
    "ADP": ["near", "behind", "under", "before"],
    "CCONJ": ["and"],
    "VERB": ["sees", "hears", "likes", "meets", "calls", "finds", "helps", "seeks"],
    "PUNCT": ["."],
}
FIGURES = ["fig2", "fig3a", "fig3b", "fig4", "fig5", "checks"]


def blocks(root, kind):
    """The code blocks of the page, of one kind ("" for commands)."""
    page = (root / "docs" / "own-corpus.md").read_text()
    found = re.findall(r"^ *```(\w*)\n(.*?)^ *```$", page, re.M | re.S)
    return [textwrap.dedent(block) for name, block in found if name == kind]


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
    config = "\n".join(blocks(root, "yaml"))
    folder = tmp_path / "project"
    write_texts(folder / "texts")
    (folder / "config").mkdir()
    (folder / "config" / "mine.yaml").write_text(config)
    return folder


def test_the_page_s_commands_are_sound(root, project, snakemake):
    commands = [
        line for block in blocks(root, "") for line in block.splitlines() if line
    ]
    assert len(commands) == 3
    for command in commands:
        program, *arguments = command.replace("--cores 2", "").split()
        arguments = [
            str(project / a) if a.startswith("config/") else a for a in arguments
        ]
        run = snakemake(*arguments, "--dry-run", folder=project)
        assert program == "snakemake"
        assert run.status == 0, run.text
        assert run.jobs["train_lm"] == 1


@pytest.mark.slow
def test_texts_become_figures(project, snakemake, installed):
    run = snakemake(
        *(f"results/mine/figures/sparsity/{name}.pdf" for name in FIGURES),
        "results/mine/claims.md",
        *("--configfile", project / "config" / "mine.yaml"),
        *("--config", "tagging={pipeline: en_made_up}"),
        "lm={embedding: 16, hidden: 16, epochs: 1, batch: 10}",
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
