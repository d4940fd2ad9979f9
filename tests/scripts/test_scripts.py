"""Every script's `main`, in the workflow's order, on a small generated corpus."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from ontogeny.corpus.filtering import SPLITS
from ontogeny.corpus.treebank import read_conllu
from ontogeny.disk.files import read_table, sha256
from ontogeny.errors import InputError
from ontogeny.running.states import read_states
from ontogeny.studies.names import load
from ontogeny.tagging.upos import UPOS

LANGUAGE = {"language": "mini", "types": 200, "seed": 0, "language_seed": 20}
SHARES = {"train": 70, "valid": 10, "test": 20}
EPOCHS = 2
RECIPE = {
    "embedding": 8, "hidden": 8, "layers": 2, "dropout": 0.2, "batch": 8, "window": 10,
    "epochs": EPOCHS, "learning_rate": 20, "divide_by": 4, "clip_norm": 0.25,
}  # fmt: skip
FIGURES = [figure.name for figure in load("sparsity").asked(early=True)]
EARLY_STEPS = [1, 4, 16]
EARLY = [
    f"early/{name}.safetensors"
    for name in ["epoch0", *(f"step{step}" for step in EARLY_STEPS), "epoch1"]
]


@pytest.fixture(scope="module")
def corpus(folder, script):
    """From the generator to word ids."""
    script(
        "generate_corpus",
        output=["raw/corpus.conllu"],
        params={"tokens": 15_000, **LANGUAGE},
    )
    script(
        "read_corpus",
        input=["raw/corpus.conllu"],
        output={"sentences": "sentences.parquet", "documents": "documents.parquet"},
        params={
            "format": "conllu",
            "tokenised": False,
            "language": "en",
            "sentences": 2,
        },
    )
    script(
        "keep_sentences",
        input={"sentences": ["sentences.parquet"], "documents": ["documents.parquet"]},
        output={
            "steps_md": "steps.md",
            "documents": "all_documents.parquet",
            **{
                name: f"{name}.parquet"
                for name in ("kept", "vocabulary", "steps", *SPLITS)
            },
        },
        params={"min_count": 3, "shares": SHARES, "seed": 0},
    )
    return folder


@pytest.fixture(scope="module")
def tagged(corpus, script):
    """From a treebank to word classes, in two shards."""
    script(
        "generate_treebank",
        output={part: f"{part}.conllu" for part in ("train", "dev", "test")},
        params={"tokens": 6_000, **LANGUAGE},
    )
    script(
        "train_tagger",
        input={"train": "train.conllu", "dev": "dev.conllu"},
        output=["tagger.bin"],
        params={"max_epochs": 3, "lowercase": False},
    )
    shards = [f"{k}-of-2" for k in (1, 2)]
    for shard in shards:
        script(
            "tag_sentences",
            input={"tagger": "tagger.bin", "kept": "kept.parquet"},
            output=[f"tags/{shard}.parquet"],
            params={"pipeline": "trained"},
            wildcards={"scatteritem": shard},
        )
    script(
        "classify_words",
        input={
            "tags": [f"tags/{shard}.parquet" for shard in shards],
            "kept": "kept.parquet",
            "vocabulary": "vocabulary.parquet",
        },
        output=["classes.parquet"],
        params={"min_count": 5},
    )
    return corpus


def test_a_corpus_is_shuffled(tagged, script):
    tables = ("documents", "kept", "vocabulary", "steps")
    names = {**{name: f"{name}.parquet" for name in tables}, "steps_md": "steps.md",
             "documents": "all_documents.parquet"}  # fmt: skip
    shards = [f"tags/{k}-of-2.parquet" for k in (1, 2)]
    made = {**names, **{split: f"{split}.parquet" for split in SPLITS}}
    script(
        "shuffle_corpus",
        input={**names, "tags": shards},
        output={
            **{name: f"shuffled/{file}" for name, file in made.items()},
            "tags": [f"shuffled/{path}" for path in shards],
        },
        params={"seed": 0},
    )
    for split in SPLITS:
        text, control = (
            read_table(tagged / folder / f"{split}.parquet")
            for folder in ("", "shuffled")
        )
        places = ["document", "sentence"]
        assert text[places].equals(control[places])
        assert not text["id"].equals(control["id"])
        assert sorted(text["id"]) == sorted(control["id"])


TRAINING = {
    "input": {name: f"{name}.parquet" for name in (*SPLITS, "vocabulary")},
    "params": {"recipe": RECIPE, "device": "cpu", "threads": 1, "code": "0"},
}


def weights(seed):
    return [f"lm/{seed}/epoch{epoch}.safetensors" for epoch in range(EPOCHS + 1)]


@pytest.fixture(scope="module")
def trained(tagged, script):
    """Two models, and what they do at every epoch."""
    for seed in (1, 2):
        script(
            "train_lm",
            output={"weights": weights(seed), "curve": f"lm/{seed}/curve.parquet"},
            wildcards={"seed": str(seed)},
            **TRAINING,
        )
        # In two shards: the untrained model, and the trained ones.
        for path, part in zip(
            words_of([seed])["words"],
            (weights(seed)[:1], weights(seed)[1:]),
            strict=True,
        ):
            script(
                "measure_activations",
                input={
                    "weights": part,
                    "tokens": "test.parquet",
                    "vocabulary": "vocabulary.parquet",
                },
                output=[path],
                params={
                    "recipe": RECIPE, "tokens": 2_000, "device": "cpu", "threads": 1
                },
            )  # fmt: skip
    script(
        "train_first_epoch",
        input=TRAINING["input"],
        output=EARLY,
        params={**TRAINING["params"], "steps": EARLY_STEPS},
        wildcards={"seed": "1"},
    )
    script(
        "measure_activations",
        input={
            "weights": EARLY,
            "tokens": "test.parquet",
            "vocabulary": "vocabulary.parquet",
        },
        output=["early/words.parquet"],
        params={"recipe": RECIPE, "tokens": 2_000, "device": "cpu", "threads": 1},
    )
    return tagged


def words_of(seeds=(1, 2)):
    return {
        "words": [f"words/{seed}_{part}.parquet" for seed in seeds for part in (1, 2)],
        "curves": [f"lm/{seed}/curve.parquet" for seed in seeds],
        "vocabulary": "vocabulary.parquet",
        "classes": "classes.parquet",
    }


THRESHOLDS = {"figure2_min_count": 50, "figure5_min_count": 10, "matched_words": 10}


@pytest.fixture(scope="module")
def tabulated(trained, script):
    """The tables behind the figures, and the claims."""
    script(
        "tabulate_curve",
        input=[f"lm/{seed}/curve.parquet" for seed in (1, 2)],
        output=["curve.parquet"],
        params={"seeds": [1, 2]},
    )
    script(
        "tabulate",
        input={**words_of(), "early": ["early/words.parquet"]},
        output={name: f"{name}.parquet" for name in [*FIGURES, "correlations"]},
        params={
            "study": "sparsity",
            "seeds": [1, 2],
            "runs": [1, 2],
            "thresholds": THRESHOLDS,
            "resamples": 100,
        },
    )
    script(
        "judge",
        input={**words_of(), "steps": "steps.parquet"},
        output=["claims.parquet"],
        params={
            "study": "sparsity",
            "seeds": [1, 2],
            "runs": [(1, "test"), (2, "test")],
            "thresholds": THRESHOLDS,
            "resamples": 100,
            "judged": True,
            "papers_corpus": False,
        },
    )
    return trained


def test_a_generated_corpus_goes_through_whole(corpus):
    words = sum(map(len, read_conllu("raw/corpus.conllu")))
    steps = read_table("steps.parquet").set_index("step")
    assert steps.loc["read", "tokens"] == words
    assert 14_000 < words < 17_000
    assert steps.loc["kept by the filter", "tokens"] > words / 2
    ids = {split: read_table(f"{split}.parquet")["id"] for split in SPLITS}
    vocabulary = read_table("vocabulary.parquet")
    counts = np.bincount(ids["train"], minlength=len(vocabulary))
    regular = ~vocabulary["special"].to_numpy()
    np.testing.assert_array_equal(counts[regular], vocabulary["count"][regular])
    assert Path("steps.md").read_text().count("\n") == len(steps) + 2


def test_a_text_that_the_filter_would_devour_leaves_no_file(corpus, script):
    names = ("steps_md", "documents", "kept", "vocabulary", "steps", *SPLITS)
    with pytest.raises(
        InputError, match=r"The filter keeps 0 of .*min_count: \d+ would"
    ):
        script(
            "keep_sentences",
            input={
                "sentences": ["sentences.parquet"],
                "documents": ["documents.parquet"],
            },
            output={name: f"devoured/{name}" for name in names},
            params={"min_count": 10_000, "shares": SHARES, "seed": 0},
        )
    assert not Path("devoured").exists()


def test_the_treebank_is_of_the_corpus_and_in_three_parts(tagged):
    words = {
        part: {w.lower() for s in read_conllu(f"{part}.conllu") for w in s.words}
        for part in ("train", "dev", "test")
    }
    vocabulary = set(read_table("vocabulary.parquet")["word"])
    assert all(len(part & vocabulary) > len(part) / 2 for part in words.values())


def test_the_tagger_learns_and_its_score_is_of_the_test_part(tagged, script):
    script(
        "score_tagger",
        input={"tagger": "tagger.bin", "treebanks": ["test.conllu", "dev.conllu"]},
        output=["accuracy.parquet"],
        params={"pipeline": "trained", "treebanks": ["one", "two"], "lowercase": False},
    )
    table = read_table("accuracy.parquet").set_index(["treebank", "tag"])
    for name, part in (("one", "test"), ("two", "dev")):
        words = sum(map(len, read_conllu(f"{part}.conllu")))
        assert table.loc[(name, "all"), "words"] == words
        assert table.loc[(name, "all"), "accuracy"] > 0.8


def test_an_absent_pipeline_is_told(tagged, script):
    with pytest.raises(InputError, match="en_absent"):
        script(
            "tag_sentences",
            input={"kept": "kept.parquet"},
            output=["no.parquet"],
            params={"pipeline": "en_absent"},
            wildcards={"scatteritem": "1-of-1"},
        )


def test_classes_are_mostly_the_gold_ones(tagged):
    classes, vocabulary = (
        read_table("classes.parquet"),
        read_table("vocabulary.parquet"),
    )
    assert classes["word"].tolist() == vocabulary["id"].tolist()
    gold: dict[str, set] = {}
    for sentence in read_conllu("raw/corpus.conllu"):
        for word, tag in zip(sentence.words, sentence.upos, strict=True):
            gold.setdefault(word.lower(), set()).add(tag)
    regular = (classes["pos"] != "") & ~vocabulary["special"]
    found = classes.assign(text=vocabulary["word"])[regular]
    assert len(found) > 50
    assert set(found["pos"]) <= set(UPOS)
    right = [
        pos in gold[text] for pos, text in zip(found["pos"], found["text"], strict=True)
    ]
    assert np.mean(right) > 0.9


def test_training_delivers_every_epoch_and_keeps_it_without_a_copy(trained):
    curve = read_table("lm/1/curve.parquet")
    assert curve["epoch"].tolist() == list(range(EPOCHS + 1))
    assert all(Path(path).stat().st_size for path in weights(1))
    assert len({sha256(path) for path in weights(1) + weights(2)}) == 2 * EPOCHS + 2
    states = {state.outputs: state for state in read_states("state")}
    assert all(state.is_delivered for state in states.values())
    kept = states[(*weights(1), "lm/1/curve.parquet")].folder
    for path in weights(1):
        assert os.path.samefile(path, kept / Path(path).name)


def test_a_finished_training_is_delivered_again_and_not_repeated(trained, script):
    before = {path: (sha256(path), Path(path).stat().st_ino) for path in weights(2)}
    curve = Path("lm/2/curve.parquet").read_bytes()
    for path in (*weights(2), "lm/2/curve.parquet"):
        Path(path).unlink()  # as Snakemake does before it runs a job again
    script(
        "train_lm",
        output={"weights": weights(2), "curve": "lm/2/curve.parquet"},
        wildcards={"seed": "2"},
        **TRAINING,
    )
    found = {path: (sha256(path), Path(path).stat().st_ino) for path in weights(2)}
    assert found == before
    assert Path("lm/2/curve.parquet").read_bytes() == curve
    newest = Path("test.parquet").stat().st_mtime
    assert all(Path(path).stat().st_mtime > newest for path in weights(2))


def test_training_again_gives_the_same_bytes(trained, script):
    again = [f"again/{Path(path).name}" for path in weights(1)]
    script(
        "train_lm",
        output={"weights": again, "curve": "again/curve.parquet"},
        wildcards={"seed": "1"},
        **TRAINING,
    )
    for first, second in zip(weights(1), again, strict=True):
        assert sha256(first) == sha256(second)
    assert sha256("lm/1/curve.parquet") == sha256("again/curve.parquet")


def test_vectors_are_written_where_asked_for(trained, script):
    import ontogeny.activations as activations

    sites = ["embedding", "embedding_table", "lstm1", "lstm2", "logits"]
    script(
        "record_activations",
        input={
            "weights": weights(1)[-1],
            "tokens": "test.parquet",
            "vocabulary": "vocabulary.parquet",
        },
        output={
            "recorded": "with/recorded.parquet",
            "vectors": [f"with/epoch{EPOCHS}/{site}.parquet" for site in sites],
        },
        params={
            "recipe": RECIPE, "tokens": 500, "vector_tokens": 100,
            "device": "cpu", "threads": 1,
        },
        wildcards={"seed": "1", "split": "test"},
    )  # fmt: skip
    recorded = activations.open(f"with/epoch{EPOCHS}/lstm2.parquet")
    assert len(recorded.tokens) == 100
    assert recorded.metadata["epoch"] == EPOCHS
    assert read_table("with/recorded.parquet")["site"].tolist() == sites


def test_the_curves_of_all_seeds_stand_in_one_table(tabulated):
    table = read_table("curve.parquet")
    for seed in (1, 2):
        one = table[table["seed"] == seed].drop(columns="seed").reset_index(drop=True)
        pd.testing.assert_frame_equal(one, read_table(f"lm/{seed}/curve.parquet"))


def test_every_figure_has_a_table(tabulated):
    for name in [*FIGURES, "correlations"]:
        assert len(read_table(f"{name}.parquet")), name
    seeds = read_table("correlations.parquet")["seed"]
    assert set(seeds) >= {1, 2}


def test_early_steps_stand_between_the_first_two_epochs(tabulated):
    """And both ends are those of the figures over epochs, of that seed."""
    steps = read_table("early3a.parquet")
    assert "epoch" not in steps
    assert set(steps["seeds"]) <= {0, 1}
    batches = read_table("lm/1/curve.parquet")["step"][1]
    assert sorted(set(steps["step"])) == [0, *EARLY_STEPS, batches]
    found = read_table("correlations.parquet").query("seed == 1")
    for epoch, step in ((0, 0), (1, batches)):
        own = "quantity == 'gradient' and site == 'h2'"
        rows = found.query(
            f"{own} and epoch == {epoch} and role == 'target' and subset == 'all' "
            "and measure == 'concentration'"
        )
        early = steps.query(f"{own} and step == {step}")["pearson"].item()
        assert early == pytest.approx(rows["pearson"].item(), rel=1e-6)


def test_every_claim_is_judged_and_reported_beside_the_control(tabulated, script):
    claims = read_table("claims.parquet")
    assert len(claims) > 20
    for control in ([], ["claims.parquet"]):
        script(
            "report_claims",
            input={"claims": ["claims.parquet"], "control": control},
            output={"markdown": "claims.md", "landing": "report.rst"},
            params={"shuffled": False},
            wildcards={"corpus": "mini"},
        )
        page = Path("claims.md").read_text()
        assert all(claim in page for claim in set(claims["claim"]))
        assert "reproduced" in Path("report.rst").read_text()


def test_a_page_is_rendered_with_its_table(folder, script):
    Path("a.md").write_text("| a | b |\n|---|---|\n| 1<br>2 | χ \\| y |\n")
    script("render_page", input=["a.md"], output=["a.html"], params={"title": "a & b"})
    page = Path("a.html").read_text(encoding="utf-8")
    assert "<title>a &amp; b</title>" in page
    assert "<td>1<br>2</td>" in page
    assert "<td>χ | y</td>" in page


def test_the_config_is_kept_whole(folder, script):
    settings = {"name": "a", "lm": RECIPE, "seeds": [1, 2], "title": "χ"}
    script("save_config", output=["config.yaml"], params={"settings": settings})
    text = Path("config.yaml").read_text()
    assert yaml.safe_load(text) == settings
    assert "χ" in text


def test_a_data_set_is_fetched_from_its_folder(folder, script):
    source = folder / "sets" / "mine" / "a.txt"
    source.parent.mkdir(parents=True)
    source.write_text("text")
    script(
        "fetch",
        output=["results/data/mine/a.txt"],
        params={
            "url": "http://unused.invalid",
            "sha256": sha256(source),
            "licence": "CC0",
        },
        resources={"data_dir": str(folder / "sets"), "most_bytes": 0},
        wildcards={"dataset": "mine", "file": "a.txt"},
    )
    assert Path("results/data/mine/a.txt").read_text() == "text"


SUFFIXES = ["pdf", "svg", "png"]


@pytest.mark.parametrize("figure", [*FIGURES, "curve"])
def test_every_figure_is_plotted_the_same_each_time(tabulated, script, figure):
    study = "lm" if figure == "curve" else "sparsity"
    for folder in ("one", "two"):
        script(
            "plot_figure",
            input=[f"{figure}.parquet"],
            output=[f"{folder}/{figure}.{suffix}" for suffix in SUFFIXES],
            params={"note": "a note"},
            wildcards={"study": study, "figure": figure},
        )
    for suffix in SUFFIXES:
        one, two = (Path(f, f"{figure}.{suffix}") for f in ("one", "two"))
        assert one.stat().st_size > 1_000
        assert sha256(one) == sha256(two), "equal tables give equal bytes"
