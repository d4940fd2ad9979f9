"""Corpora: readers, sentence splitting, the two-step filter, ids."""

import bz2
import gzip
import json
import lzma
import os
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontogeny.corpus.encoding import TOKENS, load_splits, word_ids, write_tokens
from ontogeny.corpus.filtering import (
    END,
    KEPT,
    SPECIAL,
    SPLITS,
    START,
    UNKNOWN,
    _assign,
    keep_sentences,
)
from ontogeny.corpus.readers import Document, paragraphs, read_documents
from ontogeny.corpus.sentences import write_sentences
from ontogeny.corpus.splitting import choose_splitter, split_at_marks
from ontogeny.corpus.tables import DOCUMENTS, SENTENCES, ReadCorpus, batches
from ontogeny.disk.files import read_table
from ontogeny.errors import InputError

SHARES = {"train": 70, "valid": 10, "test": 20}


def read(form, *paths):
    return list(read_documents(form, paths))


def sentences_of(text):
    (sentences,) = split_at_marks([text])
    return [" ".join(sentence) for sentence in sentences]


# Readers


def test_a_text_file_is_a_document_of_paragraphs(tmp_path):
    path = tmp_path / "essay.txt"
    path.write_bytes("One.\r\nStill  one.\r\n \t\r\nTwo: \u00e9t\u00e9.\n\n\n".encode())
    assert read("text", path) == [
        Document("essay", ("One.\nStill one.", "Two: \u00e9t\u00e9."))
    ]


def test_files_are_read_in_the_order_given(tmp_path):
    for name in "ab":
        (tmp_path / name).write_text(name)
    titles = [d.title for d in read("text", tmp_path / "b", tmp_path / "a")]
    assert titles == ["b", "a"]


def test_jsonl_has_a_document_per_line(tmp_path):
    path = tmp_path / "a.jsonl"
    lines = ['{"title": "T", "text": "One.\\n\\nTwo."}', "", '{"text": "x", "id": 3}']
    path.write_text("\n".join(lines))
    assert read("jsonl", path) == [
        Document("T", ("One.", "Two.")),
        Document("", ("x",)),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"text": "cut', "not JSON"),
        ("[1]", "string `text`"),
        ('{"title": "no text"}', "string `text`"),
        ('{"text": 3}', "string `text`"),
    ],
)
def test_a_malformed_json_line_is_named(tmp_path, line, reason):
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "fine"}\n\n' + line + "\n")
    with pytest.raises(InputError, match=rf"a\.jsonl, line 3.*: .*{reason}"):
        read("jsonl", path)


def test_parquet_has_a_document_per_row(tmp_path):
    path = tmp_path / "a.parquet"
    rows = {
        "id": [1, 2, 3],
        "text": ["One.\n\nTwo.", None, "x"],
        "title": ["T", "U", None],
    }
    pq.write_table(pa.table(rows), path)
    assert read("parquet", path) == [
        Document("T", ("One.", "Two.")),
        Document("U"),
        Document("", ("x",)),
    ]


def test_parquet_needs_a_text_column(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"texts": ["x"]}), path)
    with pytest.raises(InputError, match=r"a\.parquet: .*column `text`"):
        read("parquet", path)


def test_wikitext_headings_open_documents_and_are_no_sentences(tmp_path):
    path = tmp_path / "wiki.txt"
    path.write_text(
        " \n = First = \n \n Text one . \n \n = = Section = = \n \n Text two . \n"
        " \n = Second <unk> = \n \n Text three . \n"
    )
    assert read("wikitext", path) == [
        Document("First", ("Text one .", "Text two .")),
        Document("Second <unk>", ("Text three .",)),
    ]


def test_a_tables_legend_is_no_heading(tmp_path):
    path = tmp_path / "wiki.txt"
    path.write_text(
        " \n = Club = \n \n Season table \n = Goals ; A = \n Assists = 3 \n \n End . \n"
    )
    (document,) = read("wikitext", path)
    assert document.title == "Club"
    assert "= Goals ; A =" in document.paragraphs


def test_wikitext_before_the_first_heading_is_a_document_too(tmp_path):
    path = tmp_path / "wiki.txt"
    path.write_text(" Start . \n \n = Next = \n \n More . \n")
    assert [d.title for d in read("wikitext", path)] == ["", "Next"]


CONLLU = "{i}\t{word}\t_\tNOUN\tNN\t_\t0\troot\t_\t_\n"


