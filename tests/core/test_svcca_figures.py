"""Tables and figures of the SVCCA study, from made-up measurements."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg

from ontogeny.annotation.groups import GROUPS
from ontogeny.plots.style import save
from ontogeny.plots.svcca import FIGURES
from ontogeny.plots.tagsets import TAGSETS, TITLES
from ontogeny.sparsity.bootstrap import resampling_weights
from ontogeny.svcca.curves import accuracy_draws, draws, stabilised
from ontogeny.svcca.figures import all_figures
from ontogeny.svcca.table2 import table2_markdown

OWN = {"xpos": "xpos", "sem_coarse": "sem", "sem_fine": "sem"}
SITES = {"embedding": "embedding", "lstm1": "lstm1", "lstm2": "lstm1"}
EPOCHS = 5
NOTE = "mini; costing $5 or $6"
WEIGHTS = resampling_weights(GROUPS, 200)


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
        influence = rng.normal(size=GROUPS) * 1e-3
        rows.append({**common, "score": rng.uniform(0.2, 0.8), **row,
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
            ("embedding", "lstm1"),
            ("lstm1", "lstm2"),
            ("embedding", "lstm2"),
        ):
            add(
                epoch=epoch,
                comparison="layers",
                domain="articles",
                site=pair[0],
                other_site=pair[1],
            )
        for tagset in tagsets:
            for domain in dict.fromkeys(["articles", OWN.get(tagset, "articles")]):
                for direction in ("target", "input"):
                    for shuffled in (False, True):
                        for site, other in SITES.items():
                            add(epoch=epoch, comparison="tagger", domain=domain, site=site,
                                other_site=other, tagset=tagset, direction=direction,
                                shuffled=shuffled, tokens=900 if domain == "articles" else 300)  # fmt: skip
    return pd.DataFrame(rows).assign(seed=seed)


def diagnostics(seed, tagsets):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {"seed": seed, "epoch": epoch, "site": site, "tagset": tagset,
         "direction": direction, "shuffled": shuffled, "accuracy": rng.uniform()}
        for epoch in range(EPOCHS) for site in SITES for tagset in tagsets
        for direction in ("target", "input") for shuffled in (False, True)
    )  # fmt: skip


def made(seeds=(1, 2), tagsets=tuple(TAGSETS)):
    rows = [
        (t, d, s) for t in tagsets for d in ("target", "input") for s in (False, True)
    ]
    scores = pd.DataFrame(rows, columns=["tagset", "direction", "shuffled"]).assign(
        classes=17, train_tokens=5000, valid_tokens=500, test_tokens=900,
        unseen_test_tokens=0, epochs=10, final_epoch=8, accuracy=0.5, perplexity=4.0,
    )  # fmt: skip
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
    }


def tables(**kwargs):
    return all_figures(**made(**kwargs), preset="svcca", resamples=100)


@pytest.fixture(scope="module")
def usual():
    return tables()


def test_draws_begin_with_the_sample_and_move_with_the_weights():
    rng = np.random.default_rng(0)
    score, influence = rng.uniform(size=4), rng.normal(size=(4, GROUPS))
    found = draws(score, influence, WEIGHTS)
    assert found.shape == (201, 4)
    np.testing.assert_array_equal(found[0], score)
    expected = score[2] + sum(
        (w - 1) * i for w, i in zip(WEIGHTS[7], influence[2], strict=True)
    )
    assert found[8, 2] == pytest.approx(expected)


def test_accuracy_draws_are_accuracies_of_repeated_groups():
    rng = np.random.default_rng(0)
    tokens = rng.integers(1, 20, (3, GROUPS))
    correct = rng.integers(0, tokens + 1)
    found = accuracy_draws(correct, tokens, WEIGHTS)
    repeated = np.repeat(np.arange(GROUPS), WEIGHTS[4].astype(int))
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
    rows = source[(source["comparison"] == "self") & (source["site"] == "lstm2")]
    found = usual["fig3"].query("site == 'lstm2'").set_index("epoch")
    for epoch, scores in rows.groupby("epoch")["score"]:
        assert found.loc[epoch, "value"] == pytest.approx(scores.mean())
        assert found.loc[epoch, ["value_min", "value_max"]].tolist() == [
            scores.min(),
            scores.max(),
        ]
    assert found["rescaled"].tolist() == [0, 0, 0.5, 0.5, 0]
    assert set(found["seeds"]) == {2}


def test_own_domains_are_in_figures_10_and_11_alone(usual):
    for name, domains in (
        ("fig8", {"articles"}),
        ("fig10", {"articles", "xpos", "sem"}),
    ):
        assert set(usual[name]["domain"]) == domains
        assert set(usual[name]["direction"]) == {"target"}
    assert (
        set(usual["fig9"]["direction"]) == set(usual["fig11"]["direction"]) == {"input"}
    )


def test_stabilisation_is_that_of_each_seed_with_an_interval(usual):
    table = usual["stabilisation"]
    assert len(table) == 2 * 3 * len(TAGSETS)
    assert (
        (table["low"] <= table["epoch"]) & (table["epoch"] <= table["high"])
    ).mean() > 0.8
    assert table["epoch"].between(1, EPOCHS - 1).all()


def test_table_2_has_every_model_and_the_thesis(usual):
    page = table2_markdown(usual["table2"])
    assert page.count("\n") == 1 + 20
    assert "| UPOS | t + 1 | 17 | 5,000 | 900 | 50.0 % / 4.00 | 50 % / 4.3 |  |" in page
    unseen = usual["table2"].assign(unseen_test_tokens=3)
    assert "3 test tokens of classes that training lacks" in table2_markdown(unseen)


@pytest.mark.parametrize("name", ["fig8", "fig9", "fig6", "fig7", "fig10", "fig11"])
def test_lines_are_those_of_the_table(usual, name):
    table = usual[name]
    figure = FIGURES[name](table, note=NOTE)
    for axes, site in zip(figure.axes, TITLES, strict=True):
        drawn = {tuple(line.get_ydata()) for line in axes.lines}
        for _, rows in table[table["site"] == site].groupby(
            ["tagset", "shuffled"] + ["domain"] * ("domain" in table)
        ):
            own = "domain" in rows and rows["domain"].iloc[0] != "articles"
            if not (own and rows["shuffled"].iloc[0]):
                assert tuple(rows.sort_values("epoch")["value"]) in drawn


def texts(figure):
    FigureCanvasAgg(figure).draw()
    legends = [text for legend in figure.legends for text in legend.get_texts()]
    below = figure._supxlabel.get_text() if figure._supxlabel else ""
    return {text.get_text() for text in legends}, below.replace("\n", " ")


def test_legends_name_what_is_drawn_and_nothing_else(usual):
    names, below = texts(FIGURES["fig10"](usual["fig10"], note=NOTE))
    assert {
        "UPOS",
        "topic",
        "shuffled labels",
        "own domain",
        "lowest to highest seed",
    } <= names
    assert "articles (17 of them) 900, XPOS treebank 300, SEM texts 300" in below
    names, _ = texts(FIGURES["fig8"](usual["fig8"], note=NOTE))
    assert "own domain" not in names


def test_one_seed_and_missing_tagsets_are_told():
    few = tables(seeds=(1,), tagsets=("upos", "topic"))
    figure = FIGURES["fig4"](few["fig4"], note=NOTE)
    assert any("one seed" in text.get_text() for text in figure.axes[0].texts)
    names, below = texts(FIGURES["fig8"](few["fig8"], note=NOTE))
    assert "Not in this run: XPOS, SEM (coarse), SEM (fine)." in below
    assert "lowest to highest seed" not in names


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("seeds", [(1,), (1, 2)])
def test_all_text_is_within_the_figure_and_bytes_are_equal(
    name, seeds, usual, tmp_path
):
    table = (usual if len(seeds) == 2 else tables(seeds=seeds))[name]
    figure = FIGURES[name](table, note=NOTE * 6)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    drawn = figure.get_tightbbox(canvas.get_renderer())
    width, height = figure.get_size_inches()
    assert min(drawn.x0, drawn.y0) > -0.01
    assert drawn.x1 < width + 0.01
    assert drawn.y1 < height + 0.01
    for number in (1, 2):
        save(FIGURES[name](table, note=NOTE), [tmp_path / f"{number}.svg"])
    assert (tmp_path / "1.svg").read_bytes() == (tmp_path / "2.svg").read_bytes()
