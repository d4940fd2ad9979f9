"""Word vectors: which words have them, and files that are of no use."""

import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.tasks.vectors import read_vectors

WORDS = ["<s>", "<unk>", "</s>", "sea", "ship", "sail"]


@pytest.mark.parametrize("head", ["", "2 3\n"])
def test_words_of_the_file_have_its_vectors(tmp_path, head):
    path = tmp_path / "vectors.txt"
    path.write_text(f"{head}sea 1 2 3\nodd 4 5 6\nsail -1 0 2.5\n")
    vectors, share = read_vectors(path, WORDS, 3)
    assert vectors[3].tolist() == [1, 2, 3]
    assert vectors[5].tolist() == [-1, 0, 2.5]
    assert share == pytest.approx(2 / 6)
    assert np.abs(vectors[[0, 1, 2, 4]]).max() <= 0.05
    again, _ = read_vectors(path, WORDS, 3)
    assert np.array_equal(vectors, again)


def test_blanks_in_words_and_between_lines_do_no_harm(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text("sea 1 2 3 \n\n. . . 4 5 6\n\xa0 7 8 9\n", encoding="utf-8")
    vectors, share = read_vectors(path, [*WORDS, ". . ."], 3)
    assert vectors[[3, 6]].tolist() == [[1, 2, 3], [4, 5, 6]]
    assert share == pytest.approx(2 / 7)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("sea 1 2\n", "line 1: a vector of 2 numbers, where the embedding has 3 units"),
        ("odd 1 2 3\n", "has no word of the vocabulary, such as sea, ship, sail"),
        ("sea 1 x 3\n", "line 1: could not convert"),
        ("sea 1 2 3 4\n", "line 1: a vector of 4 numbers"),
        ("sea 1 2 3\nsail 1 2\n", "line 2: a vector of 2 numbers"),
        ("sea 1 nan 3\n", "line 1: a number is not finite"),
        ("sea 1 1e60 3\n", "line 1: a number is not finite"),
    ],
)
def test_what_is_of_no_use_is_told(tmp_path, text, sentence):
    path = tmp_path / "vectors.txt"
    path.write_text(text)
    with pytest.raises(InputError, match=sentence):
        read_vectors(path, WORDS, 3)
