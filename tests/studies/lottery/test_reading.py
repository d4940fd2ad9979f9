"""Views of a model that translates, and their sums, against explicit loops."""

import numpy as np
import pytest
import torch

from ontogeny.measures.similarity.cka import linear_cka
from ontogeny.models.transformer import EncoderDecoder
from ontogeny.studies.lottery.reading import (
    ADJUSTED,
    Positions,
    cross_sums,
    groups_of,
    own_sums,
    views,
)
from ontogeny.translation.batches import PairBatch

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
    names = [*model.sites, *model.maps, *(name + ADJUSTED for name in model.maps)]
    found = views(model, batches[0], names, ends=ends)
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
            uniform = seen / seen.sum(1, keepdim=True)
            cells = seen[queries, keys]
            for end, values in (("", alpha), (ADJUSTED, alpha - uniform)):
                own = values[:, queries, keys][:, cells].T
                expected[name + end].append(own)
    for name in names:
        torch.testing.assert_close(found[name].rows, torch.cat(expected[name]))


def test_each_row_knows_its_pair(models, batches):
    view = views(models[0], batches[0], ["encoder1"])["encoder1"]
    lengths = (batches[0].source != 0).sum(1)
    assert view.pairs.bincount().tolist() == lengths.tolist()


def test_sums_are_those_of_all_rows(models, batches):
    groups = groups_of(np.arange(50))
    names = ["decoder2", "cross1", "decoder_self1" + ADJUSTED]
    own = [own_sums(model, batches, groups, names) for model in models]
    crosses = cross_sums(models, batches, groups, [(name, name) for name in names])
    for name in names:
        rows = [
            torch.cat([views(model, batch, [name])[name].rows for batch in batches])
            for model in models
        ]
        sums = own[0][name], own[1][name]
        found = linear_cka(*sums, cross=crosses[name, name])
        assert found == pytest.approx(linear_cka(*rows), abs=1e-12)
        assert sums[0].groups == 40
        first = [pair for pair in range(50) if groups[pair] < 20]
        half = sums[0].subset(range(20))
        there = torch.cat(
            [
                batch.pairs[view.pairs]
                for batch in batches
                for view in [views(models[0], batch, [name])[name]]
            ]
        )
        kept = rows[0][torch.isin(there, torch.tensor(first))]
        np.testing.assert_allclose(half.mean, kept.mean(0), atol=1e-12)


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
