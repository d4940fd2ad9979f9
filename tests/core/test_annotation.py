"""Labelled texts: articles in runs, treebanks, semantic tags, moved labels."""

import logging

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontogeny.annotation.labels import UNLABELLED, shuffle_labels, target_labels
from ontogeny.annotation.semtags import COARSE_OF, coarse
from ontogeny.annotation.texts import make_text
from ontogeny.annotation.treebanks import Labelled, read_meaning_bank, read_xpos
from ontogeny.corpus.filtering import KEPT, SPLITS
from ontogeny.errors import InputError
from ontogeny.statistics.groups import resampling_groups
from ontogeny.studies.svcca.articles import (
    cut_into_runs,
    gold_upos,
    labelled_articles,
    longest_articles,
    silver_upos,
)
from ontogeny.tagging.shards import TAGS
from ontogeny.tagging.upos import UPOS

SHARES = {"train": 70, "valid": 10, "test": 20}
# Every tag that the gold layers of the Parallel Meaning Bank 4.0.0 use.
PMB_TAGS = [
    "NIL", "CON", "PRO", "REL", "EPS", "NOW", "DEF", "PER", "IST", "ENS", "DIS",
    "HAS", "EXS", "QUE", "ROL", "PST", "EXG", "NOT", "QUC", "GPE", "UOM", "PRX",
    "AND", "QUV", "DEG", "FUT", "EMP", "EXT", "INT", "ALT", "DST", "MOR", "GPO",
    "YOC", "POS", "ORG", "CLO", "SUB", "COL", "GRP", "COO", "EQU", "LIT", "GEO",
    "ART", "TOP", "BUT", "APX", "MOY", "REF", "PFT", "NEC", "DOM", "NTH", "SCO",
    "EFS", "IMP", "ORD", "HAP", "DOW", "LES", "CTC", "PRG", "BOT", "ITJ", "GRE",
    "XCL", "PRI", "SST",
]  # fmt: skip
VOCABULARY = pd.DataFrame(
    {"id": range(5), "word": ["<unk>", "<eos>", "the", "cat", "sat"]}
)


def test_every_tag_of_the_meaning_bank_has_a_coarse_class():
    assert len(PMB_TAGS) == 69
    assert set(PMB_TAGS) <= COARSE_OF.keys()
    assert len(set(COARSE_OF.values())) == 13
    assert coarse("XYZ") == "UNK"


@given(st.lists(st.integers(1, 6), min_size=1, max_size=8), st.integers(0, 9))
def test_targets_are_the_next_labels_of_the_sentence(lengths, seed):
    sentence = np.repeat(np.arange(len(lengths)), [n + 1 for n in lengths])
    labels = np.random.default_rng(seed).integers(0, 5, len(sentence))
    labels[np.cumsum([n + 1 for n in lengths]) - 1] = UNLABELLED
    targets = target_labels(labels, sentence)
    for number, length in enumerate(lengths):
        here = sentence == number
        assert targets[here][: length - 1].tolist() == labels[here][1:length].tolist()
        assert (targets[here][length - 1 :] == UNLABELLED).all()


def test_shuffled_labels_are_the_same_labels_elsewhere():
    labels = np.random.default_rng(0).integers(-1, 9, 5000)
    shuffled = shuffle_labels(labels, 3)
    assert ((labels == UNLABELLED) == (shuffled == UNLABELLED)).all()
    assert (np.sort(labels) == np.sort(shuffled)).all()
    known = labels != UNLABELLED
    assert np.mean(labels[known] == shuffled[known]) < 0.2
    assert (shuffle_labels(labels, 3) == shuffled).all()
    assert (shuffle_labels(labels, 4) != shuffled).any()


def test_groups_are_whole_sentences_of_like_number():
    sentence = np.repeat(np.arange(100), np.arange(100) % 7 + 1)
    groups = resampling_groups(sentence, 8)
    assert (
        pd.DataFrame({"s": sentence, "g": groups}).groupby("s")["g"].nunique().max()
        == 1
    )
    per_group = [len(set(sentence[groups == g])) for g in range(8)]
    assert max(per_group) - min(per_group) <= 1


