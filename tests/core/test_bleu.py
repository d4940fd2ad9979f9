"""BLEU from sums is sacrebleu's, on the whole and on every resample."""

import numpy as np
import pytest
import sacrebleu

from ontogeny.errors import InputError
from ontogeny.statistics.bootstrap import resampling_weights
from ontogeny.translation.bleu import bleu, bleu_signature, bleu_statistics, chrf


def texts(sentences, seed=0):
    """References, and hypotheses that keep most of their words; some are empty."""
    rng = np.random.default_rng(seed)
    words = ["The", "a", "dog's", "cat", "runs,", ".", "sits!", "3.5", "&amp;", '"so"']
    references, hypotheses = [], []
    for _ in range(sentences):
        reference = rng.choice(words, rng.integers(1, 12)).tolist()
        hypothesis = [
            word if rng.random() < 0.8 else str(rng.choice(words))
            for word in reference
            if rng.random() < 0.9
        ]
        references.append(" ".join(reference))
        hypotheses.append(" ".join(hypothesis))
    return ["", *hypotheses[1:]], references


@pytest.mark.parametrize("tokenize", ["none", "13a"])
def test_it_is_sacrebleus_on_the_whole_and_on_every_resample(tokenize):
    hypotheses, references = texts(60)
    statistics = bleu_statistics(hypotheses, references, tokenize=tokenize)
    weights = np.vstack([np.ones(60), resampling_weights(60, resamples=40)])
    found = bleu(weights @ statistics)
    for row, score in zip(weights.astype(int), found, strict=True):
        drawn = np.repeat(np.arange(60), row)
        expected = sacrebleu.corpus_bleu(
            [hypotheses[at] for at in drawn],
            [[references[at] for at in drawn]],
            tokenize=tokenize,
            force=True,
        ).score
        assert score == pytest.approx(expected, abs=1e-12)
    assert 20 < found[0] < 80
    assert len(set(found)) > 30


@pytest.mark.parametrize("seed", range(5))
def test_few_sentences_are_smoothed_as_sacrebleu_smooths_them(seed):
    hypotheses, references = texts(2, seed)
    expected = sacrebleu.corpus_bleu(hypotheses, [references], tokenize="none").score
    sums = bleu_statistics(hypotheses, references).sum(axis=0)
    assert bleu(sums).item() == pytest.approx(expected, abs=1e-12)


def test_known_answers():
    """exp(1 − 5/4) for a word less; 4-grams lost where a word is another."""
    perfect = bleu_statistics(["a b c d e"], ["a b c d e"])
    assert bleu(perfect.sum(axis=0)) == pytest.approx(100)
    shorter = bleu_statistics(["a b c d"], ["a b c d e"])
    assert bleu(shorter.sum(axis=0)) == pytest.approx(100 * np.exp(-0.25))
    another = bleu_statistics(["a b c d x"], ["a b c d e"])
    shares = 4 / 5 * 3 / 4 * 2 / 3 * 1 / 2
    assert bleu(another.sum(axis=0)) == pytest.approx(100 * shares**0.25)


def test_an_empty_translation_counts_as_empty():
    statistics = bleu_statistics(["", "a b c d"], ["a b c d e f", "a b c d"])
    assert statistics[0].tolist() == [0, 6, *[0] * 8]
    # All that is said is right, four words of ten.
    assert bleu(statistics.sum(axis=0)) == pytest.approx(100 * np.exp(1 - 10 / 4))
    assert bleu(bleu_statistics([""], ["a"]).sum(axis=0)) == 0


def test_letters_count_as_they_are_cased_and_words_as_they_stand():
    assert bleu_statistics(["A b."], ["a b ."])[0, :3].tolist() == [2, 3, 0]
    assert bleu_statistics(["A b."], ["a b ."], tokenize="13a")[0, :3].tolist() == [3, 3, 2]  # fmt: skip


def test_chrf_is_sacrebleus():
    hypotheses, references = texts(30)
    expected = sacrebleu.corpus_chrf(hypotheses, [references]).score
    assert chrf(hypotheses, references) == expected
    assert chrf(["xy"], ["xy"]) > chrf(["xz"], ["xy"]) > chrf(["zz"], ["xy"]) == 0


@pytest.mark.parametrize("tokenize", ["none", "13a"])
def test_the_signature_is_that_of_the_same_scores(tokenize):
    metric = sacrebleu.BLEU(tokenize=tokenize)
    metric.corpus_score(["a"], [["a"]])
    assert bleu_signature(tokenize) == str(metric.get_signature())
    assert f"tok:{tokenize}" in bleu_signature(tokenize)


@pytest.mark.parametrize("score", [bleu_statistics, chrf])
def test_no_translation_or_another_number_is_told(score):
    with pytest.raises(InputError, match="no translation to score"):
        score([], [])
    with pytest.raises(InputError, match="2 translations and 1 references"):
        score(["a", "b"], ["a"])


def test_scoring_says_nothing_on_the_terminal(capfd, caplog):
    bleu(bleu_statistics(["a ."] * 200, ["a ."] * 200).sum(axis=0))
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


def test_a_mean_is_no_sum():
    statistics = bleu_statistics(["a b c d", "a"], ["a b c e", "b"])
    with pytest.raises(ValueError, match="whole numbers"):
        bleu(statistics.mean(0))
