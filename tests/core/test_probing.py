"""Diagnostic classifiers: together as alone, known answers, odd input."""

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from ontogeny.annotation.labels import shuffle_labels
from ontogeny.errors import InputError
from ontogeny.measures.probing.classifiers import (
    Classifiers,
    Training,
    train_classifiers,
)
from ontogeny.models import IGNORED

SITES = torch.tensor([0, 0, 1])
BRIEF = Training(epochs=3, batch=32)


def clusters(tokens=4000, units=12, classes=6, seed=0, spread=1.5):
    """Two sites with a cloud per class: labels, vectors, and the best accuracy.

    The second site has half of the first one's units, a thousand times larger
    and far from zero.
    """
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(9).normal(size=(classes, units))
    labels = rng.integers(classes, size=tokens)
    first = centres[labels] + spread * rng.normal(size=(tokens, units)) / 2
    second = 5000 + 1000 * np.where(np.arange(units) % 2, first, 0)
    best = []
    for halved in (1, np.arange(units) % 2):
        far = ((first[:, None] * halved - centres * halved) ** 2).sum(-1)
        best.append((far.argmin(1) == labels).mean())
    vectors = torch.tensor(np.stack([first, second]))
    return torch.tensor(labels), vectors, best


def mixed(tokens=150):
    """Vectors, and labels of three classifiers that lack some tokens' labels."""
    _, vectors, _ = clusters(tokens)
    labels = torch.tensor(np.random.default_rng(1).integers(-1, 6, (3, tokens)))
    return vectors, labels


def accuracy(found, vectors, labels):
    groups = torch.zeros(labels.shape[1], dtype=torch.long)
    counts = found.count(vectors, labels, groups, 1)
    return (counts.correct / counts.tokens)[:, 0].tolist()