def conllu(*words):
    return "".join(CONLLU.format(i=i, word=w) for i, w in enumerate(words, 1)) + "\n"


def test_conllu_documents_open_at_newdoc(tmp_path):
    path = tmp_path / "bank.conllu"
    path.write_text(
        conllu("before")
        + "# newdoc id = d1\n" + conllu("a", "b")
        + conllu("c")
        + "# newdoc\n" + conllu("d")
    )  # fmt: skip
    assert read("conllu", path) == [
        Document("bank", sentences=(("before",),)),
        Document("d1", sentences=(("a", "b"), ("c",))),
        Document("bank", sentences=(("d",),)),
    ]


def test_a_malformed_conllu_line_is_named(tmp_path):
    path = tmp_path / "bank.conllu"
    path.write_text(conllu("fine") + "1\tshort\n")
    with pytest.raises(InputError, match=r"bank\.conllu, line 3: .*10 tab-separated"):
        read("conllu", path)


@pytest.mark.parametrize("form", ["text", "jsonl", "wikitext", "conllu"])
def test_text_that_is_not_utf8_is_named(tmp_path, form):
    path = tmp_path / "latin"
    path.write_bytes(b"# \xe9t\xe9\n")
    with pytest.raises(InputError, match=r"latin is not UTF-8.*iconv"):
        read(form, path)


@pytest.mark.parametrize("form", ["text", "jsonl", "wikitext", "conllu", "parquet"])
def test_a_missing_file_is_named(tmp_path, form):
    with pytest.raises(InputError, match=r"absent (cannot be read|is missing)"):
        read(form, tmp_path / "absent")


def test_a_file_that_is_not_parquet_is_named(tmp_path):
    (tmp_path / "a.parquet").write_text("no table")
    with pytest.raises(InputError, match=r"a\.parquet is no whole Parquet file"):
        read("parquet", tmp_path / "a.parquet")


# Sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("A b . C d", ["A b .", "C d"]),
        ("A ? ! B", ["A ?", "!", "B"]),
        ('He said " No . " Then he left .', ['He said " No . "', "Then he left ."]),
        ("One . '' ” Two", ["One . '' ”", "Two"]),
        ("e.g. this is one", ["e.g. this is one"]),
        ("line one\nline two . more", ["line one", "line two .", "more"]),
        ('ends .\n" opens', ["ends .", '" opens']),
        ("  ", []),
    ],
)
def test_sentences_end_at_marks_closing_quotes_and_lines(text, sentences):
    assert sentences_of(text) == sentences


@given(st.lists(st.sampled_from(["a", ".", "?", '"', "”", "\n"]), max_size=30))
def test_splitting_at_marks_loses_no_token(tokens):
    found = [token for s in sentences_of(" ".join(tokens)) for token in s.split()]
    assert found == [token for token in tokens if token != "\n"]


def test_a_file_with_a_sentence_per_line_keeps_its_sentences(tmp_path):
    path = tmp_path / "lines.txt"
    path.write_text("no marks here\nnor here\n\na third\n")
    (document,) = read("text", path)
    split = [s for p in split_at_marks(document.paragraphs) for s in p]
    assert split == [["no", "marks", "here"], ["nor", "here"], ["a", "third"]]


@pytest.fixture(scope="module")
def raw():
    return choose_splitter("en", tokenised=False)


def test_raw_text_is_split_by_spacy(raw):
    (sentences,) = raw(["Mr. Fox can't\nwait. Go now! He (he) says."])
    assert [" ".join(sentence) for sentence in sentences] == [
        "Mr. Fox ca n't wait .",
        "Go now !",
        "He ( he ) says .",
    ]


# Marks that open what comes next, and marks that close: raw text, its sentences.
MARKED = {
    "He left. “Why?” she asked. (It was late.) She slept.": (
        "He left . | “ Why ? ” | she asked . | ( It was late . ) | She slept ."
    ),
    'He left. "Why?" she asked.': 'He left . | " Why ? " | she asked .',
    "It rained. [2] Then it stopped.": "It rained . | [ 2 ] Then it stopped .",
    "Ah. ((“Be.”)) Ce.": "Ah . | ( ( “ Be . ” ) ) | Ce .",
    "He ran. «Non!» He hid.": "He ran . | « Non ! » | He hid .",
    "Er ging. „Nein!“ Er blieb.": "Er ging . | „ Nein ! “ | Er blieb .",
    "Hun gik. »Nej!« Han blev.": "Hun gik . | » Nej ! « | Han blev .",
    "Il sortit. « Non ! » Il resta.": "Il sortit . | « Non ! » | Il resta .",
    "Hola. ¿Qué tal? ¡Adiós!": "Hola . | ¿ Qué tal ? | ¡ Adiós !",
    "Er ging. — Oui. — Non.": "Er ging . | — Oui . | — Non .",
    "Han gick. ”Nej!” Hon kom.": "Han gick . | ” Nej ! ” | Hon kom .",
    "“Go,” he said. “Now.” “So.”": "“ Go , ” he said . | “ Now . ” | “ So . ”",
}
# Nothing but blanks says that the first opens.
BY_BLANKS = "Han gick. ”Nej!” Hon kom."


