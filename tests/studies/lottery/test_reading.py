"""Views of a model that translates, and their sums, against explicit loops."""

import numpy as np
import pyarrow as pa
import pytest
import torch

from ontogeny.measures.similarity.cka import linear_cka
from ontogeny.models.transformer import EncoderDecoder
from ontogeny.studies.lottery.comparing import compared
from ontogeny.studies.lottery.grouped import grouped_batches, groups_of
from ontogeny.studies.lottery.map_sums import ADJUSTED
from ontogeny.studies.lottery.reading import Positions, views
from ontogeny.translation.batches import PairBatch
from ontogeny.translation.pairs import ENCODED

TYPES = 12


@pytest.fixture
def models():
    found = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        model = EncoderDecoder(TYPES, layers=2, d=8, heads=2, inner=12, norm="pre")
        found.append(model.double().eval())
    return found


@pytest.fixture
def pairs():
    """Source and target of each pair, with `</s>` and behind `<s>`."""
    rng = np.random.default_rng(0)
    lengths = rng.integers(2, 7, (50, 2))
    return [
        (
            [*rng.integers(4, TYPES, n - 1).tolist(), 2],
            [1, *rng.integers(4, TYPES, m - 1).tolist()],
        )
        for n, m in lengths
    ]


@pytest.fixture
def batches(pairs):
    """In batches of seven, padded."""

    def padded(rows):
        length = max(map(len, rows))
        return torch.tensor([row + [0] * (length - len(row)) for row in rows])

    found = []
    for start in range(0, len(pairs), 7):
        source, target = map(list, zip(*pairs[start : start + 7], strict=True))
        numbers = torch.arange(start, start + len(source))
        target = padded(target)
        found.append(PairBatch(padded(source), target, target, numbers))
    return found


def alone(model, pair):
    """Sites and maps of one pair without padding, by hooks of its own."""
    sites, maps = {}, {}

    def keep(where):
        def at(name, value):
            where[name] = value.detach()[0]
            return value

        return at

    source, target = (torch.tensor([side]) for side in pair)
    model(source, target, at_site=keep(sites), at_map=keep(maps))
    return sites, maps


@pytest.mark.parametrize("ends", [True, False])
def test_views_are_those_of_each_pair_alone(models, pairs, batches, ends):
    model = models[0]
    names = [*model.sites, *model.maps]
    found = views(model, batches[0], names)
    assert found.keys() == set(names)
    of_source, of_target = (
        slice(None if ends else -1),
        slice(0 if ends else 1, None),
    )
    expected = {name: [] for name in names}
    for pair in pairs[:7]:
        sites, maps = alone(model, pair)
        for name, vectors in sites.items():
            there = of_source if name.startswith(("source", "encoder")) else of_target
            expected[name].append(vectors[there])
        for name, alpha in maps.items():
            queries = of_source if name.startswith("encoder") else of_target
            keys = of_target if name.startswith("decoder") else of_source
            seen = torch.ones(alpha.shape[1:], dtype=torch.bool)
            seen = seen.tril() if name.startswith("decoder") else seen
            cells = seen[queries, keys]
            expected[name].append(alpha[:, queries, keys][:, cells].T)
    for name in names:
        view = found[name]
        rows = view.rows if ends else view.rows[view.inner]
        torch.testing.assert_close(rows, torch.cat(expected[name]))


def test_maps_are_watched_and_need_not_be_compared(models, batches):
    seen = []
    views(models[0], batches[0], [], lambda name, alpha: seen.append(name))
    assert sorted(seen) == sorted(models[0].maps)


def test_each_row_knows_its_pair(models, batches):
    view = views(models[0], batches[0], ["encoder1"])["encoder1"]
    lengths = (batches[0].source != 0).sum(1)
    assert view.pairs.bincount().tolist() == lengths.tolist()


NAMES = ("decoder2", "cross1", "decoder_self1" + ADJUSTED)


def all_rows(model, batches, name):
    """Rows of a view, whether they are inner, and the number of each one's pair."""
    site, adjusted = name.removesuffix(ADJUSTED), name.endswith(ADJUSTED)
    rows, inner, numbers = [], [], []
    for batch in batches:
        view = views(model, batch, [site])[site]
        rows.append(view.rows)
        inner.append(view.inner)
        numbers.append(batch.pairs[view.pairs])
        if adjusted:
            seen = Positions.of(batch).visible(site).double()
            uniform = seen / seen.sum(-1, keepdim=True)
            rows[-1] = view.rows - uniform[seen > 0][:, None]
    return torch.cat(rows), torch.cat(inner), torch.cat(numbers)


