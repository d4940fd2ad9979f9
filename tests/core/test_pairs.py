"""Pairs of sentences are those of the text, and batches hold each of them once."""

import gzip
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ontogeny.corpus.filtering import KEPT, SPLITS
from ontogeny.corpus.treebank import Sentence, read_conllu, write_conllu_file
from ontogeny.disk.files import write_table
from ontogeny.errors import InputError
from ontogeny.grammar import documents
from ontogeny.training.batches import Shuffled
from ontogeny.translation.batches import compose_batches
from ontogeny.translation.pairs import (
    ALIGNED,
    ENCODED,
    PAIRS,
    document_splits,
    encode_pairs,
    read_pairs,
    read_sister,
)
from ontogeny.translation.subwords import END, PAD, START, Subwords

LINES = ["Ein Hund läuft .", "zwei  Männer\u00a0sitzen ", "\tja"]


def written(folder, name, text):
    path = folder / name
    data = text.encode()
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(data))
    elif path.suffix == ".zst":
        with pa.output_stream(str(path)) as file:
            file.write(data)
    else:
        path.write_bytes(data)
    return path


@pytest.mark.parametrize("name", ["a.de", "a.de.gz", "a.de.zst"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_lines_become_words_however_they_are_stored(tmp_path, name, ends, last):
    de = written(tmp_path, name, "\ufeff" + ends.join(LINES) + ends * last)
    en = written(tmp_path, "a.en", "a\nb b\nc\n")
    table = read_pairs(en, de)
    assert table.schema == PAIRS
    assert table["pair"].to_pylist() == [0, 1, 2]
    assert table["source"].to_pylist() == [["a"], ["b", "b"], ["c"]]
    assert table["target"].to_pylist() == [line.split() for line in LINES]
    lowered = read_pairs(en, de, lowercase=True)["target"].to_pylist()
    assert lowered == [line.lower().split() for line in LINES]


def test_an_end_of_line_of_another_kind_moves_no_pair(tmp_path):
    odd = written(tmp_path, "a.en", "a\u2028b\rc\x0bd\ne\n")
    even = written(tmp_path, "a.de", "f\ng\n")
    assert read_pairs(odd, even)["source"].to_pylist() == [["a", "b", "c", "d"], ["e"]]


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        ("a\nb\n", "a\nb\nc\n", r"a\.en has 2 lines and .*a\.de has 3"),
        ("a\nb\n", "a\n \u00a0\t\n", r"a\.de, line 2, has no word"),
        ("\nb\n", "a\nb\n", r"a\.en, line 1, has no word"),
        ("a\n\n", "a\n", r"a\.en has 2 lines and .*a\.de has 1"),
        ("", "a\n", r"a\.en is empty"),
    ],
)
def test_texts_that_are_no_pairs_are_told_with_file_and_line(
    tmp_path, source, target, message
):
    files = written(tmp_path, "a.en", source), written(tmp_path, "a.de", target)
    with pytest.raises(InputError, match=message):
        read_pairs(*files)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("bad", None, "bad cannot be read .*check that it is there"),
        ("bad", b"\xff\xfe", r"bad is not UTF-8 \(byte 0\)"),
        ("bad.gz", b"no gzip", "bad.gz cannot be read .*check that it is there, and whole"),
        ("bad.gz", gzip.compress(b"a\n" * 999, mtime=0)[:-9], "bad.gz cannot be read .*runcated"),
        ("bad.txt", gzip.compress(b"a\n", mtime=0), "must end in .gz or .zst"),
    ],
)  # fmt: skip
def test_an_unreadable_file_is_told(tmp_path, name, data, message):
    good = written(tmp_path, "a.en", "a\n")
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=message):
        read_pairs(good, tmp_path / name)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Mini as it is generated, and documents' splits as its table of sentences has them."""
    folder = tmp_path_factory.mktemp("mini")
    text = list(documents(6000, types=400))
    sentences = [sentence for document in text for sentence in document.sentences]
    write_conllu_file(sentences, folder / "corpus.conllu")
    columns = {
        "document": range(len(text)),
        "sentence": [0] * len(text),
        "tokens": [["a"]] * len(text),
        "split": [number % 4 % 3 for number in range(len(text))],
    }
    write_table(pa.table(columns, schema=KEPT).slice(1), folder / "kept.parquet")
    return folder, text


