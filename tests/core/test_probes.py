"""Probes: what they learn, together as alone, and what they cannot."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.utils.estimator_checks import check_estimator
from torch.nn import functional

from ontogeny.annotation.labels import shuffle_labels
from ontogeny.errors import InputError
from ontogeny.measures.probing.code_length import select
from ontogeny.measures.probing.learning import Learning, initial_weights, losses
from ontogeny.models import IGNORED
from ontogeny.probing import (
    CONVERGED,
    PAPER,
    Accuracy,
    Items,
    PearsonR,
    ProbeClassifier,
    ProbeRecipe,
    ProbeRegressor,
    code_length,
    control_labels,
    pair_features,
    train_probes,
)

BRIEF = ProbeRecipe(epochs=4, patience=4, sentences=5)


def items(n=600, views=3, units=8, classes=4, seed=0, noise=1.0, scale=1.0):
    """Words of classes, seen from views that are rotations and noise."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(99).normal(size=(classes, units))
    labels = rng.integers(classes, size=n)
    seen = []
    for view in range(views):
        turn = np.linalg.qr(np.random.default_rng(view).normal(size=(units, units)))[0]
        words = centres[labels] + noise * (view + 0.5) * rng.normal(size=(n, units))
        seen.append(scale * words @ turn)
    return Items(
        torch.tensor(np.stack(seen), dtype=torch.float32),
        torch.arange(n),
        torch.tensor(labels),
        np.arange(n) // 6,
    )


def one_view(given, view):
    return Items(
        given.vectors[view : view + 1], given.words, given.labels, given.sentences
    )


@pytest.mark.parametrize("recipe", [BRIEF, PAPER, CONVERGED])
@pytest.mark.parametrize("hidden", [None, 5])
def test_probes_end_together_as_alone(recipe, hidden):
    made, held = items(), items(seed=1)
    how = {"outputs": 4, "seed": 3, "hidden": hidden, "recipe": recipe}
    together = train_probes(made, held, Accuracy(), **how)
    for view in range(3):
        alone = train_probes(
            one_view(made, view), one_view(held, view), Accuracy(), **how
        )
        assert alone.epochs[0] == together.epochs[view]
        np.testing.assert_array_equal(
            alone.predict(one_view(held, view))[0], together.predict(held)[view]
        )


def by_torch(weights, parts, labels):
    """Logits or values, shape (probes, items, outputs), and their mean loss."""
    found = torch.cat(parts, -1)
    for number in range(0, len(weights), 2):
        found = found.relu() if number else found
        bias = weights[number + 1][:, None]
        found = torch.baddbmm(bias, found, weights[number].mT)
    if labels.is_floating_point():
        loss = functional.smooth_l1_loss(found[..., 0], labels, reduction="none")
        return loss.mean(1).sum()
    each = [
        functional.cross_entropy(one, own, ignore_index=IGNORED)
        for one, own in zip(found, labels, strict=True)
    ]
    return sum(each)


@pytest.mark.parametrize("parts", [1, 3])
@pytest.mark.parametrize("hidden", [None, 5])
@pytest.mark.parametrize("kind", ["classes", "some ignored", "values"])
def test_steps_are_adam_s(kind, hidden, parts):
    made = items(views=2)
    outputs = 1 if kind == "values" else 4
    first = initial_weights(made.width * parts, hidden, outputs, seed=0)
    weights = [part.expand(2, *part.shape).clone() for part in first]
    recipe = ProbeRecipe(learning_rate=0.01)
    loop = Learning([w.clone() for w in weights], torch.arange(2), recipe)
    theirs = [w.clone().requires_grad_() for w in weights]
    adam = torch.optim.Adam(theirs, lr=0.01)
    labels = made.labels.expand(2, -1).clone()
    if kind == "values":
        labels = 2.0 * labels
    if kind == "some ignored":
        labels[0, ::3], labels[1, 1::4] = IGNORED, IGNORED
    for start in range(0, 300, 50):
        at = torch.arange(start, start + 50)
        read = [(power + 1) * made.read(at) for power in range(parts)]
        share = (labels[:, at] != IGNORED).float()
        loop.step(read, labels[:, at], share, 0.0)
        adam.zero_grad()
        by_torch(theirs, read, labels[:, at]).backward()
        adam.step()
    for ours, their in zip(loop.probes()._weights, theirs, strict=True):
        torch.testing.assert_close(ours, their, rtol=1e-4, atol=1e-5)


