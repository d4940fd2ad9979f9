"""Figures of the SVCCA study, from made-up tables."""

from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from test_svcca_figures import made, tables

from ontogeny.studies.svcca import plots as svcca
from ontogeny.studies.svcca.figures import tabulate
from ontogeny.studies.svcca.inputs import Inputs
from ontogeny.studies.svcca.plots import FIGURES
from ontogeny.studies.svcca.tagset_plots import TAGSETS, TITLES

PARAMS = SimpleNamespace(preset="svcca", resamples=100)
NOTE = "mini; costing $5 or $6"
BY_TAGSET = ["fig6", "fig7", "fig8", "fig9", "fig10", "fig11"]


@pytest.fixture(scope="module")
def usual():
    return tables()


@pytest.fixture(scope="module")
def alone():
    return tables(seeds=(1,), tagsets=("upos", "topic"))


@pytest.mark.parametrize("name", BY_TAGSET)
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
    assert (
        "articles (17 of them) 900, XPOS treebank 300, SEM texts 200. Beside the "
        "XPOS treebank: 305 of articles. Beside the SEM texts: 205" in below
    )
    names, _ = texts(FIGURES["fig8"](usual["fig8"], note=NOTE))
    assert "own domain" not in names


def test_one_seed_and_missing_tagsets_are_told():
    few = tables(seeds=(1,), tagsets=("upos", "topic"))
    figure = FIGURES["fig4"](few["fig4"], note=NOTE)
    assert any("one seed" in text.get_text() for text in figure.axes[0].texts)
    names, below = texts(FIGURES["fig8"](few["fig8"], note=NOTE))
    assert "Not in this run: XPOS, SEM (coarse), SEM (fine)." in below
    assert "lowest to highest seed" not in names


def lines(axes):
    named = {line.get_label(): line for line in axes.lines}
    return {name: line for name, line in named.items() if not name.startswith("_")}


@pytest.mark.parametrize(("name", "looks", "keys"), [
    ("fig3", {(s, s): (svcca.PLACES[s], look) for s, look in svcca.OF_SITE.items()}, 0),
    ("fig4", {(s, s): (svcca.PLACES[s], look) for s, look in svcca.OF_SITE.items()}, 0),
    ("fig5", svcca.PAIRS, 0),
])  # fmt: skip
def test_figures_of_one_panel_draw_the_table_and_its_bands(usual, name, looks, keys):
    table, figure = usual[name], FIGURES[name](usual[name], note=NOTE)
    (axes,) = figure.axes
    drawn = lines(axes)
    assert set(drawn) == {label for label, _ in looks.values()}
    bands = [c.get_paths()[0].vertices for c in axes.collections if c.get_paths()]
    for (site, other), (label, look) in looks.items():
        rows = table.query(f"site == '{site}' & other_site == '{other}'")
        np.testing.assert_array_equal(drawn[label].get_xdata(), rows["epoch"])
        np.testing.assert_array_equal(drawn[label].get_ydata(), rows["value"])
        assert drawn[label].get_linestyle() == look.linestyle
        limits = {*rows["value_min"], *rows["value_max"]}
        assert any(limits <= set(vertices[:, 1]) for vertices in bands)


def test_figure_2_draws_the_loss_and_reads_it_as_perplexity(usual):
    table = usual["fig2"]
    figure = FIGURES["fig2"](table, note=NOTE)
    FigureCanvasAgg(figure).draw()
    (axes,) = figure.axes
    (right,) = axes.child_axes
    (drawn,) = axes.lines
    trained = table[table["epoch"] > 0]
    np.testing.assert_array_equal(drawn.get_ydata(), trained["value"])
    assert right.get_ylim() == pytest.approx(tuple(np.exp(axes.get_ylim())))
    low, high = right.get_ylim()
    assert trained["perplexity"].between(low, high).all()