def test_the_sister_language_is_split_by_document(corpus):
    folder, text = corpus
    split_of = document_splits(folder / "kept.parquet")
    assert split_of == {n: SPLITS[n % 4 % 3] for n in range(1, len(text))}
    tables = read_sister(folder / "corpus.conllu", split_of)
    expected = {split: [] for split in SPLITS}
    number = 0
    for document, one in enumerate(text):
        for sentence in one.sentences:
            if document in split_of:  # the first is in none
                expected[split_of[document]].append((number, sentence))
            number += 1
    for split, pairs in expected.items():
        table = tables[split]
        assert table.schema == ALIGNED
        assert table["pair"].to_pylist() == [number for number, _ in pairs]
        for row, (_, sentence) in zip(table.to_pylist(), pairs, strict=True):
            assert row["source"] == [word.lower() for word in sentence.words]
            assert row["target"] == sentence.comments["text_sister"].lower().split()


def test_gold_alignment_leads_from_each_word_to_its_translation(corpus):
    """By an independent way: word for word, a word has few translations, by its uses."""
    folder, text = corpus
    split_of = {number: SPLITS[number % 3] for number in range(len(text))}
    seen = {}
    for table in read_sister(folder / "corpus.conllu", split_of).values():
        for row in table.to_pylist():
            positions = range(len(row["source"]))
            assert sorted(row["aligned_source"]) == list(positions)
            assert sorted(row["aligned_target"]) == list(positions)
            for i, j in zip(row["aligned_source"], row["aligned_target"], strict=True):
                seen.setdefault(row["source"][i], []).append(row["target"][j])
    often = {word: found for word, found in seen.items() if len(found) >= 20}
    assert len(often) > 30
    for found in often.values():
        assert len(set(found)) <= 3


def sentence(comments):
    return Sentence(("Go",), ("VERB",), ("VB",), (0,), ("root",), ({},), comments)


@pytest.mark.parametrize(
    ("comments", "message"),
    [
        ({"sent_id": "s-1"}, "sentence s-1: has no comment text_sister"),
        ({"text_sister": "Zu"}, None),
        ({"text_sister": "Zu", "alignment": "0-0"}, None),
        ({"text_sister": "Zu", "alignment": "0-1"}, "sentence number 1: its alignment"),
        ({"text_sister": "Zu", "alignment": "-1-0"}, "its alignment"),
        ({"text_sister": "Zu", "alignment": "0"}, "its alignment"),
        ({"text_sister": "Zu", "alignment": "0-x"}, "its alignment"),
    ],
)
def test_a_sentence_without_a_sound_translation_is_told(tmp_path, comments, message):
    path = tmp_path / "text.conllu"
    write_conllu_file([sentence(comments)] * 3, path)
    assert len(list(read_conllu(path))) == 3
    # All are of one document, so that validation gets none.
    with pytest.raises(InputError, match=message or "no pair for split valid"):
        read_sister(path, {0: "train"})


LETTERS = Subwords("ab", [])
"""Words of n letters are n subwords."""


def pairs_of(sizes):
    """A pair of so many subwords each, in words of one letter; numbers have gaps."""
    rows = [{"pair": 3 * n + 1, "source": ["a"] * s, "target": ["b"] * t}
            for n, (s, t) in enumerate(sizes)]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=PAIRS)


