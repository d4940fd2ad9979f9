"""Probes of translation models: what is read, from which vectors, and what is told."""

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ontogeny.disk.files import write_table
from ontogeny.errors import InputError
from ontogeny.measures.probing.metrics import SCORES
from ontogeny.models.transformer import UNKNOWN, EncoderDecoder
from ontogeny.studies.lottery.inputs import PROBE_COLUMNS
from ontogeny.studies.lottery.probe_asking import (
    View,
    code,
    mean_rows,
    scores,
    seed_rows,
    selective,
)
from ontogeny.studies.lottery.probe_estimator import named, suits
from ontogeny.studies.lottery.probe_form import form_row
from ontogeny.studies.lottery.probe_pieces import pieces
from ontogeny.studies.lottery.probe_texts import read_task, stacked
from ontogeny.studies.lottery.probe_vectors import encoder_sites, word_vectors
from ontogeny.studies.lottery.probing_job import probe
from ontogeny.tasks.probing.questions import question
from ontogeny.tasks.probing.selection import select
from ontogeny.tasks.probing.task import Document, Item, Sentence, Task
from ontogeny.translation.subwords import Subwords, learn_subwords

WORDS = [
    "the",
    "a",
    "dog",
    "cat",
    "bird",
    "man",
    "sees",
    "eats",
    "calls",
    "near",
    "big",
]
KINDS = {word: "N" if word in "dog cat bird man" else "V" for word in WORDS[2:9]}
VIEWS = [View("dense", 0, "encoder1"), View("magnitude", 2, "encoder2")]
PART_SEEDS = {"train": 1, "valid": 2, "test": 3}
SIZES = {"layers": 2, "d": 16, "heads": 2, "inner": 16, "dropout": 0.0, "norm": "pre"}


class Kinds(Task):
    """Whether a word is a noun, a verb, or neither."""

    name, title, group = "kinds", "Kinds", "syntax"
    paper, stands_in, text = "theirs", "made", "made"
    files = dict.fromkeys(PART_SEEDS, ())
    sentences = 60

    def read(self, files, part):
        rng = np.random.default_rng(PART_SEEDS[part])
        for unit in range(self.sentences):
            words = tuple(rng.choice(WORDS, size=rng.integers(3, 8)).tolist())
            yield Document(
                unit,
                (Sentence(words, (True,) * len(words)),),
                tuple(self.items(words, rng)),
            )

    def items(self, words, rng):
        return [Item(((0, n),), KINDS.get(w, "O")) for n, w in enumerate(words)]


class Order(Kinds):
    """Whether a word stands before another."""

    name, title, kind = "order", "Order", "pair"

    def items(self, words, rng):
        for n in range(len(words) - 1):
            there = bool(rng.integers(2))
            at = ((0, n), (0, n + 1))
            yield Item(at if there else at[::-1], "yes" if there else "no")


class Values(Kinds):
    """How long a word is."""

    name, title, metric = "values", "Values", "pearson"

    def items(self, words, rng):
        return [Item(((0, n),), float(len(word))) for n, word in enumerate(words)]


def subwords():
    return learn_subwords([WORDS, WORDS], units=70)


def read(task, limit=None):
    return read_task(
        task, {part: [] for part in PART_SEEDS}, subwords(), words=limit,
        validation_words=limit, moses=None, longest=50,
    )  # fmt: skip


def asked(task, positive=""):
    text = read(task)
    return text, question(text.sentences, text.items, text.about, positive)


def network(seed=0):
    torch.manual_seed(seed)
    return EncoderDecoder(len(subwords()), **SIZES).eval()


# Subwords of gold words


@given(st.lists(st.text(alphabet="abc'&<-. ", min_size=1, max_size=5), min_size=1,
                max_size=6), st.lists(st.booleans(), min_size=6, max_size=6))  # fmt: skip