def write_kept(path, articles, split=0):
    """Articles as lists of sentence lengths."""
    rows = [
        {"document": d, "tokens": [f"w{i}" for i in range(n)], "split": split}
        for d, lengths in enumerate(articles)
        for n in lengths
    ]
    table = pd.DataFrame(rows)
    table["sentence"] = range(len(table))
    arrays = [pa.array(table[f.name].tolist(), f.type) for f in KEPT]
    pq.write_table(pa.table(arrays, schema=KEPT), path)
    return path


def test_the_longest_articles_are_chosen_and_none_of_other_splits(tmp_path):
    path = write_kept(tmp_path / "kept.parquet", [[3] * 4, [9] * 5, [5] * 6, [50, 50]])
    found = longest_articles(path, 2)
    assert found.groupby("article")["document"].first().tolist() == [1, 2]
    other = write_kept(tmp_path / "other.parquet", [[3] * 4, [9] * 5], split=1)
    with pytest.raises(InputError, match="0 article"):
        longest_articles(other, 2)


def test_fewer_articles_than_asked_for_are_used_and_told(tmp_path, caplog):
    path = write_kept(tmp_path / "kept.parquet", [[3] * 4, [9] * 5])
    with caplog.at_level(logging.WARNING):
        assert longest_articles(path, 100)["article"].nunique() == 2
    assert "2 articles, not 100" in caplog.text


@given(
    st.lists(
        st.lists(st.integers(1, 40), min_size=3, max_size=30), min_size=1, max_size=5
    )
)
def test_every_article_is_in_every_split_in_contiguous_runs(articles):
    sentences = pd.DataFrame(
        {
            "article": np.repeat(range(len(articles)), [len(a) for a in articles]),
            "tokens": [["w"] * n for article in articles for n in article],
        }
    )
    runs = cut_into_runs(sentences, SHARES, test_tokens=10**6)
    for _, of_article in runs.groupby(sentences["article"]):
        assert list(dict.fromkeys(of_article)) == list(SPLITS)
        assert (of_article.map(SPLITS.index).diff().dropna() >= 0).all()


def test_runs_have_the_shares_of_tokens():
    sentences = pd.DataFrame({"article": 0, "tokens": [["w"] * 10] * 100})
    counts = cut_into_runs(sentences, SHARES, test_tokens=10**6).value_counts()
    assert counts.to_dict() == {"train": 70, "test": 20, "valid": 10}


def test_long_test_runs_are_shortened_alike():
    sentences = pd.DataFrame(
        {"article": np.repeat([0, 1], 100), "tokens": [["w"] * 10] * 200}
    )
    runs = cut_into_runs(sentences, SHARES, test_tokens=200)
    kept = (runs == "test").groupby(sentences["article"]).sum()
    assert kept.tolist() == [10, 10]
    assert (runs == "").sum() == 20
    assert (runs == "train").sum() == 140


def test_articles_carry_their_tags_and_topic(tmp_path):
    path = write_kept(tmp_path / "kept.parquet", [[2] * 10, [3] * 10])
    sentences = longest_articles(path, 2)
    runs = cut_into_runs(sentences, SHARES, test_tokens=10**6)
    upos = {s: ["NOUN"] * (2 if s < 10 else 3) for s in range(20)}
    found = labelled_articles(sentences, runs, upos, {0: "Same", 1: "Same"})
    text = make_text(found, VOCABULARY)
    topics = text.classes[text.classes["tagset"] == "topic"]
    assert topics["name"].tolist() == ["000 Same", "001 Same"]
    assert (topics[list(SPLITS)] > 0).all(axis=None)
    first = text.tokens[(text.tokens["split"] == 0) & (text.tokens["topic"] == 0)]
    assert len(first) == 21, "seven sentences of three words of the longer article"


