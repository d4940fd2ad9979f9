"""A corpus whose words are in any order: what stays, and what is gone."""

from collections import Counter

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontogeny.corpus.filtering import KEPT, SPLITS
from ontogeny.corpus.shuffling import permutation, shuffle_kept, shuffle_text
from ontogeny.corpus.tables import batches, write_batches
from ontogeny.tagging.shards import TAGS, count_training_tags

GROUPS = 3


@pytest.fixture
def corpus(tmp_path):
    """Sentences of two documents a split, and their tags in shards, the last empty."""
    rng = np.random.default_rng(1)
    rows, tags = [], []
    for group in range(GROUPS):
        words = [[*"abAB"] * int(n) for n in rng.integers(1, 9, 40)]
        rows.append(
            pa.record_batch(
                [
                    pa.array(np.repeat([2 * group, 2 * group + 1], 20), pa.int32()),
                    pa.array(np.arange(40) + 40 * group, pa.int32()),
                    pa.array(words),
                    pa.array(np.full(40, group), pa.int8()),
                ],
                schema=KEPT,
            )
        )
        numbers = [["abAB".index(word) for word in sentence] for sentence in words]
        tags.append(
            pa.record_batch(
                [rows[-1]["sentence"], pa.array(numbers, pa.list_(pa.int8()))],
                schema=TAGS,
            )
        )
    paths = [tmp_path / f"{n}-of-3.parquet" for n in (1, 2, 3)]
    write_batches(rows, KEPT, tmp_path / "kept.parquet")
    for path, shard in zip(paths, [tags[:2], tags[2:], []], strict=True):
        write_batches(shard, TAGS, path)
    return tmp_path / "kept.parquet", paths


def shuffled(corpus, folder, seed=3):
    folder.mkdir()
    kept, tags = corpus
    made = folder / "kept.parquet", [folder / path.name for path in tags]
    shuffle_kept(kept, tags, *made, seed=seed)
    return made


def words(path):
    return pq.read_table(path).to_pandas()


def pairs_of(corpus):
    """By split, how often a word has a tag."""
    kept, paths = corpus
    tags = pd.concat([words(path) for path in paths])["tags"]
    rows = words(kept).assign(tags=tags.to_numpy())
    return {
        split: Counter(
            pair
            for sentence in here.itertuples()
            for pair in zip(sentence.tokens, sentence.tags, strict=True)
        )
        for split, here in rows.groupby("split")
    }


def test_each_split_keeps_its_words_with_their_tags(corpus, tmp_path):
    made = shuffled(corpus, tmp_path / "made")
    assert pairs_of(made) == pairs_of(corpus)
    vocabulary = pd.DataFrame({"word": ["<unk>", "<eos>", "a", "b"]})
    counts = [count_training_tags(*files, vocabulary) for files in (corpus, made)]
    assert np.array_equal(*counts)


def test_documents_sentences_and_row_groups_keep_their_places(corpus, tmp_path):
    made = shuffled(corpus, tmp_path / "made")
    places = ["document", "sentence", "split"]
    before, after = words(corpus[0]), words(made[0])
    assert before[places].equals(after[places])
    assert before["tokens"].map(len).equals(after["tokens"].map(len))
    for old, new in zip([corpus[0], *corpus[1]], [made[0], *made[1]], strict=True):
        assert list(map(len, batches(old))) == list(map(len, batches(new)))
        assert pq.read_schema(old) == pq.read_schema(new)


def test_the_word_before_says_nothing(corpus, tmp_path):
    def after_a(path):
        text = np.concatenate(words(path)["tokens"].to_list())
        return np.mean(text[1:][text[:-1] == "a"] == "b")

    made = shuffled(corpus, tmp_path / "made")
    assert after_a(corpus[0]) == 1
    assert abs(after_a(made[0]) - 0.25) < 0.08


def test_the_order_is_the_seed_s(corpus, tmp_path):
    first, same, other = (
        words(shuffled(corpus, tmp_path / name, seed)[0])["tokens"].map(list).to_list()
        for name, seed in (("a", 3), ("b", 3), ("c", 4))
    )
    assert first == same
    assert first != other


def test_a_corpus_without_tags_is_shuffled_too(corpus, tmp_path):
    made = tmp_path / "made.parquet"
    shuffle_kept(corpus[0], [], made, [], seed=3)
    assert len(words(made)) == len(words(corpus[0]))


@given(st.lists(st.integers(0, 2), max_size=60), st.integers(0, 9))
def test_a_permutation_stays_within_splits(split, seed):
    split = np.array(split, dtype=np.int8)
    order = permutation(split, seed)
    assert sorted(order) == list(range(len(split)))
    assert np.array_equal(split[order], split)


def test_labels_go_with_their_words_and_ends_stay():
    rng = np.random.default_rng(0)
    ids = rng.integers(2, 9, 300)
    ids[9::10] = 1
    tokens = pd.DataFrame(
        {
            "split": np.repeat(range(len(SPLITS)), 100),
            "document": np.arange(300) // 50,
            "sentence": np.arange(300) // 10,
            "id": ids,
            "xpos": np.where(ids == 1, -1, ids * 2),
        }
    )
    made = shuffle_text(tokens, seed=1)
    assert made["id"].eq(1).equals(tokens["id"].eq(1))
    assert made["xpos"].eq(np.where(made["id"] == 1, -1, made["id"] * 2)).all()
    place = ["split", "document", "sentence"]
    assert made[place].equals(tokens[place])
    counts = [t.groupby("split")["id"].value_counts() for t in (made, tokens)]
    assert counts[0].sort_index().equals(counts[1].sort_index())
    assert not made["id"].equals(tokens["id"])
    assert made.dtypes.equals(tokens.dtypes)