def test_each_piece_overlaps_the_words_whose_characters_it_has(words, blanks):
    words = [w.strip() or "a" for w in words]
    units = Subwords("&';#.-<>abcdefghijklmnopqrstuvwxyz0123456789", [])
    found = pieces(
        words, blanks[: len(words)], units, moses="en", longest=999, where="here"
    )
    # Without merges each character of the escaped text is a piece.
    counts = np.bincount(found.word, minlength=len(words))
    names = {"&": 5, "'": 6, "<": 4}
    letters = [sum(names.get(c, 1) for c in w if c != " ") for w in words]
    assert counts.tolist() == letters
    assert (np.diff(found.piece) >= 0).all()
    assert not found.unknown.any()


def test_a_piece_of_two_words_counts_in_both():
    units = Subwords("&;adnopst", [("d", "o"), ("do", "n</w>")])
    found = pieces(["do", "n't"], [False, True], units, moses="en", longest=9,
                   where="here")  # fmt: skip
    # "don" overlaps both; the escaped apostrophe and the t are of the second alone.
    assert found.piece.tolist() == [0, 0, 1, 2, 3, 4, 5, 6, 7]
    assert found.word.tolist() == [0, 1, *[1] * 7]


def test_unknown_characters_and_cut_words_are_told_apart():
    units = Subwords("abc", [("a", "b</w>")])
    found = pieces(["ab", "xb", "c"], [True] * 3, units, moses=None, longest=3,
                   where="here")  # fmt: skip
    assert found.ids.tolist()[1] == UNKNOWN
    assert found.unknown.tolist() == [False, True, False]
    assert set(found.word.tolist()) == {0, 1}  # the third is beyond the limit
    tilde = pieces(["a~c"], [True], units, moses=None, longest=9, where="here")
    assert [units.units[id] for id in tilde.ids] == ["a", "c"]


def test_case_is_the_models_own():
    small, large = Subwords("abf", []), Subwords("abfF", [])
    for units, expected in ((small, "f@@ a"), (large, "F@@ a")):
        found = pieces(["Fa"], [True], units, moses=None, longest=9, where="here")
        assert " ".join(units.units[id] for id in found.ids) == expected


def test_characters_that_moses_changes_are_told():
    units = Subwords("ab", [])
    with pytest.raises(InputError, match="dev, sentence 3: its tokens do not fit"):
        pieces(["a\x03b"], [True], units, moses="en", longest=9,
               where="dev, sentence 3")  # fmt: skip


# What is read


def test_the_cap_takes_whole_sentences_of_one_order():
    files = {part: [] for part in PART_SEEDS}
    whole, small, large = (
        select(Kinds(), files, words=n, validation_words=40) for n in (None, 50, 120)
    )

    def units(chosen, part="train"):
        items = chosen.items.to_pandas()
        return set(items.loc[items["part"].eq(part), "unit"])

    assert units(whole) == set(range(60)) == units(small, "test")
    assert units(small) < units(large) < units(whole)
    for chosen, limit in ((small, 50), (large, 120)):
        items = chosen.items.to_pandas()
        count = items["part"].eq("train").sum()
        assert limit <= count < limit + 8  # the last sentence is whole
        assert items.loc[items["part"].eq("train"), "unit"].is_monotonic_increasing


@pytest.mark.parametrize(
    ("part", "items", "message"),
    [
        ("test", lambda words, rng: [], "nothing of the test part has a label of Kinds"),
        ("train", lambda words, rng: [Item(((0, 0),), "N")], "one class alone, 'N'"),
        ("valid", lambda words, rng: [Item(((0, 0),), "X")],
         "no label of its validation text is in its training text"),
        ("test", lambda words, rng: [Item(((0, 0),), f"new {words[0]}")],
         "60 of 60 test items have a label that its training text lacks"),
    ],
)  # fmt: skip
def test_tasks_that_cannot_be_asked_are_told(part, items, message):
    class Odd(Kinds):
        def read(self, files, asked):
            self.items = items if asked == part else super().items
            return super().read(files, asked)

    with pytest.raises(InputError, match=message):
        select(Odd(), {p: [] for p in PART_SEEDS}, words=None, validation_words=None)