def test_figure_2_of_a_model_that_has_diverged_has_no_perplexity(usual):
    for nats, axes_right in ((200, 1), (24_541, 0)):
        table = usual["fig2"].assign(value=lambda t, nats=nats: t["value"] + nats)
        figure = FIGURES["fig2"](table, note=NOTE)
        FigureCanvasAgg(figure).draw()
        assert len(figure.axes[0].child_axes) == axes_right


@pytest.mark.parametrize("name", ["fig8", "fig9", "fig10", "fig11"])
def test_few_directions_of_true_labels_are_told(usual, name):
    table = usual[name].assign(kept_a=30.0, kept_b=10.0)
    assert "Fewest" not in texts(FIGURES[name](table))[1]
    cell = (table["site"] == "h2") & (table["epoch"] == 1)
    true = cell & (table["tagset"] == "topic") & ~table["shuffled"].astype(bool)
    shuffled = cell & table["shuffled"].astype(bool)
    few = table.assign(kept_a=table["kept_a"].mask(true, 2.5).mask(shuffled, 1.0))
    told = "Fewest directions kept: 2.5 of the language model ($h^2$, epoch 1)."
    assert told in texts(FIGURES[name](few, note=NOTE))[1]
    both = few.assign(kept_b=table["kept_b"].mask(true, 9.0))
    told = told[:-1] + ", 9 of a tag model ($h^2$, topic)."
    assert told in texts(FIGURES[name](both, note=NOTE))[1]


@pytest.mark.parametrize("name", BY_TAGSET)
def test_styles_tell_true_shuffled_and_own_domain(usual, name):
    table = usual[name]
    for axes, site in zip(FIGURES[name](table).axes, TITLES, strict=True):
        for tagset, (_, look) in TAGSETS.items():
            rows = table.query(f"site == '{site}' & tagset == '{tagset}'")
            mine = [x for x in axes.lines if x.get_color() == look.color]
            styles = sorted(x.get_linestyle() for x in mine if len(x.get_xdata()))
            own = "domain" in rows and set(rows["domain"]) != {"articles"}
            assert styles == sorted(["-", ":"] + ["--"] * own)
            (solid,) = (x for x in mine if x.get_linestyle() == "-")
            assert solid.get_marker() == look.marker


@pytest.mark.parametrize("name", BY_TAGSET)
def test_rescalings_stand_in_every_panel_as_high_as_their_share(usual, name):
    for axes in FIGURES[name](usual[name]).axes:
        segments = [
            segment.tolist()
            for group in axes.collections
            if hasattr(group, "get_segments")
            for segment in group.get_segments()
        ]
        assert segments == [[[2, 0], [2, 0.5]], [[3, 0], [3, 0.5]]]


def test_panels_share_an_axis_that_makes_small_changes_look_small(usual):
    table = usual["fig8"]
    flat = table.assign(value=0.93, value_min=0.929, value_max=0.931)
    for one, inside in ((table, table), (flat, flat)):
        limits = {axes.get_ylim() for axes in FIGURES["fig8"](one).axes}
        ((low, high),) = limits
        assert high - low > 0.15
        assert -0.03 < low < inside["value_min"].min()
        assert inside["value_max"].max() < high < 1.03


def test_shuffled_labels_and_tokens_are_named_where_there_are_any(usual):
    names, below = texts(FIGURES["fig6"](usual["fig6"], note=NOTE))
    assert "shuffled labels" in names
    assert (
        "Tokens tested: UPOS 800, topic 800 (articles, 17 of them); XPOS 800 (XPOS "
        "treebank); SEM (coarse) 800, SEM (fine) 800 (SEM texts)." in below
    )
    true = usual["fig6"][~usual["fig6"]["shuffled"]]
    assert "shuffled labels" not in texts(FIGURES["fig6"](true))[0]