def test_losses_are_torch_s():
    drawn = torch.Generator().manual_seed(0)
    scores = 3 * torch.randn(2, 4, 50, generator=drawn)
    labels = torch.randint(4, (2, 50), generator=drawn)
    labels[0, 7] = IGNORED
    nats, _ = losses(scores, labels)
    theirs = functional.cross_entropy(
        scores, labels, reduction="none", ignore_index=IGNORED
    )
    torch.testing.assert_close(nats, theirs)
    values = torch.randn(2, 50, generator=drawn)
    apart, _ = losses(scores[:, :1], values)
    theirs = functional.smooth_l1_loss(scores[:, 0], values, reduction="none")
    torch.testing.assert_close(apart, theirs)


def test_the_best_epoch_is_kept():
    made, held = items(noise=4.0, n=120), items(seed=1, noise=4.0)
    long = train_probes(
        made, held, Accuracy(), outputs=4, seed=0,
        recipe=ProbeRecipe(epochs=30, patience=30, learning_rate=0.1),
    )  # fmt: skip
    for view, best in enumerate(long.epochs.tolist()):
        short = train_probes(
            made, held, Accuracy(), outputs=4, seed=0,
            recipe=ProbeRecipe(epochs=best, patience=30, learning_rate=0.1),
        )  # fmt: skip
        np.testing.assert_array_equal(
            short.predict(held)[view], long.predict(held)[view]
        )


def test_converged_probes_are_as_good_as_logistic_regression():
    made, held, test = (items(n, seed=s) for n, s in ((3000, 0), (600, 1), (2000, 2)))
    probes = train_probes(made, held, Accuracy(), outputs=4, seed=0, recipe=CONVERGED)
    ours = (probes.predict(test) == test.labels.numpy()).mean(1)
    for view in range(3):
        mean, scale = made.vectors[view].mean(0), made.vectors[view].std(0)
        their = LogisticRegression(max_iter=1000).fit(
            ((made.vectors[view] - mean) / scale).numpy(), made.labels.numpy()
        )
        score = their.score(((test.vectors[view] - mean) / scale).numpy(), test.labels)
        assert abs(ours[view] - score) < 0.01


@pytest.mark.parametrize("scale", [1e-4, 1e4])
def test_standardised_probes_do_not_mind_the_scale(scale):
    found = [
        train_probes(
            items(scale=s), items(seed=1, scale=s), Accuracy(),
            outputs=4, seed=0, recipe=CONVERGED,
        ).predict(items(seed=2, scale=s))
        for s in (1.0, scale)
    ]  # fmt: skip
    assert (found[0] == found[1]).mean() > 0.99


def test_a_sentence_counts_as_much_as_another():
    """Of two labels of the same vector the one of more sentences is learned."""
    sentences = np.array([0] * 9 + [1, 2, 3])
    labels = torch.tensor([0] * 9 + [1, 1, 1])
    made = Items(torch.ones(1, 12, 2), torch.arange(12), labels, sentences)
    recipe = ProbeRecipe(learning_rate=0.1, patience=50, by_loss=True)
    how = {"outputs": 2, "seed": 0, "recipe": recipe}
    for weigh_items, share in ((False, 0.75), (True, 0.25)):
        # On these, the loss is least where label 1 has just its share.
        ones = round(12 * share)
        held = replace(made, labels=torch.tensor([0] * (12 - ones) + [1] * ones))
        probes = train_probes(
            made, held, Accuracy(), weigh_items=weigh_items, **how
        )  # fmt: skip
        ((_, logits),) = probes.scores(made)
        found = logits.softmax(1)[0, 1]
        assert found == pytest.approx(share, abs=0.02)


