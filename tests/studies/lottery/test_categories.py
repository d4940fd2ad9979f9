"""LayerSim by category: which tokens are in one, and what is said of few."""

import numpy as np
import pytest
import torch

from ontogeny.annotation.treebanks import NO_LABEL, Labelled
from ontogeny.models.transformer import EncoderDecoder
from ontogeny.similarity import linear_cka
from ontogeny.statistics.bootstrap import resampling_weights
from ontogeny.studies.lottery.categories import (
    LEAST,
    bin_names,
    category_rows,
    category_table,
    frequency_bins,
)
from ontogeny.studies.lottery.grouped import grouped_batches, groups_of
from ontogeny.studies.lottery.tagged import Tokens, tagged_text, tagged_tokens
from ontogeny.studies.lottery.texts import encode_texts
from ontogeny.translation.pairs import PAIRS
from ontogeny.translation.subwords import Subwords


@pytest.fixture
def tokens():
    """Three categories: alike, half alike, and too small; and tokens of none."""
    rng = np.random.default_rng(0)
    category = np.repeat([0, 1, 2, -1], [400, 250, 150, 50])
    a = rng.normal(size=(850, 4))
    noise = rng.normal(size=a.shape)
    b = np.where((category == 0)[:, None], a + 0.1 * noise, a + noise)
    return Tokens(a, b, category, np.arange(850) % 40)


def test_categories_are_judged_at_as_many_tokens(tokens):
    weights = resampling_weights(40, 300)
    rows = list(category_rows(tokens, ["x", "y", "z"], weights))
    assert [row["category"] for row in rows] == ["x", "y", "z"]
    assert [row["judged"] for row in rows] == [True, True, False]
    assert [row["tokens_judged"] for row in rows] == [250, 250, 0]
    for number, row in enumerate(rows):
        own = tokens.category == number
        assert row["tokens"] == own.sum()
        whole = linear_cka(tokens.a[own], tokens.b[own])
        assert row["similarity"] == pytest.approx(whole)
    assert rows[0]["debiased"] > 0.95 > rows[1]["debiased"]
    low, high = np.percentile(rows[1]["draws"], [2.5, 97.5])
    assert low < rows[1]["debiased"] < high
    assert rows[2]["draws"] is None


def test_intervals_are_as_wide_as_the_spread_of_fresh_samples():
    weights, widths, values = resampling_weights(40, 400), [], []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        a = rng.normal(size=(LEAST, 3))
        b = a + rng.normal(size=a.shape)
        its = Tokens(a, b, np.zeros(LEAST, int), np.arange(LEAST) % 40)
        (row,) = category_rows(its, ["x"], weights)
        widths.append(row["draws"].std())
        values.append(row["debiased"])
    assert np.mean(widths) == pytest.approx(np.std(values), rel=0.3)


def test_ranks_are_of_the_text_and_special_subwords_in_none():
    sources = [np.array([4, 4, 4, 5, 5, 9])]
    found = frequency_bins(sources, types=120)
    assert found[:4].tolist() == [-1] * 4
    # 4, 5, 9, and then those that are not there, in order: five are 0–4.
    assert np.flatnonzero(found == 0).tolist() == [4, 5, 6, 7, 9]
    assert (found[4:] >= 0).all()
    assert np.bincount(found[4:]).tolist() == [5, 95, 16]
    assert len(bin_names()) == 5


@pytest.fixture
def subwords():
    words = ["the", "dog's", "cat", "saw", "it", "&", "#", ";", "a", "p", "o", "s"]
    import pyarrow as pa

    side = pa.array([words], pa.list_(pa.string()))
    table = pa.table([pa.array([0], pa.int32()), side, side], schema=PAIRS)
    return encode_texts({"train": table}, subwords=40, longest=99).subwords


@pytest.fixture
def models(subwords):
    found = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        its = {"layers": 1, "d": 8, "heads": 2, "inner": 8, "dropout": 0.0}
        found.append(EncoderDecoder(len(subwords), **its).eval())
    return found


