"""The scripts of the SVCCA study, in the workflow's order, on generated text."""

from pathlib import Path

import numpy as np
import pytest

from ontogeny.corpus.filtering import SPLITS
from ontogeny.disk.files import read_table
from ontogeny.errors import InputError
from ontogeny.running.states import read_states
from ontogeny.studies.svcca.about import STUDY
from ontogeny.studies.svcca.variants import VARIANTS

LANGUAGE = {"language": "mini", "types": 200, "seed": 0, "language_seed": 20}
SHARES = {"train": 70, "valid": 10, "test": 20}
EPOCHS = 2
RECIPE = {
    "embedding": 8, "hidden": 8, "layers": 2, "dropout": 0.2, "batch": 8, "window": 10,
    "epochs": EPOCHS, "learning_rate": 20, "divide_by": 4, "clip_norm": 0.25,
}  # fmt: skip
MACHINE = {"device": "cpu", "threads": 1}
SEEDS = [1, 2]
WEIGHTS = {
    s: [f"lm/{s}/epoch{e}.safetensors" for e in range(EPOCHS + 1)] for s in SEEDS
}
DOMAIN_OF = {"upos": "articles", "topic": "articles", "xpos": "xpos",
             "sem_coarse": "sem", "sem_fine": "sem"}  # fmt: skip
DOMAINS = ["articles", "xpos", "sem"]
VIEWS = [
    (domain, tagset, variant.name)
    for tagset, own in DOMAIN_OF.items()
    for domain in dict.fromkeys(["articles", own])
    for variant in VARIANTS
]
TEXTS = {
    "texts": [f"texts/{name}.parquet" for name in DOMAINS],
    "classes": [f"texts/{name}_classes.parquet" for name in DOMAINS],
    "vocabulary": "vocabulary.parquet",
}
FILES = {
    "similarity": [f"similarity/{seed}.parquet" for seed in SEEDS],
    "pairs": [f"pairs/{seed}_{other}.parquet" for seed, other in (SEEDS, SEEDS[::-1])],
    "diagnostics": [f"diagnostics/{seed}.parquet" for seed in SEEDS],
    "curves": [f"lm/{seed}/curve.parquet" for seed in SEEDS],
    "scores": [f"tag_models/{tagset}/scores.parquet" for tagset in DOMAIN_OF],
}
FIGURES = [figure.name for figure in STUDY.asked(early=True)]
EARLY_STEPS = [1, 8]
EARLY = [
    f"early/{name}.safetensors"
    for name in ["epoch0", *(f"step{step}" for step in EARLY_STEPS), "epoch1"]
]
EARLY_TABLES = {
    "early_similarity": "early/similarity.parquet",
    "early_pairs": ["early/pair.parquet"],
    "early_diagnostics": "early/diagnostics.parquet",
}
PARTS = {"train": "train", "valid": "dev", "test": "test"}
TASKS = ["pos", "syn_arc_pred"]


def views(suffix):
    return [f"views/{'/'.join(view)}.{suffix}" for view in VIEWS]


PARAMS = {"study": "svcca", "seeds": SEEDS, "preset": "svcca", "resamples": 100}


