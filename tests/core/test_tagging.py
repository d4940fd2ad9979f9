"""Word classes by the paper's rule; pipelines that are deterministic and safe."""

import subprocess
import sys

import numpy as np
import pytest
import spacy

from ontogeny.corpus.treebank import Sentence
from ontogeny.errors import InputError
from ontogeny.tagging.accuracy import accuracy
from ontogeny.tagging.classes import tag_counts, word_classes
from ontogeny.tagging.pipeline import load_pipeline, train_pipeline
from ontogeny.tagging.tags import normalise, tag_sentences, upos_attribute
from ontogeny.tagging.upos import CLOSED, OPEN, UPOS

NOUNS = ["fox", "owl", "hare", "toad", "moth", "crow"]
WORDS = {
    "DET": ["the", "a"],
    "NOUN": NOUNS,
    "VERB": ["sees", "hears", "likes", "eats"],
    "PROPN": [noun.capitalize() for noun in NOUNS],  # known by the capital alone
    "PUNCT": ["."],
}
PATTERNS = [
    ("DET", "NOUN", "VERB", "PROPN", "PUNCT"),
    ("PROPN", "VERB", "NOUN", "PUNCT"),
    ("NOUN", "VERB", "PUNCT"),
]
QUICK = {"max_epochs": 3, "batch_words": 50}


def sentence(words, upos):
    n = len(words)
    return Sentence(
        tuple(words), tuple(upos), ("_",) * n, (-1,) * n, ("_",) * n, ({},) * n
    )


def treebank(sentences, seed):
    rng = np.random.default_rng(seed)
    for _ in range(sentences):
        upos = PATTERNS[rng.integers(len(PATTERNS))]
        yield sentence([str(rng.choice(WORDS[tag])) for tag in upos], upos)


def trained(seed=1, **options):
    options = {"lowercase": False, **QUICK, **options}
    return train_pipeline(treebank(100, 0), treebank(10, 1), seed=seed, **options)


@pytest.fixture(scope="module")
def data():
    return trained()


@pytest.fixture(scope="module")
def nlp(data):
    return load_pipeline(data)


def counts_of(**tags):
    counts = np.zeros((1, len(UPOS)), np.int64)
    for tag, count in tags.items():
        counts[0, UPOS.index(tag)] = count
    return counts


@pytest.mark.parametrize(
    ("tags", "pos", "word_class"),
    [
        ({"NOUN": 100}, "NOUN", "open"),
        ({"NOUN": 99}, "", ""),
        ({"NOUN": 100, "VERB": 100}, "", ""),
        ({"NOUN": 101, "VERB": 100}, "NOUN", "open"),
        ({"NOUN": 100, "VERB": 60, "ADJ": 40}, "", ""),
        ({"PART": 120, "ADP": 100}, "PART", "closed"),
        ({"NUM": 500}, "NUM", ""),
        ({"X": 500}, "X", ""),
        ({}, "", ""),
    ],
)
def test_part_of_speech_needs_a_strict_majority_and_min_count(tags, pos, word_class):
    row = word_classes(counts_of(**tags)).iloc[0]
    assert (row["pos"], row["word_class"]) == (pos, word_class)
    assert row["tagged"] == sum(tags.values())


def test_min_count_is_a_parameter_and_zero_occurrences_never_a_majority():
    assert word_classes(counts_of(VERB=10), min_count=10)["pos"][0] == "VERB"
    assert word_classes(counts_of(VERB=9), min_count=10)["pos"][0] == ""
    assert word_classes(counts_of(), min_count=0)["pos"][0] == ""


def test_share_and_entropy_have_known_values():
    counts = np.concatenate(
        [counts_of(NOUN=7), counts_of(NOUN=5, VERB=5), np.ones((1, 17)), counts_of()]
    ).astype(np.int64)
    table = word_classes(counts)
    assert table["word"].tolist() == [0, 1, 2, 3]
    np.testing.assert_allclose(table["majority_share"], [1, 0.5, 1 / 17, np.nan])
    np.testing.assert_allclose(
        table["tag_entropy_nats"], [0, np.log(2), np.log(17), np.nan], atol=1e-12
    )