@pytest.mark.parametrize("text", MARKED)
def test_opening_marks_begin_the_next_sentence_and_closing_ones_stay(text):
    split = choose_splitter("xx", tokenised=False)
    expected = MARKED[text]
    (sentences,) = split([text])
    assert " | ".join(" ".join(sentence) for sentence in sentences) == expected
    if text == BY_BLANKS:
        return
    # The same of its tokens: there, straight quotes open and close in turn.
    (sentences,) = split_at_marks([expected.replace(" | ", " ")])
    assert " | ".join(" ".join(sentence) for sentence in sentences) == expected


@pytest.mark.parametrize(
    "expected",
    [
        "他 说 「 好 。 」 | 然后 走 。",
        "He left . -RRB- | -LRB- So . -RRB- | She slept .",
        "Il sortit . » | Il resta .",
        "It 's the dogs ' . | So it is .",
    ],
)
def test_tokens_that_close_stay(expected):
    (sentences,) = split_at_marks([expected.replace(" | ", " ")])
    assert " | ".join(" ".join(sentence) for sentence in sentences) == expected


def test_the_first_way_is_that_of_earlier_results():
    text = "He left . “ Why ? ” ( It was late . )"
    old = ["He left .", "“ Why ? ”", "( It was late .", ")"]
    (sentences,) = split_at_marks([text], 1)
    assert [" ".join(sentence) for sentence in sentences] == old
    (sentences,) = choose_splitter("en", tokenised=False, way=1)(["He left. “Why?”"])
    assert [" ".join(sentence) for sentence in sentences] == ["He left . “", "Why ? ”"]


@given(st.lists(st.sampled_from(["a", ".", "?", '"', "“", "”", "(", ")", "«", "»"])))
def test_no_way_loses_or_moves_a_token(tokens):
    for way in (1, 2):
        (sentences,) = split_at_marks([" ".join(tokens)], way)
        assert [token for sentence in sentences for token in sentence] == tokens


def test_paragraphs_end_sentences_in_raw_text(raw):
    split = raw(paragraphs("A heading\n\nA text. Its end."))
    assert [len(sentences) for sentences in split] == [1, 2]


def test_a_paragraph_may_be_long(raw):
    (sentences,) = raw(["A word. " * 130_000])
    assert len(sentences) == 130_000


def test_an_unknown_language_is_named():
    with pytest.raises(InputError, match=r"'qq'.*corpus\.language"):
        choose_splitter("qq", tokenised=False)


def test_sentences_and_documents_are_numbered_through(tmp_path):
    given_ = [
        Document("a", ("x y . z", "w")),
        Document("empty"),
        Document("c", sentences=(("p", "q"),)),
    ]
    paths = {"sentences_path": tmp_path / "s", "documents_path": tmp_path / "d"}
    write_sentences(given_, split_at_marks, **paths)
    table = pq.read_table(tmp_path / "s")
    assert table.schema.equals(SENTENCES)
    assert table.to_pydict() == {
        "document": [0, 0, 0, 2],
        "sentence": [0, 1, 2, 3],
        "tokens": [["x", "y", "."], ["z"], ["w"], ["p", "q"]],
    }
    documents = pq.read_table(tmp_path / "d")
    assert documents.schema.equals(DOCUMENTS)
    assert documents["title"].to_pylist() == ["a", "empty", "c"]


@pytest.mark.parametrize("documents", [[], [Document("a"), Document("b", ("  ",))]])
def test_an_empty_corpus_is_told_and_leaves_nothing(tmp_path, documents):
    read = write_shards(tmp_path, [documents])
    with pytest.raises(InputError, match="corpus is empty"):
        keep_sentences(read, tmp_path / "kept", min_count=1, shares=SHARES, seed=0)
    assert not (tmp_path / "kept").exists()


