"""Tables behind the figures, on observations with known effects."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ontogeny.studies.sparsity.figures import checks, figure2, figure3, figure4, figure5
from ontogeny.studies.sparsity.subsets import HEADLINE, word_subsets
from ontogeny.studies.sparsity.tables import MIN_WORDS, across_seeds, correlations
from ontogeny.studies.sparsity.words import Series, WordObservations

EPOCHS = np.arange(4)
CLOSED, OPEN, NEITHER = 40, 200, 20
WORDS = CLOSED + OPEN + NEITHER
UNMET = 100
SIZES = {"frequent_count": 100, "matched_words": 30, "resamples": 100}
SERIES = [
    Series(quantity, site, role)
    for role in ("target", "input")
    for site in ("embedding", "h1", "h2", "logits")
    for quantity in ("activation", "gradient")
    if (site, quantity) != ("logits", "activation")
]


def observed(seed):
    """ρ←(h̄²) grows with training, all else is noise; one word is not met."""
    rng = np.random.default_rng(seed)
    counts = np.sort(2000 // np.arange(1, WORDS + 1) + 10)[::-1]
    classes = np.array(["closed", "open", ""]).repeat([CLOSED, OPEN, NEITHER])
    classes = np.random.default_rng(0).permutation(classes)
    chi = {s: rng.uniform(0.1, 0.2, size=(len(EPOCHS), WORDS)) for s in SERIES}
    chi[HEADLINE] = chi[HEADLINE] + 0.02 * EPOCHS[:, None] * np.log(counts)
    l1 = {s: rng.uniform(1, 2, size=(len(EPOCHS), WORDS)) for s in SERIES}
    for values in (*chi.values(), *l1.values()):
        values[:, UNMET] = np.nan
    return WordObservations(
        words=np.array([f"w{i}" for i in range(WORDS)]),
        counts=counts,
        classes=classes,
        tag_entropy_nats=np.zeros(WORDS),
        epochs=EPOCHS,
        rescalings=(2,) if seed == 1 else (),
        concentration=chi,
        l1=l1,
    )


@pytest.fixture(scope="module")
def runs():
    return {1: observed(1), 2: observed(2)}


@pytest.fixture(scope="module")
def table(runs):
    return correlations(runs, **SIZES)


def point(table, series=HEADLINE, measure="concentration", subset="all", **where):
    where |= series._asdict() | {"measure": measure, "subset": subset}
    for column, value in where.items():
        if column in table:
            table = table[table[column] == value]
    return table


def test_there_is_one_row_per_point_and_run(table):
    keys = ["measure", "quantity", "site", "role", "subset", "epoch", "seed"]
    assert not table.duplicated(keys).any()
    assert len(table) == 2 * len(SERIES) * 6 * len(EPOCHS) * 2
    assert set(table["subset"]) == {
        "all",
        "open",
        "closed",
        "open matched",
        "closed matched",
        "frequent",
    }


@pytest.mark.parametrize("measure", ["concentration", "l1"])
@pytest.mark.parametrize("subset", ["all", "open", "frequent"])
def test_rows_hold_the_correlation_of_that_very_point(table, runs, measure, subset):
    run = runs[2]
    rows = {
        "all": run.counts > 0,
        "open": run.classes == "open",
        "frequent": run.counts >= 100,
    }[subset]
    met = rows & (np.arange(WORDS) != UNMET)
    series = Series("activation", "h1", "input")
    (row,) = point(table, series, measure, subset, epoch=3, seed=2).itertuples()
    x, y = getattr(run, measure)[series][3, met], run.counts[met]
    assert row.words == met.sum()
    assert row.subset_words == rows.sum()
    assert row.pearson == pytest.approx(stats.pearsonr(x, y).statistic)
    assert row.spearman == pytest.approx(stats.spearmanr(x, y).statistic)
    assert row.low < row.pearson < row.high
    assert row.mean_count == pytest.approx(run.counts[rows].mean())


def test_the_planted_effect_is_found_and_no_other(table):
    late = table[(table["epoch"] == 3) & (table["subset"] == "all")]
    logs = late.set_index(["measure", "quantity", "site", "role"])["pearson_log"]
    effect = logs.loc[("concentration", *HEADLINE)]
    assert (effect > 0.7).all()
    assert logs.drop(("concentration", *HEADLINE)).abs().max() < 0.25


def test_rescalings_stand_beside_their_epoch(table):
    rescaled = table[table["rescaled"]]
    assert set(rescaled["epoch"]) == {2}
    assert set(rescaled["seed"]) == {1}


def test_matched_samples_hold_words_that_were_met(runs):
    subsets = word_subsets(runs, frequent_count=100, matched_words=30)
    first = runs[1]
    for name in ("open", "closed"):
        sample = subsets[f"{name} matched"]
        assert len(sample.indices) == sample.requested == 30
        assert set(first.classes[sample.indices]) == {name}
    blind = {
        seed: replace(
            run,
            concentration={
                HEADLINE: np.where(
                    np.isin(np.arange(WORDS), subsets["open matched"].indices[:5]),
                    np.nan,
                    run.concentration[HEADLINE],
                )
            },
        )
        for seed, run in runs.items()
    }
    again = word_subsets(blind, frequent_count=100, matched_words=30)
    unmet = set(subsets["open matched"].indices[:5].tolist())
    assert not unmet & set(again["open matched"].indices.tolist())
    assert unmet <= set(again["open"].indices.tolist())


def test_too_few_words_leave_nan_and_their_number(runs):
    few = correlations(runs, frequent_count=400, matched_words=30, resamples=20)
    rows = few[few["subset"] == "frequent"]
    assert 3 < rows["words"].max() < MIN_WORDS
    assert (
        rows[["pearson", "spearman", "pearson_log", "low", "high"]]
        .isna()
        .all(axis=None)
    )
    none = correlations(runs, frequent_count=10**9, matched_words=30, resamples=20)
    assert (none.loc[none["subset"] == "frequent", "words"] == 0).all()


def test_a_corpus_without_classes_still_has_tables(runs):
    plain = {s: replace(r, classes=np.full(WORDS, "")) for s, r in runs.items()}
    table = correlations(plain, **SIZES)
    rows = figure4(table)
    assert (rows["words"] == 0).all()
    assert rows["pearson"].isna().all()
    assert rows["requested_words"].dropna().unique().tolist() == [30]


def test_across_seeds_is_mean_and_range(table):
    (row,) = point(across_seeds(table), epoch=2).itertuples()
    rows = point(table, epoch=2)
    assert row.pearson == pytest.approx(rows["pearson"].mean())
    assert row.pearson_min == rows["pearson"].min() < row.pearson
    assert row.spearman_max == rows["spearman"].max() > row.spearman
    assert (row.low, row.high) == (rows["low"].min(), rows["high"].max())
    assert (row.words, row.seeds, row.rescaled) == (WORDS - 1, 2, 0.5)


def test_across_seeds_counts_only_seeds_with_a_correlation(table):
    lone = table.assign(pearson=table["pearson"].mask(table["seed"] == 1))
    (row,) = point(across_seeds(lone), epoch=2).itertuples()
    assert row.seeds == 1
    assert row.pearson == point(table, epoch=2, seed=2)["pearson"].item()


def test_figure_2_holds_the_frequent_words_most_frequent_first(runs):
    least = int(runs[1].counts[7])
    rows = figure2(runs, min_count=least)
    frequent = int((runs[1].counts >= least).sum())
    assert len(rows) == frequent * len(EPOCHS) > 0
    assert rows["rank"].tolist() == sorted(rows["rank"])
    assert rows["rank"].unique().tolist() == list(range(1, frequent + 1))
    assert rows["count"].min() == least
    third = rows[(rows["word"] == "w2") & (rows["epoch"] == 1)]
    seeds = [run.concentration[HEADLINE][1, 2] for run in runs.values()]
    assert third["concentration"].item() == pytest.approx(np.mean(seeds))
    assert third["seeds"].item() == 2
    assert rows.groupby("epoch")["rescaled"].first().tolist() == [0, 0, 0.5, 0]
    assert figure2(runs, min_count=10**9).empty


def test_figure_2_keeps_words_that_were_not_met(runs):
    rows = figure2(runs, min_count=1)
    unmet = rows[rows["word"] == f"w{UNMET}"]
    assert len(unmet) == len(EPOCHS)
    assert unmet["concentration"].isna().all()
    assert (unmet["seeds"] == 0).all()


@pytest.mark.parametrize("role", ["target", "input"])
def test_figure_3_has_the_papers_six_lines(table, role):
    rows = figure3(table, role)
    lines = set(zip(rows["quantity"], rows["site"], strict=True))
    assert len(lines) == 6
    assert "logits" not in set(rows["site"])
    assert len(rows) == 6 * len(EPOCHS)
    assert set(rows["role"]) == {role}


def test_figure_3_refuses_an_unknown_role(table):
    with pytest.raises(ValueError, match="role"):
        figure3(table, "output")


def test_figure_4_says_how_alike_the_samples_are(table, runs):
    rows = figure4(table)
    assert len(rows) == 4 * len(EPOCHS)
    assert rows["requested_words"].isna().sum() == 2 * len(EPOCHS)
    opens, closeds = (
        point(rows, subset=f"{name} matched", epoch=0).iloc[0]
        for name in ("open", "closed")
    )
    assert opens["mean_count"] == pytest.approx(closeds["mean_count"], rel=0.05)
    everything = point(rows, subset="closed", epoch=0).iloc[0]
    assert (
        everything["mean_count"] == runs[1].counts[runs[1].classes == "closed"].mean()
    )
    assert (opens["subset_words"], opens["words"]) == (30, 30)


def test_figure_5_marks_every_class_at_the_last_epoch(runs):
    least = int(runs[1].counts[150])
    rows = figure5(runs, min_count=least)
    assert set(rows["word_class"]) == {"open", "closed", "neither"}
    assert set(rows["epoch"]) == {3}
    assert f"w{UNMET}" not in set(rows["word"])
    assert rows["count"].min() == least
    first = rows[rows["word"] == "w0"]["concentration"].item()
    assert first == pytest.approx(
        np.mean([run.concentration[HEADLINE][3, 0] for run in runs.values()])
    )


def test_checks_have_three_lines(table):
    rows = checks(table)
    assert set(zip(rows["measure"], rows["site"], strict=True)) == {
        ("concentration", "h2"),
        ("concentration", "logits"),
        ("l1", "h2"),
    }
    assert set(rows["quantity"]) == {"gradient"}
    assert len(rows) == 3 * len(EPOCHS)


def test_equal_runs_give_equal_tables_and_survive_parquet(table, runs, tmp_path):
    pd.testing.assert_frame_equal(table, correlations(runs, **SIZES))
    for name, rows in (("fig4", figure4(table)), ("fig2", figure2(runs, min_count=9))):
        rows.to_parquet(tmp_path / name)
        pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / name), rows)


@pytest.mark.parametrize("field", ["words", "counts", "classes", "epochs"])
def test_runs_of_different_corpora_or_lengths_are_not_mixed(runs, field):
    other = replace(runs[2], **{field: getattr(runs[2], field)[::-1]})
    with pytest.raises(ValueError, match=f"seeds 1 and 2 differ in {field}"):
        correlations({1: runs[1], 2: other}, **SIZES)


def test_no_runs_are_refused():
    with pytest.raises(ValueError, match="at least one seed"):
        correlations({}, **SIZES)