def test_open_and_closed_are_the_papers_and_disjoint():
    assert len(UPOS) == len(set(UPOS)) == 17
    assert set(UPOS) - OPEN - CLOSED == {"NUM", "PUNCT", "SYM", "X"}
    assert not OPEN & CLOSED


def test_counting_in_pieces_equals_counting_at_once():
    rng = np.random.default_rng(0)
    ids, tags = rng.integers(50, size=1000), rng.integers(-1, 17, size=1000)
    whole = tag_counts(ids, tags.astype(np.int8), 50)
    pieces = np.zeros_like(whole)
    for start in range(0, 1000, 300):
        span = slice(start, start + 300)
        assert tag_counts(ids[span], tags[span], 50, out=pieces) is pieces
    np.testing.assert_array_equal(whole, pieces)
    assert whole.sum() == (tags >= 0).sum()
    assert whole[7, 3] == ((ids == 7) & (tags == 3)).sum()


@pytest.mark.parametrize(
    ("ids", "tags"), [([0, 1], [0]), ([2], [0]), ([-1], [0]), ([0], [17])]
)
def test_counting_refuses_what_is_out_of_range(ids, tags):
    with pytest.raises(ValueError):
        tag_counts(ids, tags, types=2)


def test_counting_refuses_an_out_it_could_not_fill():
    for out in (np.zeros((2, 17)), np.zeros((17, 2), np.int64).T):
        with pytest.raises(ValueError):
            tag_counts([0], [0], types=2, out=out)


