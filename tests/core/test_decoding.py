"""Greedy and beam search against slow ones that read a whole pass at every step."""

import math
from itertools import product

import pytest
import torch
from torch import nn

from ontogeny.errors import InputError
from ontogeny.models.transformer import END, PAD, START, EncoderDecoder
from ontogeny.translation.decoding import beam_search, greedy, length_penalty, longest

SEEDS = [0, 1, 3, 4]


def made(seed, types=9):
    """A random model in float64, sure enough of itself to end at various lengths."""
    torch.manual_seed(seed)
    model = EncoderDecoder(types, layers=1, d=8, heads=2, inner=16, norm="pre")
    with torch.no_grad():
        model.decoder_norm.weight.mul_(3)
        model.decoder_norm.bias.copy_(model.embedding.weight[END] / 2)
        for name in model.prunable:
            model.get_parameter(name).mul_(3)
    return model.double().eval()


def sources(*lengths, types=9):
    rows = [
        torch.cat([torch.randint(4, types, (length,)), torch.tensor([END])])
        for length in lengths
    ]
    return nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=PAD)


@torch.no_grad()
def gains(model, source, text):
    """Log-probabilities of what follows a text, of one source without padding."""
    target = torch.tensor([[START, *text]])
    return model.logits(model(source[None], target))[0, -1].log_softmax(-1).tolist()


def penalty(length, power):
    return ((5 + length) / 6) ** power


def slow_beam(model, source, beam, power):
    """The best finished hypothesis of a beam that goes on to the greatest length."""
    source = source[source != PAD]
    limit = 2 * (len(source) - 1) + 10
    going, finished = [([], 0.0)], []
    for length in range(1, limit + 2):
        found = []
        for text, score in going:
            following = gains(model, source, text)
            words = [END] if len(text) == limit else range(END, len(following))
            found += [(score + following[word], text, word) for word in words]
        found = sorted(found, reverse=True)[:beam]
        finished += [
            (score / penalty(length, power), text)
            for score, text, word in found
            if word == END
        ]
        going = [([*text, word], score) for score, text, word in found if word != END]
    return max(finished)


def assert_same(found, expected):
    score, text = expected
    assert found.subwords == text
    assert found.score == pytest.approx(score, abs=1e-10)


@pytest.mark.parametrize("seed", SEEDS)
def test_greedy_takes_the_likeliest_subword_to_the_greatest_length(seed):
    model, source = made(seed), sources(1, 4, 0)
    for row, found in zip(source, greedy(model, source), strict=True):
        one = row[row != PAD]
        text, score = [], 0.0
        while True:
            following = gains(model, one, text)
            full = len(text) == 2 * (len(one) - 1) + 10
            words = [END] if full else range(END, len(following))
            word = max(words, key=following.__getitem__)
            score += following[word]
            if word == END:
                break
            text.append(word)
        assert_same(found, (score / penalty(len(text) + 1, 0.6), text))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_beam_of_one_is_greedy(seed):
    model, source = made(seed), sources(3, 5, 2)
    one = beam_search(model, source, beam=1, power=1.0)
    assert [h.subwords for h in one] == [h.subwords for h in greedy(model, source)]


@pytest.mark.parametrize("power", [0.0, 0.6, 2.0])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_beam_ends_no_sooner_than_its_best_is_known(seed, power):
    """And each sentence's beam by itself, whatever the length of the others."""
    model, source = made(seed), sources(2, 5, 1, 0)
    found = beam_search(model, source, beam=3, power=power)
    for row, one in zip(source, found, strict=True):
        assert_same(one, slow_beam(model, row, 3, power))


def test_hope_reaches_to_the_greatest_length():
    """What costs nothing more up to there, and not one place before, wins."""
    model, steps = made(0), iter(range(11))

    def scripted(output):
        step = next(steps)
        likely = torch.full_like(output[..., :1].expand(-1, -1, 9), -torch.inf)
        if step == 0:
            likely[..., END], likely[..., 5] = -1.0, -2.58
            likely[..., PAD] = math.log(1 - math.exp(-1) - math.exp(-2.58))
        else:
            likely[..., 5 if step < 10 else END] = 0.0
        return likely

    model.logits = scripted
    (found,) = beam_search(model, sources(0), beam=2, power=1.0)
    assert penalty(10, 1) < 2.58 < penalty(11, 1)
    assert_same(found, (-2.58 / penalty(11, 1), [5] * 10))


def test_the_cases_tell_stopping_rules_apart():
    """Translations have many lengths, and the first that is finished is not the best."""
    lengths, unlike = set(), 0
    for seed in SEEDS:
        model, source = made(seed), sources(2, 5, 1, 0)
        for power in (0.0, 2.0):
            for one in beam_search(model, source, beam=3, power=power):
                lengths.add(len(one.subwords))
        best = beam_search(model, source, beam=3, power=2.0)
        likeliest = beam_search(model, source, beam=3, power=0.0)
        unlike += sum(
            a.subwords != b.subwords for a, b in zip(best, likeliest, strict=True)
        )
    assert len(lengths) >= 5
    assert unlike >= 3