def test_a_class_to_be_found_that_training_lacks_is_told():
    class Odd(Kinds):
        metric, positive = "class_f", "X"

    with pytest.raises(InputError, match="no item of its training text is 'X'"):
        select(Odd(), {p: [] for p in PART_SEEDS}, words=None, validation_words=None)


def test_words_without_a_subword_are_left_out_and_counted():
    text = read_task(
        Kinds(), {part: [] for part in PART_SEEDS}, subwords(), words=None,
        validation_words=None, moses=None, longest=4,
    )  # fmt: skip
    whole = read(Kinds())
    assert text.about["dropped"] == len(whole.items) - len(text.items) > 0
    assert whole.about["dropped"] == whole.about["unknown"] == 0
    assert whole.about["classes"] == 3
    assert whole.about["few_types"]


# Vectors


def test_vectors_are_means_of_the_subwords_at_every_site():
    text, what = asked(Kinds())
    model, units = network(), subwords()
    sites = encoder_sites(2)
    found = word_vectors(model, text.sentences, what.wanted, sites, tokens=40)
    assert found.shape == (4, len(what.wanted), 16)
    row = text.sentences.slice(7, 1).to_pylist()[0]
    ids, word = units.encode(row["words"])
    seen = {}
    with torch.no_grad():
        source = torch.tensor([[*ids.tolist(), 2]])
        model.encode(source, at_site=lambda name, x: seen.setdefault(name, x))
        seen["embedding"] = model.embedding(source) * 4.0
    for number, (sentence, at) in enumerate(what.wanted.tolist()):
        if sentence == row["sentence"]:
            for place, site in enumerate(sites):
                mean = seen[site][0, : len(ids)][torch.from_numpy(word == at)].mean(0)
                torch.testing.assert_close(found[place, number], mean)
    other = word_vectors(model, text.sentences, what.wanted, sites, tokens=500)
    torch.testing.assert_close(found, other)


# Scores


def planted(what, noise=0.02, seed=0):
    """Vectors that hold a word's class in the first view, nothing in the second."""
    rng = np.random.default_rng(seed)
    held = rng.normal(size=(2, len(what.wanted), 8)) * noise
    for side in what.sides.values():
        words = side.words if side.words.ndim == 1 else side.words[:, 0]
        # So much that three epochs of the paper's small steps are told apart.
        held[0, words, side.labels.astype(int) % 8] += 5
    return torch.from_numpy(held.astype(np.float32))


def test_planted_classes_are_read_and_noise_is_not():
    _, what = asked(Kinds())
    vectors = planted(what)
    (first,), (again,) = (scores(what, vectors, VIEWS, seeds=[0]) for _ in range(2))
    read, noise = first
    assert read["score"] == 1.0
    assert noise["score"] < 0.6
    assert read["score"] == again[0]["score"]
    parts = np.reshape(noise["sums"], (len(noise["units"]), -1))
    assert SCORES["accuracy"](parts.sum(0)) == pytest.approx(noise["score"])
    assert parts[:, 1].sum() == len(what.sides["test"].labels)
    assert set(PROBE_COLUMNS["probes"].split()) == {*read}


def test_sums_are_averaged_over_probe_seeds():
    _, what = asked(Kinds())
    vectors = planted(what, noise=1.5)
    found = scores(what, vectors, VIEWS, seeds=range(3))
    mean = mean_rows(found)
    own = [rows[0] for rows in found]
    assert mean[0]["score"] == pytest.approx(np.mean([row["score"] for row in own]))
    np.testing.assert_allclose(
        mean[0]["sums"], np.mean([row["sums"] for row in own], axis=0)
    )
    assert len({row["score"] for row in own}) > 1
    told = seed_rows(what, found)
    assert [row["probe_seed"] for row in told] == [0, 0, 1, 1, 2, 2]
    assert set(PROBE_COLUMNS["probe_seeds"].split()) == {*told[0]}