def write_shards(folder, shards):
    """Write each shard's documents as its tables."""
    tables = [(folder / f"s{k}", folder / f"d{k}") for k in range(len(shards))]
    for documents, (sentences, titles) in zip(shards, tables, strict=True):
        write_sentences(
            documents, split_at_marks, sentences_path=sentences, documents_path=titles
        )
    return ReadCorpus(*zip(*tables, strict=True))


@given(
    sentences=st.lists(
        st.lists(st.sampled_from(["a b", "b c", "a a c", "d"]), max_size=4),
        min_size=3,
        max_size=12,
    ),
    cuts=st.lists(st.integers(0, 12), max_size=3),
)
def test_shards_make_what_one_reading_makes(tmp_path_factory, sentences, cuts):
    documents = [
        Document(f"title {number}", sentences=tuple(tuple(s.split()) for s in own))
        for number, own in enumerate(sentences)
    ]
    edges = [0, *sorted(min(cut, len(documents)) for cut in cuts), len(documents)]
    found = []
    for shards in ([documents], [documents[a:b] for a, b in pairwise(edges)]):
        folder = tmp_path_factory.mktemp("shards")
        corpus = write_shards(folder, shards)
        corpus.write_documents(folder / "titles")
        try:
            kept = keep_sentences(
                corpus, folder / "kept", min_count=2, shares=SHARES, seed=1
            )
        except InputError as error:
            found.append([str(error)])
        else:
            tables = [kept.vocabulary.to_dict("list"), kept.steps.to_dict("list")]
            found.append([*tables, pq.read_table(folder / "kept")])
        found[-1].append(pq.read_table(folder / "titles"))
    assert found[0] == found[1]


# The filter


@pytest.fixture
def keep(tmp_path, write_corpus):
    """Filter documents; return what was kept, and the kept sentences by split."""

    def run(documents, *, min_count=2, seed=0, shares=SHARES, rows_per_group=None):
        source = write_corpus(documents, rows_per_group)
        kept = keep_sentences(
            source, tmp_path / "kept", min_count=min_count, shares=shares, seed=seed
        )
        table = pq.read_table(tmp_path / "kept")
        assert table.schema.equals(KEPT)
        by_split = {split: [] for split in SPLITS}
        for row in table.to_pylist():
            by_split[SPLITS[row["split"]]].append(" ".join(row["tokens"]))
        return kept, by_split

    return run


def everything(by_split):
    return sorted(sentence for split in by_split.values() for sentence in split)


def test_a_rare_word_drops_its_sentence_and_no_other(keep):
    _, kept = keep([["a b", "a rare"], ["b a"], ["a b", "b b b"]])
    assert everything(kept) == ["a b", "a b", "b a", "b b b"]


def test_words_are_counted_lowercased_and_kept_cased(keep):
    kept, by_split = keep([["The End"], ["the end"], ["THE END"]], min_count=3)
    assert everything(by_split) == ["THE END", "The End", "the end"]
    assert set(kept.vocabulary["word"]) - set(SPECIAL) <= {"the", "end"}


def test_words_are_counted_anew_in_training(keep):
    """`b` is frequent in the corpus but stands mostly outside training."""
    documents = [["a a b"]] + [["a a"]] * 5 + [["a b"]] * 4
    for seed in range(20):
        kept, by_split = keep(documents, min_count=5, seed=seed)
        training = " ".join(by_split["train"]).split().count("b")
        table = kept.vocabulary.set_index("word")
        assert ("b" in table.index) == (training >= 5)
        assert table.loc[UNKNOWN, "count"] == (0 if training >= 5 else training)
        if 0 < training < 5:
            return
    pytest.fail("no seed put some, not all, of the word into training")


def test_unknown_words_of_the_source_drop_nothing_and_are_no_type(keep):
    documents = [["a <unk> a"], ["a a"], ["a a"]] * 2
    kept, by_split = keep(documents, min_count=3)
    assert len(everything(by_split)) == 6
    assert kept.vocabulary["word"].tolist() == [UNKNOWN, END, "a"]
    training = " ".join(by_split["train"]).split()
    assert kept.vocabulary["count"].tolist() == [
        training.count("<unk>"), 0, training.count("a"),
    ]  # fmt: skip
    read_row = kept.steps.set_index("step").loc["read"]
    assert (read_row["types"], read_row["unknown"]) == (1, 2)