def trained_alone(found, number, vectors, labels, seed, how):
    """A classifier's parameters, trained by a plain loop of its own."""
    site = SITES[number]
    x = (vectors[site] - found.mean[site]) / found.scale[site]
    fresh = Classifiers(SITES, found.mean, found.scale, classes=6, seed=seed)
    own = [part[number].detach().requires_grad_() for part in fresh.parameters()]
    hidden, hidden_bias, out, out_bias = own
    optimiser = torch.optim.Adam(own, lr=how.learning_rate)
    order = torch.Generator().manual_seed(seed)
    steps, step = how.epochs * -(-len(x) // how.batch), 0
    for _ in range(how.epochs):
        for at in torch.randperm(len(x), generator=order).split(how.batch):
            for group in optimiser.param_groups:
                group["lr"] = how.learning_rate * (1 - 0.99 * step / steps)
            logits = (x[at] @ hidden + hidden_bias).relu() @ out + out_bias
            optimiser.zero_grad()
            cross_entropy(logits, labels[number, at], ignore_index=IGNORED).backward()
            optimiser.step()
            step += 1
    return own


@pytest.mark.parametrize("seed", [0, 7])
def test_together_each_ends_where_it_would_alone(seed):
    vectors, labels = mixed()
    found = train_classifiers(
        vectors, labels, SITES, classes=6, seed=seed, training=BRIEF
    )
    for number in range(3):
        alone = trained_alone(found, number, vectors, labels, seed, BRIEF)
        for part, own in zip(found.parameters(), alone, strict=True):
            torch.testing.assert_close(part[number], own, rtol=0, atol=1e-8)


def test_others_and_their_labels_do_not_matter():
    vectors, labels = mixed()
    others = labels.clone()
    others[1:] = labels[1:].roll(5, dims=1)
    found = [
        train_classifiers(
            vectors, of, SITES[: len(of)], classes=6, seed=3, training=BRIEF
        )
        for of in (labels, others, labels[:1])
    ]
    for parts in zip(*(one.parameters() for one in found), strict=True):
        for other in parts[1:]:
            torch.testing.assert_close(parts[0][0], other[0], rtol=0, atol=1e-8)
    assert not torch.allclose(found[0].out[1], found[1].out[1], atol=1e-3)


def test_a_token_without_label_counts_nothing():
    vectors, labels = mixed()
    labels[:, 100:] = IGNORED
    changed = vectors.clone()
    # The same mean and spread of every unit, in another order.
    changed[:, 100:] = vectors[:, 100:].flip(1)
    parts = [
        list(
            train_classifiers(
                of, labels, SITES, classes=6, seed=0, training=BRIEF
            ).parameters()
        )
        for of in (vectors, changed)
    ]
    torch.testing.assert_close(*parts, rtol=0, atol=1e-8)


@pytest.mark.thorough
def test_brief_training_comes_within_a_point_of_long_training():
    sizes = {"units": 32, "classes": 17, "spread": 2.8}
    labels, vectors, _ = clusters(20000, **sizes)
    test_labels, test_vectors, best = clusters(4000, seed=1, **sizes)
    sites = torch.tensor([0, 0, 1, 1])
    brief, long = (
        accuracy(
            train_classifiers(
                vectors.float(), labels.repeat(4, 1), sites,
                classes=17, seed=0, training=how,
            ),
            test_vectors.float(),
            test_labels.repeat(4, 1),
        )
        for how in (None, Training(epochs=30, learning_rate=2e-3))
    )  # fmt: skip
    np.testing.assert_allclose(brief, long, rtol=0, atol=0.01)
    # Nothing does better than the nearest centre, but for chance.
    for site in range(2):
        own = np.mean(brief[2 * site : 2 * site + 2])
        assert best[site] - 0.03 < own < best[site] + 0.01
        assert best[site] < 0.98


def test_scale_and_place_of_units_do_not_matter():
    vectors, labels = mixed()
    factors = torch.logspace(-4, 4, vectors.shape[2], dtype=vectors.dtype)
    logits = [
        train_classifiers(of, labels, SITES, classes=6, seed=0, training=BRIEF)(of)
        for of in (vectors, vectors * factors - 3 * factors)
    ]
    torch.testing.assert_close(*logits, rtol=0, atol=1e-6)


def test_shuffled_labels_teach_only_the_commonest_class():
    rng = np.random.default_rng(0)
    labels, vectors, _ = clusters(6000)
    labels = torch.where(torch.tensor(rng.random(6000) < 0.5), 0, labels)
    shuffled = torch.tensor(shuffle_labels(labels.numpy(), seed=2))
    found = train_classifiers(
        vectors, torch.stack([shuffled, shuffled]), torch.arange(2), classes=6, seed=0
    )
    commonest = (labels == 0).double().mean().item()
    assert accuracy(found, vectors, labels.repeat(2, 1)) == pytest.approx(
        [commonest] * 2, abs=0.03
    )


def test_counts_are_those_of_every_token_by_itself():
    tokens = 5000  # more than are classified at a time
    vectors, labels = mixed(tokens)
    labels[2, :40] = IGNORED
    groups = torch.tensor(np.random.default_rng(2).integers(7, size=tokens))
    found = train_classifiers(
        vectors, labels, SITES, classes=6, seed=0, training=Training(epochs=1)
    )
    counts = found.count(vectors, labels, groups, 8)
    logits = found(vectors).detach()
    for number in range(3):
        labelled = labels[number] != IGNORED
        right = labelled & (logits[number].argmax(1) == labels[number])
        for group in range(8):
            here = groups == group
            assert counts.tokens[number, group] == (labelled & here).sum()
            assert counts.correct[number, group] == (right & here).sum()
        torch.testing.assert_close(
            counts.loss_nats[number],
            cross_entropy(logits[number][labelled], labels[number][labelled]),
        )
    assert (counts.tokens[:, 7] == 0).all()
    assert counts.tokens.dtype == counts.correct.dtype == torch.int64


def test_nothing_labelled_in_the_test_part_is_no_score():
    vectors, labels = mixed()
    found = train_classifiers(vectors, labels, SITES, classes=6, seed=0, training=BRIEF)
    labels[1] = IGNORED
    counts = found.count(vectors, labels, torch.zeros(150, dtype=torch.long), 2)
    assert counts.tokens[1].tolist() == counts.correct[1].tolist() == [0, 0]
    assert counts.loss_nats.isnan().tolist() == [False, True, False]


def test_a_class_that_training_lacks_is_missed():
    labels, vectors, _ = clusters()
    seen = labels.where(labels != 5, IGNORED)
    found = train_classifiers(vectors[:1], seen[None], SITES[:1], classes=6, seed=0)
    counts = found.count(vectors[:1], labels[None], labels, 6)
    assert counts.tokens[0, 5] > 500
    assert counts.correct[0, 5] == 0
    assert (counts.correct[0, :5] > 0.7 * counts.tokens[0, :5]).all()
    assert counts.loss_nats.isfinite().all()


def test_a_single_class_is_always_right():
    vectors, _ = mixed()
    labels = torch.zeros(3, 150, dtype=torch.long)
    found = train_classifiers(vectors, labels, SITES, classes=1, seed=0)
    counts = found.count(vectors, labels, labels[0], 1)
    assert counts.correct.tolist() == [[150]] * 3
    assert counts.loss_nats.tolist() == [0.0] * 3


@pytest.mark.parametrize("value", [0.0, 0.1, -1e6])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_constant_vectors_tell_the_commonest_class(value, dtype):
    labels = torch.tensor([0, 1, 1, 2, 1]).repeat(1, 100)
    vectors = torch.full((1, 500, 4), value, dtype=dtype)
    found = train_classifiers(
        vectors, labels, SITES[:1], classes=3, seed=0, training=Training(30, 50)
    )
    counts = found.count(vectors, labels, labels[0], 3)
    assert counts.correct.tolist() == [[0, 300, 0]]
    entropy = -(0.6 * np.log(0.6) + 0.4 * np.log(0.2))
    assert counts.loss_nats.item() == pytest.approx(entropy, abs=0.01)


def test_one_constant_unit_among_others_changes_little():
    labels, vectors, _ = clusters()
    vectors = vectors[:1].float()
    constant = vectors.clone()
    constant[0, :, 0] = 0.1234
    found = train_classifiers(constant, labels[None], SITES[:1], classes=6, seed=0)
    assert found.scale[0, 0] == 1
    assert accuracy(found, constant, labels[None])[0] > 0.7


def test_a_single_token_is_enough_to_train():
    vectors, labels = mixed()
    found = train_classifiers(
        vectors[:, :1], labels[:, :1].abs(), SITES, classes=6, seed=0
    )
    assert all(part.isfinite().all() for part in found.parameters())


def test_equal_seeds_give_equal_classifiers_and_touch_no_other_randomness():
    vectors, labels = mixed()
    before = torch.random.get_rng_state()
    outs = [
        train_classifiers(
            vectors, labels, SITES, classes=6, seed=seed, training=BRIEF
        ).out
        for seed in (4, 4, 5)
    ]
    assert torch.equal(outs[0], outs[1])
    assert not torch.equal(outs[0], outs[2])
    assert torch.equal(before, torch.random.get_rng_state())


def test_bad_vectors_are_counted():
    vectors, labels = mixed()
    found = train_classifiers(vectors, labels, SITES, classes=6, seed=0, training=BRIEF)
    vectors[0, 3, 2], vectors[1, 7] = torch.nan, torch.inf
    message = "13 of 3,600 activations are NaN or infinite"
    with pytest.raises(InputError, match=message):
        train_classifiers(vectors, labels, SITES, classes=6, seed=0)
    with pytest.raises(InputError, match=message):
        found.count(vectors, labels, torch.zeros(150, dtype=torch.long), 1)


@pytest.mark.parametrize("tokens", [0, 150])
def test_nothing_to_learn_from_is_told(tokens):
    vectors, labels = mixed()
    labels[1] = IGNORED
    empty = 1 if tokens else 3
    with pytest.raises(InputError, match=f"{empty} of 3 .* have no labelled token"):
        train_classifiers(
            vectors[:, :tokens], labels[:, :tokens], SITES, classes=6, seed=0
        )


def test_mistakes_of_ours_are_refused():
    vectors, labels = mixed()
    with pytest.raises(ValueError, match="labels below 5, got 5"):
        train_classifiers(vectors, labels, SITES, classes=5, seed=0)
    for sites in ([0, 1, 0], [0, 1, 2]):
        with pytest.raises(ValueError, match="ascending sites below 2"):
            train_classifiers(vectors, labels, torch.tensor(sites), classes=6, seed=0)
