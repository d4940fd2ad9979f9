"""The figures of sparsity draw what their tables say, readably, in equal bytes."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from drawn import below, legend, panel_text
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex

from ontogeny.plots.style import INK, save
from ontogeny.studies.sparsity import plots
from ontogeny.studies.sparsity.figures import tabulate
from ontogeny.studies.sparsity.inputs import Inputs
from ontogeny.studies.sparsity.plots import FIGURES
from ontogeny.studies.sparsity.subsets import HEADLINE
from ontogeny.studies.sparsity.words import Series, WordObservations

NOTE = "mini, test split, seeds 1, 2, costing $5 or $6"
SERIES = [
    Series(quantity, site, role)
    for role in ("target", "input")
    for site in ("embedding", "h1", "h2", "logits")
    for quantity in ("activation", "gradient")
    if (site, quantity) != ("logits", "activation")
]


def observed(seed, epochs=5, closed=20, opens=60, neither=10, rescaled=(2,), gaps=()):
    rng = np.random.default_rng(seed)
    words = closed + opens + neither
    classes = np.array(["closed", "open", ""]).repeat([closed, opens, neither])
    counts = np.sort(9000 // np.arange(1, words + 1) + 10)[::-1]
    chi = {s: rng.uniform(0.1, 0.2, size=(epochs, words)) for s in SERIES}
    slope = 0.02 * np.arange(epochs)
    chi[HEADLINE] = chi[HEADLINE] + slope[:, None] * np.log(counts)
    chi[HEADLINE][:, 2] = np.nan
    for epoch in gaps:
        chi[HEADLINE][epoch] = np.nan
    return WordObservations(
        words=np.array([f"word{i}" for i in range(words)]),
        counts=counts,
        classes=classes,
        tag_entropy_nats=np.zeros(words),
        epochs=np.arange(epochs),
        rescalings=rescaled,
        concentration=chi,
        l1={s: rng.uniform(1, 2, size=(epochs, words)) for s in SERIES},
    )


def tables(least=1, **kwargs):
    runs = {
        1: observed(1, **kwargs),
        2: observed(2, **kwargs | {"rescaled": (2, 3)}),
    }
    return tabulated(runs, least)


def tabulated(runs, least=1):
    thresholds = {
        "figure2_min_count": least,
        "figure5_min_count": least,
        "matched_words": 30,
    }
    params = SimpleNamespace(thresholds=thresholds, resamples=5)
    early = {1: replace(runs[1], epochs=2 ** runs[1].epochs // 2)}
    return tabulate(Inputs(runs, {}, early=early), params)


@pytest.fixture(scope="module")
def made():
    return tables()


@pytest.fixture(scope="module")
def few():
    """Four words of each class."""
    return tables(closed=4, opens=4, neither=1)


def draw(name, made):
    return FIGURES[name](made[name], note=NOTE)


def lines(figure):
    """The labelled lines of a figure, by label."""
    axes = figure.axes[0]
    return {line.get_label(): line for line in axes.lines if line.get_label()[0] != "_"}


def assert_draws(line, rows):
    np.testing.assert_array_equal(line.get_xdata(), rows["epoch"])
    np.testing.assert_array_equal(line.get_ydata(), rows["pearson"])


def band_limits(figure, colour, light=False):
    """The vertices of each band of a colour; light: of intervals, not of seeds."""
    return [
        band.get_paths()[0].vertices
        for band in figure.axes[0].collections
        if len(band.get_facecolor()) and to_hex(band.get_facecolor()[0]) == colour
        if (band.get_alpha() < 0.15) == light
    ]


@pytest.mark.parametrize("name", ["fig3a", "fig3b"])
def test_figure_3_draws_each_series_solid_or_dashed(made, name):
    figure, table = draw(name, made), made[name]
    drawn = lines(figure)
    assert list(drawn) == [label for label, _ in plots.LAYERS.values()]
    for (quantity, site), (label, look) in plots.LAYERS.items():
        rows = table[(table["quantity"] == quantity) & (table["site"] == site)]
        assert_draws(drawn[label], rows)
        assert (
            drawn[label].get_linestyle()
            == {"activation": "-", "gradient": "--"}[quantity]
        )
        assert any(
            {*rows["pearson_min"], *rows["pearson_max"]} <= set(vertices[:, 1])
            for vertices in band_limits(figure, look.color)
        )
        assert any(
            {*rows["low"], *rows["high"]} <= set(vertices[:, 1])
            for vertices in band_limits(figure, look.color, light=True)
        )
    assert set(drawn) < set(legend(figure))
    assert "lowest to highest seed" in legend(figure)
    bands = (
        "Light bands: 95\u00a0% intervals over words, from the lowest to the highest"
    )
    assert bands in below(figure)


def test_the_two_roles_are_told_apart():
    symbols = {"fig3a": (r"\leftarrow", "target"), "fig3b": (r"\rightarrow", "input")}
    made = tables(epochs=2)
    for name, (arrow, role) in symbols.items():
        label = draw(name, made).axes[0].get_ylabel()
        assert arrow in label
        assert role in label


def test_rescalings_stand_at_their_epoch_as_high_as_the_share_of_seeds(made):
    figure = draw("fig3a", made)
    segments = [
        segment.tolist()
        for group in figure.axes[0].collections
        if hasattr(group, "get_segments")
        for segment in group.get_segments()
    ]
    assert segments == [[[2, 0], [2, 1]], [[3, 0], [3, 0.5]]]
    assert "step size rescaled\n(height: share of seeds)" in legend(figure)


def test_without_rescalings_or_seeds_the_legend_does_not_speak_of_them():
    made = tabulated({1: observed(1, rescaled=())})
    assert len(legend(draw("fig3a", made))) == 6
    assert band_limits(draw("fig3a", made), INK) == []
    assert len(band_limits(draw("fig3a", made), INK, light=True)) == 2
    assert "over words. mini" in below(draw("fig3a", made))


def test_figure_4_names_words_and_samples(made):
    figure, table = draw("fig4", made), made["fig4"]
    drawn = lines(figure)
    for subset, (name, look) in plots.SUBSETS.items():
        rows = table[table["subset"] == subset]
        (label,) = (label for label in drawn if label.startswith(f"{name} ("))
        assert_draws(drawn[label], rows)
        assert drawn[label].get_linestyle() == look.linestyle
        assert f"({rows['words'].max()}" in label
        assert label in legend(figure)
    assert "closed, matched (19 of 30 words)" in drawn
    assert "30 words were asked for in each; the smaller class has 19" in below(figure)
    for name in ("open matched", "closed matched"):
        row = table[table["subset"] == name].iloc[0]
        counts = f"{name.split()[0]} {row['mean_count']:,.0f} ± {row['sd_count']:,.0f}"
        assert counts in below(figure)


def test_samples_as_large_as_asked_for_have_no_excuse():
    figure = draw("fig4", tables(closed=40))
    assert "closed, matched (30 words)" in legend(figure)
    assert "asked for" not in below(figure)


def test_checks_draw_three_lines_and_the_papers_bound(made):
    figure, table = draw("checks", made), made["checks"]
    drawn = lines(figure)
    for (measure, site), (label, _) in plots.CHECKS.items():
        rows = table[(table["measure"] == measure) & (table["site"] == site)]
        assert_draws(drawn[label], rows)
    (bound,) = (line for label, line in drawn.items() if label.startswith("paper"))
    assert set(bound.get_ydata()) == {-0.1}
    assert set(drawn) < set(legend(figure))


def test_figure_2_is_the_table_with_the_most_frequent_word_at_the_bottom(made):
    figure, table = draw("fig2", made), made["fig2"]
    axes = figure.axes[0]
    (image,) = axes.images
    grid = table["concentration"].to_numpy().reshape(-1, 5)
    np.testing.assert_array_equal(image.get_array().filled(np.nan), grid)
    assert image.origin == "lower"
    assert np.isnan(grid[2]).all()
    assert "not met as a target" in legend(figure)
    names = [label.get_text() for label in axes.get_yticklabels()]
    words = table["word"].unique().tolist()
    means = table.groupby("word")["concentration"].mean()
    bright = means.nlargest(5).index
    assert {*bright} <= {*names, *(text.get_text() for text in axes.texts)}
    assert set(names) <= {*words[::2], *bright}
    at = [words.index(name) for name in names]
    assert np.diff(at).min() >= 2, "labels do not overlap"
    assert len(names) > len(words) // 2 - 6
    assert "One word in 2 is labelled, and bright rows." in below(figure)
    assert "90 target words" in axes.get_ylabel()
    assert [t.get_text() for t in axes.get_xticklabels()] == ["0", "1", "2", "3", "4"]
    assert {"step size rescaled", "rescaled in some seeds"} < set(legend(figure))


def test_figure_2_names_every_word_of_a_few_and_draws_few_of_many():
    def names(**kwargs):
        axes = draw("fig2", tables(epochs=2, **kwargs)).axes[0]
        return [label.get_text() for label in axes.get_yticklabels()]

    assert len(names(closed=3, opens=2, neither=0)) == 5
    assert 30 < len(names(closed=100, opens=300)) <= 55


def test_figure_5_draws_a_point_per_word_by_class(made):
    figure, table = draw("fig5", made), made["fig5"]
    axes = figure.axes[0]
    assert axes.get_xscale() == "log"
    drawn = {c.get_label().split()[0]: c.get_offsets() for c in axes.collections}
    assert set(drawn) == {"open", "closed", "neither"}
    for name, offsets in drawn.items():
        rows = table[table["word_class"] == name]
        np.testing.assert_array_equal(offsets, rows[["count", "concentration"]])
        assert f"{name} ({len(rows)})" in legend(figure)
    shapes = {tuple(c.get_paths()[0].vertices.ravel()) for c in axes.collections}
    assert len(shapes) == 3


def test_names_in_figure_5_are_of_their_point_and_cover_nothing(made):
    figure, table = draw("fig5", made), made["fig5"]
    axes = figure.axes[0]
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw_without_rendering()
    points = axes.transData.transform(table[["count", "concentration"]])
    places = table.set_index("word")[["count", "concentration"]]
    boxes = [text.get_window_extent(renderer) for text in axes.texts]
    assert "word0" in {text.get_text() for text in axes.texts}
    for text, box in zip(axes.texts, boxes, strict=True):
        assert text.xy == tuple(places.loc[text.get_text()])
        assert not any(box.contains(*point) for point in points)
        assert box.count_overlaps(boxes) == 1


@pytest.mark.parametrize("name", ["fig3a", "fig3b", "fig4", "checks"])
def test_too_few_words_are_told_and_nothing_is_drawn(few, name):
    figure = draw(name, few)
    most = few[name]["words"].max()
    assert f"too few words for a correlation:\n{most} of at least 10" in panel_text(
        figure
    )
    assert np.isnan(next(iter(lines(figure).values())).get_ydata()).all()
    figure = FIGURES[name](few[name].iloc[:0], note=NOTE)
    assert "0 of at least 10" in panel_text(figure)


def test_classes_with_too_few_words_are_told_beside_those_with_enough():
    figure = draw("fig4", tables(closed=4))
    assert panel_text(figure) == ""
    assert (
        "Fewer than 10 words, no correlation: closed (3); open, matched (3); "
        "closed, matched (3)." in below(figure)
    )


def test_a_measure_that_is_the_same_for_all_words_is_not_too_few_words(made):
    constant = made["fig3a"].assign(pearson=np.nan, pearson_min=np.nan)
    figure = FIGURES["fig3a"](constant)
    assert "the same for all words" in panel_text(figure)
    assert "too few" not in panel_text(figure)
    one = made["fig3a"].copy()
    one.loc[one["site"] == "h1", "pearson"] = np.nan
    told = below(FIGURES["fig3a"](one))
    assert r"The same for all words, no correlation: $h^1$; $\bar{h}^1$." in told


def test_no_words_in_a_class_and_no_frequent_words_are_told():
    made = tables(least=10**9, closed=0)
    assert "No matched samples: a class has no words." in below(draw("fig4", made))
    for name in ("fig2", "fig5"):
        assert "no target word is frequent enough" in panel_text(draw(name, made))


def test_words_that_were_never_met_are_told(made):
    figure = FIGURES["fig2"](made["fig2"].assign(concentration=np.nan))
    assert "no target word was met" in panel_text(figure)
    assert len(figure.axes) == 1


def test_gaps_stay_gaps_and_what_stands_alone_is_marked():
    made = tables(epochs=40, gaps=(4, 6))
    drawn = lines(draw("fig4", made))
    (line,) = (drawn[label] for label in drawn if label.startswith("open ("))
    assert np.flatnonzero(np.isnan(line.get_ydata())).tolist() == [4, 6]
    assert 5 in line.get_markevery()
    assert len(line.get_markevery()) < 20


def test_limits_hold_every_point_and_stay_within_a_correlations(made):
    perfect = made["fig3a"].assign(pearson=1.0, pearson_max=1.0)
    for table in (made["fig3a"], perfect):
        low, high = FIGURES["fig3a"](table).axes[0].get_ylim()
        assert -1.1 < low < table["pearson_min"].min()
        assert table["pearson_max"].max() < high < 1.1


@pytest.mark.parametrize("rescaled", [True, False])
@pytest.mark.parametrize("name", list(FIGURES))
def test_all_text_is_there_and_within_the_figure(made, name, rescaled):
    table = made[name]
    if "rescaled" in table and not rescaled:
        table = table.assign(rescaled=0.0)
    figure = FIGURES[name](table, note=NOTE)
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw_without_rendering()
    assert below(figure).endswith(NOTE.replace("$", r"\$"))
    axes = figure.axes[0]
    assert axes.get_xlabel()
    assert axes.get_ylabel()
    frame = figure.bbox.padded(1)
    for part in (axes, *figure.axes[1:], figure._supxlabel, *figure.legends):
        box = part.get_tightbbox(renderer)
        assert frame.x0 <= box.x0
        assert box.x1 <= frame.x1
        assert frame.y0 <= box.y0
        assert box.y1 <= frame.y1
    for outside in figure.legends:
        assert not outside.get_window_extent(renderer).overlaps(axes.bbox)


@pytest.mark.parametrize("name", list(FIGURES))
def test_equal_tables_give_equal_bytes(made, name, tmp_path):
    suffixes = ("pdf", "svg", "png")
    for folder in ("first", "second"):
        figure = draw(name, made)
        save(figure, [tmp_path / folder / f"figure.{suffix}" for suffix in suffixes])
    for suffix in suffixes:
        first = (tmp_path / "first" / f"figure.{suffix}").read_bytes()
        assert len(first) > 1000
        assert first == (tmp_path / "second" / f"figure.{suffix}").read_bytes()
    assert b"<text" not in (tmp_path / "first" / "figure.svg").read_bytes()


def test_lines_of_one_figure_differ_without_colour():
    for looks in (plots.LAYERS, plots.SUBSETS, plots.CHECKS):
        grey = {(look.marker, look.linestyle) for _, look in looks.values()}
        assert len(grey) == len(looks)