def test_words_are_means_of_their_subwords(subwords, models):
    sentences = [
        Labelled(True, ("The", "cat"), {"xpos": ("DT", "NN")}),
        Labelled(False, ("it", "saw", "the"), {"xpos": ("PRP", NO_LABEL, "DT")}),
        Labelled(False, ("the",) * 30, {"xpos": ("DT",) * 30}),
    ]
    text = tagged_text("xpos", "xpos", sentences, subwords, longest=20, tokens=40)
    assert text.names == ["DT", "NN", "PRP"]
    found = tagged_tokens(models, text)
    assert sorted(found.category.tolist()) == [-1, 0, 0, 1, 2]  # too long: left out
    ids, word = subwords.encode(["the", "cat"])
    with torch.no_grad():
        source = torch.from_numpy(np.append(ids, 2))[None]
        vectors = models[1].encode(source)[0].numpy()
    expected = [vectors[:-1][word == n].mean(0) for n in (0, 1)]
    for one in expected:
        assert np.isclose(found.b, one, atol=1e-5).all(1).any()


def test_ambiguity_is_of_word_types():
    subwords = Subwords("abc", [])
    tags = ("X", "Y", "X", "Y", "Z")
    sentences = [Labelled(True, ("a", "a", "b", "b", "c"), {"sem_fine": tags})]
    text = tagged_text("sem", "sem_fine", sentences, subwords, longest=9, tokens=9)
    # a and b have two tags each, c one.
    assert dict(zip(text.names, text.ambiguity, strict=True)) == {
        "X": 2,
        "Y": 2,
        "Z": 1,
    }


@pytest.mark.parametrize(
    ("letters", "known", "word"),
    [("dogs'", True, "Dog's"), ("dogs&;ap", False, "Dog's"), ("Dogs'", True, "Dog's")],
)
def test_words_are_written_as_the_models_text_is(letters, known, word):
    subwords = Subwords("".join(dict.fromkeys(letters)), [])
    sentence = Labelled(True, (word,), {"xpos": ("NN",)})
    text = tagged_text("xpos", "xpos", [sentence], subwords, longest=20, tokens=30)
    assert len(text.word[0]) == (5 if known else 10)
    assert (text.batches[0].source != 3).all()  # no <unk>


def test_the_table_has_frequencies_and_tags(subwords, models):
    import pyarrow as pa

    words = pa.array([["the", "cat"]] * 50, pa.list_(pa.string()))
    numbers = pa.array(range(50), pa.int32())
    pairs = pa.table([numbers, words, words], schema=PAIRS)
    text = encode_texts({"train": pairs}, subwords=40, longest=99).tables["train"]
    groups = groups_of(np.arange(50))
    batches = grouped_batches(text, groups, tokens=40)
    bins = frequency_bins(text["source"].to_pandas(), len(subwords))
    labels = {"sem_fine": ("DEF", "CON")}
    sentences = [Labelled(True, ("the", "cat"), labels)] * 20
    tagged = tagged_text("sem", "sem_fine", sentences, subwords, longest=9, tokens=40)
    weights = resampling_weights(40, 100)
    table = category_table(models, 8, batches, groups, bins, [tagged], weights)
    assert table.groupby("by")["tokens"].sum().to_dict()["sem"] == 40
    assert table["ambiguity"].notna().equals(table["by"] == "sem")
    assert (table["prunings"] == 8).all()


def test_a_long_text_is_read_to_a_limit(monkeypatch):
    monkeypatch.setattr("ontogeny.studies.lottery.tagged.MOST_WORDS", 5)
    sentence = Labelled(True, ("a", "b"), {"xpos": ("X", "Y")})
    text = tagged_text(
        "xpos", "xpos", [sentence] * 9, Subwords("ab", []), longest=9, tokens=9
    )
    assert len(text.word) == 2