def test_equally_frequent_words_stand_in_alphabetical_order(keep):
    kept, _ = keep([["delta beta alpha beta gamma"]] * 6, min_count=2)
    words = kept.vocabulary["word"].tolist()
    assert words == [*SPECIAL, "beta", "alpha", "delta", "gamma"]
    assert kept.vocabulary["id"].tolist() == list(range(6))
    assert kept.vocabulary["special"].tolist() == [True] * 2 + [False] * 4


def test_the_what_was_kept_table_counts_by_hand(keep):
    documents = [["a b", "rare a"], ["b a b"], ["lone x"], ["a a"]]
    kept, by_split = keep(documents, min_count=2)
    table = kept.steps.set_index("step")
    assert list(table.index) == [
        "read", "documents that equal an earlier one", "kept by the filter",
        "train split", "valid split", "test split",
    ]  # fmt: skip
    assert table.loc["read"].tolist() == [4, 5, 11, 5, 0]
    # Of `a` and `b`, only those met twice in training are known.
    known = set(kept.vocabulary["word"])
    tokens = " ".join(everything(by_split)).split()
    assert table.loc["kept by the filter"].tolist() == [
        3, 3, 7, len(known & {"a", "b"}), sum(token not in known for token in tokens),
    ]  # fmt: skip
    parts = table.iloc[3:][["documents", "sentences", "tokens", "unknown"]].sum()
    assert parts.tolist() == [3, 3, 7, table.loc["kept by the filter", "unknown"]]


@pytest.mark.parametrize(("frequent", "refused"), [(4, True), (5, False)])
def test_a_filter_that_keeps_less_than_a_twentieth_is_told(
    keep, tmp_path, frequent, refused
):
    sentences = ["a a"] * frequent + [f"a w{n}" for n in range(100 - frequent)]
    documents = [sentences[k::3] for k in range(3)]
    if not refused:
        assert everything(keep(documents)[1]) == ["a a"] * 5
        return
    with pytest.raises(InputError, match=r"keeps 4 of 100 sentences \(8 of 200 token"):
        keep(documents)
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize("rows_per_group", [None, 7])
@pytest.mark.parametrize("seed", range(5))
def test_the_advised_min_count_is_the_largest_that_keeps_half(
    keep, seed, rows_per_group
):
    rng = np.random.default_rng(seed)
    words = (rng.zipf(1.5, size=(90, 4)) % 25)[:, : rng.integers(1, 5)].astype(str)
    words[::4, 0] = UNKNOWN  # which drops no sentence, rare as it may be
    words = np.concatenate([words, rng.integers(9, size=(90, 1)).astype(str)], axis=1)
    counts = {**Counter(words.flatten().tolist()), UNKNOWN: 999}
    rarest = [min(map(counts.get, sentence)) for sentence in words]
    best = max(m for m in range(1, 999) if np.mean(np.array(rarest) >= m) >= 0.5)
    assert best > 1
    documents = [[" ".join(sentence) for sentence in words[k::3]] for k in range(3)]
    with pytest.raises(InputError, match=rf": {best} would keep half of the tokens\.$"):
        keep(documents, min_count=999, rows_per_group=rows_per_group)


def test_a_text_too_small_for_any_filter_is_told(keep, tmp_path):
    documents = [["a a b b"], ["c", "d"], ["e f g", "h"]]
    with pytest.raises(InputError, match=r"2 would keep no more than 4 tokens.*format"):
        keep(documents, min_count=4)
    with pytest.raises(
        InputError, match=r"keeps 0 of 3 .*\(0 of 3 tokens\).* than 0 t"
    ):
        keep([["a"], ["b"], ["c"]])
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize("documents", [1, 2])
def test_fewer_documents_than_splits_are_told(keep, documents):
    with pytest.raises(InputError, match=rf"has {documents} document\(s\)"):
        keep([["a a"]] * documents + [["rare"]])


def test_a_row_group_of_which_nothing_is_kept_is_no_obstacle(keep):
    documents = [["a b"], ["x"], ["y"], ["a b"], ["a b"]]
    _, by_split = keep(documents, rows_per_group=1)
    assert everything(by_split) == ["a b"] * 3


def test_row_groups_change_nothing(keep):
    documents = [["a b c", "c rare", "b c"], ["a b"], ["c c"], ["a"]] * 3
    whole, apart = keep(documents), keep(documents, rows_per_group=1)
    assert whole[0].vocabulary.equals(apart[0].vocabulary)
    assert whole[0].steps.equals(apart[0].steps)
    assert whole[1] == apart[1]


