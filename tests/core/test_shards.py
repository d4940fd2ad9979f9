"""Shards of the tagging: every row group once; counts equal to brute force."""

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontogeny.corpus.filtering import SPECIAL, SPLITS, keep_sentences
from ontogeny.corpus.shards import shard_indices
from ontogeny.tagging.shards import TAGS, count_training_tags, tag_shard
from ontogeny.tagging.upos import UPOS

SHARES = {"train": 60, "valid": 20, "test": 20}


@given(groups=st.integers(1, 20), number=st.integers(1, 30))
def test_shards_hold_everything_once_and_in_order(groups, number):
    ranges = [shard_indices(f"{k}-of-{number}", groups) for k in range(1, number + 1)]
    assert [group for one in ranges for group in one] == list(range(groups))
    sizes = [len(one) for one in ranges]
    assert max(sizes) - min(sizes) <= 1


@pytest.fixture(scope="module")
def nlp():
    """A tagger of two tags, by a word's capital."""
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("morphologizer").add_label("POS=X")
    nlp.initialize()
    ruler = nlp.add_pipe("attribute_ruler")
    ruler.add([[{"IS_TITLE": True}]], {"POS": "PROPN"})
    ruler.add([[{"IS_TITLE": False}]], {"POS": "VERB"})
    return nlp


@pytest.fixture
def kept(tmp_path, write_corpus):
    """Nine documents in many row groups, one of them empty after the filter."""
    documents = [
        ["Ada runs", "rare", "ada Runs sees"],
        ["Bob sees Ada", "bob runs"],
    ] * 4
    documents.insert(2, ["odd"])
    source = write_corpus(documents, rows_per_group=1)
    found = keep_sentences(
        source, tmp_path / "kept.parquet", min_count=4, shares=SHARES, seed=0
    )
    return tmp_path / "kept.parquet", found.vocabulary


@pytest.mark.parametrize("number", [1, 2, 5, 40])
def test_counts_equal_brute_force_for_any_number_of_shards(kept, nlp, tmp_path, number):
    path, vocabulary = kept
    paths = [tmp_path / f"{k}-of-{number}.parquet" for k in range(1, number + 1)]
    for k, one in enumerate(paths, 1):
        tag_shard(nlp, path, one, shard=f"{k}-of-{number}")
        assert pq.read_schema(one).equals(TAGS)

    ids = dict(zip(vocabulary["word"], vocabulary["id"], strict=True))
    expected = np.zeros((len(vocabulary), len(UPOS)), int)
    for row in pq.read_table(path).to_pylist():
        if SPLITS[row["split"]] == "train":
            for token in row["tokens"]:
                tag = "PROPN" if token.istitle() else "VERB"
                word = ids.get(token.lower(), SPECIAL.index("<unk>"))
                expected[word, UPOS.index(tag)] += 1
    assert expected.sum() > 10
    # The shards' files may come in any order.
    counts = count_training_tags(path, paths[::-1], vocabulary)
    np.testing.assert_array_equal(counts, expected)


def test_tags_stand_beside_their_sentences(kept, nlp, tmp_path):
    path, _ = kept
    tag_shard(nlp, path, tmp_path / "1-of-1.parquet", shard="1-of-1")
    tags = pq.read_table(tmp_path / "1-of-1.parquet")
    sentences = pq.read_table(path)
    assert tags["sentence"].equals(sentences["sentence"])
    lengths = [list(map(len, table[c].to_pylist())) for table, c in
               ((tags, "tags"), (sentences, "tokens"))]  # fmt: skip
    assert lengths[0] == lengths[1]


def test_a_missing_shard_is_not_overlooked(kept, nlp, tmp_path):
    path, vocabulary = kept
    tag_shard(nlp, path, tmp_path / "1-of-2.parquet", shard="1-of-2")
    with pytest.raises(ValueError, match="shorter"):
        count_training_tags(path, [tmp_path / "1-of-2.parquet"], vocabulary)