@pytest.mark.parametrize("bytes_of_a_pass", [2**29, 1])
def test_sums_are_those_of_all_rows(models, batches, monkeypatch, bytes_of_a_pass):
    monkeypatch.setattr(
        "ontogeny.studies.lottery.comparing.PASS_BYTES", bytes_of_a_pass
    )
    groups = groups_of(np.arange(50))
    pairs = [((0, name), (1, name)) for name in NAMES]
    pairs += [((0, NAMES[1]), (1, NAMES[1] + ADJUSTED)), ((1, NAMES[2]), (1, NAMES[2]))]
    pairs += [((0, "decoder1"), (1, "decoder2"))]
    its = models.__getitem__, batches, pairs, groups
    found = list(compared(*its, pooled=pairs[-1:]))
    assert sorted(sums.places for sums in found) == sorted(pairs)
    for sums in found:
        (a, name), (b, other) = sums.places
        rows, inner, numbers = all_rows(models[a], batches, name)
        others = all_rows(models[b], batches, other)[0]
        for own, kept in ((sums.whole, slice(None)), (sums.inner, inner)):
            for debiased in (False, True):
                how = {"debiased": debiased}
                assert linear_cka(*own[:2], cross=own[2], **how) == pytest.approx(
                    linear_cka(rows[kept], others[kept], **how), abs=1e-9
                )
            np.testing.assert_allclose(own[0].mean, rows[kept].mean(0), atol=1e-12)
        assert (sums.whole[2].groups == 1) == (sums.places == pairs[-1])
        if sums.places == pairs[-1]:
            continue
        first = torch.isin(numbers, torch.tensor(np.flatnonzero(groups < 20)))
        half = [own.subset(range(20)) for own in sums.whole]
        np.testing.assert_allclose(half[0].mean, rows[first].mean(0), atol=1e-12)
        assert linear_cka(*half[:2], cross=half[2]) == pytest.approx(
            linear_cka(rows[first], others[first]), abs=1e-9
        )
        assert (sums.whole[2].groups, sums.inner[2].groups) == (40, 1)
    assert len(found) == 6


def test_of_a_view_beside_itself_both_sums_are_one(models, batches):
    place = (0, "encoder1")
    (sums,) = compared(
        models.__getitem__, batches, [(place, place)], groups_of(np.arange(50))
    )
    a, b, cross = sums.whole
    assert a is b
    np.testing.assert_allclose(cross.covariance, a.covariance)


def test_maps_are_one_pass_of_all_models(models, batches, monkeypatch):
    read = []
    forward = EncoderDecoder.forward

    def count(self, *arguments, **options):
        read.append(options["at_map"] is not None)
        return forward(self, *arguments, **options)

    monkeypatch.setattr(EncoderDecoder, "forward", count)
    names = [*models[0].sites, *models[0].maps]
    pairs = [((0, name), (1, name)) for name in names]
    # All maps of three kinds: two models' two layers of two heads and two squares.
    size = 8 * 40 * 3 * (1 + 2 * 2 * (2 + 2) + 2) ** 2
    monkeypatch.setattr("ontogeny.studies.lottery.comparing.PASS_BYTES", size)
    list(compared(models.__getitem__, batches, pairs, groups_of(np.arange(50))))
    assert sum(read) == 2 * len(batches) < len(read)
    assert sorted(read, reverse=True) == read


def test_each_models_maps_are_watched_once(models, batches, monkeypatch):
    monkeypatch.setattr("ontogeny.studies.lottery.comparing.PASS_BYTES", 1)
    seen = []
    pairs = [((0, name), (1, name)) for name in NAMES]
    groups = groups_of(np.arange(50))

    def watch(model, batch, name, alpha):
        seen.append((model, int(batch.pairs[0]), name))

    list(compared(models.__getitem__, batches, pairs, groups, watch))
    assert len(seen) == len(set(seen)) == 2 * len(batches) * 6


def test_batches_by_group_hold_every_pair_once(batches):
    rows = [
        {"pair": n, "source": [5] * (1 + n % 4), "target": [6] * (1 + n % 3)}
        for n in range(3, 90)
    ]
    text = pa.Table.from_pylist(rows, schema=ENCODED)
    groups = groups_of(text["pair"].to_numpy())
    found = grouped_batches(text, groups, tokens=10)
    assert sorted(torch.cat([b.pairs for b in found]).tolist()) == [*range(3, 90)]
    assert all(len(set(groups[batch.pairs.numpy()])) == 1 for batch in found)


def test_positions_without_ends_have_one_less_on_each_side(batches):
    whole, less = (Positions.of(batches[0], ends=ends) for ends in (True, False))
    assert ((whole.source.sum(1) - less.source.sum(1)) == 1).all()
    assert ((whole.target.sum(1) - less.target.sum(1)) == 1).all()
    assert not (less.source & (batches[0].source == 2)).any()
    assert not (less.target & (batches[0].target_in == 1)).any()


def test_groups_are_runs_of_pairs():
    found = groups_of(np.array([3, 9, 4, 120]))
    assert found[[3, 4, 9, 120]].tolist() == [0, 10, 20, 30]
    assert (np.delete(found, [3, 4, 9, 120]) == -1).all()