def test_classes_load_neither_spacy_nor_torch():
    code = (
        "import sys, ontogeny.tagging.classes as _;"
        "print({'spacy', 'torch', 'thinc'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


def test_same_seed_same_bytes_other_seed_other_bytes(data):
    assert trained() == data
    assert trained(seed=2) != data


def test_lowercase_lowercases_the_treebank(data):
    lowered = [
        sentence([word.lower() for word in one.words], one.upos)
        for one in treebank(100, 0)
    ]
    from_cased = trained(lowercase=True)
    assert from_cased != data
    assert from_cased == train_pipeline(
        lowered, treebank(10, 1), lowercase=True, seed=1, **QUICK
    )


def test_bytes_and_file_give_the_same_tagger(data, nlp, tmp_path):
    path = tmp_path / "tagger"
    path.write_bytes(data)
    words = [one.words for one in treebank(30, 2)]
    from_file = list(tag_sentences(load_pipeline(path), words))
    assert from_file == list(tag_sentences(nlp, words))


def test_a_regular_language_is_learnt(nlp):
    table = accuracy(nlp, treebank(100, 3), lowercase=False).set_index("tag")
    assert table.loc["all", "accuracy"] > 0.99
    gold = next(treebank(1, 4))
    (tags,) = tag_sentences(nlp, [gold.words])
    assert tuple(UPOS[tag] for tag in tags) == gold.upos


def test_accuracy_table_adds_up(nlp):
    gold = [*treebank(50, 3), sentence(["Fox", "??"], ["NUM", "_"])]
    table = accuracy(nlp, gold, lowercase=False)
    each, overall = table[:-1], table.iloc[-1]
    assert each["tag"].tolist() == list(UPOS)
    assert overall["tag"] == "all"
    assert overall["words"] == sum(map(len, gold)) - 1  # "_" is not scored
    assert each[["words", "correct"]].sum().tolist() == overall.iloc[1:3].tolist()
    assert overall["accuracy"] == overall["correct"] / overall["words"]
    assert each.set_index("tag")["accuracy"].isna()["SYM"]


def test_accuracy_is_measured_on_lowercased_text_where_asked(nlp):
    gold = list(treebank(50, 3))
    lowered = [sentence([w.lower() for w in one.words], one.upos) for one in gold]
    as_corpus = accuracy(nlp, gold, lowercase=True)
    assert as_corpus.equals(accuracy(nlp, lowered, lowercase=False))
    assert (
        as_corpus["correct"].iloc[-1]
        < accuracy(nlp, gold, lowercase=False)["correct"].iloc[-1]
    ), "names are known by their capital in the cased tagger"


@pytest.mark.parametrize("batch_size", [1, 3, 256])
def test_tags_align_with_the_tokens_given(nlp, batch_size):
    odd = [
        ["the", "", " ", "\n", "\u00a0"],
        [],
        ["can't", "New York", "3.5 %", "...", "\u200b", "x" * 5000],
        ["<unk>", "@-@", "@,@", "@.@", "日本", "🙂", "\x00"],
        ["Fox"],
        [],
    ]
    tags = list(tag_sentences(nlp, iter(odd), batch_size=batch_size))
    assert [len(one) for one in tags] == [len(one) for one in odd]
    assert all(0 <= tag < len(UPOS) for one in tags for tag in one)
    assert tags == list(tag_sentences(nlp, odd))


def test_marks_of_tokenised_corpora_become_plain_forms():
    words = ["A", "<unk>", "@-@", "@,@", "@.@", "", "\t", "@"]
    plain = ["A", "xxxx", "-", ",", ".", "_", "_", "@"]
    assert normalise(words, lowercase=False) == plain
    assert normalise(plain, lowercase=False) == plain
    assert normalise(words, lowercase=True)[0] == "a"


@pytest.mark.parametrize("cut", [0, 10, 150, -1])
def test_a_cut_file_is_refused_with_a_remedy(data, tmp_path, cut):
    path = tmp_path / "tagger"
    path.write_bytes(data[:cut])
    with pytest.raises(InputError, match=r"tagger.*train the tagger again"):
        load_pipeline(path)


def test_a_changed_byte_or_another_file_is_refused(data):
    middle = len(data) // 2
    flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    for broken in (flipped, b"[]\n", b"\x80\x04.", b'{"format": 3}\n', b"null\nabc"):
        with pytest.raises(InputError, match="train the tagger again"):
            load_pipeline(broken)


def test_an_absent_file_or_pipeline_is_named(tmp_path):
    with pytest.raises(InputError, match=r"no_tagger cannot be read"):
        load_pipeline(tmp_path / "no_tagger")
    with pytest.raises(InputError, match=r"spacy download en_absent_sm.*treebank"):
        load_pipeline("en_absent_sm")


def install(nlp, folder, name):
    """A spaCy pipeline as pip would have installed it."""
    (folder / name).mkdir()
    nlp.to_disk(folder / name / "model")
    (folder / name / "__init__.py").write_text(
        "from pathlib import Path\n"
        "from spacy.util import load_model_from_path\n"
        "def load(**options):\n"
        "    return load_model_from_path(Path(__file__).parent / 'model', **options)\n"
    )
    (folder / f"{name}-1.0.dist-info").mkdir()
    (folder / f"{name}-1.0.dist-info" / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    )


def test_installed_pipelines_tag_by_pos_and_lose_what_is_not_needed(
    tmp_path, monkeypatch
):
    nlp = spacy.blank("en")
    tagger = nlp.add_pipe("tagger")
    for label in ("DT", "NN"):
        tagger.add_label(label)
    ruler = nlp.add_pipe("attribute_ruler")
    nlp.add_pipe("sentencizer")
    nlp.initialize()
    ruler.add([[{"TAG": {"IN": ["DT", "NN"]}}]], {"POS": "SCONJ"})
    ruler.add([[{"LOWER": "odd"}]], {"POS": "SPACE"})
    install(nlp, tmp_path, "en_made_up")
    monkeypatch.syspath_prepend(tmp_path)

    loaded = load_pipeline("en_made_up")
    assert loaded.pipe_names == ["tagger", "attribute_ruler"]
    assert upos_attribute(loaded) == "POS"
    (tags,) = tag_sentences(loaded, [["the", "odd"]])
    assert [UPOS[tag] for tag in tags] == ["SCONJ", "X"]


def test_a_pipeline_without_tags_is_refused(tmp_path, monkeypatch):
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    install(nlp, tmp_path, "en_untagging")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(InputError, match="attribute_ruler"):
        load_pipeline("en_untagging")


def test_treebanks_without_universal_tags_are_refused():
    fine = list(treebank(5, 0))
    for wrong, match in (
        ([], "training treebank"),
        ([sentence(["a"], ["_"])], "training treebank"),
        ([sentence(["a"], ["DT"])], "'DT'"),
    ):
        with pytest.raises(InputError, match=match):
            train_pipeline(wrong, fine, lowercase=False, seed=0)
    with pytest.raises(InputError, match="development treebank"):
        train_pipeline(fine, [], lowercase=False, seed=0)