@given(
    st.integers(3, 200),
    st.tuples(*[st.floats(0.01, 100)] * 3),
    st.integers(0, 5),
)
def test_every_split_gets_a_document_whatever_the_shares(documents, shares, seed):
    kept = np.arange(2 * documents) % 2 == 0  # some documents were dropped
    split_of = _assign(kept, dict(zip(SPLITS, shares, strict=True)), seed)
    counts = np.bincount(split_of[kept], minlength=3)
    assert counts.sum() == documents
    assert counts.min() >= 1


def test_shares_are_of_documents_and_the_seed_decides_which():
    kept = np.ones(200, bool)
    split_of = _assign(kept, SHARES, seed=1)
    assert np.bincount(split_of).tolist() == [140, 20, 40]
    np.testing.assert_array_equal(split_of, _assign(kept, SHARES, seed=1))
    assert (split_of != _assign(kept, SHARES, seed=2)).any()
    scaled = {split: share / 100 for split, share in SHARES.items()}
    np.testing.assert_array_equal(split_of, _assign(kept, scaled, seed=1))


def test_a_document_is_never_divided(keep, tmp_path):
    keep([["a b", "b a", "a a"]] * 10)
    table = pq.read_table(tmp_path / "kept").to_pandas()
    assert (table.groupby("document")["split"].nunique() == 1).all()
    assert table["document"].nunique() == 10


def test_the_same_corpus_gives_the_same_bytes(keep, tmp_path):
    documents = [["a b c"], ["b c"], ["c a", "c rare"], ["a"], ["b c"]]
    keep(documents)
    first = (tmp_path / "kept").read_bytes()
    keep(documents)
    assert (tmp_path / "kept").read_bytes() == first


@pytest.mark.parametrize("rows_per_group", [None, 1])
def test_documents_that_equal_an_earlier_one_are_counted_and_kept(
    keep, caplog, rows_per_group
):
    again = ["a b", "b a", "rare b"]
    documents = [again, ["a b"], again, ["a b b a"], [], ["A b"], again, ["a b"], []]
    kept, by_split = keep(documents, rows_per_group=rows_per_group)
    table = kept.steps.set_index("step")
    # Twice `again`, once "a b": other sentences, capitals or no text are no copy.
    copies = table.loc["documents that equal an earlier one"]
    assert copies.tolist() == [3, 7, 14, 3, 0]
    assert len(everything(by_split)) == table.loc["read", "sentences"] == 13
    (told,) = caplog.records
    assert told.levelname == "WARNING"
    assert told.getMessage().startswith("3 of 9 documents equal an earlier one.")


def test_of_a_text_without_copies_nothing_is_told(keep, caplog):
    kept, _ = keep([["a b"], ["b a"], ["a b", "a b"], ["a a b"]])
    copies = kept.steps.set_index("step").loc["documents that equal an earlier one"]
    assert not copies.any()
    assert not caplog.records


# Ids


def test_ids_end_each_sentence_with_eos_and_know_training_words_only(keep, tmp_path):
    documents = [["A b", "b <unk> a"], ["a"], ["b b"], ["A"], ["a b a"]]
    kept, by_split = keep(documents, min_count=2, rows_per_group=2)
    paths = {split: tmp_path / split for split in SPLITS}
    write_tokens(tmp_path / "kept", kept.vocabulary, paths)
    id_of = dict(zip(kept.vocabulary["word"], kept.vocabulary["id"], strict=True))
    assert (id_of[UNKNOWN], id_of[END]) == (0, 1) == (0, START)
    ids = load_splits(paths)
    for split in SPLITS:
        expected = [
            id_of.get(token, id_of[UNKNOWN])
            for sentence in by_split[split]
            for token in [*sentence.lower().split(), END]
        ]
        assert ids[split].tolist() == expected
        assert ids[split].dtype == np.int32
        table = pq.read_table(paths[split])
        assert table.schema.equals(TOKENS)
        ends = (table["id"].to_numpy() == id_of[END]).nonzero()[0]
        sentences = table["sentence"].to_numpy()
        assert (np.diff(sentences) > 0).nonzero()[0].tolist() == ends[:-1].tolist()


def test_ids_of_words_are_of_their_lowercased_form():
    words = pa.array([*SPECIAL, "a", "été"])
    assert word_ids(pa.array(["A", "ÉTÉ", "b", "<unk>"]), words).tolist() == [
        2,
        3,
        0,
        0,
    ]
    assert word_ids(pa.array([], pa.string()), words).tolist() == []