def test_a_type_s_own_vector_learns_control_labels_and_a_class_does_not():
    text, what = asked(Kinds())
    types = {word: n for n, word in enumerate(WORDS)}
    of = {row["sentence"]: row["words"] for row in text.sentences.to_pylist()}
    number = [types[of[s][w]] for s, w in what.wanted.tolist()]
    vectors = torch.stack([torch.eye(11)[number], torch.zeros(len(number), 11)])
    vectors[1, :, :8] = planted(what, noise=0.0)[0]
    rows = selective(what, vectors, VIEWS)
    score = {(row["site"], row["labels"]): row["score"] for row in rows}
    assert score["encoder1", "true"] == score["encoder2", "true"] == 1.0
    assert score["encoder1", "control"] == 1.0
    assert score["encoder2", "control"] < 0.9
    assert {row["recipe"] for row in rows} == {"converged"}


def test_what_is_held_is_coded_shorter():
    _, what = asked(Kinds())
    held, noise = code(what, planted(what), VIEWS)
    assert held["compression"] > 2
    assert noise["compression"] < 1.3
    assert set(PROBE_COLUMNS["probe_codes"].split()) == {*held}


def test_pairs_and_values_are_asked_too():
    _, what = asked(Order())
    position = torch.zeros(1, len(what.wanted), 2)
    position[0, :, 0] = torch.from_numpy(what.wanted[:, 1]).float()
    ((row,),) = scores(
        what, position, [View("dense", 0, "source")], seeds=[0], hidden=16
    )
    assert row["width"] == 2
    assert (row["probe"], row["hidden"]) == ("mlp", 16)
    assert row["score"] > 0.9
    _, what = asked(Values())
    ((row, _),) = scores(what, planted(what), VIEWS, seeds=[0])
    assert row["metric"] == "pearson"
    assert row["score"] > 0.8


def test_another_estimator_takes_the_probe_s_place():
    _, what = asked(Kinds())
    make = named("sklearn.linear_model.LogisticRegression", {"max_iter": 200})
    ((row, _),) = scores(what, planted(what), VIEWS, seeds=[0], estimator=make)
    assert row["score"] == 1.0
    assert np.isnan(row["epochs"])
    assert named(None, {}) is None
    _, values = asked(Values())
    assert suits(make, what)
    assert not suits(make, values)
    assert suits(named("sklearn.linear_model.Ridge", {}), values)
    for path, arguments in (
        ("sklearn.nothing.There", {}),
        ("sklearn.linear_model.LogisticRegression", {"odd": 1}),
        ("short", {}),
    ):
        with pytest.raises(InputError, match=r"lottery.probes.estimator: .* cannot be"):
            named(path, arguments)


def test_form_alone_knows_word_types_and_order():
    for task, least in ((Kinds(), 1.0), (Order(), 1.0), (Values(), 0.99)):
        text, what = asked(task)
        row = form_row(what, text.sentences.to_pandas())
        assert row["score"] >= least
        assert set(PROBE_COLUMNS["probes"].split()) == {"chain", "prunings", *row}

    class Random(Kinds):
        def items(self, words, rng):
            return [Item(((0, n),), str(rng.integers(2))) for n in range(len(words))]

    text, what = asked(Random())
    assert 0.35 < form_row(what, text.sentences.to_pandas())["score"] < 0.65


def test_form_alone_finds_a_rare_class_as_chance_does_at_least():
    """Where nothing tells it, calling all of it is best: F1 = 2p / (1 + p)."""

    class Rare(Kinds):
        metric, positive = "class_f", "yes"

        def read(self, files, part):
            rng = np.random.default_rng(len(part))
            for one in super().read(files, part):
                items = tuple(
                    item._replace(label="yes" if rng.random() < 0.15 else "no")
                    for item in one.items
                )
                yield Document(one.unit, one.sentences, items)

    text, what = asked(Rare(), "yes")
    share = (what.sides["test"].labels == what.metrics[what.metric].label).mean()
    score = form_row(what, text.sentences.to_pandas())["score"]
    assert score == pytest.approx(2 * share / (1 + share), abs=0.05)