@pytest.mark.parametrize("name", BY_TAGSET)
def test_unknown_values_are_no_line_and_not_in_the_legend(usual, name):
    values = ["value", "value_min", "value_max"]
    table = usual[name].copy()
    table.loc[table["tagset"] == "xpos", values] = np.nan
    names, below = texts(FIGURES[name](table, note=NOTE))
    assert "XPOS" not in names
    assert "Not in this run: XPOS." in below
    for nothing in (table.iloc[:0], table.assign(**dict.fromkeys(values, np.nan))):
        figure = FIGURES[name](nothing, note=NOTE)
        for axes in figure.axes:
            assert [text.get_text() for text in axes.texts] == ["not measured"]
        assert "UPOS" not in texts(figure)[0]


def points(axes):
    return {(x.get_xdata()[0], round(float(x.get_ydata()[0]), 6)): x.get_marker()
            for x in axes.lines if len(x.get_xdata()) == 1}  # fmt: skip


def test_stable_epochs_are_points_and_their_intervals_bars(usual):
    table = usual["stabilisation"]
    figure = FIGURES["stabilisation"](table, note=NOTE)
    names, below = texts(figure)
    assert {"mean curve over seeds, 95 % interval over sentences", "one seed"} <= names
    assert "From top to bottom in each row: seeds 1, 2, mean curve." in below
    for axes, site in zip(figure.axes, TITLES, strict=True):
        here = table[table["site"] == site]
        for at, tagset in enumerate(TAGSETS):
            rows = here[here["tagset"] == tagset]
            found = {h: x for x, h in points(axes) if abs(h - at) < 0.5}
            seeds = [1, 2, None]
            expected = [
                rows[rows["seed"].isna() if s is None else rows["seed"] == s]
                .iloc[0]["epoch"]
                for s in seeds
            ]  # fmt: skip
            assert [found[h] for h in sorted(found)] == expected
        bars = {tuple(x.get_xdata()) for x in axes.lines if len(x.get_xdata()) == 2}
        assert bars == set(zip(here["low"], here["high"], strict=True))
        for (epoch, _), marker in points(axes).items():
            assert marker == (">" if epoch >= here["last"].max() else "o")


def test_a_single_seed_is_drawn_large_and_without_names_of_seeds(alone):
    figure = FIGURES["stabilisation"](alone["stabilisation"], note=NOTE)
    names, below = texts(figure)
    assert "epoch, 95 % interval over sentences" in names
    assert "one seed" not in names
    assert "From top to bottom" not in below
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == ["UPOS", "topic"]


def test_without_intervals_or_trained_epochs_the_figure_claims_none(usual):
    table = usual["stabilisation"].assign(low=np.nan, high=np.nan)
    assert not any(
        "interval" in name for name in texts(FIGURES["stabilisation"](table))[0]
    )
    figure = FIGURES["stabilisation"](table.iloc[:0], note=NOTE)
    assert texts(figure)[0] == set()
    assert figure.axes[1].texts[0].get_text() == "not measured"


def test_untrained_models_have_no_loss_to_show(usual):
    figure = FIGURES["fig2"](usual["fig2"].query("epoch == 0"), note=NOTE)
    assert "no epoch was trained" in figure.axes[0].texts[0].get_text()


def test_few_epochs_are_drawn():
    measured = made(seeds=(1,))
    for name in ("similarity", "diagnostics", "curves"):
        measured[name] = measured[name].query("epoch < 2")
    measured["early"] = tuple(table.query("epoch < 2") for table in measured["early"])
    few = tabulate(Inputs(**measured), PARAMS)
    for name, figure in FIGURES.items():
        FigureCanvasAgg(figure(few[name], note=NOTE)).draw()


@pytest.mark.parametrize("name", FIGURES)
def test_all_text_is_within_the_figure(name, usual, alone, within):
    wide = "UPOS silver; XPOS of ud-english-ewt (thesis: Groningen Meaning Bank). " * 5
    for table in (usual[name], alone[name]):
        for note in ("", NOTE * 6, wide):
            assert within(FIGURES[name](table, note=note))


@pytest.mark.parametrize("name", FIGURES)
def test_equal_tables_give_equal_bytes(name, usual, assert_equal_bytes):
    assert_equal_bytes(lambda: FIGURES[name](usual[name], note=NOTE))