@pytest.fixture(scope="module")
def texts(folder, script):
    """From the generator to labelled texts."""
    script(
        "generate_corpus", output=["raw.conllu"], params={"tokens": 15_000, **LANGUAGE}
    )
    script(
        "read_corpus",
        input=["raw.conllu"],
        output={"sentences": "sentences.parquet", "documents": "documents.parquet"},
        params={
            "format": "conllu",
            "tokenised": False,
            "language": "en",
            "sentences": 2,
        },
    )
    names = ("kept", "vocabulary", "steps", *SPLITS)
    script(
        "keep_sentences",
        input={"sentences": ["sentences.parquet"], "documents": ["documents.parquet"]},
        output={
            "steps_md": "steps.md",
            "documents": "all_documents.parquet",
            **{name: f"{name}.parquet" for name in names},
        },
        params={"min_count": 3, "shares": SHARES, "seed": 0},
    )
    parts = {"train": "train.conllu", "dev": "dev.conllu", "test": "test.conllu"}
    script("generate_treebank", output=parts, params={"tokens": 3_000, **LANGUAGE})
    script(
        "annotate_articles",
        input={
            "kept": "kept.parquet", "documents": "all_documents.parquet",
            "vocabulary": "vocabulary.parquet", "upos": ["raw.conllu"],
        },
        output={"tokens": "texts/articles.parquet", "classes": "texts/articles_classes.parquet"},
        params={"articles": 8, "test_tokens": 600, "upos": "gold", "shares": SHARES},
    )  # fmt: skip
    for domain, reader in (("xpos", "xpos"), ("sem", "generated semantics")):
        script(
            "annotate_treebank",
            input={
                "train": ["train.conllu"], "valid": ["dev.conllu"],
                "test": ["test.conllu"], "vocabulary": "vocabulary.parquet",
            },
            output={"tokens": f"texts/{domain}.parquet", "classes": f"texts/{domain}_classes.parquet"},
            params={"reader": reader},
        )  # fmt: skip
    return folder


def test_a_labelled_text_is_shuffled(texts, script):
    names = {"tokens": "xpos.parquet", "classes": "xpos_classes.parquet"}
    script(
        "shuffle_text",
        input={role: f"texts/{name}" for role, name in names.items()},
        output={role: f"shuffled/{name}" for role, name in names.items()},
        params={"seed": 0},
    )
    before, after = (
        read_table(texts / f / "xpos.parquet") for f in ("texts", "shuffled")
    )
    assert not before["id"].equals(after["id"])
    pairs = [t[["id", "xpos"]].value_counts().sort_index() for t in (before, after)]
    assert pairs[0].equals(pairs[1])
    classes = (texts / f / "xpos_classes.parquet" for f in ("texts", "shuffled"))
    assert len({path.read_bytes() for path in classes}) == 1


