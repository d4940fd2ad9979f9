"""Tables behind the figures of the SVCCA study, from made-up measurements."""

import re
from itertools import product
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontogeny.disk.files import read_table, write_table
from ontogeny.statistics.bootstrap import resampling_weights
from ontogeny.statistics.groups import SENTENCE_GROUPS
from ontogeny.statistics.resampled import accuracy_draws
from ontogeny.studies.svcca.about import STUDY
from ontogeny.studies.svcca.curves import draws, stabilised
from ontogeny.studies.svcca.figures import figure2, tabulate
from ontogeny.studies.svcca.inputs import Inputs
from ontogeny.studies.svcca.names import TAGSETS
from ontogeny.studies.svcca.table2 import table2_markdown

OWN = {"xpos": "xpos", "sem_coarse": "sem", "sem_fine": "sem"}
SITES = {"embedding": "embedding", "h1": "h1", "h2": "h1"}
EPOCHS = 5
PARAMS = SimpleNamespace(preset="svcca", resamples=100)
TOKENS = {"xpos": 300, "sem": 200}
WEIGHTS = resampling_weights(SENTENCE_GROUPS, 200)


def similarity(seed, tagsets, *, alone=False):
    rng = np.random.default_rng(seed)
    common = {
        "preset": "svcca",
        "tokens": 900,
        "shuffled": False,
        "tagset": "",
        "direction": "",
    }
    rows = []

    def add(**row):
        influence = rng.normal(size=SENTENCE_GROUPS) * 1e-3
        rows.append({**common, "score": rng.uniform(0.2, 0.8),
                     "null": rng.uniform(0.1, 0.2), **row,
                     "influence": influence - influence.mean()})  # fmt: skip

    for epoch in range(EPOCHS):
        for site in SITES:
            for comparison in ["self"] + ["seed"] * (not alone):
                add(
                    epoch=epoch,
                    comparison=comparison,
                    domain="articles",
                    site=site,
                    other_site=site,
                )
        for pair in (
            ("embedding", "h1"),
            ("h1", "h2"),
            ("embedding", "h2"),
        ):
            add(
                epoch=epoch,
                comparison="layers",
                domain="articles",
                site=pair[0],
                other_site=pair[1],
            )
        for tagset in tagsets:
            own = OWN.get(tagset)
            kinds = [("tagger", "articles", 900)]
            if own:
                kinds += [("tagger", own, TOKENS[own])]
                kinds += [("tagger matched", "articles", TOKENS[own] + 5)]
            for (comparison, domain, tokens), direction, shuffled, site in product(
                kinds, ("target", "input"), (False, True), SITES
            ):
                add(epoch=epoch, comparison=comparison, domain=domain, site=site,
                    other_site=SITES[site], tagset=tagset, direction=direction,
                    shuffled=shuffled, tokens=tokens)  # fmt: skip
    return pd.DataFrame(rows).assign(seed=seed)


def diagnostics(seed, tagsets):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {"seed": seed, "epoch": epoch, "site": site, "tagset": tagset,
         "direction": direction, "shuffled": shuffled, "accuracy": rng.uniform(),
         "tokens": np.full(SENTENCE_GROUPS, 20)}
        for epoch in range(EPOCHS) for site in SITES for tagset in tagsets
        for direction in ("target", "input") for shuffled in (False, True)
    )  # fmt: skip


def made(seeds=(1, 2), tagsets=tuple(TAGSETS)):
    rows = [
        (t, d, s) for t in tagsets for d in ("target", "input") for s in (False, True)
    ]
    scores = pd.DataFrame(rows, columns=["tagset", "direction", "shuffled"]).assign(
        classes=17, train_tokens=5000, valid_tokens=500, test_tokens=900,
        unseen_test_tokens=0, epochs=10, final_epoch=8, perplexity=4.0,
    )  # fmt: skip
    dull = (scores["tagset"] == "topic") | scores["shuffled"]
    scores["accuracy"] = np.where(dull, 0.05, 0.5)
    curves = pd.DataFrame(
        {"seed": seed, "epoch": epoch, "rescaled": epoch == 2 + (seed == 2),
         "test_loss_nats": 6.0 - 0.3 * epoch}
        for seed in seeds for epoch in range(EPOCHS)
    )  # fmt: skip
    return {
        "similarity": pd.concat(
            similarity(s, tagsets, alone=len(seeds) == 1) for s in seeds
        ),
        "diagnostics": pd.concat(diagnostics(s, tagsets) for s in seeds),
        "scores": scores,
        "curves": curves,
        "early": (
            similarity(seeds[0], tagsets, alone=len(seeds) == 1),
            diagnostics(seeds[0], tagsets),
        ),
    }