# Memory

STREAM = """
import resource, sys
from pathlib import Path
from ontogeny.corpus.encoding import write_tokens
from ontogeny.corpus.filtering import SPLITS, keep_sentences
from ontogeny.corpus.readers import read_documents
from ontogeny.corpus.sentences import write_sentences
from ontogeny.corpus.splitting import split_at_marks
from ontogeny.corpus.tables import ReadCorpus

folder = Path(sys.argv[1])
documents = read_documents("jsonl", [folder / "corpus.jsonl"])
write_sentences(documents, split_at_marks,
                sentences_path=folder / "s", documents_path=folder / "d")
kept = keep_sentences(ReadCorpus([folder / "s"], [folder / "d"]), folder / "k",
                      min_count=2, seed=0, shares={"train": 70, "valid": 10, "test": 20})
write_tokens(folder / "k", kept.vocabulary, {split: folder / split for split in SPLITS})
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss has other units there")
def test_memory_does_not_grow_with_the_corpus(tmp_path):
    rng = np.random.default_rng(0)
    words = np.array([f"w{number}" for number in range(1000)])
    line = json.dumps({"text": "\n".join(
        " ".join(rng.choice(words, 20)) for _ in range(200)
    )})  # fmt: skip
    peaks = []
    for documents in (100, 800):  # 0.4 and 3.2 million tokens, 2 and 16 MB
        folder = tmp_path / str(documents)
        folder.mkdir()
        (folder / "corpus.jsonl").write_text("\n".join([line] * documents))
        done = subprocess.run(
            [sys.executable, "-c", STREAM, folder],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        peaks.append(int(done.stdout))
    # 2.8 million more tokens would take 200 MB as Python strings, 11 MB as ids.
    assert peaks[1] - peaks[0] < 60_000, peaks


def test_row_groups_are_read_one_by_one(write_corpus):
    (path,) = write_corpus([["a"], ["b"], ["c"], ["d"]], rows_per_group=1).sentences
    tokens = [batch["tokens"].to_pylist() for batch in batches(path, range(1, 3))]
    assert tokens == [[["b"]], [["c"]]]


def test_a_damaged_table_of_sentences_is_named(keep, tmp_path, write_corpus):
    corpus = write_corpus([["a b c d e f g"] * 50] * 4)
    (path,) = corpus.sentences
    data = bytearray(path.read_bytes())
    data[len(data) // 4] ^= 4
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"sentences\.parquet is truncated or damaged"):
        keep_sentences(corpus, tmp_path / "kept", min_count=1, shares=SHARES, seed=0)
    assert not (tmp_path / "kept").exists()


def test_tables_read_back_as_frames(keep, tmp_path):
    keep([["a b"]] * 3)
    assert read_table(tmp_path / "kept")["sentence"].tolist() == [0, 1, 2]


# What people have


def test_titles_are_held_to_what_texts_are(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "x", "title": "\\ud83d"}\n')
    with pytest.raises(InputError, match=r"line 1: half a character .* in `title`"):
        read("jsonl", path)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"text": "x", "n": ' + "9" * 5_000 + "}", "a number of thousands of digits"),
        ("[" * 200_000, "brackets within brackets"),
    ],
)
def test_absurd_json_is_told(tmp_path, line, reason):
    path = tmp_path / "a.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(
        InputError, match=rf"a\.jsonl, line 1: no document, but {reason}"
    ):
        read("jsonl", path)


def test_a_head_of_thousands_of_digits_is_told_in_short(tmp_path):
    path = tmp_path / "a.conllu"
    path.write_text(conllu("fine").replace("\t0\t", f"\t{'1' * 5_000}\t"))
    with pytest.raises(InputError, match=r"head must be a number, found '1{20}…'"):
        read("conllu", path)


@pytest.mark.parametrize(
    ("ending", "pack"),
    [
        (".gz", gzip.compress),
        (".bz2", bz2.compress),
        (".zst", lambda data: pa.compress(data, "zstd", asbytes=True)),
    ],
)
def test_compressed_text_is_read(tmp_path, ending, pack):
    text, rows = "\ufeffOne.\n\nTwo.", '{"text": "One.\\n\\nTwo."}\n'
    (tmp_path / f"a.txt{ending}").write_bytes(pack(text.encode()))
    (tmp_path / f"a.jsonl{ending}").write_bytes(pack(rows.encode()))
    for form, file in (("text", "a.txt"), ("jsonl", "a.jsonl")):
        (document,) = read(form, tmp_path / f"{file}{ending}")
        assert document.paragraphs == ("One.", "Two.")
    assert read("text", tmp_path / f"a.txt{ending}")[0].title == "a"
    cut = tmp_path / f"cut.txt{ending}"
    whole = pack(" ".join(map(str, range(20_000))).encode())
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"cut\.txt.*(cut|whole)"):
        read("text", cut)


def test_what_unpacks_without_end_is_no_text(tmp_path, monkeypatch):
    monkeypatch.setattr("ontogeny.disk.texts.SMALL_BYTES", 0)
    path = tmp_path / "a.txt.bz2"
    path.write_bytes(bz2.compress(b"a" * 10_000_000))
    with pytest.raises(InputError, match="unpacks to more than 1,000 times its size"):
        read("text", path)


def test_what_cannot_be_seen_is_no_part_of_a_word(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("\ufeffThe cat.\n\ufeffThe\u200b dog\u00ad.\u2060")
    assert read("text", path)[0].paragraphs == ("The cat.\nThe dog.",)


def test_markup_is_warned_of_and_left(tmp_path, caplog):
    path = tmp_path / "a.txt"
    path.write_text('A cat.<br /><br />The <a href="x">dog</a> &amp; it.\n\nx < y > z')
    (document,) = read("text", path)
    assert "<br />" in document.paragraphs[0]
    assert "a.txt holds markup" in caplog.text
    assert "<br /> and 4 more" in caplog.text
    caplog.clear()
    path.write_text("the <unk> sat on <s> N </s> & co.")
    read("text", path)
    assert not caplog.records


def test_headings_without_blank_lines_are_told(tmp_path, caplog):
    path = tmp_path / "a.txt"
    path.write_text(" = One = \nA line .\n = Two = \nAnother .\n")
    assert len(read("wikitext", path)) == 1
    assert "a.txt: 2 line(s) look like headings" in caplog.text


def test_a_name_that_is_no_utf_8_is_told(tmp_path):
    path = Path(os.fsdecode(bytes(tmp_path) + b"/\xff.txt"))
    path.write_text("text")
    with pytest.raises(InputError, match=r"the title '.udcff' is no UTF-8: rename"):
        read("text", path)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        (
            "a.txt",
            gzip.compress(b"text", mtime=0),
            r"a\.txt .*let its name end in \.gz",
        ),
        ("a.txt", lzma.compress(b"text"), r"a\.txt .*compressed \(\.xz\): unpack it"),
        (
            "a.txt",
            "text".encode("utf-16"),
            "convert it, for example with iconv from UTF",
        ),
        ("a.txt", "text\n".encode("utf-16-le"), r"a\.txt holds NUL.*UTF-16"),
        ("a.txt", b"text\n" + bytes(512), r"a\.txt holds NUL.*an archive"),
        ("a.txt.gz", b"", r"a\.txt\.gz ends too early"),
    ],
)
def test_what_is_no_text_is_told_by_what_it_is(tmp_path, name, data, reason):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=reason):
        read("text", tmp_path / name)


def test_strings_of_any_kind_are_strings(tmp_path):
    path = tmp_path / "a.parquet"
    text = pa.array(["One.", "Two."])
    for strings in (text.dictionary_encode(), text.cast(pa.large_string())):
        pq.write_table(pa.table({"text": strings}), path)
        assert [d.paragraphs for d in read("parquet", path)] == [("One.",), ("Two.",)]
    pq.write_table(pa.table([text, text], names=["text", "text"]), path)
    with pytest.raises(InputError, match="needs one column `text`, of strings"):
        read("parquet", path)


def test_what_cannot_be_seen_is_left_out_of_wikitext_too(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(" = A =\u200f \n\n The \u200bcat co\xadop . \n\n")
    (document,) = read("wikitext", path)
    assert (document.title, document.paragraphs) == ("A", ("The cat coop .",))


@pytest.mark.parametrize("mark", "\u3002\uff1f\uff01\u0964\u061f\u06d4\u0589")
def test_sentences_of_other_scripts_end(mark):
    text = f"a b {mark} c d {mark}"
    (sentences,) = split_at_marks([text])
    assert len(sentences) == 2
    (sentences,) = split_at_marks([text], 1)
    assert len(sentences) == 1