def lightness(colour):
    """CIE L* of a colour, 0 (black) to 100 (white)."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in to_rgb(colour)
    ]
    return 116 * np.dot([0.2126, 0.7152, 0.0722], linear) ** (1 / 3) - 16


def test_tagsets_differ_in_lightness_and_markers():
    looks = [look for _, look in TAGSETS.values()]
    steps = sorted(lightness(c) for c in [*(look.color for look in looks), "white"])
    assert min(np.diff(steps)) > 12
    assert len({look.marker for look in looks}) == len(looks)


def test_what_was_not_learned_is_drawn_faint_and_told(usual):
    figure = FIGURES["fig8"](usual["fig8"], note=NOTE)
    assert "Faint: topic, whose tag models are not 10 points better" in texts(figure)[1]
    for axes in figure.axes:
        faint = {line.get_color() for line in axes.lines if line.get_alpha() == 0.35}
        assert faint == {TAGSETS["topic"][1].color}
    table = usual["fig8"].assign(learned=True)
    assert "Faint" not in texts(FIGURES["fig8"](table, note=NOTE))[1]
    assert "Faint" in texts(FIGURES["stabilisation"](usual["stabilisation"]))[1]


def test_nulls_are_drawn_and_named(usual):
    figure = FIGURES["fig5"](usual["fig5"], note=NOTE)
    (axes,) = figure.axes
    nulls = [line.get_ydata() for line in axes.lines if line.get_label() == "_null"]
    expected = usual["fig5"].groupby(["site", "other_site"])["null"].agg(tuple)
    assert {tuple(one) for one in nulls} == set(expected)
    assert "null" in texts(figure)[0]
    figure = FIGURES["fig8"](usual["fig8"], note=NOTE)
    ends = usual["fig8"].query("site == 'h1'").groupby("epoch")["null"]
    limits = {*ends.min(), *ends.max()}
    bands = [c.get_paths()[0].vertices[:, 1] for c in figure.axes[1].collections]
    assert any(limits <= set(band) for band in bands)
    assert "null" not in texts(FIGURES["fig6"](usual["fig6"], note=NOTE))[0]


def test_calibrated_scores_have_a_row_of_panels_a_direction(usual):
    table = usual["calibrated"]
    figure = FIGURES["calibrated"](table, note=NOTE)
    for axes, (direction, site) in zip(
        figure.axes, product(("target", "input"), TITLES), strict=True
    ):
        drawn = {tuple(line.get_ydata()): line.get_linestyle() for line in axes.lines}
        here = table[(table["direction"] == direction) & (table["site"] == site)]
        for (_, shuffled), rows in here.groupby(["tagset", "shuffled"]):
            assert drawn[tuple(rows.sort_values("epoch")["value"])] == "-:"[shuffled]
        title = TITLES[site] if direction == "target" else ""
        assert axes.get_title() == title
        label = f"{direction} tag models" if site == "embedding" else ""
        assert axes.get_ylabel().split("\n")[-1] == label
    names, below = texts(figure)
    assert "null" not in names
    assert "(score − null) / (1 − null)" in below
    unknown = FIGURES["calibrated"](table.assign(value=np.nan), note=NOTE)
    assert all(axes.texts[0].get_text() == "nulls above 0.95" for axes in unknown.axes)


def test_steps_are_drawn_on_a_broken_logarithmic_axis(usual):
    figure = FIGURES["early3"](usual["early3"], note=NOTE)
    (axes,) = figure.axes
    assert axes.get_xscale() == "symlog"
    assert axes.get_xlabel().startswith("step")
    assert [t.get_text() for t in axes.get_xticklabels()] == ["0", "1", "2", "3", "4"]
    assert "//" in {text.get_text() for text in axes.texts}
    assert "after steps 0, 1, 4" in texts(FIGURES["early8"](kept(usual["early8"])))[1]


def kept(table):
    return table.assign(kept_a=50.0, kept_b=50.0)