def test_labels_that_training_lacks_count_as_wrong():
    class Rare(Kinds):
        def read(self, files, part):
            for one in super().read(files, part):
                items = one.items
                if one.unit == 0 and part != "train":
                    items = tuple(item._replace(label="new") for item in items)
                yield Document(one.unit, one.sentences, items)

    text, what = asked(Rare())
    assert what.outputs == 3
    assert text.about["unseen"] == len(text.items.to_pandas().query(
        "part == 'test' and unit == 0"))  # fmt: skip
    ((row, _),) = scores(what, planted(what), VIEWS, seeds=[0])
    tests = len(what.sides["test"].labels)
    assert row["score"] == pytest.approx(1 - text.about["unseen"] / tests)


# A job


@pytest.fixture
def files(tmp_path):
    found = [read(task) for task in (Kinds(), Order())]
    texts = {}
    for text in found:
        name = text.about["task"]
        texts[name] = tuple(
            str(tmp_path / f"{name}.{kind}.parquet") for kind in ("sentences", "items")
        )
        for table, path in zip((text.sentences, text.items), texts[name], strict=True):
            write_table(table, path)
    subwords().save(tmp_path / "subwords.json")
    return {"texts": texts, "tasks": stacked(found),
            "subwords": str(tmp_path / "subwords.json")}  # fmt: skip


def ask(files, models, **others):
    how = {"probe_seeds": 2, "hidden": 8, "controls": False, "last_only": False}
    return probe(
        models, **files, positive={}, sizes=SIZES, seed=1, estimator=None, arguments={},
        batch=100, **(how | others),
    )  # fmt: skip


UNTRAINED = ("untrained", 0, None)


def test_a_job_tells_all_tasks_of_all_models(files):
    files["texts"].pop("kinds")
    # Untrained ones stand for all: what is asked goes by the chain.
    models = [("dense", 0, None), ("unpruned", 1, None), UNTRAINED]
    tables = ask(files, models, controls=True)
    main = tables["probes"].query("recipe == 'paper'")
    # Every site of every model, and form alone.
    assert main.groupby(["chain", "site"]).size().max() == 1
    assert len(main) == 3 * 4 + 1
    # Noise is LTH0's, at all its sites, of each probe seed.
    assert set(tables["probe_seeds"]["chain"]) == {"dense"}
    assert len(tables["probe_seeds"]) == 4 * 2
    both = tables["probes"].query("recipe == 'converged'")
    asked = [("dense", "embedding"), *((m[0], "encoder2") for m in models)]
    assert set(zip(both["chain"], both["site"], strict=True)) == set(asked)
    assert both.groupby(["chain", "site"])["labels"].nunique().eq(2).all()
    codes = tables["probe_codes"]
    assert set(zip(codes["chain"], codes["site"], strict=True)) == set(asked)


def test_models_are_probed_together_as_alone(files, monkeypatch):
    files["texts"].pop("kinds")
    models = [("dense", 0, None), ("magnitude", 1, None), UNTRAINED]
    together = ask(files, models)["probes"]
    monkeypatch.setattr("ontogeny.studies.lottery.probing_job.HELD_BYTES", 1)
    alone = ask(files, models)["probes"]
    keys = ["chain", "site", "metric"]
    for name in ("score", "epochs"):
        a, b = (table.set_index(keys)[name] for table in (together, alone))
        pd.testing.assert_series_equal(a.sort_index(), b.sort_index(), rtol=1e-4)


def test_another_lth0_has_scores_alone(files, monkeypatch):
    """Also where it is by itself in what is held at a time."""
    files["texts"].pop("order")
    monkeypatch.setattr("ontogeny.studies.lottery.probing_job.HELD_BYTES", 1)
    found = ask(files, [("another", 0, None)], controls=True)
    assert set(found["probes"]["recipe"]) == {"paper"}
    assert found["probe_codes"].empty


def test_of_a_control_language_the_last_layer_alone_is_probed(files):
    found = ask(files, [("dense", 0, None)], last_only=True)
    sites = found["probes"].groupby("task")["site"].agg(list).to_dict()
    assert sites == {name: ["form", "encoder2"] for name in ("kinds", "order")}
    assert found["probe_seeds"].empty