@pytest.fixture(scope="module")
def measured(texts, script):
    """Models, tag models, and what is measured of them."""
    for seed in SEEDS:
        script(
            "train_lm",
            input={name: f"{name}.parquet" for name in (*SPLITS, "vocabulary")},
            output={"weights": WEIGHTS[seed], "curve": f"lm/{seed}/curve.parquet"},
            params={"recipe": RECIPE, **MACHINE, "code": "0"},
            wildcards={"seed": str(seed)},
        )
    for tagset, domain in DOMAIN_OF.items():
        script(
            "train_tag_models",
            input={
                "tokens": f"texts/{domain}.parquet",
                "classes": f"texts/{domain}_classes.parquet",
                "vocabulary": "vocabulary.parquet",
            },
            output={
                "weights": [
                    f"tag_models/{tagset}/{v.name}.safetensors" for v in VARIANTS
                ],
                "scores": f"tag_models/{tagset}/scores.parquet",
            },
            params={
                "recipe": RECIPE,
                "rescalings": 3,
                "seed": 1,
                **MACHINE,
                "code": "0",
            },
            wildcards={"tagset": tagset},
        )
    script(
        "record_tag_models",
        input={
            "weights": [
                f"tag_models/{tagset}/{v}.safetensors" for _, tagset, v in VIEWS
            ],
            "texts": TEXTS["texts"],
        },
        output={"vectors": views("parquet"), "moments": views("safetensors")},
        params={"recipe": RECIPE, "domains": DOMAINS, "views": VIEWS, **MACHINE},
    )
    for seed, other in (SEEDS, SEEDS[::-1]):
        script(
            "measure_similarity",
            input={
                "weights": WEIGHTS[seed], "last": WEIGHTS[seed][-1],
                "vectors": views("parquet"), "moments": views("safetensors"), **TEXTS,
            },
            output=[f"similarity/{seed}.parquet"],
            params={
                "recipe": RECIPE, "domains": DOMAINS, "own_domain": DOMAIN_OF,
                "views": VIEWS, "presets": ["svcca", "cca"], **MACHINE,
            },
        )  # fmt: skip
        script(
            "compare_seeds",
            input={
                "weights": WEIGHTS[seed], "other": WEIGHTS[other][-1],
                "vocabulary": TEXTS["vocabulary"], "text": TEXTS["texts"][0],
            },
            output=[f"pairs/{seed}_{other}.parquet"],
            params={"recipe": RECIPE, "presets": ["svcca", "cca"], **MACHINE},
        )  # fmt: skip
        script(
            "diagnose",
            input={"weights": WEIGHTS[seed], **TEXTS},
            output=[f"diagnostics/{seed}.parquet"],
            params={"recipe": RECIPE, "tokens": 400, **MACHINE},
            wildcards={"seed": str(seed)},
        )
        script(
            "probe_lm",
            input={
                "weights": WEIGHTS[seed][::2],
                "vocabulary": "vocabulary.parquet",
                **{
                    f"{task}_{part}": [f"{file}.conllu"]
                    for task in TASKS
                    for part, file in PARTS.items()
                },
            },
            output=[f"probes/{seed}.parquet"],
            params={
                "recipe": RECIPE,
                "texts": "generated",
                "tasks": TASKS,
                "selection": {"words": 600, "validation_words": 200},
                **MACHINE,
            },
            wildcards={"seed": str(seed)},
        )
    script(
        "train_first_epoch",
        input={name: f"{name}.parquet" for name in (*SPLITS, "vocabulary")},
        output=EARLY,
        params={"recipe": RECIPE, "steps": EARLY_STEPS, **MACHINE, "code": "0"},
        wildcards={"seed": "1"},
    )
    script(
        "measure_similarity",
        input={
            "weights": EARLY, "last": WEIGHTS[1][-1],
            "vectors": views("parquet"), "moments": views("safetensors"), **TEXTS,
        },
        output=["early/similarity.parquet"],
        params={
            "recipe": RECIPE, "domains": DOMAINS, "own_domain": DOMAIN_OF,
            "views": VIEWS, "presets": ["svcca"], **MACHINE,
        },
    )  # fmt: skip
    script(
        "compare_seeds",
        input={
            "weights": EARLY, "other": WEIGHTS[2][-1],
            "vocabulary": TEXTS["vocabulary"], "text": TEXTS["texts"][0],
        },
        output=["early/pair.parquet"],
        params={"recipe": RECIPE, "presets": ["svcca"], **MACHINE},
    )  # fmt: skip
    script(
        "diagnose",
        input={"weights": EARLY, **TEXTS},
        output=["early/diagnostics.parquet"],
        params={"recipe": RECIPE, "tokens": 400, **MACHINE},
        wildcards={"seed": "1"},
    )
    return texts


@pytest.fixture(scope="module")
def tabulated(measured, script):
    script(
        "tabulate",
        input={
            **FILES,
            **EARLY_TABLES,
            "probes": [f"probes/{seed}.parquet" for seed in SEEDS],
        },
        output={
            "table2_md": "table2.md",
            **{name: f"{name}.parquet" for name in [*FIGURES, "table2"]},
        },
        params={**PARAMS},
    )
    return measured


def test_texts_have_all_labels(texts):
    for domain in DOMAINS:
        tokens = read_table(f"texts/{domain}.parquet")
        for tagset, own in DOMAIN_OF.items():
            assert (tagset in tokens) == (own == domain)
        assert tokens.groupby("split").size().min() > 100


def test_tag_models_keep_their_last_weights_alone_and_learn_what_a_word_is(measured):
    states = read_states("state")
    assert all(state.is_delivered for state in states)
    tags = [s for s in states if "scores.parquet" in " ".join(s.outputs)]
    assert tags
    assert not [path for s in tags for path in s.folder.rglob("epoch*")]
    scores = read_table("tag_models/upos/scores.parquet").set_index(
        ["direction", "shuffled"]
    )
    true, shuffled = scores.loc[("input", False)], scores.loc[("input", True)]
    assert true["accuracy"] > shuffled["accuracy"]


