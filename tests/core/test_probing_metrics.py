"""Scores from sums: scikit-learn's, and seqeval's spans, whatever is resampled."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics as theirs

from ontogeny.probing import Accuracy, ClassF, PearsonR, SpanF1

LABELS = ("O", "B-NP", "I-NP", "B-VP", "I-VP")


def drawn(seed):
    """Gold and predicted classes of sentences of one to nine items."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 10, size=20)
    sentences = np.repeat(np.arange(20), lengths)
    gold, other = rng.integers(len(LABELS), size=(2, lengths.sum()))
    return gold, np.where(rng.random(lengths.sum()) < 0.7, gold, other), sentences


def spans(labels, sentences):
    """Spans by seqeval's rules, one item after another: (type, begin, end)."""
    found, begin, kind = [], None, None
    previous = ("O", "", None)
    for at, (number, sentence) in enumerate(zip(labels, sentences, strict=True)):
        tag, _, name = LABELS[number].partition("-")
        new_sentence = sentence != previous[2]
        ends = begin is not None and (
            new_sentence or tag in "BO" or name != previous[1]
        )
        if ends:
            found.append((kind, begin, at))
            begin = None
        if tag != "O" and begin is None:
            begin, kind = at, name
        previous = (tag, name, sentence)
    if begin is not None:
        found.append((kind, begin, len(labels)))
    return set(found)


@pytest.mark.parametrize("seed", range(5))
def test_accuracy_and_f_are_scikit_learn_s(seed):
    gold, predicted, sentences = drawn(seed)
    for metric, expected in (
        (Accuracy(), theirs.accuracy_score(gold, predicted)),
        (ClassF(2), theirs.f1_score(gold == 2, predicted == 2)),
        (ClassF(2, beta=0.5), theirs.fbeta_score(gold == 2, predicted == 2, beta=0.5)),
    ):
        sums = metric.sums(gold, predicted, sentences, 20)
        assert metric.score(sums.sum(0)) == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(20))
def test_spans_are_seqeval_s(seed):
    gold, predicted, sentences = drawn(seed)
    ours, others = spans(gold, sentences), spans(predicted, sentences)
    sums = SpanF1(LABELS).sums(gold, predicted, sentences, 20)
    assert sums.sum(0).tolist() == [len(ours & others), len(ours), len(others)]
    by_sentence = [len([s for s in ours if sentences[s[1]] == n]) for n in range(20)]
    assert sums[:, 1].tolist() == by_sentence


def test_iob1_and_a_sentence_s_begin_open_a_span():
    metric = SpanF1(LABELS)
    gold = np.array([2, 2, 0, 2, 4, 1, 2])  # I-NP I-NP O I-NP | I-VP B-NP I-NP
    sentences = np.array([0, 0, 0, 0, 1, 1, 1])
    assert metric.sums(gold, gold, sentences, 2).tolist() == [[2, 2, 2], [2, 2, 2]]


@pytest.mark.parametrize("label", ["NP", "B", "B-", "X-NP", ""])
def test_other_labels_are_refused(label):
    with pytest.raises(ValueError, match="labels of spans are O, B-"):
        SpanF1(("O", label))


@pytest.mark.parametrize("offset", [0.0, 1e4])
def test_r_is_pearson_s(offset):
    rng = np.random.default_rng(0)
    x = rng.normal(size=200) + offset
    y = 0.3 * x + 0.7 * offset + rng.normal(size=200)
    sentences = np.sort(rng.integers(30, size=200))
    metric = PearsonR(about=offset)
    sums = metric.sums(x, y, sentences, 30)
    assert metric.score(sums.sum(0)) == pytest.approx(stats.pearsonr(x, y)[0], abs=1e-9)
    assert np.isnan(metric.score(metric.sums(x, np.ones(200), sentences, 30).sum(0)))


@given(st.integers(0, 10**6))
def test_a_resample_of_sentences_is_the_score_of_their_items(seed):
    gold, predicted, sentences = drawn(seed % 50)
    drawn_sentences = np.random.default_rng(seed).integers(20, size=20)
    weights = np.bincount(drawn_sentences, minlength=20)
    items = np.concatenate([np.flatnonzero(sentences == s) for s in drawn_sentences])
    again = np.repeat(np.arange(20), [np.sum(sentences == s) for s in drawn_sentences])
    for metric in (Accuracy(), ClassF(1), SpanF1(LABELS)):
        by_sums = metric.score(weights @ metric.sums(gold, predicted, sentences, 20))
        direct = metric.sums(gold[items], predicted[items], again, 20).sum(0)
        assert by_sums == pytest.approx(metric.score(direct), nan_ok=True)


def test_without_items_there_is_no_score():
    none = np.array([], int)
    for metric in (Accuracy(), ClassF(1), SpanF1(LABELS), PearsonR()):
        sums = metric.sums(none, none, none, 3)
        assert len(sums) == 3
        assert np.isnan(metric.score(sums.sum(0)))