def test_silver_and_gold_tags_are_those_of_the_sentences(tmp_path):
    tags = [[UPOS.index("NOUN")], [UPOS.index("VERB"), UPOS.index("X")]]
    table = pa.table([pa.array([4, 7], pa.int32()), pa.array(tags)], schema=TAGS)
    pq.write_table(table, tmp_path / "tags.parquet")
    assert silver_upos([tmp_path / "tags.parquet"], {7}) == {7: ["VERB", "X"]}
    row = "{}\ta\t_\t{}\t_\t_\t_\t_\t_\t_\n"
    for number in (1, 2):
        text = row.format(1, "DET") + "\n" + row.format(1, "_") + row.format(2, "NOUN")
        (tmp_path / f"{number}.conllu").write_text(text + "\n")
    paths = [tmp_path / f"{number}.conllu" for number in (1, 2)]
    assert gold_upos(paths, {2, 3}) == {2: ["DET"], 3: ["", "NOUN"]}


def test_text_ends_sentences_and_knows_no_unknown_words():
    sentence = Labelled(
        True, ("The", "dog", "sat", "<eos>"), {"xpos": ("DT", "NN", "", "X")}
    )
    text = make_text({split: [sentence, sentence] for split in SPLITS}, VOCABULARY)
    one = text.tokens[text.tokens["sentence"] == 1]
    assert one["id"].tolist() == [2, 0, 4, 0, 1]
    names = text.classes["name"].tolist()
    assert [names[i] if i >= 0 else "" for i in one["xpos"]] == [
        "DT",
        "NN",
        "",
        "X",
        "",
    ]
    assert text.tokens.groupby("document")["split"].nunique().max() == 1


def test_a_class_that_training_lacks_is_told_and_counted(caplog):
    def part(label):
        return [Labelled(True, ("the",), {"xpos": (label,)})]

    with caplog.at_level(logging.WARNING):
        text = make_text(
            {"train": part("A"), "valid": part("A"), "test": part("B")}, VOCABULARY
        )
    assert "training part lacks B" in caplog.text
    assert text.classes.set_index("name").loc["B", list(SPLITS)].tolist() == [0, 0, 1]


def test_a_part_without_labels_is_an_error():
    bare = [Labelled(True, ("the",), {"xpos": ("",)})]
    with pytest.raises(InputError, match=r"train part .* xpos"):
        make_text(dict.fromkeys(SPLITS, bare), VOCABULARY)


def test_meaning_bank_is_read_with_its_multiword_tokens(tmp_path):
    path = tmp_path / "a.conll"
    path.write_text(
        "### made\n# newdoc id = p1/d1\nNew~York\tx\tx\tGPE\n.\tx\tx\tNIL\n\n"
        "Go\tx\tx\tEXS\n\n# newdoc id = p1/d2\n~\tx\tx\tNIL\n"
    )
    found = list(read_meaning_bank(path))
    assert [s.words for s in found] == [("New", "York", "."), ("Go",), ("~",)]
    assert found[0].labels["sem_fine"] == ("GPE", "GPE", "NIL")
    assert found[0].labels["sem_coarse"] == ("NAM", "NAM", "LOG")
    assert [s.opens_document for s in found] == [True, False, True]


@pytest.mark.parametrize("line", ["word\tword\tword", "\tx\tx\tNIL", "a\tb\tc\t"])
def test_a_broken_line_is_named(tmp_path, line):
    path = tmp_path / "a.conll"
    path.write_text(f"# newdoc\n{line}\n")
    with pytest.raises(InputError, match="line 2"):
        list(read_meaning_bank(path))


def test_absent_fine_tags_are_no_labels(tmp_path):
    path = tmp_path / "a.conllu"
    path.write_text("1\ta\t_\tX\t_\t_\t_\t_\t_\t_\n2\tb\t_\tX\tNN\t_\t_\t_\t_\t_\n\n")
    (sentence,) = read_xpos(path)
    assert sentence.labels == {"xpos": ("", "NN")}