def test_similarity_has_every_comparison(measured):
    table = read_table("similarity/1.parquet")
    assert set(table["comparison"]) == {
        "self",
        "layers",
        "tagger",
        "tagger matched",
    }
    assert set(table["preset"]) == {"svcca", "cca"}
    assert table["score"].between(0, 1).all()
    assert set(read_table("pairs/1_2.parquet")["comparison"]) == {"seed"}
    last = table[(table["comparison"] == "self") & (table["epoch"] == EPOCHS)]
    np.testing.assert_allclose(last["score"], 1, atol=1e-6)


def test_diagnostics_have_every_site_and_variant(measured):
    table = read_table("diagnostics/1.parquet")
    assert len(table) == (EPOCHS + 1) * 3 * len(DOMAIN_OF) * len(VARIANTS)
    assert table["accuracy"].between(0, 1).all()


def test_tasks_are_asked_of_every_site_at_the_epochs_given(measured):
    table = read_table("probes/1.parquet")
    assert set(table["epoch"]) == {0, EPOCHS}
    assert len(table) == 2 * 3 * len(TASKS)
    assert (table["unknown"] > 0).all()
    assert table.groupby("task")["form"].nunique().eq(1).all()
    last = table[table["epoch"].eq(EPOCHS) & table["task"].eq("pos")]
    assert last["score"].max() > 0.35


def test_every_figure_has_a_table_and_is_drawn(tabulated, script):
    for name in FIGURES:
        assert len(read_table(f"{name}.parquet")), name
        output = [f"{name}.{suffix}" for suffix in ("pdf", "svg", "png")]
        script(
            "plot_figure",
            input=[f"{name}.parquet"],
            output=output,
            params={"note": "a note"},
            wildcards={"study": "svcca", "figure": name},
        )
        assert all(Path(path).stat().st_size for path in output)


def test_early_steps_end_where_the_first_epoch_does(tabulated):
    for number in range(3, 10):
        steps = read_table(f"early{number}.parquet")
        assert sorted(set(steps["step"]))[:3] == [0, *EARLY_STEPS]
        assert steps["step"].nunique() == 4
        assert set(steps["seeds"]) == {1}
    own = read_table("similarity/1.parquet").query(
        "epoch == 1 and comparison == 'layers' and preset == 'svcca'"
    )
    last = read_table("early5.parquet").query("step == step.max()")
    np.testing.assert_allclose(last["value"], own["score"])
    np.testing.assert_allclose(last["null"], own["null"])


def test_table_2_stands_beside_the_thesis(tabulated):
    page = Path("table2.md").read_text()
    assert page.count("\n") == 2 + len(DOMAIN_OF) * len(VARIANTS)
    assert "36 % / 19.1" in page


def test_all_claims_are_judged(measured, script):
    script(
        "judge",
        input=FILES,
        output=["claims.parquet"],
        params={**PARAMS, "judged": True},
    )
    claims = read_table("claims.parquet")
    assert {f"V{number}" for number in range(1, 32)} <= set(claims["claim"])


@pytest.mark.parametrize("judged", [True, False])
def test_cost_is_judged_from_benchmark_files(folder, script, judged):
    for name, seconds in (("a", 3), ("b", 60)):
        Path(f"{name}.tsv").write_text(f"s\th:m:s\n{seconds}.0\t0:00:0{seconds}\n")
    script(
        "judge_cost",
        input={"similarity": ["a.tsv"], "diagnostics": ["b.tsv"]},
        output=["cost.md"],
        params={"judged": judged},
    )
    text = Path("cost.md").read_text()
    assert "0.050" in text
    assert (": reproduced." in text) is judged
    assert (": not run, no claim is judged" in text) is not judged


def test_a_missing_checkpoint_is_named_and_nothing_is_written(measured, script):
    with pytest.raises(InputError, match="epoch9"):
        script(
            "diagnose",
            input={"weights": [*WEIGHTS[1], "lm/1/epoch9.safetensors"], **TEXTS},
            output=["no.parquet"],
            params={"recipe": RECIPE, "tokens": 400, **MACHINE},
            wildcards={"seed": "1"},
        )
    assert not Path("no.parquet").exists()
