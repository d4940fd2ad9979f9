"""Distances in dependency trees and classes of words."""

from collections import deque

import numpy as np
import pytest

from ontogeny.corpus.treebank import Sentence, write_conllu_file
from ontogeny.errors import InputError
from ontogeny.studies.interdependence.trees import (
    check_trees,
    tree_distances,
    word_class,
)
from ontogeny.tagging.upos import UPOS


def test_the_thesiss_example():
    """Figure 2: 'Socrates asked the student trick questions'."""
    words = ["Socrates", "asked", "the", "student", "trick", "questions"]
    found = tree_distances([2, 0, 4, 2, 6, 2], "figure 2")
    trick = dict(zip(words, found[words.index("trick")], strict=True))
    expected = {"questions": 1, "asked": 2, "student": 3, "the": 4}
    assert {word: trick[word] for word in expected} == expected


def random_heads(words, rng):
    """A random tree: each word hangs from one that came before, then shuffled."""
    parent = np.array([-1] + [rng.integers(at) for at in range(1, words)])
    name = rng.permutation(words)
    heads = np.zeros(words, dtype=int)
    heads[name[1:]] = name[parent[1:]] + 1
    return heads.tolist()


def walked(heads):
    """Edges between words by breadth-first search."""
    neighbours = [set() for _ in heads]
    for word, head in enumerate(heads):
        if head:
            neighbours[word].add(head - 1)
            neighbours[head - 1].add(word)
    found = np.full((len(heads), len(heads)), -1)
    for start in range(len(heads)):
        found[start, start] = 0
        queue = deque([start])
        while queue:
            at = queue.popleft()
            for other in neighbours[at]:
                if found[start, other] < 0:
                    found[start, other] = found[start, at] + 1
                    queue.append(other)
    return found


@pytest.mark.parametrize("words", [1, 2, 3, 8, 40])
def test_distances_are_those_of_a_walk(words):
    rng = np.random.default_rng(words)
    for _ in range(20):
        heads = random_heads(words, rng)
        np.testing.assert_array_equal(tree_distances(heads, "here"), walked(heads))


@pytest.mark.parametrize("words", [5, 150])
def test_a_chain_is_as_deep_as_it_is_long(words):
    places = np.arange(words)
    expected = np.abs(places[:, None] - places)
    np.testing.assert_array_equal(tree_distances(range(words), "here"), expected)


@pytest.mark.parametrize(
    "heads", [[0, 0], [2, 1], [1], [0, 3, 2], [-1, 0], [0, 9], []], ids=str
)
def test_what_is_no_tree_is_told_with_its_place(heads):
    with pytest.raises(InputError, match=r"dev\.conllu, sentence 7"):
        tree_distances(heads, "dev.conllu, sentence 7")


@pytest.mark.parametrize(
    ("heads", "what"), [([2, 1], "no word is the root"), ([0, 0], "2 words are the")]
)
def test_roots_are_counted(heads, what):
    with pytest.raises(InputError, match=rf"{what} .*\(head 0\); a tree has one"):
        tree_distances(heads, "here")


def sentence(heads):
    """A chain of determiners that ends in a punctuation mark."""
    n = len(heads)
    upos = ("DET",) * (n - 1) + ("PUNCT",)
    return Sentence(("a",) * n, upos, ("_",) * n, tuple(heads), ("_",) * n, ({},) * n)


def test_a_treebank_is_checked_and_counted_by_part(tmp_path):
    parts = {part: tmp_path / f"{part}.conllu" for part in ("train", "test")}
    write_conllu_file([sentence([2, 3, 0]), sentence([0])], parts["train"])
    write_conllu_file([sentence([0])], parts["test"])
    assert check_trees(parts).values.tolist() == [
        ["train", 2, 4, 0, 2, 2],
        ["test", 1, 1, 0, 0, 0],
    ]
    write_conllu_file([sentence([0]), sentence([2, 1])], parts["test"])
    with pytest.raises(InputError, match=r"test\.conllu, sentence number 2: no word"):
        check_trees(parts)
    parts["test"].write_text("")
    with pytest.raises(InputError, match=r"test\.conllu holds no sentence"):
        check_trees(parts)


def test_every_tag_has_a_class():
    of = {
        kind: {t for t in UPOS if word_class(t) == kind} for kind in ("open", "closed")
    }
    assert of["open"] == {"ADJ", "ADV", "INTJ", "NOUN", "PROPN", "VERB"}
    assert of["closed"] == {"ADP", "AUX", "CCONJ", "DET", "PART", "PRON", "SCONJ"}
    assert {word_class(tag) for tag in ("NUM", "PUNCT", "SYM", "X", "_")} == {"other"}
