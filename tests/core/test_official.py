"""Text in its official splits: vocabulary, ends of lines, unknown words."""

import pytest

from ontogeny.corpus.official import encode_official
from ontogeny.errors import InputError


def test_every_word_and_every_line_counts(tmp_path):
    texts = {
        "train": " = A = \n\n the The the <unk> <eos>\n",
        "valid": "only here\n",
        "test": "the\n",
    }
    paths = {}
    for split, text in texts.items():
        paths[split] = tmp_path / f"{split}.txt"
        paths[split].write_text(text)
    vocabulary, tokens = encode_official(paths)
    words = vocabulary["word"].tolist()
    assert words[:3] == ["<unk>", "<eos>", "="]
    assert set(words[3:]) == {
        "the",
        "A",
        "The",
        "only",
        "here",
    }
    counts = dict(zip(words, vocabulary["count"], strict=True))
    assert counts["the"] == 2
    assert counts["only"] == 0
    assert counts["<unk>"] == 2
    spelt = [words[i] for i in tokens["train"]["id"]]
    assert spelt == [
        "=", "A", "=", "<eos>", "<eos>", "the", "The", "the", "<unk>", "<unk>",
        "<eos>",
    ]  # fmt: skip
    assert tokens["train"]["line"].tolist() == [1, 1, 1, 1, 2, 3, 3, 3, 3, 3, 3]


def test_an_empty_split_is_named(tmp_path):
    path = tmp_path / "valid.txt"
    path.write_text(" \n")
    with pytest.raises(InputError, match=r"valid\.txt has no word"):
        encode_official(dict.fromkeys(("train", "valid", "test"), path))
