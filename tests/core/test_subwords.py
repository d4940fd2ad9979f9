"""Subwords are those of subword-nmt, and words come back from them."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ontogeny.errors import InputError
from ontogeny.grammar import documents
from ontogeny.translation.subwords import (
    END,
    NO_WORD,
    PAD,
    SPECIALS,
    START,
    UNKNOWN,
    Subwords,
    average_by_word,
    learn_subwords,
)

UNITS = 300


@pytest.fixture(scope="module")
def sides():
    """Mini and its sister, lowercased."""
    text = [s for document in documents(4000, types=400) for s in document.sentences]
    return (
        [[word.lower() for word in sentence.words] for sentence in text],
        [sentence.comments["text_sister"].lower().split() for sentence in text],
    )


@pytest.fixture(scope="module")
def learned(sides):
    return learn_subwords([*sides[0], *sides[1]], units=UNITS)


def command(*arguments):
    main = "from subword_nmt.subword_nmt import main; main()"
    subprocess.run(
        [sys.executable, "-c", main, *map(str, arguments)],
        check=True,
        capture_output=True,
    )


def test_merges_and_pieces_are_those_of_subword_nmts_own_command(
    sides, learned, tmp_path
):
    files = [tmp_path / "a.en", tmp_path / "a.de"]
    for file, sentences in zip(files, sides, strict=True):
        file.write_text("\n".join(map(" ".join, sentences)), encoding="utf-8")
    codes = tmp_path / "codes"
    learned.save(tmp_path / "subwords.json")
    merges = json.loads((tmp_path / "subwords.json").read_text())["merges"]
    assert len(merges) > 100
    command("learn-joint-bpe-and-vocab", "--symbols", len(merges), "--output", codes,
            "--input", *files, "--write-vocabulary", tmp_path / "1", tmp_path / "2")  # fmt: skip
    assert codes.read_text(encoding="utf-8").splitlines()[1:] == merges
    divided = tmp_path / "divided"
    command("apply-bpe", "--codes", codes, "--input", files[1], "--output", divided)
    for line, words in zip(divided.read_text().splitlines(), sides[1], strict=True):
        ids, _ = learned.encode(words)
        assert " ".join(learned.units[id] for id in ids) == line


def test_two_learnings_give_equal_files_whatever_the_order(sides, learned, tmp_path):
    learned.save(tmp_path / "one")
    learn_subwords([*sides[1][::-1], *sides[0]], units=UNITS).save(tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_file_gives_the_subwords_back(sides, learned, tmp_path):
    learned.save(tmp_path / "subwords.json")
    loaded = Subwords.load(tmp_path / "subwords.json")
    assert loaded.units == learned.units
    for words in sides[0][:50]:
        assert loaded.encode(words)[0].tolist() == learned.encode(words)[0].tolist()


def test_units_are_specials_characters_and_merges_each_once(sides, learned):
    units = learned.units
    characters = sorted({c for side in sides for s in side for word in s for c in word})
    assert units[:4] == SPECIALS == ("<pad>", "<s>", "</s>", "<unk>")
    assert (PAD, START, END, UNKNOWN) == (0, 1, 2, 3)
    both = [one + mark for mark in ("@@", "") for one in characters]
    assert units[4 : 4 + len(both)] == tuple(both)
    assert len(units) == len(set(units)) == len(learned) <= UNITS
    assert len(units) > 0.95 * UNITS  # two merges may make the same
    merges = [("a", "b"), ("b", "c"), ("ab", "c"), ("a", "bc")]
    assert Subwords("abc", merges).units[10:] == ("ab@@", "bc@@", "abc@@")


def test_frequent_words_are_whole_and_rare_ones_divided(sides, learned):
    assert len(learned.encode(["the"])[0]) == 1
    ids, word = learned.encode(["the", "thethe", "the"])
    assert word.tolist() == [0, *[1] * (len(ids) - 2), 2]
    assert len(ids) > 3


WORDS = st.lists(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
        lambda text: text.split() == [text]
    ),
    max_size=8,
)


@settings(max_examples=40)
@given(WORDS, st.lists(st.integers(0, 2), min_size=1), st.integers(0, 40))
def test_words_come_back_from_their_subwords(words, repeats, more):
    repeated = [w for w, n in zip(words, repeats * 8, strict=False) for _ in range(n)]
    text = [*words, *repeated, "lower", "low", "low"]
    least = 4 + 2 * len(set("".join(text)))
    subwords = learn_subwords([text], units=least + more)
    ids, word_of = subwords.encode(text)
    assert subwords.decode([START, *ids, END, PAD, PAD]) == text
    assert len(ids) == len(word_of)
    pieces = [subwords.units[id] for id in ids]
    for number, word in enumerate(text):
        *inner, last = [p for p, w in zip(pieces, word_of, strict=True) if w == number]
        assert all(piece.endswith("@@") for piece in inner)
        assert "".join(piece.removesuffix("@@") for piece in inner) + last == word
    assert (np.diff(word_of) >= 0).all()


@settings(max_examples=40)
@given(st.text("lowers", min_size=1))
def test_a_word_of_known_characters_is_never_unknown(word):
    subwords = learn_subwords([["low", "lower", "slow", "slower"] * 2], units=24)
    ids, _ = subwords.encode([word])
    assert UNKNOWN not in ids
    assert subwords.decode(ids) == [word]


def test_unknown_characters_are_unknown_alone():
    subwords = learn_subwords([["low", "lower"]], units=20)
    ids, word = subwords.encode(["low", "lüw", "x"])
    assert [subwords.units[id] for id in ids[-4:]] == ["l@@", "<unk>", "w", "<unk>"]
    assert word[-4:].tolist() == [1, 1, 1, 2]
    assert subwords.decode(ids) == ["low", "l<unk>", "w", "<unk>"]


def test_a_word_that_reads_like_a_special_one_is_no_special_one():
    words = ["<unk>", "</s>", "<pad>", "a@@", "@@"] * 9
    subwords = learn_subwords([words], units=80)
    ids, _ = subwords.encode(words)
    assert min(ids) >= len(SPECIALS)
    assert subwords.decode(ids) == words


def test_decoding_ends_at_the_end_and_closes_what_is_open():
    subwords = Subwords("ab", [])
    inner, final = subwords.units.index("a@@"), subwords.units.index("b")
    assert subwords.decode([inner, final, inner]) == ["ab", "a"]
    assert subwords.decode(torch.tensor([PAD, START, final, END, final])) == ["b"]
    assert subwords.decode([]) == []
    ids, word = subwords.encode([])
    assert (ids.dtype, len(ids), len(word)) == (np.int64, 0, 0)


def test_a_vocabulary_smaller_than_the_characters_is_told():
    text = [["abc", "abc"]]
    with pytest.raises(InputError, match=r"9 subwords are too few for 3 .* 10 or more"):
        learn_subwords(text, units=9)
    assert len(learn_subwords(text, units=10)) == 10
    assert len(learn_subwords(text, units=11)) == 11
    assert len(learn_subwords([["a", "b"]], units=99)) == 8  # nothing to merge
    with pytest.raises(InputError, match="no word to learn"):
        learn_subwords([[]], units=99)
    with pytest.raises(ValueError, match="'a b' is no word"):
        learn_subwords([["a b"]], units=99)


def test_the_libraries_are_loaded_where_they_are_used_alone(root):
    at_once = r"^(import|from) (subword_nmt|sacrebleu)"
    within = r"^ +from (subword_nmt|sacrebleu)"
    text = "".join(path.read_text() for path in root.glob("ontogeny/**/*.py"))
    assert not re.search(at_once, text, re.M)
    assert set(re.findall(within, text, re.M)) == {"subword_nmt", "sacrebleu"}


def test_learning_says_nothing_on_the_terminal(capfd):
    learn_subwords([["low", "lower"]], units=99)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"merges": []}',
        '{"characters": "a", "merges": ["a"]}',
        '{"characters": "a", "merges": ["a "]}',
        "\xff",
    ],
)
def test_a_damaged_file_is_told(tmp_path, text):
    (tmp_path / "s.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match=r"s\.json is truncated or damaged"):
        Subwords.load(tmp_path / "s.json")
    with pytest.raises(InputError, match="is missing"):
        Subwords.load(tmp_path / "none.json")


@settings(max_examples=40)
@given(st.lists(st.integers(NO_WORD, 6), min_size=1), st.integers(0, 2))
def test_a_words_vector_is_the_mean_of_its_subwords(word_of, more):
    words = max(max(word_of), NO_WORD) + 1 + more
    vectors = torch.randn(len(word_of), 3, dtype=torch.float64)
    found = average_by_word(vectors, word_of, words)
    assert found.shape == (words, 3)
    assert found.dtype == torch.float64
    for word in range(words):
        own = vectors[[at for at, one in enumerate(word_of) if one == word]]
        if len(own):
            assert (found[word] - own.mean(dim=0)).abs().max() < 1e-12
        else:
            assert found[word].isnan().all()


def test_vectors_that_fit_no_words_are_refused():
    vectors = torch.zeros(3, 2)
    for word_of, words in [([0, 1], None), ([0, 1, 2], 2), ([0, -2, 1], None)]:
        with pytest.raises(ValueError):
            average_by_word(vectors, word_of, words)
