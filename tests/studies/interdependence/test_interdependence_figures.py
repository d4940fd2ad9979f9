"""Tables behind the figures of interdependence, from made-up pairs."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ontogeny.disk.files import read_by_seed, read_table, write_table
from ontogeny.statistics.groups import PAIR_GROUPS, Resampled
from ontogeny.statistics.ranks import BINS, rank_bins, spearman_draws
from ontogeny.statistics.resampled import weighted_spearman
from ontogeny.studies.interdependence.epochs import by_epoch
from ontogeny.studies.interdependence.figures import tabulate
from ontogeny.studies.interdependence.inputs import DRAWN, Inputs
from ontogeny.studies.interdependence.pair_sums import (
    ALL_LINES,
    LINES,
    largest,
    lines_of,
    slopes,
    sum_pairs,
)
from ontogeny.studies.interdependence.tables import Options

CLASSES = ["open", "closed", "other"]
WINDOW = 4


def made(
    seed=0, *, rows=8000, sentences=400, edges=-0.1, words=-0.05, noise=0.05, epoch=3
):
    """Pairs whose interdependence falls by so much per edge and per word."""
    rng = np.random.default_rng(seed)
    distance = rng.integers(1, WINDOW + 1, rows)
    tree = np.minimum(rng.geometric(0.5, rows), distance + 2)
    left, right = rng.choice(CLASSES, (2, rows), p=[0.5, 0.4, 0.1])
    value = 1 + edges * tree + words * distance + noise * rng.normal(size=rows)
    return pd.DataFrame(
        {
            "epoch": np.int32(epoch),
            "sentence": np.sort(rng.integers(sentences, size=rows)).astype(np.int32),
            "distance": distance.astype(np.int16),
            "tree_distance": tree.astype(np.int16),
            "left_class": pd.Categorical(left, CLASSES),
            "right_class": pd.Categorical(right, CLASSES),
            "left_count": rng.integers(1, 5000, rows),
            "right_count": rng.integers(1, 5000, rows),
            "interdependence": value.astype(np.float32),
        }
    )


def made_epochs(seed=0, last=3, **options):
    """The same pairs at every epoch; more and more, they follow the tree."""
    return pd.concat(
        [made(seed, edges=-0.03 * at, epoch=at, **options) for at in range(last + 1)]
    )


CURVE = ["epoch", "valid_perplexity", "test_perplexity"]
ERROR = [
    *("epoch", "sentences", "words", "unknown_words", "pairs", "pairs_left_out"),
    *("mean_error_logits", "largest_error_logits"),
]


def tables(seeds=(1, 2), resamples=100, min_pairs=100, **options):
    pairs = {seed: made(seed, **options) for seed in seeds}
    epochs = {seed: made_epochs(seed, **options) for seed in seeds}
    return tabulated(pairs, epochs, resamples, min_pairs)


def tabulated(pairs, epochs, resamples, min_pairs=100):
    errors, curves = ({1: pd.DataFrame([dict.fromkeys(n, 1)])} for n in (ERROR, CURVE))
    params = SimpleNamespace(min_pairs=min_pairs, resamples=resamples)
    found = tabulate(Inputs(pairs, errors, curves, epochs), params)
    return {name: found[name] for name in ("fig3", "fig4", "epochs")}


@pytest.fixture(scope="module")
def usual():
    return tables()


def of_seed(table, seed):
    return table[table["seed"] == seed]


def slope_of(rows):
    """Of interdependence on tree distance, within strata of distance."""
    by = rows.groupby("distance")
    x, y = (
        rows[name].astype(float) - by[name].transform("mean")
        for name in ("tree_distance", "interdependence")
    )
    return (x @ y) / (x @ x)


def test_figure_3_is_the_plain_mean_of_all_pairs(usual):
    pairs = made(1)
    plain = pairs.groupby("distance")["interdependence"].agg(["mean", "size"])
    found = of_seed(usual["fig3"], 1)
    assert found["distance"].tolist() == list(range(1, WINDOW + 1))
    np.testing.assert_allclose(found["value"], plain["mean"], rtol=1e-6)
    np.testing.assert_array_equal(found["pairs"], plain["size"])
    assert (found["sentences"] == pairs["sentence"].nunique()).all()


def test_figure_4_is_the_plain_mean_of_each_cell_with_enough_pairs(usual):
    pairs = made(2)
    pairs["line"] = np.array(ALL_LINES)[lines_of(pairs)]
    keys = ["distance", "tree_distance", "line"]
    plain = pairs.groupby(keys)["interdependence"].agg(["mean", "size"])
    found = of_seed(usual["fig4"], 2).set_index(keys)
    assert set(found.index.get_level_values("line")) == set(LINES)
    counted = plain["size"].reindex(found.index, fill_value=0)
    np.testing.assert_array_equal(found["pairs"], counted)
    known = found[found["value"].notna()]
    assert (counted[known.index] >= 100).all()
    assert (counted[found.index.difference(known.index)] < 100).all()
    assert 0 < len(known) < len(found)
    np.testing.assert_allclose(known["value"], plain["mean"][known.index], rtol=1e-6)


@pytest.mark.parametrize("min_pairs", [1, 300])
def test_values_need_so_many_pairs(min_pairs):
    for table in tables(min_pairs=min_pairs).values():
        enough = table["pairs"] >= min_pairs
        value = table["value"].notna()
        # A slope also needs two tree distances.
        assert (enough[value]).all()
        assert (table["min_pairs"] == min_pairs).all()
    fig3 = tables(min_pairs=10**6)["fig3"]
    assert (
        fig3[["value", "low", "high", "value_min", "value_max"]].isna().all(axis=None)
    )


@pytest.mark.parametrize("name", ["fig3", "fig4", "epochs"])
def test_the_mean_over_seeds_stands_beside_the_seeds(usual, name):
    table = usual[name]
    mean = table[table["seed"].isna()].reset_index()
    one, two = (of_seed(table, seed).reset_index() for seed in (1, 2))
    if name == "epochs":
        keys = ["epoch", "quantity", "distance"]
        pd.testing.assert_frame_equal(mean[keys], one[keys])
    np.testing.assert_allclose(mean["value"], (one["value"] + two["value"]) / 2)
    both = np.stack([one["value"], two["value"]])
    np.testing.assert_array_equal(mean["value_min"], both.min(axis=0))
    np.testing.assert_array_equal(mean["value_max"], both.max(axis=0))
    assert set(mean["seeds"]) == {2}
    assert set(one["seeds"]) == {1}
    np.testing.assert_array_equal(mean["pairs"], np.minimum(one["pairs"], two["pairs"]))
    known = table[table["low"].notna()]
    assert (known["low"] <= known["value"]).all()
    assert (known["value"] <= known["high"]).all()


def test_by_epoch_the_planted_slope_comes_back():
    table = by_epoch({1: made_epochs(1)}, Options(100, 200))
    every = of_seed(table, 1)
    pooled = every[(every["quantity"] == "slope") & (every["distance"] == 0)]
    assert pooled["epoch"].tolist() == [0, 1, 2, 3]
    planted = -0.03 * np.arange(4)
    assert (np.abs(pooled["value"] - planted) < 0.003).all()
    assert (pooled["high"][1:] < 0).all()
    last = made_epochs(1).query("epoch == 3")
    in_lines = last[lines_of(last) < len(LINES)]
    assert pooled["value"].iloc[-1] == pytest.approx(slope_of(in_lines), rel=1e-5)
    for distance, rows in in_lines.groupby("distance"):
        here = every.query(f"epoch == 3 & distance == {distance}")
        found = here.set_index("quantity")["value"]
        assert found["slope"] == pytest.approx(slope_of(rows), rel=1e-5)
        rho = stats.spearmanr(rows["tree_distance"], rows["interdependence"]).statistic
        assert found["spearman"] == pytest.approx(rho)
        mean = last[last["distance"] == distance]["interdependence"].mean()
        assert found["mean"] == pytest.approx(mean, rel=1e-6)
    everything = every.query("epoch == 3 & distance == 0 & quantity == 'mean'")
    plain = last["interdependence"].mean()
    assert everything["value"].item() == pytest.approx(plain, rel=1e-6)
    assert everything["pairs"].item() == len(last)
    assert every.query("quantity == 'spearman'")["low"].isna().all()


def test_resamples_are_of_whole_sentences():
    """Words of a sentence alike: the interval is of sentences, not of pairs."""
    rng = np.random.default_rng(0)
    pairs = made(1, noise=0, edges=0, words=0, rows=8000, sentences=400)
    level = rng.normal(size=400)
    pairs["interdependence"] = level[pairs["sentence"]].astype(np.float32)
    found = tables_of(pairs)
    width = (found["high"] - found["low"]) / 2 / 1.96
    by_sentence = pairs[pairs["distance"] == 1].groupby("sentence")
    size = by_sentence.size()
    expected = np.sqrt((size**2).sum()) / size.sum()
    assert width.iloc[0] == pytest.approx(expected, rel=0.25)
    assert width.iloc[0] > 1.3 / np.sqrt(size.sum())


def tables_of(pairs, resamples=400):
    epochs = {1: pairs.iloc[:200]}
    table = tabulated({1: pairs}, epochs, resamples)
    return of_seed(table["fig3"], 1)


@pytest.mark.thorough
def test_intervals_cover_the_planted_mean_as_often_as_they_say():
    covered = []
    for seed in range(60):
        pairs = made(seed, rows=3000, sentences=300, edges=0, words=0, noise=0.3)
        found = tables_of(pairs, resamples=200)
        covered.append((found["low"] <= 1) & (found["high"] >= 1))
    assert 0.89 < np.mean(covered) < 0.99


def test_few_sentences_are_groups_of_their_own():
    few, many = (Resampled(np.arange(n), 5) for n in (7, 3 * PAIR_GROUPS))
    assert few.weights.shape == (6, 7)
    assert few.weights[0].tolist() == [1] * 7
    assert many.weights.shape == (6, PAIR_GROUPS)
    assert np.bincount(many.group).tolist() == [3] * PAIR_GROUPS
    # Seeds of the model that measured the same sentences share resamples.
    np.testing.assert_array_equal(few.weights, Resampled(np.arange(7) * 9, 5).weights)


def test_draws_are_sums_over_drawn_sentences():
    pairs = made(3, rows=300, sentences=20)
    resampled = Resampled(pairs["sentence"].to_numpy(), 4)
    sums = sum_pairs(pairs, resampled, largest([pairs]))
    drawn = resampled.weights[:, resampled.group]
    at = ((pairs["distance"] == 2) & (pairs["tree_distance"] == 1)).to_numpy()
    at = at & (lines_of(pairs) == 2)
    np.testing.assert_allclose(sums.pairs[:, 2, 1, 2], drawn[:, at].sum(axis=1))
    value = pairs["interdependence"].to_numpy(dtype=float)
    np.testing.assert_allclose(sums.total[:, 2, 1, 2], drawn[:, at] @ value[at])


def test_classes_may_be_text():
    pairs = made(1, rows=100)
    text = pairs.astype({"left_class": str, "right_class": str})
    np.testing.assert_array_equal(lines_of(text), lines_of(pairs))


def test_a_slope_needs_a_stratum_with_two_distances():
    x = np.array([0, 1, 2, 3])
    one = np.array([[[0.0, 5, 0, 0], [0, 0, 7, 0]]])
    assert np.isnan(slopes(x, one, one * 0.1)).all()


@pytest.mark.parametrize("values", [20, 10_000])
def test_spearman_is_the_plain_one_in_every_resample(values):
    rng = np.random.default_rng(0)
    x, sentence = rng.integers(1, 9, 3000), np.sort(rng.integers(60, size=3000))
    y = x + rng.integers(values, size=3000) * 30 / values
    resampled = Resampled(sentence, 6)
    found = spearman_draws(x, y, resampled)
    weights = resampled.weights[:, resampled.group]
    exact = weighted_spearman(weights, x, y)
    np.testing.assert_allclose(found, exact, atol=1e-12 if values == 20 else 2e-3)
    which = x > 3
    some = spearman_draws(x[which], y[which], resampled, which)
    exact = weighted_spearman(weights[:, which], x[which], y[which])
    np.testing.assert_allclose(some, exact, atol=1e-12 if values == 20 else 2e-3)


def test_spearman_of_constants_or_nothing_is_unknown():
    resampled = Resampled(np.arange(4), 2)
    assert np.isnan(spearman_draws(np.ones(4), np.arange(4), resampled)).all()
    nothing = np.zeros(4, dtype=bool)
    assert np.isnan(spearman_draws(np.empty(0), np.empty(0), resampled, nothing)).all()


def test_bins_keep_order_and_ties():
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(size=5000), np.zeros(3000)])
    bins = rank_bins(x)
    assert bins.max() < BINS
    assert (np.diff(bins[np.argsort(x)]) >= 0).all()
    assert len(set(bins[x == 0])) == 1


def test_the_script_writes_what_the_figures_need(script, tmp_path, usual):
    for seed in (1, 2):
        write_table(made(seed), tmp_path / f"pairs{seed}.parquet")
        write_table(made_epochs(seed), tmp_path / f"epochs{seed}.parquet")
        about = {
            "epoch": 3, "sentences": 9, "words": 50, "unknown_words": 5, "pairs": 80,
            "pairs_left_out": 20, "mean_error_logits": 1e-7,
            "largest_error_logits": 1e-6,
        }  # fmt: skip
        write_table(pd.DataFrame([about]), tmp_path / f"errors{seed}.parquet")
        curve = pd.DataFrame({"epoch": range(5), "valid_perplexity": 10.0 + seed})
        curve = curve.assign(test_perplexity=12.0)
        write_table(curve, tmp_path / f"curves{seed}.parquet")
    files = {
        name: [tmp_path / f"{name}{seed}.parquet" for seed in (1, 2)]
        for name in ("pairs", "epochs", "errors", "curves")
    }
    models = {
        "models": tmp_path / "models.parquet",
        "models_md": tmp_path / "models.md",
    }
    script(
        "tabulate",
        input=files,
        output={name: tmp_path / f"{name}.parquet" for name in usual} | models,
        params={
            "study": "interdependence",
            "seeds": [1, 2],
            "min_pairs": 100,
            "resamples": 100,
        },
    )
    described = read_table(models["models"])
    assert described["valid_perplexity"].tolist() == [11, 12]
    assert described["unknown_words_percent"].tolist() == [10, 10]
    assert "perplexity" in models["models_md"].read_text()
    for name, table in usual.items():
        found = read_table(tmp_path / f"{name}.parquet")
        pd.testing.assert_frame_equal(found, table, check_dtype=False)
    read = read_by_seed(files["pairs"], [1, 2], DRAWN)
    assert list(read) == [1, 2]
    assert list(read[1].columns) == DRAWN
    with pytest.raises(ValueError, match="zip"):
        read_by_seed(files["pairs"], [1])