def tables(**kwargs):
    return tabulate(Inputs(**made(**kwargs)), PARAMS)


def stable_epochs(table, seed):
    """Stable epochs of one seed, or of the mean curve, by site and tagset."""
    rows = table["seed"].isna() if seed is None else table["seed"] == seed
    return table[rows].set_index(["site", "tagset"])["epoch"]


@pytest.fixture(scope="module")
def usual():
    return tables()


def test_draws_begin_with_the_sample_and_move_with_the_weights():
    rng = np.random.default_rng(0)
    score, influence = rng.uniform(size=4), rng.normal(size=(4, SENTENCE_GROUPS))
    found = draws(score, influence, WEIGHTS)
    assert found.shape == (201, 4)
    np.testing.assert_array_equal(found[0], score)
    expected = score[2] + sum(
        (w - 1) * i for w, i in zip(WEIGHTS[7], influence[2], strict=True)
    )
    assert found[8, 2] == pytest.approx(expected)


def test_accuracy_draws_are_accuracies_of_repeated_groups():
    rng = np.random.default_rng(0)
    tokens = rng.integers(1, 20, (3, SENTENCE_GROUPS))
    correct = rng.integers(0, tokens + 1)
    found = accuracy_draws(correct, tokens, WEIGHTS)
    repeated = np.repeat(np.arange(SENTENCE_GROUPS), WEIGHTS[4].astype(int))
    expected = correct[1, repeated].sum() / tokens[1, repeated].sum()
    assert found[5, 1] == pytest.approx(expected)
    assert found[0, 0] == pytest.approx(correct[0].sum() / tokens[0].sum())


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_a_curve_is_near_its_end_from_its_stable_epoch_and_not_before(values):
    epochs = np.arange(1, len(values) + 1)
    (epoch,) = stabilised(np.array([values]), epochs)
    far = np.abs(np.array(values) - values[-1]) > 0.02 * (1 + 1e-9)
    assert not far[int(epoch) - 1 :].any()
    assert epoch == 1 or far[int(epoch) - 2]


def test_an_unknown_curve_has_no_stable_epoch():
    assert np.isnan(stabilised(np.array([[0.1, np.nan]]), np.array([1, 2]))).all()


def test_tables_are_means_and_ranges_over_seeds(usual):
    source = made()["similarity"]
    rows = source[(source["comparison"] == "self") & (source["site"] == "h2")]
    found = usual["fig3"].query("site == 'h2'").set_index("epoch")
    for epoch, scores in rows.groupby("epoch")["score"]:
        assert found.loc[epoch, "value"] == pytest.approx(scores.mean())
        assert found.loc[epoch, ["value_min", "value_max"]].tolist() == [
            scores.min(),
            scores.max(),
        ]
    assert found["rescaled"].tolist() == [0, 0, 0.5, 0.5, 0]
    assert set(found["seeds"]) == {2}


def test_calibrated_scores_are_each_seed_s_own_before_their_mean(usual):
    source = made()["similarity"].query("comparison == 'tagger' & domain == 'articles'")
    keys = ["site", "tagset", "direction", "shuffled", "epoch"]
    beyond = (source["score"] - source["null"]) / (1 - source["null"])
    expected = source.assign(value=beyond).groupby(keys)["value"].agg(["mean", "max"])
    found = usual["calibrated"].set_index(keys).loc[expected.index]
    np.testing.assert_allclose(found["value"], expected["mean"])
    np.testing.assert_allclose(found["value_max"], expected["max"])


def test_own_domains_are_in_figures_10_and_11_alone(usual):
    for name, domains in (
        ("fig8", {"articles"}),
        ("fig10", {"articles", "xpos", "sem"}),
    ):
        assert set(usual[name]["domain"]) == domains


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("fig6", "input"),
        ("fig7", "target"),
        ("fig8", "target"),
        ("fig9", "input"),
        ("fig10", "target"),
        ("fig11", "input"),
    ],
)
def test_figures_are_of_the_tags_that_the_report_names(usual, name, direction):
    assert set(usual[name]["direction"]) == {direction}
    (figure,) = (figure for figure in STUDY.figures if figure.name == name)
    for text in (figure.shows, figure.look):
        assert set(re.findall(r"\b(input|target)\b", text)) == {direction}


