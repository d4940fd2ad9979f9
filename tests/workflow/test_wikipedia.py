"""The corpus of config/wikipedia.yaml, made of a few articles from their files."""

import json

import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml

from ontogeny.disk.files import write_table

pytestmark = pytest.mark.slow

ARTICLES = 24
TABLES = [
    f"results/wikipedia/corpus/{name}.parquet"
    for name in ("kept", "train", "test", "vocabulary", "steps")
]
VOCABULARY = "results/wikipedia/corpus/vocabulary.parquet"


@pytest.fixture
def articles(tmp_path, write_texts):
    """A table as published extracts have it, one article a row."""
    write_texts(tmp_path / "texts", files=ARTICLES, sentences=40)
    texts = [(tmp_path / "texts" / f"{n}.txt").read_text() for n in range(ARTICLES)]
    titles = [f"Article {number}" for number in range(ARTICLES)]
    return pd.DataFrame({"id": range(ARTICLES), "title": titles, "text": texts})


@pytest.fixture
def make(root, snakemake, tmp_path):
    """Make the corpus of a folder's files; the jobs, and what came out."""

    def run(folder, form, shards):
        config = yaml.safe_load((root / "config" / "wikipedia.yaml").read_text())
        files = {"format": form, "files": [f"wikipedia/*.{form}"]}
        config["corpus"] |= {**files, "shards": shards, "min_count": 5}
        (tmp_path / f"{form}.yaml").write_text(yaml.safe_dump(config))
        configfile = ("--configfile", tmp_path / f"{form}.yaml")
        done = snakemake(*TABLES, *configfile, folder=folder)
        assert done.status == 0, done.text
        return done.jobs, [pq.read_table(folder / path) for path in TABLES]

    return run


def test_shards_of_parquet_and_one_file_of_jsonl_make_the_same(
    articles, make, tmp_path
):
    sharded, whole = tmp_path / "sharded", tmp_path / "whole"
    for shard, start in enumerate(range(0, ARTICLES, 8)):
        file = sharded / "wikipedia" / f"{shard}.parquet"
        write_table(articles[start : start + 8], file)
    (whole / "wikipedia").mkdir(parents=True)
    lines = (json.dumps(row) for row in articles.to_dict("records"))
    (whole / "wikipedia" / "0.jsonl").write_text("\n".join(lines))
    jobs, made = make(sharded, "parquet", 2)
    assert jobs == {"read_corpus": 2, "keep_sentences": 1}
    jobs, other = make(whole, "jsonl", 1)
    assert jobs == {"read_corpus": 1, "keep_sentences": 1}
    assert made == other
    assert {"fox", "the", "sees"} <= set(
        made[TABLES.index(VOCABULARY)]["word"].to_pylist()
    )