def test_too_long_pairs_are_dropped_and_counted():
    pairs = pairs_of([(3, 3), (4, 1), (1, 4), (1, 1)])
    table, dropped = encode_pairs(pairs, LETTERS, longest=3)
    assert table.schema == ENCODED
    assert (table["pair"].to_pylist(), dropped) == ([1, 10], 2)
    a, b = (LETTERS.units.index(letter) for letter in "ab")
    assert table.to_pylist()[0] == {"pair": 1, "source": [a] * 3, "target": [b] * 3}
    assert encode_pairs(pairs, LETTERS).dropped == 0
    with pytest.raises(InputError, match="None of 4 pairs is left"):
        encode_pairs(pairs, LETTERS, longest=0)
    with pytest.raises(InputError, match="None of 0 pairs is left"):
        encode_pairs(PAIRS.empty_table(), LETTERS)


SIZES = st.lists(st.tuples(st.integers(1, 12), st.integers(1, 12)), min_size=1)


@given(SIZES, st.integers(13, 60))
def test_each_pair_is_in_one_batch_that_keeps_the_limit(sizes, tokens):
    table, _ = encode_pairs(pairs_of(sizes), LETTERS)
    batches = compose_batches(table, tokens=tokens)
    rows = {row["pair"]: row for row in table.to_pylist()}
    for batch in batches:
        assert {part.dtype for part in batch} == {torch.int64}
        longest = max(batch.source.shape[1], batch.target_in.shape[1])
        assert len(batch.pairs) * longest <= tokens
        for number, source, first, second in zip(
            batch.pairs.tolist(),
            batch.source.tolist(),
            batch.target_in.tolist(),
            batch.target_out.tolist(),
            strict=True,
        ):
            row = rows.pop(number)  # once
            padding = [PAD] * 12
            assert source == [*row["source"], END, *padding][: len(source)]
            assert first == [START, *row["target"], *padding][: len(first)]
            assert second == [*row["target"], END, *padding][: len(second)]
            assert len(source) > len(row["source"])
            assert len(first) == len(second) > len(row["target"])
        # Nothing is wider than its longest.
        for part in batch[:3]:
            assert (part[:, -1] != PAD).any()
    assert not rows
    # Filled: the next pair would not have fitted, nor be shorter.
    for batch, after in pairwise(batches):
        first = max((after.source[0] != PAD).sum(), (after.target_in[0] != PAD).sum())
        widest = max(batch.source.shape[1], batch.target_in.shape[1])
        assert first >= widest
        assert (len(batch.pairs) + 1) * first > tokens


def test_padding_is_a_small_part():
    rng = np.random.default_rng(0)
    source = rng.integers(3, 40, 3000)
    target = np.clip(source + rng.integers(-3, 4, 3000), 1, None)
    table, _ = encode_pairs(pairs_of(zip(source, target, strict=True)), LETTERS)
    batches = compose_batches(table, tokens=1024)
    padded = sum((part == PAD).sum().item() for b in batches for part in b[:2])
    assert padded < 0.1 * sum(part.numel() for b in batches for part in b[:2])


def test_the_order_follows_from_seed_and_epoch_alone():
    def numbers(seed, epoch, before=()):
        table, _ = encode_pairs(pairs_of([(n % 9 + 1, 3) for n in range(99)]), LETTERS)
        shuffled = Shuffled(compose_batches(table, tokens=30), seed)
        for other in before:
            shuffled.of_epoch(other)
        return [batch.pairs.tolist() for batch in shuffled.of_epoch(epoch)]

    assert numbers(1, 4) == numbers(1, 4, before=[0, 7])
    assert sorted(numbers(1, 4)) == sorted(numbers(1, 5)) == sorted(numbers(2, 4))
    assert numbers(1, 4) != numbers(1, 5)
    assert numbers(1, 4) != numbers(2, 4)


def test_a_pair_that_fits_in_no_batch_is_told():
    table, _ = encode_pairs(pairs_of([(1, 1), (2, 9)]), LETTERS)
    with pytest.raises(InputError, match="Pair 4 has 10 subwords on a side"):
        compose_batches(table, tokens=9)