def test_a_tagset_is_shown_at_the_size_of_its_own_domain_beside_it(usual):
    matched, full = usual["fig10"], usual["fig8"]
    source = made()["similarity"]
    chosen = "tagset == 'sem_fine' & site == 'h2' & epoch == 3 & not shuffled"
    on_articles = matched.query(f"{chosen} & domain == 'articles'").iloc[0]
    assert on_articles["tokens"] == TOKENS["sem"] + 5
    scores = source.query(
        f"{chosen} & direction == 'target' & comparison == 'tagger matched'"
    )["score"]
    assert on_articles["value"] == pytest.approx(scores.mean())
    assert set(full["tokens"]) == {900}
    pd.testing.assert_frame_equal(
        *(table.query("tagset == 'upos'").reset_index(drop=True)
          for table in (matched, full))
    )  # fmt: skip


def test_without_matched_similarities_the_whole_corpus_is_shown():
    measured = made()
    whole = measured["similarity"]["comparison"] != "tagger matched"
    measured["similarity"] = measured["similarity"][whole]
    found = tabulate(Inputs(**measured), PARAMS)
    assert set(found["fig11"].query("domain == 'articles'")["tokens"]) == {900}


def test_accuracies_count_their_tokens(usual):
    assert set(usual["fig6"]["tokens"]) == {20 * SENTENCE_GROUPS}


def test_the_perplexity_of_a_model_that_has_diverged_is_infinite():
    curves = pd.DataFrame({"epoch": [0, 1], "test_loss_nats": [6.0, 24_541.0]})
    curves = curves.assign(seed=1, rescaled=False)
    assert figure2(curves)["perplexity"].tolist() == [pytest.approx(np.exp(6)), np.inf]


def test_perplexity_is_of_the_mean_loss(usual):
    assert usual["fig2"]["perplexity"].tolist() == pytest.approx(
        np.exp(usual["fig2"]["value"]).tolist()
    )


def test_stabilisation_is_that_of_each_seed_and_of_their_mean(usual):
    table = usual["stabilisation"]
    assert len(table) == (2 + 1) * 3 * len(TAGSETS)
    assert (table["low"] <= table["high"]).all()
    assert table["epoch"].between(1, EPOCHS - 1).all()
    rows = made()["similarity"].query(
        "comparison == 'tagger' & domain == 'articles' & direction == 'target' "
        "& not shuffled & epoch > 0 & site == 'h1' & tagset == 'topic'"
    )
    curves = rows.pivot(index="seed", columns="epoch", values="score")
    epochs = np.arange(1, EPOCHS)
    for seed, curve in ((1, curves.loc[1]), (2, curves.loc[2]), (None, curves.mean())):
        (expected,) = stabilised(curve.to_numpy()[None], epochs)
        assert stable_epochs(table, seed)["h1", "topic"] == expected


def test_the_interval_of_the_mean_curve_is_of_the_mean_of_resamples():
    measured = made()
    measured["similarity"] = measured["similarity"].query(
        "tagset == 'upos' & site == 'h2' & comparison == 'tagger'"
    )
    found = tabulate(Inputs(**measured), PARAMS)
    rows = measured["similarity"].query(
        "direction == 'target' & not shuffled & epoch > 0"
    )
    weights = resampling_weights(SENTENCE_GROUPS, 100)
    by_seed = [
        draws(one["score"].to_numpy(), np.stack(one["influence"]), weights)
        for _, one in rows.groupby("seed")
    ]
    epochs = stabilised(np.mean(by_seed, axis=0), np.arange(1, EPOCHS))
    low, high = np.quantile(epochs[1:], [0.025, 0.975])
    mean = found["stabilisation"].query("seed.isna()").iloc[0]
    assert mean[["epoch", "low", "high"]].tolist() == [epochs[0], low, high]


def test_one_seed_has_no_mean_curve_beside_it():
    assert set(tables(seeds=(1,))["stabilisation"]["seed"]) == {1}


def test_a_preset_without_influence_has_no_interval(tmp_path):
    measured = made()
    measured["similarity"]["influence"] = None
    table = tabulate(Inputs(**measured), PARAMS)["stabilisation"]
    assert table[["low", "high"]].isna().all(axis=None)
    assert table["epoch"].notna().all()
    write_table(table, tmp_path / "table.parquet")
    back = read_table(tmp_path / "table.parquet")
    assert back["seed"].isna().sum() == 3 * len(TAGSETS)


def test_table_2_has_every_model_and_the_thesis(usual):
    page = table2_markdown(usual["table2"])
    assert page.count("\n") == 1 + 20
    assert "| UPOS | t + 1 | 17 | 5,000 | 900 | 50.0 % / 4.00 | 50 % / 4.3 |  |" in page
    assert page.count("similarity to it says nothing of tags") == 2
    assert (
        "| topic | t | 17 | 5,000 | 900 | 5.0 % / 4.00 | 37 % / 16.3 | not 10" in page
    )
    unseen = usual["table2"].assign(unseen_test_tokens=3)
    assert "3 test tokens of classes that training lacks" in table2_markdown(unseen)