@pytest.mark.parametrize("power", [0.6, 2.0])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_beam_of_all_is_exhaustive(seed, power):
    """Of `<unk>` and one word there are 2,047 texts of at most ten subwords."""
    model, source = made(seed, types=5), sources(0)
    best = (-math.inf, None)
    with torch.no_grad():
        for length in range(11):
            texts = torch.tensor(list(product((3, 4), repeat=length))).long()
            texts = texts.view(2**length, length)
            read = nn.functional.pad(texts, (1, 0), value=START)
            said = nn.functional.pad(texts, (0, 1), value=END)
            logits = model.logits(model(source.expand(len(read), -1), read))
            each = logits.log_softmax(-1).gather(2, said[..., None])[..., 0]
            scores = each.sum(1) / penalty(length + 1, power)
            at = int(scores.argmax())
            best = max(best, (scores[at].item(), texts[at].tolist()))
    assert_same(beam_search(model, source, beam=2_100, power=power)[0], best)


@pytest.mark.parametrize("beam", [1, 4])
def test_a_translation_does_not_depend_on_its_batch(beam):
    model, source = made(1), sources(5, 1, 3, 7)
    together = beam_search(model, source, beam=beam)
    backwards = beam_search(model, source.flip(0), beam=beam)[::-1]
    for row, one, other in zip(source, together, backwards, strict=True):
        (alone,) = beam_search(model, row[row != PAD][None], beam=beam)
        for found in (one, other):
            assert_same(found, (alone.score, alone.subwords))


def test_a_sentence_that_is_done_is_left_alone():
    """Steps cost what the open sentences cost, and end before the greatest length."""
    model, source = made(0), sources(1, 8, 2)
    rows = []
    real = model.decode_step

    def counting(subwords, cache):
        rows.append(len(subwords))
        return real(subwords, cache)

    model.decode_step = counting
    beam_search(model, source, beam=2)
    assert rows == sorted(rows, reverse=True)
    assert rows[-1] < 3
    assert len(rows) <= 2 * 8 + 11
    assert sum(rows) < sum(2 * n + 11 for n in (1, 8, 2))


def test_nothing_is_said_but_words_and_at_most_2n_plus_10_of_them():
    model = made(0)
    with torch.no_grad():
        # `<pad>` and `<s>` are the likeliest, `</s>` the least likely of all.
        model.decoder_norm.weight.zero_()
        model.decoder_norm.bias.copy_(model.embedding.weight[START])
        model.embedding.weight[PAD] = 9 * model.embedding.weight[START]
        model.embedding.weight[END] = -9 * model.embedding.weight[START]
    source = sources(0, 3)
    for found in (greedy(model, source), beam_search(model, source)):
        for one, most in zip(found, longest(source).tolist(), strict=True):
            assert len(one.subwords) == most
            assert min(one.subwords) > END


def test_the_penalty_counts_the_end():
    assert length_penalty(1, 0.6) == 1
    model = made(0)
    with torch.no_grad():  # all subwords are as likely
        model.embedding.weight.zero_()
    (one,) = beam_search(model, sources(2), beam=1, power=0.6)
    n = len(one.subwords) + 1
    assert one.score == pytest.approx(-n * math.log(9) / ((5 + n) / 6) ** 0.6)


@pytest.mark.parametrize("mode", [True, False])
def test_the_model_keeps_its_mode_and_is_read_without_dropout(mode):
    model, source = made(2), sources(3, 4)
    expected = beam_search(model, source)
    assert beam_search(model.train(mode), source) == expected
    assert model.training is mode


def test_scores_that_are_not_finite_are_told():
    model = made(0)
    with torch.no_grad():
        model.decoder_norm.bias.fill_(math.nan)
    model.train()
    with pytest.raises(
        InputError, match=r"^Sentence 1 of 2 has no translation.*rate\.$"
    ):
        beam_search(model, sources(1, 2))
    assert model.training


@pytest.mark.parametrize("source", [[[0, 5, END]], [[5, 0, END]], [[5, END], [0, 0]]])
def test_padding_before_the_end_is_told(source):
    with pytest.raises(InputError, match="padding before its end"):
        greedy(made(0), torch.tensor(source))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"beam": 0}, "beam must be a whole number from 1 on, found 0"),
        ({"beam": 2.5}, "beam must be a whole number from 1 on, found 2.5"),
        ({"power": -0.1}, "power must not be negative, found -0.1"),
    ],
)
def test_a_beam_without_a_hypothesis_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        beam_search(made(0), sources(3), **wrong)
