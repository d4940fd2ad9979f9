"""Neurons and directions of two layers, against loops over what was drawn."""

import numpy as np
import pytest

from ontogeny.similarity import CrossMoments, Moments, neuron_matches, spectrum
from ontogeny.studies.lottery.neurons import STATISTICS, match_rows, neuron_rows
from ontogeny.studies.lottery.spectra import RESAMPLES, spectrum_rows, variance_rows

GROUPS, TOKENS, UNITS = 5, 80, 6


@pytest.fixture
def setting():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(TOKENS, UNITS)) + 4
    y = x[:, ::-1] + rng.normal(size=(TOKENS, UNITS))
    y[:, 0] = -x[:, 3]
    y[:, 5] = 2.0  # a neuron that says nothing
    groups = np.arange(TOKENS) % GROUPS
    a, b = Moments.of(x, groups=groups), Moments.of(y, groups=groups)
    cross = CrossMoments(UNITS, UNITS, groups=GROUPS)
    cross.update(x, y, groups=groups)
    weights = rng.multinomial(GROUPS, np.full(GROUPS, 1 / GROUPS), size=7)
    return x, y, groups, (a, b, cross), weights


def by_hand(x, y):
    r = np.zeros((UNITS, UNITS))
    for k in range(UNITS):
        for j in range(UNITS - 1):
            r[k, j] = np.corrcoef(x[:, k], y[:, j])[0, 1]
    best, other = r.max(1), r.max(0)
    return {
        "similarity": best.mean(),
        "absolute": np.abs(r).max(1).mean(),
        "itself": np.mean(r.argmax(1) == np.arange(UNITS)),
        "p95": np.percentile(other, 95),
        "above_098": np.mean(other > 0.98),
    }


def test_neurons_are_matched_in_the_sample_and_in_resamples(setting):
    x, y, groups, sums, weights = setting
    rows = {row["statistic"]: row for row in neuron_rows(sums, sums, weights)}
    assert tuple(rows) == STATISTICS
    for row in rows.values():
        assert row["without_ends"] == pytest.approx(row["value"])
    for name, value in by_hand(x, y).items():
        assert rows[name]["value"] == pytest.approx(value, abs=1e-9)
    for number, row in enumerate(weights):
        drawn = np.repeat(np.arange(TOKENS), row[groups])
        for name, value in by_hand(x[drawn], y[drawn]).items():
            assert rows[name]["draws"][number] == pytest.approx(value, abs=1e-9)


def test_a_layer_is_itself(setting):
    _, _, _, (a, _, _), weights = setting
    own = CrossMoments(UNITS, UNITS, groups=GROUPS)
    own.update(setting[0], setting[0], groups=setting[2])
    rows = {
        row["statistic"]: row["value"]
        for row in neuron_rows((a, a, own), (a, a, own), weights)
    }
    assert rows == pytest.approx(dict.fromkeys(STATISTICS, 1.0))


def test_matches_of_both_sides(setting):
    x, y, _, sums, _ = setting
    table = match_rows(sums).set_index(["of", "neuron"])
    for of, one, other in (("dense", x, y), ("sparse", y, x)):
        expected = neuron_matches(one, other, signed=True)
        own = table.loc[of]
        np.testing.assert_allclose(own["correlation"], expected.correlation, atol=1e-9)
        known = np.arange(UNITS) != (5 if of == "sparse" else -1)
        assert (own["match"].to_numpy() == expected.index)[known].all()


def test_directions_are_those_of_the_drawn_rows(setting):
    x, _, groups, (a, *_), weights = setting
    for row in spectrum_rows(a, a, weights):
        of = {"k80": lambda s: s.least(0.8)}.get(
            row["statistic"], lambda s: s.participation_ratio
        )
        assert row["value"] == pytest.approx(of(spectrum(x, centred=row["centred"])))
        for number, drawn in enumerate(weights):
            rows = np.repeat(np.arange(TOKENS), drawn[groups])
            expected = of(spectrum(x[rows], centred=row["centred"]))
            assert row["draws"][number] == pytest.approx(expected)


def test_only_some_resamples_have_directions(setting):
    *_, (a, *_), weights = setting
    many = np.tile(weights, (RESAMPLES, 1))
    assert {len(row["draws"]) for row in spectrum_rows(a, a, many)} == {RESAMPLES}


def test_variances_fall_and_sum_to_the_units(setting):
    x, *_, (a, *_), _ = setting
    table = variance_rows(a)
    own = table[table["centred"]]
    assert own["variance"].is_monotonic_decreasing
    assert own["variance"].sum() == pytest.approx(x.var(0).sum())
    whole = table[~table["centred"]]["variance"].sum()
    assert whole == pytest.approx(np.mean(x**2, 0).sum())
