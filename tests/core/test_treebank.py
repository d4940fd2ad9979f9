"""CoNLL-U: what is written is read back; what is malformed is named."""

import gzip
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontogeny.corpus.treebank import (
    Sentence,
    read_conllu,
    write_conllu,
    write_conllu_file,
)
from ontogeny.errors import InputError

CELL = st.text(
    st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8
)  # no tab, no line end, no blank
KEY = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=5)
VALUE = st.text(
    st.characters(exclude_categories=["C", "Z"], exclude_characters="|"), max_size=6
)


@st.composite
def sentences(draw):
    n = draw(st.integers(1, 6))

    def column(values):
        return tuple(draw(st.lists(values, min_size=n, max_size=n)))

    return Sentence(
        words=column(CELL),
        upos=column(st.sampled_from(["NOUN", "VERB", "_"])),
        xpos=column(CELL),
        heads=column(st.integers(-1, n)),
        deprels=column(st.sampled_from(["root", "nsubj", "_"])),
        misc=column(st.dictionaries(KEY, VALUE, max_size=3)),
        comments=draw(st.dictionaries(KEY, VALUE, max_size=3)),
    )


@given(st.lists(sentences(), max_size=5))
def test_what_is_written_is_read_back(tmp_path_factory, given_sentences):
    path = tmp_path_factory.mktemp("bank") / "a.conllu"
    write_conllu_file(given_sentences, path)
    assert list(read_conllu(path)) == given_sentences
    again = StringIO()
    write_conllu(read_conllu(path), again)
    assert again.getvalue() == path.read_text(encoding="utf-8")


def row(*cells):
    """A word line with the cells given, the rest as a lone root."""
    whole = ["1", "word", "_", "NOUN", "NN", "_", "0", "root", "_", "_"]
    return "\t".join([*cells, *whole[len(cells) :]]) + "\n"


def written(tmp_path, text):
    path = tmp_path / "bank.conllu"
    path.write_text(text, encoding="utf-8")
    return path


def test_multiword_tokens_and_empty_nodes_are_skipped(tmp_path):
    text = row("1-2", "du") + row("1", "de") + row("2", "le") + row("2.1", "x")
    (sentence,) = read_conllu(written(tmp_path, text))
    assert sentence.words == ("de", "le")


def test_windows_line_ends_and_a_missing_last_blank_line_are_fine(tmp_path):
    text = "# text = a\r\n" + row().replace("\n", "\r\n") + "\r\n" + row().rstrip()
    path = tmp_path / "bank.conllu"
    path.write_bytes(text.encode())
    first, second = read_conllu(path)
    assert first.comments == {"text": "a"}
    assert second.words == ("word",)
    assert second.comments == {}


def test_absent_heads_and_extra_fields_are_told_from_present_ones(tmp_path):
    text = row("1", "a", "_", "X", "_", "_", "_", "_", "_", "K=v|Only=|SpaceAfter=No")
    (sentence,) = read_conllu(written(tmp_path, text))
    assert sentence.heads == (-1,)
    assert sentence.misc == ({"K": "v", "Only": "", "SpaceAfter": "No"},)


@pytest.mark.parametrize(
    ("comment", "opens"),
    [("# newdoc id = a", True), ("# newdoc", True), ("# newdocument", False),
     ("# text = newdoc", False), ("#", False)],
)  # fmt: skip
def test_only_newdoc_opens_a_document(tmp_path, comment, opens):
    (sentence,) = read_conllu(written(tmp_path, f"{comment}\n{row()}"))
    assert sentence.opens_document is opens


@pytest.mark.parametrize(
    ("lines", "where", "what"),
    [
        ("1\tword\n", "line 1", "this line has 2"),
        (row() + row("3"), "line 2", "expected word number 2, found '3'"),
        (row("one"), "line 1", "expected word number 1, found 'one'"),
        (row("1", ""), "line 1", "the word itself"),
        (row("1", "a", "_", "X", "_", "_", "-1"), "line 1", "head must be a number"),
        (
            row() + "\n" + row("1", "a", "_", "X", "_", "_", "2"),
            "sentence number 2",
            "word 2",
        ),
        (
            "# sent_id = w-1\n" + row("1", "a", "_", "X", "_", "_", "7") + "\n" + row(),
            "sentence w-1",
            "word 7",
        ),
        (row() + row("-5"), "line 2", "expected word number 2, found '-5'"),
        (row("1-"), "line 1", "expected word number 1, found '1-'"),
        (row("1.x"), "line 1", r"expected word number 1, found '1\.x'"),
    ],
)
def test_a_malformed_line_is_named(tmp_path, lines, where, what):
    with pytest.raises(InputError, match=rf"bank\.conllu, {where}: .*{what}"):
        list(read_conllu(written(tmp_path, lines)))


def test_sentences_before_a_malformed_line_are_still_read(tmp_path):
    sentences = read_conllu(written(tmp_path, row() + "\n" + "broken\n"))
    assert next(sentences).words == ("word",)
    with pytest.raises(InputError, match="line 3"):
        next(sentences)


def test_a_missing_file_and_another_encoding_are_named(tmp_path):
    with pytest.raises(InputError, match=r"absent cannot be read"):
        list(read_conllu(tmp_path / "absent"))
    (tmp_path / "latin").write_bytes(row("1", "\u00e9").encode("latin-1"))
    with pytest.raises(InputError, match=r"latin is not UTF-8"):
        list(read_conllu(tmp_path / "latin"))


def test_a_byte_order_mark_is_no_text(tmp_path):
    path = tmp_path / "bank.conllu"
    path.write_bytes(b"\xef\xbb\xbf" + row().encode())
    (sentence,) = read_conllu(path)
    assert sentence.words == ("word",)


def test_a_compressed_file_is_read_or_told(tmp_path):
    path = tmp_path / "bank.conllu.gz"
    path.write_bytes(gzip.compress(row().encode()))
    (sentence,) = read_conllu(path)
    assert sentence.words == ("word",)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"gz cannot be unpacked .*: is it whole\?"):
        list(read_conllu(path))
    (tmp_path / "bank.conllu").write_bytes(whole)
    with pytest.raises(InputError, match=r"conllu is compressed: gunzip it first"):
        list(read_conllu(tmp_path / "bank.conllu"))


def test_a_failed_writing_leaves_nothing(tmp_path):
    def broken():
        yield Sentence(("a",), ("X",), ("_",), (0,), ("root",), ({},))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_conllu_file(broken(), tmp_path / "a.conllu")
    assert list(tmp_path.iterdir()) == []