def test_pairs_are_read_with_their_product():
    rng = np.random.default_rng(0)
    vectors = torch.tensor(rng.normal(size=(1, 300, 6)), dtype=torch.float32)
    words = torch.tensor(rng.integers(300, size=(900, 2)))
    # Neither word alone says it, nor their sum: whether two signs are the same.
    labels = (vectors[0, words[:, 0], 0] * vectors[0, words[:, 1], 0] > 0).long()
    made = Items(vectors, words, labels, np.arange(900) // 5)
    probes = train_probes(made, made, Accuracy(), outputs=2, seed=0, recipe=CONVERGED)
    assert (probes.predict(made)[0] == labels.numpy()).mean() > 0.9
    assert made.width == 18
    np.testing.assert_array_equal(
        made.read(torch.tensor([7]))[0, 0],
        pair_features(*(vectors[0, words[7, side]] for side in (0, 1))),
    )


def test_values_are_learned():
    rng = np.random.default_rng(0)
    vectors = torch.tensor(rng.normal(size=(2, 800, 5)), dtype=torch.float32)
    values = vectors[0] @ torch.tensor([1.0, -1.0, 0.5, 0.0, 0.2])
    made = Items(vectors, torch.arange(800), values, np.arange(800) // 4)
    probes = train_probes(
        made, made, PearsonR(), outputs=1, seed=0, recipe=CONVERGED, weigh_items=True
    )
    r = [np.corrcoef(found, values)[0, 1] for found in probes.predict(made)]
    assert r[0] > 0.99
    assert abs(r[1]) < 0.3


def test_several_probes_may_read_a_view():
    made = items(views=2)
    shuffled = made.labels[torch.randperm(len(made), generator=torch.Generator())]
    labels = torch.stack([made.labels, shuffled, made.labels])
    both = Items(made.vectors, made.words, labels, made.sentences)
    probes = train_probes(
        both, both, Accuracy(), outputs=4, seed=0, recipe=CONVERGED,
        views=torch.tensor([0, 0, 1]),
    )  # fmt: skip
    scores = (probes.predict(both) == labels.numpy()).mean(1)
    assert scores[0] > scores[2] > scores[1]


# Labels that are missing


def partly(given, seed=0, share=0.3):
    """Two probes of each view, which lack the labels of other items each."""
    rng = np.random.default_rng(seed)
    labels = given.labels.repeat(2 * len(given.vectors), 1)
    labels[torch.tensor(rng.random(labels.shape) < share)] = IGNORED
    return replace(given, labels=labels), torch.arange(len(given.vectors)).repeat(2)


@pytest.mark.parametrize("weigh_items", [False, True])
@pytest.mark.parametrize("recipe", [BRIEF, replace(CONVERGED, patience=2)])
def test_probes_end_together_as_alone_where_labels_are_missing(recipe, weigh_items):
    (made, views), (held, _) = partly(items(n=300)), partly(items(n=200, seed=1), 1)
    how = {
        "outputs": 4, "seed": 3, "hidden": 4, "recipe": recipe,
        "weigh_items": weigh_items,
    }  # fmt: skip
    together = train_probes(made, held, Accuracy(), views=views, **how)
    for probe in range(len(views)):
        mine, theirs = (
            replace(part, labels=part.labels[probe : probe + 1])
            for part in (made, held)
        )
        of_it = views[probe : probe + 1]
        alone = train_probes(mine, theirs, Accuracy(), views=of_it, **how)
        assert alone.epochs[0] == together.epochs[probe]
        np.testing.assert_array_equal(
            alone.predict(held)[0], together.predict(held)[probe]
        )


@pytest.mark.parametrize("weigh_items", [False, True])
@pytest.mark.parametrize("by_loss", [False, True])
def test_an_item_without_label_counts_nothing(by_loss, weigh_items):
    """As if it were not there, where units are not standardised by it."""
    made, held = items(n=300, views=1), items(n=200, views=1, seed=1)
    recipe = replace(BRIEF, by_loss=by_loss)
    kept = []
    for part in (made, held):
        # Each sentence of six loses one to five of its items.
        lost = np.arange(len(part)) % 6 > part.sentences % 5
        given = part.labels.clone()
        given[torch.tensor(lost)] = IGNORED
        left = replace(
            part,
            words=part.words[~lost],
            labels=part.labels[~lost],
            sentences=part.sentences[~lost],
        )
        kept.append((replace(part, labels=given), left))
    how = {"outputs": 4, "seed": 0, "recipe": recipe, "weigh_items": weigh_items}
    (with_them, without), (heard, fewer) = kept
    a = train_probes(with_them, heard, Accuracy(), **how)
    b = train_probes(without, fewer, Accuracy(), **how)
    assert a.epochs == b.epochs
    for ours, theirs in zip(a._weights, b._weights, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)
    nats = a.nats(heard)
    assert (nats[0] == 0).tolist() == (heard.labels == IGNORED).tolist()


def test_no_label_at_all_is_told():
    made, views = partly(items())
    none = made.labels.clone()
    none[3] = IGNORED
    lost = replace(made, labels=none)
    for a, b, what in ((lost, made, "learn from"), (made, lost, "validate on")):
        with pytest.raises(InputError, match=f"no item to {what}"):
            train_probes(a, b, Accuracy(), outputs=4, seed=0, views=views)


# What a converged probe is


def scored(probes, test):
    return (probes.predict(test) == test.labels.numpy()).mean(1)


@pytest.mark.parametrize("hidden", [None, 17])
def test_a_converged_probe_gains_nothing_from_longer_training(hidden):
    """Neither from twice the epochs nor from twice the patience; brief ones do."""
    sizes = {"units": 32, "classes": 17, "noise": 0.6}
    made, held, test = (
        items(n, seed=s, **sizes) for n, s in ((2000, 0), (400, 1), (4000, 2))
    )
    how = {"outputs": 17, "seed": 0, "hidden": hidden, "weigh_items": True}
    usual = replace(CONVERGED, patience=5)

    def trained(recipe):
        return scored(train_probes(made, held, Accuracy(), recipe=recipe, **how), test)

    once = trained(usual)
    for longer in (
        replace(usual, patience=10),
        replace(usual, epochs=100, patience=10),
    ):
        assert np.abs(trained(longer) - once).max() < 0.01
    assert (once - trained(replace(usual, epochs=1, steps=1))).max() > 0.01


def test_shuffled_labels_teach_only_the_commonest_class():
    made, held, test = (items(1500, seed=seed, noise=0.3) for seed in range(3))
    for part in (made, held, test):
        half = torch.arange(len(part)) % 2 == 0
        part.labels[half] = 0
    shuffled = torch.tensor(shuffle_labels(made.labels.numpy(), seed=2))
    probes = train_probes(
        replace(made, labels=shuffled), held, Accuracy(),
        outputs=4, seed=0, hidden=4, recipe=CONVERGED, weigh_items=True,
    )  # fmt: skip
    commonest = (test.labels == 0).double().mean().item()
    assert scored(probes, test) == pytest.approx([commonest] * 3, abs=0.03)


def test_a_class_that_training_lacks_is_missed():
    made, test = items(2000, noise=0.2), items(2000, seed=1, noise=0.2)
    seen = made.labels.where(made.labels != 3, IGNORED)
    probes = train_probes(
        replace(made, labels=seen), replace(made, labels=seen), Accuracy(),
        outputs=4, seed=0, hidden=4, recipe=CONVERGED, weigh_items=True,
    )  # fmt: skip
    right = probes.predict(test) == test.labels.numpy()
    lost = test.labels.numpy() == 3
    assert not right[:, lost].any()
    assert right[:, ~lost].mean() > 0.9
    assert np.isfinite(probes.nats(test)).all()


@pytest.mark.parametrize("value", [0.0, 0.1, -1e6])
def test_constant_vectors_tell_the_commonest_class(value):
    labels = torch.tensor([0, 1, 1, 2, 1]).repeat(100)
    made = Items(
        torch.full((1, 500, 4), value), torch.arange(500), labels, np.arange(500)
    )
    probes = train_probes(
        made, made, Accuracy(), outputs=3, seed=0, hidden=3, recipe=CONVERGED
    )
    assert (probes.predict(made) == 1).all()
    entropy = -(0.6 * np.log(0.6) + 0.4 * np.log(0.2))
    assert probes.nats(made).mean() == pytest.approx(entropy, abs=0.01)


def test_one_constant_unit_among_others_changes_little():
    made = items(views=1, noise=0.3)
    made.vectors[0, :, 0] = 0.1234
    probes = train_probes(made, made, Accuracy(), outputs=4, seed=0, recipe=CONVERGED)
    assert scored(probes, made)[0] > 0.9


def test_equal_seeds_give_equal_probes_and_touch_no_other_randomness():
    made, before = items(), torch.random.get_rng_state()
    weights = [
        train_probes(
            made, made, Accuracy(), outputs=4, seed=seed, hidden=4, recipe=BRIEF
        )._weights[0]
        for seed in (4, 4, 5)
    ]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_bad_vectors_and_nothing_are_told(bad):
    made = items()
    none = Items(made.vectors, made.words[:0], made.labels[:0], made.sentences[:0])
    for a, b, what in ((none, made, "learn from"), (made, none, "validate on")):
        with pytest.raises(InputError, match=f"no item to {what}"):
            train_probes(a, b, Accuracy(), outputs=4, seed=0)
    made.vectors[1, 3, 2] = bad
    with pytest.raises(InputError, match=r"1 of .* are NaN or infinite"):
        train_probes(made, made, Accuracy(), outputs=4, seed=0)


# Most checks ask nothing of how good it is.
SOON = replace(CONVERGED, epochs=12, steps=5)


@pytest.mark.thorough
@pytest.mark.parametrize(
    "probe",
    [ProbeClassifier(), ProbeClassifier(4, recipe=SOON), ProbeRegressor()],
    ids=["linear", "hidden", "values"],
)
def test_they_are_estimators(probe):
    found = check_estimator(probe.set_params(random_state=0), on_fail=None)
    assert [check for check in found if check["status"] == "failed"] == []


# Controls


def test_control_labels_are_of_types_and_in_the_labels_distribution():
    rng = np.random.default_rng(0)
    types = [f"w{number}" for number in rng.zipf(1.5, size=20_000) % 5000]
    labels = rng.choice(3, size=20_000, p=[0.6, 0.3, 0.1])
    control = control_labels(types, labels)
    assert len(
        {(one, label) for one, label in zip(types, control, strict=True)}
    ) == len(set(types))
    by_type = control_labels(types, labels, wanted=[f"u{n}" for n in range(20_000)])
    assert np.bincount(by_type) / 20_000 == pytest.approx([0.6, 0.3, 0.1], abs=0.02)
    assert (control_labels(types, labels, seed=1) != control).any()
    pairs = [(a, b) for a in "abcdefgh" for b in "abcdefgh"]
    found = control_labels(pairs, np.arange(64))
    assert (found != control_labels([p[::-1] for p in pairs], np.arange(64))).any()


def test_control_labels_do_not_depend_on_what_else_is_asked():
    labels = np.array([0, 1, 2, 3])
    whole = control_labels(list("abcd"), labels)
    assert control_labels(list("abcd"), labels, wanted=["c", "new"])[0] == whole[2]
    with pytest.raises(ValueError, match="a label of each item"):
        control_labels(["a"], np.array([]))


# Code length


def test_what_is_easy_to_read_is_short():
    made, held = items(n=1200, noise=0.3), items(n=300, seed=1, noise=0.3)
    length = code_length(made, held, outputs=4, seed=0)
    assert length.uniform_bits == 2400
    assert length.bits.tolist() == sorted(length.bits)  # views are ever noisier
    assert length.compression[0] > 3
    random = Items(
        made.vectors, made.words, made.labels[torch.randperm(1200)], made.sentences
    )
    assert code_length(random, held, outputs=4, seed=0).compression == pytest.approx(
        1.0, abs=0.1
    )


def test_portions_hold_each_item_once_and_are_not_too_small():
    length = code_length(items(n=900), items(seed=1), outputs=4, seed=0)
    assert sum(length.portions) == 900
    assert min(length.portions[:-1]) >= 8
    with pytest.raises(InputError, match="too few for a code in portions"):
        code_length(items(n=6), items(), outputs=4, seed=0)


def test_values_that_are_read_take_fewer_bits():
    rng = np.random.default_rng(0)
    vectors = torch.tensor(rng.normal(size=(2, 1000, 4)), dtype=torch.float32)
    values = vectors[0, :, 0] + 0.1 * torch.tensor(rng.normal(size=1000)).float()
    made = Items(vectors, torch.arange(1000), values, np.arange(1000) // 5)
    length = code_length(made, made, outputs=1, seed=0)
    # log2 of the ratio of the spreads, 10, for most of them.
    saved = (length.uniform_bits - length.bits) / 1000
    assert 2 < saved[0] < 3.4
    assert abs(saved[1]) < 0.2


def test_few_values_of_many_units_do_not_make_a_code_long():
    """A portion that a probe fits exactly says nothing of how far off it will be."""
    rng = np.random.default_rng(0)
    vectors = torch.tensor(rng.normal(size=(1, 900, 64)), dtype=torch.float32)
    values = vectors[0, :, :8].sum(1) + 3 * torch.tensor(rng.normal(size=900)).float()
    made = Items(vectors, torch.arange(900), values, np.arange(900) // 5)
    train, held = (select(made, np.arange(*ends)) for ends in ((0, 700), (700, 900)))
    compression = code_length(train, held, outputs=1, seed=0).compression
    assert 0.9 < compression[0] < 1.5


@pytest.mark.parametrize("scale", [1e-30, 1.0, 1e30])
@pytest.mark.parametrize("offset", [0.0, 1e9])
def test_vectors_of_any_scale_and_offset_are_probed_alike(scale, offset):
    x = np.random.default_rng(0).normal(size=(80, 4))
    labels, values = x[:, 0] > 0, x @ [1.0, 2.0, 0.0, -1.0]
    far = scale * (x + offset)
    assert ProbeClassifier(random_state=0).fit(far, labels).score(far, labels) > 0.95
    assert ProbeRegressor(random_state=0).fit(far, values).score(far, values) > 0.9


def test_an_unknown_recipe_is_told():
    with pytest.raises(ValueError, match="recipe must be one of paper, converged, or"):
        ProbeClassifier(recipe="soup").fit([[0.0], [1.0]] * 9, [0, 1] * 9)
